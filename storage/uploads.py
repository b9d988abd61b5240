"""Owns the records of files that came in: which are to be fetched, which lie in the store, who may see one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, select, update

from storage import tables as t
from storage.unit import Unit


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file; *content* is its SHA-256 in the file store, "" while it is on its way or when it could not be had."""

    id: int
    ticket_id: int | None
    person_id: int | None
    kind: str
    name: str
    mime: str
    size: int
    remote: str
    content: str
    tries: int
    on_its_way: bool


def _file(row: Row[tuple[object, ...]]) -> StoredFile:
    read = row._mapping
    names = ("id", "ticket_id", "person_id", "kind", "name", "mime", "size", "remote")
    return StoredFile(
        **{name: read[name] for name in names},
        content=read["content"] or "",
        tries=read["tries"],
        on_its_way=read["next_at"] is not None,
    )


def files_by_id(connection: Connection, ids: Sequence[int]) -> list[StoredFile]:
    """The files of these ids, in the order of the ids."""
    if not ids:
        return []
    found = {row.id: _file(row) for row in connection.execute(select(t.file).where(t.file.c.id.in_(list(ids))))}
    return [found[one] for one in ids if one in found]


def wanted_files(connection: Connection, now: datetime, limit: int = 20) -> list[StoredFile]:
    """Files that lie with a channel and are due to be fetched."""
    due = select(t.file).where(t.file.c.content.is_(None), t.file.c.next_at <= now).order_by(t.file.c.id).limit(limit)
    return [_file(row) for row in connection.execute(due)]


def mark_fetched(unit: Unit, file: StoredFile, content: str, kind: str, mime: str, size: int) -> None:
    """The content lies in the store now; whoever looks at the ticket sees it."""
    unit.connection.execute(
        update(t.file)
        .where(t.file.c.id == file.id)
        .values(content=content, kind=kind, mime=mime, size=size, next_at=None, error="")
    )
    row = unit.connection.execute(select(t.file.c.ticket_id).where(t.file.c.id == file.id)).first()
    if row and row.ticket_id:
        unit.committed.tickets.add(row.ticket_id)


def mark_not_fetched(unit: Unit, file: StoredFile, next_at: datetime | None, why: str) -> None:
    """It could not be fetched: tried again at *next_at*, or never when None."""
    unit.connection.execute(
        update(t.file).where(t.file.c.id == file.id).values(tries=file.tries + 1, next_at=next_at, error=why[:80])
    )


def may_see(connection: Connection, file: StoredFile, person_id: int) -> bool:
    """Whether a customer or engineer may open the file: it is theirs, or of a ticket that is theirs."""
    if file.person_id == person_id:
        return True
    if file.ticket_id is None:
        return False
    mine = (t.ticket.c.customer_id == person_id) | (t.ticket.c.engineer_id == person_id)
    return connection.execute(select(t.ticket.c.id).where(t.ticket.c.id == file.ticket_id, mine)).first() is not None
