"""Owns the ladder of offers (A3, A4): reminded, the next candidate, the lead, the supervisor; no job without somebody asked."""

from aftersales.abilities.dispatch import Dispatch
from aftersales.cards import facts
from aftersales.clocks import ABSENT
from aftersales.matching import Candidate, by_history, lead
from aftersales.people import Role
from aftersales.say import Say
from aftersales.ticket import Ticket


class Ladder(Dispatch):
    """What the desk does by itself while an offered job is not answered."""

    def remind_candidates(self, ticket: Ticket) -> None:
        """Put the job before those who have not answered once more."""
        for offer in self.work.offers(ticket.id):
            engineer = self.work.person(offer.engineer_id)
            if offer.state == "open" and engineer:
                self.show_job(ticket, engineer, offer=offer, fresh=True)

    def climb(self, ticket: Ticket) -> None:
        """
        Nobody has answered in time: ask the next one, then the lead, then the supervisor; the dispatchers hear each step.

        Open offers stay open: whoever answers first has the job.
        """
        rules = self.policy_of(ticket).ladder
        free = self._not_asked(ticket)
        if ticket.turns + 1 < rules.in_turn and free:
            self._ask(ticket, free[0], "next")
            return
        senior = lead(free) if "lead" in rules.then and ticket.turns < rules.in_turn else None
        ticket.turns = max(ticket.turns, rules.in_turn - 1)
        if senior is not None:
            self._ask(ticket, senior, "lead")
        else:
            self._ask_supervisor(ticket)

    def supervisor_absent(self, ticket: Ticket) -> None:
        """The supervisor has not assigned anybody either: whoever served there before is asked (A4), and all are told."""
        chosen = by_history(self._not_asked(ticket))
        if chosen is not None:
            self._ask(ticket, chosen, "history")
        else:
            self._ask_supervisor(ticket)

    # -- inside -----------------------------------------------------------------------------------------------------

    def _ask(self, ticket: Ticket, candidate: Candidate, rung: str) -> None:
        person = candidate.engineer.person
        self._record(None, "ladder", ticket, ticket.state, rung, engineer=person.id)
        self.offer(None, ticket, [person.id])
        say = Say("dispatch/ladder", facts(ticket) | {"rung": rung, "who": person.name}, urgent=ticket.grade == 1)
        for person_id in self._overseers(Role.DISPATCHER, *([Role.SUPERVISOR] if rung == "history" else [])):
            self.work.tell(person_id, say)

    def _ask_supervisor(self, ticket: Ticket) -> None:
        self._record(None, "ladder", ticket, ticket.state, "supervisor")
        self.remind_candidates(ticket)
        self.clocks.remind(ticket, ABSENT, self.now + self.policy_of(ticket).ladder.absent)
        say = Say("dispatch/nobody", facts(ticket), urgent=True)
        card = self.case_card(ticket, fresh=True)
        for person_id in self._overseers(Role.DISPATCHER, Role.SUPERVISOR):
            self.work.tell(person_id, say)
            self.work.tell(person_id, card)

    def _overseers(self, *roles: Role) -> list[int]:
        return sorted({person.id for role in roles for person in self.work.people_with(role)})

    def _not_asked(self, ticket: Ticket) -> list[Candidate]:
        """Candidates at work who hold no offer of this job and did not give it back."""
        asked = {offer.engineer_id for offer in self.work.offers(ticket.id) if offer.state in ("open", "returned")}
        return [c for c in self.candidates(ticket) if c.engineer.person.id not in asked and not c.away and c.skilled]
