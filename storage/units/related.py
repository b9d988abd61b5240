"""Owns which tickets belong to one unit, who follows a ticket that is somebody else's, and what was said in a message."""

import msgspec
from sqlalchemy import ColumnElement, insert, select, update

from aftersales.say import Say
from aftersales.ticket import Ticket
from storage import tables as t
from storage.units.tickets import OPEN, Tickets


class Related(Tickets):
    """The part of the Work that looks across tickets."""

    def tickets_of_asset(self, asset_id: int) -> list[Ticket]:
        wanted = select(t.ticket.c.id).where(t.ticket.c.asset_id == asset_id)
        return self._tickets(wanted.order_by(t.ticket.c.id.desc()).limit(10))

    def open_alike(self, person_id: int, asset_id: int | None, serial: str, family: str) -> list[Ticket]:
        ticket = t.ticket.c
        mine = (ticket.customer_id == person_id) & (ticket.family == family)
        same: list[ColumnElement[bool]] = [mine] if family else []
        if asset_id is not None:
            same.append(ticket.asset_id == asset_id)
        elif serial:
            same.append(ticket.serial == serial)
        found: dict[int, Ticket] = {}
        for each in same:  # one at a time: each has an index of its own, and "or" would use none
            wanted = select(ticket.id).where(each, OPEN, ticket.service.in_(("repair", "maintenance")))
            found |= {one.id: one for one in self._tickets(wanted.order_by(ticket.id.desc()).limit(5))}
        return sorted(found.values(), key=lambda one: -one.id)

    def followers(self, ticket_id: int) -> list[int]:
        wanted = select(t.follower.c.person_id).where(t.follower.c.ticket_id == ticket_id).order_by(t.follower.c.person_id)
        return [row.person_id for row in self._all(wanted)]

    def add_follower(self, ticket_id: int, person_id: int) -> None:
        if person_id not in self.followers(ticket_id):
            self._run(insert(t.follower), ticket_id=ticket_id, person_id=person_id)

    def move_conversation(self, ticket_id: int, to: int) -> None:
        self._run(update(t.note).where(t.note.c.ticket_id == ticket_id).values(ticket_id=to))
        self._run(update(t.file).where(t.file.c.ticket_id == ticket_id).values(ticket_id=to))
        self.committed.tickets.update((ticket_id, to))

    def said_in(self, channel: str, chat: str, message_id: str) -> Say | None:
        """What a message of ours says that stands in that chat, as it was written last."""
        said = t.outbox.c
        here = (said.channel == channel) & (said.chat == chat) & (said.message_id == message_id)
        row = self._first(select(said.say).where(here).order_by(said.id.desc()).limit(1))
        return msgspec.convert(row.say, Say) if row else None
