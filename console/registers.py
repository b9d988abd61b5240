"""Owns the pages that list what is on record: machines, spare parts, people and the invitations to become one of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web
from sqlalchemy import Connection

from aftersales import warranty
from aftersales.people import STAFF, Absence, Role
from console.page import BASE, DESK_ROLES, Visit
from storage import queries
from storage.unit import Unit
from storage.upkeep import UpkeepLine, machines_due, next_visits

INVITATION_LASTS = timedelta(days=7)
LOGIN_LASTS = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class _Made:
    """A link just made; *name* is "" when it is for whoever opens it. It is kept nowhere."""

    link: str
    token: str
    role: str
    name: str


async def show_machines(visit: Visit) -> web.StreamResponse:
    """Machines on record with their warranty and next visit; ?q= searches, ?due=yes shows those that are due, the latest first."""
    words, due_only = visit.request.query.get("q", "").strip()[:100], visit.request.query.get("due") == "yes"
    now, policies = visit.parts.clock(), visit.parts.policies
    today = now.astimezone(policies.default.hours.zone).date()

    def look(connection: Connection) -> tuple[Sequence[queries.MachineLine | UpkeepLine], Mapping[int, UpkeepLine]]:
        unit = Unit(connection, now, "", b"")
        if due_only:
            due = machines_due(unit, policies, today, queries.LINES, words).lines
            return due, {line.asset.id: line for line in due}
        lines = queries.machines(connection, words)
        return lines, next_visits(unit, policies, [line.asset.id for line in lines], today)

    lines, visits = await visit.parts.store.read(look)

    def cover(until: str) -> str:
        return warranty.by_date(until, today)

    none_ticked = "ticked" in visit.request.query
    return visit.page(
        "machines.html",
        lines=lines,
        visits=visits,
        today=today,
        words=words,
        due_only=due_only,
        cover=cover,
        most=queries.LINES,
        none_ticked=none_ticked,
    )


async def find_machines(visit: Visit) -> web.StreamResponse:
    """A few machines that hold the words, as JSON, for the list under the serial number's field."""
    words = visit.request.query.get("q", "").strip()[:100]
    lines = await visit.parts.store.read(lambda connection: queries.machines(connection, words, 12)) if words else []
    found = [
        {
            "serial": line.asset.serial,
            "family": line.asset.family,
            "brand": line.asset.brand,
            "model": line.asset.model,
            "site": line.asset.site,
            "owner": line.owner,
        }
        for line in lines
    ]
    return web.json_response({"machines": found})


async def show_parts(visit: Visit) -> web.StreamResponse:
    """Spare parts with price and stock."""
    return visit.page("parts.html", parts=await visit.parts.store.read(queries.all_parts))


async def show_people(visit: Visit) -> web.StreamResponse:
    """Staff and the invitations nobody has used yet."""
    return await people_page(visit)


async def invite(visit: Visit) -> web.StreamResponse:
    """Make an invitation; its link is on this one page and nowhere else."""
    wanted = visit.form.words("role")
    if wanted not in {role.value for role in STAFF}:
        return await people_page(visit, 400)
    role = Role(wanted)
    token = await visit.parts.store.write(lambda unit: unit.make_link(role, INVITATION_LASTS))
    return await people_page(visit, made=_Made(_address(visit, token, role), token, role.value, ""))


async def make_login_link(visit: Visit) -> web.StreamResponse:
    """Make a way in for somebody who works here; shown once, as an invitation is."""
    person_id = int(visit.request.match_info["id"])

    def make(unit: Unit) -> tuple[str, str, Role] | None:
        person = unit.person(person_id)
        held = sorted(person.roles & DESK_ROLES or person.roles & STAFF) if person else []
        return (unit.make_link(held[0], LOGIN_LASTS, person_id), person.name, held[0]) if person and held else None

    made = await visit.parts.store.write(make)
    if made is None:
        return visit.missing()
    token, name, role = made
    return await people_page(visit, made=_Made(_address(visit, token, role), token, role.value, name))


def _address(visit: Visit, token: str, role: Role) -> str:
    """Dispatchers and supervisors come in here, everybody else in the web chat."""
    return f"{visit.parts.public_url}{f'{BASE}/enter' if role in DESK_ROLES else '/join'}/{token}"


async def people_page(visit: Visit, status: int = 200, made: _Made | None = None, **facts: Any) -> web.Response:
    """
    The people page.

    Args:
        made: a link just made.
        facts: *problem* (a sentence), *unclear* (the person whose time could not be read).
    """
    store, now = visit.parts.store, visit.parts.clock()
    return visit.page(
        "people.html",
        status,
        people=await store.read(queries.staff),
        invitations=await store.read(lambda connection: queries.open_invitations(connection, now)),
        roles=[role.value for role in Role if role in STAFF],
        made=made,
        away=await store.read(lambda connection: _away(connection, now)),
        **{"problem": "", "unclear": 0, **facts},
    )


def _away(connection: Connection, now: datetime) -> dict[int, Absence]:
    """Who is away now, by person."""
    return {away.person_id: away for away in Unit(connection, now, "", b"").absences(now) if away.begins <= now}
