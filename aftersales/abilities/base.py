"""Owns the one path by which a ticket changes: check standing, fire the machine, write history, keep the clocks, refresh cards."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Literal

from aftersales import cards, cover_record, lifecycle, warranty
from aftersales.cards import facts
from aftersales.clocks import ABSENT, DAY_BEFORE, FOLLOW_UP, NO_WORD, ON_TIME, SOON, Clocks
from aftersales.contracts import Contract, contract_for
from aftersales.exclusions import weigh
from aftersales.matching import Candidate, distance_km, rank
from aftersales.people import Absence, Asset, Person, Role
from aftersales.policies import Policies, Why
from aftersales.policy import Policy
from aftersales.policy_rules import WarrantyRules
from aftersales.priority import Reason, ranks_at, reasons
from aftersales.say import Say
from aftersales.ticket import HistoryRow, Offer, Refusal, Ticket
from aftersales.travel import GreatCircle
from aftersales.warranty import Verdict
from aftersales.work import Work

# In which states each clock runs. Entering starts it, leaving stops it, "on_hold" lets it wait.
RUNS_IN = {
    "response": frozenset({"new", "graded", "queued", "reopened"}),  # a guided check is an answer; the promise begins anew after it
    "unhappy": frozenset({"reopened"}),
    "answer_offer": frozenset({"offered"}),
    "contact": frozenset({"accepted"}),
    "quote": frozenset({"queued", "offered", "accepted", "scheduled", "en_route", "on_site"}),
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
# A state is not the whole story of these two: a diagnosis is made once, and the survey runs from when it is asked.
ENDS_WITH = {"quote": "find"}
STARTED_ELSEWHERE = frozenset({"survey"})
# In which states a reminder still has an object.
REMINDS_IN = {
    ABSENT: frozenset({"offered"}),
    FOLLOW_UP: frozenset({"signed_off"}),
    DAY_BEFORE: frozenset({"scheduled"}),
    SOON: frozenset({"scheduled"}),
    ON_TIME: frozenset({"scheduled"}),
    NO_WORD: frozenset({"scheduled"}),
}
RECENT = timedelta(days=30)  # what a fair share is counted over


class DeskBase:
    """What every ability stands on. *now* is aware UTC, the caller's clock."""

    def __init__(self, work: Work, now: datetime, policies: Policies) -> None:
        self.work = work
        self.now = now
        self.policies = policies
        self.policy = policies.default
        self.clocks = Clocks(work, now, self.policy_of)

    def policy_of(self, ticket: Ticket) -> Policy:
        """The way of working that was chosen for the ticket when it was opened."""
        return self.policies.named(ticket.policy)

    # -- changing a ticket ------------------------------------------------------------------------------------------

    def standing(self, actor: Person | None, ticket: Ticket) -> frozenset[str]:
        """What *actor* is to this ticket: any of system, customer, dispatcher, supervisor, support, engineer, candidate."""
        if actor is None:
            return frozenset({"system"})
        found = {role.value for role in actor.roles & {Role.DISPATCHER, Role.SUPERVISOR, Role.SUPPORT}}
        if Role.MANAGER in actor.roles:  # whoever is told last may do whatever is needed
            found.add("supervisor")
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
        why, by = noted.get("waits_for") or note, actor.id if actor else None
        self._keep_clocks(ticket, before, verb, why, by)  # before the record: a new promise is a field of the ticket
        self._record(actor, verb, ticket, before, note, **noted)
        return ticket

    def _record(self, actor: Person | None, verb: str, ticket: Ticket, from_state: str, note: str = "", **noted: Any) -> None:
        ticket.version += 1
        row = HistoryRow(
            ticket.id, ticket.version, self.now, actor.id if actor else None, verb, from_state, ticket.state, note, noted
        )
        self.work.save_ticket(ticket, row)

    def _keep_clocks(self, ticket: Ticket, before: str, verb: str, why: str = "", by: int | None = None) -> None:
        if ticket.state == "on_hold":
            self.clocks.pause(ticket, why, by)
            return
        if before == "on_hold" and ticket.state != "cancelled":
            self.clocks.resume(ticket, by)
            return
        running = {clock.kind: clock for clock in self.work.running_clocks(ticket.id)}
        for kind in running.keys() & REMINDS_IN.keys():
            if ticket.state not in REMINDS_IN[kind]:
                self.clocks.stop(running[kind])
        for kind, states in RUNS_IN.items():
            again = verb == "offer" and kind == "answer_offer"
            ends = ticket.state not in states or ENDS_WITH.get(kind) == verb
            if kind in running and (ends or again):
                self.clocks.stop(running[kind], by)
            diagnosed = kind in ENDS_WITH and before == "repaired"
            theirs = kind == "contact" and verb == "call_off" and by == ticket.customer_id  # they write when it suits them
            begins = ticket.state in states and (before not in states or again) and not diagnosed and not theirs
            if begins and kind not in STARTED_ELSEWHERE:
                self._start_clock(ticket, kind)

    def _start_clock(self, ticket: Ticket, kind: str, budget: timedelta | None = None) -> None:
        clock = self.clocks.start(ticket, kind, budget)
        if kind == "response":
            ticket.respond_by = clock.due if clock else None

    def _choose_policy(self, ticket: Ticket) -> None:
        """By contract, firm, product line or the house's own; and the one for after the warranty, when that is over."""
        ticket.warranty = {**ticket.warranty, "policy": self._chosen(ticket, None)[0].name}  # whose warranty it is stays the same
        ticket.policy = self._policy_today(ticket)[0].name

    def _policy_today(self, ticket: Ticket) -> tuple[Policy, Why]:
        standing = self.verdict_of(ticket).standing
        return self._chosen(ticket, None if standing == "unknown" else standing not in ("out", "goodwill"))

    def _chosen(self, ticket: Ticket, covered: bool | None) -> tuple[Policy, Why]:
        contract = self.contract_of(ticket)
        firm = self.work.organisation(ticket.organisation_id) if ticket.organisation_id else None
        line = self.policies.product_line(ticket.report.family, ticket.report.brand)
        return self.policies.choose(contract.policy if contract else "", firm.policy if firm else "", line, covered)

    def why_policy(self, ticket: Ticket) -> Why | Literal["earlier"]:
        """Why the ticket goes by its policy; "earlier" when what spoke for it at the report speaks for another one now."""
        chosen, why = self._policy_today(ticket)
        return why if chosen.name == self.policy_of(ticket).name else "earlier"

    def _put_in_order(self, ticket: Ticket) -> None:
        """Give the ticket its place in the queue."""
        ticket.ranks_at = ranks_at(ticket.opened_at, self.priority_of(ticket))

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
            verdict=warranty.facts(self.verdict_of(ticket)),
            earlier=len(self.work.earlier_tickets(ticket)),
            offered=[person.name for person in map(self.work.person, offered) if person],
            priority=self.priority_of(ticket),
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
        may_refuse = self.policy_of(ticket).refuse == "yes"
        return cards.job_card(ticket, engineer, parts, offer_id=offer.id if offer else 0, km=km, may_refuse=may_refuse, fresh=fresh)

    def show_status(self, ticket: Ticket, text: str, *, attach: str = "", **more: Any) -> None:
        """Tell the customer what has just happened to the ticket, with the text below dialogs/texts/customer."""
        engineer = self.work.person(ticket.engineer_id) if ticket.engineer_id else None
        card = cards.status_card(ticket, engineer)
        params = {**card.params, "sequence": ticket.visit.get("sequence", 0), **more}
        self.work.tell(ticket.customer_id, replace(card, text=f"customer/{text}", params=params, slot="", attach=attach))
        for person_id in self.work.followers(ticket.id):
            self.work.tell(person_id, Say("customer/followed", facts(ticket), slot=f"follows{ticket.id}"))

    def _moved_on(self, ticket: Ticket) -> None:
        """A calendar takes only what is numbered higher than what it has."""
        ticket.visit = {**ticket.visit, "sequence": ticket.visit.get("sequence", -1) + 1}

    def _visit_off(self, ticket: Ticket) -> dict[str, Any]:
        """
        What takes the agreed visit out of calendars, for a text that says that nobody comes then; empty when none is agreed.

        Ask while the ticket still has its visit and its engineer, before it is moved on and so saved.
        """
        if ticket.appointment_start is None:
            return {}
        self._moved_on(ticket)
        engineer = self.work.person(ticket.engineer_id) if ticket.engineer_id else None
        was = {"before_start": ticket.appointment_start, "before_end": ticket.appointment_end}
        now = {"appointment_start": None, "appointment_end": None, "sequence": ticket.visit["sequence"]}
        return cards.whereabouts(ticket) | was | now | {"engineer": engineer.name if engineer else ""}

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
        machine, customer = self.work.last_served(ticket.report.asset_id, ticket.customer_id)
        return rank(
            ticket,
            self.work.engineers(),
            frozenset(o.engineer_id for o in self.work.offers(ticket.id) if o.state == "returned"),
            travel=GreatCircle(self.policy_of(ticket).speed_kmh),
            due=min((c.due for c in self.work.running_clocks(ticket.id) if c.kind == "restore"), default=None),
            free_from={a.person_id: a.ends for a in self.away_now()},
            recent=self.work.recent_jobs(self.now - RECENT),
            served_machine=machine,
            served_customer=customer,
            away=frozenset(a.person_id for a in self.away_now()),
        )

    def away_now(self) -> list[Absence]:
        """Who is not at work at this moment."""
        return [absence for absence in self.work.absences(self.now) if absence.begins <= self.now]

    def contract_of(self, ticket: Ticket) -> Contract | None:
        """The contract that covers the machine on the day of the report, None when none does."""
        if not ticket.organisation_id:
            return None
        contracts, report = self.work.contracts_of(ticket.organisation_id), ticket.report
        return contract_for(contracts, report.asset_id, report.family, ticket.organisation_id, self.day_of(ticket.opened_at))

    def priority_of(self, ticket: Ticket) -> tuple[Reason, ...]:
        """What speaks for the ticket in the queue (D4), the strongest first."""
        firm = self.work.organisation(ticket.organisation_id) if ticket.organisation_id else None
        contract = self.contract_of(ticket)
        rules = self.policy_of(ticket).priority
        return reasons(ticket.grade, ticket.hazard, firm.importance if firm else 1, contract.level if contract else "", rules)

    def day_of(self, moment: datetime) -> date:
        """Which day that moment is at the desk."""
        return moment.astimezone(self.policy.hours.zone).date()

    # -- who pays -------------------------------------------------------------------------------------------------------

    def verdict_of(self, ticket: Ticket) -> Verdict:
        """Who pays for the case, by all that is on record of it now (docs/warranty.md)."""
        said = weigh(cover_record.statements(ticket.warranty))
        before = [(one, warranty.same_fault(ticket, one)) for one in self._finished_before(ticket)]
        return warranty.judge(
            self._machine(ticket),
            self.day_of(ticket.opened_at),
            self.warranty_rules(ticket),
            contract=self.contract_of(ticket),
            excluded=said.excluded,
            hints=said.hints,
            decision=cover_record.decision(ticket.warranty),
            repaired_on=max((day for one, same in before if same for day in self._repaired(one)), default=None),
            earlier=[(self.day_of(one.opened_at), same) for one, same in before],
        )

    def warranty_rules(self, ticket: Ticket) -> WarrantyRules:
        """The warranty that was promised: of the policy chosen for the ticket before the end of the warranty changed it."""
        kept = ticket.warranty.get("policy")
        return (self.policies.named(kept) if kept else self._chosen(ticket, None)[0]).warranty

    def _finished_before(self, ticket: Ticket) -> list[Ticket]:
        """Earlier cases of the machine that came to an end by being solved."""
        earlier = self.work.earlier_tickets(ticket)
        return [one for one in earlier if one.state in ("signed_off", "closed") and one.opened_at <= ticket.opened_at]

    def _repaired(self, ticket: Ticket) -> list[date]:
        return [self.day_of(row.at) for row in self.work.history(ticket.id) if row.verb == "finish"]

    def _machine(self, ticket: Ticket) -> Asset | None:
        """The machine on record; one that is not, as soon as somebody at the desk has noted when it was bought."""
        report, bought = ticket.report, str(ticket.warranty.get("purchased") or "")
        asset = self.work.asset(report.asset_id) if report.asset_id else None
        if asset is None and bought:
            return Asset(0, report.serial, report.family, report.brand, report.model, purchased_on=bought)
        return asset
