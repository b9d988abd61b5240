"""Owns the one path by which a ticket changes: check standing, fire the machine, write history, keep the clocks, refresh cards."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from aftersales import cards, lifecycle, warranty
from aftersales.cards import facts
from aftersales.matching import Candidate, distance_km, rank
from aftersales.people import Person, Role
from aftersales.policy import Policy
from aftersales.say import Say
from aftersales.ticket import HistoryRow, Offer, Refusal, Ticket
from aftersales.work import Work

# In which states each clock runs. Entering starts it, leaving stops it, "on_hold" lets it wait.
RUNS_IN = {
    "response": frozenset({"new", "graded", "queued", "reopened"}),  # a guided check is an answer; the promise begins anew after it
    "answer_offer": frozenset({"offered"}),
    "restore": frozenset(
        {
            "new",
            "graded",
            "remote",
            "support",
            "queued",
            "offered",
            "accepted",
            "scheduled",
            "en_route",
            "on_site",
            "reopened",
        }
    ),
    "remote_limit": frozenset({"support"}),
    "sign_off": frozenset({"repaired"}),
    "survey": frozenset({"signed_off"}),
}


class DeskBase:
    """What every ability stands on. *now* is aware UTC, the caller's clock."""

    def __init__(self, work: Work, now: datetime, policy: Policy) -> None:
        self.work = work
        self.now = now
        self.policy = policy

    # -- changing a ticket ------------------------------------------------------------------------------------------

    def standing(self, actor: Person | None, ticket: Ticket) -> frozenset[str]:
        """What *actor* is to this ticket: any of system, customer, dispatcher, supervisor, support, engineer, candidate."""
        if actor is None:
            return frozenset({"system"})
        found = {role.value for role in actor.roles & {Role.DISPATCHER, Role.SUPERVISOR, Role.SUPPORT}}
        if actor.id == ticket.customer_id:
            found.add("customer")
        if actor.id == ticket.engineer_id:
            found.add("engineer")
        if any(o.engineer_id == actor.id and o.state == "open" for o in self.work.offers(ticket.id)):
            found.add("candidate")
        return frozenset(found)

    def may(self, actor: Person | None, verb: str, ticket: Ticket) -> Refusal | None:
        """Why *actor* cannot use *verb* on the ticket now, or None when they can."""
        if not lifecycle.standings_for(verb) & self.standing(actor, ticket):
            return Refusal("not_yours", {"number": ticket.number, "state": ticket.state})
        if lifecycle.after(ticket, verb) is None:
            return Refusal("not_now", {"number": ticket.number, "state": ticket.state})
        return None

    def _move(self, actor: Person | None, verb: str, ticket: Ticket, note: str = "", **noted: Any) -> Ticket | Refusal:
        """Carry out one move of the lifecycle, or refuse it. Fields of the ticket may have been changed before the call."""
        if refusal := self.may(actor, verb, ticket):
            return refusal
        before, to = ticket.state, lifecycle.after(ticket, verb)
        assert to is not None
        ticket.state = to
        self._keep_clocks(ticket, before, verb)  # before the record: a new promise is a field of the ticket
        self._record(actor, verb, ticket, before, note, **noted)
        return ticket

    def _record(self, actor: Person | None, verb: str, ticket: Ticket, from_state: str, note: str = "", **noted: Any) -> None:
        ticket.version += 1
        row = HistoryRow(
            ticket.id, ticket.version, self.now, actor.id if actor else None, verb, from_state, ticket.state, note, noted
        )
        self.work.save_ticket(ticket, row)

    def _keep_clocks(self, ticket: Ticket, before: str, verb: str) -> None:
        if ticket.state == "on_hold":
            self.work.pause_clocks(ticket.id, self.now)
            return
        if before == "on_hold" and ticket.state != "cancelled":
            self.work.resume_clocks(ticket.id, self.now)
            return
        running = {clock.kind: clock for clock in self.work.running_clocks(ticket.id)}
        for kind, states in RUNS_IN.items():
            again = verb == "offer" and kind == "answer_offer"
            if kind in running and (ticket.state not in states or again):
                self.work.stop_clock(running[kind].id, self.now)
            if ticket.state in states and (before not in states or again):
                self._start_clock(ticket, kind)

    def _start_clock(self, ticket: Ticket, kind: str) -> None:
        due = self.policy.due(kind, ticket.grade, self.now)
        self.work.start_clock(ticket.id, kind, self.now, due, ticket.round)
        if kind == "response":
            ticket.respond_by = due

    # -- telling people ---------------------------------------------------------------------------------------------

    def tell_role(self, role: Role, say: Say, *, but: int | None = None) -> None:
        """Queue *say* for everybody who holds *role*, except the person *but*."""
        for person in self.work.people_with(role):
            if person.id != but:
                self.work.tell(person.id, say)

    def show_case(self, ticket: Ticket, *, fresh: bool) -> None:
        """Put the ticket's card before the dispatchers: as news (*fresh*), or by changing the card they have."""
        card = self.case_card(ticket, fresh=fresh)
        for person in self.work.people_with(Role.DISPATCHER):
            self.work.tell(person.id, card)

    def case_card(self, ticket: Ticket, *, fresh: bool) -> Say:
        """The dispatcher's card of the ticket as it stands now."""
        customer = self.work.person(ticket.customer_id)
        engineer = self.work.person(ticket.engineer_id) if ticket.engineer_id else None
        dispatcher = self.work.person(ticket.dispatcher_id) if ticket.dispatcher_id else None
        offered = [o.engineer_id for o in self.work.offers(ticket.id) if o.state == "open"]
        return cards.dispatch_card(
            ticket,
            self.candidates(ticket),
            customer=customer.name if customer else "",
            engineer=engineer.name if engineer else "",
            dispatcher=dispatcher.name if dispatcher else "",
            warranty=self.warranty_of(ticket),
            earlier=len(self.work.earlier_tickets(ticket)),
            offered=[person.name for person in map(self.work.person, offered) if person],
            fresh=fresh,
        )

    def show_job(self, ticket: Ticket, engineer: Person, *, offer: Offer | None = None, fresh: bool) -> None:
        """Put the job's card before one engineer."""
        self.work.tell(engineer.id, self.job_card(ticket, engineer, offer=offer, fresh=fresh))

    def job_card(self, ticket: Ticket, engineer: Person, *, offer: Offer | None = None, fresh: bool) -> Say:
        """The engineer's card of the ticket as it stands now."""
        if offer is None:
            offer = next((o for o in self.work.offers(ticket.id) if o.engineer_id == engineer.id and o.state == "open"), None)
        place = next((e for e in self.work.engineers() if e.person.id == engineer.id), None)
        km = distance_km(ticket.report.lat, ticket.report.lon, place.lat, place.lon) if place else None
        parts = self.work.parts(ticket.parts)
        return cards.job_card(ticket, engineer, parts, offer_id=offer.id if offer else 0, km=km, fresh=fresh)

    def show_status(self, ticket: Ticket, text: str, **more: Any) -> None:
        """Tell the customer what has just happened to the ticket, with the text below dialogs/texts/customer."""
        engineer = self.work.person(ticket.engineer_id) if ticket.engineer_id else None
        card = cards.status_card(ticket, engineer)
        self.work.tell(ticket.customer_id, replace(card, text=f"customer/{text}", params={**card.params, **more}, slot=""))
        for person_id in self.work.followers(ticket.id):
            self.work.tell(person_id, Say("customer/followed", facts(ticket), slot=f"follows{ticket.id}"))

    def _close_offers(self, ticket: Ticket) -> None:
        for offer in self.work.offers(ticket.id):
            if offer.state == "open":
                offer.state, offer.answered_at = "withdrawn", self.now
                self.work.save_offer(offer)
                gone = Say("job/gone", facts(ticket) | {"who": ""}, slot=f"job{ticket.id}", fresh=False)
                self.work.tell(offer.engineer_id, gone)

    # -- questions --------------------------------------------------------------------------------------------------

    def candidates(self, ticket: Ticket) -> list[Candidate]:
        """Engineers for this job, best first, with the reasons."""
        gave_back = frozenset(o.engineer_id for o in self.work.offers(ticket.id) if o.state == "returned")
        return rank(ticket, self.work.engineers(), gave_back)

    def warranty_of(self, ticket: Ticket) -> warranty.Verdict:
        """Whether the machine was under warranty on the day of the report."""
        asset = self.work.asset(ticket.report.asset_id) if ticket.report.asset_id else None
        day = ticket.opened_at.astimezone(self.policy.hours.zone).date()
        return warranty.by_date(asset.warranty_until if asset else "", day)
