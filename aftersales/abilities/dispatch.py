"""Owns the way from the queue to an engineer who has said yes: offers, one winner, obstacles, holding and cancelling."""

from collections.abc import Iterable

from aftersales.abilities.base import DeskBase
from aftersales.cards import facts
from aftersales.people import Person, Role
from aftersales.say import Say
from aftersales.ticket import Offer, Refusal, Ticket


class Dispatch(DeskBase):
    """Who goes."""

    def offer(self, actor: Person | None, ticket: Ticket, engineer_ids: Iterable[int]) -> Ticket | Refusal:
        """Offer the job to one engineer (assign) or to several at once; the first to accept has it."""
        wanted = [p for p in map(self.work.person, dict.fromkeys(engineer_ids)) if p and Role.ENGINEER in p.roles]
        if not wanted:
            return Refusal("no_engineer", {"number": ticket.number})
        if refusal := self.may(actor, "offer", ticket):
            return refusal
        if actor is not None:
            ticket.dispatcher_id = actor.id
        moved = self._move(actor, "offer", ticket, ", ".join(p.name for p in wanted), engineers=[p.id for p in wanted])
        if isinstance(moved, Refusal):
            return moved
        held = {o.engineer_id for o in self.work.offers(ticket.id) if o.state == "open"}
        for engineer in wanted:
            if engineer.id not in held:
                made = self.work.add_offer(Offer(0, ticket.id, engineer.id, "open", self.now))
                self.show_job(ticket, engineer, offer=made, fresh=True)
        self.show_case(ticket, fresh=False)
        return ticket

    def accept(self, engineer: Person, ticket: Ticket) -> Ticket | Refusal:
        """
        The engineer takes the job. Exactly one wins: the others are told who.

        Returns:
            The ticket; or a Refusal "taken" naming the winner, "yours_already", "withdrawn" or "not_now".
        """
        if ticket.engineer_id == engineer.id and ticket.state != "offered":
            return Refusal("yours_already", {"number": ticket.number})
        offers = self.work.offers(ticket.id)
        mine = next((o for o in offers if o.engineer_id == engineer.id and o.state == "open"), None)
        if mine is None:
            return self._too_late(ticket, offers)
        if refusal := self.may(engineer, "accept", ticket):
            return refusal
        ticket.engineer_id = engineer.id
        moved = self._move(engineer, "accept", ticket, offer=mine.id)
        if isinstance(moved, Refusal):
            return moved
        for offer in offers:
            if offer.state != "open":
                continue
            offer.state = "accepted" if offer is mine else "lost"
            offer.answered_at = self.now
            self.work.save_offer(offer)
            if offer is not mine:
                gone = Say("job/gone", facts(ticket) | {"who": engineer.name}, slot=f"job{ticket.id}", fresh=False)
                self.work.tell(offer.engineer_id, gone)
        self.show_status(ticket, "assigned")
        self.show_case(ticket, fresh=False)
        return ticket

    def obstacle(self, engineer: Person, ticket: Ticket, reason: str) -> Ticket | Refusal:
        """The engineer cannot go: the job returns to the queue with its reason, unless others still hold an offer."""
        offers = self.work.offers(ticket.id)
        mine = next((o for o in offers if o.engineer_id == engineer.id and o.state == "open"), None)
        if mine is not None:
            others = any(o.state == "open" and o is not mine for o in offers)
            if others:
                self._record(engineer, "return", ticket, ticket.state, reason)
            else:
                moved = self._move(engineer, "return_all", ticket, reason)
                if isinstance(moved, Refusal):
                    return moved
            mine.state, mine.reason, mine.answered_at = "returned", reason, self.now
            self.work.save_offer(mine)
        else:
            if refusal := self.may(engineer, "release", ticket):
                return refusal
            had_it = ticket.engineer_id
            self._move(engineer, "release", ticket, reason)
            for offer in offers:
                if offer.state == "accepted":
                    offer.state, offer.reason, offer.answered_at = "returned", reason, self.now
                    self.work.save_offer(offer)
            ticket.engineer_id = ticket.appointment_start = ticket.appointment_end = None
            self._record(None, "unassign", ticket, ticket.state)
            if had_it and had_it != engineer.id:  # a dispatcher took it off them; they must not set out
                gone = Say("job/gone", facts(ticket) | {"who": ""}, slot=f"job{ticket.id}")
                self.work.tell(had_it, gone)
            self.show_status(ticket, "searching_again")
        told = Say("dispatch/obstacle", facts(ticket) | {"who": engineer.name, "reason": reason}, urgent=ticket.grade == 1)
        self.tell_role(Role.DISPATCHER, told)
        self.show_case(ticket, fresh=True)
        return ticket

    def withdraw(self, actor: Person | None, ticket: Ticket, note: str = "") -> Ticket | Refusal:
        """Take all open offers back; the ticket is in the queue again."""
        moved = self._move(actor, "return_all", ticket, note)
        if isinstance(moved, Ticket):
            self._close_offers(ticket)
            self.show_case(ticket, fresh=False)
        return moved

    def regrade(self, actor: Person, ticket: Ticket, level: int) -> Ticket | Refusal:
        """Change the grade by a dispatcher's judgement; it stands on record with who and when."""
        if not self.standing(actor, ticket) & {"dispatcher", "supervisor"}:
            return Refusal("not_yours", {"number": ticket.number, "state": ticket.state})
        if level not in (1, 2, 3) or not ticket.is_open():
            return Refusal("not_now", {"number": ticket.number, "state": ticket.state})
        was, ticket.grade = ticket.grade, level
        for clock in self.work.running_clocks(ticket.id):  # a promise made for the old grade is measured by the new one
            if clock.kind in ("response", "restore") and ticket.state != "on_hold":
                due = self.policy.due(clock.kind, level, clock.started_at)
                self.work.stop_clock(clock.id, self.now)
                self.work.start_clock(ticket.id, clock.kind, clock.started_at, due, clock.round)
                ticket.respond_by = due if clock.kind == "response" else ticket.respond_by
        self._record(actor, "regrade", ticket, ticket.state, f"{was} → {level}")
        self.show_case(ticket, fresh=False)
        return ticket

    def hold(self, actor: Person, ticket: Ticket, reason: str) -> Ticket | Refusal:
        """Let the ticket wait; its clocks wait with it, the customer is told why."""
        was = ticket.state
        if refusal := self.may(actor, "hold", ticket):
            return refusal
        ticket.held_from = was
        self._move(actor, "hold", ticket, reason)
        self.show_status(ticket, "on_hold", reason=reason)
        self.show_case(ticket, fresh=False)
        return ticket

    def resume(self, actor: Person | None, ticket: Ticket) -> Ticket | Refusal:
        """Go on where the ticket was held."""
        moved = self._move(actor, "resume", ticket)
        if isinstance(moved, Ticket):
            self.show_status(ticket, "resumed")
            self.show_case(ticket, fresh=False)
        return moved

    def cancel(self, actor: Person, ticket: Ticket, reason: str) -> Ticket | Refusal:
        """End the case without repair, by its customer or the desk; everybody on it is told."""
        if refusal := self.may(actor, "cancel", ticket):
            return refusal
        ticket.closed_at, ticket.outcome = self.now, "cancelled"
        self._move(actor, "cancel", ticket, reason)
        self._close_offers(ticket)
        if ticket.engineer_id:
            self.work.tell(ticket.engineer_id, Say("job/cancelled", facts(ticket), slot=f"job{ticket.id}"))
        self.show_status(ticket, "cancelled")
        self.show_case(ticket, fresh=actor.id == ticket.customer_id)
        return ticket

    def _too_late(self, ticket: Ticket, offers: list[Offer]) -> Refusal:
        winner = next((o for o in offers if o.state == "accepted"), None)
        if winner is None:
            return Refusal("withdrawn", {"number": ticket.number})
        person = self.work.person(winner.engineer_id)
        return Refusal("taken", {"number": ticket.number, "who": person.name if person else ""})
