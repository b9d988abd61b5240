"""Owns a ticket as its page shows it: everything about it, read in a fixed number of questions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from aftersales import lifecycle, preparation
from aftersales.desk import Desk
from aftersales.matching import Candidate
from aftersales.people import Asset, Person
from aftersales.policies import Policies
from aftersales.ticket import Survey, Ticket
from aftersales.warranty import Verdict
from console.caller import reached_by
from console.whose import Standing, standing_of
from dialogs.playbooks import Library
from dialogs.progress import playbook_named
from dialogs.why import promises
from storage import queries
from storage.unit import Unit

PACKED_FOR = frozenset({"accepted", "scheduled", "en_route", "on_site"})


@dataclass(frozen=True, slots=True)
class Case:
    """
    One ticket with all that hangs on it.

    Args:
        candidates: engineers for the job, best first; empty when it cannot be offered now.
        verbs: what the reader may do now, by the table of the lifecycle.
        standing: how it stands with the firm; *reached_by* the channel in which the customer hears from us, "" for none.
        packing: what the engineer takes along and how far they are with it, empty when that is no question.
        promises: every one ever made, with its lines (dialogs/why.py); *policy* and *because_of*: by which policy, and why that.
        goodwill: the share in percent that the policy suggests, 0 for none.
        merged_into: where a merged ticket went; *others*: open tickets of the same customer or machine, to merge it into.
    """

    ticket: Ticket
    customer: Person | None
    engineer: Person | None
    dispatcher: Person | None
    asset: Asset | None
    verdict: Verdict
    goodwill: int
    clocks: list[queries.ClockLine]
    promises: list[dict[str, Any]]
    policy: str
    because_of: str
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
    packing: Mapping[str, Any]
    followers: list[Person]
    merged_into: Ticket | None
    others: list[Ticket]


def read_case(connection: Connection, number: str, reader: Person, policies: Policies, unit: Unit) -> Case | None:
    """The case of that number as *reader* may see it, None when there is none."""
    ticket = unit.ticket_numbered(number)
    if ticket is None:
        return None
    desk = Desk(unit, unit.now, policies)
    verbs = frozenset(lifecycle.verbs_open_to(ticket, desk.standing(reader, ticket)))
    customer, history = unit.person(ticket.customer_id), queries.history_of(connection, ticket.id)
    return Case(
        ticket=ticket,
        customer=customer,
        engineer=unit.person(ticket.engineer_id) if ticket.engineer_id else None,
        dispatcher=unit.person(ticket.dispatcher_id) if ticket.dispatcher_id else None,
        asset=unit.asset(ticket.report.asset_id) if ticket.report.asset_id else None,
        verdict=desk.verdict_of(ticket),
        goodwill=desk.share_open(ticket),
        clocks=queries.clocks_of(connection, ticket.id),
        promises=promises(unit, ticket, unit.now),
        policy=desk.policy_of(ticket).name,
        because_of=desk.why_policy(ticket),
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
        packing=_packing(desk, ticket),
        followers=[person for one in unit.followers(ticket.id) if (person := unit.person(one))],
        merged_into=unit.ticket(ticket.merged_into) if ticket.merged_into else None,
        others=_others(unit, ticket) if "merge" in verbs else [],
    )


def _packing(desk: Desk, ticket: Ticket) -> Mapping[str, Any]:
    """What the engineer takes along, as aftersales.preparation.shown tells it; nothing while nobody has the job or it is done."""
    items = desk.preparation_of(ticket) if ticket.engineer_id and ticket.state in PACKED_FOR else ()
    return preparation.shown(items, ticket.prepared) if items else {}


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
