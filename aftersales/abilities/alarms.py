"""Owns what happens when a promise's time runs out: who is told, and what is done so that nothing ends in silence."""

from aftersales import cards
from aftersales.abilities.aftercare import Aftercare
from aftersales.abilities.support import Support
from aftersales.cards import facts
from aftersales.people import Person, Role
from aftersales.say import Say
from aftersales.ticket import Clock, Ticket


class Alarms(Aftercare, Support):
    """One answer for each kind of clock."""

    def clock_ran_out(self, clock: Clock) -> None:
        """Raise the alarm of *clock* once; a clock stopped or raised meanwhile does nothing."""
        ticket = self.work.ticket(clock.ticket_id)
        if ticket is None or clock.stopped_at or clock.raised_at:
            return
        self.work.mark_raised(clock.id, self.now)
        self._record(None, "overdue", ticket, ticket.state, clock.kind, due=clock.due.isoformat())
        match clock.kind:
            case "response":
                self._tell_desk(ticket, clock, Role.DISPATCHER, Role.SUPERVISOR)
                self.show_case(ticket, fresh=True)
                self.show_status(ticket, "sorry_late")
            case "answer_offer":
                self._remind_candidates(ticket)
                self._tell_desk(ticket, clock, Role.DISPATCHER)
                self.show_case(ticket, fresh=True)
            case "restore":
                self._tell_desk(ticket, clock, Role.SUPERVISOR)
            case "remote_limit":
                self.ask_supervisor(ticket)
            case "sign_off":
                self.work.tell(ticket.customer_id, cards.sign_off_card(ticket, self._engineer(ticket)))
                self._tell_desk(ticket, clock, Role.DISPATCHER)
            case "survey":
                self.close(None, ticket, "survey unanswered")

    def _tell_desk(self, ticket: Ticket, clock: Clock, *roles: Role) -> None:
        say = Say("dispatch/overdue", facts(ticket) | {"kind": clock.kind, "due": clock.due}, urgent=True)
        for person_id in sorted({p.id for role in roles for p in self.work.people_with(role)}):
            self.work.tell(person_id, say)

    def _remind_candidates(self, ticket: Ticket) -> None:
        for offer in self.work.offers(ticket.id):
            engineer = self.work.person(offer.engineer_id)
            if offer.state == "open" and engineer:
                self.show_job(ticket, engineer, offer=offer, fresh=True)

    def _engineer(self, ticket: Ticket) -> Person | None:
        return self.work.person(ticket.engineer_id) if ticket.engineer_id else None
