"""Owns the days on which a country rests, and the weekend days on which it works instead (调休)."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from functools import lru_cache

import holidays

from aftersales.calendar import Period

FRIDAY, SATURDAY, SUNDAY, MONDAY = 4, 5, 6, 0
DAY = timedelta(days=1)


def is_country(code: object) -> bool:
    """Whether the holidays of a country are known, by its two letters (ISO 3166)."""
    try:  # asking for the list of all of them would import each
        holidays.country_holidays(str(code), years=())
    except NotImplementedError:
        return False
    return True


@lru_cache(maxsize=32)
def days_off(code: str, years: Collection[int], with_weekends: bool) -> tuple[frozenset[date], frozenset[date]]:
    """
    The public holidays of a country, and the weekend days worked instead.

    Args:
        years: a tuple or a range. Of years for which a government has not announced its make-up days yet, there are none.
        with_weekends: Saturdays and Sundays that touch a holiday belong to it, as China announces them.
    """
    calendar = holidays.country_holidays(code, years=years)
    closed = {day for day in calendar if day.year in years}
    made_up = frozenset(day for day in calendar.weekend_workdays if day.year in years)
    reached = list(closed) if with_weekends else []
    while reached:
        day = reached.pop()
        beside = {day - DAY, day + DAY} - closed - made_up
        more = {near for near in beside if near.weekday() in (SATURDAY, SUNDAY)}
        closed |= more
        reached += more
    return frozenset(closed), made_up


def worked_instead(made_up: Iterable[date], week: Mapping[int, tuple[Period, ...]]) -> dict[date, tuple[Period, ...]]:
    """The hours of the weekend days worked instead: a Saturday like the Friday, a Sunday like the Monday."""
    hours = {day: week.get(FRIDAY if day.weekday() == SATURDAY else MONDAY, ()) for day in sorted(made_up)}
    return {day: opened for day, opened in hours.items() if opened}
