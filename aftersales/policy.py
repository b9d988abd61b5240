"""Owns the figures that a policy file sets: the desk's hours, the clocks, and the score that calls the supervisor."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any, Literal, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

from aftersales.calendar import WEEKDAYS, Period, WorkingHours
from aftersales.errors import PolicyError

T = TypeVar("T")
KEYS = ("name", "zone", "hours", "round_the_clock", "clocks", "low_score", "customers", "drafts")
PERIODS = '[["08:00", "12:00"], ["13:00", "18:00"]]'
CLOCKS = ("response", "remote_limit", "answer_offer", "restore", "sign_off", "survey")
UNITS = {"minute": 60, "minutes": 60, "hour": 3600, "hours": 3600, "day": 86400, "days": 86400}


@dataclass(frozen=True, slots=True)
class Drafts:
    """How long a report may lie half filled: until it is reminded of, until it is asked about, until it is let go."""

    remind: timedelta
    ask: timedelta
    keep: timedelta


@dataclass(frozen=True, slots=True)
class Policy:
    """
    One way of working. *clocks* gives for each kind and grade the time allowed; grades in *round_the_clock* run at night too.

    Built by load_policy; see policies/default.yaml for what each figure means.
    """

    name: str
    hours: WorkingHours
    clocks: Mapping[str, Mapping[int, timedelta]]
    round_the_clock: frozenset[int]
    low_score: int
    customers: Literal["people", "firms"]
    drafts: Drafts

    def due(self, kind: str, grade: int, start: datetime) -> datetime:
        """When the clock *kind* of a ticket of this grade, started at *start*, runs out. Aware UTC."""
        budget = self.clocks[kind][grade]
        if grade in self.round_the_clock or kind in ("sign_off", "survey"):
            return WorkingHours(self.hours.zone, {}).after(start, budget)
        return self.hours.after(start, budget)


def load_policy(path: Path) -> Policy:
    """
    Read one policy file.

    Raises:
        PolicyError: naming the file, the key and what is wanted there.
    """
    try:
        raw = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, yaml.YAMLError) as problem:
        raise PolicyError(f"{path.name}: cannot be read as YAML: {problem}") from problem
    if not isinstance(raw, dict):
        raise PolicyError(f"{path.name}: keys are wanted ({', '.join(KEYS)})")

    def read(key: str, wanted: str, how: Callable[[Any], T]) -> T:
        try:
            value = raw
            for part in key.split("."):
                value = value[part]
            return how(value)
        except (KeyError, ValueError, TypeError, AttributeError, OverflowError, ZoneInfoNotFoundError) as problem:
            raise PolicyError(f"{path.name}: {key}: {wanted} is wanted") from problem

    hours = read("hours", "a mapping of weekdays (mon to sun)", _days)
    return Policy(
        name=read("name", "a name", _text),
        hours=WorkingHours(
            read("zone", 'a time zone such as "Asia/Shanghai"', ZoneInfo),
            {WEEKDAYS.index(day): read(f"hours.{day}", f"periods in order, such as {PERIODS},", _periods) for day in hours},
        ),
        clocks={kind: read(f"clocks.{kind}", 'a time such as "30 minutes", or one for each grade', _by_grade) for kind in CLOCKS},
        round_the_clock=read("round_the_clock", "a list of grades (1 to 3)", _grades),
        low_score=read("low_score", "a number of stars (0 to 5)", _stars),
        customers=read("customers", '"people" or "firms"', _customers),
        drafts=Drafts(**{name: read(f"drafts.{name}", 'a time such as "30 minutes"', _span) for name in ("remind", "ask", "keep")}),
    )


def _text(raw: Any) -> str:
    if not isinstance(raw, str) or not raw:
        raise ValueError(raw)
    return raw


def _days(raw: Any) -> list[str]:
    if unknown := set(raw) - set(WEEKDAYS):
        raise ValueError(unknown)
    return [day for day in WEEKDAYS if day in dict(raw)]


def _periods(raw: list[list[str]]) -> tuple[Period, ...]:
    periods = tuple((_clock(begin), _clock(end)) for begin, end in raw)
    last = time(0)
    for begin, end in periods:  # an empty or overlapping period would make a clock wait for ever, or run too fast
        if begin < last or (end != time(0) and end <= begin) or (last == time(0) and (begin, end) != periods[0]):
            raise ValueError(raw)
        last = end
    return periods


def _clock(text: str) -> time:
    return time(0) if text == "24:00" else time.fromisoformat(text)


def _by_grade(raw: Any) -> dict[int, timedelta]:
    if isinstance(raw, str):
        return dict.fromkeys((1, 2, 3), _span(raw))
    return {grade: _span(raw[grade]) for grade in (1, 2, 3)}


def _span(text: str) -> timedelta:
    count, unit = text.split()
    span = timedelta(seconds=float(count) * UNITS[unit])
    if span <= timedelta(0):
        raise ValueError(text)
    return span


def _grades(raw: Any) -> frozenset[int]:
    if not set(raw) <= {1, 2, 3}:
        raise ValueError(raw)
    return frozenset(raw)


def _customers(raw: Any) -> Literal["people", "firms"]:
    if raw not in ("people", "firms"):
        raise ValueError(raw)
    return "firms" if raw == "firms" else "people"


def _stars(raw: Any) -> int:
    if raw not in range(6):
        raise ValueError(raw)
    return int(raw)
