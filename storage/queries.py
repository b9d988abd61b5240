"""Owns what the dispatchers' pages ask of the records beyond the queue: a ticket's whole story, machines, parts, people."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, or_, select, update

from aftersales.people import Asset, Part, Role
from aftersales.policy import KINDS
from aftersales.ticket import Survey, Ticket
from storage import tables as t
from storage.units.people import token_hash

LINES = 200  # a register shows so many; the search box finds the rest


@dataclass(frozen=True, slots=True)
class NoteLine:
    """One line of a ticket's conversation with its author. *side*: customer, engineer or desk."""

    id: int
    at: datetime
    author: str
    side: str
    text: str
    files: tuple[int, ...]
    internal: bool


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One line of the progress record; *who* is "" for the desk itself."""

    seq: int
    at: datetime
    who: str
    verb: str
    from_state: str
    to_state: str
    note: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FileLine:
    """A file that came in; *content* is its name in the store, None while it is not fetched yet."""

    id: int
    kind: str
    name: str
    mime: str
    size: int
    content: str | None
    error: str


@dataclass(frozen=True, slots=True)
class OfferLine:
    """A job put before an engineer."""

    engineer_id: int
    name: str
    state: str
    offered_at: datetime
    answered_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class ClockLine:
    """A running clock; *paused* while it waits with a ticket on hold."""

    kind: str
    due: datetime
    paused: bool


@dataclass(frozen=True, slots=True)
class EarlierLine:
    """An earlier ticket of the same machine."""

    number: str
    state: str
    grade: int
    opened_at: datetime
    fault: str
    finding: str
    work_done: str


@dataclass(frozen=True, slots=True)
class MachineLine:
    """A machine on record, with whose it is."""

    asset: Asset
    owner: str


@dataclass(frozen=True, slots=True)
class StaffLine:
    """Somebody who works here. *skills*, *level* and *place* are an engineer's, else empty."""

    id: int
    name: str
    phone: str
    roles: tuple[Role, ...]
    skills: tuple[str, ...]
    level: int
    place: str


@dataclass(frozen=True, slots=True)
class InvitationLine:
    """A one-time link that nobody has used yet; *name* is "" when it is for whoever opens it."""

    role: Role
    name: str
    created_at: datetime
    expires_at: datetime


# -- a ticket's story ---------------------------------------------------------------------------------------------------


def notes_of(connection: Connection, ticket: Ticket) -> list[NoteLine]:
    """The conversation, oldest first; internal notes too, so for staff only."""
    n = t.note.c
    asked = (
        select(n.id, n.at, n.author_id, n.text, n.files, n.audience, t.person.c.name)
        .join_from(t.note, t.person, n.author_id == t.person.c.id, isouter=True)
        .where(n.ticket_id == ticket.id)
        .order_by(n.id)
    )
    served = select(t.history.c.actor_id).where(t.history.c.ticket_id == ticket.id, t.history.c.verb == "accept").distinct()
    engineers = {row.actor_id for row in connection.execute(served)}

    def side(author: int | None) -> str:
        return "customer" if author == ticket.customer_id else "engineer" if author in engineers else "desk"

    return [
        NoteLine(row.id, row.at, row.name or "", side(row.author_id), row.text, tuple(row.files), row.audience == "staff")
        for row in connection.execute(asked)
    ]


def history_of(connection: Connection, ticket_id: int) -> list[HistoryLine]:
    """The progress record in order, with names."""
    h = t.history.c
    asked = (
        select(h.seq, h.at, t.person.c.name, h.verb, h.from_state, h.to_state, h.note, h.facts)
        .join_from(t.history, t.person, h.actor_id == t.person.c.id, isouter=True)
        .where(h.ticket_id == ticket_id)
        .order_by(h.seq)
    )
    return [
        HistoryLine(row.seq, row.at, row.name or "", row.verb, row.from_state, row.to_state, row.note, row.facts)
        for row in connection.execute(asked)
    ]


def files_of(connection: Connection, ticket_id: int) -> list[FileLine]:
    """Every file of a ticket, in the order they came."""
    return _files(connection, t.file.c.ticket_id == ticket_id)


def file_with(connection: Connection, file_id: int) -> FileLine | None:
    """One file by its id."""
    found = _files(connection, t.file.c.id == file_id)
    return found[0] if found else None


def offers_of(connection: Connection, ticket_id: int) -> list[OfferLine]:
    """To whom the job was offered, and what came of it."""
    o = t.offer.c
    asked = (
        select(o.engineer_id, t.person.c.name, o.state, o.offered_at, o.answered_at, o.reason)
        .join_from(t.offer, t.person, o.engineer_id == t.person.c.id)
        .where(o.ticket_id == ticket_id)
        .order_by(o.id)
    )
    return [OfferLine(**row._mapping) for row in connection.execute(asked)]


def clocks_of(connection: Connection, ticket_id: int) -> list[ClockLine]:
    """The clocks that run or wait, the one that ends first in front."""
    c = t.clock.c
    promised = (c.ticket_id == ticket_id) & c.stopped_at.is_(None) & c.kind.in_(KINDS)
    asked = select(c.kind, c.due, c.paused_at).where(promised).order_by(c.due)
    return [ClockLine(row.kind, row.due, row.paused_at is not None) for row in connection.execute(asked)]


