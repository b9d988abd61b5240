"""Owns which reports belong together: adding to an open ticket, merging two that are one fault, splitting one that is two."""

from dataclasses import replace

from aftersales.abilities.intake import Intake
from aftersales.cards import facts
from aftersales.people import Person
from aftersales.say import Say
from aftersales.ticket import Refusal, Ticket


class Belonging(Intake):
    """One ticket for one fault, whoever reported it and how often."""

    def join(self, person: Person, ticket: Ticket, words: str, files: tuple[int, ...] = ()) -> None:
        """Somebody reports what is on an open ticket already: their words and files go to it, and they hear how it goes on."""
        if person.id not in (ticket.customer_id, ticket.engineer_id):
            self.work.add_follower(ticket.id, person.id)
        self.add_words(person, ticket, words, files)

    def merge(self, actor: Person, ticket: Ticket, into: Ticket) -> Ticket | Refusal:
        """
        Two tickets are one fault: *ticket* ends, its words and files go to *into*, its customer follows that one.

        Refused for a ticket on which work has begun, for itself, and when *into* is over.
        """
        if ticket.id == into.id or not into.is_open():
            return Refusal("merge_where", {"number": into.number})
        if refusal := self.may(actor, "merge", ticket):
            return refusal
        ticket.closed_at, ticket.outcome, ticket.merged_into = self.now, "merged", into.id
        off = self._visit_off(ticket)
        self._move(actor, "merge", ticket, into.number)
        self._close_offers(ticket)
        self.work.move_conversation(ticket.id, into.id)
        for person_id in {ticket.customer_id, *self.work.followers(ticket.id)} - {into.customer_id}:
            self.work.add_follower(into.id, person_id)
        self._record(actor, "absorb", into, into.state, ticket.number)
        self.show_status(ticket, "merged", attach="visit" if off else "", into=into.number, **off)
        self.show_case(ticket, fresh=False)
        self.show_case(into, fresh=False)
        return into

    def split(self, actor: Person, ticket: Ticket, fault: str) -> Ticket | Refusal:
        """One report tells of two faults: the second, in the words of *fault*, gets a ticket of its own and waits in the queue."""
        if not self.standing(actor, ticket) & {"dispatcher", "supervisor"}:
            return Refusal("not_yours", {"number": ticket.number, "state": ticket.state})
        if not ticket.is_open():
            return Refusal("not_now", {"number": ticket.number, "state": ticket.state})
        customer = self.work.person(ticket.customer_id)
        assert customer is not None
        report = replace(ticket.report, fault=fault, code="", tried="")
        second = self.open_ticket(customer, report, by=actor, organisation_id=ticket.organisation_id)
        news = self._news_of_cover(second)
        self._move(actor, "queue", second, "split")
        self._record(actor, "split", ticket, ticket.state, second.number)
        self.work.tell(customer.id, Say("customer/split", facts(second) | {"first": ticket.number}))
        self._tell_cover(second, news)
        self.show_case(second, fresh=True)
        return second
