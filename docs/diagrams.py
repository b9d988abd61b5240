"""
Owns the state diagrams: Mermaid text drawn from the tables of moves, and the page docs/states.md that shows it.

`make diagrams` writes them; a test compares.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aftersales import lifecycle
from dialogs import one_question, remote, report

DOCS = Path(__file__).resolve().parent
DRAWN = 4  # a move with more sources or targets than this is told in a note: its arrows would cover all others


@dataclass(frozen=True, slots=True)
class Chart:
    """A machine to draw. *groups* are boxes that do not overlap: a move from every state of a box leaves it as one arrow."""

    states: Sequence[str]
    moves: Sequence["Step"]
    groups: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a table of moves."""

    verb: str
    sources: tuple[str, ...]
    to: str
    only_if: str = ""

    @property
    def label(self) -> str:
        return f"{self.verb} [{self.only_if.replace('_', ' ')}]" if self.only_if else self.verb


def ticket_chart() -> Chart:
    """The life of a ticket."""
    steps = [Step(m.verb, m.sources, m.to, m.only_if) for m in lifecycle.MOVES]
    return Chart(lifecycle.STATES, steps)


def dialog_chart(states: Sequence[str], moves: Iterable[dict[str, Any]], groups: dict[str, tuple[str, ...]]) -> Chart:
    """A dialog's table, as dialogs.machine.move writes it."""
    return Chart(states, [_step(move) for move in moves], groups)


def _step(move: dict[str, Any]) -> Step:
    sources = (move["source"],) if isinstance(move["source"], str) else tuple(move["source"])
    conditions = [*move["conditions"], *(f"not {name}" for name in move["unless"])]
    return Step(move["trigger"], sources, move["dest"], " and ".join(conditions))


def charts() -> dict[str, Chart]:
    """Every machine by the name of its file."""
    return {
        "ticket": ticket_chart(),
        "report": dialog_chart(report.STATES, report.MOVES, {"questions": report.OPEN}),
        "remote": dialog_chart(remote.STATES, remote.MOVES, {}),
        "one_question": dialog_chart(one_question.STATES, one_question.MOVES, {"asking": one_question.ASKING}),
    }


# -- drawing ------------------------------------------------------------------------------------------------------------


def draw(chart: Chart) -> str:
    """The Mermaid text of a chart: arrows for ordinary moves, one for each box that is left as a whole, notes for the rest."""
    lines = ["stateDiagram-v2"]
    box_of = {state: name for name, members in chart.groups.items() for state in members}
    arrows, boxes, notes = _sorted_out(chart)
    for name, members in chart.groups.items():
        inside = {ends: labels for ends, labels in arrows.items() if set(ends) <= set(members)}
        lines += [f"    state {name} {{", *_alone(members, inside, indent=8), *_arrows(inside, indent=8), "    }"]
    lines.append(f"    [*] --> {box_of.get(chart.states[0], chart.states[0])}")
    outside = {(a, b): labels for (a, b), labels in arrows.items() if a not in box_of or box_of[a] != box_of.get(b)}
    others = [state for state in chart.states if state not in box_of]
    lines += [*_alone(others, outside, indent=4), *_arrows(outside, indent=4), *_arrows(boxes, indent=4)]
    left = {source for step in chart.moves for source in step.sources}
    lines += [f"    {state} --> [*]" for state in chart.states if state not in left]
    for state, said in notes.items():
        lines += [f"    note right of {state}", *(f"        {one}" for one in said), "    end note"]
    return "\n".join(lines) + "\n"


Labels = dict[tuple[str, str], list[str]]


