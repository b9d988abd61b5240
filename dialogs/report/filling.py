"""Owns how the form fills up: what a person need not tell again, what words and machines tell, and what is asked next."""

from aftersales.people import Asset
from dialogs.conversation import Frame
from dialogs.event import MAX_TEXT
from dialogs.machine import fire
from dialogs.report.about_machine import machines_meant, of_asset
from dialogs.report.description import described
from dialogs.report.moves import MACHINE, Model
from dialogs.report.plan import is_known, plan_of
from dialogs.report.question import Values
from dialogs.report.questions import QUESTIONS
from dialogs.report.reading import guess_extent, heard, learned
from dialogs.talk import Talk
from dialogs.understanding.service import read_service

ONLY_A_WISH = 14  # letters; "I need a repair" is no fault yet


def start(talk: Talk) -> Values:
    """The answers that a person need not give again."""
    person = talk.person
    firm = talk.records.organisation(person.organisation_id) if person.organisation_id else None
    dealer = bool(firm and firm.dealer)
    name = person.name if any(c.isalpha() for c in person.name) else ""
    mine: Values = {} if dealer else {"phone": person.phone, "contact": name}
    claimed = talk.records.organisation(person.claimed_id) if person.claimed_id and not firm else None
    asks_firm = dealer or (talk.desk.policy.customers == "firms" and firm is None and claimed is None)
    if claimed:
        mine |= {"organisation": claimed.name, "organisation_id": claimed.id}
    known: Values = {"service": "repair", "trail": [], "photos": list(talk.files), "firms": asks_firm, "dealer": dealer}
    return known | {"phone": "", "contact": ""} | mine | {"assumed": mine}


def hear(talk: Talk, frame: Frame, words: str) -> Values:
    """Take from the first words all that they tell; returns the answers that they gave."""
    values = frame.fields
    service = read_service(words)
    if service:
        values["service"] = service
    told = heard(talk, words)
    answers = learned(talk, values, told)
    apply(talk, frame, answers)
    if not (service and not answers and len(words) <= ONLY_A_WISH):
        values["fault"] = described(words, told)[:MAX_TEXT]
        guess_extent(values)
    return answers


def apply(talk: Talk, frame: Frame, answer: Values) -> None:
    values = frame.fields
    asset = answer.get("asset_id") and answer.get("asset_id") != values.get("asset_id")
    known_site = values.get("site") if asset and values.get("site") != values.get("assumed", {}).get("site") else None
    values |= answer
    if asset and known_site and "site" in answer:  # what they said of the place wins over the record
        values["site"] = known_site
    elif asset and "site" in answer:
        values["assumed"] = {**values.get("assumed", {}), "site": answer["site"]}
    if answer.get("family"):
        values |= {"told_family": "", "told_model": ""}
    if "fault" in answer or "code" in answer:
        values["playbook"] = answer.get("playbook", "")
        guess_extent(values)
    if answer.get("extent"):
        values["extent_guessed"] = False
    if values.get("skipped"):
        values["skipped"] = [state for state in values["skipped"] if not any(answer.get(name) for name in QUESTIONS[state].fields)]


def go_on(talk: Talk, frame: Frame, first: str = "") -> None:
    """Move on to the next question whose answer is needed and not known yet."""
    values = frame.fields
    _look_for_alike(talk, values)
    model = Model(frame)
    if first in QUESTIONS and not is_known(values, first):
        model = Model(frame, first)
        fire(MACHINE, model, "edit")
    else:
        fire(MACHINE, model, "answered")
    frame.state = model.state


def _look_for_alike(talk: Talk, values: Values) -> None:
    """Look once, as soon as machine and fault are known, whether this is on an open ticket already."""
    if values.get("ticket") or values.get("alike_asked") or "alike" not in plan_of(values).needs:
        return
    if not (is_known(values, "product") and is_known(values, "serial_check") and values.get("fault")):
        return
    values["alike_asked"] = True
    found = talk.records.open_alike(talk.person.id, values.get("asset_id"), values.get("serial") or "", values.get("family") or "")
    if values.get("asset_id"):  # of a known unit only that unit's tickets; of an unknown one those that may be its own
        found = [ticket for ticket in found if ticket.report.asset_id in (values["asset_id"], None)]
    values["alike"] = [ticket.id for ticket in found if ticket.id not in (values.get("waiting") or ())][:3]


def decide_two(talk: Talk, frame: Frame) -> None:
    """Two machines, two reports; or one, with all that was said."""
    values = frame.fields
    if values.get("two") != "two":
        values |= {"fault": values.get("whole", ""), "second": ""}
        guess_extent(values)


def take_machine(talk: Talk, frame: Frame, asset: Asset) -> None:
    """The machine of a label, and whom its record names when the one who scans has not told their number."""
    apply(talk, frame, of_asset(asset))
    owner = talk.records.person(asset.owner_id) if asset.owner_id else None
    if owner and owner.id != talk.person.id and owner.phone and not frame.fields.get("phone") and not frame.fields.get("dealer"):
        frame.fields |= {"phone": owner.phone, "contact": owner.name, "masked": True}


def no_machine(values: Values) -> Values:
    empty: Values = {"asset_id": None, "serial": "", "brand": "", "model": "", "serial_near": [], "family": ""}
    empty |= {"lat": None, "lon": None}
    assumed = dict(values.get("assumed") or {})
    if values.get("site") and values.get("site") == assumed.pop("site", None):
        empty |= {"site": "", "assumed": assumed}
    if values.get("masked"):
        empty |= {"phone": "", "contact": "", "masked": False}
    return empty | {"alike": [], "alike_asked": False}


def only_machine(talk: Talk, values: Values) -> Values:
    mine = machines_meant(talk, values) if values.get("told_family") else []
    if len(mine) == 1:
        return of_asset(mine[0])
    return {"family": values["told_family"]} if values.get("told_family") else {}
