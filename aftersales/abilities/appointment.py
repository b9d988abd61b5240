"""Owns the agreed time (A5): put before the customer, chosen, moved, called off by either side, reminded of, and kept or not."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from aftersales.abilities.dispatch import Dispatch
from aftersales.abilities.preparing import Preparing
from aftersales.cards import button, facts, late_buttons, whereabouts
from aftersales.clocks import DAY_BEFORE, NO_WORD, ON_TIME, SOON
from aftersales.people import Person, Role
from aftersales.say import Button, Rows, Say
from aftersales.slots import Slot, fits, free_slots, new_time_when_late
from aftersales.ticket import Clock, Refusal, Ticket
from aftersales.travel import GreatCircle, Place, place_of

NO_WAY = timedelta(minutes=30)  # the way to a place that nobody has put on the map
PROPOSED = 4
AGREEABLE = ("accepted", "scheduled", "on_site")
Span = tuple[datetime, datetime]


class Appointment(Preparing, Dispatch):
    """From a job that is taken to an engineer at the door at the agreed time."""

    def propose_times(self, actor: Person | None, ticket: Ticket) -> Ticket | Refusal:
        """
        Put free times before the customer, from the engineer's calendar and the customer's wish; one tap agrees.

        Returns:
            The ticket; or a Refusal: "no_free_time" when nothing is free, and the dispatchers were told.
        """
        if actor and not self.standing(actor, ticket) & {"engineer", "dispatcher", "supervisor", "customer"}:
            return Refusal("not_yours", {"number": ticket.number, "state": ticket.state})
        engineer = self.work.person(ticket.engineer_id) if ticket.engineer_id else None
        if engineer is None or ticket.state not in AGREEABLE:
            return Refusal("not_now", {"number": ticket.number, "state": ticket.state})
        slots = [slot for slot in self._free(ticket) if slot.start != ticket.appointment_start]
        promised = next((c.due for c in self.work.running_clocks(ticket.id) if c.kind == "restore"), None)
        later = promised if promised and slots and not any(slot.before_promise for slot in slots) else None
        if not slots:
            say = Say("visit/no_common_time", self._about(ticket) | {"promised": promised}, urgent=ticket.grade == 1)
            self.tell_role(Role.DISPATCHER, say)
            return Refusal("no_free_time", {"number": ticket.number})
        spans = [[slot.start.isoformat(), slot.end.isoformat()] for slot in slots]
        ticket.visit = {**ticket.visit, "slots": spans}
        self._record(actor, "propose_times", ticket, ticket.state, str(len(slots)), slots=spans)
        self.clocks.stop_kind(ticket, "contact")  # the customer has heard from us, and who comes
        wish_taken = ticket.report.wished_start is not None and not any(slot.fits_wish for slot in slots)
        params = self._about(ticket) | {"wish_taken": wish_taken, "promised": later}
        rows = (*self._slot_rows(ticket, slots), (button(ticket, "no_slot"),))
        self.work.tell(ticket.customer_id, Say("visit/choose_time", params, rows, slot=f"when{ticket.id}"))
        if actor is None or actor.id != ticket.customer_id:
            say = Say("visit/asked_customer", facts(ticket) | {"slots": spans}, slot=f"asked{ticket.id}")
            self.work.tell(engineer.id, say)
        self.show_case(ticket, fresh=False)
        return ticket

    def choose_time(self, customer: Person, ticket: Ticket, place: int) -> Ticket | Refusal:
        """
        The customer takes the time at *place* (from 0) of those proposed last.

        Returns:
            The ticket; or a Refusal: "slot_gone" when it is taken by now, and new ones were put before them.
        """
        slots = ticket.visit.get("slots", [])
        if not 0 <= place < len(slots):
            return Refusal("slot_gone", {"number": ticket.number})
        if refusal := self.may(customer, "schedule", ticket):
            return refusal
        start, end = (datetime.fromisoformat(moment) for moment in slots[place])
        slot = Slot(start, end, False, True)
        if start <= self.now or not fits(slot, self._busy(ticket), self.policy_of(ticket).hours):
            self.propose_times(None, ticket)
            return Refusal("slot_gone", {"number": ticket.number})
        before = self._agree(customer, ticket, start, end)
        self._tell_chosen(ticket, before)
        return ticket

    def none_suits(self, customer: Person, ticket: Ticket) -> Ticket | Refusal:
        """None of the times proposed suits the customer: a person agrees one with them."""
        if "customer" not in self.standing(customer, ticket):
            return Refusal("not_yours", {"number": ticket.number, "state": ticket.state})
        self._record(customer, "none_suits", ticket, ticket.state)
        say = Say("visit/none_suits", self._about(ticket), ((button(ticket, "reply"),),))
        self.tell_role(Role.DISPATCHER, say)
        if ticket.engineer_id:
            self.work.tell(ticket.engineer_id, replace(say, buttons=((button(ticket, "write"), button(ticket, "appoint")),)))
        return ticket

    def schedule(self, actor: Person, ticket: Ticket, start: datetime, end: datetime | None) -> Ticket | Refusal:
        """Set the time of the visit, aware; the customer is told and can object with a tap."""
        if start <= self.now:
            return Refusal("time_past", {"number": ticket.number})
        if refusal := self.may(actor, "schedule", ticket):
            return refusal
        before = self._agree(actor, ticket, start, end)
        if before:
            say = Say("visit/rearranged_by_engineer", self._about(ticket) | _was(before) | {"reason": ""})
            self.work.tell(ticket.customer_id, replace(say, buttons=self._customer_rows(ticket), attach="visit"))
        else:
            self.show_status(ticket, "scheduled", attach="visit")
        if ticket.engineer_id and actor.id != ticket.engineer_id:
            engineer = self.work.person(ticket.engineer_id)
            if engineer:
                self.show_job(ticket, engineer, fresh=True)
        self.show_case(ticket, fresh=False)
        return ticket

    def call_off(self, actor: Person, ticket: Ticket, reason: str = "") -> Ticket | Refusal:
        """The agreed visit does not take place; the report stays open, with its engineer, until another time is agreed."""
        if refusal := self.may(actor, "call_off", ticket):
            return refusal
        before = _span(ticket)
        ticket.appointment_start = ticket.appointment_end = None
        ticket.visit = {**ticket.visit, "slots": []}
        self._moved_on(ticket)
        self._move(actor, "call_off", ticket, reason)
        self.clocks.stop_kind(ticket, *self.policy_of(ticket).agreed)  # what was agreed holds no more
        by = "customer" if actor.id == ticket.customer_id else "staff"
        params = self._about(ticket) | _was(before) | {"by": by, "who": actor.name, "reason": reason}
        if ticket.engineer_id:
            self.work.tell(ticket.engineer_id, Say("visit/cancelled_visit", params | {"staff": True}, attach="visit"))
        self.work.tell(
            ticket.customer_id, Say("visit/cancelled_visit", params | {"staff": False}, self._customer_rows(ticket), attach="visit")
        )
        self.show_case(ticket, fresh=False)
        return ticket

    def resume(self, actor: Person | None, ticket: Ticket) -> Ticket | Refusal:
        """Go on where the ticket was held; the reminders of a visit still agreed stand by its time, not by the time waited."""
        moved = super().resume(actor, ticket)
        if isinstance(moved, Ticket) and moved.state == "scheduled" and moved.appointment_start:
            self._remind_of(moved)
        return moved

    def run_late(self, engineer: Person, ticket: Ticket, minutes: int) -> Ticket | Refusal:
        """The engineer comes later than agreed: the customer hears the new time before the old one passes."""
        if "engineer" not in self.standing(engineer, ticket):
            return Refusal("not_yours", {"number": ticket.number, "state": ticket.state})
        if ticket.state not in ("scheduled", "en_route") or ticket.appointment_start is None:
            return Refusal("not_now", {"number": ticket.number, "state": ticket.state})
        before = _span(ticket)
        start, end = new_time_when_late(ticket.appointment_start, ticket.appointment_end, self.now, minutes)
        ticket.appointment_start, ticket.appointment_end = start, end
        self._moved_on(ticket)
        self._record(engineer, "late", ticket, ticket.state, str(minutes))
        if ticket.state == "scheduled":
            self._remind_of(ticket)
        say = Say("visit/late", self._about(ticket) | _was(before) | {"reason": ""}, self._customer_rows(ticket), attach="visit")
        self.work.tell(ticket.customer_id, say)
        self.show_case(ticket, fresh=False)
        return ticket

    def visit_nears(self, ticket: Ticket, clock: Clock) -> None:
        """A reminder of the visit has come due."""
        if ticket.appointment_start is None or not ticket.engineer_id:
            return
        about = self._about(ticket)
        match clock.kind:
            case "day_before":
                say = Say("visit/tomorrow", about | {"unready": self.unready(ticket)})
                self._to_both(ticket, say, ((button(ticket, "pack"), button(ticket, "appoint")),))
            case "soon":
                self._to_both(
                    ticket, Say("visit/soon", about), ((button(ticket, "depart", style="primary"), button(ticket, "write")),)
                )
            case "on_time":
                rows: Rows = ((button(ticket, "depart", style="primary"),), late_buttons(ticket), (button(ticket, "obstacle"),))
                self.work.tell(ticket.engineer_id, Say("visit/on_time_ask", about, rows, slot=f"ontime{ticket.id}", urgent=True))
                half = self.policy_of(ticket).visit.late_notice / 2
                self.clocks.remind(ticket, NO_WORD, max(self.now, ticket.appointment_start - half))
            case "no_word":
                self._record(None, "no_word", ticket, ticket.state)
                say = Say("visit/late_silent", about, urgent=True)
                self.work.tell(
                    ticket.customer_id, replace(say, params=about | {"staff": False}, buttons=self._customer_rows(ticket))
                )
                told = replace(say, params=about | {"staff": True}, buttons=((button(ticket, "reply"), button(ticket, "record")),))
                self.tell_role(Role.DISPATCHER, told)
                self.tell_role(Role.SUPERVISOR, told)

    # -- inside -----------------------------------------------------------------------------------------------------

    def _agree(self, actor: Person, ticket: Ticket, start: datetime, end: datetime | None) -> Span | None:
        """Write the time down, keep promise and reminders in step with it; the time that was agreed before, None for none."""
        before = _span(ticket) if ticket.state == "scheduled" else None
        if ticket.state == "on_site":  # a second visit is packed for anew
            ticket.prepared = {}
        ticket.appointment_start, ticket.appointment_end = start, end
        ticket.visit = {**ticket.visit, "slots": []}
        self._moved_on(ticket)
        self._move(actor, "schedule", ticket, start.isoformat())
        policy = self.policy_of(ticket)
        if "restore" in policy.agreed:  # what is promised is what was agreed
            self._start_clock(ticket, "restore", (end or start + policy.visit.length) - self.now)
        self._remind_of(ticket)
        return before

    def _remind_of(self, ticket: Ticket) -> None:
        rules, start = self.policy_of(ticket).visit, ticket.appointment_start
        assert start is not None
        for kind, before in ((DAY_BEFORE, rules.day_before), (SOON, rules.soon), (ON_TIME, rules.late_notice)):
            if start - before > self.now:
                self.clocks.remind(ticket, kind, start - before)
            else:
                self.clocks.stop_kind(ticket, kind)
        self.clocks.stop_kind(ticket, NO_WORD)

    def _free(self, ticket: Ticket) -> tuple[Slot, ...]:
        policy, report = self.policy_of(ticket), ticket.report
        customer = self.work.person(ticket.customer_id)
        wished = (
            [(report.wished_start, report.wished_end or report.wished_start + policy.visit.length)] if report.wished_start else []
        )
        promise = next((c.due for c in self.work.running_clocks(ticket.id) if c.kind == "restore"), None)
        return free_slots(
            policy.hours,
            self._busy(ticket),
            wished,
            self.now,
            policy.visit.length,
            self._way(ticket),
            PROPOSED,
            zone=ZoneInfo(customer.zone) if customer else policy.hours.zone,
            until=promise,
            urgent=ticket.grade == 1,
        )

    def _busy(self, ticket: Ticket) -> list[Span]:
        """When the engineer is taken or away; the way to another job counts as taken."""
        engineer_id = ticket.engineer_id or 0
        length, busy = self.policy_of(ticket).visit.length, []
        for job in self.work.appointments(engineer_id, self.now):
            if job.id != ticket.id and job.appointment_start:
                busy.append((job.appointment_start - self._way(job), job.appointment_end or job.appointment_start + length))
        return busy + [(a.begins, a.ends) for a in self.work.absences(self.now) if a.person_id == engineer_id]

    def _way(self, ticket: Ticket) -> timedelta:
        engineer = next((e for e in self.work.engineers() if e.person.id == ticket.engineer_id), None)
        here: Place | None = place_of(engineer.lat, engineer.lon) if engineer else None
        there = place_of(ticket.report.lat, ticket.report.lon)
        minutes = GreatCircle(self.policy_of(ticket).speed_kmh).minutes(here, there) if here and there else None
        return NO_WAY if minutes is None else timedelta(minutes=minutes)

    def _about(self, ticket: Ticket) -> dict[str, Any]:
        """What the texts of the visit say, to either side."""
        engineer = self.work.person(ticket.engineer_id) if ticket.engineer_id else None
        customer = self.work.person(ticket.customer_id)
        names: dict[str, Any] = {
            "engineer": engineer.name if engineer else "",
            "engineer_phone": engineer.phone if engineer else "",
            "customer": customer.name if customer else "",
            "sequence": ticket.visit.get("sequence", 0),
        }
        return facts(ticket) | whereabouts(ticket) | names

    def _slot_rows(self, ticket: Ticket, slots: list[Slot]) -> Rows:
        return tuple(
            (
                Button(
                    "", "slot", str(n), ticket.id, ticket.version, params={"start": s.start.isoformat(), "end": s.end.isoformat()}
                ),
            )
            for n, s in enumerate(slots)
        )

    def _customer_rows(self, ticket: Ticket) -> Rows:
        if ticket.state == "scheduled":
            return ((button(ticket, "another_time"), button(ticket, "call_off", "ask")),)
        return ((button(ticket, "write"),),)

    def _tell_chosen(self, ticket: Ticket, before: Span | None) -> None:
        about = self._about(ticket)
        mine = Say("visit/chosen", about | {"staff": False}, self._customer_rows(ticket), slot=f"when{ticket.id}", attach="visit")
        self.work.tell(ticket.customer_id, replace(mine, fresh=False))
        if ticket.engineer_id:
            say = Say("visit/chosen", about | {"staff": True}, attach="visit")
            if before:
                say = Say("visit/rearranged_by_customer", about | _was(before) | {"reason": "", "staff": True}, attach="visit")
            self.work.tell(ticket.engineer_id, say)
            engineer = self.work.person(ticket.engineer_id)
            if engineer:
                self.show_job(ticket, engineer, fresh=True)
        self.show_case(ticket, fresh=False)

    def _to_both(self, ticket: Ticket, say: Say, engineer_rows: Rows) -> None:
        assert ticket.engineer_id is not None
        mine = replace(say, params={**say.params, "staff": True}, buttons=engineer_rows)
        self.work.tell(ticket.engineer_id, mine)
        self.work.tell(ticket.customer_id, replace(say, params={**say.params, "staff": False}, buttons=self._customer_rows(ticket)))


def _span(ticket: Ticket) -> Span | None:
    if ticket.appointment_start is None:
        return None
    return ticket.appointment_start, ticket.appointment_end or ticket.appointment_start


def _was(before: Span | None) -> dict[str, Any]:
    return {"before_start": before[0] if before else None, "before_end": before[1] if before else None}
