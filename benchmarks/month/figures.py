"""Owns what a month is judged by, and the table of it."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import mean

from benchmarks.month.city import GRADES
from benchmarks.month.field import Field


@dataclass(frozen=True, slots=True)
class Figures:
    """
    One month in one way.

    *on_time*: share finished by their due, by grade, unfinished ones counted as late; *late*: mean hours past the due, by the clock
    on the wall, over all cases; *km* and *minutes*: on the road for each case; *gini*: of cases by engineer, 0 is all alike;
    *most*: the busiest engineer's cases to the mean.
    """

    on_time: Mapping[int, float]
    overall: float
    late: float
    late_urgent: float
    km: float
    minutes: float
    gini: float
    most: float
    unfinished: int


def figures(field: Field) -> Figures:
    by_id = {done.case.id: done for done in field.done}
    cases = field.city.cases
    end = max(done.at for done in field.done)

    def hours(case_id: int, due: float) -> float:
        done = by_id.get(case_id)
        return max(0.0, ((done.at if done else end).timestamp() - due) / 3600)

    late = {case.id: hours(case.id, case.due.timestamp()) for case in cases}
    met = {case.id: case.id in by_id and late[case.id] == 0 for case in cases}
    counts = Counter(done.by for done in field.done)
    jobs = sorted(counts[hand.id] for hand in field.hands)
    return Figures(
        {grade: mean(met[c.id] for c in cases if c.ticket.grade == grade) for grade in GRADES},
        mean(met.values()),
        mean(late.values()),
        mean(late[c.id] for c in cases if c.ticket.grade == 1),
        mean(done.km for done in field.done),
        mean(done.minutes for done in field.done),
        _gini(jobs),
        jobs[-1] / mean(jobs),
        len(cases) - len(by_id),
    )


def _gini(ordered: Sequence[int]) -> float:
    count = len(ordered)
    return sum((2 * place - count - 1) * value for place, value in enumerate(ordered, 1)) / (count * sum(ordered))


COLUMNS: tuple[tuple[str, Callable[[Figures], float], str], ...] = (
    ("on time, grade 1", lambda f: 100 * f.on_time[1], ".1f"),
    ("grade 2", lambda f: 100 * f.on_time[2], ".1f"),
    ("grade 3", lambda f: 100 * f.on_time[3], ".1f"),
    ("all, %", lambda f: 100 * f.overall, ".1f"),
    ("late h, all", lambda f: f.late, ".2f"),
    ("late h, grade 1", lambda f: f.late_urgent, ".2f"),
    ("km a case", lambda f: f.km, ".2f"),
    ("road h a case", lambda f: f.minutes / 60, ".3f"),
    ("Gini", lambda f: f.gini, ".3f"),
    ("most/mean", lambda f: f.most, ".2f"),
    ("undone", lambda f: f.unfinished, ".0f"),
)


def table(found: Mapping[str, Sequence[Figures]]) -> Iterator[str]:
    """Means over the seeds, with the least and the most in brackets."""
    yield "| way | " + " | ".join(name for name, _, _ in COLUMNS) + " |"
    yield "| --- |" + " --- |" * len(COLUMNS)
    for way, months in found.items():
        cells = []
        for _, figure, how in COLUMNS:
            values = [figure(month) for month in months]
            cells.append(f"{mean(values):{how}} ({min(values):{how}}–{max(values):{how}})")
        yield f"| {way} | " + " | ".join(cells) + " |"
