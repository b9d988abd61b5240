"""Owns the questions about the machine: which it is, whether that serial number was meant, brand and model."""

from aftersales.people import Asset
from aftersales.say import Button, Rows, literal
from dialogs.report.question import Answer, Problem, Values, words_for
from dialogs.talk import Talk
from dialogs.understanding.family import read_family
from dialogs.understanding.serial import nearest_serials, normalise_serial
from dialogs.wording import word

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
OF_THE_MACHINE = ("asset_id", "family", "brand", "model", "serial", "serial_near")
MACHINES_SHOWN = 6


def product_choices(talk: Talk, values: Values) -> Rows:
    """The person's machines on record, else the families."""
    mine = [] if values.get("by_family") else machines_meant(talk, values)
    if mine:
        rows = [(literal(machine_name(asset, talk.person.locale), arg=f"asset.{asset.id}"),) for asset in mine[:MACHINES_SHOWN]]
        return (*rows, (Button("button.other_machine", "choose", "other_machine"),))
    return tuple(tuple(Button(f"family.{f}", "choose", f"family.{f}") for f in row) for row in FAMILIES)


def machines_meant(talk: Talk, values: Values) -> list[Asset]:
    """The person's machines that what was told so far can be about; all of them when it says nothing."""
    mine = talk.records.assets_of(talk.person)
    named = values.get("told_family") or values.get("family")
    of_kind = [asset for asset in mine if asset.family == named]
    model = normalise_serial(str(values.get("told_model") or ""))
    exact = [asset for asset in of_kind or mine if model and model in normalise_serial(f"{asset.brand}{asset.model}")]
    return exact or of_kind or mine


def machine_name(asset: Asset, locale: str) -> str:
    """How a machine is called on a button."""
    name = " ".join(filter(None, (asset.brand, asset.model))) or word(f"family.{asset.family}", locale)
    return f"{name} · {asset.serial}"


def choose_product(talk: Talk, values: Values, arg: str) -> Answer:
    kind, _, what = arg.partition(".")
    if kind == "other_machine":
        return {"by_family": True} | ({"family": values["told_family"]} if values.get("told_family") else {})
    if kind == "asset":
        asset = talk.records.asset(int(what))
        return of_asset(asset) if asset else Problem("report/product_unknown", {})
    return {"family": what}


def read_product(talk: Talk, values: Values, text: str) -> Answer:
    """A serial number of ours, one that resembles it, a new one, or the kind of machine."""
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
        mine = machines_meant(talk, {"told_family": family})
        if len(mine) == 1 and not values.get("by_family"):
            return of_asset(mine[0])
        return {"family": family}
    if len(typed) >= 6 and any(c.isdigit() for c in typed) and " " not in text.strip():
        return {"serial": typed[:80], "by_family": True}
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
    if asset.purchased_on:
        known["purchased"] = asset.purchased_on
    return known


def read_model(talk: Talk, values: Values, text: str) -> Answer:
    """Brand and model as they are written; of a brand known before nothing stays."""
    answer = words_for("model", 80)(talk, values, text)
    return answer if isinstance(answer, Problem) else answer | {"brand": ""}


def near_choices(talk: Talk, values: Values) -> Rows:
    rows = []
    for serial in values.get("serial_near", []):
        asset = talk.records.asset_by_serial(serial)
        if asset:
            rows.append((literal(machine_name(asset, talk.person.locale), arg=f"asset.{asset.id}"),))
    return (*rows, (Button("button.not_on_list", "choose", "none"),))


def choose_near(talk: Talk, values: Values, arg: str) -> Answer:
    if arg == "none":
        return {"serial_near": []} | ({} if values.get("family") else {"by_family": True})
    return choose_product(talk, values, arg)


def read_near(talk: Talk, values: Values, text: str) -> Answer:
    answer = read_product(talk, values, text)
    return answer if isinstance(answer, Problem) else {"serial_near": []} | answer
