"""Owns what a dispatcher's choice rests on: contracts, who is away, who has agreed to be where, who did what lately."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime

from sqlalchemy import func, insert, select, text, update

from aftersales.contracts import Contract
from aftersales.people import Absence
from aftersales.ticket import Ticket
from storage import tables as t
from storage.units.tickets import OPEN, Tickets

_FINISHED = text("history.verb = 'finish'")  # as in the partial index: a bound value would not be recognised


class Roster(Tickets):
    """The part of the Work that is about contracts and calendars."""

    def contracts_of(self, organisation_id: int) -> list[Contract]:
        """The contracts of a firm, ended ones too, oldest first."""
        wanted = select(t.contract).where(t.contract.c.organisation_id == organisation_id).order_by(t.contract.c.id)
        return [
            Contract(
                row.id,
                row.number,
                row.organisation_id,
                row.level,
                row.policy,
                date.fromisoformat(row.begins),
                date.fromisoformat(row.ends),
                frozenset(row.covers),
                frozenset(row.assets),
                frozenset(row.families),
            )
            for row in self._all(wanted)
        ]

    def add_contract(self, contract: Contract) -> int:
        """Put a contract on record; its id is given here."""
        values = asdict(contract) | {"begins": contract.begins.isoformat(), "ends": contract.ends.isoformat()}
        values |= {name: sorted(values[name]) for name in ("covers", "assets", "families")}
        values.pop("id")
        return self._new_id(insert(t.contract), **values)

    def absences(self, since: datetime) -> list[Absence]:
        """Who is away now or later: absences that end after *since*, by their begin."""
        wanted = select(t.absence).where(t.absence.c.ends > since).order_by(t.absence.c.begins, t.absence.c.id)
        return [Absence(**row._mapping) for row in self._all(wanted)]

    def add_absence(self, absence: Absence) -> Absence:
        values = asdict(absence)
        values.pop("id")
        absence.id = self._new_id(insert(t.absence), **values)
        return absence

    def save_absence(self, absence: Absence) -> None:
        changed = update(t.absence).where(t.absence.c.id == absence.id)
        self._run(changed.values(begins=absence.begins, ends=absence.ends, reason=absence.reason))

    def appointments(self, engineer_id: int, since: datetime) -> list[Ticket]:
        """Open jobs of an engineer with an agreed time that ends after *since*, by that time."""
        ticket = t.ticket.c
        ends = func.coalesce(ticket.appointment_end, ticket.appointment_start)
        wanted = select(ticket.id).where(
            ticket.engineer_id == engineer_id, OPEN, ticket.appointment_start.is_not(None), ends > since
        )
        return self._tickets(wanted.order_by(ticket.appointment_start))

    def recent_jobs(self, since: datetime) -> Mapping[int, int]:
        """How many jobs each engineer has accepted since then."""
        offer = t.offer.c
        counted = select(offer.engineer_id, func.count().label("jobs")).where(offer.state == "accepted", offer.answered_at >= since)
        return {row.engineer_id: row.jobs for row in self._all(counted.group_by(offer.engineer_id))}

    def last_served(self, asset_id: int | None, customer_id: int) -> tuple[Mapping[int, datetime], Mapping[int, datetime]]:
        """When each engineer last finished a job on this machine, and when for this customer."""
        done = select(t.history.c.actor_id, func.max(t.history.c.at).label("at")).join_from(
            t.history, t.ticket, t.history.c.ticket_id == t.ticket.c.id
        )
        by_actor = done.where(_FINISHED).group_by(t.history.c.actor_id)
        machine = self._all(by_actor.where(t.ticket.c.asset_id == asset_id)) if asset_id else []
        customer = self._all(by_actor.where(t.ticket.c.customer_id == customer_id))
        return {row.actor_id: row.at for row in machine}, {row.actor_id: row.at for row in customer}
