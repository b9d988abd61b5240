"""What one case taught is found by the next colleague (D1)."""

import pytest

from aftersales.known_faults import APPROVED, KnownFault
from aftersales.people import Role
from dialogs.finding import find
from tests.acceptance.desk import Desk, Someone
from tests.acceptance.stories import repairs, reports, takes

ENTRIES = [
    KnownFault(
        1,
        "air_conditioner",
        "外机不转，室内吹自然风",
        "启动电容失效",
        "更换 35 µF 电容",
        "Gree",
        "KFR-35GW",
        "E6",
        ("CAP-35",),
        APPROVED,
    ),
    KnownFault(
        2, "air_conditioner", "communication error after a storm", "outdoor board burnt", "board replaced", "Gree", "", "E6, E1"
    ),
    KnownFault(3, "washing_machine", "does not drain", "sock in the pump", "pump cleaned", "Midea", "", "E6", (), APPROVED),
    KnownFault(4, "water_heater", "打火后熄灭", "风压开关损坏", "更换风压开关", "Rinnai", "JSQ", "12", (), APPROVED),
    KnownFault(
        5, "pump", "seal drips after two weeks", "shaft runs out of true", "shaft and seal replaced", "", "", "", (), APPROVED
    ),
]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("E6 gree", [1, 3]),
        ("e-6 格力空调", [1]),
        ("空调 e6", [1]),
        ("E6 midea", [3, 1]),
        ("外机不转", [1]),
        ("外機不轉", [1]),
        ("热水器 熄灭", [4]),
        ("rinai 12", [4]),
        ("sock pump", [3]),
        ("shaft seal drips", [5]),
        ("shfat seal", [5]),
        ("E9 gree", []),
        ("hello", []),
        ("", []),
    ],
)
def test_the_library_is_searched_in_both_languages_with_slips(words: str, expected: list[int]) -> None:
    assert [one.entry.id for one in find(words, ENTRIES)][: len(expected) or 5] == expected


def test_a_finding_becomes_an_entry_with_one_tap_and_a_vouching(desk: Desk, anna: Someone, zhou: Someone, wang: Someone) -> None:
    tao = desk.person("tao", Role.SUPPORT, listens=False)
    reports(anna, "the outdoor unit is silent")
    takes(desk)
    repairs(desk)

    wang.says("/find silent outdoor gree").hears("Nothing in the library yet|Guided check")
    wang.taps("Keep for the library").hears("Technical support looks at it")
    wang.taps("Keep for the library").sees_toast("proposed already")
    assert "capacitor dead" in tao.screen()[-1] and "wang proposes this" in tao.screen()[-1]
    wang.says("/find silent outdoor gree").ignores()
    assert "capacitor dead" not in wang.screen()[-1]  # nobody vouches for it yet

    tao.taps("Take it in")
    wang.hears("tao has taken your finding into the fault library.*capacitor dead")
    zhou.says("/find silent outdoor gree").hears("Gree KFR-35GW.*Cause: capacitor dead.*Mended by: capacitor replaced")
    anna.ignores()


def test_a_finding_can_still_be_kept_after_the_customer_has_signed_off(
    desk: Desk, anna: Someone, zhou: Someone, wang: Someone
) -> None:
    tao = desk.person("tao", Role.SUPPORT, listens=False)
    reports(anna, "the outdoor unit is silent")
    takes(desk)
    repairs(desk)
    anna.taps("It works").ignores()

    wang.hears("has signed off").taps("Keep for the library").hears("Technical support looks at it")
    assert "wang proposes this" in tao.screen()[-1]
    zhou.ignores()


def test_an_entry_not_taken_in_is_not_found(desk: Desk, anna: Someone, zhou: Someone, wang: Someone) -> None:
    tao = desk.person("tao", Role.SUPPORT, listens=False)
    reports(anna, "the outdoor unit is silent")
    takes(desk)
    repairs(desk)
    wang.taps("Keep for the library").ignores()

    tao.taps("Not this one")
    zhou.says("/find capacitor dead").hears("Nothing in the library yet for .capacitor dead.")
    anna.ignores()


def test_a_customer_does_not_search_the_library(desk: Desk, anna: Someone) -> None:
    anna.says("/find E6").hears("don't know that command")


def test_a_search_without_words_says_how(desk: Desk, zhou: Someone) -> None:
    zhou.says("/find").hears("What are you looking for")
