"""
Owns the questions of the report: what each asks, its choices, and what an answer means.

The order of asking is in report.py. docs/howto/new-question.md shows how to add one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from aftersales.people import Asset
from aftersales.say import Button, Rows, literal
from dialogs.event import MAX_TEXT
from dialogs.talk import Talk
from dialogs.understanding.family import read_family
from dialogs.understanding.phone import read_phone
from dialogs.understanding.serial import nearest_serials, normalise_serial
from dialogs.understanding.when import read_when
from dialogs.wording import word

Values = dict[str, Any]

FAMILIES = (
    ("air_conditioner", "refrigerator"),
    ("washing_machine", "water_heater"),
    ("tv", "phone"),
    ("laptop", "printer"),
    ("router", "cnc_machine"),
    ("compressor", "pump"),
    ("elevator", "forklift"),
    ("injection_moulding", "other"),
)
REGION_OF_ZONE = {"Asia/Taipei": "TW", "Asia/Hong_Kong": "HK", "Asia/Macau": "MO", "Asia/Singapore": "SG"}
MACHINES_SHOWN = 6
SHORT = 300  # letters that a one-line field holds
AS_IT_STANDS = frozenset({"code"})  # questions to which a bare number is the answer, not the number of a choice


@dataclass(frozen=True, slots=True)
class Problem:
    """Why an answer cannot be taken, as a text that says what to do."""

    text: str
    params: Mapping[str, Any]


Answer = Values | Problem


@dataclass(frozen=True, slots=True)
class Question:
    """
    One question of the report.

    Args:
        fields: the Report fields that it fills; it is known when the first of them is.
        read: what typed words mean, as values of fields or a Problem.
        choices: the buttons, without back and cancel.
        choose: what a choice means; None: as if its words had been typed.
        optional: may be skipped.
    """

    fields: tuple[str, ...]
    read: Callable[[Talk, Values, str], Answer]
    choices: Callable[[Talk, Values], Rows] = lambda talk, values: ()
    choose: Callable[[Talk, Values, str], Answer] | None = None
    optional: bool = False


# -- product ------------------------------------------------------------------------------------------------------------


def _product_choices(talk: Talk, values: Values) -> Rows:
    mine = talk.records.assets_of(talk.person)[:MACHINES_SHOWN]
    if mine and not values.get("by_family"):
        rows = [(literal(_machine_name(asset, talk.person.locale), arg=f"asset.{asset.id}"),) for asset in mine]
        return (*rows, (Button("button.other_machine", "choose", "other_machine"),))
    return tuple(tuple(Button(f"family.{f}", "choose", f"family.{f}") for f in row) for row in FAMILIES)


def _machine_name(asset: Asset, locale: str) -> str:
    name = " ".join(filter(None, (asset.brand, asset.model))) or word(f"family.{asset.family}", locale)
    return f"{name} · {asset.serial}"


def _choose_product(talk: Talk, values: Values, arg: str) -> Answer:
    kind, _, what = arg.partition(".")
    if kind == "other_machine":
        return {"by_family": True, "again": True}
    if kind == "asset":
        asset = talk.records.asset(int(what))
        return of_asset(asset) if asset else Problem("report/product_unknown", {})
    return {"family": what}


def _read_product(talk: Talk, values: Values, text: str) -> Answer:
    typed = normalise_serial(text)
    near = nearest_serials(text, talk.records.serials()) if len(typed) >= 5 and any(c.isdigit() for c in typed) else []
    if near and normalise_serial(near[0]) == typed:
        asset = talk.records.asset_by_serial(near[0])
        if asset:
            return of_asset(asset)
    if near:
        return {"serial": typed[:80], "serial_near": near}
    family = read_family(text)
    if family:
        return {"family": family} | ({"model": text[:80]} if any(c.isdigit() for c in text) else {})
    if len(typed) >= 6 and any(c.isdigit() for c in typed) and " " not in text.strip():
        return {"serial": typed[:80], "by_family": True, "again": True}
    return Problem("report/product_unknown", {})


def of_asset(asset: Asset) -> Values:
    """What the record of a machine already answers."""
    known: Values = {
        "asset_id": asset.id,
        "serial": asset.serial,
        "serial_near": [],
        "family": asset.family,
        "brand": asset.brand,
        "model": asset.model,
    }
    if asset.site:
        known |= {"site": asset.site, "lat": asset.lat, "lon": asset.lon}
    return known


def _near_choices(talk: Talk, values: Values) -> Rows:
    rows = []
    for serial in values.get("serial_near", []):
        asset = talk.records.asset_by_serial(serial)
        if asset:
            rows.append((literal(_machine_name(asset, talk.person.locale), arg=f"asset.{asset.id}"),))
    return (*rows, (Button("button.not_on_list", "choose", "none"),))


def _choose_near(talk: Talk, values: Values, arg: str) -> Answer:
    if arg == "none":
        return {"serial_near": []} if values.get("family") else {"serial_near": [], "by_family": True, "again": True}
    return _choose_product(talk, values, arg)


def _read_near(talk: Talk, values: Values, text: str) -> Answer:
    answer = _read_product(talk, values, text)
    return answer if isinstance(answer, Problem) else {"serial_near": []} | answer


# -- the fault ----------------------------------------------------------------------------------------------------------


def _words(field: str, longest: int = SHORT) -> Callable[[Talk, Values, str], Answer]:
    def read(talk: Talk, values: Values, text: str) -> Answer:
        if not any(c.isalnum() for c in text):
            return Problem("report/need_words", {})
        if len(text) > longest:
            return Problem("report/too_long", {"length": len(text), "longest": longest})
        return {field: text.strip()}

    return read


def _extent_choices(talk: Talk, values: Values) -> Rows:
    return tuple((Button(f"button.extent_{n}", "choose", f"extent.{n}"),) for n in (1, 2, 3))


def _since_choices(talk: Talk, values: Values) -> Rows:
    return (
        (Button("button.since_today", "choose", "since_today"), Button("button.since_yesterday", "choose", "since_yesterday")),
        (Button("button.since_week", "choose", "since_week"), Button("button.since_longer", "choose", "since_longer")),
    )


def _choose_words(field: str, **as_said: str) -> Callable[[Talk, Values, str], Answer]:
    def choose(talk: Talk, values: Values, arg: str) -> Answer:
        return {field: as_said[arg] if arg in as_said else word(f"button.{arg}", talk.person.locale)}

    return choose


def _pick_extent(talk: Talk, values: Values, arg: str) -> Answer:
    return {"extent": int(arg.removeprefix("extent."))}


def _type_extent(talk: Talk, values: Values, text: str) -> Answer:
    return Problem("report/tap_one", {})


# -- who and where ------------------------------------------------------------------------------------------------------


def _contact_choices(talk: Talk, values: Values) -> Rows:
    name = talk.person.name
    return ((Button("button.use_name", "choose", "my_name", params={"name": name}),),) if name else ()


def _choose_contact(talk: Talk, values: Values, arg: str) -> Answer:
    return {"contact": talk.person.name}


def _phone_choices(talk: Talk, values: Values) -> Rows:
    rows: list[tuple[Button, ...]] = []
    if talk.person.phone:
        rows.append((Button("button.use_phone", "choose", "my_phone", params={"phone": talk.person.phone}),))
    else:
        rows.append((Button("button.share_phone", kind="contact"),))
    return tuple(rows)


def _choose_phone(talk: Talk, values: Values, arg: str) -> Answer:
    return {"phone": talk.person.phone}


def read_number(talk: Talk, values: Values, text: str) -> Answer:
    """A phone number, in whatever way it was written, as E.164; an extension stays behind it."""
    found = read_phone(text, REGION_OF_ZONE.get(talk.person.zone, "CN"))
    if not found.valid or not found.e164:
        return Problem("report/phone_invalid", {})
    return {"phone": found.e164 + (f" x{found.extension}" if found.extension else "")}


def _site_choices(talk: Talk, values: Values) -> Rows:
    sites = list(dict.fromkeys(asset.site for asset in talk.records.assets_of(talk.person) if asset.site))[:2]
    rows = [(Button("button.use_site", "choose", f"site.{n}", params={"site": site[:40]}),) for n, site in enumerate(sites)]
    return (*rows, (Button("button.share_place", kind="location"),))


def _choose_site(talk: Talk, values: Values, arg: str) -> Answer:
    sites = list({asset.site: asset for asset in reversed(talk.records.assets_of(talk.person)) if asset.site}.values())[::-1]
    place = int(arg.partition(".")[2])
    if place >= len(sites):
        return Problem("report/need_words", {})
    asset = sites[place]
    return {"site": asset.site, "lat": asset.lat, "lon": asset.lon}


# -- when ---------------------------------------------------------------------------------------------------------------

_WISHES = {
    "wished_asap": "asap",
    "wished_today_pm": "this afternoon",
    "wished_tomorrow_am": "tomorrow morning",
    "wished_tomorrow_pm": "tomorrow afternoon",
}


def local_now(talk: Talk) -> datetime:
    """The turn's moment in the person's own zone."""
    return talk.now.astimezone(ZoneInfo(talk.person.zone))


def _wished_choices(talk: Talk, values: Values) -> Rows:
    now = local_now(talk)
    first = [Button("button.wished_asap", "choose", "wished_asap")]
    if now.hour < 16:
        first.append(Button("button.wished_today_pm", "choose", "wished_today_pm"))
    tomorrow = tuple(Button(f"button.{w}", "choose", w) for w in ("wished_tomorrow_am", "wished_tomorrow_pm"))
    return (tuple(first), tomorrow)


def _choose_wished(talk: Talk, values: Values, arg: str) -> Answer:
    if arg == "wished_asap":
        return {"wished": "asap", "wished_start": None, "wished_end": None}
    return _read_wished(talk, values, _WISHES[arg])


def _read_wished(talk: Talk, values: Values, text: str) -> Answer:
    """A time in the future; several readings are asked about, never guessed."""
    if len(text) > SHORT:
        return Problem("report/too_long", {"length": len(text), "longest": SHORT})
    now = local_now(talk)
    read = read_when(text, now)
    if read.status == "past" or (read.start and (read.end or read.start) < now - timedelta(minutes=1)):
        return Problem("report/time_past", {})
    if read.status == "none" or read.start is None:
        return Problem("report/time_unclear", {})
    if read.start > now + timedelta(days=366):
        return Problem("report/time_far", {})
    return {"wished": text.strip(), "wished_start": read.start.isoformat(), "wished_end": _iso(read.end)}


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _photo_choices(talk: Talk, values: Values) -> Rows:
    label = "button.photos_done" if values.get("photos") else "button.no_photos"
    return ((Button(label, "choose", "done"),),)


def _photos_done(talk: Talk, values: Values, arg: str) -> Answer:
    return {}


def _no_words_here(talk: Talk, values: Values, text: str) -> Answer:
    return Problem("report/photo_or_done", {})


QUESTIONS: dict[str, Question] = {
    "product": Question(("family",), _read_product, _product_choices, _choose_product),
    "serial_check": Question(("serial_near",), _read_near, _near_choices, _choose_near),
    "model": Question(("model", "brand"), _words("model", 80), optional=True),
    "fault": Question(("fault",), _words("fault", MAX_TEXT)),
    "extent": Question(("extent",), _type_extent, _extent_choices, _pick_extent),
    "since": Question(("since",), _words("since"), _since_choices, _choose_words("since"), optional=True),
    "code": Question(
        ("code",),
        _words("code", 120),
        lambda talk, values: ((Button("button.no_code", "choose", "no_code"),),),
        _choose_words("code", no_code=""),
        optional=True,
    ),
    "tried": Question(
        ("tried",),
        _words("tried", 1000),
        lambda talk, values: ((Button("button.nothing_tried", "choose", "nothing_tried"),),),
        _choose_words("tried"),
        optional=True,
    ),
    "contact": Question(("contact",), _words("contact", 60), _contact_choices, _choose_contact),
    "phone": Question(("phone",), read_number, _phone_choices, _choose_phone),
    "site": Question(("site",), _words("site"), _site_choices, _choose_site),
    "wished": Question(("wished",), _read_wished, _wished_choices, _choose_wished, optional=True),
    "photos": Question(("photos",), _no_words_here, _photo_choices, _photos_done, optional=True),
}
