"""What WeChat's callbacks mean, and what is none of its XML."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.wechat.read import Incoming, NotXml, read_fields, read_incoming
from dialogs.event import Command, Event, Files, Other, Place, Reach, Said, Sender, Text, Upload

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
AROUND = {"ToUserName": "gh_1", "FromUserName": "oAnna", "CreateTime": "1772416800"}


def incoming(**fields: str) -> Incoming:
    found = read_incoming({**AROUND, **fields}, NOW)
    assert found
    return found


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"MsgType": "text", "Content": "空调不制冷"}, Text("空调不制冷")),
        ({"MsgType": "text", "Content": "/start join_abc"}, Command("start", "join_abc")),
        ({"MsgType": "image", "MediaId": "M1", "PicUrl": "http://x"}, Files((Upload("photo", "wechat:M1", mime="image/jpeg"),))),
        ({"MsgType": "voice", "MediaId": "M1", "Format": "amr"}, Files((Upload("audio", "wechat:M1", mime="audio/amr"),))),
        ({"MsgType": "voice", "MediaId": "M1", "Format": "amr", "Recognition": "昨天开始的"}, Text("昨天开始的")),
        ({"MsgType": "video", "MediaId": "M1", "ThumbMediaId": "T"}, Files((Upload("video", "wechat:M1", mime="video/mp4"),))),
        ({"MsgType": "shortvideo", "MediaId": "M1"}, Files((Upload("video", "wechat:M1", mime="video/mp4"),))),
        ({"MsgType": "location", "Location_X": "30.27", "Location_Y": "120.15", "Label": "西湖"}, Place(30.27, 120.15)),
        ({"MsgType": "location", "Location_X": "nan", "Location_Y": "120.15"}, Other("location")),
        ({"MsgType": "link", "Title": "手册", "Description": "", "Url": "https://example.org"}, Text("手册\nhttps://example.org")),
        ({"MsgType": "music"}, Other("music")),
        ({"MsgType": "image"}, Other("image")),
    ],
)
def test_what_somebody_sends(fields: dict[str, str], said: Said) -> None:
    found = incoming(MsgId="23000000000000001", **fields)
    assert found == Incoming("oAnna", "gh_1", Event("23000000000000001", Sender("wechat", "oAnna"), NOW, said), "message")


@pytest.mark.parametrize(
    ("event", "key", "said", "allows"),
    [
        ("subscribe", "", Command("start"), "touch"),
        ("subscribe", "qrscene_join_abc", Command("start", "join_abc"), "touch"),
        ("SCAN", "join_abc", Command("start", "join_abc"), "touch"),
        ("unsubscribe", "", Reach(False), ""),
        ("CLICK", "new", Command("new"), "touch"),
    ],
)
def test_what_somebody_does(event: str, key: str, said: Said, allows: str) -> None:
    found = incoming(MsgType="event", Event=event, EventKey=key)
    assert found.event and (found.event.said, found.allows) == (said, allows)
    assert found.event.update == f"oAnna:1772416800:{event}:{key}"


@pytest.mark.parametrize("event", ["VIEW", "LOCATION", "TEMPLATESENDJOBFINISH", "kf_create_session", ""])
def test_what_wants_no_answer(event: str) -> None:
    assert incoming(MsgType="event", Event=event, EventKey="x").event is None


def test_a_long_event_has_a_short_id_of_its_own() -> None:
    one, other = (
        incoming(MsgType="event", Event="SCAN", EventKey="x" * 90),
        incoming(MsgType="event", Event="SCAN", EventKey="y" * 90),
    )
    assert one.event and other.event and one.event.update != other.event.update
    assert len(one.event.update) <= 80


@pytest.mark.parametrize("sender", ["", "o Anna", "o'; --", "x" * 41])
def test_without_a_proper_sender_it_is_nothing(sender: str) -> None:
    assert read_incoming({**AROUND, "FromUserName": sender, "MsgType": "text", "Content": "x"}, NOW) is None


def test_the_fields_are_the_children_of_the_root_alone() -> None:
    xml = "<xml><Event><![CDATA[scan]]></Event><Info><Kind>qr</Kind></Info><Content>a &amp; b &#x6c34;</Content></xml>"
    assert read_fields(xml.encode()) == {"Event": "scan", "Info": "", "Content": "a & b 水"}


@pytest.mark.parametrize(
    "xml",
    [
        "",
        "<xml>",
        "{}",
        "<xml>&unknown;</xml>",
        '<!DOCTYPE xml [<!ENTITY a "aa">]><xml><Content>&a;</Content></xml>',
        '<!DOCTYPE xml [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><Content>&a;</Content></xml>',
        '<!DOCTYPE xml SYSTEM "http://127.0.0.1/x.dtd"><xml/>',
    ],
)
def test_what_is_not_well_formed_or_declares_anything_is_refused(xml: str) -> None:
    with pytest.raises(NotXml):
        read_fields(xml.encode())


@given(st.dictionaries(st.sampled_from([*AROUND, "MsgType", "Event", "EventKey", "Content", "MediaId", "Location_X"]), st.text()))
def test_nothing_makes_it_raise(fields: dict[str, str]) -> None:
    found = read_incoming({**AROUND, **fields}, NOW)
    assert found is None or found.event is None or len(found.event.update) <= 80


@given(st.binary())
def test_no_bytes_make_the_xml_raise_anything_else(content: bytes) -> None:
    with suppress(NotXml):
        read_fields(content)
