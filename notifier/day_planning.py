"""Owns a day's plan as people read it: the records are asked, the ways learned, the plan made, and every stop told in full."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from aftersales.day_plan import DayPlan
from aftersales.policies import Policies
from aftersales.travel import KnownRoads, LearnsRoads, Place, Travel
from notifier.parts import Parts
from notifier.planning_apart import plan_apart
from storage.planning import CrewLine, DayQuestion, JobLine, day_question
from storage.unit import Unit

SECONDS = 2.0  # that the search may take
LAST = timedelta(days=60)  # nobody's work is known further ahead


@dataclass(frozen=True, slots=True)
class PlannedStop:
    """One job on somebody's way. *minutes* on the road to it, None where that is not known; *late* past its due, zero in time."""

    line: JobLine
    begin: datetime
    leave: datetime
    minutes: float | None
    late: timedelta


@dataclass(frozen=True, slots=True)
class Route:
    """One engineer's day; *stops* may be empty."""

    crew: CrewLine
    stops: tuple[PlannedStop, ...]


@dataclass(frozen=True, slots=True)
class PlannedDay:
    """
    The plan: everybody with their way, by name, and what is left out with why.

    Why is what aftersales.day_plan.DayPlan says, or: bound (those who have it or are asked are no engineers any more).
    """

    question: DayQuestion
    routes: tuple[Route, ...]
    left_out: tuple[tuple[JobLine, str], ...]


def day_named(words: str, policies: Policies, now: datetime) -> date | None:
    """The day that "today", "tomorrow", "" (today) or a date such as 2026-03-02 means; None when it is none that can be planned."""
    today = now.astimezone(policies.default.hours.zone).date()
    if words in ("", "today"):
        return today
    if words == "tomorrow":
        return today + timedelta(days=1)
    try:
        day = date.fromisoformat(words)
    except ValueError:
        return None
    return day if today <= day <= today + LAST else None


async def planned_day(parts: Parts, day: date) -> PlannedDay:
    """The plan of that day as things stand now. Nothing is written."""
    question = await parts.store.read(
        lambda connection: day_question(Unit(connection, parts.clock(), "", b""), parts.policies, day)
    )
    if not question.jobs or not question.crew:
        return PlannedDay(question, tuple(Route(line, ()) for line in question.crew), ())
    jobs, crew = [line.job for line in question.jobs], [line.worker for line in question.crew]
    ends = [job.place for job in jobs]
    starts = [*ends, *(worker.place for worker in crew)]
    if isinstance(parts.travel, LearnsRoads):
        await parts.travel.learn(starts, ends)
    return _told(question, await plan_apart(jobs, crew, _known(parts.travel, starts), SECONDS), parts.travel)


def _known(travel: Travel, places: list[Place | None]) -> KnownRoads:
    """All ways among these places as plain values."""
    there = list(dict.fromkeys(place for place in places if place is not None))
    table = travel.table(there)
    return KnownRoads({(a, b): table[i][j] for i, a in enumerate(there) for j, b in enumerate(there) if i != j})


def _told(question: DayQuestion, plan: DayPlan, travel: Travel) -> PlannedDay:
    lines = {line.job.id: line for line in question.jobs}
    routes = []
    for crew in question.crew:
        here, stops = crew.worker.place, []
        for stop in plan.routes[crew.worker.id]:
            line = lines[stop.job]
            stops.append(PlannedStop(line, stop.begin, stop.leave, travel.minutes(here, line.job.place), stop.late))
            here = line.job.place
        routes.append(Route(crew, tuple(stops)))
    left_out = tuple((lines[job], "bound" if why == "gave_back" and lines[job].bound else why) for job, why in plan.left_out)
    return PlannedDay(question, tuple(routes), left_out)
