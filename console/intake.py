"""
Owns the report that a dispatcher enters for a caller or somebody at the counter; the same record as from any chat (I1).

One form goes back and forth: each of its buttons says what to do with what is typed, and nothing is written before
"open" or "join".
"""

from dataclasses import dataclass, field
from typing import Any, get_args

from aiohttp import web
from markupsafe import Markup

from aftersales.desk import Desk
from aftersales.people import Asset, Organisation, Person
from aftersales.say import Say
from aftersales.ticket import SERVICES, Refusal, Ticket
from console import answers
from console.answers import FAMILIES, FIELDS
from console.caller import (
    SOMEBODY_NEW,
    chosen,
    firms_like,
    keep_caller,
    likely,
    locale_of,
    look_up,
    nobody_yet,
    number_in,
    tell_joined,
    tell_number,
    wrong_mail,
)
from console.page import BASE, Visit, whole
from dialogs.event import MAX_TEXT
from dialogs.hints import hints_in
from dialogs.report.making import report_from
from dialogs.report.plan import PLANS
from dialogs.report.questions import QUESTIONS
from dialogs.understanding.hazard import HazardKind, read_hazards
from storage.callers import CallerLine
from storage.unit import Unit

HAZARDS: tuple[str, ...] = get_args(HazardKind)
KEPT = ("words", "heard", "person", "who", "email", "locale", "hazard", "second", "alike", "firm_new", *FIELDS)
SHARED = ("phone", "contact", "site", "email", "organisation", "access", "wished")  # what two faults told at once have in common
MACHINES_SHOWN = 8


@dataclass(slots=True)
class _Sheet:
    """
    The form as it is to be shown again.

    Args:
        typed: by field, what stands in it.
        wrong: by field, why it cannot be taken.
        heard: fields that have just been filled from the caller's words; *nothing*: they were read and told none.
        found: customers found; None when nobody looked for one.
        alike: open tickets that this may be about.
    """

    typed: dict[str, str]
    wrong: dict[str, Say | str] = field(default_factory=dict)
    heard: list[str] = field(default_factory=list)
    nothing: bool = False
    found: list[CallerLine] | None = None
    person: Person | None = None
    firm: Organisation | None = None
    machines: list[Asset] = field(default_factory=list)
    near: list[Asset] = field(default_factory=list)
    firms: list[Organisation] = field(default_factory=list)
    alike: list[Ticket] = field(default_factory=list)
    usual: dict[str, list[str]] = field(default_factory=dict)
    hazard: str = ""


class _NotYet(Exception):
    """Something must be looked at first; nothing was written. args: the sheet, the status of the page."""


async def show(visit: Visit) -> web.StreamResponse:
    """The empty form; ?serial= fills in a machine on record, ?service= what is wanted."""
    serial, service = visit.request.query.get("serial", "")[:80], visit.request.query.get("service", "")

    def look(unit: Unit) -> _Sheet:
        asset = answers.machine_of(unit, serial)
        wanted = {"service": service} if service in SERVICES else {}
        return _look(unit, visit, _Sheet(wanted | (answers.of_machine(asset) if asset else {})))

    return _page(visit, await _reading(visit, look))


async def take(visit: Visit) -> web.StreamResponse:
    """What the pressed button says: read the words, look somebody up, pick, open (422 and 409 show what to look at), or join."""
    does, _, which = visit.form.words("do").partition(".")
    typed = {name: text for name in KEPT if (text := visit.form.words(name)[:MAX_TEXT])}
    if does == "read" and typed.get("who") and typed.get("words") == typed.get("heard"):
        does = "find"  # the Enter key presses the first button of a form, wherever one types
    match does:
        case "read":
            return _page(visit, await _reading(visit, lambda unit: _read(unit, visit, typed)))
        case "find" | "person" | "machine" | "firm" | "look":
            return _page(visit, await _reading(visit, lambda unit: _pick(unit, visit, typed, does, which)))
        case "join":
            write = visit.parts.store.write(lambda unit: _join(unit, visit, typed, which))
        case _:
            write = visit.parts.store.write(lambda unit: _open(unit, visit, typed))
    try:
        number = await write
    except _NotYet as problem:
        return _page(visit, problem.args[0], problem.args[1])
    raise web.HTTPSeeOther(f"{BASE}/tickets/{number}?opened={'join' if does == 'join' else 'yes'}")


