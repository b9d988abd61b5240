"""Owns who is away (illness, leave): said by the engineer or the desk, what it means for offers and agreed visits, and its end."""

from datetime import datetime, timedelta

from aftersales.abilities.dispatch import Dispatch
from aftersales.cards import button, facts
from aftersales.lifecycle import after
from aftersales.people import Absence, Person, Role
from aftersales.say import Say
from aftersales.ticket import Refusal, Ticket

LONGEST = timedelta(days=366)
LONGEST_REASON = 300
REASONS = ("ill", "leave")
"""Why somebody is away, as far as a tap says it; anything else is said in words."""


class Absences(Dispatch):
    """From "I am ill" to "I am back". While somebody is away they are asked last, and never by the desk itself."""

    def absence_of(self, engineer: Person) -> Absence | None:
        """The absence that the engineer is in at this moment, None when they are at work."""
        return next((absence for absence in self.away_now() if absence.person_id == engineer.id), None)

    def go_away(self, actor: Person, engineer: Person, until: datetime, reason: str = "") -> Absence | Refusal:
        """
        The engineer is away from now until *until* (aware); said again, the end or the reason of that absence changes.

        Offers they hold go back to the desk. Of each visit agreed for that time they are asked whether they keep it or give
        it back. The dispatchers hear it with the list of those visits.

        Args:
            actor: the engineer, or somebody who dispatches.
            reason: one of REASONS or words, "" when it was not said.

        Returns:
            The absence; or a Refusal: "not_absent" who may not be or say so, "away_past" or "away_long" about the time.
        """
        if refusal := self._may_say(actor, engineer):
            return refusal
        if until <= self.now:
            return Refusal("away_past")
        if until > self.now + LONGEST:
            return Refusal("away_long")
        reason = " ".join(reason.split())[:LONGEST_REASON]
        absence, known = self.absence_of(engineer), None
        if absence is None:
            absence = self.work.add_absence(Absence(0, engineer.id, self.now, until, reason))
        else:
            known, absence.ends, absence.reason = absence.ends, until, reason or absence.reason
            self.work.save_absence(absence)
        if known == until:  # said twice
            return absence
        visits = self._visits_in(absence)
        self._tell_away(actor, engineer, absence, visits)
        self._give_offers_back(engineer, absence)
        for visit in visits:
            if known is None or not _within(visit, known):  # the others were asked about already
                self._ask_about(engineer, visit, absence)
        return absence

    def say_why(self, engineer: Person, reason: str) -> Absence | Refusal:
        """Why the engineer is away, said afterwards; what the dispatchers were told is completed."""
        absence = self.absence_of(engineer)
        if absence is None:
            return Refusal("not_away")
        absence.reason = " ".join(reason.split())[:LONGEST_REASON]
        self.work.save_absence(absence)
        self._tell_away(engineer, engineer, absence, self._visits_in(absence), fresh=False)
        return absence

    def come_back(self, actor: Person, engineer: Person) -> Absence | Refusal:
        """
        The engineer is at work again from now on; the dispatchers hear it.

        Returns:
            The absence that has ended; or a Refusal: "not_away" when there was none, "not_absent" who may not say so.
        """
        if refusal := self._may_say(actor, engineer):
            return refusal
        absence = self.absence_of(engineer)
        if absence is None:
            return Refusal("not_away")
        absence.ends = self.now
        self.work.save_absence(absence)
        self.tell_role(Role.DISPATCHER, Say("absence/back_told", {"engineer": engineer.name}), but=actor.id)
        if actor.id != engineer.id:
            self.work.tell(engineer.id, Say("absence/back_set", {"who": actor.name}))
        return absence

    def give_back(self, engineer: Person, ticket: Ticket) -> Ticket | Refusal:
        """The engineer who is away gives an agreed visit back to the desk."""
        absence = self.absence_of(engineer)
        return self.obstacle(engineer, ticket, _obstacle(absence) if absence else "away")

    def keep_job(self, engineer: Person, ticket: Ticket) -> Ticket | Refusal:
        """The engineer goes to an agreed visit although they are away then; the dispatchers hear it, once."""
        if "engineer" not in self.standing(engineer, ticket):
            return Refusal("not_yours", {"number": ticket.number, "state": ticket.state})
        if self.work.history(ticket.id)[-1].verb != "keep_job":
            self._record(engineer, "keep_job", ticket, ticket.state)
            self.tell_role(Role.DISPATCHER, Say("absence/kept_told", facts(ticket) | {"engineer": engineer.name}))
        return ticket

    # -- inside -----------------------------------------------------------------------------------------------------

    def _may_say(self, actor: Person, engineer: Person) -> Refusal | None:
        theirs = actor.id == engineer.id or actor.roles & {Role.DISPATCHER, Role.SUPERVISOR, Role.MANAGER}
        return None if Role.ENGINEER in engineer.roles and theirs else Refusal("not_absent")

    def _visits_in(self, absence: Absence) -> list[Ticket]:
        """The engineer's visits whose agreed time touches the absence, by that time."""
        agreed = self.work.appointments(absence.person_id, absence.begins)
        return [visit for visit in agreed if _within(visit, absence.ends) and after(visit, "release")]

    def _tell_away(self, actor: Person, engineer: Person, absence: Absence, visits: list[Ticket], *, fresh: bool = True) -> None:
        jobs = [
            {name: facts(visit)[name] for name in ("number", "family", "appointment_start", "appointment_end")} for visit in visits
        ]
        about = {"engineer": engineer.name, "until": absence.ends, "reason": absence.reason, "jobs": jobs}
        told = Say("absence/told", about, slot=f"absent{engineer.id}", fresh=fresh, urgent=bool(jobs))
        self.tell_role(Role.DISPATCHER, told, but=actor.id)
        if actor.id != engineer.id:
            self.work.tell(engineer.id, Say("absence/set", about | {"who": actor.name}))

    def _give_offers_back(self, engineer: Person, absence: Absence) -> None:
        for ticket in self.work.jobs_of(engineer.id):
            if any(o.engineer_id == engineer.id and o.state == "open" for o in self.work.offers(ticket.id)):
                self.obstacle(engineer, ticket, _obstacle(absence))
                gone = Say("job/gone", facts(ticket) | {"who": ""}, slot=f"job{ticket.id}", fresh=False)
                self.work.tell(engineer.id, gone)

    def _ask_about(self, engineer: Person, visit: Ticket, absence: Absence) -> None:
        ways = (button(visit, "give_back", style="primary"), button(visit, "keep_job"))
        say = Say("absence/visit", facts(visit) | {"until": absence.ends}, (ways,), slot=f"away{visit.id}", urgent=True)
        self.work.tell(engineer.id, say)


def _within(visit: Ticket, ends: datetime) -> bool:
    return visit.appointment_start is not None and visit.appointment_start < ends


def _obstacle(absence: Absence) -> str:
    """The reason under which jobs go back: why somebody is on leave is nobody's matter."""
    return "ill" if absence.reason == "ill" else "away"
