"""Owns a ticket's page: header, report, files, record, conversation, engineers and what can be done; live."""

from collections.abc import Iterable
from typing import Any

from aiohttp import web
from markupsafe import Markup

from aftersales import warranty
from aftersales.cards import facts
from aftersales.say import Say
from aftersales.ticket import MORE
from console.caller import make_go_on_link, qr_code
from console.case import Case, played, read_case
from console.live import stream
from console.page import Visit
from dialogs.progress import playbook_named, remark
from storage.unit import Unit

# The parts of the page that change while it is open; each is a template of its own and an element with that data-live.
LIVE = ("head", "notes", "record", "actions", "about")


async def show(visit: Visit) -> web.StreamResponse:
    """The page of one ticket."""
    return await ticket_page(visit)


async def ticket_page(visit: Visit, status: int = 200, **facts: Any) -> web.Response:
    """
    The page as the ticket stands now.

    Args:
        facts: *problem* (a sentence), *incomplete* (a field that is missing), *meanwhile* (record lines that came since the form
            was drawn), *noun* and *typed* (what was posted, to be shown again), *asks* and *other* (the noun that needs another
            "yes", and the ticket that it concerns), *link* (made for the caller just now).
    """
    case = await _case(visit)
    if case is None:
        return visit.missing()
    given: dict[str, Any] = {"problem": "", "incomplete": "", "meanwhile": [], "noun": "", "typed": {}}
    given |= {"asks": "", "other": None, "link": ""} | facts
    if "since" in given:
        given["meanwhile"] = [line for line in case.history if line.seq > given["since"]]
    return visit.page("ticket.html", status, **_shown(visit, case), **given)


async def make_link(visit: Visit) -> web.StreamResponse:
    """Make a way for the ticket's customer to go on in the web chat; it is on this one page and nowhere else."""
    number = visit.request.match_info["number"]

    def make(unit: Unit) -> str | None:
        ticket = unit.ticket_numbered(number)
        customer = unit.person(ticket.customer_id) if ticket else None
        return make_go_on_link(unit, visit, customer) if customer else None

    link = await visit.parts.store.write(make)
    if not link:
        return visit.missing()
    return await ticket_page(visit, link=link, qr=Markup(qr_code(link)))  # noqa: S704 drawn by us from our own address


async def live(visit: Visit) -> web.StreamResponse:
    """Changes of this ticket: "ticket" with the parts of the page as they are now."""
    case = await _case(visit)
    if case is None:
        return visit.missing()
    ticket_id = case.ticket.id

    async def news(present: Visit, changed: frozenset[int] | None) -> Iterable[tuple[str, dict[str, Any]]]:
        if changed is not None and ticket_id not in changed:
            return []
        now = await _case(present)
        if now is None:
            return []
        facts = _shown(present, now) | {"noun": "", "typed": {}}
        parts = {name: present.piece(f"_{name}.html", **facts) for name in LIVE}
        return [("ticket", {"version": now.ticket.version, "mark": _mark(now), "parts": parts})]

    return await stream(visit, news)


async def _case(visit: Visit) -> Case | None:
    parts, number = visit.parts, visit.request.match_info["number"]
    return await parts.store.read(
        lambda connection: read_case(connection, number, visit.person, parts.policies, Unit(connection, parts.clock(), "", b""))
    )


def _shown(visit: Visit, case: Case) -> dict[str, Any]:
    playbook = playbook_named(visit.parts.library, case.ticket.playbook)
    asked = {file_id for note in case.notes for file_id in note.files}
    return {
        "case": case,
        "t": case.ticket,
        "opened": visit.request.query.get("opened", ""),
        "report": case.ticket.report,
        "mark": _mark(case),
        "more_names": MORE,
        "cover_said": visit.said(Say("warranty/staff", facts(case.ticket) | warranty.facts(case.verdict))),
        "loose_files": [file for file in case.files.values() if file.id not in asked],
        "remark": lambda line: remark(line, playbook, visit.reader.locale),
        "played": lambda line: played(visit.parts.library, case.ticket, line),
    }


def _mark(case: Case) -> str:
    """Differs whenever the page would look different."""
    fetched = sum(1 for file in case.files.values() if file.content)
    return f"{case.ticket.version}.{case.notes[-1].id if case.notes else 0}.{fetched}"
