"""Owns what a web chat shows again when its page is opened: what was said on both sides, in order, edits in their place."""

from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec
from sqlalchemy import Connection, select

from aftersales.say import Say
from storage import tables as t

SHOWN = ("text", "files", "contact", "place", "edited")


@dataclass(frozen=True, slots=True)
class Line:
    """
    One message of a chat.

    Args:
        id: "o12" of the desk's, the client's own id of the person's.
        seq: microseconds since 1970, of the first version: its place.
        changed: of the newest version.
        say: for the desk's, to be rendered; None for the person's own *text*.
    """

    id: str
    seq: int
    changed: int
    at: datetime
    person_id: int
    text: str = ""
    files: tuple[int, ...] = ()
    say: Say | None = None


def micros(at: datetime) -> int:
    """Microseconds since 1970."""
    return int((at - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1_000_000 + 0.5)


def transcript(connection: Connection, chat: str, *, after: int = 0, before: int = 0, limit: int = 60) -> list[Line]:
    """
    The lines of a web chat.

    Args:
        after: only what is new or changed since that microsecond; 0 for the newest *limit* lines.
        before: only lines older than that microsecond.
    """
    since = datetime.fromtimestamp(after / 1_000_000, UTC) if after else None
    until = datetime.fromtimestamp(before / 1_000_000, UTC) if before else None
    out = select(t.outbox).where(t.outbox.c.channel == "web", t.outbox.c.chat == chat, t.outbox.c.state == "sent")
    own = select(t.inbox).where(t.inbox.c.channel == "web", t.inbox.c.chat == chat, t.inbox.c.kind.in_(SHOWN))
    if since:
        out, own = out.where(t.outbox.c.created_at > since), own.where(t.inbox.c.at > since)
    if until:
        out, own = out.where(t.outbox.c.created_at < until), own.where(t.inbox.c.at < until)
    lines: dict[str, Line] = {}
    for row in reversed(connection.execute(out.order_by(t.outbox.c.created_at.desc()).limit(limit)).all()):
        seq = micros(row.created_at)
        first = lines.get(row.message_id)
        say = msgspec.convert(row.say, Say)
        lines[row.message_id] = Line(
            row.message_id, first.seq if first else seq, seq, first.at if first else row.created_at, row.person_id, say=say
        )
    for row in connection.execute(own.order_by(t.inbox.c.at.desc()).limit(limit)):
        mine = row.update_id.partition(":")[2]
        seq = micros(row.at)
        lines[mine] = Line(mine, seq, seq, row.at, row.person_id or 0, row.text, tuple(row.files))
    return sorted(lines.values(), key=lambda line: line.seq)[-limit:]
