"""Owns the questions who reports, for which firm, how to reach them, where, and how to get in."""

from aftersales.companies import alike
from aftersales.say import Button, Rows, literal
from dialogs.report.question import SHORT, Answer, Problem, Values, regions_of
from dialogs.talk import Talk
from dialogs.understanding.phone import read_phone
from dialogs.understanding.script import fold
from dialogs.understanding.who import read_who

FIRMS_SHOWN = 4
THE_SAME = 0.97  # likeness from which on two ways of writing are taken for one firm


# -- the firm -----------------------------------------------------------------------------------------------------------


def read_organisation(talk: Talk, values: Values, text: str) -> Answer:
    """The firm on record with that name; one that resembles it is asked about, a new one kept as written."""
    name = " ".join(text.split())
    if not any(c.isalnum() for c in name):
        return Problem("report/need_words", {})
    if len(name) > SHORT:
        return Problem("report/too_long", {"length": len(name), "longest": SHORT})
    known = {firm.name: firm for firm in talk.records.organisations()}
    found = alike(name, known, read_as=fold)[:FIRMS_SHOWN]
    if found and found[0].score >= THE_SAME and (len(found) == 1 or found[1].score < THE_SAME):
        firm = known[found[0].name]
        return {"organisation": firm.name, "organisation_id": firm.id, "firms_alike": []}
    near = [known[likeness.name].id for likeness in found]
    return {"organisation": name, "organisation_id": None, "firms_alike": near}


def skip_organisation(talk: Talk, values: Values) -> Rows:
    return ((Button("button.private_person", "choose", "private"),),) if values.get("firms") and not values.get("dealer") else ()


def choose_private(talk: Talk, values: Values, arg: str) -> Answer:
    return {"firms": False, "organisation": "", "organisation_id": None, "firms_alike": []}


def firm_choices(talk: Talk, values: Values) -> Rows:
    firms = [talk.records.organisation(firm_id) for firm_id in values.get("firms_alike") or ()]
    rows = [(literal(firm.name[:60], arg=f"firm.{firm.id}"),) for firm in firms if firm]
    return (*rows, (Button("button.new_firm", "choose", "none"),))


def choose_firm(talk: Talk, values: Values, arg: str) -> Answer:
    if arg == "none":
        return {"firms_alike": []}
    firm_id = int(arg.partition(".")[2])
    firm = talk.records.organisation(firm_id) if firm_id in (values.get("firms_alike") or ()) else None
    if firm is None:
        return Problem("report/tap_one", {})
    return {"organisation": firm.name, "organisation_id": firm.id, "firms_alike": []}


def read_firm(talk: Talk, values: Values, text: str) -> Answer:
    """Another way of writing the name."""
    return read_organisation(talk, values, text)


# -- reaching them ------------------------------------------------------------------------------------------------------


def phone_choices(talk: Talk, values: Values) -> Rows:
    if talk.person.phone:
        return ((Button("button.use_phone", "choose", "my_phone", params={"phone": talk.person.phone}),),)
    return ((Button("button.share_phone", kind="contact"),),)


def choose_phone(talk: Talk, values: Values, arg: str) -> Answer:
    return {"phone": talk.person.phone, "masked": False}


def read_number(talk: Talk, values: Values, text: str) -> Answer:
    """A phone number, in whatever way it was written, as E.164; an extension stays behind it, a name beside it is the contact."""
    found, region = read_phone(text, regions_of(talk)[0]), regions_of(talk)[0]
    for other in regions_of(talk)[1:]:
        if not found.valid:
            found, region = read_phone(text, other), other
    if not found.valid or not found.e164:
        return Problem("report/phone_invalid", {})
    number: Values = {"phone": found.e164 + (f" x{found.extension}" if found.extension else ""), "masked": False}
    name = read_who(text, region).name
    return number | ({"contact": name} if name else {})


def contact_choices(talk: Talk, values: Values) -> Rows:
    name = talk.person.name
    return ((Button("button.use_name", "choose", "my_name", params={"name": name}),),) if name else ()


def choose_contact(talk: Talk, values: Values, arg: str) -> Answer:
    return {"contact": talk.person.name}


def read_contact_name(talk: Talk, values: Values, text: str) -> Answer:
    """A name; a number written beside it is the phone."""
    if not any(c.isalpha() for c in text) and sum(c.isdigit() for c in text) < 5:
        return Problem("report/need_words", {})
    if len(text) > SHORT:
        return Problem("report/too_long", {"length": len(text), "longest": SHORT})
    who = next((who for region in regions_of(talk) if (who := read_who(text, region)).phone), read_who(text, regions_of(talk)[0]))
    if who.phone:
        number: Values = {"phone": who.phone + (f" x{who.extension}" if who.extension else ""), "masked": False}
        return number | {"contact": who.name} if who.name else Problem("report/need_words", {})
    name = (who.name or text.strip())[:60]
    return {"contact": name} if any(c.isalpha() for c in name) else Problem("report/need_words", {})


# -- where --------------------------------------------------------------------------------------------------------------


def site_choices(talk: Talk, values: Values) -> Rows:
    sites = [] if values.get("dealer") else _sites(talk)
    rows = [(Button("button.use_site", "choose", f"site.{n}", params={"site": site[:40]}),) for n, site in enumerate(sites[:2])]
    return (*rows, (Button("button.share_place", kind="location"),))


def choose_site(talk: Talk, values: Values, arg: str) -> Answer:
    sites = _sites(talk)
    place = int(arg.partition(".")[2])
    if place >= len(sites):
        return Problem("report/need_words", {})
    asset = next(asset for asset in talk.records.assets_of(talk.person) if asset.site == sites[place])
    return {"site": asset.site, "lat": asset.lat, "lon": asset.lon}


def _sites(talk: Talk) -> list[str]:
    return list(dict.fromkeys(asset.site for asset in talk.records.assets_of(talk.person) if asset.site))
