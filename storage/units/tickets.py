"""Owns reading and writing tickets and what hangs on them. History is only ever added to."""

from collections.abc import Collection
from dataclasses import asdict, fields
from datetime import date
from typing import Any

from sqlalchemy import Row, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from aftersales.ticket import HistoryRow, Note, Offer, Report, Survey, Ticket
from storage import tables as t
from storage.errors import Conflict
from storage.units.base import UnitBase

_REPORT = tuple(field.name for field in fields(Report))
_OWN = tuple(field.name for field in fields(Ticket) if field.name not in ("report",))
_MAPPINGS = ("warranty", "prepared", "visit")  # NULL in rows older than they
_TICKET = select(t.ticket).where(t.ticket.c.id == bindparam("id"))
_TICKET_LOCKED = _TICKET.with_for_update()
_NEW_TICKET = insert(t.ticket)
_SAVE_TICKET = update(t.ticket).where(t.ticket.c.id == bindparam("_id"), t.ticket.c.version == bindparam("_version"))
_NEW_ROW = insert(t.history)
_OFFERS = select(t.offer).where(t.offer.c.ticket_id == bindparam("ticket_id")).order_by(t.offer.c.id)
OPEN = t.ticket.c.state.not_in(("closed", "cancelled"))


def ticket_from(row: Row[Any]) -> Ticket:
    """A Ticket value from a row of the ticket table."""
    read = row._mapping
    values = {name: read[name] for name in _OWN}
    values["parts"] = tuple(read["parts"])
    values |= {name: read[name] or {} for name in _MAPPINGS}
    report = {name: read[name] for name in _REPORT} | {"more": read["more"] or {}}
    return Ticket(report=Report(**report), **values)


def history_from(row: Row[Any]) -> HistoryRow:
    """A HistoryRow value from a row of the history table."""
    return HistoryRow(row.ticket_id, row.seq, row.at, row.actor_id, row.verb, row.from_state, row.to_state, row.note, row.facts)


def _values(ticket: Ticket) -> dict[str, Any]:
    values = {name: getattr(ticket, name) for name in _OWN if name != "id"}
    values["cause"], values["parts"] = dict(ticket.cause), list(ticket.parts)
    values |= {name: dict(values[name]) for name in _MAPPINGS}
    return values | {name: getattr(ticket.report, name) for name in _REPORT} | {"more": dict(ticket.report.more)}


