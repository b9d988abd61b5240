"""What an engineer takes along: the list for a job, what is packed, and a file that says what is wrong with it."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from aftersales.errors import PolicyError
from aftersales.people import Part
from aftersales.preparation import (
    KINDS,
    Item,
    PreparationBook,
    load_preparation,
    missing,
    part_key,
    ready,
    shown,
    standing,
    tick,
    tick_all,
    untick,
)
from aftersales.say import Say
from aftersales.ticket import SERVICES
from dialogs.understanding.hazard import HazardKind
from dialogs.wording import LOCALES
from notifier.rendering import Reader, Renderer

ROOT = Path(__file__).parents[2]
BOOK = load_preparation(ROOT / "policies" / "preparation.yaml")
FAMILIES = {str(re.findall(r"^family: (\w+)", path.read_text("utf-8"), re.M)[0]) for path in (ROOT / "playbooks").glob("*.yaml")}
BELT = Part("DV-220", {"en": "Drive belt", "zh_CN": "传动带", "zh_TW": "傳動皮帶"})
GASKET = Part("密封-07", {"zh_CN": "密封圈"})

SMALL: dict[str, Any] = {
    "always": ["card"],
    "contract": ["deal"],
    "paid": ["prices"],
    "far": ["car", "bed"],
    "services": {"installation": ["drill"]},
    "papers_only": ["complaint"],
    "families": {"pump": {"every": ["gauge"], "repair": ["seals"]}, "other": {"every": ["gloves"]}},
    "hazards": {"any": ["tape"], "gas": ["sniffer", "gloves"]},
    "things": {
        **{key: {"kind": "paper"} for key in ("card", "deal", "prices")},
        **{key: {"kind": "tool"} for key in ("drill", "gauge", "seals", "sniffer")},
        **{key: {"kind": "protection"} for key in ("gloves", "tape")},
        "car": {"kind": "transport"},
        "bed": {"kind": "lodging"},
    },
}


def write(folder: Path, **other: Any) -> Path:
    sheet = json.loads(json.dumps(SMALL)) | other
    for key, thing in sheet["things"].items():
        if isinstance(thing, dict):
            sheet["things"][key] = {"en": key, "zh_CN": key, "zh_TW": key} | thing
    path = folder / "preparation.yaml"
    path.write_text(yaml.safe_dump(sheet, allow_unicode=True), "utf-8")
    return path


@pytest.fixture
def book(tmp_path: Path) -> PreparationBook:
    return load_preparation(write(tmp_path))


def keys(items: tuple[Item, ...]) -> list[str]:
    return [item.key for item in items]


# -- the list for a job -------------------------------------------------------------------------------------------------


def test_parts_come_first_then_tools_papers_and_protection(book: PreparationBook) -> None:
    items = book.list_for("pump", "repair", "gas", [BELT])

    assert keys(items) == [part_key("DV-220"), "gauge", "seals", "sniffer", "card", "tape", "gloves"]
    assert [item.kind for item in items] == ["part", "tool", "tool", "tool", "paper", "protection", "protection"]


def test_a_service_has_things_of_its_own(book: PreparationBook) -> None:
    assert keys(book.list_for("pump", "installation")) == ["drill", "gauge", "card"]


def test_who_opens_nothing_takes_only_papers(book: PreparationBook) -> None:
    assert keys(book.list_for("pump", "complaint")) == ["card"]


def test_contract_and_payment_add_their_papers(book: PreparationBook) -> None:
    assert keys(book.list_for("pump", "repair", contract=True)) == ["gauge", "seals", "card", "deal"]
    assert keys(book.list_for("pump", "repair", paid=True)) == ["gauge", "seals", "card", "prices"]


def test_a_far_job_adds_transport_and_lodging(book: PreparationBook) -> None:
    assert keys(book.list_for("pump", "repair", far=True)) == ["gauge", "seals", "card", "car", "bed"]


def test_an_unknown_family_or_danger_still_has_a_list(book: PreparationBook) -> None:
    assert keys(book.list_for("robot", "repair", "dragon")) == ["card", "gloves", "tape"]


def test_a_part_wanted_twice_is_one_line_with_its_count(book: PreparationBook) -> None:
    belts, gasket = book.list_for("pump", "complaint", parts=[BELT, GASKET, BELT])[:2]

    assert (belts.number, belts.count, belts.name) == ("DV-220", 2, BELT.name)
    assert (gasket.number, gasket.count, gasket.name) == ("密封-07", 1, {"zh_CN": "密封圈", "en": "密封-07"})


def test_the_key_of_a_part_is_short_ascii_and_its_own() -> None:
    assert part_key("DV-220") == "part-bba7af72"
    assert part_key("密封-07").isascii()
    assert part_key("密封-07") != part_key("密封-08")


# -- the book as it is --------------------------------------------------------------------------------------------------


def test_every_family_that_has_a_playbook_has_a_list_of_its_own() -> None:
    assert FAMILIES | {"other"} == set(BOOK.families)


def test_every_danger_that_can_be_reported_has_its_equipment() -> None:
    assert set(get_args(HazardKind)) | {"any"} == set(BOOK.hazards)


def test_gas_is_met_with_a_detector_and_tools_that_make_no_spark() -> None:
    names = [item.name["en"] for item in BOOK.list_for("water_heater", "repair", "gas")]

    assert {"Gas leak detector", "Non-sparking tools", "Anti-static clothing"} <= set(names)
    assert {"Gas leak detector", "Gas pressure gauge", "Personal CO alarm"} <= {
        item.name["en"] for item in BOOK.list_for("water_heater", "maintenance")
    }


def test_a_shock_is_met_with_insulation_a_tester_and_locks() -> None:
    names = {item.name["zh_TW"] for item in BOOK.list_for("washing_machine", "repair", "shock")}

    assert {"絕緣手套", "雙極驗電器", "上鎖掛牌組", "絕緣墊"} <= names


@pytest.mark.parametrize("service", SERVICES)
def test_no_list_names_a_thing_twice_and_all_keys_fit_a_button(service: str) -> None:
    for family in BOOK.families:
        for hazard in ("", *BOOK.hazards):
            items = BOOK.list_for(family, service, hazard, [BELT], far=True, contract=True, paid=True)
            assert len(set(keys(items))) == len(items)
            assert all(len(item.key) <= 16 and item.key.isascii() for item in items)
            assert [item.kind for item in items] == sorted((item.kind for item in items), key=KINDS.index)


def test_every_name_stands_in_all_three_languages_and_tells_its_thing_from_the_others() -> None:
    for language in ("en", "zh_CN", "zh_TW"):
        names = [item.name[language] for item in BOOK.things.values()]
        assert len(set(names)) == len(names)
    assert not any(re.search("[们这请说报时间电话验证码给为让过还图线钳纸]", item.name["zh_TW"]) for item in BOOK.things.values())


# -- what is packed -----------------------------------------------------------------------------------------------------


def test_a_thing_is_packed_taken_out_again_or_missing_for_a_reason() -> None:
    ticked = missing(tick(tick({}, "gauge"), "seals"), "card", "  lost\n on the way ")

    assert ticked == {"gauge": "ok", "seals": "ok", "card": "missing:lost on the way"}
    assert untick(ticked, "seals") == {"gauge": "ok", "card": "missing:lost on the way"}
    assert [standing(ticked, key) for key in ("gauge", "card", "drill")] == [
        ("ok", ""),
        ("missing", "lost on the way"),
        ("open", ""),
    ]
    assert tick(ticked, "card")["card"] == "ok"
    assert json.loads(json.dumps(ticked)) == ticked


def test_nothing_that_is_handed_in_is_changed() -> None:
    before = {"gauge": "ok"}
    tick(before, "seals"), untick(before, "gauge"), missing(before, "gauge", "broken")

    assert before == {"gauge": "ok"}


def test_it_is_ready_when_everything_on_the_list_is_packed(book: PreparationBook) -> None:
    items = book.list_for("pump", "repair")
    packed = {"gauge": "ok", "seals": "ok", "card": "ok"}

    assert not ready(items, {})
    assert ready(items, packed)
    assert not ready(items, missing(packed, "card", "stock"))
    assert ready(items, missing(packed, "drill", "stock"))  # not on this list


def test_all_at_once_packs_everything_but_what_is_missing(book: PreparationBook) -> None:
    items = book.list_for("pump", "repair")

    assert tick_all(missing({}, "card", "stock"), items) == {"card": "missing:stock", "gauge": "ok", "seals": "ok"}


def test_the_list_is_shown_by_kind_with_what_is_lacking(book: PreparationBook) -> None:
    items = book.list_for("pump", "repair", parts=[BELT])
    told = shown(items, missing(tick({}, "gauge"), "card", "lent"))

    assert [(group["kind"], [line["key"] for line in group["lines"]]) for group in told["groups"]] == [
        ("part", [part_key("DV-220")]),
        ("tool", ["gauge", "seals"]),
        ("paper", ["card"]),
    ]
    assert told["groups"][1]["lines"][0]["standing"] == "ok"
    assert [(line["key"], line["reason"]) for line in told["lacking"]] == [("card", "lent")]
    assert told["open"] == 2


@pytest.mark.parametrize("locale", LOCALES)
def test_the_longest_list_with_everything_missing_still_fits_one_message(locale: str) -> None:
    lists = [
        BOOK.list_for(f, s, h, far=True, contract=True, paid=True) for f in BOOK.families for s in SERVICES for h in BOOK.hazards
    ]
    parts = tuple(Item(part_key(str(n)), "part", {"en": "Circuit board of the outer unit"}, f"GR-30138{n:06}") for n in range(12))
    items = (*parts, *max(lists, key=len))
    ticked: dict[str, str] = {}
    for item in items:
        ticked = missing(ticked, item.key, "the last one went to a colleague, " * 9)

    told = {"number": "202603020001", "family": "pump", "appointment_start": None, "appointment_end": None} | shown(items, ticked)
    text = Renderer(b"s" * 32, "Acme").plain(
        Say("prepare/card", told), Reader(locale, "Asia/Shanghai", datetime(2026, 3, 2, tzinfo=UTC))
    )

    assert text.count("✗") == len(items) > 50
    assert len(text) < 4096


# -- mistakes in the file -----------------------------------------------------------------------------------------------


def things(**other: Any) -> dict[str, Any]:
    return {"things": SMALL["things"] | other}


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"always": ["card", "hammer"]}, "always: hammer: a line under things is wanted"),
        ({"always": ["card", "card"]}, "always: card: each thing once is wanted"),
        ({"always": "card"}, "always: a list of things is wanted"),
        ({"far": None}, "far: a list of things is wanted"),
        ({"hazzards": {}}, "hazzards: one of always, contract"),
        ({"services": {"repairs": []}}, "services.repairs: one of repair, maintenance"),
        ({"papers_only": ["talking"]}, "papers_only: a list out of repair, maintenance"),
        ({"families": {"pump": {"every": ["gauge", "seals"]}}}, "families.other: a list of things is wanted"),
        ({"families": {"pump": {"evry": []}}}, "families.pump.evry: one of every, repair"),
        ({"families": {"pump": []}}, "families.pump: a mapping with names as keys is wanted"),
        ({"hazards": {"gas": ["sniffer"]}}, "hazards.any: a list of things is wanted"),
        (things(Hammer={"kind": "tool"}), "things.Hammer: a key of at most 16 small letters, figures and _ is wanted"),
        (things(a_very_long_hammer={"kind": "tool"}), "things.a_very_long_hammer: a key of at most 16"),
        (things(hammer={"kind": "part"}), "things.hammer.kind: one of tool, paper"),
        (things(hammer={"kind": "tool", "zh_TW": ""}), "things.hammer.zh_TW: a name of at most 40 characters is wanted"),
        (things(hammer={"kind": "tool", "zh_TW": None}), "things.hammer.zh_TW: a name"),
        (things(hammer={"kind": "tool", "price": 3}), "things.hammer.price: one of kind, en"),
        (things(hammer={"kind": "tool"}), "things.hammer: a place on some list is wanted"),
        ({"things": {}}, "things: a mapping with names as keys is wanted"),
    ],
)
def test_a_mistake_is_named_by_file_and_key_with_what_is_wanted(tmp_path: Path, other: dict[str, Any], said: str) -> None:
    with pytest.raises(PolicyError) as refused:
        load_preparation(write(tmp_path, **other))

    assert str(refused.value).startswith(f"preparation.yaml: {said}")


def test_a_list_too_long_for_one_message_is_a_mistake(tmp_path: Path) -> None:
    many = {f"thing_{n}": {"kind": "tool"} for n in range(50)}
    families = SMALL["families"] | {"pump": {"every": ["gauge", "seals"], "repair": [*many]}}

    with pytest.raises(PolicyError, match=r"families\.pump: 45 things at most \(5\d for repair with any\) is wanted"):
        load_preparation(write(tmp_path, families=families, **things(**many)))


@pytest.mark.parametrize("text", ["", "[1, 2]", "always: [a"])
def test_a_file_that_is_no_book_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "preparation.yaml"
    path.write_text(text, "utf-8")

    with pytest.raises(PolicyError, match=r"^preparation\.yaml: "):
        load_preparation(path)
