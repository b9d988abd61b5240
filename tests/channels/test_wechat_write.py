"""Messages become texts that WeChat takes: choices numbered, links written out, long ones cut."""

import pytest

from bot.channels.wechat.words import WORDS
from bot.channels.wechat.write import fits, plain_words, split, typed_number, write
from notifier.channel import Key, Message

WORDS_CN, WORDS_EN = WORDS["zh_CN"], WORDS["en"]
BACK, SKIP = Key("上一步", "choose:0:5:back:seal"), Key("跳过", "choose:0:5:skip:seal")


def choice(label: str, arg: str) -> Key:
    return Key(label, f"choose:0:5:{arg}:seal")


def test_choices_are_numbered_and_the_ways_out_are_written_out() -> None:
    rows = ((choice("今天", "today"), choice("昨天", "yesterday")), (BACK, SKIP))
    assert write(Message(1, "从<b>什么时候</b>开始？", rows), 1, WORDS_CN) == [
        "从什么时候开始？\n\n回复数字选择：\n1 今天\n2 昨天\n也可以回复：上一步、跳过"
    ]


def test_numbers_go_on_where_the_message_before_ended() -> None:
    rows = ((Key("Accept", "accept:1:3::seal"), Key("I can't go", "obstacle:1:3::seal")),)
    assert write(Message(1, "A job", rows), 3, WORDS_EN) == ["A job\n\nAnswer with a number:\n3 Accept\n4 I can't go"]


def test_the_only_answer_of_a_question_is_written_out_for_a_number_may_be_the_answer_itself() -> None:
    rows = ((choice("没有代码", "none"),), (BACK,))
    assert write(Message(1, "显示什么代码？", rows), 1, WORDS_CN) == ["显示什么代码？\n\n也可以回复：没有代码、上一步"]


def test_the_only_button_of_a_card_has_a_number() -> None:
    assert write(Message(1, "Repaired", ((Key("Sign off", "sign_off:1:9::seal"),),)), 1, WORDS_EN) == [
        "Repaired\n\nAnswer with a number:\n1 Sign off"
    ]


@pytest.mark.parametrize(
    ("html", "said"),
    [
        ("<b>a</b> &amp; <i>b</i> &lt;c&gt;", "a & b <c>"),
        ('See <a href="https://example.org/m?a=1&amp;b=2">the manual</a>.', "See the manual https://example.org/m?a=1&b=2."),
        ('<a href="https://example.org">https://example.org</a>', "https://example.org"),
        ("<blockquote>said</blockquote>", "said"),
    ],
)
def test_small_html_becomes_plain_words(html: str, said: str) -> None:
    assert plain_words(html) == said


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *(("1", "1"), (" 2 ", "2"), ("２", "2"), ("3.", "3"), ("3。", "3"), ("#4", "4"), ("12", "12"), ("01", "1")),
        *((text, "") for text in ("", "E1", "-1", "+1", "1年", "123", "1 2", "no. 1")),
    ],
)
def test_what_is_a_typed_number(text: str, number: str) -> None:
    assert typed_number(text) == number


@pytest.mark.parametrize(
    "text",
    ["检查水泵、阀门。" * 300, "word " * 1000, "x" * 5000, "🔧" * 2000, "\n".join(f"{n}. 检查 🔧" for n in range(500)), "a\n\nb"],
)
def test_a_long_text_is_cut_into_parts_that_fit_and_hold_all_of_it(text: str) -> None:
    parts = split(text)
    assert all(fits([part]) for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())
    assert all(len(part.encode()) > 400 for part in parts[:-1])


def test_half_a_character_does_not_stop_a_text() -> None:
    assert split("a\ud83d") == ["a?"]
