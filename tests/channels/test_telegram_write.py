"""How messages become calls, and long texts parts: whole HTML, nothing lost, nothing over Telegram's limits."""

import re
from html import escape, unescape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram.driver import Attachment
from bot.channels.telegram.markup import MOST_BYTES, split, visible_length
from bot.channels.telegram.write import ApiCall, as_documents, carrier, toast, write
from notifier.channel import Key, Message, OutFile
from tests.botapi.formatting import parse_html, utf16_length

PREVIEW = {"is_disabled": True}
YES = Key("Yes", "r:1")


def file(number: int, kind: str = "photo", mime: str = "image/jpeg") -> OutFile:
    return OutFile(number, kind, f"{number}.bin", mime, Path(f"/store/{number}"))


def test_a_new_message_is_one_call() -> None:
    assert write("5", Message(1, "<b>hi</b>")) == [
        ApiCall("sendMessage", {"chat_id": "5", "text": "<b>hi</b>", "parse_mode": "HTML", "link_preview_options": PREVIEW})
    ]


def test_an_edit_is_one_call_that_names_its_message() -> None:
    assert write("5", Message(1, "hi", ((YES,),), edit="12")) == [
        ApiCall(
            "editMessageText",
            {
                "chat_id": "5",
                "message_id": "12",
                "text": "hi",
                "parse_mode": "HTML",
                "link_preview_options": PREVIEW,
                "reply_markup": {"inline_keyboard": [[{"text": "Yes", "callback_data": "r:1"}]]},
            },
        )
    ]


def test_a_keyboard_is_taken_away_with_the_first_part_when_the_last_has_buttons() -> None:
    calls = write("5", Message(1, "x\n" * 3000, ((YES,),), drops_keyboard=True))
    assert [list(call.params["reply_markup"]) for call in calls] == [["remove_keyboard"], ["inline_keyboard"]]


def test_a_message_that_has_room_for_its_buttons_only_keeps_them() -> None:
    (call,) = write("5", Message(1, "hi", ((YES,),), drops_keyboard=True))
    assert list(call.params["reply_markup"]) == ["inline_keyboard"]


def test_files_without_words_have_no_caption() -> None:
    assert write("5", Message(1, "", files=(file(1),))) == [
        ApiCall("sendPhoto", {"chat_id": "5"}, (Attachment("photo", "1.bin", "image/jpeg", Path("/store/1")),))
    ]


def test_an_edit_with_a_file_changes_the_text_and_then_sends_the_file() -> None:
    assert [call.method for call in write("5", Message(1, "hi", edit="12", files=(file(1),)))] == ["editMessageText", "sendPhoto"]


def test_photos_and_videos_share_albums_and_documents_have_their_own() -> None:
    files = (file(1), file(2, "video", "video/mp4"), file(3, "file", "text/plain"), file(4, "photo", "image/tiff"), file(5))
    calls = write("5", Message(1, "hi", files=files))
    assert [call.method for call in calls] == ["sendMediaGroup", "sendMediaGroup", "sendPhoto"]
    assert calls[0].params["media"] == [
        {"type": "photo", "media": "attach://file0", "caption": "hi", "parse_mode": "HTML"},
        {"type": "video", "media": "attach://file1"},
    ]
    assert [item["type"] for item in calls[1].params["media"]] == ["document", "document"]
    assert carrier(calls) == 0


def test_as_documents_leaves_the_words_and_the_content_alone() -> None:
    (call,) = write("5", Message(1, "hi", files=(file(1),)))
    assert as_documents(call) == ApiCall(
        "sendDocument",
        {"chat_id": "5", "caption": "hi", "parse_mode": "HTML"},
        (Attachment("document", "1.bin", "image/jpeg", Path("/store/1")),),
    )
    assert as_documents(as_documents(call)) == as_documents(call)


@pytest.mark.parametrize(
    ("text", "shown"),
    [("", ""), ("好的", "好的"), ("x" * 200, "x" * 200), ("x" * 201, "x" * 199 + "…"), ("🔧" * 101, "🔧" * 99 + "…")],
)
def test_a_toast_ends_at_200(text: str, shown: str) -> None:
    assert toast(text) == shown


@pytest.mark.parametrize(
    ("text", "length"), [("", 0), ("a<b>b</b>", 2), ("&lt;&amp;&#128295;", 4), ("水🔧\n", 4), ('<a href="https://a.b/">x</a>', 1)]
)
def test_only_what_is_read_counts(text: str, length: int) -> None:
    assert visible_length(text) == length


def test_a_short_text_stays_as_it_is() -> None:
    assert split("<b>a</b>\n\n", 4096) == ["<b>a</b>\n\n"]


def test_a_cut_closes_and_opens_what_is_open() -> None:
    text = '<b>one <i>two</i>\nthree <a href="https://a.b/?x=1&amp;y=2">four\nfive</a></b> six'
    assert split(text, 14) == [
        "<b>one <i>two</i></b>",
        '<b>three <a href="https://a.b/?x=1&amp;y=2">four</a></b>',
        '<b><a href="https://a.b/?x=1&amp;y=2">five</a></b> six',
    ]


def test_a_line_that_is_too_long_is_cut_at_a_space_and_a_word_that_is_too_long_where_it_must_be() -> None:
    assert split("aaa bbb ccc", 8) == ["aaa bbb ", "ccc"]
    assert split("x" * 20, 8) == ["x" * 8, "x" * 8, "x" * 4]


INLINE = st.text(st.sampled_from("ab <&🔧水\n"), max_size=30).map(lambda text: escape(text, quote=False))
TAGS = st.sampled_from(["b", "i", "u", "s", "code", "blockquote"])
MARKUP = st.recursive(
    INLINE,
    lambda inner: (
        st.tuples(TAGS, inner).map(lambda pair: f"<{pair[0]}>{pair[1]}</{pair[0]}>") | st.lists(inner, max_size=4).map("".join)
    ),
    max_leaves=20,
)


@given(MARKUP, st.integers(4, 40))
def test_parts_are_whole_short_enough_and_lose_no_word(text: str, most: int) -> None:
    parts = split(text, most)
    for part in parts:
        plain, _ = parse_html(part)
        if len(parts) > 1:
            assert utf16_length(plain) <= most
    read = "".join(re.sub(r"<[^>]*>", "", part) for part in parts)
    assert re.sub(r"\s", "", unescape(read)) == re.sub(r"\s", "", unescape(re.sub(r"<[^>]*>", "", text)))


def test_a_text_whose_tags_weigh_too_much_is_cut_too() -> None:
    parts = split("\n".join(f'<a href="https://example.org/{"p" * 200}/{number}">{number}</a>' for number in range(400)), 4096)
    assert len(parts) == 4
    assert all(len(part.encode()) <= MOST_BYTES + 1000 for part in parts)
