"""Owns the ledger of one clock, to which entries are only ever added, and all that follows from it: time spent, left and due."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo

from aftersales.calendar import DAY, NOTHING, WorkingHours

What = Literal["start", "pause", "resume", "budget", "warn", "end", "tell", "acknowledge", "stop"]
Kind = Literal["counts", "paused", "closed"]
AFTER_STOP = ("acknowledge", "tell")


@dataclass(frozen=True, slots=True)
class Entry:
    """
    One line of a ledger. Lines count in the order of writing: a time before that of the line above counts as the time above.

    - start: *budget* and *whole_day* (nights, week ends and holidays count too); the first line, and only that.
    - budget: both anew. All the time since the start is measured by them, as if they had been so from the beginning.
    - pause: *reason* begins ("customer", "parts", "hold", free words). The clock waits until every reason has ended; a reason
      that is on already changes nothing.
    - resume: *reason* ends, or all of them when it is empty; one that is not on changes nothing.
    - warn, end, tell, acknowledge: notes that change no figure of time; *who* was told, by name or role.
    - stop: the clock has done its work. Only acknowledge and tell may follow.
    """

    at: datetime
    what: What
    reason: str = ""
    actor_id: int | None = None
    budget: timedelta | None = None
    whole_day: bool = False
    who: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """
    What a clock shows. Moments are aware UTC; durations are working time, or real time for a clock that counts whole days.

    *left* and *late* are never below zero, and at least one of them is zero. *due* is when the budget is or was used up: None
    while the clock waits, and once it is stopped. *paused* has the reasons, oldest first; empty once stopped. *warned* and
    *told* count the entries since the start; *acknowledged_at* is the first.
    """

    started_at: datetime
    budget: timedelta
    spent: timedelta
    left: timedelta
    due: datetime | None
    paused: tuple[str, ...]
    stopped_at: datetime | None
    late: timedelta
    warned: int
    told: int
    acknowledged_at: datetime | None


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch of one clock's life, aware UTC, never empty. *reason* is the oldest one on; *spent* is nothing unless it counts."""

    begin: datetime
    end: datetime
    kind: Kind
    reason: str
    spent: timedelta


@dataclass(frozen=True, slots=True)
class Day:
    """One local day of a clock's life: *counted* towards the budget, *paused* in real time, and its intervals, cut at midnight."""

    day: date
    counted: timedelta
    paused: timedelta
    stretches: tuple[Interval, ...]


def read(entries: Sequence[Entry], hours: WorkingHours, now: datetime) -> Reading:
    """
    What the clock shows at *now*, which counts as the last entry's time when it is before that.

    Raises:
        ValueError: the ledger does not begin with start, or has a second one; start or budget without a time; anything but
            acknowledge and tell after stop; a moment without a zone; or hours that never open again.
    """
    course = _follow(entries)
    measure = _whole_day(hours.zone) if course.whole_day else hours
    runs = course.runs(course.until(now))
    worked = [measure.between(begin, end) for begin, end in runs]
    spent = sum(worked, NOTHING)
    return Reading(
        started_at=course.changes[0][0],
        budget=course.budget,
        spent=spent,
        left=max(course.budget - spent, NOTHING),
        due=_used_up(runs, worked, measure, course.budget) if course.running else None,
        paused=() if course.stopped_at else tuple(course.paused),
        stopped_at=course.stopped_at,
        late=max(spent - course.budget, NOTHING),
        warned=course.warned,
        told=course.told,
        acknowledged_at=course.acknowledged_at,
    )


def moment_of_share(entries: Sequence[Entry], hours: WorkingHours, share: float) -> datetime | None:
    """
    When that share of the budget is or was spent, if nothing more is written: 0.5 for half. None while paused or stopped.

    Raises:
        ValueError: a share below zero, and as ``read``.
    """
    course = _follow(entries)
    if share < 0:
        raise ValueError("a share of the budget is zero or more")
    if not course.running:
        return None
    measure = _whole_day(hours.zone) if course.whole_day else hours
    runs = course.runs(course.last)
    return _used_up(runs, [measure.between(begin, end) for begin, end in runs], measure, course.budget * share)


def intervals(entries: Sequence[Entry], hours: WorkingHours, now: datetime) -> tuple[Interval, ...]:
    """
    The clock's life from its start to its stop, or to *now*, without a gap; neighbours differ in kind or in reason.

    All of it is measured as the budget in force wants it. Raises ValueError as ``read``.
    """
    course = _follow(entries)
    measure = _whole_day(hours.zone) if course.whole_day else hours
    found: list[Interval] = []
    for piece in _pieces(course, measure, course.until(now)):
        if found and (found[-1].kind, found[-1].reason) == (piece.kind, piece.reason):
            found[-1] = replace(found[-1], end=piece.end, spent=found[-1].spent + piece.spent)
        else:
            found.append(piece)
    return tuple(found)


