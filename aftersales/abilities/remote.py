"""Owns repair at a distance: the script's steps on record, its exits, and the danger that ends it."""

from collections.abc import Mapping
from datetime import datetime

from aftersales import cards
from aftersales.abilities.cover import Cover
from aftersales.cards import facts
from aftersales.clocks import WAIT
from aftersales.people import Person, Role
from aftersales.say import Say
from aftersales.ticket import Clock, Refusal, Survey, Ticket


class Remote(Cover):
    """From a graded ticket to solved at a distance, or to the queue with what was found."""

    def start_remote(self, ticket: Ticket, playbook: str, reason: str) -> Ticket | Refusal:
        """Begin the script *playbook* (its "id@version"); *reason* says which code or words chose it."""
        if refusal := self.may(None, "start_remote", ticket):
            return refusal
        ticket.playbook = playbook
        return self._move(None, "start_remote", ticket, reason, playbook=playbook)

    def record_step(
        self,
        actor: Person,
        ticket: Ticket,
        step: str,
        choice: str,
        *,
        asked: Mapping[str, str] | None = None,
        answered: Mapping[str, str] | None = None,
    ) -> None:
        """
        Write down one answer of the script, so that the engineer sees what was tried (D2).

        Args:
            asked, answered: the question and the answer in every language, for the day on which the script has changed.
        """
        words = {name: dict(text) for name, text in (("asked", asked), ("answered", answered)) if text}
        self._record(actor, "step", ticket, ticket.state, f"{step}: {choice}", step=step, choice=choice, **words)

    def ask_again_at(self, ticket: Ticket, due: datetime) -> None:
        """Let the present step wait until *due* (aware UTC); an earlier wait of the ticket ends."""
        self.clocks.remind(ticket, WAIT, due)

    def stop_asking(self, ticket: Ticket) -> None:
        """The step was answered before its time was over, or left."""
        self.clocks.stop_kind(ticket, WAIT)

    def wait_is_over(self, clock: Clock) -> Ticket | None:
        """Take note once that a step's time is over; the ticket whose question is due now, None when it has moved on."""
        ticket = self.work.ticket(clock.ticket_id)
        if clock.stopped_at or clock.raised_at:
            return None
        clock.raised_at = self.now
        self.clocks.stop(clock)
        return ticket if ticket and ticket.state == "remote" else None

    def _keep_clocks(self, ticket: Ticket, before: str, verb: str, why: str = "", by: int | None = None) -> None:
        super()._keep_clocks(ticket, before, verb, why, by)
        if before == "remote" and ticket.state != "remote":
            self.stop_asking(ticket)

    def solve_remotely(self, actor: Person, ticket: Ticket) -> Ticket | Refusal:
        """Close the ticket as solved at a distance, by the word of its customer, and ask how it was."""
        if refusal := self.may(actor, "solve_remotely", ticket):
            return refusal
        ticket.outcome = "solved_remotely"
        ticket.closed_at = self.now
        done = self._move(actor, "solve_remotely", ticket)
        if isinstance(done, Ticket):
            survey = Survey(ticket.id, ticket.round, solved=True)
            self.work.save_survey(survey)
            self.work.tell(ticket.customer_id, cards.survey_card(ticket, survey, None, fresh=True))
            self.show_case(ticket, fresh=False)
        return done

    def needs_visit(
        self,
        actor: Person | None,
        ticket: Ticket,
        *,
        cause: Mapping[str, str] | None = None,
        parts: tuple[str, ...] = (),
        skill: str = "",
        level: int = 1,
        hours: float | None = None,
        note: str = "",
        way: str = "visit",
    ) -> Ticket | Refusal:
        """
        Put the ticket into the queue, with the probable cause and what the work will need, when the script found them.

        Args:
            way: "visit", or "send_in" when the machine should come to the workshop; it goes on the record.
        """
        if refusal := self.may(actor, "queue", ticket):
            return refusal
        ticket.cause = dict(cause or {})
        ticket.parts, ticket.skill, ticket.level, ticket.hours = parts, skill, level, hours
        news = None if ticket.hazard else self._news_of_cover(ticket)  # nobody reads of money while there is a fire
        queued = self._move(actor, "queue", ticket, note, **({"way": way} if way != "visit" else {}))
        if isinstance(queued, Ticket):
            self.show_case(queued, fresh=True)
            self._tell_cover(queued, news)
        return queued

    def danger(self, actor: Person, ticket: Ticket, hazard: str, words: str) -> Ticket:
        """
        Somebody may get hurt: grade 1, out of every script, a human paged at once (D3).

        A ticket already past the queue keeps its state; engineer, dispatchers and supervisor are told all the same.
        """
        ticket.hazard, ticket.grade = hazard, 1
        self._put_in_order(ticket)
        if any(clock.kind == "response" for clock in self.work.running_clocks(ticket.id)):
            self._start_clock(ticket, "response")
        moved = self._move(actor, "queue", ticket, words, hazard=hazard)
        if isinstance(moved, Refusal):
            self._record(actor, "danger", ticket, ticket.state, words, hazard=hazard)
        say = Say("dispatch/danger", facts(ticket) | cards.whereabouts(ticket) | {"words": words}, urgent=True)
        told = {p.id for role in (Role.DISPATCHER, Role.SUPERVISOR) for p in self.work.people_with(role)}
        if ticket.engineer_id:
            told.add(ticket.engineer_id)
        for person_id in sorted(told):
            self.work.tell(person_id, say)
        self.show_case(ticket, fresh=True)
        return ticket