# -- before it is opened --------------------------------------------------------------------------------------------------


async def _reading(visit: Visit, look: Any) -> _Sheet:
    parts = visit.parts
    sheet: _Sheet = await parts.store.read(lambda connection: look(Unit(connection, parts.clock(), "", parts.store.secret)))
    return sheet


def _read(unit: Unit, visit: Visit, typed: dict[str, str]) -> _Sheet:
    """Fill the fields from what the caller says."""
    person = likely(unit, visit, typed) or nobody_yet(visit, typed)
    words = typed.get("words", "")
    if words and not typed.get("heard") and not any("\u4e00" <= letter <= "\u9fff" for letter in words):
        typed["locale"] = "en"
    found = answers.hear_words(answers.talk_with(unit, visit, person), typed)
    meant = likely(unit, visit, typed | found)
    if meant and meant.id != person.id:  # the words say who it is: read them as theirs, who have machines of their own
        found = answers.hear_words(answers.talk_with(unit, visit, meant), typed | answers.of_person(meant))
    typed = typed | found | {"heard": words}
    named = answers.machine_of(unit, typed.get("model", "")) if not typed.get("serial") else None
    if named:  # what looked like a model is the serial number of a machine on record
        typed |= answers.of_machine(named) | ({"site": typed["site"]} if typed.get("site") else {})
        found |= {"serial": named.serial, "model": named.model}
    sheet = _Sheet(typed, heard=list(found), nothing=not found)
    if not chosen(unit, typed) and typed.get("person") != SOMEBODY_NEW:
        by = number_in(visit, typed.get("phone", "")) or typed.get("serial", "")
        sheet.found = look_up(unit, visit, by) if by else None
        sheet.found = sheet.found or None
    return _look(unit, visit, sheet)


def _pick(unit: Unit, visit: Visit, typed: dict[str, str], does: str, which: str) -> _Sheet:
    """Look a customer up, or take over what was picked of person, machine or firm."""
    sheet = _Sheet(typed)
    if does == "find":
        sheet.found = look_up(unit, visit, typed.get("who", "")) if typed.get("who") else []
        if asset := answers.machine_of(unit, typed.get("who", "")):
            sheet.typed = typed | answers.of_machine(asset)
    elif does == "person":
        _picked_person(unit, visit, sheet, which)
    elif does == "machine":
        asset = unit.asset(int(which)) if which.isascii() and which.isdigit() and len(which) < 12 else None
        known = answers.of_machine(asset) if asset else {}
        empty = dict.fromkeys(("serial", "brand", "model"), "") if asset is None else {}
        sheet.typed = (
            typed | empty | known | ({"site": typed["site"]} if typed.get("site") and not _is_recorded(unit, typed) else {})
        )
    elif does == "firm":
        firm = unit.organisation(whole(which))
        sheet.typed = typed | ({"organisation": firm.name} if firm else {"firm_new": typed.get("organisation", "")})
    return _look(unit, visit, sheet)


def _picked_person(unit: Unit, visit: Visit, sheet: _Sheet, which: str) -> None:
    before = likely(unit, visit, sheet.typed)
    typed = sheet.typed | {"person": which}
    person = chosen(unit, typed)
    if before:  # nothing of the one before may stay
        typed |= {name: "" for name, known in (("phone", before.phone), ("contact", before.name)) if typed.get(name) == known}
    if person is None:
        sheet.typed = typed | {"person": SOMEBODY_NEW}
        return
    firm = unit.organisation(person.organisation_id) if person.organisation_id else None
    if not (firm and firm.dealer):
        typed |= {"phone": typed.get("phone") or person.phone, "contact": typed.get("contact") or person.name}
    sheet.typed = typed | {"who": ""}


def _is_recorded(unit: Unit, typed: dict[str, str]) -> bool:
    """Whether the address is only what the record of the machine before said."""
    before = answers.machine_of(unit, typed.get("serial", ""))
    return before is not None and before.site == typed.get("site")


