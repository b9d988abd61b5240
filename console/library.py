"""Owns the fault library's page: searching what the firm knows, writing an entry, and vouching for what was proposed."""

from dataclasses import replace

from aiohttp import web

from aftersales.desk import Desk
from aftersales.known_faults import APPROVED, PROPOSED, KnownFault
from aftersales.ticket import Refusal
from console.page import BASE, Visit
from dialogs.finding import find
from dialogs.report.about_machine import FAMILIES
from storage.unit import Unit

NEWEST = 30  # entries shown when nothing is searched for
FAMILY_NAMES = tuple(family for row in FAMILIES for family in row)
LONGEST = {"brand": 60, "model": 80, "code": 120, "symptom": 500, "cause": 500, "remedy": 500}
NEEDED = ("symptom", "cause", "remedy")


async def show(visit: Visit) -> web.StreamResponse:
    """What waits for a word of technical support, and the entries; ?q= searches as /find does in the chat."""
    return await _page(visit)


async def judge(visit: Visit) -> web.StreamResponse:
    """Take an entry in, or not."""
    entry_id, approve = int(visit.request.match_info["id"]), visit.form.words("verdict") == "approve"

    def act(unit: Unit) -> KnownFault | Refusal | None:
        entry, person = unit.known_fault(entry_id), unit.person(visit.person.id)
        return Desk(unit, unit.now, visit.parts.policies).judge(person, entry, approve) if entry and person else None

    outcome = await visit.parts.store.write(act)
    if outcome is None:
        return visit.missing()
    if isinstance(outcome, Refusal):
        return await _page(visit, 403, problem=visit.refusal(outcome))
    raise web.HTTPSeeOther(f"{BASE}/library")


async def write(visit: Visit) -> web.StreamResponse:
    """A new entry; in the library at once when a supervisor writes it, else it waits. 422 with what is missing."""
    typed = {name: " ".join(visit.form.words(name).split())[:longest] for name, longest in LONGEST.items()}
    family = visit.form.words("family")
    wrong = [name for name in NEEDED if not typed[name]] + ([] if family in FAMILY_NAMES else ["family"])
    if wrong:
        return await _page(visit, 422, typed=typed | {"family": family}, wrong=wrong)

    def act(unit: Unit) -> None:
        person = unit.person(visit.person.id)
        blank = KnownFault(
            0, family, typed["symptom"], typed["cause"], typed["remedy"], typed["brand"], typed["model"], typed["code"]
        )
        entry = unit.add_known_fault(replace(blank, proposed_by=visit.person.id, at=unit.now))
        if person:
            Desk(unit, unit.now, visit.parts.policies).judge(person, entry, True)  # a supervisor vouches by writing it

    await visit.parts.store.write(act)
    raise web.HTTPSeeOther(f"{BASE}/library")


async def _page(visit: Visit, status: int = 200, **facts: object) -> web.Response:
    words = visit.request.query.get("q", "").strip()[:200]

    def read(unit: Unit) -> tuple[list[KnownFault], list[KnownFault]]:
        return unit.known_faults(PROPOSED), unit.known_faults(APPROVED)

    waiting, known = await visit.parts.store.read(lambda connection: read(Unit(connection, visit.parts.clock(), "", b"")))
    found = [one.entry for one in find(words, known)] if words else list(reversed(known))[:NEWEST]
    given: dict[str, object] = {"problem": None, "typed": {}, "wrong": []} | facts
    return visit.page("library.html", status, words=words, waiting=waiting, found=found, families=FAMILY_NAMES, **given)
