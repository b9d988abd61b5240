"""The days that festivals fall on, and the days off around them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

import holidays

from dialogs.understanding.script import words

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Festival:
    """One festival a person may name; `days_off` counts from its own day."""

    words: tuple[str, ...]
    rule: Mapping[str, Any]
    days_off: int

    def day(self, year: int) -> date | None:
        """Its day in a year, or None for a year the tables do not reach."""
        match self.rule:
            case {"fixed": [int(month), int(number)]}:
                return date(year, month, number)
            case {"table": dict(table)}:
                found = table.get(year)
                return date(year, found[0], found[1]) if found else None
            case {"new_year_plus": int(offset)}:
                first = lunar_new_year(year)
                return first + timedelta(days=offset) if first else None
            case {"nth": [int(month), int(weekday), int(nth)]}:
                first = date(year, month, 1)
                return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))
        return None

    def last_day_off(self, day: date) -> date:
        """The last day of the time off that `day`, this festival's day in some year, brings."""
        last = day + timedelta(days=self.days_off - 1)
        if self.days_off == 1 and day not in _public(day.year):
            return last
        while (last + _DAY) in _public((last + _DAY).year) or (self.days_off == 1 and (last + _DAY).weekday() >= 5):
            last += _DAY
        return last


@cache
def _public(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("CN", years=[year]))


@cache
def _lists() -> tuple[dict[int, date], dict[str, Festival]]:
    content = words("festivals.yaml")
    new_years = {int(year): date(int(year), *day) for year, day in content["lunar_new_year"].items()}
    named: dict[str, Festival] = {}
    for row in content["festivals"]:
        rule = {key: value for key, value in row.items() if key not in ("words", "days_off")}
        festival = Festival(tuple(row["words"]), rule, int(row["days_off"]))
        named.update(dict.fromkeys(festival.words, festival))
    return new_years, named


def lunar_new_year(year: int) -> date | None:
    """The first day of the lunar year that begins in `year`; None outside 2024-2032."""
    return _lists()[0].get(year)


def festival(name: str) -> Festival | None:
    """The festival of that folded name, or None."""
    return _lists()[1].get(name)


@cache
def festival_pattern() -> str:
    """A regular expression for every festival word, longest first."""
    names = sorted(_lists()[1], key=len, reverse=True)
    return "|".join(rf"\b{re.escape(name)}\b" if name.isascii() else re.escape(name) for name in names)
