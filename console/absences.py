"""Owns the small form of the people page by which the desk notes that an engineer is away, and that they are back."""

from datetime import datetime
from zoneinfo import ZoneInfo

from aiohttp import web

from aftersales.desk import Desk
from aftersales.people import Absence
from aftersales.ticket import Refusal
from console.page import BASE, Visit
from console.registers import people_page
from storage.unit import Unit

LONGEST = 300  # characters of a reason


async def note(visit: Visit) -> web.StreamResponse:
    """Away until the time typed, in the zone of who types it, or back; 400 when the time is none, 409 when it is refused."""
    person_id, form = int(visit.request.match_info["id"]), visit.form
    back, until = form.words("back") == "yes", _moment(form.words("until"), visit.person.zone)
    if not back and until is None:
        return await people_page(visit, 400, unclear=person_id)

    def act(unit: Unit) -> Absence | Refusal | None:
        actor, engineer = unit.person(visit.person.id), unit.person(person_id)
        if actor is None or engineer is None:
            return None
        desk = Desk(unit, unit.now, visit.parts.policies)
        if back or until is None:
            return desk.come_back(actor, engineer)
        return desk.go_away(actor, engineer, until, form.words("reason")[:LONGEST])

    outcome = await visit.parts.store.write(act)
    if outcome is None:
        return visit.missing()
    if isinstance(outcome, Refusal):
        return await people_page(visit, 409, problem=visit.refusal(outcome))
    raise web.HTTPSeeOther(f"{BASE}/people")


def _moment(typed: str, zone: str) -> datetime | None:
    """A day and time as a browser sends them, aware; None when they are none."""
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=ZoneInfo(zone))
    except ValueError:
        return None
