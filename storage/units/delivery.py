"""Owns the outbox: what is to be said, to which chat, how often it was tried, and where the last message of a slot stands."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Row, bindparam, insert, select, update

from aftersales.say import Say
from storage import tables as t
from storage.units.base import Queued
from storage.units.people import People

LEASE = timedelta(seconds=60)
_QUEUE = insert(t.outbox)
_SENT = (
    update(t.outbox)
    .where(t.outbox.c.id == bindparam("_id"))
    .values(state="sent", sent_at=bindparam("at"), message_id=bindparam("message"), leased_until=None)
)
_SLOT = select(t.slot.c.message_id).where(
    t.slot.c.channel == bindparam("channel"), t.slot.c.chat == bindparam("chat"), t.slot.c.slot == bindparam("slot")
)


def queued_from(row: Row[Any], *, leased: bool = False) -> Queued:
    """A Queued value from a row of the outbox table."""
    say = msgspec.convert(row.say, Say)
    return Queued(row.id, row.channel, row.chat, row.person_id, say, row.created_at, row.tries, leased)


class Delivery(People):
    """The outbox's side of the Unit."""

    def answer_at(self, channel: str, chat: str, person_id: int) -> None:
        """For this turn, what is said to *person_id* goes to the chat they are writing from."""
        self.__dict__["_here"] = (person_id, channel, chat)

    def tell(self, person_id: int, say: Say) -> None:
        """Queue *say* at the person's present chat, or at the address they used last; without any, it is kept as unsent."""
        here = self.__dict__.get("_here")
        if here and here[0] == person_id:
            self.queue(here[1], here[2], person_id, say)
            return
        reachable = self.addresses(person_id)
        if reachable:
            self.queue(*reachable[0], person_id, say)
        else:
            self.queue("none", str(person_id), person_id, say)

    def queue(self, channel: str, chat: str, person_id: int, say: Say) -> None:
        """Queue *say* for one chat; it leaves after the commit, in order."""
        # Each row of a turn is a microsecond later than the one before: the order of a chat is the order of created_at.
        created = self.now + timedelta(microseconds=1 + len(self.committed.queued))
        leased = bool(self.worker)
        new_id = self._new_id(
            _QUEUE,
            channel=channel,
            chat=chat,
            person_id=person_id,
            say=say,
            state="waiting",
            created_at=created,
            next_at=self.now,
            leased_by=self.worker,
            leased_until=self.now + LEASE if leased else None,
        )
        self.committed.queued.append(Queued(new_id, channel, chat, person_id, say, created, 0, leased))

    def claim(self, limit: int = 500) -> list[Queued]:
        """Take waiting messages that nobody has in hand and whose time has come, in order; they are ours for the lease."""
        o = t.outbox.c
        free = o.leased_until.is_(None) | (o.leased_until <= self.now)
        wanted = (
            select(t.outbox)
            .where(o.state == "waiting", o.next_at <= self.now, free)
            .order_by(o.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        rows = self._all(wanted)
        self.extend_lease([row.id for row in rows])
        return [queued_from(row, leased=True) for row in rows]

    def extend_lease(self, ids: list[int]) -> None:
        """Keep messages in hand for another lease."""
        if ids:
            self._run(
                update(t.outbox)
                .where(t.outbox.c.id.in_(ids), t.outbox.c.state == "waiting")
                .values(leased_by=self.worker, leased_until=self.now + LEASE)
            )

    def drop_leases(self) -> None:
        """What a former run of the only process had in hand, or had put off, is free again: in order, and at once."""
        waiting = update(t.outbox).where(t.outbox.c.state == "waiting")
        self._run(waiting.values(leased_by="", leased_until=None, next_at=self.now))

    def mark_sent(self, queued: Queued, message_id: str) -> None:
        """The channel took it; the slot points at its message from now on."""
        self._run(_SENT, _id=queued.id, at=self.now, message=message_id)
        if queued.say.slot and message_id:
            self.put_slot(queued.channel, queued.chat, queued.say.slot, message_id)

    def put_slot(self, channel: str, chat: str, slot: str, message_id: str) -> None:
        key = (t.slot.c.channel == channel) & (t.slot.c.chat == chat) & (t.slot.c.slot == slot)
        if self._run(update(t.slot).where(key).values(message_id=message_id)).rowcount == 0:
            self._run(insert(t.slot), channel=channel, chat=chat, slot=slot, message_id=message_id)

    def slot_message(self, channel: str, chat: str, slot: str) -> str:
        """The channel's id of the slot's message, "" when there is none."""
        row = self._first(_SLOT, channel=channel, chat=chat, slot=slot)
        return str(row.message_id) if row else ""

    def mark_retry(self, queued_id: int, tries: int, next_at: datetime, error: str) -> None:
        """It failed for now and is tried again at *next_at*; still in this worker's hand."""
        self._run(
            update(t.outbox)
            .where(t.outbox.c.id == queued_id)
            .values(tries=tries, next_at=next_at, error=error[:200], leased_until=max(next_at, self.now) + LEASE)
        )

    def mark_failed(self, queued_id: int, error: str) -> None:
        """It failed for good; the row stays, for whoever looks into it."""
        self._run(update(t.outbox).where(t.outbox.c.id == queued_id).values(state="failed", error=error[:200], leased_until=None))
