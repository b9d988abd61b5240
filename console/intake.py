"""Owns the report that a dispatcher types in for a caller or somebody at the counter; the same record as from any chat (I1)."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import get_args
from zoneinfo import ZoneInfo

from aiohttp import web

from aftersales.desk import Desk
from aftersales.people import Asset, Person
from aftersales.ticket import Refusal, Report
from console.page import BASE, Form, Visit
from dialogs import report_questions
from dialogs.understanding.hazard import HazardKind, read_hazards
from dialogs.understanding.phone import read_phone
from dialogs.understanding.serial import normalise_serial
from dialogs.understanding.when import read_when
from storage.queries import person_with_phone
from storage.unit import Unit

FAMILIES = tuple(family for row in report_questions.FAMILIES for family in row)
HAZARDS: tuple[str, ...] = get_args(HazardKind)
REGION_OF_ZONE = report_questions.REGION_OF_ZONE


@dataclass(frozen=True, slots=True)
class _Caller:
    """What was typed, checked: whom it is for and what they report."""

    name: str
    phone: str
    hazard: str
    report: Report


async def show(visit: Visit) -> web.StreamResponse:
    """The empty form; ?serial= fills in a machine on record."""
    serial = visit.request.query.get("serial", "")[:80]
    asset = await visit.parts.store.read(lambda connection: Unit(connection, visit.parts.clock(), "", b"").asset_by_serial(serial))
    typed = {"serial": asset.serial, "family": asset.family, "brand": asset.brand, "model": asset.model} if asset else {}
    if asset:
        typed["site"] = asset.site
    return _form(visit, typed, [])


async def take(visit: Visit) -> web.StreamResponse:
    """Open the ticket for the caller and put it into the queue; 422 with what is missing, everything typed kept."""
    caller, wrong = _read(visit)
    if wrong:
        return _form(visit, visit.form.typed(), wrong, 422)

    def open_for(unit: Unit) -> str:
        asset = _asset(unit, caller.report.serial)
        customer = _customer(unit, visit, caller, asset)
        desk, by = Desk(unit, unit.now, visit.parts.policy), unit.person(visit.person.id)
        ticket = desk.open_ticket(customer, _of_machine(caller.report, asset), hazard=caller.hazard, by=by)
        if caller.hazard and by:
            desk.danger(by, ticket, caller.hazard, caller.report.fault)
        elif isinstance(refused := desk.needs_visit(by, ticket), Refusal):
            raise AssertionError(f"a new ticket cannot wait: {refused.reason}")
        return ticket.number

    number = await visit.parts.store.write(open_for)
    raise web.HTTPSeeOther(f"{BASE}/tickets/{number}")


def _read(visit: Visit) -> tuple[_Caller, list[str]]:
    form, wrong = visit.form, []
    zone = visit.person.zone
    phone = read_phone(form.words("phone"), REGION_OF_ZONE.get(zone, "CN"))
    number = f"{phone.e164}{f' x{phone.extension}' if phone.extension else ''}" if phone.e164 else ""
    fault, contact, family = form.words("fault")[:4000], form.words("contact")[:80], form.words("family")
    serial = form.words("serial")[:80]
    if not fault:
        wrong.append("fault")
    if not number:
        wrong.append("phone")
    if not contact:
        wrong.append("contact")
    if family not in FAMILIES and not serial:
        wrong.append("family")
    wished, start, end = _wished(form, visit.parts.clock().astimezone(ZoneInfo(zone)))
    if wished and start is None:
        wrong.append("wished")
    hazard = form.words("hazard")
    if hazard not in HAZARDS:
        told = read_hazards(fault)
        hazard = told[0].kind if told and hazard != "none" else ""
    report = Report(
        family=family if family in FAMILIES else "other",
        brand=form.words("brand")[:60],
        model=form.words("model")[:80],
        serial=serial,
        fault=fault,
        extent=form.number("extent") if form.number("extent") in (1, 2, 3) else 2,
        since=form.words("since")[:200],
        code=form.words("code")[:120],
        contact=contact,
        phone=number,
        site=form.words("site")[:400],
        wished=wished,
        wished_start=start,
        wished_end=end,
    )
    return _Caller(contact, number, hazard, report), wrong


def _wished(form: Form, now: datetime) -> tuple[str, datetime | None, datetime | None]:
    words = form.words("wished")[:200]
    read = read_when(words, now)
    if read.start is None or read.status == "past":
        return words, None, None
    return words, read.start, read.end


def _asset(unit: Unit, serial: str) -> Asset | None:
    return unit.asset_by_serial(serial) or unit.asset_by_serial(normalise_serial(serial)) if serial else None


def _of_machine(report: Report, asset: Asset | None) -> Report:
    """The report with what is on record of the machine; what was typed about the place wins."""
    if asset is None:
        return report
    return replace(
        report,
        asset_id=asset.id,
        serial=asset.serial,
        family=asset.family,
        brand=asset.brand,
        model=asset.model,
        site=report.site or asset.site,
        lat=asset.lat if report.site in ("", asset.site) else None,
        lon=asset.lon if report.site in ("", asset.site) else None,
    )


def _customer(unit: Unit, visit: Visit, caller: _Caller, asset: Asset | None) -> Person:
    """Whoever is on record with that number; else a new person, of the machine's firm when it has one."""
    known = person_with_phone(unit.connection, caller.phone)
    person = unit.person(known) if known else None
    if person:
        return person
    firm = asset.organisation_id if asset else None
    locale, zone = visit.parts.default_locale, visit.parts.default_zone
    return unit.add_person(caller.name, locale, zone, phone=caller.phone, organisation_id=firm)


def _form(visit: Visit, typed: dict[str, str], wrong: list[str], status: int = 200) -> web.Response:
    return visit.page("new.html", status, typed=typed, wrong=wrong, families=FAMILIES, hazards=HAZARDS)
