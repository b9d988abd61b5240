"""Owns the way from the queue to an engineer who has said yes: offers, one winner, obstacles, holding and cancelling."""

from collections.abc import Iterable

from aftersales.abilities.cover import Cover
from aftersales.cards import facts
from aftersales.clocks import ABSENT
from aftersales.people import Person, Role
from aftersales.say import Say
from aftersales.ticket import Offer, Refusal, Ticket

# What may stand in the way of an engineer who may not refuse a job; any other reason is a refusal in other words.
OBSTACLES = ("ill", "part", "clash", "skill")
NO_REFUSAL = frozenset({*OBSTACLES, "away"})
REFUSED = "refused"  # the reason of whoever need not give one


class Dispatch(Cover):
    """Who goes."""

    def offer(self, actor: Person | None, ticket: Ticket, engineer_ids: Iterable[int]) -> Ticket | Refusal:
        """Offer the job to one engineer (assign) or to several at once; the first to accept has it."""
        wanted = [p for p in map(self.work.person, dict.fromkeys(engineer_ids)) if p and Role.ENGINEER in p.roles]
        if not wanted:
            return Refusal("no_engineer", {"number": ticket.number})
        if refusal := self.may(actor, "offer", ticket):
            return refusal
        ticket.turns = 0 if actor is not None else ticket.turns + 1
        if actor is not None:
            ticket.dispatcher_id = actor.id
            self.clocks.stop_kind(ticket, ABSENT)
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
        ticket.prepared = {}  # what somebody else packed lies in another van
        news = self._news_of_cover(ticket)  # a danger went straight to an engineer
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
        self._tell_cover(ticket, news)
        self.show_case(ticket, fresh=False)
        return ticket

    def refuse(self, engineer: Person, ticket: Ticket) -> Ticket | Refusal:
        """
        The engineer does not want an offered job, and says no more; only where the policy lets engineers refuse.

        Returns:
            The ticket, offered to others or in the queue; or a Refusal: "say_why" where a reason is wanted, "taken", "withdrawn".
        """
        if self.policy_of(ticket).refuse != "yes":
            return Refusal("say_why", {"number": ticket.number})
        offers = self.work.offers(ticket.id)
        if not any(o.engineer_id == engineer.id and o.state == "open" for o in offers):
            return self._too_late(ticket, offers)
        return self.obstacle(engineer, ticket, REFUSED)

    def obstacle(self, engineer: Person, ticket: Ticket, reason: str) -> Ticket | Refusal:
        """
        The engineer cannot go: the job returns to the queue with its reason, unless others still hold an offer.

        Where the policy forbids to refuse, the dispatchers hear of it when the reason is none of OBSTACLES.
        """
        offers, who = self.work.offers(ticket.id), engineer
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
            had_it, off = ticket.engineer_id, self._visit_off(ticket)
            attach = "visit" if off else ""
            who = (self.work.person(had_it) if had_it else None) or engineer
            self._move(engineer, "release", ticket, reason)
            self.clocks.stop_kind(ticket, *self.policy_of(ticket).agreed)  # what was agreed holds no more
            for offer in offers:
                if offer.state == "accepted":
                    offer.state, offer.reason, offer.answered_at = "returned", reason, self.now
                    self.work.save_offer(offer)
            ticket.engineer_id = ticket.appointment_start = ticket.appointment_end = None
            self._record(None, "unassign", ticket, ticket.state)
            if had_it and had_it != engineer.id:  # a dispatcher took it off them; they must not set out
                params = facts(ticket) | off | {"who": "", "staff": True}
                self.work.tell(had_it, Say("job/gone", params, slot=f"job{ticket.id}", attach=attach))
            self.show_status(ticket, "searching_again", attach=attach, **off)
        forbidden = self.policy_of(ticket).refuse == "no" and who.id == engineer.id and reason not in NO_REFUSAL
        params = facts(ticket) | {"who": who.name, "reason": reason, "forbidden": forbidden}
        told = Say("dispatch/obstacle", params, urgent=ticket.grade == 1)
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
        self.clocks.regrade(ticket, actor.id)
        self._put_in_order(ticket)
        self._record(actor, "regrade", ticket, ticket.state, f"{was} → {level}")
        self.show_case(ticket, fresh=False)
        return ticket

    def hold(self, actor: Person, ticket: Ticket, reason: str, waits_for: str = "") -> Ticket | Refusal:
        """
        Let the ticket wait; its clocks wait with it, the customer is told why, and an engineer who has the job that it waits.

        Args:
            waits_for: "customer" or "parts"; "" for another reason, which the words name.
        """
        was = ticket.state
        if refusal := self.may(actor, "hold", ticket):
            return refusal
        ticket.held_from = was
        self._move(actor, "hold", ticket, reason, waits_for=waits_for or reason)
        self.show_status(ticket, "on_hold", reason=reason)
        self._show_its_engineer(ticket)
        self.show_case(ticket, fresh=False)
        return ticket

    def resume(self, actor: Person | None, ticket: Ticket) -> Ticket | Refusal:
        """Go on where the ticket was held."""
        moved = self._move(actor, "resume", ticket)
        if isinstance(moved, Ticket):
            self.show_status(ticket, "resumed")
            self._show_its_engineer(ticket)
            self.show_case(ticket, fresh=False)
        return moved

    def cancel(self, actor: Person, ticket: Ticket, reason: str) -> Ticket | Refusal:
        """End the case without repair, by its customer or the desk; everybody on it is told."""
        if refusal := self.may(actor, "cancel", ticket):
            return refusal
        ticket.closed_at, ticket.outcome = self.now, "cancelled"
        off = self._visit_off(ticket)
        attach = "visit" if off else ""
        self._move(actor, "cancel", ticket, reason)
        self._close_offers(ticket)
        if ticket.engineer_id:
            params = facts(ticket) | off | {"staff": True}
            self.work.tell(ticket.engineer_id, Say("job/cancelled", params, slot=f"job{ticket.id}", attach=attach))
        self.show_status(ticket, "cancelled", attach=attach, **off)
        self.show_case(ticket, fresh=actor.id == ticket.customer_id)
        return ticket

    def _show_its_engineer(self, ticket: Ticket) -> None:
        engineer = self.work.person(ticket.engineer_id) if ticket.engineer_id else None
        if engineer:
            self.show_job(ticket, engineer, fresh=True)

    def _too_late(self, ticket: Ticket, offers: list[Offer]) -> Refusal:
        winner = next((o for o in offers if o.state == "accepted"), None)
        if winner is None:
            return Refusal("withdrawn", {"number": ticket.number})
        person = self.work.person(winner.engineer_id)
        return Refusal("taken", {"number": ticket.number, "who": person.name if person else ""})
