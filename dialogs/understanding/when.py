"""Reads when somebody should come: one time or several, and how sure the reading is."""

import itertools
import re
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Literal

from dialogs.understanding.script import fold
from dialogs.understanding.since import Since, read_since
from dialogs.understanding.time_words import Clock, Days, Mark, Part, Span, Token, part_named, scan

__all__ = ["Since", "When", "read_since", "read_when"]

Status = Literal["ok", "ambiguous", "past", "none"]
Kind = Literal["point", "window", "open_end", "open_start", "day", "range_days"]
Period = tuple[datetime, datetime | None]

_DAY = timedelta(days=1)
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True)
class When:
    """A time as it was meant: `end` is None for a point and where it stays open. "ambiguous" asks for a confirming
    question, and `alternatives` holds the other readings (or, when "ok", the further times that suit as well)."""

    status: Status
    kind: Kind
    start: datetime | None
    end: datetime | None
    alternatives: tuple[Period, ...] = ()


_NOTHING = When("none", "point", None, None)


@dataclass
class _Option:
    """One time a person offers, still as its pieces."""

    days: Days | None = None
    until: Days | None = None
    part: Part | None = None
    part_until: Part | None = None
    clock: Clock | None = None
    clock_until: Clock | None = None
    clock_part: Part | None = None  # the part of the day the second clock time was given with
    span: Span | None = None
    relation: str | None = None
    on_day: bool = False  # the relation is about the day, not about a time on it
    preferred: bool = False
    refused: bool = False
    clauses: set[int] = field(default_factory=set)

    @property
    def empty(self) -> bool:
        return not (self.days or self.part or self.clock or self.span)


@dataclass(frozen=True)
class _Reading:
    kind: Kind
    periods: tuple[Period, ...]  # the preferred one first
    unsure: bool
    explicit: bool = True  # the day was named, so it may lie in the past


def read_when(text: str, now: datetime, *, workday: tuple[time, time] = (time(8), time(20))) -> When:
    """The time a text names, in the zone of `now` (which must be aware); `workday` is when visits can be.

    Never raises on any text: "none" when it names no time, "past" when that time is over."""
    if not text or now.tzinfo is None:
        return _NOTHING
    tokens = scan(text, now)
    if not tokens:
        return _NOTHING
    try:
        return _Reader(tokens, fold(text), now, workday).read()
    except OverflowError:  # before the first or after the last day of the calendar
        return _NOTHING