def _look(unit: Unit, visit: Visit, sheet: _Sheet) -> _Sheet:
    """All that the page shows beside the fields."""
    typed = sheet.typed
    asset = answers.machine_of(unit, typed.get("serial", ""))
    sheet.person = likely(unit, visit, typed)
    if sheet.person:
        firm_id = sheet.person.organisation_id or sheet.person.claimed_id
        sheet.firm = unit.organisation(firm_id) if firm_id else None
        sheet.machines = [one for one in unit.assets_of(sheet.person) if asset is None or one.id != asset.id][:MACHINES_SHOWN]
    sheet.near = answers.near_machines(unit, typed.get("serial") or typed.get("model", ""))
    if typed.get("organisation") != typed.get("firm_new"):
        sheet.firms = firms_like(unit, typed.get("organisation", ""))
    sheet.alike = _alike(unit, sheet.person, typed, asset)
    talk = answers.talk_with(unit, visit, sheet.person or nobody_yet(visit, typed))
    values = {"service": answers.service_of(typed), "family": typed.get("family", "")}
    asked = [*answers.asked_besides(typed), "wished"]
    sheet.usual = {state: answers.choices(talk, values, state, visit.reader.locale) for state in asked}
    hazards = read_hazards(f"{typed.get('words', '')}\n{typed.get('fault', '')}")
    sheet.hazard = hazards[0].kind if hazards and typed.get("hazard") != "none" else ""
    return sheet


def _alike(unit: Unit, person: Person | None, typed: dict[str, str], asset: Asset | None) -> list[Ticket]:
    if "alike" not in PLANS[answers.service_of(typed)].needs:
        return []
    asset_id = asset.id if asset else None
    found = unit.open_alike(
        person.id if person else 0, asset_id, typed.get("serial", ""), asset.family if asset else typed.get("family", "")
    )
    return [ticket for ticket in found if asset_id is None or ticket.report.asset_id in (asset_id, None)][:3]


# -- opening it -----------------------------------------------------------------------------------------------------------


def _hazard(typed: dict[str, str]) -> str:
    """The danger that was picked, else the one that the words tell of unless it was asked about."""
    if typed.get("hazard") in HAZARDS:
        return typed["hazard"]
    told = read_hazards(typed.get("fault", ""))
    return told[0].kind if told and typed.get("hazard") != "none" else ""


def _checked(
    unit: Unit, visit: Visit, typed: dict[str, str], *, insists: bool
) -> tuple[Person | None, Asset | None, dict[str, Any]]:
    """Who it is for, the machine, and the answers; raises _NotYet when something has to be put differently."""
    asset = answers.machine_of(unit, typed.get("serial", ""))
    person = likely(unit, visit, typed)
    talk = answers.talk_with(unit, visit, person or nobody_yet(visit, typed))
    values, wrong = answers.read_answers(talk, typed, asset, visit.reader.locale, insists=insists)
    sheet = _Sheet(typed, wrong=dict(wrong))
    mail = wrong_mail(unit, person, typed.get("email", ""))
    if mail and insists:
        sheet.wrong["email"] = mail
    if not person and not values.get("contact") and not values.get("phone") and not _hazard(typed):
        sheet.wrong["contact"] = Say("report/need_words")
    if not typed.get("fault"):
        sheet.wrong["fault"] = Say("report/need_words")
    if sheet.wrong:
        raise _NotYet(_look(unit, visit, sheet), 422)
    return person, asset, values


def _open(unit: Unit, visit: Visit, typed: dict[str, str]) -> str:
    """Open the ticket for the caller, tell them its number, and put it into the queue."""
    if typed.get("words") and not typed.get("fault"):  # nobody pressed "Read"; in a danger there is no time for it
        typed = _read(unit, visit, typed).typed
    hazard, by = _hazard(typed), unit.person(visit.person.id)
    person, asset, values = _checked(unit, visit, typed, insists=not hazard)
    alike = _alike(unit, person, typed, asset)
    if not hazard and not {str(ticket.id) for ticket in alike} <= set(typed.get("alike", "").split()):
        raise _NotYet(_look(unit, visit, _Sheet(typed)), 409)
    customer = keep_caller(unit, visit, person, typed, values, asset)
    desk = Desk(unit, unit.now, visit.parts.policies)
    ticket = _make(desk, customer, by, values, asset, hazard)
    tell_number(unit, customer, ticket)
    if typed.get("second") and by:
        _open_second(unit, visit, desk, by, customer, ticket, typed)
    return ticket.number


