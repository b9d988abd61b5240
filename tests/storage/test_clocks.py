"""Clocks on record: which rings next, what a ledger keeps, and the working hours that a promise was made under."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from aftersales.calendar import WorkingHours
from aftersales.ledger import Entry
from aftersales.ticket import Clock as Promise
from storage.engine import Store
from storage.unit import Unit
from tests.storage.clock import Clock
from tests.storage.firm import found, opened

HOURS = WorkingHours(ZoneInfo("Asia/Shanghai"), {0: [(time(9), time(17))]})
NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)


def promise(kind: str, ticket_id: int, **more: object) -> Promise:
    return Promise(0, ticket_id, kind, NOON, NOON + timedelta(hours=1), **more)  # type: ignore[arg-type]


def test_clocks_ring_in_the_order_of_their_next_moment_and_not_once_they_are_stopped(store: Store, clock: Clock) -> None:
    firm = found(store)

    def start(unit: Unit) -> list[Promise]:
        ticket = opened(unit, firm).id
        for running in unit.running_clocks(ticket):
            running.next_at = None
            unit.save_clock(running)
        minutes = {"restore": 60, "response": 10, "survey": 30, "stopped": 5, "answered": None}
        at = {kind: unit.now + timedelta(minutes=m) if m else None for kind, m in minutes.items()}
        made = [promise(kind, ticket, next_at=moment) for kind, moment in at.items()]
        return [unit.add_clock(one, None) for one in made]

    _, response, survey, stopped, _ = store.write_now(start)
    stopped.stopped_at = clock.now
    store.write_now(lambda unit: unit.save_clock(stopped))

    def ringing(**more: object) -> list[str]:
        return [c.kind for c in store.write_now(lambda unit: unit.clocks_that_ring(unit.now, **more))]

    assert ringing() == []
    clock.passes(minutes=60)
    assert ringing() == ["response", "survey", "restore"]
    assert ringing(limit=1) == ["response"]
    assert ringing(but=[response.id]) == ["survey", "restore"]
    survey.next_at, survey.raised_at, survey.step = clock.now + timedelta(minutes=1), clock.now, 2
    store.write_now(lambda unit: unit.save_clock(survey))
    assert ringing() == ["response", "restore"]
    clock.passes(minutes=1)
    assert ringing() == ["response", "restore", "survey"]
    assert store.write_now(lambda unit: unit.clock(survey.id)) == survey


def test_a_ledger_is_kept_line_by_line_and_the_hours_with_it(store: Store, clock: Clock) -> None:
    firm = found(store)
    lines = [
        Entry(NOON, "start", budget=timedelta(hours=2.5), whole_day=True),
        Entry(NOON, "pause", "parts", firm.dispatcher),
        Entry(NOON + timedelta(microseconds=7), "tell", who="supervisor"),
    ]

    def write(unit: Unit) -> Promise:
        made = unit.add_clock(promise("restore", opened(unit, firm).id), HOURS)
        unit.add_clock(promise("response", made.ticket_id), HOURS)  # the same hours are kept once
        for line in lines:
            unit.note_clock(made.id, line)
        return made

    made = store.write_now(write)

    assert store.write_now(lambda unit: unit.clock_entries(made.id)) == lines
    assert made.calendar == HOURS.digest()
    assert store.write_now(lambda unit: unit.clock_hours(made)) == HOURS
    assert [c.kind for c in store.write_now(lambda unit: unit.clocks_of(made.ticket_id))][-2:] == ["restore", "response"]
