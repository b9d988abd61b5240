"""Owns a ticket as its page shows it: everything about it, read in a fixed number of questions."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from aftersales import lifecycle
from aftersales.desk import Desk
from aftersales.matching import Candidate
from aftersales.people import Asset, Person
from aftersales.policy import Policy
from aftersales.ticket import Survey, Ticket
from console.caller import reached_by
from console.whose import Standing, standing_of
from dialogs.playbooks import Library
from dialogs.progress import playbook_named
from storage import queries
from storage.unit import Unit


@dataclass(frozen=True, slots=True)
class Case:
    """
    One ticket with all that hangs on it.

    Args:
        candidates: engineers for the job, best first; empty when it cannot be offered now.
        verbs: what the reader may do now, by the table of the lifecycle.
        standing: how it stands with the firm; *reached_by* the channel in which the customer hears from us, "" for none.
        merged_into: where a merged ticket went; *others*: open tickets of the same customer or machine, to merge it into.
    """

    ticket: Ticket
    customer: Person | None
    engineer: Person | None
    dispatcher: Person | None
    asset: Asset | None
    warranty: str
    clocks: list[queries.ClockLine]
    notes: list[queries.NoteLine]
    files: dict[int, queries.FileLine]
    history: list[queries.HistoryLine]
    offers: list[queries.OfferLine]
    earlier: list[queries.EarlierLine]
    surveys: list[Survey]
    candidates: list[Candidate]
    verbs: frozenset[str]
    standing: Standing
    reached_by: str
    followers: list[Person]
    merged_into: Ticket | None
    others: list[Ticket]


def read_case(connection: Connection, number: str, reader: Person, policy: Policy, unit: Unit) -> Case | None:
    """The case of that number as *reader* may see it, None when there is none."""
    ticket = unit.ticket_numbered(number)
    if ticket is None:
        return None
    desk = Desk(unit, unit.now, policy)
    verbs = frozenset(lifecycle.verbs_open_to(ticket, desk.standing(reader, ticket)))
    customer, history = unit.person(ticket.customer_id), queries.history_of(connection, ticket.id)
    return Case(
        ticket=ticket,
        customer=customer,
        engineer=unit.person(ticket.engineer_id) if ticket.engineer_id else None,
        dispatcher=unit.person(ticket.dispatcher_id) if ticket.dispatcher_id else None,
        asset=unit.asset(ticket.report.asset_id) if ticket.report.asset_id else None,
        warranty=desk.warranty_of(ticket),
        clocks=queries.clocks_of(connection, ticket.id),
        notes=queries.notes_of(connection, ticket),
        files={file.id: file for file in queries.files_of(connection, ticket.id)},
        history=history,
        offers=queries.offers_of(connection, ticket.id),
        earlier=queries.earlier_of(connection, ticket),
        surveys=queries.surveys_of(connection, ticket.id),
        candidates=desk.candidates(ticket) if "offer" in verbs else [],
        verbs=verbs,
        standing=standing_of(unit, ticket, customer, history),
        reached_by=reached_by(unit, customer) if customer else "",
        followers=[person for one in unit.followers(ticket.id) if (person := unit.person(one))],
        merged_into=unit.ticket(ticket.merged_into) if ticket.merged_into else None,
        others=_others(unit, ticket) if "merge" in verbs else [],
    )


def _others(unit: Unit, ticket: Ticket) -> list[Ticket]:
    """Open tickets that may be about the same fault, the newest first."""
    same = unit.tickets_of_asset(ticket.report.asset_id) if ticket.report.asset_id else []
    found = {one.id: one for one in [*unit.tickets_of(ticket.customer_id), *same] if one.is_open() and one.id != ticket.id}
    return sorted(found.values(), key=lambda one: -one.id)[:6]


def played(library: Library, ticket: Ticket, line: queries.HistoryLine) -> tuple[Mapping[str, str], Mapping[str, str]] | None:
    """The question and the answer of a playbook's step on record, in every language; None when neither is kept."""
    if line.facts.get("asked") and line.facts.get("answered"):
        return line.facts["asked"], line.facts["answered"]
    playbook = playbook_named(library, ticket.playbook)
    step = playbook.step(str(line.facts.get("step"))) if playbook else None
    choice = step.choice(str(line.facts.get("choice"))) if step else None
    return (step.say, choice.label) if step and choice else None
