"""Owns the answers of a report on behalf: which are asked for, and what typed words mean, by the very questions of the chat."""

from collections.abc import Mapping

from aftersales.desk import Desk
from aftersales.people import Asset, Person
from aftersales.say import Button, Say
from aftersales.ticket import MORE
from console.page import Visit
from dialogs.conversation import Conversation, Frame
from dialogs.event import Event, Sender, Text
from dialogs.report.about_machine import FAMILIES as FAMILY_ROWS
from dialogs.report.about_machine import of_asset
from dialogs.report.description import described
from dialogs.report.filling import apply, hear, start
from dialogs.report.plan import BETWEEN, PLANS, plan_of
from dialogs.report.question import Problem, Values
from dialogs.report.questions import QUESTIONS
from dialogs.report.reading import guess_extent, heard
from dialogs.talk import Talk
from dialogs.understanding.serial import nearest_serials, normalise_serial
from dialogs.understanding.several import split_faults
from dialogs.wording import button_words
from storage.unit import Unit

FAMILIES = tuple(family for row in FAMILY_ROWS for family in row)
# Fields with a place of their own on the page; all others of a plan stand together, in the order of asking.
PLACED = frozenset(
    {"product", "model", "service", "extent", "fault", "organisation", "phone", "contact", "site", "access", "wished"}
)
NOT_TYPED = frozenset({*BETWEEN, "photos"})
FILLED = ("service", "serial", "family", "brand", "model", "extent", "fault", "phone", "contact", "site", "wished")
FIELDS = tuple(dict.fromkeys((*FILLED, *(state for state in QUESTIONS if state not in NOT_TYPED | {"product"}))))
LONG = frozenset({"tried", "wants"})
MEANS_MORE = frozenset({"about", "code"})  # a usual answer there says more than its words: a ticket, or that there is none


def talk_with(unit: Unit, visit: Visit, person: Person) -> Talk:
    """What the questions need to read an answer of *person*, without any conversation of theirs being touched."""
    event = Event("", Sender("console", str(visit.person.id)), unit.now, Text(""))
    return Talk(event, person, Conversation(person.id), Desk(unit, unit.now, visit.parts.policies), unit, visit.parts.library)


def service_of(typed: Mapping[str, str]) -> str:
    """The service that is chosen; a repair unless they say otherwise."""
    return typed["service"] if typed.get("service") in PLANS else "repair"


def asked_besides(typed: Mapping[str, str]) -> list[str]:
    """What the chosen service asks beyond the fields that every report has; an answer that is there stays on the page."""
    plan = PLANS[service_of(typed)]
    wanted = {*plan.needs, *plan.may} | {name for name in MORE if typed.get(name)}
    wanted |= {name for name in ("since", "code", "tried") if typed.get(name)}
    return [state for state in QUESTIONS if state in wanted and state not in PLACED | NOT_TYPED]


def is_asked(typed: Mapping[str, str], state: str) -> bool:
    """Whether the chosen service asks that, or it was answered all the same."""
    plan = PLANS[service_of(typed)]
    return state in (*plan.needs, *plan.may) or bool(typed.get(state))


def needed(typed: Mapping[str, str]) -> frozenset[str]:
    """What the chosen service cannot do without; what the chat lets people skip is not among it."""
    return frozenset(state for state in PLANS[service_of(typed)].needs if not QUESTIONS[state].optional)


def choices(talk: Talk, values: Values, state: str, locale: str) -> list[str]:
    """The usual answers, as the chat's buttons say them."""
    return [button_words(button, locale) for button in _buttons(talk, values, state)]


def machine_of(unit: Unit, serial: str) -> Asset | None:
    """The machine on record with that serial number, as typed or in the usual way of writing."""
    return unit.asset_by_serial(serial) or unit.asset_by_serial(normalise_serial(serial)) if serial else None


def near_machines(unit: Unit, serial: str) -> list[Asset]:
    """Machines on record whose serial number may have been meant by one that is not on record."""
    if not serial or machine_of(unit, serial):
        return []
    return [asset for near in nearest_serials(serial, unit.serials()) if (asset := unit.asset_by_serial(near))]


def of_machine(asset: Asset) -> dict[str, str]:
    """What the record of a machine fills in."""
    known = of_asset(asset)
    return {name: str(known[name]) for name in ("serial", "family", "brand", "model", "site", "purchased") if known.get(name)}


def of_person(person: Person) -> dict[str, str]:
    """What a customer's record fills in; the words that they were found by say the rest."""
    return {"person": str(person.id)}


# -- from the caller's words ----------------------------------------------------------------------------------------------