def surveys_of(connection: Connection, ticket_id: int) -> list[Survey]:
    """What the customer answered after each round of work."""
    asked = select(t.survey).where(t.survey.c.ticket_id == ticket_id).order_by(t.survey.c.round)
    return [Survey(**row._mapping) for row in connection.execute(asked)]


def earlier_of(connection: Connection, ticket: Ticket) -> list[EarlierLine]:
    """Other tickets of the same machine (I6), newest first, ten at most."""
    c = t.ticket.c
    if ticket.report.asset_id is not None:
        same: ColumnElement[bool] = c.asset_id == ticket.report.asset_id
    elif ticket.report.serial:
        same = c.serial == ticket.report.serial
    else:
        return []
    asked = select(c.number, c.state, c.grade, c.opened_at, c.fault, c.finding, c.work_done)
    asked = asked.where(same, c.id != ticket.id).order_by(c.id.desc()).limit(10)
    return [EarlierLine(**row._mapping) for row in connection.execute(asked)]


# -- registers ----------------------------------------------------------------------------------------------------------


def machines(connection: Connection, words: str = "", limit: int = LINES) -> list[MachineLine]:
    """Machines on record whose serial, brand, model, site or owner hold every word, by serial."""
    a = t.asset.c
    asked = (
        select(t.asset, t.organisation.c.name.label("firm"), t.person.c.name.label("person"))
        .join_from(t.asset, t.organisation, a.organisation_id == t.organisation.c.id, isouter=True)
        .join(t.person, a.owner_id == t.person.c.id, isouter=True)
        .order_by(a.serial)
        .limit(limit)
    )
    for term in words.split()[:6]:
        places = (a.serial, a.brand, a.model, a.site, t.organisation.c.name, t.person.c.name)
        asked = asked.where(or_(*(place.icontains(term, autoescape=True) for place in places)))
    names = [column.name for column in t.asset.columns]
    return [
        MachineLine(Asset(**{name: row._mapping[name] for name in names}), row.firm or row.person or "")
        for row in connection.execute(asked)
    ]


def all_parts(connection: Connection) -> list[Part]:
    """Every spare part, by number."""
    asked = select(t.part).order_by(t.part.c.number)
    return [Part(row.number, row.name, row.price, row.currency, row.stock) for row in connection.execute(asked)]


def staff(connection: Connection) -> list[StaffLine]:
    """Everybody with a role beyond customer, by name."""
    roles: dict[int, list[Role]] = {}
    for row in connection.execute(select(t.role).where(t.role.c.role != Role.CUSTOMER.value)):
        roles.setdefault(row.person_id, []).append(Role(row.role))
    works_here = select(t.role.c.person_id).where(t.role.c.role != Role.CUSTOMER.value)
    asked = (
        select(t.person.c.id, t.person.c.name, t.person.c.phone, t.engineer.c.skills, t.engineer.c.level, t.engineer.c.place)
        .join_from(t.person, t.engineer, t.engineer.c.person_id == t.person.c.id, isouter=True)
        .where(t.person.c.id.in_(works_here))
        .order_by(t.person.c.name, t.person.c.id)
    )
    order = list(Role)
    return [
        StaffLine(
            row.id,
            row.name,
            row.phone,
            tuple(sorted(roles[row.id], key=order.index)),
            tuple(row.skills or ()),
            row.level or 0,
            row.place or "",
        )
        for row in connection.execute(asked)
    ]


def open_invitations(connection: Connection, now: datetime) -> list[InvitationLine]:
    """One-time links that still open a door, the newest first."""
    k = t.link.c
    asked = (
        select(k.role, t.person.c.name, k.created_at, k.expires_at)
        .join_from(t.link, t.person, k.person_id == t.person.c.id, isouter=True)
        .where(k.used_at.is_(None), k.expires_at > now)
        .order_by(k.created_at.desc())
        .limit(LINES)
    )
    return [InvitationLine(Role(row.role), row.name or "", row.created_at, row.expires_at) for row in connection.execute(asked)]


def person_with_phone(connection: Connection, phone: str) -> int | None:
    """Whoever has that number, written as E.164; the one on record longest when there are several. Staff are not customers here."""
    works_here = select(t.role.c.person_id).where(t.role.c.role != Role.CUSTOMER.value)
    asked = select(t.person.c.id).where(t.person.c.phone == phone, t.person.c.id.not_in(works_here)).order_by(t.person.c.id)
    found = connection.execute(asked.limit(1)).scalar()
    return int(found) if found is not None else None


def end_session(connection: Connection, token: str, now: datetime) -> None:
    """Revoke a browser's session; one that is over already stays as it was."""
    one = (t.session.c.token_hash == token_hash(token)) & t.session.c.revoked_at.is_(None)
    connection.execute(update(t.session).where(one).values(revoked_at=now))


def _files(connection: Connection, which: ColumnElement[bool]) -> list[FileLine]:
    f = t.file.c
    asked = select(f.id, f.kind, f.name, f.mime, f.size, f.content, f.error).where(which).order_by(f.id)
    return [FileLine(**row._mapping) for row in connection.execute(asked)]
