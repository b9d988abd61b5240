"""Whether a text says at all how bad a fault is."""

import pytest

from dialogs.understanding.grade import Severity, read_extent, read_severity


@pytest.mark.parametrize(
    ("text", "extent"),
    [
        ("空调完全不制冷", 1),
        ("洗衣机有时不脱水，重启就好", 2),
        ("冰箱门灯坏了，制冷正常", 3),
        ("冷氣遙控器沒反應，機身按鍵可以用", 3),
        ("The washer won't drain", 1),
        ("router drops every evening, comes back by itself", 2),
        ("how do I mute the chime, all else works", 3),
    ],
)
def test_the_words_of_a_text_say_how_bad_it_is(text: str, extent: Severity) -> None:
    assert read_extent(text, code=False) == extent
    assert read_severity(text, danger=False, code=False) == extent


@pytest.mark.parametrize(
    "text",
    ["", "我的空调", "海尔洗衣机要报修", "我想報修冰箱", "部電視有啲問題", "my printer", "there is a problem with the boiler"],
)
def test_a_text_without_a_cue_leaves_it_open(text: str) -> None:
    assert read_extent(text, code=False) is None
    assert read_severity(text, danger=False, code=False) == 2


def test_a_code_alone_says_that_the_machine_stopped() -> None:
    assert read_extent("空调 E6", code=True) == 1


def test_danger_is_urgent_whatever_the_words_say() -> None:
    assert read_severity("机器还能用", danger=True, code=False) == 1