def days(entries: Sequence[Entry], hours: WorkingHours, now: datetime) -> tuple[Day, ...]:
    """The same life by local days, one after the other from the first to the last, days without work included."""
    by_day: dict[date, list[Interval]] = {}
    for interval in intervals(entries, hours, now):
        begin, day = interval.begin, hours.day_of(interval.begin)
        while begin < interval.end:
            end = min(interval.end, hours.midnight(day + DAY))
            if begin < end:  # a zone that changed sides of the date line has left out a day
                spent = end - begin if interval.kind == "counts" else NOTHING
                by_day.setdefault(day, []).append(replace(interval, begin=begin, end=end, spent=spent))
            begin, day = end, day + DAY
    return tuple(
        Day(
            day,
            sum((one.spent for one in pieces), NOTHING),
            sum((one.end - one.begin for one in pieces if one.kind == "paused"), NOTHING),
            tuple(pieces),
        )
        for day, pieces in by_day.items()
    )


@dataclass(slots=True)
class _Course:
    """What the entries say, before any calendar measures it. *changes*: from when the clock waits for a reason, or runs (None)."""

    changes: list[tuple[datetime, str | None]]
    last: datetime
    budget: timedelta
    whole_day: bool
    paused: dict[str, None] = field(default_factory=dict)  # a set that keeps its order
    stopped_at: datetime | None = None
    warned: int = 0
    told: int = 0
    acknowledged_at: datetime | None = None

    @property
    def running(self) -> bool:
        return self.stopped_at is None and not self.paused

    def until(self, now: datetime) -> datetime:
        return self.stopped_at or max(_utc(now), self.last)

    def phases(self, until: datetime) -> Iterator[tuple[datetime, datetime, str | None]]:
        for (begin, reason), (end, _) in pairwise([*self.changes, (until, None)]):
            yield begin, end, reason

    def runs(self, until: datetime) -> list[tuple[datetime, datetime]]:
        return [(begin, end) for begin, end, reason in self.phases(until) if reason is None]


def _follow(entries: Sequence[Entry]) -> _Course:
    if not entries or entries[0].what != "start":
        raise ValueError(f"a ledger begins with start, not with {entries[0].what if entries else 'nothing'}")
    first = entries[0]
    started_at = _utc(first.at)
    course = _Course([(started_at, None)], started_at, _budget(first), first.whole_day)
    for entry in entries[1:]:
        at = course.last = max(course.last, _utc(entry.at))
        if course.stopped_at and entry.what not in AFTER_STOP:
            raise ValueError(f"{entry.what} after the clock was stopped")
        match entry.what:
            case "start":
                raise ValueError("a ledger has one start")
            case "budget":
                course.budget, course.whole_day = _budget(entry), entry.whole_day
            case "pause" | "resume":
                if entry.what == "pause":
                    course.paused.setdefault(entry.reason)
                elif entry.reason:
                    course.paused.pop(entry.reason, None)
                else:
                    course.paused.clear()
                course.changes.append((at, next(iter(course.paused), None)))
            case "warn":
                course.warned += 1
            case "tell":
                course.told += 1
            case "acknowledge":
                course.acknowledged_at = course.acknowledged_at or at
            case "stop":
                course.stopped_at = at
            case "end":
                pass
            case _:
                raise ValueError(f"a ledger knows no {entry.what}")
    return course


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a clock's moment needs a zone")
    return moment.astimezone(UTC)


def _budget(entry: Entry) -> timedelta:
    if entry.budget is None or entry.budget < NOTHING:
        raise ValueError(f"{entry.what} needs a budget of zero or more")
    return entry.budget


def _used_up(
    runs: Sequence[tuple[datetime, datetime]], worked: Sequence[timedelta], measure: WorkingHours, amount: timedelta
) -> datetime:
    """When the runs of a running clock, and what follows the last of them, have come to that amount."""
    left = amount
    for (begin, _), done in zip(runs, worked, strict=True):
        if done and done >= left:
            return measure.after(begin, left)
        left -= done
    return measure.after(runs[-1][1], left)


def _pieces(course: _Course, measure: WorkingHours, until: datetime) -> Iterator[Interval]:
    for begin, end, reason in course.phases(until):
        if reason is not None:
            if begin < end:
                yield Interval(begin, end, "paused", reason, NOTHING)
            continue
        at = begin
        for opens, closes in measure.stretches(begin, end):
            if at < opens:
                yield Interval(at, opens, "closed", "", NOTHING)
            yield Interval(opens, closes, "counts", "", closes - opens)
            at = closes
        if at < end:
            yield Interval(at, end, "closed", "", NOTHING)


@cache
def _whole_day(zone: ZoneInfo) -> WorkingHours:
    return WorkingHours(zone, {})
