"""
Owns what a dispatcher does to a ticket: each post to a noun below it becomes one verb of the Desk.

A form says which version of the ticket it was drawn from; when somebody was faster, nothing is done and it says what happened.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from aiohttp import web

from aftersales.people import Person
from aftersales.ticket import Note, Refusal, Ticket
from console.page import BASE, Form, Visit
from console.ticket import ticket_page
from console.whose import FirmDesk, Standing, standing_of
from storage import queries
from storage.unit import Unit

LONGEST = 4000  # characters in one message


class Unsure(Exception):
    """What cannot be taken back is asked about first; args[0] is the other ticket that it concerns, or None."""


class Incomplete(Exception):
    """The form lacks something; args[0] names the field."""


@dataclass(frozen=True, slots=True)
class Stale:
    """The ticket has changed since the form was drawn at that version."""

    version: int


@dataclass(frozen=True, slots=True)
class _Call:
    """What a change is given: the Desk inside its transaction, who asks, the ticket, the form."""

    unit: Unit
    desk: FirmDesk
    person: Person
    ticket: Ticket
    form: Form

    def words(self, name: str) -> str:
        """What was typed into a field that must be filled."""
        typed = self.form.words(name)
        if not typed or len(typed) > LONGEST:
            raise Incomplete(name)
        return typed

    def choice(self, name: str, choices: tuple[str, ...]) -> str:
        """One of *choices*, as a list or a row of buttons sends it; a field that is missing reads as ""."""
        chosen = self.form.words(name)
        if chosen not in choices:
            raise Incomplete(name)
        return chosen

    def moment(self, name: str) -> datetime | None:
        """A day and time typed in the person's own zone, aware; None when the field is empty."""
        typed = self.form.words(name)
        if not typed:
            return None
        try:
            return datetime.fromisoformat(typed).replace(tzinfo=ZoneInfo(self.person.zone))
        except ValueError as unreadable:
            raise Incomplete(name) from unreadable

    def be_sure(self, other: Ticket | None = None) -> None:
        """Ask once more before what cannot be taken back."""
        if self.form.words("sure") != "yes":
            raise Unsure(other)

    @property
    def standing(self) -> Standing:
        """How it stands with the ticket's firm."""
        customer = self.unit.person(self.ticket.customer_id)
        return standing_of(self.unit, self.ticket, customer, queries.history_of(self.unit.connection, self.ticket.id))


Outcome = Ticket | Refusal | Note


def _offers(call: _Call) -> Outcome:
    one = call.form.number("assign")
    return call.desk.offer(call.person, call.ticket, [one] if one else call.form.numbers("engineer"))


def _appointment(call: _Call) -> Outcome:
    start, end = call.moment("start"), call.moment("end")
    if start is None:
        raise Incomplete("start")
    if end is not None and end <= start:
        raise Incomplete("end")
    return call.desk.schedule(call.person, call.ticket, start, end)


def _merge(call: _Call) -> Outcome:
    number = call.form.words("number") or call.words("into")
    into = call.unit.ticket_numbered(number)
    if into is None:
        return Refusal("no_such_number", {"number": number})
    if into.id != call.ticket.id and into.is_open() and not call.desk.may(call.person, "merge", call.ticket):
        call.be_sure(into)  # what is refused anyway needs no asking
    return call.desk.merge(call.person, call.ticket, into)


def _split(call: _Call) -> Outcome:
    words = call.words("text")
    if call.ticket.is_open():
        call.be_sure()
    return call.desk.split(call.person, call.ticket, words)


def _new_firm(call: _Call) -> Outcome:
    standing = call.standing
    known = {firm.name: firm.id for firm in call.unit.organisations()}
    name = standing.written
    if not name:
        return call.desk.adopt_firm(call.person, call.ticket, standing, 0)
    return call.desk.adopt_firm(call.person, call.ticket, standing, known.get(name) or call.unit.add_organisation(name))


def _purchase(call: _Call) -> Outcome:
    try:
        day = date.fromisoformat(call.form.words("day"))
    except ValueError as unreadable:
        raise Incomplete("day") from unreadable
    return call.desk.set_purchase(call.person, call.ticket, day)


def _decision(call: _Call) -> Outcome:
    what, share = call.form.words("what"), call.form.number("share")
    ways: dict[str, Literal["uphold", "goodwill", "covered"]] = {name: name for name in ("uphold", "goodwill", "covered")}
    if what not in ways:
        raise Incomplete("what")
    return call.desk.decide_warranty(call.person, call.ticket, ways[what], share=share, why=call.form.words("why")[:LONGEST])


