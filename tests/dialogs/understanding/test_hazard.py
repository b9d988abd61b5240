"""Danger that was told of, and what only sounds like it."""

import pytest

from dialogs.understanding.hazard import read_hazards
from tests.dialogs.understanding.rows import rows

ROWS = rows("hazard_rows.yaml")


@pytest.mark.parametrize("text", ROWS["labelled_danger"] + ROWS["danger"])
def test_danger_is_found(text: str) -> None:
    assert read_hazards(text)


@pytest.mark.parametrize("text", ROWS["labelled_harmless"] + ROWS["harmless"])
def test_what_only_sounds_dangerous_is_let_pass(text: str) -> None:
    assert read_hazards(text) == ()


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("打印机冒烟了", "smoke_fire", "冒烟"),
        ("冷氣機冒煙", "smoke_fire", "冒煙"),
        ("家里煤气泄漏了", "gas", "煤气泄漏"),
        ("洗衣机漏电", "shock", "漏电"),
        ("CO中毒", "carbon_monoxide", "CO中毒"),
        ("BP7X pack is bulging", "battery", "pack is bulging"),
        ("It exploded", "explosion", "exploded"),
        ("电梯困人了", "trapped", "困人"),
        ("叉车刹车失灵", "moving", "叉车刹车失灵"),
        ("货叉自己下降", "falling", "货叉自己下"),
        ("charger too hot to touch", "hot", "charger too hot"),
        ("水漏到插座上了", "water_electric", "水漏到插座"),
        ("rust hole in the air tank", "pressure", "rust hole in the air tank"),
        ("操作工受伤了", "injury", "受伤"),
    ],
)
def test_a_danger_is_told_with_its_kind_and_the_words_as_written(text: str, kind: str, words: str) -> None:
    assert (kind, words) in {(hazard.kind, hazard.words) for hazard in read_hazards(text)}


def test_several_dangers_are_told_in_the_order_of_the_text() -> None:
    assert [hazard.kind for hazard in read_hazards("洗衣机漏电，插头冒烟")] == ["shock", "smoke_fire"]


def test_a_denied_danger_does_not_hide_a_real_one_beside_it() -> None:
    assert [hazard.words for hazard in read_hazards("No flames but a burning smell")] == ["burning smell"]
    assert [hazard.kind for hazard in read_hazards("没有冒烟，但是摸着麻手")] == ["shock"]


def test_danger_at_the_far_end_of_a_long_text_is_found() -> None:
    assert read_hazards("x " * 10_000 + "and now it is on fire")
