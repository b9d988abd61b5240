"""The truth of the guided checks: what counts as solved for good, and how sure a share is."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from aftersales.truth import Run, Share, held, scores

NOW = datetime(2026, 6, 1, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=60)


def run(*, solved: bool = True, ended: datetime | None = LONG_AGO, again: timedelta | None = None, steps: str = "ab") -> Run:
    return Run("check", tuple(steps), ended, solved, ended + again if ended and again else None)


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (run(), True),
        (run(again=timedelta(days=29)), False),
        (run(again=timedelta(days=31)), True),
        (run(solved=False), False),
        (run(ended=NOW - timedelta(days=10)), None),
        (run(ended=NOW - timedelta(days=10), again=timedelta(days=3)), False),
        (run(ended=None, solved=False), None),
    ],
)
def test_solved_means_not_reported_again_within_thirty_days(case: Run, expected: bool | None) -> None:
    assert held(case, NOW) is expected


@pytest.mark.parametrize(
    ("good", "known", "low", "high"),
    [(0, 0, 0.0, 1.0), (8, 10, 0.490, 0.943), (0, 10, 0.0, 0.278), (10, 10, 0.722, 1.0), (50, 100, 0.404, 0.596)],
)
def test_the_interval_is_wilsons(good: int, known: int, low: float, high: float) -> None:
    share = Share(good, known)
    assert (round(share.low, 3), round(share.high, 3)) == (low, high)


def test_each_share_counts_what_it_says() -> None:
    fine, back, visit, fresh = run(), run(again=timedelta(days=5)), run(solved=False, steps="a"), run(ended=NOW)
    looked = [Run("check", ("a",), LONG_AGO, False, None, "capacitor", agreed) for agreed in (True, True, False)]

    (score,) = scores([fine, back, visit, fresh, *looked], NOW)

    assert (score.runs, score.resolved, score.stays, score.causes) == (7, Share(1, 6), Share(1, 2), Share(2, 3))
    assert [(step.step, step.share) for step in score.steps] == [("a", Share(1, 6)), ("b", Share(1, 2))]


def test_a_step_is_called_weak_only_beyond_doubt() -> None:
    few = [run(solved=False) for _ in range(10)]
    many = [run(solved=number < 5) for number in range(40)]
    even = [run(solved=number % 2 == 0) for number in range(40)]
    for runs, weak in ((few, False), (many, True), (even, False)):
        assert [step.weak for step in scores(runs, NOW)[0].steps] == [weak, weak]


@pytest.mark.parametrize("truth", [0.2, 0.5, 0.9])
def test_the_score_comes_to_the_known_truth_as_cases_grow(truth: float) -> None:
    chance = random.Random(7)
    runs = [run(again=None if chance.random() < truth else timedelta(days=chance.randint(1, 29))) for _ in range(4000)]
    widths = []
    for count in (40, 400, 4000):
        share = scores(runs[:count], NOW)[0].stays
        widths.append(share.high - share.low)
        assert share.low - 0.02 <= truth <= share.high + 0.02
    assert widths[0] > widths[1] > widths[2] < 0.04