CHANGES: dict[str, Callable[[_Call], Outcome]] = {
    # noun           what the Desk is asked
    "replies": lambda c: c.desk.add_words(c.person, c.ticket, c.words("text")),
    "notes": lambda c: c.desk.add_words(c.person, c.ticket, c.words("text"), internal=True),
    "offers": _offers,
    "withdrawal": lambda c: c.desk.withdraw(c.person, c.ticket, c.form.words("note")),
    "visit": lambda c: c.desk.needs_visit(c.person, c.ticket, note=c.form.words("note")),
    "release": lambda c: c.desk.obstacle(c.person, c.ticket, c.words("reason")),
    "appointment": _appointment,
    "grade": lambda c: c.desk.regrade(c.person, c.ticket, c.form.number("grade")),
    "hold": lambda c: c.desk.hold(c.person, c.ticket, c.words("reason"), c.choice("waits_for", ("", "customer", "parts"))),
    "resumption": lambda c: c.desk.resume(c.person, c.ticket),
    "sign-off": lambda c: c.desk.sign_off(c.person, c.ticket),
    "dispute": lambda c: c.desk.dispute(c.person, c.ticket, c.words("reason")),
    "solution": lambda c: c.desk.solve_remotely(c.person, c.ticket),
    "help": lambda c: c.desk.take_over(c.person, c.ticket),
    "handing-back": lambda c: c.desk.hand_back(c.person, c.ticket),
    "sending-in": lambda c: c.desk.decide(c.person, c.ticket, "send_in"),
    "going": lambda c: c.desk.decide(c.person, c.ticket, "visit"),
    "question": lambda c: c.desk.ask_solved(c.person, c.ticket),
    "more-time": lambda c: c.desk.more_time(c.person, c.ticket),
    "closing": lambda c: c.desk.close(c.person, c.ticket, c.form.words("note")),
    "reopening": lambda c: c.desk.reopen(c.person, c.ticket, c.words("reason")),
    "merging": _merge,
    "splitting": _split,
    "firm": lambda c: c.desk.confirm_firm(c.person, c.ticket, c.standing),
    "no-firm": lambda c: c.desk.refuse_firm(c.person, c.ticket, c.standing),
    "new-firm": _new_firm,
    "cancellation": lambda c: c.desk.cancel(c.person, c.ticket, c.words("reason")),
    "exclusion": lambda c: c.desk.state_exclusion(c.person, c.ticket, c.words("exclusion"), holds=c.form.words("holds") != "no"),
    "purchase": _purchase,
    "warranty": _decision,
    "replacement": lambda c: c.desk.replace_machine(c.person, c.ticket, c.form.words("granted") == "yes"),
}
AGELESS = frozenset({"notes"})  # a note among colleagues is right whatever happened meanwhile


async def change(visit: Visit) -> web.StreamResponse:
    """Do what the form asks, or say on the page why not: 400 incomplete, 409 refused or overtaken; what was typed is kept."""
    number, noun, form = visit.request.match_info["number"], visit.request.match_info["noun"], visit.form
    if noun not in CHANGES:
        return visit.missing()

    def act(unit: Unit) -> Outcome | Stale | None:
        ticket, person = unit.ticket_numbered(number), unit.person(visit.person.id)
        if ticket is None or person is None:
            return None
        if noun not in AGELESS and _is_overtaken(unit, ticket, noun, form.number("version")):
            return Stale(form.number("version"))
        return CHANGES[noun](_Call(unit, FirmDesk(unit, unit.now, visit.parts.policies), person, ticket, form))

    again: dict[str, Any] = {"noun": noun, "typed": form.typed()}
    try:
        outcome = await visit.parts.store.write(act)
    except Incomplete as missing:
        return await ticket_page(visit, 400, incomplete=missing.args[0], **again)
    except Unsure as asks:
        return await ticket_page(visit, asks=noun, other=asks.args[0], **again)
    if outcome is None:
        return visit.missing()
    if isinstance(outcome, Stale):
        return await ticket_page(visit, 409, since=outcome.version, **again)
    if isinstance(outcome, Refusal):
        return await ticket_page(visit, 409, problem=visit.refusal(outcome), **again)
    if isinstance(outcome, Ticket):
        raise web.HTTPSeeOther(f"{BASE}/tickets/{outcome.number}")
    raise web.HTTPSeeOther(f"{BASE}/tickets/{number}#conversation")


def _is_overtaken(unit: Unit, ticket: Ticket, noun: str, version: int) -> bool:
    """Whether what happened since *version* must be seen first. More words from customer or engineer do not make a reply wrong."""
    if version == ticket.version:
        return False
    since = [row.verb for row in unit.history(ticket.id) if row.seq > version]
    return noun != "replies" or version > ticket.version or any(verb != "message" for verb in since)
