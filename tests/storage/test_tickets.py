"""Tickets and what hangs on them, as a unit reads and writes them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, update

from aftersales.ticket import HistoryRow, Note, Offer, Report, Survey, Ticket
from storage import tables as t
from storage.engine import Store
from storage.errors import Conflict
from storage.unit import Unit
from tests.storage.clock import Clock
from tests.storage.firm import desk, found, offered, opened

FULL = Report(
    "pump", "Nordvik", "P-200", "NV-1", None, "不出水", 1, "today", "E7", "restarted", "Ann", "+86138", "2 Dock Road",
    31.2, 121.5, "tomorrow morning", datetime(2026, 3, 3, 1, tzinfo=UTC), datetime(2026, 3, 3, 4, tzinfo=UTC), "repair",
)  # fmt: skip


def _row(seq: int, state: str = "new", verb: str = "report") -> HistoryRow:
    return HistoryRow(0, seq, datetime(2026, 3, 2, 2, tzinfo=UTC), None, verb, "", state, "note", {"engineers": [1, 2]})


def _ticket(unit: Unit, customer: int, **values: Any) -> Ticket:
    day = unit.now.date()
    draft = Ticket(0, unit.next_number(day), "new", 1, values.pop("report", FULL), customer, None, 1, unit.now, **values)
    return unit.add_ticket(draft, _row(1))


def test_a_ticket_is_read_back_as_written_and_is_one_object_within_a_unit(store: Store, clock: Clock) -> None:
    firm = found(store)
    held: dict[str, Any] = {
        "respond_by": clock.now + timedelta(minutes=10),
        "hazard": "gas",
        "held_from": "queued",
        "appointment_start": clock.now + timedelta(hours=3),
        "cause": {"en": "worn seal", "zh_CN": "密封圈磨损"},
        "parts": ("P-9", "P-10"),
        "hours": 1.5,
        "engineer_id": firm.engineers[0],
    }
    made = store.write_now(lambda unit: _ticket(unit, firm.customer, **held))

    def same(unit: Unit) -> bool:
        return unit.ticket(made.id) is unit.ticket(made.id)

    expected = Ticket(made.id, "202603020001", "new", 1, FULL, firm.customer, None, 1, clock.now, **held)
    assert store.write_now(lambda unit: unit.ticket(made.id)) == expected
    assert store.write_now(same)
    assert store.write_now(lambda unit: unit.ticket(99)) is None


def test_a_changed_ticket_is_saved_with_the_row_that_says_so(store: Store) -> None:
    firm = found(store)

    def change(unit: Unit) -> Ticket:
        ticket = _ticket(unit, firm.customer)
        ticket.state, ticket.version, ticket.finding = "graded", 2, "loose belt"
        unit.save_ticket(ticket, _row_of(ticket, 2, "graded", "grade"))
        assert unit.committed.tickets == {ticket.id}
        return ticket

    ticket = store.write_now(change)
    assert store.write_now(lambda unit: unit.ticket(ticket.id)) == ticket
    rows = store.write_now(lambda unit: unit.history(ticket.id))
    assert [(r.ticket_id, r.seq, r.verb, r.to_state, r.note, r.facts) for r in rows] == [
        (ticket.id, 1, "report", "new", "note", {"engineers": [1, 2]}),
        (ticket.id, 2, "grade", "graded", "note", {"engineers": [1, 2]}),
    ]
    assert store.write_now(lambda unit: [unit.state_at(ticket.id, version) for version in (1, 2, 3)]) == ["new", "graded", None]


def _row_of(ticket: Ticket, seq: int, state: str, verb: str) -> HistoryRow:
    row = _row(seq, state, verb)
    return HistoryRow(ticket.id, row.seq, row.at, row.actor_id, row.verb, "new", row.to_state, row.note, row.facts)


def test_a_ticket_saved_from_an_old_reading_is_a_conflict_and_changes_nothing(store: Store) -> None:
    firm = found(store)
    made = store.write_now(lambda unit: _ticket(unit, firm.customer))

    def stale(unit: Unit) -> None:
        made.finding = "from an old reading"
        unit.save_ticket(made, _row_of(made, 7, "graded", "grade"))

    with pytest.raises(Conflict):
        store.write_now(stale)
    ticket = store.write_now(lambda unit: unit.ticket(made.id))
    assert ticket and (ticket.version, ticket.finding) == (1, "")
    assert len(store.write_now(lambda unit: unit.history(made.id))) == 1


def test_numbers_begin_anew_each_day_and_leave_no_gap_when_a_turn_is_rolled_back(store: Store) -> None:
    monday, tuesday = date(2026, 3, 2), date(2026, 3, 3)

    def fails(unit: Unit) -> None:
        unit.next_number(monday)
        raise ValueError

    assert store.write_now(lambda unit: [unit.next_number(monday) for _ in range(2)]) == ["202603020001", "202603020002"]
    assert isinstance(store.submit(fails).exception(), ValueError)
    assert store.write_now(lambda unit: unit.next_number(monday)) == "202603020003"
    assert store.write_now(lambda unit: unit.next_number(tuesday)) == "202603030001"
    assert store.write_now(lambda unit: unit.next_number(monday)) == "202603020004"


def test_the_number_after_9999_is_longer_and_still_a_number_of_its_own(store: Store) -> None:
    store.write_now(lambda unit: unit.connection.execute(insert(t.number_series).values(day="20260302", last=9999)))
    assert store.write_now(lambda unit: unit.next_number(date(2026, 3, 2))) == "2026030210000"


def test_a_ticket_is_found_by_its_number_or_by_an_end_that_is_unmistakable(store: Store, clock: Clock) -> None:
    firm = found(store)
    first = store.write_now(lambda unit: _ticket(unit, firm.customer)).id
    clock.passes(days=1)
    second, third = (store.write_now(lambda unit: _ticket(unit, firm.customer)).id for _ in range(2))

    def numbered(number: str) -> int | None:
        ticket = store.write_now(lambda unit: unit.ticket_numbered(number))
        return ticket.id if ticket else None

    assert [numbered(n) for n in ("202603020001", "202603030002", "0002", "30002")] == [first, third, third, third]
    assert [numbered(n) for n in ("0001", "002", "abcd", "", "%002", "202603040001")] == [None] * 6
    store.write_now(lambda unit: unit.connection.execute(update(t.ticket).where(t.ticket.c.id == first).values(state="closed")))
    assert numbered("0001") == second
    assert numbered("202603020001") == first


def test_tickets_are_listed_by_customer_engineer_queue_and_machine(store: Store, clock: Clock) -> None:
    firm = found(store)
    first = store.write_now(lambda unit: opened(unit, firm)).id
    second = store.write_now(lambda unit: offered(unit, firm)).id
    third = store.write_now(lambda unit: _ticket(unit, firm.dispatcher, report=Report(fault="no machine known"))).id
    engineer = firm.engineers[0]

    def ids(question: Callable[[Unit], list[Ticket]]) -> list[int]:
        return [ticket.id for ticket in store.write_now(question)]

    assert ids(lambda unit: unit.tickets_of(firm.customer)) == [second, first]
    assert ids(lambda unit: unit.jobs_of(engineer)) == [second]
    assert ids(lambda unit: unit.waiting_tickets()) == [first, second]
    assert ids(lambda unit: unit.waiting_tickets(limit=1)) == [first]

    def finish(unit: Unit) -> None:
        customer, ticket = unit.person(firm.customer), unit.ticket(first)
        assert customer and ticket
        assert [t.id for t in unit.earlier_tickets(ticket)] == [second]
        desk(unit).cancel(customer, ticket, "works again")

    store.write_now(finish)
    assert ids(lambda unit: unit.tickets_of(firm.customer)) == [second]
    assert ids(lambda unit: unit.tickets_of(firm.customer, open_only=False)) == [second, first]

    def strangers(unit: Unit) -> list[Ticket]:
        ticket = unit.ticket(third)
        assert ticket
        return unit.earlier_tickets(ticket)

    assert ids(strangers) == []


def test_earlier_tickets_go_by_the_machine_on_record_whatever_its_typed_serial(store: Store) -> None:
    firm = found(store)

    def three(unit: Unit) -> tuple[list[int], list[int]]:
        unit.connection.execute(insert(t.asset).values(id=5, serial="NV-1", family="pump"))
        made = [
            _ticket(unit, firm.customer, report=Report(asset_id=5, serial="NV-1")),
            _ticket(unit, firm.customer, report=Report(asset_id=5, serial="nv1")),
            _ticket(unit, firm.customer, report=Report(serial="other")),
        ]
        return [ticket.id for ticket in made], [ticket.id for ticket in unit.earlier_tickets(made[1])]

    made, earlier = store.write_now(three)
    assert earlier == made[:1]


def test_offers_are_kept_and_a_job_has_one_accepted_offer_whatever_the_code_does(store: Store, clock: Clock) -> None:
    firm = found(store)
    ticket = store.write_now(lambda unit: _ticket(unit, firm.customer)).id
    offers = store.write_now(
        lambda unit: [unit.add_offer(Offer(0, ticket, engineer, "open", unit.now)) for engineer in firm.engineers]
    )
    assert store.write_now(lambda unit: unit.offers(ticket)) == offers
    offers[0].state, offers[0].answered_at, offers[0].reason = "accepted", clock.now, "near"
    store.write_now(lambda unit: unit.save_offer(offers[0]))
    assert store.write_now(lambda unit: unit.offers(ticket)) == offers
    offers[1].state = "accepted"
    with pytest.raises(Conflict):
        store.write_now(lambda unit: unit.save_offer(offers[1]))
    assert [o.state for o in store.write_now(lambda unit: unit.offers(ticket))] == ["accepted", "open"]


def test_notes_files_and_surveys_hang_on_their_ticket(store: Store, clock: Clock) -> None:
    firm = found(store)

    def hang(unit: Unit) -> int:
        ticket = _ticket(unit, firm.customer).id
        for name in ("a", "b"):
            unit.connection.execute(
                insert(t.file).values(kind="photo", name=name, mime="", size=1, remote="", created_at=unit.now, next_at=unit.now)
            )
        assert [
            unit.add_note(Note(ticket, firm.customer, unit.now, "it drips", (1,))),
            unit.add_note(Note(None, None, unit.now, "")),
        ]
        assert unit.committed.tickets == {ticket}
        unit.attach((2, 1), ticket)
        unit.attach((), ticket)
        unit.save_survey(Survey(ticket, 1))
        unit.save_survey(Survey(ticket, 1, solved=True, engineer=3, stars=5, word="谢谢"))
        return ticket

    ticket = store.write_now(hang)
    assert store.write_now(lambda unit: unit.files_of(ticket)) == [1, 2]
    assert store.write_now(lambda unit: unit.files_of(99)) == []
    assert store.write_now(lambda unit: unit.survey(ticket, 1)) == Survey(ticket, 1, True, 3, 5, "谢谢")
    assert store.write_now(lambda unit: unit.survey(ticket, 2)) is None
