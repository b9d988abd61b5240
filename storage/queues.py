"""Owns what the dispatchers' queue asks of the records: a page of rows, their urgent clocks, the counts; never a query per row."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, case, func, or_, select

from aftersales.policy import KINDS
from dialogs.understanding.script import fold
from storage import tables as t

PER_PAGE = 50
VIEWS: dict[str, tuple[str, ...]] = {
    "waiting": ("new", "graded", "queued", "offered", "reopened"),
    "work": ("remote", "accepted", "scheduled", "en_route", "on_site", "on_hold"),
    "sign_off": ("repaired", "signed_off"),
    "closed": ("closed", "cancelled"),
    "all": (),
}
OPEN = (*VIEWS["waiting"], *VIEWS["work"], *VIEWS["sign_off"])

_customer = t.person.alias("customer")
_engineer = t.person.alias("engineer_person")
_promise = t.clock.c.kind.in_(KINDS)  # nobody is late when a reminder comes


@dataclass(frozen=True, slots=True)
class Filter:
    """What a dispatcher wants to see. *grade* 0 is every grade, *mine* a person's id or 0, *page* from 1."""

    view: str = "waiting"
    grade: int = 0
    mine: int = 0
    words: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class QueueRow:
    """
    One ticket as a line of the queue.

    Args:
        clock: kind of the running clock that ends first, "" when none runs; *due* is its end, aware UTC.
        customer_waits: the last word of the conversation is the customer's.
    """

    id: int
    number: str
    version: int
    state: str
    grade: int
    hazard: str
    family: str
    brand: str
    model: str
    fault: str
    opened_at: datetime
    appointment_start: datetime | None
    customer: str
    organisation: str
    engineer: str
    clock: str = ""
    due: datetime | None = None
    customer_waits: bool = False

    @property
    def mark(self) -> str:
        """Differs whenever the line would look different."""
        return f"{self.version}.{int(self.customer_waits)}"


@dataclass(frozen=True, slots=True)
class Counts:
    """How many tickets stand in each open view."""

    waiting: int
    work: int
    sign_off: int


def queue_rows(connection: Connection, wanted: Filter, only: Collection[int] | None = None) -> list[QueueRow]:
    """
    The lines of one page, one more than PER_PAGE when there is a next page; three queries however many lines.

    Open views come by priority (aftersales/priority.py); the others newest first.

    Args:
        only: ask for these ticket ids alone, whatever the page: which of them belong to the view.
    """
    picked = _picked(wanted)
    if only is not None:
        picked = picked.where(t.ticket.c.id.in_(list(only)))
    else:
        picked = picked.limit(PER_PAGE + 1).offset((max(wanted.page, 1) - 1) * PER_PAGE)
    rows = list(connection.execute(picked))
    ids = [row.id for row in rows]
    clocks, last = _urgent_clocks(connection, ids), _last_words(connection, ids)
    return [_line(row, clocks.get(row.id), last.get(row.id)) for row in rows]


def queue_counts(connection: Connection) -> Counts:
    """How many wait, are in work, are to be signed off; closed ones are not counted, there are too many."""
    counting = select(t.ticket.c.state, func.count()).where(t.ticket.c.state.in_(OPEN)).group_by(t.ticket.c.state)
    found: dict[str, int] = {row[0]: row[1] for row in connection.execute(counting)}
    return Counts(**{view: sum(found.get(state, 0) for state in VIEWS[view]) for view in ("waiting", "work", "sign_off")})


# -- inside -------------------------------------------------------------------------------------------------------------


def _picked(wanted: Filter) -> Select[Any]:
    c = t.ticket.c
    picked = (
        select(
            *(c.id, c.number, c.version, c.state, c.grade, c.hazard, c.family, c.brand, c.model, c.fault),
            *(c.opened_at, c.appointment_start, c.customer_id, c.engineer_id),
            case((_customer.c.name != "", _customer.c.name), else_=c.contact).label("customer"),
            func.coalesce(t.organisation.c.name, "").label("organisation"),
            func.coalesce(_engineer.c.name, "").label("engineer"),
        )
        .join_from(t.ticket, _customer, c.customer_id == _customer.c.id)
        .outerjoin(t.organisation, c.organisation_id == t.organisation.c.id)
        .outerjoin(_engineer, c.engineer_id == _engineer.c.id)
    )
    if states := VIEWS[wanted.view]:
        picked = picked.where(c.state.in_(states))
    if wanted.grade:
        picked = picked.where(c.grade == wanted.grade)
    if wanted.mine:
        picked = picked.where(c.dispatcher_id == wanted.mine)
    for term in wanted.words.split()[:6]:
        picked = picked.where(_holds(term))
    if wanted.view == "closed":
        return picked.order_by(c.closed_at.desc(), c.id.desc())
    if wanted.view == "all":
        return picked.order_by(c.opened_at.desc(), c.id.desc())
    return picked.order_by(c.ranks_at, c.id)


def _holds(term: str) -> ColumnElement[bool]:
    """Whether a ticket holds the term: number, serial, customer, phone or words, in either Chinese script where it was typed so."""
    c = t.ticket.c
    places = (c.number, c.serial, c.brand, c.model, c.fault, c.contact, c.phone, c.site)
    named = (_customer.c.name, _customer.c.phone, t.organisation.c.name)
    found = [place.icontains(form, autoescape=True) for form in dict.fromkeys((term, fold(term))) for place in (*places, *named)]
    digits = re.sub(r"\D", "", term)
    if len(digits) >= 5 and digits != term:  # a number with dashes or brackets in it
        found += [place.contains(digits) for place in (c.phone, _customer.c.phone)]
    return or_(*found)


def _urgent_clocks(connection: Connection, ids: Sequence[int]) -> dict[int, Any]:
    running = and_(t.clock.c.ticket_id.in_(ids), t.clock.c.stopped_at.is_(None), t.clock.c.paused_at.is_(None), _promise)
    asked = select(t.clock.c.ticket_id, t.clock.c.kind, t.clock.c.due).where(running).order_by(t.clock.c.due.desc())
    return {row.ticket_id: row for row in connection.execute(asked)} if ids else {}


def _last_words(connection: Connection, ids: Sequence[int]) -> dict[int, Any]:
    if not ids:
        return {}
    said = (
        select(func.max(t.note.c.id).label("id"), func.count().label("count"))
        .where(t.note.c.ticket_id.in_(ids), t.note.c.audience == "all")
        .group_by(t.note.c.ticket_id)
        .subquery()
    )
    last = select(t.note.c.ticket_id, t.note.c.author_id, said.c.count).join_from(said, t.note, t.note.c.id == said.c.id)
    return {row.ticket_id: row for row in connection.execute(last)}


def _line(row: Row[Any], clock: Row[Any] | None, last: Row[Any] | None) -> QueueRow:
    read = row._mapping
    # The first note is the report itself; it waits for an engineer, not for an answer.
    waits = last is not None and last.author_id == row.customer_id and last._mapping["count"] > 1 and row.state in OPEN
    return QueueRow(
        **{name: read[name] for name in QueueRow.__slots__ if name in read},
        clock=clock.kind if clock else "",
        due=clock.due if clock else None,
        customer_waits=waits,
    )
