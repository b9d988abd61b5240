"""Owns reading and writing clocks and their ledgers. A ledger is only ever added to."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import Row, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from aftersales.calendar import WorkingHours
from aftersales.ledger import Entry
from aftersales.ticket import Clock
from storage import tables as t
from storage.units.base import UnitBase

_RUNNING = (
    select(t.clock).where(t.clock.c.ticket_id == bindparam("ticket_id"), t.clock.c.stopped_at.is_(None)).order_by(t.clock.c.id)
)
_NEW_CLOCK = insert(t.clock)
_CHANGES = ("due", "stopped_at", "raised_at", "paused_at", "next_at", "step", "acknowledged_at")
_SAVE_CLOCK = update(t.clock).where(t.clock.c.id == bindparam("_id")).values({name: bindparam(name) for name in _CHANGES})
_NEW_ENTRY = insert(t.clock_entry)
_ENTRIES = select(t.clock_entry).where(t.clock_entry.c.clock_id == bindparam("clock_id")).order_by(t.clock_entry.c.id)


def clock_from(row: Row[Any]) -> Clock:
    """A Clock value from a row of the clock table."""
    return Clock(**row._mapping)


def entry_from(row: Row[Any]) -> Entry:
    """An Entry of a ledger from a row of the clock_entry table."""
    budget = None if row.budget is None else timedelta(seconds=row.budget)
    return Entry(row.at, row.what, row.reason, row.actor_id, budget, row.whole_day, row.who)


@cache
def _hours(content: str) -> WorkingHours:
    return WorkingHours.from_json(msgspec.json.decode(content))


class ClockRows(UnitBase):
    """The clocks' side of the Work."""

    def add_clock(self, clock: Clock, hours: WorkingHours | None) -> Clock:
        """Write a new clock; returns it with its id. The *hours* it was started under are kept with it, None for none."""
        if hours is not None:
            clock.calendar = self._calendar(hours)
        values = asdict(clock)
        values.pop("id")
        clock.id = self._new_id(_NEW_CLOCK, **values)
        return clock

    def save_clock(self, clock: Clock) -> None:
        """Write what has changed about a clock."""
        self._run(_SAVE_CLOCK, _id=clock.id, **{name: getattr(clock, name) for name in _CHANGES})

    def note_clock(self, clock_id: int, entry: Entry) -> None:
        """Add one line to a clock's ledger."""
        budget = None if entry.budget is None else entry.budget.total_seconds()
        self._run(
            _NEW_ENTRY,
            clock_id=clock_id,
            at=entry.at,
            what=entry.what,
            reason=entry.reason,
            actor_id=entry.actor_id,
            budget=budget,
            whole_day=entry.whole_day,
            who=entry.who,
        )

    def clock_entries(self, clock_id: int) -> list[Entry]:
        """The ledger of a clock, in the order of writing."""
        return [entry_from(row) for row in self._all(_ENTRIES, clock_id=clock_id)]

    def clock_hours(self, clock: Clock) -> WorkingHours:
        """The working hours that the clock was started under."""
        row = self._first(select(t.calendar.c.content).where(t.calendar.c.digest == clock.calendar))
        assert row is not None, f"clock {clock.id} without its calendar"
        return _hours(msgspec.json.encode(row.content).decode())

    def running_clocks(self, ticket_id: int) -> list[Clock]:
        """What has been started and not stopped, oldest first; waiting ones too."""
        return [clock_from(row) for row in self._all(_RUNNING, ticket_id=ticket_id)]

    def clock(self, clock_id: int) -> Clock | None:
        row = self._first(select(t.clock).where(t.clock.c.id == clock_id))
        return clock_from(row) if row else None

    def clocks_of(self, ticket_id: int) -> list[Clock]:
        """Every clock the ticket ever had, oldest first."""
        return [
            clock_from(row) for row in self._all(select(t.clock).where(t.clock.c.ticket_id == ticket_id).order_by(t.clock.c.id))
        ]

    def clocks_that_ring(self, now: datetime, limit: int = 100, but: Collection[int] = ()) -> list[Clock]:
        """Clocks about which something is to be done by *now*, in order of that moment."""
        clock = t.clock.c
        due = clock.stopped_at.is_(None) & clock.next_at.is_not(None) & (clock.next_at <= now)
        wanted = select(t.clock).where(due)
        if but:
            wanted = wanted.where(clock.id.not_in(but))
        ordered = wanted.order_by(clock.next_at, clock.id).limit(limit)
        return [clock_from(row) for row in self._all(ordered.with_for_update(skip_locked=True))]

    def _calendar(self, hours: WorkingHours) -> str:
        digest = hours.digest()
        if self._first(select(t.calendar.c.digest).where(t.calendar.c.digest == digest)) is None:
            with suppress(IntegrityError), self.connection.begin_nested():  # another turn may have been the first just now
                self._run(insert(t.calendar), digest=digest, content=hours.to_json())
        return digest
