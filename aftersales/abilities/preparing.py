"""Owns what the engineer takes along (A6): the list of one job, what is packed, what is missing and who hears of it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from aftersales import preparation
from aftersales.abilities.visit import Visit
from aftersales.cards import button, facts
from aftersales.matching import distance_km
from aftersales.people import Part, Person, Role
from aftersales.preparation import Item
from aftersales.say import Button, Rows, Say, worded
from aftersales.ticket import Offer, Refusal, Ticket

PACKABLE = frozenset({"accepted", "scheduled"})  # before the engineer sets off
BOOKED = frozenset({"transport", "lodging"})  # nobody packs these: they are arranged, and said so by a tap of their own
MISSING_ROW = ("reply", "send_other", "record")


class Preparing(Visit):
    """From the list to a van that has everything on board. The ticks stand on the ticket, for the engineer who has the job."""

    def preparation_of(self, ticket: Ticket) -> tuple[Item, ...]:
        """
        What to take along to this job, each thing once, parts first.

        Transport and lodging are among it where the customer is farther from the engineer's place than the policy's far_km;
        while one of the two places is not on the map, they are not.
        """
        engineer = next((e for e in self.work.engineers() if e.person.id == ticket.engineer_id), None)
        km = distance_km(ticket.report.lat, ticket.report.lon, engineer.lat, engineer.lon) if engineer else None
        known = {part.number: part for part in self.work.parts(ticket.parts)}
        return self.policies.preparation.list_for(
            ticket.report.family,
            ticket.report.service,
            ticket.hazard,
            [known.get(number, Part(number)) for number in ticket.parts],
            far=km is not None and km > self.policy_of(ticket).far_km,
            contract=self.contract_of(ticket) is not None,
            paid=self._may_cost(ticket),
        )

    def unready(self, ticket: Ticket) -> int:
        """How many things of the list are not packed, the missing ones among them."""
        return sum(preparation.standing(ticket.prepared, item.key)[0] != "ok" for item in self.preparation_of(ticket))

    def pack_all(self, engineer: Person, ticket: Ticket) -> Ticket | Refusal:
        """Everything that goes into the van is packed, except what is missing; transport and lodging are not meant."""
        return self._mark_all(engineer, ticket, "pack_all", [i for i in self.preparation_of(ticket) if i.kind not in BOOKED])

    def book_all(self, engineer: Person, ticket: Ticket) -> Ticket | Refusal:
        """Transport and lodging of a far job are arranged, except what is missing."""
        return self._mark_all(engineer, ticket, "book_all", [i for i in self.preparation_of(ticket) if i.kind in BOOKED])

    def pack(self, engineer: Person, ticket: Ticket, key: str) -> Ticket | Refusal:
        """One thing is packed; the dispatchers hear it if it was missing."""
        return self._mark(engineer, ticket, "pack", key, preparation.tick(ticket.prepared, key))

    def lacks(self, engineer: Person, ticket: Ticket, key: str, reason: str) -> Ticket | Refusal:
        """One thing cannot be had; the dispatchers hear it at once and can act. *reason* as for preparation.missing."""
        return self._mark(engineer, ticket, "lack", key, preparation.missing(ticket.prepared, key, reason))

    def unpack(self, engineer: Person, ticket: Ticket, key: str) -> Ticket | Refusal:
        """One thing is out of the van again, or not looked for yet; the dispatchers hear it if it was missing."""
        return self._mark(engineer, ticket, "unpack", key, preparation.untick(ticket.prepared, key))

    def pack_card(self, ticket: Ticket, *, fresh: bool) -> Say:
        """The engineer's list as it stands now, with what can be done about it while they have not set off."""
        items = self.preparation_of(ticket)
        shown = preparation.shown(items, ticket.prepared)
        about: dict[str, Any] = {"number": ticket.number, "family": ticket.report.family}
        about |= {"appointment_start": ticket.appointment_start, "appointment_end": ticket.appointment_end}
        rows: Rows = ()
        if ticket.state in PACKABLE:
            waiting = [item.kind in BOOKED for item in items if preparation.standing(ticket.prepared, item.key)[0] == "open"]
            ways = [replace(button(ticket, "pack", "all", "primary"), label="button.pack_all")] if False in waiting else []
            ways += [replace(button(ticket, "pack", "book"), label="button.pack_book")] if True in waiting else []
            if len(shown["lacking"]) < len(items):
                ways.append(replace(button(ticket, "pack", "lack"), label="button.pack_lack"))
            found = [(_thing(ticket, line["name"], f"got.{line['key']}", "✓ "),) for line in shown["lacking"]]
            rows = tuple(row for row in (tuple(ways), *found) if row)
        return Say("prepare/card", about | shown, rows, slot=f"pack{ticket.id}", fresh=fresh)

    def lack_card(self, ticket: Ticket, *, fresh: bool) -> Say:
        """The things of the list as buttons, for "this one is missing"; what is packed comes after what is not."""
        items = [item for item in self.preparation_of(ticket) if preparation.standing(ticket.prepared, item.key)[0] != "missing"]
        items.sort(key=lambda item: preparation.standing(ticket.prepared, item.key)[0] == "ok")
        things = [_thing(ticket, item.name, f"no.{item.key}") for item in items]
        pairs = [tuple(things[n : n + 2]) for n in range(0, len(things), 2)]
        back = (replace(button(ticket, "pack"), label="button.back"),)
        return Say("prepare/which", {"number": ticket.number}, (*pairs, back), slot=f"pack{ticket.id}", fresh=fresh)

    def job_card(self, ticket: Ticket, engineer: Person, *, offer: Offer | None = None, fresh: bool) -> Say:
        """The engineer's card of the ticket as it stands now, with how much there is to take along or was not packed."""
        card = super().job_card(ticket, engineer, offer=offer, fresh=fresh)
        if ticket.engineer_id != engineer.id:
            return card
        if ticket.state in PACKABLE:
            return replace(card, params={**card.params, "to_take": len(self.preparation_of(ticket))})
        if ticket.state == "en_route":
            return replace(card, params={**card.params, "not_packed": self.unready(ticket)})
        return card

    # -- inside -----------------------------------------------------------------------------------------------------

    def _may_cost(self, ticket: Ticket) -> bool:
        """Whether anything may have to be paid on site; while nobody knows how old the machine is, it may."""
        verdict = self.verdict_of(ticket)
        return verdict.standing == "unknown" or verdict.costs()

    def _may_pack(self, engineer: Person, ticket: Ticket) -> Refusal | None:
        if "engineer" not in self.standing(engineer, ticket):
            return Refusal("not_yours", {"number": ticket.number, "state": ticket.state})
        if ticket.state not in PACKABLE:
            return Refusal("not_now", {"number": ticket.number, "state": ticket.state})
        return None

    def _mark_all(self, engineer: Person, ticket: Ticket, verb: str, items: list[Item]) -> Ticket | Refusal:
        if refusal := self._may_pack(engineer, ticket):
            return refusal
        ticked = preparation.tick_all(ticket.prepared, items)
        if added := sum(ticket.prepared.get(key) != state for key, state in ticked.items()):
            ticket.prepared = ticked
            self._record(engineer, verb, ticket, ticket.state, str(added))
        return ticket

    def _mark(self, engineer: Person, ticket: Ticket, verb: str, key: str, ticked: Mapping[str, str]) -> Ticket | Refusal:
        """Put the ticks *ticked* on the ticket, if they say anything new of the thing *key*."""
        if refusal := self._may_pack(engineer, ticket):
            return refusal
        item = next((item for item in self.preparation_of(ticket) if item.key == key), None)
        if item is None:
            return Refusal("not_on_list", {"number": ticket.number})
        before, was = preparation.standing(ticket.prepared, key)
        now, reason = preparation.standing(ticked, key)
        if (before, was) == (now, reason):
            return ticket
        ticket.prepared = ticked
        self._record(engineer, verb, ticket, ticket.state, key, thing=dict(item.name), reason=reason)
        if now == "missing":
            self._tell_missing(engineer, ticket)
        elif before == "missing":
            told = Say("prepare/found", {"number": ticket.number, "engineer": engineer.name, "name": dict(item.name)})
            self.tell_role(Role.DISPATCHER, told if now == "ok" else replace(told, text="prepare/not_missing"))
        return ticket

    def _tell_missing(self, engineer: Person, ticket: Ticket) -> None:
        shown = preparation.shown(self.preparation_of(ticket), ticket.prepared)
        about = {key: facts(ticket)[key] for key in ("number", "appointment_start", "appointment_end")}
        rows = (tuple(button(ticket, verb) for verb in MISSING_ROW),)
        say = Say("prepare/missing", about | {"engineer": engineer.name, "lacking": shown["lacking"]}, rows)
        self.tell_role(Role.DISPATCHER, replace(say, slot=f"lacks{ticket.id}", urgent=ticket.grade == 1))


def _thing(ticket: Ticket, name: Mapping[str, str], arg: str, before: str = "") -> Button:
    """A thing as a button, in the reader's language."""
    words = {locale: f"{before}{text}" for locale, text in name.items()}
    return worded(words, "pack", arg, ticket=ticket.id, rev=ticket.version)