def hear_words(talk: Talk, typed: Mapping[str, str]) -> dict[str, str]:
    """
    What the words tell of fields that are empty, or that only the record filled.

    Args:
        typed: the page's fields; *words* are what the caller says, *heard* what was read of them before.

    Returns:
        Changed fields by name, as they are to be shown.
    """
    words, before = typed.get("words", ""), _under_way(talk, typed)
    frame = Frame("report", "product", dict(before))
    first, second = split_faults(words) or (words, "")
    hear(talk, frame, first)
    values = frame.fields
    mine = typed.get("fault", "")
    if mine and mine not in _descriptions(talk, typed.get("heard", "")):
        values["fault"], second = mine, ""  # somebody has put it better since
        guess_extent(values)
    if typed.get("service") in PLANS and typed["service"] != "repair":
        values["service"] = typed["service"]
    found = {name: str(values.get(name) or "") for name in FIELDS}
    if second and not typed.get("second"):
        found["second"] = described(second, heard(talk, second))
    return {name: text for name, text in found.items() if text and text != typed.get(name, "")}


def _descriptions(talk: Talk, words: str) -> set[str]:
    """How the fault reads that was taken from those words."""
    if not words:
        return set()
    return {described(part, heard(talk, part)) for part in (words, *(split_faults(words) or ()))}


def _under_way(talk: Talk, typed: Mapping[str, str]) -> Values:
    values = start(talk) | {"service": service_of(typed)}
    values |= {name: typed[name] for name in FIELDS if typed.get(name) and name not in ("service", "extent")}
    asset = talk.records.asset_by_serial(typed.get("serial", ""))
    if asset:
        apply(talk, Frame("report", "product", values), of_asset(asset) | {"site": typed.get("site") or asset.site})
    if typed.get("extent") in ("1", "2", "3"):
        values |= {"extent": int(typed["extent"]), "extent_guessed": False}
    return values


# -- for the ticket -------------------------------------------------------------------------------------------------------


def read_answers(
    talk: Talk, typed: Mapping[str, str], asset: Asset | None, locale: str, *, insists: bool
) -> tuple[Values, dict[str, Say]]:
    """
    The fields as the questions read them.

    Args:
        asset: the machine on record that is meant.
        locale: of the page; an answer in the words of a usual one is that one.
        insists: False when nothing more is needed, as in a danger; what cannot be read then stays as it was typed.

    Returns:
        (values, wrong): what makes the report; by field the sentence that the chat would say.
    """
    values: Values = start(talk) | {"service": service_of(typed), "phone": "", "contact": "", "photos": []}
    wrong: dict[str, Say] = {}
    _read_machine(values, wrong, typed, asset)
    by_mail = bool(typed.get("email"))
    for state in QUESTIONS:
        if state in NOT_TYPED | {"product", "service", "extent", "model"}:
            continue
        text = typed.get(state, "")
        if not text and (state not in plan_of(values).needs or QUESTIONS[state].optional or (state == "phone" and by_mail)):
            continue
        answer = _read(talk, values, state, text, locale)
        if not isinstance(answer, Problem):
            values |= answer
            continue
        wrong[state] = Say(answer.text, answer.params)
        if text and not insists:
            values[state] = text[:300]
    _read_extent(values, wrong, typed)
    if asset and values.get("site") in ("", None, asset.site):
        values |= {"site": asset.site, "lat": asset.lat, "lon": asset.lon}
        wrong.pop("site", None) if asset.site else None
    return values, wrong if insists else {}


def _read(talk: Talk, values: Values, state: str, text: str, locale: str) -> Values | Problem:
    question = QUESTIONS[state]
    same = [button for button in _buttons(talk, values, state) if button_words(button, locale).casefold() == text.casefold()]
    if same and question.choose and state in MEANS_MORE:
        return question.choose(talk, values, same[0].arg)
    answer = question.read(talk, values, text)
    if isinstance(answer, Problem) and same and question.choose:
        return question.choose(talk, values, same[0].arg)
    return answer


def _buttons(talk: Talk, values: Values, state: str) -> list[Button]:
    rows = QUESTIONS[state].choices(talk, values)
    return [button for row in rows for button in row if button.kind == "press" and button.verb == "choose"]


def _read_machine(values: Values, wrong: dict[str, Say], typed: Mapping[str, str], asset: Asset | None) -> None:
    if asset:
        known = of_asset(asset)
        values |= {name: known[name] for name in ("asset_id", "serial", "family", "brand", "model")}
        return
    values |= {"serial": normalise_serial(typed.get("serial", ""))[:80]}
    values |= {"brand": typed.get("brand", "")[:60], "model": typed.get("model", "")[:80]}
    if typed.get("family") in FAMILIES:
        values["family"] = typed["family"]
    elif "product" in plan_of(values).needs:
        wrong["family"] = Say("report/product_unknown")


def _read_extent(values: Values, wrong: dict[str, Say], typed: Mapping[str, str]) -> None:
    if "extent" not in plan_of(values).needs:
        return
    if typed.get("extent") in ("1", "2", "3"):
        values["extent"] = int(typed["extent"])
        return
    guess_extent(values)
    if not values.get("extent"):
        wrong["extent"] = Say("report/tap_one")
