"""Owns the free times that may be put before a customer (A5): what hours, engineer and wish leave, spread and in order."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from aftersales.calendar import WorkingHours

Span = tuple[datetime, datetime]
HalfDay = tuple[date, bool]

GRID = timedelta(minutes=30)
WORKING_DAYS = 7
SEARCH = timedelta(days=30)  # the longest run of holidays, and seven working days behind it
FULL = 300  # seconds: nobody says that they come at 14:37
DAYTIME = (time(7), time(21))


@dataclass(frozen=True, slots=True)
class Slot:
    """
    A time at which the engineer could be there, aware UTC.

    Args:
        fits_wish: lies in a window that the customer wished for; of a window shorter than the slot, begins in it.
        before_promise: is over before the promise ends; True when nothing was promised.
    """

    start: datetime
    end: datetime
    fits_wish: bool
    before_promise: bool


def free_slots(
    hours: WorkingHours,
    busy: Sequence[Span],
    wished: Sequence[Span],
    not_before: datetime,
    length: timedelta,
    travel: timedelta,
    count: int = 4,
    *,
    zone: ZoneInfo,
    until: datetime | None = None,
    urgent: bool = False,
) -> tuple[Slot, ...]:
    """
    The times to offer, at most *count*, none overlapping another.

    Args:
        hours: a slot lies wholly inside; the way there may begin before the day's work does.
        busy: when the engineer is taken or away, ways included, in any order.
        wished: the customer's windows; may be empty.
        not_before: the earliest moment at which the engineer could set out.
        length: of a slot, more than nothing.
        travel: the way there; it too must be free of anything busy.
        zone: the customer's, in which slots begin on the half hour and days and half days are told apart.
        until: the end of the promise, if there is one.
        urgent: the earliest times, whatever was wished.

    Returns:
        Those that fit the wish, then others; each group in order of time, over different half days before a second in
        one of them, within the next seven working days. Empty when nothing is free: then a person must look.
        Nights are offered only to who is urgent, wished for them, or when no day is free.

    Raises:
        ValueError: a moment without a zone, or a *length* of nothing.
    """
    if length <= timedelta(0):
        raise ValueError("a slot needs a length")
    taken = _joined(busy)
    wishes = [(_utc(a), _utc(b)) for a, b in wished]
    earliest, promise = _utc(not_before) + travel, _utc(until) if until else None
    free = [
        Slot(start, start + length, _fits_wish(start, length, wishes), promise is None or start + length <= promise)
        for start in _starts(hours, earliest, length, zone)
        if _is_free(start - travel, start + length, taken)
    ]
    if urgent:
        return tuple(_apart(free, [], count))
    fitting = [slot for slot in free if slot.fits_wish]
    others = [slot for slot in free if not slot.fits_wish]
    others = [slot for slot in others if _is_daytime(slot.start, zone)] or ([] if fitting else others)
    chosen = _spread(fitting, [], count, zone)
    chosen = _spread(others, chosen, count, zone)
    return tuple(sorted(chosen, key=lambda slot: (not slot.fits_wish, slot.start)))


def fits(slot: Slot, busy: Sequence[Span], hours: WorkingHours, travel: timedelta = timedelta(0)) -> bool:
    """Whether a slot can still be had: asked again when it is tapped, for the engineer may have been taken since."""
    inside = list(hours.stretches(slot.start, slot.end))
    return inside == [(slot.start, slot.end)] and _is_free(slot.start - travel, slot.end, _joined(busy))


def new_time_when_late(start: datetime, end: datetime | None, now: datetime, minutes: int) -> tuple[datetime, datetime | None]:
    """
    When an engineer who says to be *minutes* late will be there: a time that holds, so counted from now once *start* is past.

    Returns:
        The window as wide as it was, aware UTC, on full five minutes and never earlier than said.
    """
    start, now = _utc(start), _utc(now)
    said = max(start, now) + timedelta(minutes=minutes)
    begins = datetime.fromtimestamp(ceil(said.timestamp() / FULL) * FULL, UTC)
    return begins, None if end is None else begins + (_utc(end) - start)


# -- what could be -------------------------------------------------------------------------------------------------------


def _starts(hours: WorkingHours, earliest: datetime, length: timedelta, zone: ZoneInfo) -> Iterator[datetime]:
    """Every half hour from which *length* of work fits, on the next working days."""
    days: set[date] = set()
    for begin, end in hours.stretches(earliest, earliest + SEARCH):
        start = _next_half_hour(max(begin, earliest), zone)
        while start + length <= end:
            days.add(start.astimezone(zone).date())
            if len(days) > WORKING_DAYS:
                return
            yield start
            start = _next_half_hour(start + timedelta(minutes=1), zone)


def _next_half_hour(at: datetime, zone: ZoneInfo) -> datetime:
    """The first moment, not before *at*, at which a clock in *zone* stands on the full or half hour."""
    local = at.astimezone(zone)
    past = timedelta(minutes=local.minute % 30, seconds=local.second, microseconds=local.microsecond)
    return at + (GRID - past if past else past)


def _fits_wish(start: datetime, length: timedelta, wishes: Iterable[Span]) -> bool:
    for begin, end in wishes:
        if end - begin >= length and begin <= start and start + length <= end:
            return True
        if end - begin < length and begin <= start < max(end, begin + GRID):
            return True
    return False


def _is_free(start: datetime, end: datetime, taken: Iterable[Span]) -> bool:
    return all(end <= begin or start >= over for begin, over in taken)


# -- which of them -------------------------------------------------------------------------------------------------------


def _spread(free: Sequence[Slot], chosen: Sequence[Slot], count: int, zone: ZoneInfo) -> list[Slot]:
    """Add the first that fits of each half day that has none yet, then whatever else does not overlap."""
    found = list(chosen)
    halves = {_half_day(slot.start, zone) for slot in found}
    for slot in free:
        half = _half_day(slot.start, zone)
        if half not in halves and len(found) < count and _is_apart(slot, found):
            halves.add(half)
            found.append(slot)
    return _apart(free, found, count)


def _apart(free: Iterable[Slot], chosen: Sequence[Slot], count: int) -> list[Slot]:
    """Add slots in the order given, up to *count*, leaving out what overlaps one that is there already."""
    found = list(chosen)
    for slot in free:
        if len(found) < count and _is_apart(slot, found):
            found.append(slot)
    return found


def _is_apart(slot: Slot, others: Iterable[Slot]) -> bool:
    return all(slot.end <= other.start or slot.start >= other.end for other in others)


def _half_day(at: datetime, zone: ZoneInfo) -> HalfDay:
    local = at.astimezone(zone)
    return local.date(), local.hour >= 12


def _is_daytime(at: datetime, zone: ZoneInfo) -> bool:
    return DAYTIME[0] <= at.astimezone(zone).time() < DAYTIME[1]


# -- spans ---------------------------------------------------------------------------------------------------------------


def _joined(spans: Iterable[Span]) -> list[Span]:
    """Spans in order of time, those that touch or overlap made one, empty ones left out; aware UTC."""
    joined: list[Span] = []
    for begin, end in sorted((_utc(a), _utc(b)) for a, b in spans):
        if end <= begin:
            continue
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((begin, end))
    return joined


def _utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("a moment needs a zone")
    return at.astimezone(UTC)
