"""Owns the page of the day plan: who would go where and when, and offering the jobs as they are planned there."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from aiohttp import web

from aftersales.desk import Desk
from aftersales.ticket import Refusal, Ticket
from console.page import BASE, Visit, whole
from notifier.day_planning import LAST, PlannedDay, PlannedStop, Route, day_named, planned_day
from storage.planning import marks
from storage.unit import Unit

STOP = re.compile(r"(\d{1,11})\.(\d{1,9})\.(\d{1,11})", re.ASCII)
CREW = re.compile(r"(\d{1,11})\.([0-9a-f]{16})", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """One job to be offered as a page showed it: the ticket at that version, and to whom."""

    ticket_id: int
    version: int
    engineer_id: int


class _NotAsShown(Exception):
    """Nothing was offered; args[0] is a Refusal, or None when the plan was overtaken."""


async def show(visit: Visit) -> web.StreamResponse:
    """The plan of ?day=, which is today, tomorrow or a date; any other is today."""
    now, policies = visit.parts.clock(), visit.parts.policies
    day = day_named(visit.request.query.get("day", ""), policies, now) or day_named("", policies, now)
    assert day is not None
    return await _page(visit, day, offered=min(whole(visit.request.query.get("offered", "")), 999))


async def offer(visit: Visit) -> web.StreamResponse:
    """Offer every job of the form to whom it names, all or none; 409 and the plan as it is now when the one shown is overtaken."""
    day = day_named(visit.form.words("day"), visit.parts.policies, visit.parts.clock())
    if day is None:
        raise web.HTTPSeeOther(f"{BASE}/plan")
    wanted, crew = _wanted(visit.form.several("stop")), _crew(visit.form.several("crew"))

    def act(unit: Unit) -> None:
        actor, desk = unit.person(visit.person.id), Desk(unit, unit.now, visit.parts.policies)
        now = marks(unit, visit.parts.policies, day)
        if any(crew.get(one.engineer_id, "") != now.get(one.engineer_id) for one in wanted):
            raise _NotAsShown(None)
        for one in wanted:
            ticket = unit.ticket(one.ticket_id)
            if ticket is None or _is_overtaken(unit, ticket, one.version):
                raise _NotAsShown(None)
            outcome = desk.offer(actor, ticket, [one.engineer_id])
            if isinstance(outcome, Refusal):
                raise _NotAsShown(outcome)

    try:
        await visit.parts.store.write(act)
    except _NotAsShown as why:
        refusal = why.args[0]
        return await _page(visit, day, 409, overtaken=refusal is None, problem=visit.refusal(refusal) if refusal else "")
    raise web.HTTPSeeOther(f"{BASE}/plan?day={day.isoformat()}&offered={len(wanted)}")


def _wanted(stops: Iterable[str]) -> list[_Wanted]:
    """What the form names; raises HTTPBadRequest when that is not what our page sends."""
    found = [STOP.fullmatch(stop) for stop in dict.fromkeys(stops)]
    if not all(found):
        raise web.HTTPBadRequest
    return [_Wanted(int(one[1]), int(one[2]), int(one[3])) for one in found if one]


def _crew(marked: Iterable[str]) -> Mapping[int, str]:
    return {int(one[1]): one[2] for one in map(CREW.fullmatch, marked) if one}


def _is_overtaken(unit: Unit, ticket: Ticket, version: int) -> bool:
    """Whether more has happened than that somebody wrote a line."""
    if ticket.version == version:
        return False
    return version > ticket.version or any(row.verb != "message" for row in unit.history(ticket.id) if row.seq > version)


async def _page(visit: Visit, day: date, status: int = 200, **facts: Any) -> web.Response:
    plan, policies = await planned_day(visit.parts, day), visit.parts.policies
    zone, today = policies.default.hours.zone, day_named("", policies, visit.parts.clock())
    assert today is not None

    def clock(at: datetime) -> str:
        """Such as 9:05, at the desk."""
        local = at.astimezone(zone)
        return f"{local.hour}:{local.minute:02d}"

    return visit.page(
        "day_plan.html",
        status,
        plan=plan,
        question=plan.question,
        busy=[route for route in plan.routes if route.stops],
        idle=[route.crew for route in plan.routes if not route.stops],
        day=day,
        today=today,
        tomorrow=today + timedelta(days=1),
        last=today + LAST,
        zone=zone.key,
        clock=clock,
        to_offer=_to_offer,
        all_to_offer=_all_to_offer(plan),
        names={line.worker.id: line.name for line in plan.question.crew},
        **{"offered": 0, "overtaken": False, "problem": "", **facts},
    )


def _to_offer(route: Route) -> list[PlannedStop]:
    """The stops of a route that nobody was asked about yet."""
    return [stop for stop in route.stops if stop.line.offerable]


def _all_to_offer(plan: PlannedDay) -> list[Route]:
    return [route for route in plan.routes if _to_offer(route)]
