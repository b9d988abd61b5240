"""Owns the register of firms: what each is called, how much it matters, and whether it reports for customers of its own."""

from dataclasses import replace
from typing import Any

import structlog
from aiohttp import web

from aftersales.people import Organisation
from console.page import BASE, Visit
from storage.firms import LINES, firms, save_firm
from storage.unit import Unit

log = structlog.get_logger("console")
LONGEST = 120  # letters of a name


async def show(visit: Visit) -> web.StreamResponse:
    """Firms on record; ?q= searches."""
    return await _firms(visit)


async def change(visit: Visit) -> web.StreamResponse:
    """Change name, importance, policy of a firm, or if it is a dealer; 409 when somebody was faster, 422 for what cannot be."""
    firm_id, form = int(visit.request.match_info["id"]), visit.form
    name, dealer = " ".join(form.words("name").split()), form.words("dealer") == "yes"
    wanted = Organisation(firm_id, name, form.number("importance"), None, dealer, form.words("policy"))

    def act(unit: Unit) -> str:
        firm = unit.organisation(firm_id)
        if firm is None:
            return "missing"
        if form.words("before") != mark_of(firm):
            return "overtaken"
        if not wanted.name or len(wanted.name) > LONGEST or wanted.importance not in (1, 2, 3):
            return "unusable"
        if wanted.policy and wanted.policy not in (*visit.parts.policies.names, firm.policy):
            return "unusable"
        return "saved" if save_firm(unit.connection, replace(wanted, sales_id=firm.sales_id)) else "taken"

    outcome = await visit.parts.store.write(act)
    if outcome == "missing":
        return visit.missing()
    if outcome != "saved":
        return await _firms(visit, 409 if outcome == "overtaken" else 422, outcome=outcome, wanted=wanted)
    log.info("firm_changed", firm=firm_id, by=visit.person.id, dealer=wanted.dealer, importance=wanted.importance)
    raise web.HTTPSeeOther(f"{BASE}/firms?saved={firm_id}#firm{firm_id}")


def mark_of(firm: Organisation) -> str:
    """Differs whenever the firm was changed."""
    return f"{firm.importance}.{int(firm.dealer)}.{firm.policy}.{firm.name}"


async def _firms(visit: Visit, status: int = 200, **facts: Any) -> web.Response:
    words = visit.request.query.get("q", "").strip()[:100]
    lines = await visit.parts.store.read(lambda connection: firms(connection, words))
    saved = visit.request.query.get("saved", "")
    names = visit.parts.policies.names
    given = {"outcome": "", "wanted": None, "saved": saved} | facts
    return visit.page("firms.html", status, lines=lines, words=words, most=LINES, mark_of=mark_of, policies=names, **given)
