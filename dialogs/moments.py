"""Owns how a moment is said: in the reader's language and zone, with the day named as people name it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton, format_time

from dialogs.wording import word


def moment(at: datetime, now: datetime, zone: str, locale: str) -> str:
    """Such as "today 14:30", "tomorrow 9:00", "Wed 3 Mar, 9:00"; *at* and *now* aware."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{_day(local, now.astimezone(ZoneInfo(zone)), locale)} {_clock(local)}"


def window(start: datetime, end: datetime | None, now: datetime, zone: str, locale: str) -> str:
    """Such as "tomorrow 9:00–12:00"; an end on another day is named in full."""
    said = moment(start, now, zone, locale)
    if end is None or end == start:
        return said
    local_end = end.astimezone(ZoneInfo(zone))
    if local_end.date() == start.astimezone(ZoneInfo(zone)).date():
        return f"{said}–{_clock(local_end)}"
    return f"{said} – {moment(end, now, zone, locale)}"


def _clock(local: datetime) -> str:
    return format_time(local, "H:mm", locale="en")


def _day(local: datetime, now: datetime, locale: str) -> str:
    distance = (local.date() - now.date()) // timedelta(days=1)
    if distance in (-1, 0, 1):
        return word({-1: "day.yesterday", 0: "day.today", 1: "day.tomorrow"}[distance], locale)
    if local.year == now.year:
        return format_skeleton("MMMEd", local, locale=locale)
    return format_date(local, "long", locale=locale)
