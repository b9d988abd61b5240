"""Owns help by a person at a distance (D6): taking a case over, handing it back, deciding who goes, and the limit on it."""

from aftersales import cards
from aftersales.abilities.remote import Remote
from aftersales.cards import facts
from aftersales.people import Person, Role
from aftersales.say import Say
from aftersales.ticket import Refusal, Ticket


class Support(Remote):
    """Technical support guides the customer by message, with everything that was tried before them."""

    def take_over(self, actor: Person, ticket: Ticket) -> Ticket | Refusal:
        """A person helps from now on; a script that runs waits until they hand back. The customer is told who it is."""
        if refusal := self.may(actor, "take_over", ticket):
            return refusal
        ticket.held_from, ticket.support_id = ticket.state, actor.id
        self._move(actor, "take_over", ticket)
        self.show_status(ticket, "support", who=actor.name)
        self._show_support(ticket, fresh=True)
        self.show_case(ticket, fresh=False)
        return ticket

    def hand_back(self, actor: Person, ticket: Ticket) -> Ticket | Refusal:
        """Back to where it was: the script puts its question again, or the case waits in the queue."""
        moved = self._move(actor, "hand_back", ticket)
        if isinstance(moved, Refusal):
            return moved
        if ticket.state == "remote":
            self.ask_again_at(ticket, self.now)
        self._show_support(ticket, fresh=False)
        self.show_case(ticket, fresh=ticket.state != "remote")
        return ticket

    def decide(self, actor: Person, ticket: Ticket, way: str) -> Ticket | Refusal:
        """
        It cannot be mended at a distance: an engineer goes, or the machine comes in. The case waits in the dispatchers' queue.

        Args:
            way: "visit" or "send_in".
        """
        if ticket.state != "support":
            return Refusal("not_now", {"number": ticket.number, "state": ticket.state})
        queued = self.needs_visit(
            actor,
            ticket,
            cause=ticket.cause,
            parts=ticket.parts,
            skill=ticket.skill,
            level=ticket.level,
            hours=ticket.hours,
            note=f"support_{way}",
            way=way,
        )
        if isinstance(queued, Ticket):
            self.show_status(ticket, "to_engineer", way=way)
            self._show_support(ticket, fresh=False)
        return queued

    def ask_solved(self, actor: Person, ticket: Ticket) -> Ticket | Refusal:
        """Ask the customer whether it works again; only their yes closes the case."""
        if not self.standing(actor, ticket) & {"support", "dispatcher", "supervisor"}:
            return Refusal("not_yours", {"number": ticket.number, "state": ticket.state})
        if ticket.state != "support":
            return Refusal("not_now", {"number": ticket.number, "state": ticket.state})
        self._record(actor, "ask_solved", ticket, ticket.state)
        self.work.tell(ticket.customer_id, cards.solved_card(ticket))
        return ticket

    def not_solved(self, customer: Person, ticket: Ticket) -> None:
        """The customer says that it still does not work: whoever helps goes on."""
        self._record(customer, "message", ticket, ticket.state, "")
        if ticket.support_id:
            self.work.tell(ticket.support_id, Say("support/still_broken", facts(ticket)))
            self._show_support(ticket, fresh=True)

    def more_time(self, actor: Person, ticket: Ticket) -> Ticket | Refusal:
        """The supervisor lets the help at a distance go on: its limit begins anew."""
        if "supervisor" not in self.standing(actor, ticket):
            return Refusal("not_yours", {"number": ticket.number, "state": ticket.state})
        if ticket.state != "support":
            return Refusal("not_now", {"number": ticket.number, "state": ticket.state})
        self._start_clock(ticket, "remote_limit")
        self._record(actor, "more_time", ticket, ticket.state)
        if ticket.support_id:
            self.work.tell(ticket.support_id, Say("support/more_time", facts(ticket) | {"who": actor.name}))
        return ticket

    def ask_supervisor(self, ticket: Ticket) -> None:
        """Help at a distance has taken longer than the policy allows: does somebody go?"""
        helper = self.work.person(ticket.support_id) if ticket.support_id else None
        self.tell_role(Role.SUPERVISOR, cards.limit_card(ticket, helper))

    def support_card(self, ticket: Ticket, reader: Person, *, fresh: bool) -> Say:
        """The card of whoever helps at a distance."""
        customer = self.work.person(ticket.customer_id)
        helper = self.work.person(ticket.support_id) if ticket.support_id else None
        return cards.support_card(
            ticket, reader, customer=customer.name if customer else "", helper=helper.name if helper else "", fresh=fresh
        )

    def _show_support(self, ticket: Ticket, *, fresh: bool) -> None:
        helper = self.work.person(ticket.support_id) if ticket.support_id else None
        if helper:
            self.work.tell(helper.id, self.support_card(ticket, helper, fresh=fresh))