class Tickets(UnitBase):
    """The ticket's side of the Work."""

    # -- the ticket -------------------------------------------------------------------------------------------------

    def next_number(self, day: date) -> str:
        """The next number of *day*; counted inside the transaction, so a rolled back turn leaves no gap."""
        key = f"{day:%Y%m%d}"
        counted = self._run(update(t.number_series).where(t.number_series.c.day == key).values(last=t.number_series.c.last + 1))
        if counted.rowcount == 0:
            try:
                self._run(insert(t.number_series), day=key, last=1)
            except IntegrityError as raced:
                raise Conflict("number_series") from raced
        last = self._run(select(t.number_series.c.last).where(t.number_series.c.day == key)).scalar_one()
        return f"{key}{last:04d}"

    def add_ticket(self, ticket: Ticket, row: HistoryRow) -> Ticket:
        """Write a new ticket with its first history row; returns it with its id."""
        ticket.id = self._new_id(_NEW_TICKET, **_values(ticket))
        self._known_tickets()[ticket.id] = ticket
        self._add_row(ticket.id, row)
        return ticket

    def save_ticket(self, ticket: Ticket, row: HistoryRow) -> None:
        """
        Write a changed ticket and the history row of the change.

        Raises:
            Conflict: somebody else changed it since it was read.
        """
        saved = self._run(_SAVE_TICKET, _id=ticket.id, _version=row.seq - 1, **_values(ticket))
        if saved.rowcount != 1:
            raise Conflict(f"ticket {ticket.id}")
        self._add_row(ticket.id, row)

    def ticket(self, ticket_id: int) -> Ticket | None:
        """The ticket, the same object each time within this unit."""
        known = self._known_tickets()
        if ticket_id not in known:
            row = self._first(_TICKET_LOCKED if self.careful else _TICKET, id=ticket_id)
            if row is None:
                return None
            known[ticket_id] = ticket_from(row)
        return known[ticket_id]

    def ticket_numbered(self, number: str) -> Ticket | None:
        """By the whole number, or by its end of four digits or more when only one open ticket, else only one at all, has it."""
        row = self._first(select(t.ticket.c.id).where(t.ticket.c.number == number))
        if row is None and 4 <= len(number) < 12 and number.isdigit():
            ends = select(t.ticket.c.id).where(t.ticket.c.number.endswith(number)).limit(2)
            rows = self._all(ends.where(OPEN)) or self._all(ends)
            row = rows[0] if len(rows) == 1 else None
        return self.ticket(row.id) if row else None

    def tickets_of(self, customer_id: int, *, open_only: bool = True) -> list[Ticket]:
        """A customer's tickets, newest first, ten at most."""
        wanted = select(t.ticket.c.id).where(t.ticket.c.customer_id == customer_id).order_by(t.ticket.c.id.desc()).limit(10)
        return self._tickets(wanted.where(OPEN) if open_only else wanted)

    def jobs_of(self, engineer_id: int) -> list[Ticket]:
        """Open jobs that an engineer has or is offered, oldest first."""
        offered = select(t.offer.c.ticket_id).where(t.offer.c.engineer_id == engineer_id, t.offer.c.state == "open")
        has = (t.ticket.c.engineer_id == engineer_id) | t.ticket.c.id.in_(offered)
        return self._tickets(select(t.ticket.c.id).where(has, OPEN).order_by(t.ticket.c.id))

    def waiting_tickets(self, limit: int = 20) -> list[Ticket]:
        """What waits for a dispatcher's decision, in the queue's order."""
        wanted = t.ticket.c.state.in_(("graded", "queued", "reopened", "offered"))
        return self._tickets(select(t.ticket.c.id).where(wanted).order_by(t.ticket.c.ranks_at).limit(limit))

    def waiting_for_support(self, limit: int = 20) -> list[Ticket]:
        """What technical support can help with at a distance: what it has in hand first, then by grade and age."""
        wanted = t.ticket.c.state.in_(("support", "remote", "queued", "reopened"))
        by = ((t.ticket.c.state != "support"), t.ticket.c.grade, t.ticket.c.opened_at)
        return self._tickets(select(t.ticket.c.id).where(wanted).order_by(*by).limit(limit))

    def earlier_tickets(self, ticket: Ticket) -> list[Ticket]:
        """Other tickets of the same machine (I6), newest first."""
        same = t.ticket.c.asset_id == ticket.report.asset_id
        if ticket.report.asset_id is None:
            if not ticket.report.serial:
                return []
            same = t.ticket.c.serial == ticket.report.serial
        return self._tickets(select(t.ticket.c.id).where(same, t.ticket.c.id != ticket.id).order_by(t.ticket.c.id.desc()).limit(10))

    def history(self, ticket_id: int) -> list[HistoryRow]:
        rows = self._all(select(t.history).where(t.history.c.ticket_id == ticket_id).order_by(t.history.c.seq))
        return [history_from(row) for row in rows]

    def state_at(self, ticket_id: int, version: int) -> str | None:
        """In which state the ticket was when it had that version."""
        row = self._first(select(t.history.c.to_state).where(t.history.c.ticket_id == ticket_id, t.history.c.seq == version))
        return row.to_state if row else None

    # -- offers -----------------------------------------------------------------------------------------------------

    def add_offer(self, offer: Offer) -> Offer:
        values = asdict(offer)
        values.pop("id")
        offer.id = self._new_id(insert(t.offer), **values)
        return offer

    def save_offer(self, offer: Offer) -> None:
        """
        Write an answered offer.

        Raises:
            Conflict: the job has an accepted offer already.
        """
        changed = {"state": offer.state, "answered_at": offer.answered_at, "reason": offer.reason}
        try:
            self._run(update(t.offer).where(t.offer.c.id == offer.id).values(**changed))
        except IntegrityError as taken:
            raise Conflict("offer") from taken

    def offers(self, ticket_id: int) -> list[Offer]:
        return [Offer(**row._mapping) for row in self._all(_OFFERS, ticket_id=ticket_id)]

    # -- words, files, survey ---------------------------------------------------------------------------------------

    def add_note(self, note: Note) -> int:
        if note.ticket_id:
            self.committed.tickets.add(note.ticket_id)
        return self._new_id(
            insert(t.note),
            ticket_id=note.ticket_id,
            author_id=note.author_id,
            at=note.at,
            text=note.text,
            files=list(note.files),
            audience=note.audience,
        )

    def attach(self, file_ids: Collection[int], ticket_id: int) -> None:
        self._run(update(t.file).where(t.file.c.id.in_(list(file_ids))).values(ticket_id=ticket_id))

    def files_of(self, ticket_id: int) -> list[int]:
        return [row.id for row in self._all(select(t.file.c.id).where(t.file.c.ticket_id == ticket_id).order_by(t.file.c.id))]

    def survey(self, ticket_id: int, round_: int) -> Survey | None:
        row = self._first(select(t.survey).where(t.survey.c.ticket_id == ticket_id, t.survey.c.round == round_))
        return Survey(**row._mapping) if row else None

    def save_survey(self, survey: Survey) -> None:
        values = asdict(survey)
        key = (t.survey.c.ticket_id == survey.ticket_id) & (t.survey.c.round == survey.round)
        if self._run(update(t.survey).where(key).values(**values)).rowcount == 0:
            self._run(insert(t.survey), **values)

    # -- inside -----------------------------------------------------------------------------------------------------

    def _known_tickets(self) -> dict[int, Ticket]:
        known: dict[int, Ticket] = self.__dict__.setdefault("_tickets_read", {})
        return known

    def _tickets(self, wanted: Any) -> list[Ticket]:
        found = (self.ticket(row.id) for row in self._all(wanted))
        return [ticket for ticket in found if ticket]

    def _add_row(self, ticket_id: int, row: HistoryRow) -> None:
        self.committed.tickets.add(ticket_id)
        self._run(
            _NEW_ROW,
            ticket_id=ticket_id,
            seq=row.seq,
            at=row.at,
            actor_id=row.actor_id,
            verb=row.verb,
            from_state=row.from_state,
            to_state=row.to_state,
            note=row.note,
            facts=dict(row.facts),
        )
