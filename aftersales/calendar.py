"""Owns working time: what the desk's hours make of a stretch of real time, in the firm's zone, with its holidays."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Period = tuple[time, time]
Stretch = tuple[datetime, datetime]

NOTHING = timedelta(0)
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
LONGEST_REST = 3660  # days without an opening after which the desk counts as closed for good
DAYS_KEPT = 5000  # days whose openings are remembered, so that a long-lived calendar stays small


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """
    When the desk works. Equal calendars are equal values, and have the same digest.

    A period runs from the first moment at which the wall clock shows its begin to the last at which it shows its end, as one
    stretch of real time: in the night that has an hour twice, 02:15 to 02:45 lasts an hour and a half. What the clock jumps
    over does not exist: a begin or an end in there is the moment of the jump. Periods that come to overlap count once.

    Args:
        zone: the zone of all days and times below; known by its name.
        periods: by weekday (0 is Monday), in order, without overlap; an end of 00:00 is 24:00. When neither these nor *extra*
            have a single period, the desk works round the clock, holidays too.
        closed: days without work, such as public holidays.
        extra: days with periods of their own, such as make-up working days; they win over *periods* and *closed*.

    Raises:
        ValueError: a weekday that is none, or periods that are empty, overlap or are out of order.
    """

    zone: ZoneInfo
    periods: Mapping[int, Sequence[Period]]
    closed: frozenset[date] = frozenset()
    extra: Mapping[date, Sequence[Period]] = field(default_factory=dict)
    always: bool = field(default=False, init=False, repr=False, compare=False)
    _days: dict[int, tuple[timedelta, tuple[Stretch, ...]]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _digest: str = field(default="", init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if unknown := set(self.periods) - set(range(7)):
            raise ValueError(f"weekdays are 0 to 6, not {sorted(unknown)}")
        periods = {day: _in_order(self.periods[day], WEEKDAYS[day]) for day in sorted(self.periods) if self.periods[day]}
        extra = {day: _in_order(self.extra[day], day.isoformat()) for day in sorted(self.extra)}
        object.__setattr__(self, "periods", periods)
        object.__setattr__(self, "closed", frozenset(self.closed))
        object.__setattr__(self, "extra", extra)
        object.__setattr__(self, "always", not periods and not any(extra.values()))

    # -- questions --------------------------------------------------------------------------------------------------

    def after(self, start: datetime, budget: timedelta) -> datetime:
        """
        The first moment at which *budget* of working time has passed since *start*; for no budget at all the next open moment.

        Args:
            start: aware.
            budget: zero or more.

        Returns:
            Aware UTC, and ``between(start, after(start, budget)) == budget``. Elapsed time is real time, so a day on which the
            clocks change counts as it really was.

        Raises:
            ValueError: *start* without a zone, *budget* below zero, or a desk that does not open again within ten years.
        """
        start = _utc(start, "start")
        if budget < NOTHING:
            raise ValueError("a budget of working time is zero or more")
        if self.always:
            return start + budget
        left, rest = budget, 0
        for number in count(self._day_number(start) - 1):
            total, stretches = self._openings(number)
            if not stretches or stretches[-1][1] <= start:
                rest += 1
                if rest > LONGEST_REST:
                    raise ValueError(f"the desk does not open within ten years of {start.isoformat()}")
                continue
            rest = 0
            if stretches[0][0] >= start and total < left:
                left -= total
                continue
            for begin, end in stretches:
                begin = max(begin, start)
                if end <= begin:
                    continue
                if end - begin >= left:
                    return begin + left
                left -= end - begin
        raise AssertionError("days do not end")

    def between(self, a: datetime, b: datetime) -> timedelta:
        """Working time from *a* to *b*, both aware; nothing when *b* is not after *a*."""
        a, b = _utc(a, "the begin"), _utc(b, "the end")
        if b <= a:
            return NOTHING
        if self.always:
            return b - a
        worked = NOTHING
        for number in range(self._day_number(a) - 1, self._day_number(b) + 2):
            total, stretches = self._openings(number)
            if not stretches:
                continue
            if a <= stretches[0][0] and stretches[-1][1] <= b:
                worked += total
                continue
            for begin, end in stretches:
                if begin < b and end > a:
                    worked += min(end, b) - max(begin, a)
        return worked

    def open_at(self, moment: datetime) -> bool:
        """Whether the desk works at that aware moment; at the very end of a period it does not."""
        moment = _utc(moment, "a moment")
        return self.always or any(True for _ in self.stretches(moment, moment + timedelta(microseconds=1)))

    def next_open(self, moment: datetime) -> datetime:
        """That moment when the desk works, else when it next opens. Aware UTC. ValueError as in ``after``."""
        return self.after(moment, NOTHING)

    def stretches(self, a: datetime, b: datetime) -> Iterator[Stretch]:
        """The working stretches from *a* to *b* in order, aware UTC, cut at both; none is empty, and none touches the next."""
        a, b = _utc(a, "the begin"), _utc(b, "the end")
        if b <= a:
            return
        if self.always:
            yield a, b
            return
        last: Stretch | None = None
        for number in range(self._day_number(a) - 1, self._day_number(b) + 2):
            for begin, end in self._openings(number)[1]:
                begin, end = max(begin, a), min(end, b)
                if end <= begin:
                    continue
                if last and last[1] == begin:  # to 24:00, and on from 00:00
                    last = last[0], end
                    continue
                if last:
                    yield last
                last = begin, end
        if last:
            yield last

    def midnight(self, day: date) -> datetime:
        """When the local day begins: the first moment at which the wall clock shows its 00:00 or later. Aware UTC."""
        return self._first_showing(datetime.combine(day, time(0)))

    def day_of(self, moment: datetime) -> date:
        """The local day of an aware moment: the latest whose midnight is not after it. It never goes back as time goes on."""
        moment = _utc(moment, "a moment")
        day = moment.astimezone(self.zone).date()
        while self.midnight(day + DAY) <= moment:  # a clock set back over midnight shows the day before once more
            day += DAY
        return day

    # -- on paper ---------------------------------------------------------------------------------------------------

    def to_json(self) -> dict[str, Any]:
        """Everything that makes this calendar, as text for JSON; ``from_json`` reads it. ValueError for a zone without a name."""
        if not self.zone.key:
            raise ValueError("a zone without a name cannot be written down")
        return {
            "zone": self.zone.key,
            "periods": {WEEKDAYS[day]: _written(periods) for day, periods in self.periods.items()},
            "closed": [day.isoformat() for day in sorted(self.closed)],
            "extra": {day.isoformat(): _written(periods) for day, periods in self.extra.items()},
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Self:
        """
        The calendar that ``to_json`` wrote.

        Raises:
            ValueError: when that is no calendar, or its zone is not known here.
        """
        try:
            return cls(
                ZoneInfo(raw["zone"]),
                {WEEKDAYS.index(day): _read(periods) for day, periods in raw["periods"].items()},
                frozenset(date.fromisoformat(day) for day in raw["closed"]),
                {date.fromisoformat(day): _read(periods) for day, periods in raw["extra"].items()},
            )
        except (KeyError, TypeError, AttributeError, OSError, ZoneInfoNotFoundError) as problem:
            raise ValueError(f"not a calendar: {problem!r}") from problem

    def digest(self) -> str:
        """Sixteen hexadecimal digits that stand for this calendar: the same wherever and whenever it is the same."""
        if not self._digest:
            text = json.dumps(self.to_json(), sort_keys=True, separators=(",", ":"))
            object.__setattr__(self, "_digest", hashlib.sha256(text.encode()).hexdigest()[:16])
        return self._digest

    # -- a day's openings -------------------------------------------------------------------------------------------

    def _day_number(self, moment: datetime) -> int:
        return moment.astimezone(self.zone).toordinal()

    def _openings(self, number: int) -> tuple[timedelta, tuple[Stretch, ...]]:
        """The stretches of the day with that ordinal, and their sum."""
        if (known := self._days.get(number)) is not None:
            return known
        day = date.fromordinal(number)
        stretches = []
        open_until = self._left_open(day)
        for opens, closes in self._periods_of(day):
            begin = self._first_showing(datetime.combine(day, opens))
            end = self._last_showing(_end(day, closes))
            begin = max(begin, open_until) if open_until else begin
            if begin < end:
                stretches.append((begin, end))
                open_until = end
        if len(self._days) >= DAYS_KEPT:
            self._days.clear()
        found = sum((end - begin for begin, end in stretches), NOTHING), tuple(stretches)
        self._days[number] = found
        return found

    def _periods_of(self, day: date) -> Sequence[Period]:
        if (own := self.extra.get(day)) is not None:
            return own
        return () if day in self.closed else self.periods.get(day.weekday(), ())

    def _left_open(self, day: date) -> datetime | None:
        """Until when the day before reaches into this one: only where the hour of midnight comes twice."""
        midnight = datetime.combine(day, time(0))
        if self._first_showing(midnight) == self._last_showing(midnight):
            return None
        ends = [self._last_showing(_end(day - DAY, closes)) for _, closes in self._periods_of(day - DAY)]
        return max(ends, default=None)

    def _first_showing(self, wall: datetime) -> datetime:
        earlier = wall.replace(tzinfo=self.zone)
        before, after = earlier.utcoffset(), earlier.replace(fold=1).utcoffset()
        assert before is not None and after is not None
        return (wall - before).replace(tzinfo=UTC) if before >= after else self._jump_over(wall, before, after)

    def _last_showing(self, wall: datetime) -> datetime:
        earlier = wall.replace(tzinfo=self.zone)
        before, after = earlier.utcoffset(), earlier.replace(fold=1).utcoffset()
        assert before is not None and after is not None
        return (wall - after).replace(tzinfo=UTC) if before >= after else self._jump_over(wall, before, after)

    def _jump_over(self, wall: datetime, before: timedelta, after: timedelta) -> datetime:
        """The moment at which the clocks jump over *wall*; it lies between what the offsets after and before it make of *wall*."""
        base = (wall - after).replace(microsecond=0, tzinfo=UTC)
        low, high = 0, (after - before) // SECOND + 1
        while high - low > 1:  # at low the clock still shows less, at high more
            middle = (low + high) // 2
            if (base + middle * SECOND).astimezone(self.zone).replace(tzinfo=None) >= wall:
                high = middle
            else:
                low = middle
        return base + high * SECOND


def _utc(moment: datetime, name: str) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"{name} needs a zone")
    return moment.astimezone(UTC)


def _end(day: date, closes: time) -> datetime:
    return datetime.combine(day + DAY if closes == time(0) else day, closes)  # 24:00 is written 00:00


def _in_order(periods: Sequence[Period], where: str) -> tuple[Period, ...]:
    """Checked, because overlapping periods would count an hour twice."""
    free_from: time | None = time(0)
    for opens, closes in periods:
        if free_from is None or opens < free_from or (closes != time(0) and closes <= opens):
            raise ValueError(f"{where}: periods in order and without overlap are wanted")
        free_from = None if closes == time(0) else closes
    return tuple((opens, closes) for opens, closes in periods)


def _written(periods: Sequence[Period]) -> list[list[str]]:
    return [[_text(opens), "24:00" if closes == time(0) else _text(closes)] for opens, closes in periods]


def _text(clock: time) -> str:
    return clock.isoformat("auto" if clock.second or clock.microsecond else "minutes")


def _read(periods: Sequence[Sequence[str]]) -> tuple[Period, ...]:
    return tuple(
        (time.fromisoformat(opens), time(0) if closes == "24:00" else time.fromisoformat(closes)) for opens, closes in periods
    )
