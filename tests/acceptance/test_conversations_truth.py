"""What the record tells of the guided checks: begun, solved, reported again, and whether the probable cause was right."""

from datetime import timedelta

from aftersales.truth import Run, Share, scores
from storage.truth import runs
from tests.acceptance.desk import LIBRARY, Desk, Someone
from tests.acceptance.stories import quiet


def told(desk: Desk) -> list[Run]:
    with desk.store.engine.connect() as connection:
        return runs(connection, desk.clock.now - timedelta(days=365))


def solves(anna: Someone) -> None:
    """Anna reports, and follows the check by the first answers until it asks whether it works."""
    anna.says("the AC does not cool").taps("Send report")
    answers(anna)
    anna.taps("works again").ignores()


def answers(anna: Someone) -> None:
    for _ in range(12):
        frame = anna.talk().top
        if frame is None or frame.state == "confirm":
            return
        playbook = LIBRARY.get(frame.fields["id"])
        assert playbook
        step = playbook.step(frame.fields["at"])
        assert step
        good = next((c for c in step.choices if _leads_to_solved(playbook, c.to, set())), step.choices[0])
        anna.taps(str(good.label["en"]))


def _leads_to_solved(playbook: object, to: str, seen: set[str]) -> bool:
    if to.startswith("exit."):
        return str(playbook.exits[to.removeprefix("exit.")].kind) == "solved"  # type: ignore[attr-defined]
    if to in seen:
        return False
    step = playbook.step(to)  # type: ignore[attr-defined]
    return any(_leads_to_solved(playbook, choice.to, seen | {to}) for choice in step.choices)


def test_a_check_that_solved_counts_once_thirty_days_have_gone_by(desk: Desk, anna: Someone) -> None:
    solves(anna)
    quiet(desk)
    (before,) = scores(told(desk), desk.clock.now)
    assert (before.playbook, before.runs, before.stays) == ("air_conditioner_not_cooling", 1, Share(0, 0))

    desk.clock.passes(days=31)

    (after,) = scores(told(desk), desk.clock.now)
    assert (after.resolved, after.stays) == (Share(1, 1), Share(1, 1))
    assert after.steps


def test_the_same_unit_reported_again_makes_it_untrue(desk: Desk, anna: Someone) -> None:
    solves(anna)
    desk.clock.passes(days=12)
    solves(anna)
    desk.clock.passes(days=60)
    quiet(desk)

    (score,) = scores(told(desk), desk.clock.now)
    assert (score.runs, score.stays) == (2, Share(1, 2))


def test_a_check_that_ended_in_a_visit_has_not_solved(desk: Desk, anna: Someone, zhou: Someone) -> None:
    anna.says("the AC does not cool").taps("Send report").taps("None of these").taps("Talk to a person").ignores()
    quiet(desk)

    (score,) = scores(told(desk), desk.clock.now)
    assert (score.runs, score.resolved, score.stays) == (1, Share(0, 1), Share(0, 0))
