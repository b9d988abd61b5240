"""Clocks: when each begins, waits, ends, and what happens when it runs out. Time is moved, never waited for."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from aftersales.desk import Desk as Rules
from aftersales.ticket import Ticket
from storage import tables as t
from storage.unit import Unit
from tests.acceptance.desk import Desk, Someone
from tests.acceptance.stories import quiet
from tests.dialogs.places import ticket_at

Act = Callable[[Unit, Rules, Ticket], object]
RUNNING = {
    "graded": {"response", "restore"},
    "remote": {"restore"},
    "support": {"remote_limit", "restore"},
    "queued": {"response", "restore"},
    "offered": {"answer_offer", "restore"},
    "accepted": {"contact", "restore"},
    "scheduled": {"restore"},
    "en_route": {"restore"},
    "on_site": {"restore"},
    "repaired": {"sign_off"},
    "signed_off": {"survey"},
    "closed": set(),
    "reopened": {"response", "unhappy", "restore"},
    "on_hold": {"response", "restore"},
    "cancelled": set(),
}


def stands(desk: Desk, state: str) -> Ticket:
    """A ticket of Anna's, Wang's engineer, in that state."""
    anna, wang = desk.people["anna"], desk.people["wang"]
    made = desk.acts(lambda unit, rules: ticket_at(unit, rules, unit.person(anna.id), unit.person(wang.id), state))
    quiet(desk)
    return desk.ticket(made.number)


def does(desk: Desk, act: Act) -> Any:
    """Let the Desk do something with the first ticket."""
    return desk.acts(lambda unit, rules: act(unit, rules, unit.ticket(1)))


@pytest.mark.parametrize("state", RUNNING)
def test_each_state_has_its_promises_and_its_record(desk: Desk, anna: Someone, state: str) -> None:
    ticket = stands(desk, state)

    assert set(desk.clocks()) == RUNNING[state]
    assert ticket.version == len(desk.history())
    assert [row.seq for row in desk.history()] == list(range(1, ticket.version + 1))
    assert desk.history()[-1].to_state == state
    if "response" in RUNNING[state]:
        assert ticket.respond_by == desk.clocks()["response"].due


@pytest.mark.parametrize("state", RUNNING)
def test_a_danger_is_urgent_in_every_state_and_pages_everybody_on_the_case(desk: Desk, anna: Someone, state: str) -> None:
    stands(desk, state)
    desk.clock.passes(minutes=5)

    does(desk, lambda unit, rules, ticket: rules.danger(unit.person(anna.id), ticket, "gas", "it smells of gas"))

    desk.people["zhou"].hears("DANGER.*smells of gas").hears("DANGER reported")
    desk.people["sun"].hears("DANGER")
    ticket = desk.ticket()
    assert (ticket.hazard, ticket.grade) == ("gas", 1)
    assert ticket.state == ("queued" if state in ("graded", "remote", "support", "reopened") else state)
    assert ticket.version == len(desk.history())
    if ticket.engineer_id:
        desk.people["wang"].hears("DANGER")
    if "response" in desk.clocks():
        assert ticket.respond_by == desk.clocks()["response"].due == desk.clock.now + timedelta(minutes=10)
    quiet(desk)


def test_nobody_answers_a_report(desk: Desk, anna: Someone, zhou: Someone) -> None:
    stands(desk, "queued")
    desk.passes(minutes=29)
    zhou.hears_nothing()

    desk.passes(minutes=1)

    zhou.hears("Late: first answer of 202603020001 was due today 10:30").hears("waiting for an engineer")
    desk.people["sun"].hears("Late: first answer")
    anna.hears("promised you an answer.*I'm sorry. I've called a supervisor")
    assert desk.verbs()[-1] == "overdue"
    desk.passes(minutes=30)
    zhou.hears_nothing()  # once is enough


def test_an_offer_nobody_answers_reminds_the_engineer_and_tells_the_desk(
    desk: Desk, anna: Someone, zhou: Someone, wang: Someone
) -> None:
    stands(desk, "offered")

    desk.passes(minutes=15)
    wang.hears("Will you take it")
    zhou.hears_nothing()
    desk.passes(minutes=15)

    wang.hears("Will you take it")
    zhou.hears("Late: engineer's answer of 202603020001").hears("Nobody has taken").hears("Offered to wang")
    assert desk.ticket().state == "offered"


def test_a_repair_that_takes_too_long_is_told_to_the_supervisor(desk: Desk, anna: Someone, zhou: Someone) -> None:
    stands(desk, "scheduled")

    desk.clock.now = desk.clocks()["restore"].due
    desk.passes(seconds=0)
    quiet(desk, but=["sun"])

    desk.people["sun"].hears("Late: repair of 202603020001")
    assert not [say for say in zhou.screen() if "Late: repair" in say]


def test_a_held_ticket_lets_its_promises_wait(desk: Desk, anna: Someone, zhou: Someone) -> None:
    stands(desk, "accepted")
    due = desk.clocks()["restore"].due
    does(desk, lambda unit, rules, ticket: rules.hold(unit.person(zhou.id), ticket, "a part is on its way"))
    anna.hears("has to wait for the moment: a part is on its way")
    desk.passes(days=20)
    quiet(desk)
    assert desk.verbs()[-1] == "hold"

    does(desk, lambda unit, rules, ticket: rules.resume(unit.person(zhou.id), ticket))

    anna.hears("202603020001 goes on")
    assert desk.ticket().state == "accepted"
    # 48 hours of work were left on Monday at 10:00; they are left on Sunday three weeks later: 8 + 3 × 12 + 4.
    assert (due, desk.clocks()["restore"].due) == (datetime(2026, 3, 6, 2, tzinfo=UTC), datetime(2026, 3, 26, 4, tzinfo=UTC))
    quiet(desk)


def test_a_second_offer_gives_its_time_again(desk: Desk, anna: Someone, zhou: Someone) -> None:
    stands(desk, "offered")
    desk.clock.passes(minutes=20)
    li = desk.people["li"]

    does(desk, lambda unit, rules, ticket: rules.offer(unit.person(zhou.id), ticket, [li.id]))

    assert desk.clocks()["answer_offer"].due == desk.clock.now + timedelta(minutes=30)
    assert [offer.state for offer in desk.offers()] == ["open", "open"]
    quiet(desk)


def test_of_fifty_engineers_who_accept_at_once_one_wins(desk: Desk, anna: Someone, zhou: Someone) -> None:
    crowd = [desk.engineer(f"engineer {n:02}", "refrigeration", listens=False) for n in range(50)]
    stands(desk, "queued")
    does(desk, lambda unit, rules, ticket: rules.offer(unit.person(zhou.id), ticket, [one.id for one in crowd]))

    def accept(unit: Unit, person_id: int) -> str:
        person, ticket = unit.person(person_id), unit.ticket(1)
        assert person and ticket
        outcome = Rules(unit, unit.now, desk.turns.policies).accept(person, ticket)
        return "won" if isinstance(outcome, Ticket) else outcome.reason

    waiting = [desk.store.submit(lambda unit, who=one.id: accept(unit, who)) for one in crowd]
    outcomes = [future.result() for future in waiting]
    desk.passes(seconds=0)

    assert outcomes.count("won") == 1
    assert outcomes.count("taken") == 49
    assert sorted(offer.state for offer in desk.offers()) == ["accepted"] + ["lost"] * 49
    assert desk.verbs().count("accept") == 1
    assert crowd[-1].screen()[-1].startswith("202603020001 has been taken by engineer 00")
    quiet(desk)


@pytest.mark.parametrize(
    ("act", "state", "reason"),
    [
        (lambda u, r, t: r.accept(u.person(r.work.person(t.customer_id).id), t), "offered", "withdrawn"),
        (lambda u, r, t: r.depart(u.person(t.customer_id), t), "accepted", "not_yours"),
        (lambda u, r, t: r.sign_off(u.person(t.engineer_id), t), "repaired", "not_yours"),
        (lambda u, r, t: r.offer(u.person(t.customer_id), t, [t.engineer_id or 4]), "queued", "not_yours"),
        (lambda u, r, t: r.offer(None, t, []), "queued", "no_engineer"),
        (lambda u, r, t: r.finish(u.person(t.engineer_id), t, "done"), "accepted", "not_now"),
        (lambda u, r, t: r.schedule(u.person(t.engineer_id), t, r.now, None), "accepted", "time_past"),
        (lambda u, r, t: r.hold(u.person(t.customer_id), t, "no"), "queued", "not_yours"),
        (lambda u, r, t: r.reopen(u.person(t.customer_id), t, "back"), "queued", "not_now"),
        (lambda u, r, t: r.rate(u.person(t.engineer_id), t, 1, "o", 5), "signed_off", "not_yours"),
        (lambda u, r, t: r.rate(u.person(t.customer_id), t, 2, "o", 5), "signed_off", "survey_over"),
    ],
)
def test_what_may_not_be_done_is_refused_and_changes_nothing(desk: Desk, anna: Someone, act: Act, state: str, reason: str) -> None:
    before = stands(desk, state)

    refused = does(desk, act)

    assert refused.reason == reason
    assert desk.ticket() == before
    assert before.version == len(desk.history())


def test_a_new_grade_measures_the_running_promises_from_their_start(desk: Desk, anna: Someone, zhou: Someone) -> None:
    stands(desk, "queued")
    started = desk.clocks()["response"].started_at
    desk.clock.passes(minutes=3)

    does(desk, lambda unit, rules, ticket: rules.regrade(unit.person(zhou.id), ticket, 1))

    quiet(desk)
    assert desk.clocks()["response"].due == started + timedelta(minutes=10) == desk.ticket().respond_by
    assert desk.clocks()["restore"].due == started + timedelta(hours=24)
    assert desk.ticket().version == len(desk.history())


def test_a_promise_made_before_there_were_ledgers_is_told_at_its_end(desk: Desk, anna: Someone, zhou: Someone) -> None:
    stands(desk, "on_site")
    old = desk.clocks()["restore"]
    desk.write(
        lambda unit: unit.connection.execute(
            update(t.clock).where(t.clock.c.id == old.id).values(calendar="", next_at=old.due, step=0)
        )
    )

    desk.clock.now = old.due
    desk.passes(seconds=0)

    desk.people["sun"].hears("Late: repair of 202603020001 was due")
    assert desk.verbs()[-1] == "overdue"
    quiet(desk)