def _make(desk: Desk, customer: Person, by: Person | None, values: dict[str, Any], asset: Asset | None, hazard: str = "") -> Ticket:
    """The ticket that the answers make, waiting in the queue; in a danger everybody is called."""
    firm = values.get("organisation_id") or (asset.organisation_id if asset else None)
    report = report_from(values | ({"extent": 1, "service": "repair"} if hazard else {}))
    ticket = desk.open_ticket(customer, report, hazard=hazard, by=by, organisation_id=firm, hints=hints_in(report))
    if hazard and by:
        desk.danger(by, ticket, hazard, report.fault)
    elif isinstance(refused := desk.needs_visit(by, ticket), Refusal):
        raise AssertionError(f"a new ticket cannot wait: {refused.reason}")
    return ticket


def _open_second(unit: Unit, visit: Visit, desk: Desk, by: Person, customer: Person, first: Ticket, typed: dict[str, str]) -> None:
    """The second of two faults told at once: of the same machine it is split off, of another it is a report of its own."""
    talk = answers.talk_with(unit, visit, customer)
    own = {name: typed[name] for name in SHARED if typed.get(name)} | {"words": typed["second"]}
    own |= answers.hear_words(talk, own)
    asset = answers.machine_of(unit, own.get("serial", ""))
    if not own.get("family") or (own["family"] == first.report.family and not asset):
        desk.split(by, first, typed["second"])
        return
    values, _ = answers.read_answers(talk, own, asset, visit.reader.locale, insists=False)
    told = read_hazards(typed["second"])
    tell_number(unit, customer, _make(desk, customer, by, values, asset, told[0].kind if told and not first.hazard else ""))


def _join(unit: Unit, visit: Visit, typed: dict[str, str], which: str) -> str:
    """Give the caller's words to a ticket that is open already."""
    person, asset, values = _checked(unit, visit, typed, insists=False)
    ticket = next((one for one in _alike(unit, person, typed, asset) if str(one.id) == which), None)
    if ticket is None:
        raise _NotYet(_look(unit, visit, _Sheet(typed)), 409)
    customer = keep_caller(unit, visit, person, typed, values, asset)
    desk, by, hazard = Desk(unit, unit.now, visit.parts.policies), unit.person(visit.person.id), _hazard(typed)
    desk.join(customer, ticket, str(values["fault"]))
    if hazard and by and not ticket.hazard:
        desk.danger(by, ticket, hazard, str(values["fault"]))
    tell_joined(unit, customer, ticket)
    return ticket.number


# -- the page -------------------------------------------------------------------------------------------------------------


def _page(visit: Visit, sheet: _Sheet, status: int = 200) -> web.Response:
    reader, renderer, typed = visit.reader, visit.parts.renderer, sheet.typed
    advice = ""
    if sheet.hazard:
        say = Say("danger/advice", {"number": "", "hazard": sheet.hazard, "advice": {}})
        advice = renderer.html(say, reader).rpartition("\n\n")[0]  # the last lines say that it is reported, which comes later
    return visit.page(
        "new.html",
        status,
        sheet=sheet,
        typed=typed,
        wrong={name: renderer.plain(say, reader) if isinstance(say, Say) else say for name, say in sheet.wrong.items()},
        mail_of_another=isinstance(sheet.wrong.get("email"), str),
        service=answers.service_of(typed),
        services=SERVICES,
        besides=answers.asked_besides(typed),
        asked=[state for state in QUESTIONS if answers.is_asked(typed, state)],
        needed=answers.needed(typed),
        long=answers.LONG,
        families=FAMILIES,
        hazards=HAZARDS,
        advice=Markup(advice.replace("\n", "<br>")),  # noqa: S704 rendered with autoescape
        locale=locale_of(visit, typed),
        overtaken=status == 409,
    )
