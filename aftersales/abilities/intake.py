"""Owns taking a report in: number, grade, promise, receipt, who is told, and whatever arrives later."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from aftersales import cover_record
from aftersales.abilities.cover import TO_BE_PAID, Cover
from aftersales.cards import button, facts
from aftersales.grading import grade
from aftersales.people import Person, Role
from aftersales.say import Rows, Say
from aftersales.ticket import HistoryRow, Note, Refusal, Report, Ticket


class Intake(Cover):
    """From a report to a numbered, graded ticket."""

    def open_ticket(
        self,
        customer: Person,
        report: Report,
        *,
        hazard: str = "",
        files: tuple[int, ...] = (),
        by: Person | None = None,
        organisation_id: int | None = None,
        hints: Iterable[tuple[str, str]] = (),
    ) -> Ticket:
        """
        Open a ticket for *customer*: number, grade, clocks; supervisor, support and sales are told (I4, I7).

        Args:
            hazard: kind of danger, "" for none.
            by: the dispatcher who typed it in for a caller; None when the customer did it.
            organisation_id: the firm it is for; the customer's own when None.
            hints: what in the customer's words may stand outside the warranty: (exclusion, words) each.

        Returns:
            The ticket, graded, with respond_by set.
        """
        day = self.now.astimezone(self.policy.hours.zone).date()
        verdict = grade(hazard, report.extent, report.service)
        draft = Ticket(
            id=0,
            number=self.work.next_number(day),
            state="new",
            version=1,
            report=report,
            customer_id=customer.id,
            organisation_id=organisation_id or customer.organisation_id,
            grade=verdict.level,
            opened_at=self.now,
            hazard=hazard,
            warranty=cover_record.with_hints({}, hints, self.now),
        )
        self._choose_policy(draft)
        if report.service == "repair" and self.verdict_of(draft).standing in TO_BE_PAID:
            draft.warranty = {**draft.warranty, "sales": True}  # they are told below
        self._put_in_order(draft)
        actor = by or customer
        ticket = self.work.add_ticket(draft, HistoryRow(0, 1, self.now, actor.id, "report", "", "new", report.fault))
        self._start_clock(ticket, "response")
        self._start_clock(ticket, "restore")
        if files:
            self.work.attach(files, ticket.id)
        self.work.add_note(Note(ticket.id, actor.id, self.now, report.fault, files))
        graded = self._move(None, "grade", ticket, verdict.reason, grade=verdict.level)
        assert isinstance(graded, Ticket)
        self._tell_those_who_should_know(graded)
        return graded

    def amend(self, actor: Person, ticket: Ticket, **fields: Any) -> Ticket | Refusal:
        """Change fields of the report after the ticket was opened, by its customer or the desk; the record keeps what it was."""
        if not self.standing(actor, ticket) & {"customer", "dispatcher", "supervisor"}:
            return Refusal("not_yours", {"number": ticket.number, "state": ticket.state})
        before = {name: getattr(ticket.report, name) for name in fields}
        ticket.report = replace(ticket.report, **fields)
        self._record(actor, "amend", ticket, ticket.state, ", ".join(sorted(fields)), before=before)
        self.show_case(ticket, fresh=False)
        return ticket

    def add_words(self, author: Person, ticket: Ticket, text: str, files: tuple[int, ...] = (), *, internal: bool = False) -> Note:
        """
        Add a message to the ticket's conversation and pass it on to the others on the case.

        An internal note stays with the staff. The customer hears desk and engineer; dispatcher and engineer hear the customer.
        """
        note = Note(ticket.id, author.id, self.now, text, files, "staff" if internal else "all")
        note_id = self.work.add_note(note)
        if files:
            self.work.attach(files, ticket.id)
        if text and author.id == ticket.customer_id:
            self._record(author, "message", ticket, ticket.state, text)
        heard = Say("relay/message", facts(ticket) | {"who": author.name, "said": text, "files": len(files)}, files=files)
        if internal:
            return replace(note, id=note_id)
        listeners = {ticket.customer_id}
        if ticket.engineer_id:
            listeners.add(ticket.engineer_id)
        if ticket.support_id and ticket.state == "support":
            listeners.add(ticket.support_id)
        helped = bool(ticket.support_id) and ticket.state == "support"  # then the dispatchers need not hear every word
        if (author.id in (ticket.customer_id, ticket.engineer_id) or not author.is_staff()) and not helped:
            listeners |= self._who_dispatches(ticket)
        for person_id in sorted(listeners - {author.id}):
            self.work.tell(person_id, replace(heard, buttons=self._answer_buttons(person_id, ticket)))
        if author.roles & {Role.DISPATCHER, Role.SUPERVISOR} and author.id != ticket.customer_id:
            self._take_up(author, ticket)
        return replace(note, id=note_id)

    def consult(self, customer: Person, report: Report, files: tuple[int, ...] = ()) -> Ticket:
        """A person is asked for before anything is reported: a case of its own, so that the desk has where to answer."""
        ticket = self.open_ticket(customer, replace(report, service="consultation"), files=files)
        self._move(customer, "queue", ticket, "human")
        self.call_human(customer, ticket)
        return ticket

    def call_human(self, customer: Person, ticket: Ticket, words: str = "") -> None:
        """A person asks for a person: the dispatchers are told at once, whatever else is going on."""
        self._record(customer, "call_human", ticket, ticket.state, words)
        params: dict[str, Any] = {"customer": customer.name, "phone": ticket.report.phone or customer.phone, "words": words}
        self.tell_role(Role.DISPATCHER, Say("dispatch/wants_human", facts(ticket) | params, urgent=True))
        self.show_case(ticket, fresh=True)

    def _who_dispatches(self, ticket: Ticket) -> set[int]:
        if ticket.dispatcher_id:
            return {ticket.dispatcher_id}
        return {person.id for person in self.work.people_with(Role.DISPATCHER)}

    def _answer_buttons(self, person_id: int, ticket: Ticket) -> Rows:
        verb = "write" if person_id in (ticket.customer_id, ticket.engineer_id, ticket.support_id) else "reply"
        return ((button(ticket, verb),),)

    def _take_up(self, dispatcher: Person, ticket: Ticket) -> None:
        """The first word from the desk answers the promise made at intake."""
        ticket.dispatcher_id = ticket.dispatcher_id or dispatcher.id
        self._record(dispatcher, "reply", ticket, ticket.state)
        self.clocks.stop_kind(ticket, "response", "unhappy")

    def _tell_those_who_should_know(self, ticket: Ticket) -> None:
        organisation = self.work.organisation(ticket.organisation_id) if ticket.organisation_id else None
        verdict = self.verdict_of(ticket)
        told: dict[int, Say] = {}
        say = Say(
            "notice/new_ticket",
            facts(ticket) | {"organisation": organisation.name if organisation else "", "warranty": verdict.standing},
        )
        told |= {person.id: say for person in self.work.people_with(Role.SUPERVISOR)}
        offered = replace(say, buttons=((button(ticket, "take_over"),),))
        told |= {person.id: offered for person in self.work.people_with(Role.SUPPORT)}
        if ticket.warranty.get("sales"):  # it says that there is a new report, and that it has to be paid for
            told |= dict.fromkeys(self.sales_of(ticket), self.sales_card(ticket, verdict))
        elif (organisation and organisation.sales_id) or verdict.standing in TO_BE_PAID:
            told |= dict.fromkeys(self.sales_of(ticket), say)
        for person_id in sorted(told.keys() - {ticket.customer_id}):
            self.work.tell(person_id, told[person_id])
