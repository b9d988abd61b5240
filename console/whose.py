"""Owns whose a ticket is: the firm its customer is of or says to be of, and the desk's word on it."""

from collections.abc import Iterable
from dataclasses import dataclass

from aftersales.desk import Desk
from aftersales.people import Organisation, Person
from aftersales.ticket import Refusal, Ticket
from storage.queries import HistoryLine
from storage.unit import Unit

CONFIRMED, REFUSED = "confirmed", "refused"


@dataclass(frozen=True, slots=True)
class Standing:
    """
    What is to be said of a ticket's firm.

    Args:
        firm: the firm that the customer surely is of.
        claimed: the one that the ticket or its customer names, as long as nobody has confirmed it.
        written: how a firm that is not on record was written, "" when there is none.
        via: whom the customer surely is of when that is another firm, a dealer most often, who reports for this one.
    """

    firm: Organisation | None = None
    claimed: Organisation | None = None
    written: str = ""
    via: Organisation | None = None


def standing_of(unit: Unit, ticket: Ticket, customer: Person | None, history: Iterable[HistoryLine]) -> Standing:
    """How it stands with the ticket's firm now."""
    own = _firm(unit, customer.organisation_id if customer else None)
    named = _firm(unit, ticket.organisation_id)
    claimed = _firm(unit, customer.claimed_id if customer else None)
    written = ticket.report.more.get("organisation", "")
    judged = {(str(row.facts.get("firm")), str(row.facts.get("word"))) for row in history if row.verb == "amend"}
    if own and (named is None or named.id == own.id):
        if own.dealer and ("", REFUSED) not in judged:
            return Standing(firm=own, written=written, via=own)
        return Standing(firm=own)
    if own and named:
        sure = (str(named.id), CONFIRMED) in judged
        return Standing(firm=named if sure else None, claimed=None if sure else named, via=own)
    doubtful = claimed or (named if named and (str(named.id), CONFIRMED) not in judged else None)
    if doubtful:
        return Standing(claimed=doubtful)
    unknown = written if named is None and not any(word == REFUSED for _, word in judged) else ""
    return Standing(firm=named, written=unknown)


class FirmDesk(Desk):
    """The Desk, and the word of a dispatcher on which firm a report is of."""

    def confirm_firm(self, actor: Person, ticket: Ticket, standing: Standing) -> Ticket | Refusal:
        """The firm that is claimed is the right one: the customer is of it, or, when a dealer reports, the ticket is."""
        if standing.claimed is None:
            return self._no_more(ticket)
        return self._settle(actor, ticket, standing, standing.claimed.id)

    def refuse_firm(self, actor: Person, ticket: Ticket, standing: Standing) -> Ticket | Refusal:
        """They are not of that firm: nothing of it is theirs to see, and the ticket is no longer counted as the firm's."""
        if standing.claimed is None and not standing.written:
            return self._no_more(ticket)
        before = ticket.organisation_id
        customer = self.work.person(ticket.customer_id)
        assert customer is not None
        ticket.organisation_id = customer.organisation_id
        if standing.claimed and customer.claimed_id == standing.claimed.id:
            customer.claimed_id = None
            self.work.save_person(customer)
        refused = str(standing.claimed.id) if standing.claimed else ""
        return self._noted(actor, ticket, before, refused, REFUSED)

    def adopt_firm(self, actor: Person, ticket: Ticket, standing: Standing, firm_id: int) -> Ticket | Refusal:
        """The firm as it was written has been put on record under *firm_id*: it is the ticket's, and its customer's."""
        if not standing.written:
            return self._no_more(ticket)
        return self._settle(actor, ticket, standing, firm_id)

    def _settle(self, actor: Person, ticket: Ticket, standing: Standing, firm_id: int) -> Ticket:
        before = ticket.organisation_id
        customer = self.work.person(ticket.customer_id)
        assert customer is not None
        ticket.organisation_id = firm_id
        if standing.via is None:
            customer.organisation_id, customer.claimed_id = firm_id, None
            self.work.save_person(customer)
        return self._noted(actor, ticket, before, str(firm_id), CONFIRMED)

    def _noted(self, actor: Person, ticket: Ticket, before: int | None, firm: str, word: str) -> Ticket:
        self._record(actor, "amend", ticket, ticket.state, "organisation", firm=firm, word=word, before={"organisation_id": before})
        self.show_case(ticket, fresh=False)
        return ticket

    def _no_more(self, ticket: Ticket) -> Refusal:
        return Refusal("changed", {"number": ticket.number, "state": ticket.state})


def _firm(unit: Unit, firm_id: int | None) -> Organisation | None:
    return unit.organisation(firm_id) if firm_id else None
