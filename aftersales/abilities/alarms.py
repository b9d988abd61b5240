"""Owns what happens when a clock rings: who is warned, who is told that it ran out, and what is done so that all is heard."""

from datetime import timedelta

from aftersales import cards
from aftersales.abilities.aftercare import Aftercare
from aftersales.abilities.appointment import Appointment
from aftersales.abilities.ladder import Ladder
from aftersales.abilities.support import Support
from aftersales.cards import button, facts
from aftersales.clocks import ABSENT, FOLLOW_UP, REMINDERS
from aftersales.people import Person, Role
from aftersales.say import Rows, Say
from aftersales.ticket import Clock, Refusal, Ticket

LATE = timedelta(minutes=1)  # an alarm that comes later than this was kept up, and says so
CANDIDATES = "candidate"  # who was asked to take the job and has not answered
ABOVE = ("dispatcher", "supervisor", "manager")  # each stands in for the one before
AT_THE_DESK = frozenset({"engineer", "dispatcher", "supervisor", "support"})


class Alarms(Aftercare, Support, Ladder, Appointment):
    """One answer for each kind of clock."""

    def clock_rings(self, clock: Clock) -> None:
        """Do once what is due about *clock*; one stopped or answered meanwhile does nothing."""
        ticket = self.work.ticket(clock.ticket_id)
        if ticket is None or clock.stopped_at or clock.next_at is None:
            return
        late = self.now - clock.next_at > LATE
        rung = self.clocks.ring(ticket, clock, self._holder(ticket, clock), lambda who: self._reached(ticket, who))
        if rung is None:
            return
        step, told = rung
        if clock.kind in REMINDERS:
            self.clocks.stop(clock)
            self._remind(ticket, clock)
        elif step.what == "end":
            self._record(None, "overdue", ticket, ticket.state, clock.kind, due=clock.due.isoformat())
            self._tell(ticket, clock, told, late=late)
            self._ended(ticket, clock)
        elif step.what == "tell":
            self._tell(ticket, clock, told, late=late)
        else:
            self._warn(ticket, clock)

    def acknowledge(self, actor: Person, ticket: Ticket, clock_id: int) -> Ticket | Refusal:
        """Somebody sees to a broken promise: nobody further up is told of it, and those who were hear who does."""
        if not self.standing(actor, ticket) & AT_THE_DESK:
            return Refusal("not_yours", {"number": ticket.number, "state": ticket.state})
        clock = self.work.clock(clock_id)
        if clock is None or clock.ticket_id != ticket.id:
            return Refusal("gone")
        told = {entry.who for entry in self.work.clock_entries(clock.id) if entry.what == "tell"}
        if self.clocks.acknowledge(clock, actor.id):
            self._record(actor, "acknowledge", ticket, ticket.state, clock.kind)
            say = Say("clock/acknowledged", facts(ticket) | {"kind": clock.kind, "who": actor.name})
            for person_id in sorted({p for who in told for p in self._people(ticket, who)} - {actor.id}):
                self.work.tell(person_id, say)
        return ticket

    # -- inside -----------------------------------------------------------------------------------------------------

    def _ended(self, ticket: Ticket, clock: Clock) -> None:
        match clock.kind:
            case "response":
                self.show_case(ticket, fresh=True)
                self.show_status(ticket, "sorry_late")
            case "answer_offer":
                self.climb(ticket)
            case "remote_limit":
                self.ask_supervisor(ticket)
            case "sign_off":
                self.work.tell(ticket.customer_id, cards.sign_off_card(ticket, self._engineer(ticket)))
            case "survey":
                self.close(None, ticket, "survey unanswered")

    def _remind(self, ticket: Ticket, clock: Clock) -> None:
        if clock.kind == ABSENT:
            self.supervisor_absent(ticket)
        elif clock.kind == FOLLOW_UP:
            self.follow_up(ticket)
        else:
            self.visit_nears(ticket, clock)

    def _warn(self, ticket: Ticket, clock: Clock) -> None:
        """Whoever has the case hears that its time runs out; a job nobody has taken is put before the candidates again."""
        holder = self._holder(ticket, clock)
        if holder == CANDIDATES:
            self.remind_candidates(ticket)
            return
        say = Say("clock/warning", facts(ticket) | {"kind": clock.kind, "due": clock.due})
        for person_id in self._people(ticket, holder):
            self.work.tell(person_id, say)

    def _tell(self, ticket: Ticket, clock: Clock, told: list[str], *, late: bool) -> None:
        rows: Rows = ((button(ticket, "acknowledge", str(clock.id)),),)
        say = Say("dispatch/overdue", facts(ticket) | {"kind": clock.kind, "due": clock.due, "late": late}, rows, urgent=True)
        for person_id in sorted({person_id for who in told for person_id in self._people(ticket, who)}):
            self.work.tell(person_id, say)

    def _holder(self, ticket: Ticket, clock: Clock) -> str:
        """The part of whoever has the case now and can still keep the promise."""
        if clock.kind == "answer_offer":
            return CANDIDATES
        if ticket.state == "support" and ticket.support_id:
            return "support"
        return "engineer" if ticket.engineer_id else "dispatcher"

    def _reached(self, ticket: Ticket, who: str) -> str:
        """The same part when somebody has it on this ticket, else the next above that somebody has; "" when nobody does."""
        if who not in ABOVE:
            if self._people(ticket, who):
                return who
            who = ABOVE[0]
        return next((role for role in ABOVE[ABOVE.index(who) :] if self._people(ticket, role)), "")

    def _people(self, ticket: Ticket, who: str) -> list[int]:
        """Who has that part on this ticket."""
        match who:
            case "engineer":
                return [ticket.engineer_id] if ticket.engineer_id else []
            case "support":
                return [ticket.support_id] if ticket.support_id else []
            case _ if who in ABOVE:
                return [person.id for person in self.work.people_with(Role(who))]
        return []

    def _engineer(self, ticket: Ticket) -> Person | None:
        return self.work.person(ticket.engineer_id) if ticket.engineer_id else None
