"""What Telegram's updates mean, one by one, and that no JSON whatever makes the reader fall over."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram.read import press_id, read_update
from dialogs.event import Command, Contact, Edited, Event, Files, Other, Place, Press, Reach, Said, Sender, Text, Upload
from tests.channels.conftest import NOW

ANNA = {"id": 5, "is_bot": False, "first_name": "Anna", "last_name": "Li", "language_code": "zh-hans"}
CHAT = {"id": 5, "type": "private", "first_name": "Anna"}
SENDER = Sender("telegram", "5", "Anna Li", "zh-hans")


def message(**content: Any) -> dict[str, Any]:
    return {"message_id": 10, "from": ANNA, "chat": CHAT, "date": 1_700_000_000, **content}


def read(said: str = "message", **content: Any) -> Event | None:
    return read_update({"update_id": 7, said: message(**content)}, NOW)


SAID: list[tuple[dict[str, Any], Said | None]] = [
    ({"text": "水泵漏水"}, Text("水泵漏水")),
    ({"text": "yes", "reply_to_message": {"message_id": 3}}, Text("yes", "3")),
    ({"text": "a\0b \ud83d"}, Text("ab ?")),
    ({"text": "x" * 4096}, Text("x" * 4000)),
    ({"text": "/start"}, Command("start")),
    ({"text": "/start  m_4711 "}, Command("start", "m_4711")),
    ({"text": "/New@mendline_bot"}, Command("new")),
    ({"text": "/tickets@mendline_bot two\nlines"}, Command("tickets", "two\nlines")),
    ({"text": "/home/pump is broken"}, Text("/home/pump is broken")),
    ({"text": "/ what"}, Text("/ what")),
    (
        {"photo": [{"file_id": "b", "width": 800, "height": 600, "file_size": 90}, {"file_id": "s", "width": 90, "height": 60}]},
        Files((Upload("photo", "telegram:b", mime="image/jpeg", size=90),)),
    ),
    (
        {"photo": [{"file_id": "b", "width": 8, "height": 8}], "caption": "the pump", "media_group_id": "1300"},
        Files((Upload("photo", "telegram:b", mime="image/jpeg"),), "the pump", "1300"),
    ),
    (
        {"video": {"file_id": "v", "file_name": "clip.mp4", "mime_type": "video/mp4", "file_size": 20 * 2**20}},
        Files((Upload("video", "telegram:v", "clip.mp4", "video/mp4", 20 * 2**20),)),
    ),
    (
        {"video": {"file_id": "v", "mime_type": "video/quicktime", "file_size": 20 * 2**20 + 1}},
        Files((Upload("video", "telegram:v", "", "video/quicktime", 20 * 2**20 + 1, True),)),
    ),
    ({"voice": {"file_id": "o", "file_size": 9}}, Files((Upload("audio", "telegram:o", mime="audio/ogg", size=9),))),
    (
        {"audio": {"file_id": "m", "file_name": "噪音.mp3", "mime_type": "audio/mpeg"}},
        Files((Upload("audio", "telegram:m", "噪音.mp3", "audio/mpeg"),)),
    ),
    (
        {"document": {"file_id": "d", "file_name": "说明.pdf", "mime_type": "application/pdf"}},
        Files((Upload("file", "telegram:d", "说明.pdf", "application/pdf"),)),
    ),
    ({"video_note": {"file_id": "n"}}, Files((Upload("video", "telegram:n", mime="video/mp4"),))),
    (
        {"animation": {"file_id": "g", "mime_type": "video/mp4"}, "document": {"file_id": "g"}},
        Files((Upload("video", "telegram:g", mime="video/mp4"),)),
    ),
    ({"contact": {"phone_number": "+861380", "first_name": "Anna", "user_id": 5}}, Contact("+861380", "Anna", True)),
    ({"contact": {"phone_number": "+49", "first_name": "B", "last_name": "C", "user_id": 6}}, Contact("+49", "B C")),
    ({"contact": {"phone_number": "+49", "first_name": "B"}}, Contact("+49", "B")),
    ({"location": {"latitude": 31.23, "longitude": 121.47}}, Place(31.23, 121.47)),
    ({"location": {"latitude": 31, "longitude": 121.47, "live_period": 900}}, Place(31.0, 121.47)),
    ({"venue": {"title": "Office"}, "location": {"latitude": 1.5, "longitude": 2.5}}, Place(1.5, 2.5)),
    ({"sticker": {"file_id": "s"}}, Other("sticker")),
    ({"dice": {"value": 3}}, Other("dice")),
    ({"poll": {"id": "1"}, "has_protected_content": True}, Other("poll")),
    ({"hologram": {}}, Other("hologram")),
    ({}, Other("")),
    ({"pinned_message": {"message_id": 3}}, None),
]


@pytest.mark.parametrize(("content", "said"), SAID)
def test_a_message_says_what_it_says(content: dict[str, Any], said: Said | None) -> None:
    assert read(**content) == (None if said is None else Event("7", SENDER, NOW, said, message="10"))


def test_a_message_with_several_sizes_of_a_photo_in_any_order_gives_the_largest() -> None:
    sizes = [{"file_id": name, "width": width, "height": width} for name, width in (("m", 320), ("l", 1280), ("s", 90))]
    event = read(photo=sizes)
    assert event is not None and isinstance(event.said, Files)
    assert [upload.remote for upload in event.said.uploads] == ["telegram:l"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"text": "better words"}, Edited("better words", "10")),
        ({"caption": "better caption", "photo": [{"file_id": "b"}]}, Edited("better caption", "10")),
        ({"location": {"latitude": 1.0, "longitude": 2.0, "live_period": 900}}, None),
        ({"photo": [{"file_id": "b"}]}, None),
    ],
)
def test_an_edited_message_gives_its_new_words_if_it_has_any(content: dict[str, Any], said: Said | None) -> None:
    event = read("edited_message", **content)
    assert (event.said if event else None) == said


def test_a_press_gives_its_reference_and_message_and_the_one_who_pressed() -> None:
    bots = {"message_id": 12, "from": {"id": 99, "is_bot": True, "first_name": "Bot"}, "chat": CHAT, "date": 0}
    update = {"update_id": 8, "callback_query": {"id": "31", "from": ANNA, "data": "r:1", "message": bots}}
    assert read_update(update, NOW) == Event("8", SENDER, NOW, Press("r:1", "12"))
    assert press_id(update) == "31"


@pytest.mark.parametrize(
    "query",
    [
        {"id": "31", "from": ANNA, "data": "r:1", "inline_message_id": "x"},
        {"id": "31", "from": ANNA, "game_short_name": "g", "message": {"message_id": 1, "chat": CHAT}},
    ],
)
def test_a_press_without_a_chat_or_a_reference_is_nobodys(query: dict[str, Any]) -> None:
    assert read_update({"update_id": 8, "callback_query": query}, NOW) is None


@pytest.mark.parametrize(
    ("status", "said"), [("kicked", Reach(False)), ("left", Reach(False)), ("member", Reach(True)), ("restricted", None)]
)
def test_blocking_and_unblocking_is_told(status: str, said: Said | None) -> None:
    change = {"chat": CHAT, "from": ANNA, "date": 1, "new_chat_member": {"status": status}}
    event = read_update({"update_id": 9, "my_chat_member": change}, NOW)
    assert event == (None if said is None else Event("9", SENDER, NOW, said))


@pytest.mark.parametrize("kind", ["group", "supergroup", "channel", None])
def test_no_dialog_runs_in_a_group(kind: str | None) -> None:
    assert read(text="hello", chat={"id": -5, "type": kind}) is None


@pytest.mark.parametrize(
    "raw",
    [
        None,
        [],
        "text",
        {},
        {"update_id": "7", "message": message(text="x")},
        {"update_id": True, "message": message(text="x")},
        {"update_id": 7},
        {"update_id": 7, "poll": {"id": "1"}},
        {"update_id": 7, "channel_post": message(text="x")},
        {"update_id": 7, "message": []},
        {"update_id": 7, "message": {"text": "x", "chat": {"id": 10**30, "type": "private"}}},
    ],
)
def test_what_is_no_update_for_us_is_none(raw: object) -> None:
    assert read_update(raw, NOW) is None


NAMES = """
update_id message edited_message callback_query my_chat_member chat from id type text caption photo video voice audio document
animation video_note contact phone_number user_id first_name last_name language_code location latitude longitude live_period
reply_to_message message_id media_group_id file_id file_size file_name mime_type width height data status new_chat_member sticker
"""
KEYS = st.sampled_from(NAMES.split())
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(codec=None), max_size=8)
    | st.sampled_from(["private", "/start x", "kicked", "member", "\ud83d\0"])
)
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS | st.text(max_size=4), inner, max_size=6),
    max_leaves=25,
)
CONTENTS = st.dictionaries(KEYS, ANYTHING, max_size=8).map(
    lambda inner: {"chat": CHAT, "from": ANNA, "message": message(), **inner}
)
UPDATES = st.fixed_dictionaries(
    {"update_id": st.integers()},
    optional=dict.fromkeys(("message", "edited_message", "callback_query", "my_chat_member"), CONTENTS),
)


@given(ANYTHING | UPDATES)
def test_no_json_makes_the_reader_raise_and_what_it_reads_can_be_stored(raw: object) -> None:
    event = read_update(raw, NOW)
    press_id(raw)
    if event is not None:
        assert "\0" not in _texts(event)
        _texts(event).encode("utf-8")


def _texts(event: Event) -> str:
    said = event.said
    values = [getattr(said, name) for name in said.__dataclass_fields__] + [event.sender.name, event.sender.locale]
    uploads = [one for value in values if isinstance(value, tuple) for one in value]
    values += [part for one in uploads for part in (one.remote, one.name, one.mime)]
    return "".join(value for value in values if isinstance(value, str))
