"""
Owns how true the guided checks are: how often what they call solved stays solved, with the doubt that few cases leave.

A check has solved a fault when its customer said so and nobody reported the unit again within 30 days.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt

STAYS = timedelta(days=30)
Z = 1.96  # 95 %
ENOUGH = 20  # cases from which on a weak step is called weak
WEAK = 0.5  # a step that leads on to a solution in fewer of its cases than this, beyond doubt


@dataclass(frozen=True, slots=True)
class Run:
    """
    One guided check with one customer.

    Args:
        playbook: its id.
        steps: names of the steps answered, in order.
        ended_at: aware UTC; None while it runs.
        solved: the customer said that it works again.
        again_at: when the same unit was reported again for the first time after that, None when it was not.
        cause: short name of the probable cause with which the check ended, "" for none.
        cause_agreed: whether the engineer found that cause; None when nobody has looked.
    """

    playbook: str
    steps: tuple[str, ...]
    ended_at: datetime | None
    solved: bool
    again_at: datetime | None = None
    cause: str = ""
    cause_agreed: bool | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """*good* of *known* cases, with the interval in which the true share lies at 95 % (Wilson's score interval)."""

    good: int
    known: int

    @property
    def value(self) -> float:
        """0 to 1; 0 when nothing is known yet."""
        return self.good / self.known if self.known else 0.0

    @property
    def low(self) -> float:
        return self._bound(-1)

    @property
    def high(self) -> float:
        return self._bound(1)

    def _bound(self, side: int) -> float:
        if not self.known:
            return 0.0 if side < 0 else 1.0
        n, p = self.known, self.value
        middle = p + Z * Z / (2 * n)
        spread = Z * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
        return min(1.0, max(0.0, (middle + side * spread) / (1 + Z * Z / n)))


@dataclass(frozen=True, slots=True)
class StepScore:
    """How a step does: of the cases that answered it and whose end is known, how many were solved for good."""

    step: str
    share: Share

    @property
    def weak(self) -> bool:
        """Enough cases, and beyond doubt fewer solved than WEAK."""
        return self.share.known >= ENOUGH and self.share.high < WEAK


@dataclass(frozen=True, slots=True)
class Score:
    """
    How one playbook does.

    Args:
        runs: all that were begun.
        resolved: of the runs that ended, those solved for good; one solved less than 30 days ago is not known yet.
        stays: of those called solved, the ones that stayed solved.
        causes: of the probable causes that somebody looked at, those that were right.
        steps: in the order in which they are usually met.
    """

    playbook: str
    runs: int
    resolved: Share
    stays: Share
    causes: Share
    steps: tuple[StepScore, ...]


def scores(runs: Iterable[Run], now: datetime) -> list[Score]:
    """The score of each playbook that was run, by id. *now* is aware UTC."""
    by_playbook: dict[str, list[Run]] = defaultdict(list)
    for run in runs:
        by_playbook[run.playbook].append(run)
    return [_score(playbook, listed, now) for playbook, listed in sorted(by_playbook.items())]


def held(run: Run, now: datetime) -> bool | None:
    """Whether the run solved the fault for good; None while that cannot be known."""
    if run.ended_at is None:
        return None
    if not run.solved:
        return False
    if run.again_at is not None and run.again_at - run.ended_at <= STAYS:
        return False
    return True if now - run.ended_at > STAYS else None


def _score(playbook: str, runs: list[Run], now: datetime) -> Score:
    known = [(run, good) for run in runs if (good := held(run, now)) is not None]
    solved = [good for run, good in known if run.solved]
    looked = [run.cause_agreed for run in runs if run.cause and run.cause_agreed is not None]
    met: dict[str, list[bool]] = defaultdict(list)
    place: dict[str, list[int]] = defaultdict(list)
    for run, good in known:
        for number, step in enumerate(dict.fromkeys(run.steps)):
            met[step].append(good)
            place[step].append(number)
    ordered = sorted(met, key=lambda step: (sum(place[step]) / len(place[step]), step))
    return Score(
        playbook,
        len(runs),
        _share(good for _, good in known),
        _share(solved),
        _share(looked),
        tuple(StepScore(step, _share(met[step])) for step in ordered),
    )


def _share(told: Iterable[bool]) -> Share:
    listed = list(told)
    return Share(sum(listed), len(listed))
