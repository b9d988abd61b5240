"""Owns the page of one firm's service contracts: what is agreed, until when, and putting a new one on record."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import structlog
from aiohttp import web

from aftersales.contracts import KINDS, LEVELS, Contract
from aftersales.exclusions import EXCLUSIONS
from console.page import BASE, Form, Visit
from dialogs.report.about_machine import FAMILIES as FAMILY_ROWS
from storage.firms import has_contract
from storage.unit import Unit

log = structlog.get_logger("console")
FAMILIES = tuple(family for row in FAMILY_ROWS for family in row)
COVERS = (*KINDS, *EXCLUSIONS)
_NUMBER = re.compile(r"\S(?:.{0,38}\S)?")  # as long as the table holds


async def show(visit: Visit) -> web.StreamResponse:
    """The contracts of one firm, ended ones too."""
    return await _contracts(visit)


async def add(visit: Visit) -> web.StreamResponse:
    """Put a contract on record; 422 for one that cannot be, 409 when there is one of that number."""
    firm_id, form = int(visit.request.match_info["id"]), visit.form
    wanted = _read(visit, firm_id, form)
    if isinstance(wanted, str):
        return await _contracts(visit, 422, wrong=wanted, typed=form.typed(), ticked=_ticked(form))

    def act(unit: Unit) -> str:
        if unit.organisation(firm_id) is None:
            return "missing"
        if has_contract(unit.connection, wanted.number):
            return "taken"
        unit.add_contract(wanted)
        return ""

    outcome = await visit.parts.store.write(act)
    if outcome == "missing":
        return visit.missing()
    if outcome:
        return await _contracts(visit, 409, wrong=outcome, typed=form.typed(), ticked=_ticked(form))
    log.info("contract_added", firm=firm_id, contract=wanted.number, by=visit.person.id)
    raise web.HTTPSeeOther(f"{BASE}/firms/{firm_id}/contracts")


def _read(visit: Visit, firm_id: int, form: Form) -> Contract | str:
    """The contract that the form describes, or the name of the field that is wrong."""
    number, level, policy = form.words("number"), form.words("level"), form.words("policy")
    if not _NUMBER.fullmatch(number):
        return "number"
    if level not in LEVELS:
        return "level"
    if policy and policy not in visit.parts.policies.names:
        return "policy"
    begins, ends = _day(form.words("begins")), _day(form.words("ends"))
    if begins is None or ends is None or ends < begins:
        return "ends"
    covers = frozenset(_ticked(form)) & frozenset(COVERS)
    if not covers & frozenset(KINDS):
        return "covers"
    families = frozenset(_ticked(form)) & frozenset(FAMILIES)
    return Contract(0, number, firm_id, level, policy, begins, ends, covers, families=families)


def _ticked(form: Form) -> list[str]:
    """Which boxes of the form are ticked; each has its own name."""
    return [name for name in (*COVERS, *FAMILIES) if form.words(name) == "yes"]


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


async def _contracts(visit: Visit, status: int = 200, **facts: Any) -> web.StreamResponse:
    firm_id = int(visit.request.match_info["id"])

    def read(unit: Unit) -> Mapping[str, Any]:
        return {"whose": unit.organisation(firm_id), "contracts": unit.contracts_of(firm_id)}

    found = await visit.parts.store.read(lambda connection: read(Unit(connection, visit.parts.clock(), "", b"")))
    if found["whose"] is None:
        return visit.missing()
    today = visit.parts.clock().astimezone(visit.parts.policies.default.hours.zone).date()
    given: dict[str, Any] = {"wrong": "", "typed": {}, "ticked": list(KINDS), "today": today} | facts
    lists = {"levels": LEVELS, "kinds": KINDS, "exclusions": EXCLUSIONS, "families": FAMILIES}
    return visit.page("contracts.html", status, policies=visit.parts.policies.names, **lists, **found, **given)
