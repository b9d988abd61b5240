"""
A second opinion on clocks: the same figures by another way, from nothing but the offsets of a zone and whole seconds.

It knows only how far a zone is from UTC at a moment of UTC (never the other way round), lays the openings on the line of seconds
as events, +1 and -1, does the same with the pauses, and goes along that line once. It imports nothing of the desk's.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import accumulate
from zoneinfo import ZoneInfo

DAY = 86400
PROBED_FROM = int(datetime(2010, 1, 1, tzinfo=UTC).timestamp())
PROBED_TO = int(datetime(2037, 1, 1, tzinfo=UTC).timestamp())
Spans = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Shop:
    """Opening times in seconds of the day (24:00 is 86400) by weekday and by day; days are counted from 1970-01-01."""

    zone: str
    weekly: Mapping[int, Spans]
    closed: frozenset[int]
    special: Mapping[int, Spans]


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of the ledger, its time in seconds of UTC and its budget in seconds."""

    at: int
    what: str
    reason: str = ""
    budget: int = 0
    whole_day: bool = False


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the clock should show; *life* is (begin, end, kind), neighbours of one kind joined."""

    spent: int
    due: int | None
    late: int
    life: list[tuple[int, int, str]]
    by_day: dict[int, int]


@cache
def offsets(zone: str) -> tuple[list[int], list[int]]:
    """From which second of UTC each offset holds, and the offsets, found by trying every sixth hour and closing in."""
    place = ZoneInfo(zone)

    def offset(second: int) -> int:
        local = datetime.fromtimestamp(second, place).utcoffset()
        assert local is not None
        return round(local.total_seconds())

    starts, values = [PROBED_FROM], [offset(PROBED_FROM)]
    for probe in range(PROBED_FROM, PROBED_TO, 6 * 3600):
        if offset(probe) != values[-1]:
            low, high = probe - 6 * 3600, probe
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if offset(middle) == values[-1] else (low, middle)
            starts.append(high)
            values.append(offset(high))
    return starts, values


def pieces(zone: str, wall: int) -> Iterator[tuple[int, int, int]]:
    """The stretches of one offset (begin, end, offset) that come near a moment of the wall clock."""
    starts, values = offsets(zone)
    for index in range(bisect_right(starts, wall - 2 * DAY) - 1, bisect_left(starts, wall + 2 * DAY)):
        yield starts[index], starts[index + 1] if index + 1 < len(starts) else PROBED_TO, values[index]


def first_at(zone: str, wall: int) -> int:
    """The first second of UTC at which the wall clock shows *wall* or more."""
    return min(max(begin, wall - offset) for begin, end, offset in pieces(zone, wall) if end + offset > wall)


def last_at(zone: str, wall: int) -> int:
    """The last second of UTC up to which the wall clock still shows *wall* or less."""
    return max(min(end, wall - offset) for begin, end, offset in pieces(zone, wall) if begin + offset <= wall)


def openings(shop: Shop, begin: int, end: int) -> list[tuple[int, int]]:
    """Every opening that may touch those seconds; they may overlap."""
    if not any(shop.weekly.values()) and not any(shop.special.values()):
        return [(begin, end)]
    found = []
    for day in range(begin // DAY - 2, end // DAY + 3):
        spans = shop.special[day] if day in shop.special else () if day in shop.closed else shop.weekly.get((day + 3) % 7, ())
        for opens, closes in spans:
            found.append((first_at(shop.zone, day * DAY + opens), last_at(shop.zone, day * DAY + closes)))
    return [(a, b) for a, b in found if a < b]


def waits(lines: Sequence[Line], times: Sequence[int], end: int) -> list[tuple[int, int]]:
    """Every pause by itself, from its line to the first that ends it."""
    found = []
    for index, (line, begin) in enumerate(zip(lines, times, strict=True)):
        if line.what != "pause":
            continue
        ends = (
            at
            for other, at in zip(lines[index + 1 :], times[index + 1 :], strict=True)
            if other.what == "resume" and other.reason in ("", line.reason)
        )
        found.append((begin, next(ends, end)))
    return found


def sweep(shop: Shop, paused: Spans, begin: int, end: int, whole_day: bool) -> Iterator[tuple[int, int, str]]:
    """The line of seconds from *begin* to *end*, cut wherever something changes."""
    events: list[tuple[int, int, int]] = []
    for a, b in [(begin, end)] if whole_day else openings(shop, begin, end):
        events += [(a, 1, 0), (b, -1, 0)]
    for a, b in paused:
        events += [(a, 0, 1), (b, 0, -1)]
    events += [(begin, 0, 0), (end, 0, 0)]
    events.sort()
    is_open = is_paused = 0
    at = begin
    for second, opened, waiting in events:
        upto = min(max(second, begin), end)
        if at < upto:
            yield at, upto, "paused" if is_paused else "counts" if is_open else "closed"
            at = upto
        is_open += opened
        is_paused += waiting


def opinion(shop: Shop, lines: Sequence[Line], now: int) -> Opinion:
    """What a clock with that ledger shows at *now*."""
    times = list(accumulate((line.at for line in lines), max))
    begin = times[0]
    stops = [at for line, at in zip(lines, times, strict=True) if line.what == "stop"]
    end = stops[0] if stops else max(now, times[-1])
    measure = [line for line in lines if line.what in ("start", "budget")][-1]
    far = end + 4000 * DAY  # a pause that nobody ended
    pauses = waits(lines, times, far)

    life: list[tuple[int, int, str]] = []
    for a, b, kind in sweep(shop, pauses, begin, end, measure.whole_day):
        if life and life[-1][2] == kind:
            a = life.pop()[0]
        life.append((a, b, kind))
    spent = sum(b - a for a, b, kind in life if kind == "counts")

    waiting = any(b == far for _, b in pauses)
    due = None if stops or waiting else used_up(shop, pauses, begin, end, measure)
    by_day: dict[int, int] = {}
    for day in range(begin // DAY - 2, end // DAY + 3):
        a, b = first_at(shop.zone, day * DAY), first_at(shop.zone, (day + 1) * DAY)
        if max(a, begin) < min(b, end):
            by_day[day] = sum(max(0, min(b, y) - max(a, x)) for x, y, kind in life if kind == "counts")
    return Opinion(spent, due, max(0, spent - measure.budget), life, by_day)


def used_up(shop: Shop, pauses: Spans, begin: int, end: int, measure: Line) -> int:
    """The second at which the budget is spent; for none at all the first that counts."""
    reach = end - begin + 8 * DAY + 3 * measure.budget
    while True:
        left = measure.budget
        for a, b, kind in sweep(shop, pauses, begin, begin + reach, measure.whole_day):
            if kind == "counts":
                if b - a >= left:
                    return a + left
                left -= b - a
        reach *= 2
