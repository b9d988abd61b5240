"""Owns the check that every clock on record still says what its ledger says."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby

from sqlalchemy import Connection, Row, exists, select

from aftersales import ledger
from aftersales.calendar import WorkingHours
from storage import tables as t
from storage.units.clocks import entry_from

AGREE = timedelta(milliseconds=1)  # budgets are kept as seconds in a float
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
AT_ONCE = 2000  # clocks whose ledgers are read together


@dataclass(frozen=True, slots=True)
class Audit:
    """*running*: how many clocks were looked at. *wrong*: a line for each that differs, naming ticket, clock and difference."""

    running: int
    wrong: tuple[str, ...]


def audit_clocks(connection: Connection) -> Audit:
    """
    Compute every running clock anew from its ledger and the hours kept with it, and compare: stopped, waiting, due, raised.

    No policy is asked: one that has changed since changes no promise that was made. Moments without a ledger are left out,
    and so is what can only be known when the ledger waits: a waiting clock has no due.
    """
    hours = {row.digest: WorkingHours.from_json(row.content) for row in connection.execute(select(t.calendar))}
    running, wrong = 0, []
    for row, lines in _clocks(connection):
        running += row.stopped_at is None
        wrong += [f"{row.number} {row.kind} (clock {row.id}): {said}" for said in _differences(row, lines, hours)]
    return Audit(running, tuple(wrong))


def _clocks(connection: Connection) -> Iterator[tuple[Row[tuple[object, ...]], list[ledger.Entry]]]:
    """Clocks that run, or that stand stopped while their ledger has no such line; each with its ledger."""
    c, e = t.clock.c, t.clock_entry.c
    said_so = exists().where(e.clock_id == c.id, e.what == "stop")
    asked = select(t.clock, t.ticket.c.number).join_from(t.clock, t.ticket, c.ticket_id == t.ticket.c.id)
    asked = asked.where(c.calendar != "", c.stopped_at.is_(None) | ~said_so).order_by(c.id).limit(AT_ONCE)
    last = 0
    while rows := connection.execute(asked.where(c.id > last)).all():
        first, last = rows[0].id, rows[-1].id
        entries = select(t.clock_entry).where(e.clock_id.between(first, last)).order_by(e.clock_id, e.id)
        lines = {
            key: [entry_from(line) for line in some] for key, some in groupby(connection.execute(entries), lambda x: x.clock_id)
        }
        for row in rows:
            yield row, lines.get(row.id, [])


def _differences(row: Row[tuple[object, ...]], lines: list[ledger.Entry], hours: dict[str, WorkingHours]) -> list[str]:
    if row.calendar not in hours:
        return [f"its calendar {row.calendar} is not kept"]
    try:
        reading = ledger.read(lines, hours[row.calendar], LONG_AGO)
    except ValueError as problem:
        return [f"its ledger cannot be read: {problem}"]
    if bool(row.stopped_at) != bool(reading.stopped_at):
        return [f"{_is(row.stopped_at, 'stopped')}, by its ledger {_is(reading.stopped_at, 'stopped')}"]
    found = []
    if bool(row.paused_at) != bool(reading.paused):
        found.append(f"{_is(row.paused_at, 'waiting')}, by its ledger {_is(reading.paused, 'waiting')}")
    if reading.due and abs(row.due - reading.due) > AGREE:
        found.append(f"due {row.due.isoformat()}, by its ledger {reading.due.isoformat()}")
    if bool(row.acknowledged_at) != bool(reading.acknowledged_at):
        found.append(f"{_is(row.acknowledged_at, 'acknowledged')}, by its ledger {_is(reading.acknowledged_at, 'acknowledged')}")
    if not row.raised_at and not row.paused_at and not row.next_at:
        found.append("it runs, and nothing would ever ring")
    return found


def _is(so: object, what: str) -> str:
    return what if so else f"not {what}"
