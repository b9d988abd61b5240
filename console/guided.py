"""Owns the page that tells how true the guided checks are: solved for good, probable causes that were right, weak steps."""

from dataclasses import dataclass
from datetime import timedelta

from aiohttp import web

from aftersales.truth import Score, StepScore, scores
from console.page import Visit
from storage.truth import runs

LOOKS_BACK = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Line:
    """One playbook on the page: its title and its steps' questions in every language."""

    title: dict[str, str]
    score: Score
    steps: list[tuple[StepScore, dict[str, str]]]


async def show(visit: Visit) -> web.StreamResponse:
    """Every playbook that was run in the last year, the most used first."""
    now = visit.parts.clock()
    told = await visit.parts.store.read(lambda connection: runs(connection, now - LOOKS_BACK))
    lines = [_line(visit, score) for score in scores(told, now)]
    return visit.page("guided.html", lines=sorted(lines, key=lambda line: -line.score.runs), days=LOOKS_BACK.days)


def _line(visit: Visit, score: Score) -> Line:
    playbook = visit.parts.library.get(score.playbook)
    steps = []
    for step in score.steps:
        known = playbook.step(step.step) if playbook else None
        steps.append((step, dict(known.say) if known else dict.fromkeys(("en", "zh_CN", "zh_TW"), step.step)))
    title = dict(playbook.title) if playbook else dict.fromkeys(("en", "zh_CN", "zh_TW"), score.playbook)
    return Line(title, score, steps)
