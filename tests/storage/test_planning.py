"""What a plan of the day reads of the records: which jobs, due when, for whom; who is free, and how many questions it takes."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import event

from aftersales.people import Absence
from aftersales.ticket import Refusal, Ticket
from storage.engine import Store
from storage.planning import CrewLine, DayQuestion, day_question, marks
from storage.unit import Unit
from tests.storage.clock import Clock
from tests.storage.firm import POLICIES, Firm, desk, found, offered, opened

MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)


def _asked(store: Store, day: date = MONDAY) -> DayQuestion:
    return store.read_now(lambda connection: day_question(Unit(connection, store.clock(), "", b""), POLICIES, day))


def _at(hour: int, minute: int = 0, day: int = 2) -> datetime:
    """That time in Shanghai."""
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC) - timedelta(hours=8)


def _queued(unit: Unit, firm: Firm) -> Ticket:
    ticket = desk(unit).needs_visit(None, opened(unit, firm))
    assert isinstance(ticket, Ticket)
    return ticket


def _accepted(unit: Unit, firm: Firm) -> Ticket:
    ticket, engineer = offered(unit, firm), unit.person(firm.engineers[0])
    assert engineer
    assert not isinstance(desk(unit).accept(engineer, ticket), Refusal)
    return ticket


def _line(question: DayQuestion, person_id: int) -> CrewLine:
    return next(line for line in question.crew if line.worker.id == person_id)


def test_jobs_come_with_what_was_promised_and_for_whom_they_are(store: Store, clock: Clock) -> None:
    firm = found(store, engineers=3)
    first, second, third = firm.engineers

    def write(unit: Unit) -> list[Ticket]:
        queued, asked, taken, agreed = _queued(unit, firm), offered(unit, firm), _accepted(unit, firm), _accepted(unit, firm)
        back = unit.person(third)
        engineer = unit.person(first)
        assert back and engineer
        desk(unit).obstacle(back, asked, "clash")
        desk(unit).schedule(engineer, agreed, _at(14), _at(16))
        return [queued, asked, taken]

    queued, asked, taken = store.write_now(write)
    lines = {line.job.id: line for line in _asked(store).jobs}

    assert set(lines) == {queued.id, asked.id, taken.id}
    assert {lines[one.id].due for one in (queued, asked, taken)} == {_at(10, day=6)}  # 48 hours of the desk's, from Monday 10:00
    assert (lines[queued.id].job.skill, lines[queued.id].job.minutes, lines[queued.id].job.ready) == ("machinery", 120, _at(10))
    assert [lines[one.id].bound for one in (queued, asked, taken)] == [frozenset(), frozenset({first, second}), frozenset({first})]
    assert [lines[one.id].offerable for one in (queued, asked, taken)] == [True, False, False]
    assert lines[asked.id].job.not_by == {third}
    assert (lines[taken.id].job.skill, lines[taken.id].job.not_by) == ("", {second, third})


def test_visits_absences_and_closed_hours_take_an_engineer_and_change_the_mark(store: Store, clock: Clock) -> None:
    firm = found(store)
    first, second = firm.engineers
    before = store.write_now(lambda unit: marks(unit, POLICIES, MONDAY))

    def write(unit: Unit) -> None:
        ticket, engineer = _accepted(unit, firm), unit.person(first)
        assert engineer
        desk(unit).schedule(engineer, ticket, _at(14), None)
        unit.add_absence(Absence(0, second, _at(9), _at(9, day=3), "ill"))

    store.write_now(write)
    question = _asked(store)
    now = store.write_now(lambda unit: marks(unit, POLICIES, MONDAY))

    assert (question.begins, question.ends) == (_at(10), _at(20))
    assert _line(question, first).worker.busy == ((_at(13, 30), _at(16)),)  # half an hour's way to where nobody knows
    assert (_line(question, first).away, _line(question, second).away) == (False, True)
    assert {who for who in before if before[who] != now[who]} == {first, second}
    tuesday = _asked(store, TUESDAY)
    assert (tuesday.begins, _line(tuesday, first).worker.busy) == (_at(8, day=3), ())
    assert _line(tuesday, second).worker.busy == ((_at(9), _at(9, day=3)),)


def test_whoever_is_at_a_machine_is_taken_for_as_long_as_such_a_job_lasts(store: Store, clock: Clock) -> None:
    firm = found(store)

    def go(unit: Unit) -> None:
        ticket, engineer = _accepted(unit, firm), unit.person(firm.engineers[0])
        assert engineer
        assert not isinstance(desk(unit).depart(engineer, ticket), Refusal)

    store.write_now(go)
    clock.passes(hours=1)

    assert _line(_asked(store), firm.engineers[0]).worker.busy == ((_at(11), _at(13)),)


def test_after_hours_nobody_can_be_planned(store: Store, clock: Clock) -> None:
    firm = found(store)
    store.write_now(lambda unit: _queued(unit, firm))
    clock.passes(hours=10)
    question = _asked(store)

    assert (question.begins, question.crew, len(question.jobs)) == (None, (), 1)


def test_the_number_of_questions_does_not_grow_with_jobs(store: Store) -> None:
    firm = found(store)
    counts = []
    for more in (1, 6):
        store.write_now(lambda unit, more=more: [_accepted(unit, firm) for _ in range(more)])
        said: list[str] = []
        heard = event.listens_for(store.engine, "before_cursor_execute")(lambda *told, said=said: said.append(told[2]))
        _asked(store)
        event.remove(store.engine, "before_cursor_execute", heard)
        counts.append(len(said))
    assert counts[0] == counts[1]


def test_of_very_many_jobs_the_first_of_the_queue_are_planned(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.planning.MOST", 2)
    firm = found(store)
    first = store.write_now(lambda unit: [_queued(unit, firm).id for _ in range(3)])
    question = _asked(store)

    assert ([line.job.id for line in question.jobs], question.more) == (first[:2], 1)
