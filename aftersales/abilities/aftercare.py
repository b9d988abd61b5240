"""Owns what follows the work: sign-off or dispute, the survey, closing, and reopening when somebody is not well served."""

from aftersales import cards
from aftersales.abilities.base import DeskBase
from aftersales.cards import facts
from aftersales.clocks import FOLLOW_UP
from aftersales.people import Person, Role
from aftersales.say import Say
from aftersales.ticket import Note, Refusal, Survey, Ticket


class Aftercare(DeskBase):
    """From "it works" to the stars, and back when it does not."""

    def sign_off(self, actor: Person, ticket: Ticket) -> Ticket | Refusal:
        """The customer confirms that it works; the survey follows when the policy says."""
        moved = self._move(actor, "sign_off", ticket)
        if isinstance(moved, Refusal):
            return moved
        engineer = self.work.person(ticket.engineer_id) if ticket.engineer_id else None
        if engineer:
            self.work.tell(engineer.id, cards.done_card(ticket))
        wait = self.policy_of(ticket).follow_up
        if wait:
            self.clocks.remind(ticket, FOLLOW_UP, self.now + wait)
        else:
            self.follow_up(ticket)
        self.show_case(ticket, fresh=False)
        return ticket

    def follow_up(self, ticket: Ticket) -> None:
        """Ask the customer how it went (S1): at once, or as long after the sign-off as the policy says."""
        survey = Survey(ticket.id, ticket.round)
        self.work.save_survey(survey)
        engineer = self.work.person(ticket.engineer_id) if ticket.engineer_id else None
        self.work.tell(ticket.customer_id, cards.survey_card(ticket, survey, engineer, fresh=True))
        self._start_clock(ticket, "survey")

    def dispute(self, actor: Person, ticket: Ticket, words: str) -> Ticket | Refusal:
        """The customer says that it does not work: back to work, the engineer and the desk are told."""
        if refusal := self.may(actor, "dispute", ticket):
            return refusal
        ticket.finding = ""
        self._move(actor, "dispute", ticket, words)
        if words:
            self.work.add_note(Note(ticket.id, actor.id, self.now, words))
        say = Say("job/disputed", facts(ticket) | {"words": words}, urgent=True)
        engineer = self.work.person(ticket.engineer_id) if ticket.engineer_id else None
        if engineer:
            self.work.tell(engineer.id, say)
            self.show_job(ticket, engineer, fresh=True)
        self.tell_role(Role.DISPATCHER, say)
        self.show_case(ticket, fresh=False)
        return ticket

    def rate(self, customer: Person, ticket: Ticket, round_: int, question: str, value: int) -> Survey | Refusal:
        """
        Take one tapped answer of the survey.

        Args:
            round_: which round of work was asked about; an old one is refused kindly.
            question: "s" solved (0 or 1), "e" engineer (1 to 3), "o" overall (1 to 5 stars).

        Returns:
            The survey as it stands; the first answer to a question counts, a second tap changes nothing.
        """
        if customer.id != ticket.customer_id:
            return Refusal("not_yours", {"number": ticket.number, "state": ticket.state})
        survey = self.work.survey(ticket.id, round_)
        if survey is None or round_ != ticket.round or ticket.state not in ("signed_off", "closed"):
            return Refusal("survey_over", {"number": ticket.number})
        match question:
            case "s" if survey.solved is None and value in (0, 1):
                survey.solved = bool(value)
            case "e" if survey.engineer is None and value in (1, 2, 3):
                survey.engineer = value
            case "o" if survey.stars is None and 1 <= value <= 5:
                survey.stars = value
            case _:
                return survey
        self.work.save_survey(survey)
        self._record(customer, "rate", ticket, ticket.state, f"{question}{value}")
        self._draw_conclusions(customer, ticket, survey)
        return survey

    def add_word(self, customer: Person, ticket: Ticket, round_: int, word: str) -> None:
        """Keep the free word that follows the stars; it goes to the people on the case."""
        survey = self.work.survey(ticket.id, round_)
        if survey is None:
            return
        survey.word = word
        self.work.save_survey(survey)
        self.work.add_note(Note(ticket.id, customer.id, self.now, word))
        self._record(customer, "word", ticket, ticket.state, word)
        say = Say("notice/survey_word", facts(ticket) | {"stars": survey.stars, "word": word, "who": customer.name})
        for role in (Role.SUPERVISOR, Role.DISPATCHER) if ticket.state != "closed" else (Role.SUPERVISOR,):
            self.tell_role(role, say)

    def close(self, actor: Person | None, ticket: Ticket, note: str = "") -> Ticket | Refusal:
        """Put the case away; it can be reopened."""
        if refusal := self.may(actor, "close", ticket):
            return refusal
        ticket.closed_at, ticket.outcome = self.now, "repaired"
        self._move(actor, "close", ticket, note)
        self.show_case(ticket, fresh=False)
        return ticket

    def reopen(self, actor: Person | None, ticket: Ticket, reason: str) -> Ticket | Refusal:
        """Open a finished case again with its whole history: new round, new clocks, supervisor told (S2)."""
        if refusal := self.may(actor, "reopen", ticket):
            return refusal
        ticket.round += 1
        ticket.closed_at, ticket.outcome, ticket.finding, ticket.work_done = None, "", "", ""
        ticket.engineer_id = ticket.appointment_start = ticket.appointment_end = None
        self._move(actor, "reopen", ticket, reason)
        survey = self.work.survey(ticket.id, ticket.round - 1)
        say = Say(
            "dispatch/reopened",
            facts(ticket) | {"reason": reason, "stars": survey.stars if survey else None, "round": ticket.round},
            urgent=True,
        )
        for person_id in sorted({p.id for r in (Role.SUPERVISOR, Role.DISPATCHER) for p in self.work.people_with(r)}):
            self.work.tell(person_id, say)
        self.show_status(ticket, "reopened")
        self.show_case(ticket, fresh=True)
        return ticket

    def _draw_conclusions(self, customer: Person, ticket: Ticket, survey: Survey) -> None:
        if survey.solved is False:
            self.reopen(customer, ticket, "not_solved")
        elif survey.stars is not None and survey.stars <= self.policy_of(ticket).low_score:
            self.reopen(customer, ticket, "low_score")
        elif survey.stars is not None and ticket.state == "signed_off":
            self.close(None, ticket, "survey answered")
        if survey.stars is not None:
            self._tell_stars(ticket, survey)

    def _tell_stars(self, ticket: Ticket, survey: Survey) -> None:
        row = self.work.history(ticket.id)
        engineer_id = next((r.actor_id for r in reversed(row) if r.verb == "finish"), None)
        told = {p.id for p in self.work.people_with(Role.DISPATCHER)} | ({engineer_id} if engineer_id else set())
        for person_id in sorted(told):
            self.work.tell(person_id, Say("notice/stars", facts(ticket) | {"stars": survey.stars}))
