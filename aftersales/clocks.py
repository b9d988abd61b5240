"""
Owns the clocks of a ticket: starting, stopping, waiting, and what is to be done next about each of them.

A promise keeps a ledger (aftersales/ledger.py), from which all its figures follow. A reminder is a moment and keeps none.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from aftersales import ledger
from aftersales.calendar import WorkingHours
from aftersales.ledger import Entry
from aftersales.policy import KINDS, Policy
from aftersales.ticket import Clock, Ticket
from aftersales.work import Work

# Moments that belong to a ticket and are no promise: nobody is late when they come.
WAIT = "wait"  # a step of a script waits; its question is put again
FOLLOW_UP = "follow_up"  # the customer is asked how it went
ABSENT = "absent"  # the supervisor was asked to assign; after this somebody goes all the same
DAY_BEFORE = "day_before"
SOON = "soon"
ON_TIME = "on_time"  # the engineer should have set out
NO_WORD = "no_word"  # and has not said anything
REMINDERS = (WAIT, FOLLOW_UP, ABSENT, DAY_BEFORE, SOON, ON_TIME, NO_WORD)
BY_APPOINTMENT = (DAY_BEFORE, SOON, ON_TIME, NO_WORD)  # the agreed time does not move while a case waits, and nor do these

NOW = timedelta(0)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do about a clock: warn at a *share* of its budget, raise its end, tell *who* some time *after* that."""

    what: Literal["warn", "end", "tell"]
    share: float = 0.0
    after: timedelta = NOW
    who: str = ""


def steps(policy: Policy, kind: str) -> tuple[Step, ...]:
    """Everything that is done about a clock of this kind while nobody stops it, in order."""
    shares = set(policy.warn.get(kind, ()))
    if kind == "answer_offer":
        shares.add(policy.ladder.remind)
    rungs = (Step("tell", after=rung.after, who=rung.who) for rung in policy.chain.get(kind, ()))
    return (*(Step("warn", share=share) for share in sorted(shares)), Step("end"), *rungs)


