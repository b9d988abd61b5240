"""Reads since when a fault has been there, looking backwards."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache

from dialogs.understanding.script import fold, words
from dialogs.understanding.time_words import Clock, Days, Mark, Part, Span, Token, scan

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Since:
    """When it began: `start` as near as the words allow (None when they name no date), `text` the words themselves."""

    start: datetime | None
    text: str


@cache
def _patterns() -> tuple["re.Pattern[str]", "re.Pattern[str]", "re.Pattern[str]"]:
    lists = words("since.yaml")
    return (
        re.compile("|".join(lists["just_now"])),
        re.compile("|".join(lists["unclear"])),
        re.compile("|".join(lists["tail"])),
    )


def read_since(text: str, now: datetime) -> Since | None:
    """When a fault began according to a text, in the zone of `now` (aware); None when nothing is said about it.

    A named weekday, day of the month or clock time is the latest one gone by. Never raises on any text."""
    if not text or now.tzinfo is None:
        return None
    folded = fold(text)[:2000]
    just_now, unclear, tail = _patterns()
    run = _first_run(scan(text, now), folded)
    soon = just_now.search(folded)
    if soon and (run is None or soon.start() <= run[0].start):
        return Since(now, text[soon.start() : soon.end()])
    vague = unclear.search(folded)
    if run is not None and not (vague and vague.start() <= run[0].start and run[-1].end <= vague.end()):
        start, end = run[0].start, run[-1].end
        after = tail.match(folded, end)
        if after:
            end = after.end()
        try:
            moment = _began(run, now)
        except (OverflowError, ValueError):  # before the first day of the calendar
            moment = None
        if moment is not None:
            return Since(moment, text[start:end])
    return Since(None, text[vague.start() : vague.end()].strip()) if vague else None


def _first_run(tokens: list[Token], folded: str) -> list[Token] | None:
    """The first tokens standing together that name a time."""
    run: list[Token] = []
    for token in tokens:
        if isinstance(token.value, Mark):
            if run and token.value.name in ("stop", "refused", "except"):
                return run
            continue
        if isinstance(token.value, Span) and not _is_past(token, folded):
            continue
        gap = folded[run[-1].end : token.start].strip() if run else ""
        if run and gap not in ("", "的", "at", "around", "about", "on", "in the", "the", "大概", "大约", "差不多", ",", "of", "in"):
            return run
        run.append(token)
    return run or None


_NOT_A_START = re.compile(r"(?:等|用|买|放|开|跑|每|隔|保修?|质保|停|断|关|拔)(?:了|掉|过)?\s?$")
_AGE = re.compile(r"[\s-]*(?:old|warranty|guarantee|的?保修|质保)")


def _is_past(token: Token, folded: str) -> bool:
    """Whether a length of time says how long ago it was; waiting five minutes or a warranty's length does not."""
    span = token.value
    assert isinstance(span, Span)
    if span.relation == "ago":
        return True
    if span.relation != "during" or _AGE.match(folded, token.end):
        return False
    if _NOT_A_START.search(folded[max(0, token.start - 6) : token.start]):
        return False
    return span.days or folded.startswith("了", token.end) or folded[token.start : token.end].startswith("for")


def _began(run: list[Token], now: datetime) -> datetime | None:
    days = next((token.value for token in run if isinstance(token.value, Days)), None)
    part = next((token.value for token in run if isinstance(token.value, Part)), None)
    clock = next((token.value for token in run if isinstance(token.value, Clock)), None)
    span = next((token.value for token in run if isinstance(token.value, Span)), None)
    if span is not None and days is None:
        if span.relation == "after":
            return None
        try:
            then = now - span.length
        except OverflowError:
            return None
        return datetime.combine(then.date(), time(0), tzinfo=now.tzinfo) if span.days else then
    day = _gone_by(days, now.date()) if days else now.date()
    if clock is not None:
        moment = _moment(day, clock, part, now)
        if moment > now and days is None:
            moment -= _DAY
        return moment
    if part is not None:
        moment = datetime.combine(day, part.start, tzinfo=now.tzinfo)
        if moment > now and (days is None or day == now.date()):
            return moment - _DAY if days is None else now
        return moment
    return min(datetime.combine(day, time(0), tzinfo=now.tzinfo), now) if day <= now.date() else None


def _gone_by(days: Days, today: date) -> date:
    day = days.first
    if day <= today and days.how != "weekday":
        return day
    match days.how:
        case "weekday":
            return day if day == today else day - 7 * _DAY
        case "day_of_month":
            back = today
            while back.day != day.day and (today - back).days < 62:
                back -= _DAY
            return back
        case "dated" | "festival":
            try:
                return day.replace(year=day.year - 1)
            except ValueError:
                return day - 366 * _DAY
        case "span":
            while day > today:
                day -= 7 * _DAY if (day - today).days <= 14 else 365 * _DAY
            return day
    return day


def _moment(day: date, clock: Clock, part: Part | None, now: datetime) -> datetime:
    hour = clock.hour
    if not clock.sure:
        match part.clock if part else None:
            case "pm":
                hour = hour % 12 + 12
            case "noon":
                hour = hour if hour >= 10 else hour + 12
            case "night" if hour == 12 or hour <= 4:
                day, hour = day + _DAY, hour % 12
            case "night":
                hour += 12
            case None if hour < 6 and datetime.combine(day, time(hour + 12, clock.minute), tzinfo=now.tzinfo) <= now:
                hour += 12
    return datetime.combine(day, time(hour, clock.minute), tzinfo=now.tzinfo)
