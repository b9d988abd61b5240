"""Owns reading single figures: times, shares, months, hours of a day; what is none is a ValueError, TypeError or the like."""

import re
from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from aftersales.calendar import WEEKDAYS, Period
from aftersales.days_off import is_country

NAME = re.compile(r"[A-Za-z][\w.-]*")
UNITS = {"minute": 60, "minutes": 60, "hour": 3600, "hours": 3600, "day": 86400, "days": 86400}
DAY = timedelta(days=1)


def text(raw: Any) -> str:
    if not isinstance(raw, str) or not raw:
        raise ValueError(raw)
    return raw


def one_of(*words: str) -> Callable[[Any], str]:
    """One of these words; yes and no may stand among them, which YAML reads as True and False."""

    def read(raw: Any) -> str:
        said = {True: "yes", False: "no"}[raw] if isinstance(raw, bool) else raw
        if said not in words:
            raise ValueError(raw)
        return str(said)

    return read


def yes_no(raw: Any) -> bool:
    if not isinstance(raw, bool):
        raise ValueError(raw)
    return raw


def several_of(*words: str) -> Callable[[Any], tuple[str, ...]]:
    """A list of some of these words, each once."""

    def read(raw: Any) -> tuple[str, ...]:
        if not set(names(raw)) <= set(words):
            raise ValueError(raw)
        return tuple(raw)

    return read


def names(raw: Any) -> tuple[str, ...]:
    """A list of names or part numbers, each once."""
    if not isinstance(raw, list) or len(set(raw)) < len(raw) or not all(NAME.fullmatch(name) for name in raw):
        raise ValueError(raw)
    return tuple(raw)


def whole(least: int, most: int) -> Callable[[Any], int]:
    def read(raw: Any) -> int:
        if type(raw) is not int or not least <= raw <= most:
            raise ValueError(raw)
        return raw

    return read


def positive(raw: Any) -> float:
    if type(raw) not in (int, float) or not 0 < raw < float("inf"):
        raise ValueError(raw)
    return float(raw)


def percent(raw: str) -> int:
    """ "50%" as 50, from 0 to 100."""
    share = int(raw.removesuffix("%"))
    if not raw.endswith("%") or not 0 <= share <= 100:
        raise ValueError(raw)
    return share


def share(raw: str) -> float:
    """ "50%" as 0.5; neither nothing nor all."""
    if not 0 < percent(raw) < 100:
        raise ValueError(raw)
    return percent(raw) / 100


def rising_shares(raw: list[str]) -> tuple[float, ...]:
    shares = tuple(map(share, raw))
    if not isinstance(raw, list) or list(shares) != sorted(set(shares)):
        raise ValueError(raw)
    return shares


def span(raw: str) -> timedelta:
    """ "30 minutes", "1.5 hours", "2 days": more than nothing."""
    length = time_or_none(raw)
    if not length:
        raise ValueError(raw)
    return length


def time_or_none(raw: str) -> timedelta:
    """A time as in span, or nothing at all: "at once", "none" or "0 minutes"."""
    if raw in ("at once", "none"):
        return timedelta(0)
    count, unit = raw.split()
    length = timedelta(seconds=float(count) * UNITS[unit])
    if length < timedelta(0):
        raise ValueError(raw)
    return length


def months(raw: str) -> int:
    """ "18 months" or "2 years" as months; "none" and "never" as 0."""
    if raw in ("none", "never"):
        return 0
    count, unit = raw.split()
    number = int(count) * {"month": 1, "months": 1, "year": 12, "years": 12}[unit]
    if number < 0:
        raise ValueError(raw)
    return number


def days(raw: str) -> int:
    """ "90 days" as 90; "none" as 0."""
    length = time_or_none(raw)
    if length % DAY:
        raise ValueError(raw)
    return length // DAY


def by_grade(how: Callable[[Any], timedelta] = span) -> Callable[[Any], dict[int, timedelta]]:
    """One time for all of the grades 1 to 3, or one for each."""

    def read(raw: Any) -> dict[int, timedelta]:
        if isinstance(raw, str):
            return dict.fromkeys((1, 2, 3), how(raw))
        if set(raw) != {1, 2, 3}:
            raise ValueError(raw)
        return {grade: how(raw[grade]) for grade in (1, 2, 3)}

    return read


def weekdays(raw: Any) -> list[str]:
    if unknown := set(raw) - set(WEEKDAYS):
        raise ValueError(unknown)
    return [day for day in WEEKDAYS if day in dict(raw)]


def periods(raw: list[list[str]]) -> tuple[Period, ...]:
    found = tuple((_clock(begin), _clock(end)) for begin, end in raw)
    last = time(0)
    for begin, end in found:  # an empty or overlapping period would make a clock wait for ever, or run too fast
        if begin < last or (end != time(0) and end <= begin) or (last == time(0) and (begin, end) != found[0]):
            raise ValueError(raw)
        last = end
    return found


def _clock(raw: str) -> time:
    return time(0) if raw == "24:00" else time.fromisoformat(raw)


def dates(raw: list[Any]) -> frozenset[date]:
    if not isinstance(raw, list) or not all(type(day) is date for day in raw):
        raise ValueError(raw)
    return frozenset(raw)


def country(raw: str) -> str:
    if not is_country(raw):
        raise ValueError(raw)
    return raw


def zone(raw: str) -> ZoneInfo:
    try:
        return ZoneInfo(raw)
    except (ZoneInfoNotFoundError, OSError) as problem:  # a folder of zones is no zone either
        raise ValueError(raw) from problem


def grades(raw: Any) -> frozenset[int]:
    if not isinstance(raw, list) or not set(raw) <= {1, 2, 3}:
        raise ValueError(raw)
    return frozenset(raw)
