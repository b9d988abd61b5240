"""Owns `mendline plan`: the plan of a day as a table, for an operator without the console."""

import asyncio
import sys
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from aiohttp import ClientSession
from rich.console import Console
from rich.table import Table

from bot.settings import Settings, SettingsError, read_settings
from bot.wiring import build_parts
from dialogs.wording import word
from notifier.day_planning import LAST, PlannedDay, day_named, planned_day
from storage.migrating import migrate

WHY = {
    "no_skill": "nobody has the skill for it",
    "no_level": "nobody with the skill reaches the level",
    "gave_back": "everybody who could go has given it back",
    "bound": "whoever has it or was asked is no engineer any more",
    "no_way": "no road leads there",
    "not_ready": "the customer wishes it later",
    "no_time": "fits into nobody's day",
    "full": "there would be time for it alone, but others went before",
}
STATES = {"offered": "asked", "accepted": "accepted"}


def plan(day: Annotated[str, typer.Argument(help="today, tomorrow, or a date such as 2026-03-02")] = "today") -> None:
    """Print the plan of a day: who would go where and when, and what is left out. Nothing is offered."""
    settings = read_settings()
    settings.mendline_data.mkdir(parents=True, exist_ok=True)
    migrate(settings.database)
    asyncio.run(_print(settings, day))


async def _print(settings: Settings, words: str) -> None:
    async with ClientSession() as http:
        parts = build_parts(settings, sends=False, http=http)
        try:
            day = day_named(words, parts.policies, parts.clock())
            if day is None:
                raise SettingsError(f"{words!r} is not today, tomorrow, or a date of the next {LAST.days} days such as 2026-03-02")
            planned = await planned_day(parts, day)
        finally:
            parts.store.close()
    screen = Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else 160)
    question, zone = planned.question, parts.policies.default.hours.zone
    if not question.jobs:
        screen.print("Nothing is waiting to be planned.")
    elif not question.begins:
        screen.print(f"Nobody works on {day}, or not any more; {len(question.jobs)} jobs wait. Choose another day.")
    elif not question.crew:
        screen.print("There are no engineers on record yet; mendline invite engineer lets one in.")
    else:
        screen.print(_table(planned, zone, settings.mendline_locale))
        for line, why in planned.left_out:
            screen.print(f"Not planned: {line.number}, {WHY[why]}", soft_wrap=True)
        if question.more:
            screen.print(f"{question.more} more wait behind these.")


def _table(planned: PlannedDay, zone: ZoneInfo, locale: str) -> Table:
    table = Table(title=f"{planned.question.day:%Y-%m-%d} ({zone.key})", title_justify="left")
    for heading in ("Engineer", "From", "Until", "On the way", "Ticket", "Grade", "Machine", "Where", "Late"):
        table.add_column(heading)
    for route in planned.routes:
        for stop in route.stops:
            line = stop.line
            table.add_row(
                route.crew.name,
                f"{stop.begin.astimezone(zone):%H:%M}",
                f"{stop.leave.astimezone(zone):%H:%M}",
                "?" if stop.minutes is None else f"{stop.minutes:.0f} min",
                f"{line.number} ({STATES[line.state]})" if line.state in STATES else line.number,
                str(line.job.grade),
                f"{word(f'family.{line.family}', locale)} {line.brand} {line.model}".strip(),
                line.site or line.customer,
                f"{stop.late.total_seconds() / 60:.0f} min" if stop.late else "",
            )
        if not route.stops:
            table.add_row(route.crew.name, "away" if route.crew.away else "–")
    return table