class Clocks:
    """
    The clocks over one transaction. *now* is aware UTC.

    Args:
        policy_of: the way of working that a ticket goes by.
    """

    def __init__(self, work: Work, now: datetime, policy_of: Callable[[Ticket], Policy]) -> None:
        self.work = work
        self.now = now
        self.policy_of = policy_of

    # -- promises ---------------------------------------------------------------------------------------------------

    def start(self, ticket: Ticket, kind: str, budget: timedelta | None = None) -> Clock | None:
        """
        Make a promise. One of that kind that runs already is stopped.

        Args:
            budget: real time until its end; None for what the policy gives.

        Returns:
            The clock; None when the policy makes no such promise.
        """
        policy = self.policy_of(ticket)
        whole_day = budget is not None or policy.whole_day(kind, ticket.grade)
        budget = policy.budget(kind, ticket.grade) if budget is None else budget
        for running in self.work.running_clocks(ticket.id):
            if running.kind == kind:
                self.stop(running)
        if budget is None:
            return None
        entry = Entry(self.now, "start", budget=budget, whole_day=whole_day)
        clock = Clock(0, ticket.id, kind, self.now, self.now, ticket.round)
        self._set(clock, [entry], policy.hours, steps(policy, kind))
        self.work.add_clock(clock, policy.hours)
        self.work.note_clock(clock.id, entry)
        return clock

    def stop(self, clock: Clock, actor_id: int | None = None) -> None:
        """The promise is kept, or has no object any more; one that is stopped already stays as it was."""
        if clock.stopped_at:
            return
        clock.stopped_at, clock.next_at = self.now, None
        self._note(clock, Entry(self.now, "stop", actor_id=actor_id))
        self.work.save_clock(clock)

    def stop_kind(self, ticket: Ticket, *kinds: str) -> None:
        """Stop what runs of these kinds."""
        for clock in self.work.running_clocks(ticket.id):
            if clock.kind in kinds:
                self.stop(clock)

    def pause(self, ticket: Ticket, reason: str, actor_id: int | None = None) -> None:
        """Let every clock of the ticket wait: for the customer, for parts, or for another reason in words."""
        for clock in self.work.running_clocks(ticket.id):
            if clock.paused_at is None:
                clock.paused_at, clock.next_at = self.now, None
                self._note(clock, Entry(self.now, "pause", reason, actor_id))
                self.work.save_clock(clock)

    def resume(self, ticket: Ticket, actor_id: int | None = None) -> None:
        """Let waiting clocks run on: what was left is left still."""
        for clock in self.work.running_clocks(ticket.id):
            if clock.paused_at is None:
                continue
            waited = self.now - clock.paused_at
            clock.paused_at = None
            if clock.calendar:
                self._change(ticket, clock, Entry(self.now, "resume", actor_id=actor_id))
            else:
                if clock.kind not in BY_APPOINTMENT:
                    clock.due += waited
                clock.next_at = None if clock.raised_at else max(clock.due, self.now)
                self.work.save_clock(clock)

    def regrade(self, ticket: Ticket, actor_id: int | None = None) -> None:
        """The ticket's grade has changed: running promises are measured by what the policy gives for the new one."""
        policy = self.policy_of(ticket)
        for clock in self.work.running_clocks(ticket.id):
            budget = policy.budget(clock.kind, ticket.grade) if clock.kind in KINDS else None
            if clock.calendar and budget is not None:
                whole_day = policy.whole_day(clock.kind, ticket.grade)
                self._change(ticket, clock, Entry(self.now, "budget", actor_id=actor_id, budget=budget, whole_day=whole_day))

    def acknowledge(self, clock: Clock, actor_id: int) -> bool:
        """Somebody sees to it: nobody further up is told. False when somebody did before."""
        if clock.acknowledged_at:
            return False
        clock.acknowledged_at, clock.next_at = self.now, None
        self._note(clock, Entry(self.now, "acknowledge", actor_id=actor_id))
        self.work.save_clock(clock)
        return True

    # -- reminders --------------------------------------------------------------------------------------------------

    def remind(self, ticket: Ticket, kind: str, at: datetime) -> Clock:
        """Let something happen at a moment; an earlier wish of that kind is dropped."""
        self.stop_kind(ticket, kind)
        return self.work.add_clock(Clock(0, ticket.id, kind, self.now, at, ticket.round, next_at=at), None)

    # -- ringing ----------------------------------------------------------------------------------------------------

    def ring(
        self, ticket: Ticket, clock: Clock, holder: str = "", reached: Callable[[str], str] = str
    ) -> tuple[Step, list[str]] | None:
        """
        Take the step that is due: it is on the ledger from now on, and the next one is set.

        Args:
            holder: the part of whoever has the case, who is warned.
            reached: who is really told when the policy names somebody: the same, one who stands in, or "" for nobody.

        Returns:
            The step, and who is told with it: for the end those of the chain who hear of it at once. None when nothing is to
            be done now: a warning whose next step has come as well says nothing that this one does not say better, so it is
            left out, and the clock rings again at that step's own moment.
        """
        todo = steps(self.policy_of(ticket), clock.kind) if clock.calendar else (Step("end"),)
        clock.step = _settled(clock, todo)
        if clock.step >= len(todo):  # the policy has lost this step meanwhile
            clock.next_at = None
            self.work.save_clock(clock)
            return None
        step = todo[clock.step]
        clock.step += 1
        if step.what == "warn" and (follows := self._moment(clock, todo)) and follows <= self.now:
            clock.next_at = follows
            self.work.save_clock(clock)
            return None
        told: list[str] = [step.who] if step.who else []
        if step.what == "end":
            clock.raised_at = self.now
            while clock.step < len(todo) and todo[clock.step].after <= NOW:
                told.append(todo[clock.step].who)
                clock.step += 1
        if not clock.calendar and clock.kind in KINDS:  # made before there were ledgers: all of its chain hears with its end
            told = [rung.who for rung in self.policy_of(ticket).chain.get(clock.kind, ())]
        told = list(dict.fromkeys(part for who in told if (part := reached(who))))
        if not clock.calendar:
            clock.next_at = None
            self.work.save_clock(clock)
            return step, told
        if step.what != "tell":
            self._note(clock, Entry(self.now, step.what, who=holder if step.what == "warn" else ""))
        for who in told:
            self._note(clock, Entry(self.now, "tell", who=who))
        entries = self.work.clock_entries(clock.id)
        self._set(clock, entries, self.work.clock_hours(clock), todo)
        self.work.save_clock(clock)
        return step, told

    # -- inside -----------------------------------------------------------------------------------------------------

    def _note(self, clock: Clock, entry: Entry) -> None:
        if clock.calendar:
            self.work.note_clock(clock.id, entry)

    def _change(self, ticket: Ticket, clock: Clock, entry: Entry) -> None:
        self.work.note_clock(clock.id, entry)
        entries = self.work.clock_entries(clock.id)
        self._set(clock, entries, self.work.clock_hours(clock), steps(self.policy_of(ticket), clock.kind))
        if clock.kind == "response":
            ticket.respond_by = clock.due
        self.work.save_clock(clock)

    def _moment(self, clock: Clock, todo: tuple[Step, ...]) -> datetime | None:
        """When the clock's step falls due by its ledger as it stands."""
        return _moment(clock, self.work.clock_entries(clock.id), self.work.clock_hours(clock), todo[clock.step])

    def _set(self, clock: Clock, entries: list[Entry], hours: WorkingHours, todo: tuple[Step, ...]) -> None:
        """
        Set the clock's end and its next moment from its ledger.

        A broken promise that has time again, by another grade, is one to be kept: it is warned of and raised anew. A moment
        that such a change has put into the past has come now, so that nobody is told that the desk was asleep.
        """
        reading = ledger.read(entries, hours, self.now)
        clock.due = reading.due or clock.due
        if clock.raised_at and reading.due and reading.due > self.now:
            clock.raised_at, clock.step = None, 0
        clock.step = _settled(clock, todo)
        clock.next_at = None
        if reading.due is None or clock.step >= len(todo):
            return
        at = _moment(clock, entries, hours, todo[clock.step])
        clock.next_at = max(at, self.now) if at else None


def _moment(clock: Clock, entries: list[Entry], hours: WorkingHours, step: Step) -> datetime | None:
    """When *step* of a running clock falls due; None when it does not any more, for somebody sees to it."""
    if step.what == "warn":
        return ledger.moment_of_share(entries, hours, step.share)
    if step.what == "end":
        return clock.due
    return None if clock.acknowledged_at else max(clock.due, clock.raised_at or clock.due) + step.after


def _settled(clock: Clock, todo: tuple[Step, ...]) -> int:
    """The clock's step, put right where the policy has more or fewer warnings than when it was counted."""
    end = next(place for place, step in enumerate(todo) if step.what == "end")
    if clock.raised_at:
        return max(clock.step, end + 1)
    return min(clock.step, end)
