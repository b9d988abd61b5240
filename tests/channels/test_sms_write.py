"""What an SMS says: few words, whole sentences, in the language of its reader."""

from pathlib import Path

import pytest

from bot.channels.sms.write import compose, cut, text_of, wants_answer, wants_link
from notifier.channel import Key, Message, OutFile

LINK = "https://desk.example/join/T0ken"
PRESS = ((Key("Yes", "choose:0:3:yes:" + "x" * 12),),)
SENTENCES = {
    "en": "The engineer Emil Berg comes tomorrow between 9.00 and 11.30 and brings the pump. ",
    "zh_CN": "工程师周敏明天9.00到11.30上门，带着水泵和阀门来。",
    "zh_TW": "工程師周敏明天9.00到11.30到府，會帶水泵和閥門過來。",
}
LAST = {
    "en": ("Answer here: ", "See it all here: "),
    "zh_CN": ("点这里回复： ", "点这里查看全部： "),
    "zh_TW": ("點這裡回覆： ", "點這裡看全部內容： "),
}


@pytest.mark.parametrize("locale", ["en", "zh_CN", "zh_TW"])
def test_many_words_are_cut_behind_a_sentence_and_the_link_says_where_the_rest_is(locale: str) -> None:
    sentence = SENTENCES[locale]
    said = compose(Message(1, sentence * 30), locale, LINK)
    words, last = said.split("\n")
    assert last == LAST[locale][1] + LINK
    whole = words.removesuffix("…")
    assert words != whole and len(words) <= 300
    assert whole == (sentence * (len(whole + " ") // len(sentence))).rstrip(), "nothing but whole sentences"


@pytest.mark.parametrize("locale", ["en", "zh_CN", "zh_TW"])
def test_a_question_ends_with_the_link_where_it_is_answered(locale: str) -> None:
    assert compose(Message(1, "E7?", PRESS), locale, LINK) == f"E7?\n{LAST[locale][0]}{LINK}"
    assert compose(Message(1, SENTENCES[locale] * 30, PRESS), locale, LINK).endswith(f"…\n{LAST[locale][0]}{LINK}")


def test_few_words_without_a_question_stand_alone() -> None:
    assert compose(Message(1, "<b>T-0012</b>: we are on it."), "en", LINK) == "T-0012: we are on it."


def test_without_a_link_many_words_stay_together_up_to_what_a_gateway_takes() -> None:
    assert compose(Message(1, "word " * 200, PRESS), "en", "") == ("word " * 200).rstrip()
    assert compose(Message(1, "word " * 900), "en", "") == "word " * 299 + "word…"


def test_markup_goes_links_stay_and_empty_lines_cost_nothing() -> None:
    message = Message(1, 'See <a href="https://x.example/?a=1&amp;b=2">the <b>page</b></a>\n\n\n<i>&lt;now&gt;</i>')
    assert text_of(message) == "See the page https://x.example/?a=1&b=2\n<now>"


@pytest.mark.parametrize(
    ("text", "most", "expected"),
    [
        ("One. Two. Three.", 16, "One. Two. Three."),
        ("One. Two. Three.", 12, "One. Two.…"),
        ("At 9.30 the pump came back", 20, "At 9.30 the pump…"),
        ("See what is on example.org/pump for it", 26, "See what is on…"),
        ("水泵坏了。明天来修，请等", 9, "水泵坏了。…"),
        ("水泵和阀门都要换新的，明天来", 13, "水泵和阀门都要换新的…"),
        ("水" * 40, 12, "水" * 11 + "…"),
    ],
)
def test_it_is_cut_behind_a_sentence_else_between_words_else_where_it_must(text: str, most: int, expected: str) -> None:
    assert cut(text, most) == expected


def test_what_only_an_app_can_do_wants_an_answer_and_a_link_does_not() -> None:
    assert wants_answer(Message(1, "Where?", ((Key("Share", kind="location"),),)))
    assert not wants_answer(Message(1, "Look", ((Key("Manual", kind="link", url="https://x.example"),),)))
    assert not wants_link(Message(1, "x" * 300))
    assert wants_link(Message(1, "x" * 301))
    assert wants_link(Message(1, "", files=(OutFile(1, "photo", "", "image/png", Path("x")),)))
