"""Owns taking from free words all that answers a question of the report, and nothing that was answered before."""

from dataclasses import replace
from typing import Any

from dialogs.report.about_machine import machines_meant, of_asset
from dialogs.report.about_time import read_wished_time
from dialogs.report.question import Problem, Values, local_now, regions_of
from dialogs.talk import Talk
from dialogs.understanding.grade import read_extent
from dialogs.understanding.phone import read_phone
from dialogs.understanding.report import Understood, read_report
from dialogs.understanding.serial import nearest_serials, normalise_serial

ABOUT_PEOPLE = frozenset({"phone", "contact", "site", "organisation", "access", "firm_check"})
ABOUT_TIMES = frozenset({"since", "wished", "purchased", "before"})


def heard(talk: Talk, text: str) -> Understood:
    """What words tell, read once, where and when the person is."""
    first, *others = regions_of(talk)
    told = read_report(text, local_now(talk), first)
    for region in others:
        found = read_phone(text, region) if not told.phone else None
        if found and found.valid:
            told = replace(told, phone=found.found, phone_e164=found.e164)
    return told


def learned(talk: Talk, values: Values, told: Understood, asked: str = "") -> Values:
    """
    What words tell of fields that are not known yet.

    Args:
        asked: the question that the words answer; "" for words that answer none. What such an answer commonly holds by the
            way is not taken for something else: a time given for a visit is not when it broke.
    """
    found: Values = {}
    if asked not in ABOUT_PEOPLE:
        found |= _machine(talk, values, told)
        found["code"] = ", ".join(told.error_codes)[:120]
        found["tried"] = "; ".join(told.tried_already)[:1000]
        if asked not in ABOUT_TIMES:
            found["since"] = told.occurred_at
            found |= _wish(talk, told)
    people = {"phone": told.phone_e164, "contact": (told.contact or "")[:60], "site": (told.address or "")[:300]}
    found |= {name: value for name, value in people.items() if value}
    return {name: value for name, value in found.items() if value and not _is_told(talk, values, name)}


def guess_extent(values: Values) -> None:
    """How bad it is, when the words of the fault leave no doubt; a guess gives way to a better one, an answer never."""
    if (values.get("service") or "repair") != "repair" or (values.get("extent") and not values.get("extent_guessed")):
        return
    extent = read_extent(str(values.get("fault") or ""), code=bool(values.get("code")))
    values |= {"extent": extent, "extent_guessed": extent is not None}


def _is_told(talk: Talk, values: Values, name: str) -> bool:
    """Whether the person told it: what their profile or the machine's record says gives way to their words."""
    known = values.get(name)
    return bool(known) and known != values.get("assumed", {}).get(name)


def _machine(talk: Talk, values: Values, told: Understood) -> Values:
    if values.get("asset_id"):
        return {}
    if told.serial and not values.get("serial"):
        typed = normalise_serial(told.serial)
        near = nearest_serials(told.serial, talk.records.serials())
        asset = talk.records.asset_by_serial(near[0]) if near and normalise_serial(near[0]) == typed else None
        if asset:
            return of_asset(asset)
        return _kind(talk, values, told) | {"serial": typed[:80], "serial_near": near}
    return _kind(talk, values, told)


def _kind(talk: Talk, values: Values, told: Understood) -> Values:
    """The one machine of theirs that is meant, else its kind; brand and model as they were named."""
    named: Values = {"brand": (told.brand or "")[:60], "model": (told.model or "")[:80]}
    family = told.product_category
    if values.get("family"):
        return named
    if not family:
        return named if not talk.records.assets_of(talk.person) else named | {"told_model": told.model}
    meant = {"told_family": family, "told_model": told.model}
    mine = machines_meant(talk, meant)
    if len(mine) == 1 and mine[0].family == family and not values.get("dealer"):
        return of_asset(mine[0])
    new = told.product_named and all(asset.family != family for asset in mine)
    if mine and not new and not values.get("by_family"):  # "the remote control" may be of any of theirs: asked, never assumed
        return meant
    return named | {"family": family}


def _wish(talk: Talk, told: Understood) -> dict[str, Any]:
    answer = read_wished_time(talk, {}, told.wished) if told.wished else None
    return answer if answer is not None and not isinstance(answer, Problem) else {}
