"""Owns the figures that a policy file sets: the desk's hours, the clocksand the score that calls the supervisor."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

from aftersales.calendar import WEEKDAYS, Period, WorkingHours
from aftersales.errors import PolicyError

CLOCKS = ("response", "answer_offer", "restore", "sign_off", "survey")
UNITS = {"minute": 60, "minutes": 60, "hour": 3600, "hours": 3600, "day": 86400, "days": 86400}


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
    try:
        hours = raw["hours"]
        return Policy(
            name=str(raw["name"]),
            hours=WorkingHours(ZoneInfo(raw["zone"]), {WEEKDAYS.index(day): _periods(hours[day]) for day in hours}),
            clocks={kind: _by_grade(raw["clocks"][kind]) for kind in CLOCKS},
            round_the_clock=frozenset(raw["round_the_clock"]),
            low_score=int(raw["low_score"]),
        )
    except (KeyError, ValueError, TypeError, ZoneInfoNotFoundError) as problem:
        raise PolicyError(f"{path.name}: {type(problem).__name__}: {problem}; compare with policies/default.yaml") from problem


def _periods(raw: list[list[str]]) -> tuple[Period, ...]:
    return tuple((_clock(begin), _clock(end)) for begin, end in raw)


def _clock(text: str) -> time:
    return time(0) if text == "24:00" else time.fromisoformat(text)


def _by_grade(raw: Any) -> dict[int, timedelta]:
    if isinstance(raw, str):
        return dict.fromkeys((1, 2, 3), _span(raw))
    return {grade: _span(raw[grade]) for grade in (1, 2, 3)}


def _span(text: str) -> timedelta:
    count, unit = text.split()
    return timedelta(seconds=float(count) * UNITS[unit])