class _Reader:
    def __init__(self, tokens: list[Token], folded: str, now: datetime, workday: tuple[time, time]) -> None:
        self.tokens = tokens
        self.folded = folded
        self.now = now
        self.opens, self.closes = workday
        self.chinese = _CHINESE.search(folded) is not None
        self.marks: set[str] = set()

    # ---- gathering --------------------------------------------------------------------------------------------------

    def read(self) -> When:
        options = self._gather()
        wanted = [option for option in options if not option.refused]
        if not wanted and options:
            return self._all_but(options)
        if "midnight" in self.marks:
            options = self._with_midnight(wanted)
            wanted = options
        if not wanted:
            return self._without_time()
        self._share(wanted)
        wanted.sort(key=lambda option: not option.preferred)
        return self._answer(wanted)

    def _gather(self) -> list[_Option]:
        options: list[_Option] = []
        current = _Option()
        clause = 0
        next_relation: tuple[str, int] | None = None
        to_at: int | None = None
        last: str | None = None  # what the last token named
        last_end = 0
        excepting = preferring = False
        refused: set[int] = set()

        def fresh() -> None:
            nonlocal current, last
            if not current.empty:
                options.append(current)
            current = _Option()
            last = None

        for place, token in enumerate(self.tokens):
            value = token.value
            if isinstance(value, Mark):
                name = value.name
                self.marks.add(name)
                if name == "stop":
                    clause += 1
                    to_at = None
                    if excepting and not current.empty:
                        fresh()
                        excepting = False
                elif name == "to":
                    to_at = token.end if last and token.start - last_end <= 2 else None
                elif name == "except":
                    fresh()
                    excepting = True
                elif name == "refused":
                    refused.add(clause)
                elif name == "anytime":
                    excepting = False
                elif name == "preferred":
                    preferring = True
                elif name.endswith("_next"):
                    next_relation = (name[:-5], token.end)
                    if name == "by_next" and self._carries_on(place, last):
                        to_at, next_relation = token.end, None
                elif name.endswith("_last") and last and self._beside(last_end, token.start):
                    current.relation = name[:-5]
                    current.on_day = last == "day"
                if name == "from_next" and token.end - token.start == 1 and last:
                    next_relation = None  # 从 in the middle of a sentence is not about a time already named
                    next_relation = ("from", token.end)
                continue

            joined = to_at is not None and token.start - to_at <= 6
            if isinstance(value, Days):
                if joined and current.days and not current.until:
                    current.until = value
                elif current.days and _same_day(current.days, value) and not excepting:
                    if current.days.how == "weekday":
                        current.days = replace(value, others=())  # "Tue 3/10": the date says which Tuesday
                elif current.days is not None:
                    fresh()
                    current.days = value
                else:
                    current.days = value
                last = "day"
            elif isinstance(value, Part):
                if joined and (current.part or current.clock) and not current.part_until:
                    if current.clock:
                        current.clock_part = value
                        if value.name == "noon":
                            current.clock_until = Clock(12, 0, True)
                    else:
                        current.part_until = value
                elif current.part and current.part.name != value.name:
                    if current.part.name == "daytime" or value.clock == current.part.clock:
                        current.part = value
                    else:
                        day = current.days
                        fresh()
                        current.days = day
                        current.part = value
                else:
                    current.part = value
                last = "part"
                if joined:
                    to_at = token.end  # "下午三点到晚上八点": the second clock time is still to come
                    last_end = token.end
                    current.clauses.add(clause)
                    continue
            elif isinstance(value, Clock):
                if (
                    joined
                    and current.clock
                    and (not current.clock_until or (current.clock_part and current.clock_part.name == "noon"))
                ):
                    current.clock_until = value
                elif current.clock is not None:
                    day, part = current.days, current.part
                    if current.clock == value:
                        last_end = token.end
                        continue
                    fresh()
                    current.days, current.part = day, part
                    current.clock = value
                else:
                    current.clock = value
                last = "clock"
            else:
                if value.days and value.relation == "after":
                    day_then = self.now.date() + value.length
                    if not current.empty:
                        fresh()
                    current.days = Days(day_then, day_then)
                    last = "day"
                elif value.relation == "during":
                    last_end = token.end
                    continue
                else:
                    if current.span:
                        fresh()
                    current.span = value
                    last = "span"
            to_at = None
            current.clauses.add(clause)
            if next_relation is not None:
                relation, at = next_relation
                if self._beside(at, token.start) and not isinstance(value, Span):
                    current.relation = relation
                    current.on_day = isinstance(value, Days)
                next_relation = None
            if excepting:
                current.refused = True
            if preferring:
                current.preferred = True
                preferring = False
            last_end = token.end
        if not current.empty:
            options.append(current)
        for option in options:
            if option.clauses and option.clauses <= refused:
                option.refused = True
        return options

    def _carries_on(self, place: int, last: str | None) -> bool:
        """Whether an "until" here joins two times of one sort ("9 until 11"), and is not a limit of its own."""
        token = self.tokens[place]
        if last is None or self.folded[token.start : token.end] not in ("until", "till"):
            return False
        following = next((later.value for later in self.tokens[place + 1 :] if not isinstance(later.value, Mark)), None)
        return isinstance(following, Days) == (last == "day")

    def _beside(self, end: int, start: int) -> bool:
        between = self.folded[end:start].strip()
        return len(between) <= 2 or between in ("the", "about", "around", "节", "假期", "at", "on", "this", "sometime")

    def _with_midnight(self, wanted: list[_Option]) -> list[_Option]:
        if not wanted:
            return [_Option(part=part_named("late_night"), clock=Clock(12, 0))]
        for option in wanted:
            if option.clock is None:
                option.clock, option.part = Clock(12, 0), part_named("late_night")
        return wanted

    @staticmethod
    def _share(options: list[_Option]) -> None:
        """What was said once counts for all: "周三或周五下午", "明天上午或下午"."""
        for before, after in itertools.pairwise(options):
            if after.days is None and before.days is not None and after.span is None:
                after.days = before.days
        last = options[-1]
        if all(option.part is None and option.clock is None and option.relation is None for option in options[:-1]):
            for option in options[:-1]:
                if option.days and last.days:
                    option.part, option.clock, option.clock_until = last.part, last.clock, last.clock_until
                    option.clock_part = last.clock_part
                    if not last.on_day:
                        option.relation = last.relation

    # ---- answering --------------------------------------------------------------------------------------------------

    def _without_time(self) -> When:
        if "nonsense" in self.marks:
            return _NOTHING
        if self.marks & {"soonest"}:
            return When("ok", "open_end", self.now, None)
        if "anytime" in self.marks and "refused" not in self.marks:
            return When("ok", "open_end", self.now, None)
        if "vague_soon" in self.marks:
            return When("ambiguous", "open_end", self.now, None)
        if "vague_later" in self.marks:
            return When("ambiguous", "open_end", None, None)
        return _NOTHING

    def _all_but(self, options: list[_Option]) -> When:
        """Every day of the coming week except the ones that were ruled out."""
        today = self.now.date()
        out: set[date] = set()
        for option in options:
            if option.days:
                last = option.until.last if option.until else option.days.last
                out |= {option.days.first + n * _DAY for n in range(min((last - option.days.first).days, 60) + 1)}
        if not out:
            return When("ambiguous", "open_end", None, None)
        runs: list[list[date]] = []
        for day in (today + n * _DAY for n in range(7)):
            if day in out or (day == today and self.now.timetz().replace(tzinfo=None) >= self.closes):
                continue
            if runs and runs[-1][-1] == day - _DAY:
                runs[-1].append(day)
            else:
                runs.append([day])
        if not runs:
            return When("ambiguous", "open_end", None, None)
        periods = [(max(self._at(run[0], self.opens), self.now), self._at(run[-1], self.closes)) for run in runs]
        return When("ambiguous", "range_days", periods[0][0], periods[0][1], tuple(periods[1:]))

    def _answer(self, options: list[_Option]) -> When:
        readings = [self._resolve(option) for option in options]
        coming = [reading for reading in readings if not self._over(reading)]
        if not coming:
            first = readings[0]
            start, end = first.periods[0]
            return When("past", first.kind, start, end, tuple(p for p in first.periods[1:] if p[0] >= self.now))
        first = coming[0]
        periods = [period for reading in coming for period in reading.periods if not self._gone(period)]
        periods = [self._clipped(period, first.kind) for period in periods]
        unique = list(dict.fromkeys(periods)) or [first.periods[0]]
        unsure = any(reading.unsure for reading in coming)
        return When("ambiguous" if unsure else "ok", first.kind, *unique[0], tuple(unique[1:6]))

    def _gone(self, period: Period) -> bool:
        start, end = period
        return (end or start) <= self.now if end is not None or start < self.now else False

    def _over(self, reading: _Reading) -> bool:
        if reading.kind == "open_end":
            end = reading.periods[0][1]
            return end is not None and end <= self.now
        return self._gone(reading.periods[0])

    def _clipped(self, period: Period, kind: Kind) -> Period:
        return (max(period[0], self.now), period[1]) if kind != "point" else period

    def _at(self, day: date, at: time | None) -> datetime:
        zone = self.now.tzinfo
        if at is None:
            return datetime.combine(day + _DAY, time(0), tzinfo=zone)
        return datetime.combine(day, at, tzinfo=zone)

    def _resolve(self, option: _Option) -> _Reading:
        if option.span:
            return self._from_span(option.span)
        if option.days is None:
            return self._without_day(option)
        days = option.days
        if option.until:
            return self._between_days(option, days, option.until)
        if option.on_day and option.relation and not (option.clock or option.part):
            return self._around_days(option.relation, days)
        if option.part or option.clock:
            return self._on_days(option, days)
        return self._whole_days(days)

    def _from_span(self, span: Span) -> _Reading:
        if span.relation == "ago":
            then = self.now - span.length
            if span.days:
                return _Reading("day", ((self._at(then.date(), self.opens), self._at(then.date(), self.closes)),), False)
            return _Reading("point", ((then, None),), False)
        if span.relation == "within":
            if span.days:
                end = self._at((self.now + span.length).date(), self.closes)
                return _Reading("range_days", ((self.now, end),), False)
            return _Reading("window", ((self.now, self.now + span.length),), False)
        return _Reading("point", ((self.now + span.length, None),), False)

    def _whole_days(self, days: Days) -> _Reading:
        kind: Kind = "day" if days.first == days.last else "range_days"
        runs = ((days.first, days.last), *days.others)
        unsure = bool(days.others)
        if days.how == "weekday":
            today = self.now.date()
            if days.first == today:
                runs = (*runs, (today + 7 * _DAY, today + 7 * _DAY))
                unsure = True
        periods = tuple((self._at(first, self.opens), self._at(last, self.closes)) for first, last in runs)
        if days.how == "weekday" and self._gone(periods[0]):
            return _Reading(kind, periods[1:], False)
        return _Reading(kind, periods, unsure)

    def _around_days(self, relation: str, days: Days) -> _Reading:
        first, last = days.first, days.last
        if relation in ("from", "since"):
            return _Reading("open_end", ((self._at(first, self.opens), None),), bool(days.others))
        if relation == "after":
            off = days.off_until or last
            periods: list[Period] = [(self._at(off + _DAY, self.opens), None)]
            if days.how == "festival":
                periods.append((self._at(first + _DAY, self.opens), None))
            elif self.chinese and days.how != "span":
                periods.append((self._at(first, self.opens), None))  # 周三以后 may include Wednesday
            unique = tuple(dict.fromkeys(periods))
            return _Reading("open_end", unique, len(unique) > 1 or days.how == "festival")
        if relation == "by" or (relation == "before" and days.how == "span" and last > first and days.others):
            return _Reading("open_start", ((self.now, self._at(last, self.closes)),), False)
        ends = [self._at(first - _DAY, self.closes)]
        if self.chinese and days.how in ("exact", "weekday", "dated", "day_of_month") and first == last:
            ends.append(self._at(last, self.closes))
        if ends[0] <= self.now:
            ends = ends[1:] or ends
        return _Reading("open_start", tuple((self.now, end) for end in ends), len(ends) > 1)

    def _between_days(self, option: _Option, days: Days, until: Days) -> _Reading:
        first, last = days.first, until.last
        if until.how == "day_of_month" and days.how in ("dated", "day_of_month", "exact") and last < first:
            last = _next_such_day(first, last.day)
        if until.how == "weekday" and last < first:
            last += 7 * _DAY
        if until.how == "weekday" and (last - first).days > 6:
            last -= 7 * _DAY
        if option.clock and option.clock_until:
            start = self._moment(first, option.clock, option.part)
            end = self._moment(last, option.clock_until, option.clock_part or option.part)
            if last != first and (option.clock_part or start.date() != end.date()) and end > start:
                return _Reading("window", ((start, end),), False)
        run = Days(first, max(first, last), "span")
        if option.part or option.clock:
            return self._on_days(_without_days(option), run)
        return self._whole_days(run)

    def _on_days(self, option: _Option, days: Days) -> _Reading:
        """A part of the day or a clock time on one day or on each of several."""
        today = self.now.date()
        named = days.how == "weekday"
        runs = [(days.first, days.last), *days.others]
        dates = [first + n * _DAY for first, last in runs for n in range(min((last - first).days, 6) + 1)]
        unsure = bool(days.others) and days.how != "span"
        if named and days.first == today:
            dates.append(today + 7 * _DAY)
            unsure = True
        kind, _ = self._hours(option, dates[0])
        periods: list[Period] = []
        for day in dict.fromkeys(dates):
            _, found = self._hours(option, day)
            periods.extend(found)
            unsure = unsure or (len(found) > 1)
        if named and days.first == today:
            left = [period for period in periods if not self._gone(period)]
            if left and left[0][0].date() != today:
                return _Reading(kind, tuple(left), len(left) > 1)
            periods = left or periods
        elif days.how == "dated" and days.first < today:
            return _Reading(kind, tuple(periods), False)
        elif len(dates) > 1 or unsure:
            left = [period for period in periods if not self._gone(period)]
            periods = left or periods
            if len(dates) == 1 and len(left) == 1 and option.clock and not option.clock.sure:
                unsure = True  # only the less usual half of the day is left
        return _Reading(kind, tuple(periods), unsure)

    def _without_day(self, option: _Option) -> _Reading:
        """No day named: the nearest time to come."""
        today = self.now.date()
        kind, periods = self._hours(option, today)
        _, tomorrow = self._hours(option, today + _DAY)
        if kind == "open_start":
            periods = tuple((min(self.now, start), end) for start, end in periods)
        left = [period for period in periods if not self._gone(period)]
        if not left:
            return _Reading(kind, tomorrow, len(tomorrow) > 1, explicit=False)
        unsure = len(periods) > 1
        if kind == "window" and left[0][0] < self.now:
            return _Reading(kind, (*left, *tomorrow), True)
        if len(left) < len(periods):  # one half of the day is over
            usual = periods[0]
            if usual not in left:
                return _Reading(kind, (*left, tomorrow[0]), True)
            unsure = False
        elif option.clock and not option.clock.sure and option.part is None:
            return _Reading(kind, tuple(left), unsure)
        if kind == "open_end" and left[0][0] < self.now:
            left = [(self.now, left[0][1])]
        return _Reading(kind, tuple(left), unsure)

    # ---- hours ------------------------------------------------------------------------------------------------------

    def _hours(self, option: _Option, day: date) -> tuple[Kind, tuple[Period, ...]]:
        """What the pieces of an option mean on one day; a second period is the other half of the clock."""
        part, clock, relation = option.part, option.clock, option.relation
        if clock is None:
            assert part is not None
            start, end = self._at(day, part.start), self._part_end(day, part)
            if option.part_until:
                return "window", ((start, self._part_end(day, option.part_until)),)
            if relation == "after":
                return "open_end", ((end, self._at(day, self.closes) if end < self._at(day, self.closes) else None),)
            if relation == "from":
                return "open_end", ((start, None),)
            if relation in ("before", "by"):
                begin = self.now if day == self.now.date() else self._at(day, self.opens)
                closing = end if relation == "by" and part.name != "noon" else start
                return "open_start", ((min(begin, closing), closing),)
            return "window", ((start, end),)
        starts = self._moments(day, clock, part)
        if option.clock_until:
            return "window", (self._clock_window(day, option, starts[0]),)
        if relation in ("after", "from"):
            return "open_end", tuple((start, self._daypart_end(day, start, part)) for start in starts[:1])
        if relation in ("before", "by"):
            end = starts[0]
            begin = self._at(day, part.start) if part else self._at(day, self.opens)
            if day == self.now.date():
                begin = max(self.now, begin) if part else self.now
            return "open_start", ((min(begin, end), end),)
        return "point", tuple((start, None) for start in starts)

    def _clock_window(self, day: date, option: _Option, start: datetime) -> Period:
        clock, until = option.clock, option.clock_until
        assert clock is not None and until is not None
        part_until = option.clock_part or option.part
        if option.part is None and not clock.sure:
            # The usual hours of work decide which half of the day a pair such as 9-11 or 2-4 is in.
            pairs = [
                (begin, end)
                for begin in (self._at(day, time(clock.hour, clock.minute)), self._later(day, clock))
                for end in self._both(day, until, option.clock_part)
                if begin < end
            ]
            inside = [pair for pair in pairs if self._at(day, self.opens) <= pair[0] and pair[1] <= self._at(day, self.closes)]
            for begin, end in inside or pairs:
                return begin, end
        end = self._moment(day, until, part_until)
        if end <= start:
            again = [later for later in self._both(day, until, None) if later > start]
            end = again[0] if again else end + _DAY
        return start, end

    def _later(self, day: date, clock: Clock) -> datetime:
        return self._at(day, time(clock.hour % 12 + 12, clock.minute))

    def _both(self, day: date, clock: Clock, part: Part | None) -> list[datetime]:
        if clock.sure or part:
            return [self._moment(day, clock, part)]
        return [self._at(day, time(clock.hour, clock.minute)), self._later(day, clock)]

    def _moment(self, day: date, clock: Clock, part: Part | None) -> datetime:
        return self._moments(day, clock, part)[0]

    def _moments(self, day: date, clock: Clock, part: Part | None) -> list[datetime]:
        """The readings of a clock time, the likelier first."""
        hour, minute = clock.hour, clock.minute
        if clock.sure:
            if part and part.clock == "night" and clock.hour == 0:
                return [self._at(day + _DAY, time(0, minute))]
            return [self._at(day, time(hour, minute))]
        match part.clock if part else None:
            case "am":
                return [self._at(day, time(hour % 12 if part and part.name == "small_hours" else hour, minute))]
            case "pm":
                return [self._at(day, time(hour % 12 + 12, minute))]
            case "noon":
                return [self._at(day, time(hour if hour >= 10 else hour + 12, minute))]
            case "night":
                if hour == 12:
                    return [self._at(day + _DAY, time(0, minute))]
                if hour <= 4:
                    return [self._at(day + _DAY, time(hour, minute))]
                return [self._at(day, time(hour + 12, minute))]
        early, late = self._at(day, time(hour, minute)), self._later(day, clock)
        if hour == 12:
            return [late]
        fits_early = self._at(day, self.opens) <= early <= self._at(day, self.closes)
        fits_late = self._at(day, self.opens) <= late <= self._at(day, self.closes)
        if fits_early and not fits_late:
            readings = [early]
            if day == self.now.date() and early <= self.now:
                readings.append(late)
            return readings
        if fits_late and not fits_early:
            return [late, early] if hour == 7 else [late]
        return [early, late]

    def _part_end(self, day: date, part: Part) -> datetime:
        return self._at(day, part.end if part.end != time(0) else None)

    def _daypart_end(self, day: date, start: datetime, part: Part | None) -> datetime | None:
        if part is not None:
            end = self._part_end(day, part)
            return end if end > start else None
        for name in ("morning", "afternoon", "evening"):
            end = self._part_end(day, part_named(name))
            if start < end:
                return end
        return None


def _same_day(one: Days, other: Days) -> bool:
    """Whether the second names the day of the first once more, as in "Monday the 9th"."""
    if one.first == other.first and one.last == other.last:
        return True
    single = one.first == one.last and other.first == other.last
    weekday = (one.how == "weekday") != (other.how == "weekday")
    precise = {one.how, other.how} & {"dated", "day_of_month"}
    return bool(single and weekday and precise and one.first.weekday() == other.first.weekday())


def _without_days(option: _Option) -> _Option:
    """The same option without its days, for use on each day of a run."""
    return replace(option, days=None, until=None)


def _next_such_day(after: date, number: int) -> date:
    day = after
    while day.day != number and (day - after).days < 62:
        day += _DAY
    return day
