"""Owns what follows from who pays (D7, D8): telling it in time, the customer's objection, decisions, and a replacement."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from aftersales import cover_cards, cover_record, warranty
from aftersales.abilities.base import DeskBase
from aftersales.cards import facts
from aftersales.exclusions import EXCLUSIONS, Statement, weigh
from aftersales.people import Person, Role
from aftersales.say import Say
from aftersales.ticket import Note, Refusal, Ticket
from aftersales.warranty import Decision, Verdict

# Who may speak of an exclusion, the heaviest first: somebody of several parts speaks with the heaviest.
SPEAKERS = ("supervisor", "engineer", "dispatcher", "support")
TO_BE_PAID = frozenset({"out", "excluded"})  # what sales hear of


@dataclass(frozen=True, slots=True)
class News:
    """A verdict to be told; *sells*: sales hear of it, *replaces*: the supervisor is asked about another machine."""

    verdict: Verdict
    sells: bool
    replaces: bool


class Cover(DeskBase):
    """From the verdict to the people whom it concerns."""

    # -- telling ----------------------------------------------------------------------------------------------------

    def cover_card(self, ticket: Ticket, *, fresh: bool = True) -> Say:
        """What the customer is told of who pays, as it stands now."""
        return cover_cards.customer_card(ticket, self.verdict_of(ticket), fresh=fresh)

    def cover_sheet(self, ticket: Ticket, reader: Person) -> Say:
        """The verdict with its lines and clauses for somebody at the desk, and what that person may do about it."""
        standing = self.standing(reader, ticket)
        return cover_cards.staff_card(ticket, self.verdict_of(ticket), standing, self.share_open(ticket))

    def share_open(self, ticket: Ticket) -> int:
        """How many percent the policy has goodwill share a cost; 0: it has none."""
        return self.warranty_rules(ticket).goodwill_share

    def _news_of_cover(self, ticket: Ticket) -> News | None:
        """
        The verdict, when the customer is to be told of it for the first time now.

        Call it before the move that saves the ticket, and _tell_cover behind it.
        """
        if ticket.report.service != "repair" or ticket.warranty.get("told"):
            return None
        verdict = self.verdict_of(ticket)
        ticket.warranty = cover_record.with_told(ticket.warranty, verdict)
        news = News(
            verdict,
            sells=verdict.standing in TO_BE_PAID and not ticket.warranty.get("sales"),
            replaces=verdict.replacement and not ticket.warranty.get("replacement"),
        )
        ticket.warranty = {**ticket.warranty, **({"sales": True} if news.sells else {})}
        ticket.warranty = {**ticket.warranty, **({"replacement": "asked"} if news.replaces else {})}
        return news

    def _tell_cover(self, ticket: Ticket, news: News | None) -> None:
        """Tell customer, sales and supervisor what _news_of_cover has found; nothing for None."""
        if news is None:
            return
        verdict = news.verdict
        if verdict.standing != "in" or verdict.costs():  # that it is all free stands on the status
            self.work.tell(ticket.customer_id, cover_cards.customer_card(ticket, verdict))
        if news.sells:
            self._tell_sales(ticket, verdict)
        if news.replaces:
            self.tell_role(Role.SUPERVISOR, self._replacement_card(ticket))

    def sales_of(self, ticket: Ticket) -> list[int]:
        """Who sells to this customer: the firm's own, else everybody in sales."""
        firm = self.work.organisation(ticket.organisation_id) if ticket.organisation_id else None
        if firm and firm.sales_id:
            return [firm.sales_id]
        return [person.id for person in self.work.people_with(Role.SALES)]

    def sales_card(self, ticket: Ticket, verdict: Verdict) -> Say:
        """A case that has to be paid for, as sales are told of it."""
        firm = self.work.organisation(ticket.organisation_id) if ticket.organisation_id else None
        customer = self.work.person(ticket.customer_id)
        told = {"customer": customer.name if customer else "", "organisation": firm.name if firm else ""}
        return Say("warranty/sales", facts(ticket) | warranty.facts(verdict) | told)

    def _tell_sales(self, ticket: Ticket, verdict: Verdict) -> None:
        say = self.sales_card(ticket, verdict)
        for person_id in self.sales_of(ticket):
            if person_id != ticket.customer_id:
                self.work.tell(person_id, say)

    def _changes_cover(self, actor: Person | None, ticket: Ticket, verb: str, note: str, kept: Mapping[str, Any]) -> bool:
        """
        Put *kept* on record as what is known of the warranty; True when that changes what the customer pays.

        Then they are told, and may object anew.
        """
        before = self.verdict_of(ticket)
        ticket.warranty = dict(kept)
        now = self.verdict_of(ticket)
        changed = _means(before) != _means(now) and ticket.report.service == "repair"
        sells = changed and now.standing in TO_BE_PAID and not ticket.warranty.get("sales")
        if changed:
            ticket.warranty = cover_record.with_told(ticket.warranty, now) | {"disputed": cover_record.answered(ticket.warranty)}
        if sells:
            ticket.warranty = {**ticket.warranty, "sales": True}
        self._record(actor, verb, ticket, ticket.state, note, **_noted(now))
        if changed:
            self.work.tell(ticket.customer_id, cover_cards.customer_card(ticket, now))
        if sells:
            self._tell_sales(ticket, now)
        self.show_case(ticket, fresh=False)
        return changed

    # -- what is found out --------------------------------------------------------------------------------------------

    def state_exclusion(self, actor: Person, ticket: Ticket, exclusion: str, *, holds: bool = True) -> Ticket | Refusal:
        """
        Somebody says that an exclusion holds, or that it does not (holds=False).

        A dispatcher's word asks the supervisor; the engineer's counts, on site with the finding written; a supervisor's decides.
        """
        standing = self.standing(actor, ticket)
        part = next((name for name in SPEAKERS if name in standing), None)
        if part is None:
            return Refusal("not_yours", {"number": ticket.number, "state": ticket.state})
        if exclusion not in EXCLUSIONS:
            return Refusal("gone")
        on_site = part == "engineer" and ticket.state == "on_site" and bool(ticket.finding)
        if not ticket.is_open() or (part == "engineer" and not on_site):
            return Refusal("not_now", {"number": ticket.number, "state": ticket.state})
        words = ticket.finding if part == "engineer" else ""
        kept = cover_record.with_statement(ticket.warranty, Statement(exclusion, part, holds, on_site, words), actor.id, self.now)
        told = self._changes_cover(actor, ticket, "exclude" if holds else "not_excluded", exclusion, kept)
        if holds and part != "supervisor":
            asked = exclusion in weigh(cover_record.statements(ticket.warranty)).hints
            card = cover_cards.stated_card(
                ticket, self.verdict_of(ticket), self.share_open(ticket), actor.name, exclusion, asked=asked, told=told
            )
            self.tell_role(Role.SUPERVISOR, card, but=actor.id)
        return ticket

    def set_purchase(self, actor: Person, ticket: Ticket, day: date) -> Ticket | Refusal:
        """Somebody at the desk has seen when the machine was bought: it goes on record, and the customer hears what follows."""
        if not self.standing(actor, ticket) & {"dispatcher", "supervisor"}:
            return Refusal("not_yours", {"number": ticket.number, "state": ticket.state})
        if not ticket.is_open():
            return Refusal("not_now", {"number": ticket.number, "state": ticket.state})
        if day > self.day_of(ticket.opened_at):
            return Refusal("bought_later", {"number": ticket.number})
        before = ticket.warranty
        verdict = self.verdict_of(ticket)
        if ticket.report.asset_id:
            self.work.note_purchase(ticket.report.asset_id, day.isoformat())
        ticket.warranty = {**before, "purchased": day.isoformat()}
        self._learnt(actor, ticket, verdict, day)
        return ticket

    def hand_in_invoice(self, customer: Person, ticket: Ticket, files: tuple[int, ...], words: str = "") -> Ticket | Refusal:
        """The customer sends the invoice: the dispatchers get it, with a button to put the day of purchase on record."""
        if customer.id != ticket.customer_id:
            return Refusal("not_yours", {"number": ticket.number, "state": ticket.state})
        if not ticket.is_open():
            return Refusal("not_now", {"number": ticket.number, "state": ticket.state})
        self.work.add_note(Note(ticket.id, customer.id, self.now, words, files))
        if files:
            self.work.attach(files, ticket.id)
        self._record(customer, "invoice", ticket, ticket.state, words)
        say = cover_cards.invoice_card(ticket, customer.name, files, words)
        told = [ticket.dispatcher_id] if ticket.dispatcher_id else [p.id for p in self.work.people_with(Role.DISPATCHER)]
        for person_id in told:
            self.work.tell(person_id, say)
        return ticket

    # -- objecting and deciding ---------------------------------------------------------------------------------------

    def dispute_warranty(self, customer: Person, ticket: Ticket) -> Ticket | Refusal:
        """The customer sees it differently: a supervisor is asked at once. Words may follow by word_of_dispute."""
        if customer.id != ticket.customer_id:
            return Refusal("not_yours", {"number": ticket.number, "state": ticket.state})
        if not ticket.is_open():
            return Refusal("not_now", {"number": ticket.number, "state": ticket.state})
        if cover_record.is_disputed(ticket.warranty):
            return Refusal("supervisor_looks", {"number": ticket.number})
        made = cover_record.decisions(ticket.warranty)
        if made and ticket.warranty.get("disputed"):
            return Refusal("decided_already", {"number": ticket.number, "what": made[-1]["what"], "share": made[-1]["share"]})
        if not self.verdict_of(ticket).costs():
            return Refusal("costs_nothing", {"number": ticket.number})
        ticket.warranty = cover_record.with_dispute(ticket.warranty, self.now)
        self._record(customer, "dispute_warranty", ticket, ticket.state)
        self.tell_role(Role.SUPERVISOR, self._disputed_card(ticket, customer, ""))
        self.show_case(ticket, fresh=False)
        return ticket

    def word_of_dispute(self, customer: Person, ticket: Ticket, words: str) -> Ticket | Refusal:
        """Why the customer sees it differently, in their words; it goes to the supervisor who is asked."""
        if customer.id != ticket.customer_id:
            return Refusal("not_yours", {"number": ticket.number, "state": ticket.state})
        disputed = dict(ticket.warranty.get("disputed") or {})
        ticket.warranty = {**ticket.warranty, "disputed": disputed | {"words": words}}
        self.work.add_note(Note(ticket.id, customer.id, self.now, words))
        self._record(customer, "message", ticket, ticket.state, words)
        if cover_record.is_disputed(ticket.warranty):
            self.tell_role(Role.SUPERVISOR, self._disputed_card(ticket, customer, words))
        return ticket

    def decide_warranty(
        self,
        actor: Person,
        ticket: Ticket,
        what: Literal["uphold", "goodwill", "covered"],
        *,
        share: int = 100,
        why: str = "",
        after: int | None = None,
    ) -> Ticket | Refusal:
        """
        The supervisor decides who pays; the customer is told.

        Args:
            share: percent, 1 to 100; counts for goodwill.
            after: how many decisions there were when they looked; refused when somebody has decided since. None: do not ask.
        """
        if "supervisor" not in self.standing(actor, ticket):
            return Refusal("not_yours", {"number": ticket.number, "state": ticket.state})
        made = cover_record.decisions(ticket.warranty)
        if after is not None and after != len(made):
            return Refusal("decided_already", {"number": ticket.number, "what": made[-1]["what"], "share": made[-1]["share"]})
        if not ticket.is_open():
            return Refusal("not_now", {"number": ticket.number, "state": ticket.state})
        if what == "goodwill" and not 1 <= share <= 100:
            return Refusal("no_share", {"number": ticket.number})
        decision = Decision(actor.id, what, share if what == "goodwill" else 100)
        ticket.warranty = cover_record.with_decision(ticket.warranty, decision, why, self.now)
        verdict = self.verdict_of(ticket)
        ticket.warranty = cover_record.with_told(ticket.warranty, verdict)
        self._record(actor, "decide_warranty", ticket, ticket.state, what, **_noted(verdict), share=decision.share, why=why)
        told = facts(ticket) | warranty.facts(verdict) | {"share": decision.share, "why": why}
        self.work.tell(ticket.customer_id, Say(f"warranty/decided_{what}", told, slot=f"cover{ticket.id}"))
        self.show_case(ticket, fresh=False)
        return ticket

    # -- the same fault again -----------------------------------------------------------------------------------------

    def replace_machine(self, actor: Person, ticket: Ticket, granted: bool) -> Ticket | Refusal:
        """The supervisor decides whether the customer gets another machine; they hear of it when they do."""
        if "supervisor" not in self.standing(actor, ticket):
            return Refusal("not_yours", {"number": ticket.number, "state": ticket.state})
        decided = ticket.warranty.get("replacement")
        if decided in ("granted", "declined"):
            return Refusal("replacement_decided", {"number": ticket.number, "granted": decided == "granted"})
        if not ticket.is_open():
            return Refusal("not_now", {"number": ticket.number, "state": ticket.state})
        ticket.warranty = {**ticket.warranty, "replacement": "granted" if granted else "declined"}
        self._record(actor, "replacement", ticket, ticket.state, "granted" if granted else "declined")
        if granted:
            self.work.tell(ticket.customer_id, Say("warranty/replaced", facts(ticket)))
            self.tell_role(Role.DISPATCHER, Say("warranty/exchange", facts(ticket) | {"who": actor.name}), but=actor.id)
        self.show_case(ticket, fresh=False)
        return ticket

    # -- inside -------------------------------------------------------------------------------------------------------

    def _learnt(self, actor: Person, ticket: Ticket, before: Verdict, day: date) -> None:
        """What a day of purchase changes: customer, sales and supervisor hear what they would have heard at once."""
        now = self.verdict_of(ticket)
        told = bool(ticket.warranty.get("told"))
        changed = _means(before) != _means(now)
        news = None
        if changed and told:
            kept = {name: value for name, value in ticket.warranty.items() if name not in ("told", "disputed")}
            ticket.warranty = kept
            news = self._news_of_cover(ticket)
        self._record(actor, "purchase", ticket, ticket.state, day.isoformat(), **_noted(now))
        self._tell_cover(ticket, news)
        if news and now.standing == "in" and not now.costs():  # they were told that it was not known
            self.work.tell(ticket.customer_id, cover_cards.customer_card(ticket, now))
        self.show_case(ticket, fresh=False)

    def _disputed_card(self, ticket: Ticket, customer: Person, words: str) -> Say:
        return cover_cards.disputed_card(ticket, self.verdict_of(ticket), self.share_open(ticket), customer.name, words)

    def _replacement_card(self, ticket: Ticket) -> Say:
        same = [one for one in self._finished_before(ticket) if warranty.same_fault(ticket, one)]
        earlier = [{"number": one.number, "day": self.day_of(one.opened_at).isoformat()} for one in same]
        return cover_cards.replacement_card(ticket, earlier, self.warranty_rules(ticket).repeat.days)


def _means(verdict: Verdict) -> tuple[Any, ...]:
    """What a verdict means to the customer: two that are equal in this are one to them."""
    return verdict.standing, verdict.until, verdict.clause, tuple((line.kind, line.share) for line in verdict.lines)


def _noted(verdict: Verdict) -> dict[str, Any]:
    """What the progress record keeps of a verdict."""
    return {"standing": verdict.standing, "clauses": {line.kind: [line.share, line.clause] for line in verdict.lines}}
