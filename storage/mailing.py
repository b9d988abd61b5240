"""Owns what a channel that sends letters asks of the records: what a message was, what waits behind it, what was heard last."""

from sqlalchemy import Connection, select

from storage import tables as t
from storage.units.base import Queued
from storage.units.delivery import queued_from


def queued_message(connection: Connection, message: int) -> Queued | None:
    """The message with that outbox id, whatever became of it."""
    row = connection.execute(select(t.outbox).where(t.outbox.c.id == message)).first()
    return queued_from(row) if row else None


def waiting_behind(connection: Connection, channel: str, chat: str, message: int, worker: str, limit: int = 12) -> list[Queued]:
    """The messages that *worker* has in hand for the same chat behind the one with that outbox id, in their order."""
    o = t.outbox.c
    mine = (o.channel == channel) & (o.chat == chat) & (o.state == "waiting") & (o.leased_by == worker) & (o.id > message)
    return [queued_from(row) for row in connection.execute(select(t.outbox).where(mine).order_by(o.id).limit(limit))]


def last_heard(connection: Connection, channel: str, chat: str) -> str:
    """The id of the newest event from that chat, "" when nothing ever came."""
    heard = select(t.inbox.c.update_id).where(t.inbox.c.channel == channel, t.inbox.c.chat == chat)
    row = connection.execute(heard.order_by(t.inbox.c.at.desc(), t.inbox.c.update_id).limit(1)).first()
    return str(row.update_id) if row else ""