def _sorted_out(chart: Chart) -> tuple[Labels, Labels, dict[str, list[str]]]:
    """What becomes an arrow between states, an arrow of a whole box, and a note at a state."""
    arrows: Labels = defaultdict(list)
    boxes: Labels = defaultdict(list)
    notes: dict[str, list[str]] = defaultdict(list)
    box_of = {members: name for name, members in chart.groups.items()}
    for (label, sources), targets in _bundled(chart.moves).items():
        if sources in box_of and len(targets) == 1 and targets[0] not in sources:
            boxes[box_of[sources], targets[0]].append(label)
        elif len(targets) > DRAWN:
            where = chart.states[0] if len(sources) > 1 else sources[0]
            notes[where].append(f"{label}: {_named(sources, chart.states)} → {_named(targets, chart.states)}")
        elif len(sources) > DRAWN:
            notes[targets[0]].append(f"{label}: from {_named(sources, chart.states)}")
        else:
            for source in sources:
                for target in targets:
                    arrows[source, target].append(label)
    return arrows, boxes, notes


def _bundled(moves: Sequence[Step]) -> dict[tuple[str, tuple[str, ...]], list[str]]:
    """Targets by what leads to them, so that one note can tell of "back" to any earlier question."""
    bundles: dict[tuple[str, tuple[str, ...]], list[str]] = defaultdict(list)
    for step in moves:
        bundles[step.label, step.sources].append(step.to)
    return bundles


def _arrows(arrows: Labels, indent: int) -> list[str]:
    return [f"{' ' * indent}{source} --> {target}: {_said(labels)}" for (source, target), labels in arrows.items()]


def _alone(states: Iterable[str], arrows: Labels, indent: int) -> list[str]:
    """States that no arrow names."""
    return [f"{' ' * indent}{state}" for state in states if not any(state in ends for ends in arrows)]


def _said(labels: list[str]) -> str:
    """A condition says nothing where the same verb leads to the same state without it."""
    return ", ".join(label for label in labels if label.partition(" [")[0] == label or label.partition(" [")[0] not in labels)


def _named(some: Sequence[str], order: Sequence[str]) -> str:
    """States in the order of the table, three or more neighbours as "first … last"."""
    runs: list[list[int]] = []
    for place in sorted(order.index(state) for state in some):
        if runs and place == runs[-1][-1] + 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    words = [f"{order[run[0]]} … {order[run[-1]]}" if len(run) > 2 else ", ".join(order[place] for place in run) for run in runs]
    return ", ".join(words)


def who_may() -> str:
    """The ticket's table with who may ask for each move, as Markdown."""
    rows: dict[tuple[str, str], list[str]] = {}
    for move in lifecycle.MOVES:
        targets = rows.setdefault((move.verb, ", ".join(f"`{s}`" for s in move.sources)), [])
        targets.append(move.to)
    lines = ["| verb | from | to | who |", "| --- | --- | --- | --- |"]
    for (verb, sources), targets in rows.items():
        to = f"`{targets[0]}`" if len(targets) == 1 else "where it was held"
        who = lifecycle.standings_for(verb)
        named = sorted(who - lifecycle.DESK | {"desk"} if who >= lifecycle.DESK else who)
        lines.append(f"| **{verb}** | {sources} | {to} | {', '.join(named)} |")
    return "\n".join(lines) + "\n"


# -- writing ------------------------------------------------------------------------------------------------------------


def pages() -> dict[Path, str]:
    """Every generated file below docs/ with the text that it should have."""
    drawn = {name: draw(chart) for name, chart in charts().items()}
    files = {DOCS / "diagrams" / f"{name}.mmd": text for name, text in drawn.items()}
    page = (DOCS / "states.md").read_text("utf-8")
    for name, text in drawn.items():
        page = _between(page, name, f"```mermaid\n{text}```\n")
    return files | {DOCS / "states.md": _between(page, "who", who_may())}


def _between(page: str, name: str, text: str) -> str:
    marked = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.S)
    replaced, found = marked.subn(lambda marks: marks[1] + text + marks[2], page)
    assert found == 1, f"docs/states.md wants <!-- {name} --> and <!-- /{name} --> once"
    return replaced


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text, "utf-8")
