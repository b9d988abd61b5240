"""What leaves through Telegram, on both drivers, as the person sees it and as the server logged it."""

import asyncio
import json
from pathlib import Path

import pytest

from bot.channels.telegram.channel import Me, TelegramChannel
from notifier.channel import GiveUp, Key, Message, OutFile, TryAgain
from tests.botapi import BotApiServer, Person

# aiohttp's own reader of multipart, in the server, uses what aiohttp has deprecated, now and then.
pytestmark = pytest.mark.filterwarnings("ignore:unread_data:DeprecationWarning")

PHONE = Key("My number", kind="contact")
PLACE = Key("Where I am", kind="location")
SKIP = Key("Skip", "r:9")


@pytest.fixture
def anna(server: BotApiServer) -> Person:
    return server.person("Anna", language_code="zh-hans", started=True)


def stored(folder: Path, number: int, kind: str, name: str, mime: str, content: bytes = b"") -> OutFile:
    path = folder / f"{number:064x}"
    path.write_bytes(content or f"file {number}".encode())
    return OutFile(number, kind, name, mime, path)


def photos(folder: Path, count: int) -> tuple[OutFile, ...]:
    return tuple(stored(folder, number, "photo", f"{number}.jpg", "image/jpeg") for number in range(1, count + 1))


async def test_a_button_carries_its_reference_its_link_and_its_style(
    server: BotApiServer, channel: TelegramChannel, anna: Person
) -> None:
    rows = (
        (Key("接单", "r:1", style="primary"), Key("拒绝", "r:2", style="danger")),
        (Key("Map", kind="link", url="https://a.example/m"),),
    )
    await channel.deliver(str(anna.id), Message(1, "job", rows))
    assert [[(one.does, one.data) for one in row] for row in anna.hears("job").buttons] == [
        [("callback_data", "r:1"), ("callback_data", "r:2")],
        [("url", "https://a.example/m")],
    ]
    (call,) = server.calls("sendMessage")
    assert json.loads(call.params["reply_markup"]) == {
        "inline_keyboard": [
            [
                {"text": "接单", "callback_data": "r:1", "style": "primary"},
                {"text": "拒绝", "callback_data": "r:2", "style": "danger"},
            ],
            [{"text": "Map", "url": "https://a.example/m"}],
        ]
    }
    assert json.loads(call.params["link_preview_options"]) == {"is_disabled": True}


async def test_asking_for_a_phone_number_shows_a_keyboard_and_is_never_an_edit(channel: TelegramChannel, anna: Person) -> None:
    first = await channel.deliver(str(anna.id), Message(1, "One moment"))
    rows = ((PHONE, PLACE), (SKIP,))
    asked = await channel.deliver(str(anna.id), Message(2, "Your number?", rows, edit=first.message_id))
    assert asked.message_id != first.message_id
    assert anna.keyboard() == [["My number", "Where I am"], ["Skip"]]
    anna.presses("My number")
    assert anna.keyboard() == []


async def test_a_link_among_such_keys_becomes_a_line_of_the_text(channel: TelegramChannel, anna: Person) -> None:
    rows = ((PHONE,), (Key("Privacy & you", kind="link", url="https://a.example/?a=1&b=2"),))
    await channel.deliver(str(anna.id), Message(1, "Your number?", rows))
    heard = anna.hears("Your number")
    assert heard.html == 'Your number?\n<a href="https://a.example/?a=1&amp;b=2">Privacy &amp; you</a>'
    assert anna.keyboard() == [["My number"]]


async def test_the_keyboard_is_taken_away_when_its_question_is_answered(channel: TelegramChannel, anna: Person) -> None:
    asked = await channel.deliver(str(anna.id), Message(1, "Your number?", ((PHONE,),)))
    await channel.deliver(str(anna.id), Message(2, "Thanks", edit=asked.message_id, drops_keyboard=True))
    assert anna.keyboard() == []
    assert [shown.text for shown in anna.screen()] == ["Your number?", "Thanks"]


async def test_a_message_that_asked_for_a_number_cannot_be_edited_and_is_followed_by_a_new_one(
    channel: TelegramChannel, anna: Person
) -> None:
    asked = await channel.deliver(str(anna.id), Message(1, "Your number?", ((PHONE,),)))
    after = await channel.deliver(str(anna.id), Message(2, "Thanks", ((SKIP,),), edit=asked.message_id))
    assert after.message_id != asked.message_id
    assert anna.hears("Thanks").labels == ["Skip"]


async def test_a_photo_carries_words_and_buttons_together(channel: TelegramChannel, anna: Person, tmp_path: Path) -> None:
    receipt = await channel.deliver(str(anna.id), Message(1, "<b>This</b> one?", ((SKIP,),), files=photos(tmp_path, 1)))
    (shown,) = anna.screen()
    assert (shown.kind, shown.html, shown.labels) == ("photo", "<b>This</b> one?", ["Skip"])
    assert (receipt.message_id, anna.downloads(shown)) == (str(shown.message_id), b"file 1")


async def test_the_words_on_a_photo_are_edited_where_they_stand(channel: TelegramChannel, anna: Person, tmp_path: Path) -> None:
    first = await channel.deliver(str(anna.id), Message(1, "This one?", ((SKIP,),), files=photos(tmp_path, 1)))
    second = await channel.deliver(str(anna.id), Message(2, "That was it.", edit=first.message_id))
    assert second == first
    (shown,) = anna.screen()
    assert (shown.kind, shown.text, shown.labels) == ("photo", "That was it.", [])


async def test_words_too_long_for_a_caption_replace_those_on_a_photo_as_a_new_message(
    channel: TelegramChannel, anna: Person, tmp_path: Path
) -> None:
    first = await channel.deliver(str(anna.id), Message(1, "This one?", files=photos(tmp_path, 1)))
    second = await channel.deliver(str(anna.id), Message(2, "x" * 1025, edit=first.message_id))
    assert [(one.kind, one.text) for one in anna.screen()] == [("photo", "This one?"), ("text", "x" * 1025)]
    assert second.message_id != first.message_id


async def test_a_caption_ends_at_1024_visible_characters(channel: TelegramChannel, anna: Person, tmp_path: Path) -> None:
    await channel.deliver(str(anna.id), Message(1, f"<b>{'&lt;' * 1024}</b>", files=photos(tmp_path, 1)))
    await channel.deliver(str(anna.id), Message(2, "y" * 1025, files=photos(tmp_path, 1)))
    assert [(one.kind, one.text) for one in anna.screen()] == [("photo", "<" * 1024), ("text", "y" * 1025), ("photo", "")]


async def test_several_photos_are_one_album_with_the_words_on_the_first(
    channel: TelegramChannel, anna: Person, tmp_path: Path
) -> None:
    receipt = await channel.deliver(str(anna.id), Message(1, "Before and after", files=photos(tmp_path, 3)))
    shown = anna.screen()
    assert [(one.kind, one.text) for one in shown] == [("photo", "Before and after"), ("photo", ""), ("photo", "")]
    assert len({one.album for one in shown}) == 1 and shown[0].album is not None
    assert [anna.downloads(one) for one in shown] == [b"file 1", b"file 2", b"file 3"]
    assert receipt.message_id == str(shown[0].message_id)


async def test_an_album_with_buttons_leaves_them_on_the_text(channel: TelegramChannel, anna: Person, tmp_path: Path) -> None:
    receipt = await channel.deliver(str(anna.id), Message(1, "Which?", ((SKIP,),), files=photos(tmp_path, 2)))
    shown = anna.screen()
    assert [(one.kind, one.text, one.labels) for one in shown] == [
        ("text", "Which?", ["Skip"]),
        ("photo", "", []),
        ("photo", "", []),
    ]
    assert receipt.message_id == str(shown[0].message_id)


async def test_an_album_ends_at_ten(server: BotApiServer, channel: TelegramChannel, anna: Person, tmp_path: Path) -> None:
    await channel.deliver(str(anna.id), Message(1, "All of them", files=photos(tmp_path, 11)))
    assert len(anna.screen()) == 11
    assert [call.method for call in server.calls()] == ["sendMediaGroup", "sendPhoto"]


async def test_files_of_all_kinds_arrive_each_as_what_it_is_with_their_chinese_names(
    server: BotApiServer, channel: TelegramChannel, anna: Person, tmp_path: Path
) -> None:
    files = (
        stored(tmp_path, 1, "file", "维修 报告“一”.pdf", "application/pdf", b"%PDF-1.7"),
        stored(tmp_path, 2, "video", "漏水.mp4", "video/mp4"),
        stored(tmp_path, 3, "video", "old.avi", "video/x-msvideo"),
        stored(tmp_path, 4, "audio", "噪音.mp3", "audio/mpeg"),
        stored(tmp_path, 5, "audio", "voice.oga", "audio/ogg"),
        stored(tmp_path, 6, "photo", "scan.tiff", "image/tiff"),
    )
    await channel.deliver(str(anna.id), Message(1, "", files=files))
    assert [one.kind for one in anna.screen()] == ["document", "video", "document", "audio", "voice", "document"]
    assert [one.name for one in server.uploads()] == [
        "维修 报告“一”.pdf",
        "漏水.mp4",
        "old.avi",
        "噪音.mp3",
        "voice.oga",
        "scan.tiff",
    ]
    assert server.uploads()[0].content == b"%PDF-1.7"
    assert server.uploads()[0].mime_type == "application/pdf"


async def test_a_name_that_would_break_the_form_is_mended(
    server: BotApiServer, channel: TelegramChannel, anna: Person, tmp_path: Path
) -> None:
    await channel.deliver(str(anna.id), Message(1, "", files=(stored(tmp_path, 1, "file", 'a "b"\r\n c.pdf', "application/pdf"),)))
    assert [one.name for one in server.uploads()] == ["a 'b'   c.pdf"]


async def test_a_picture_that_telegram_does_not_show_goes_as_a_file(channel: TelegramChannel, anna: Person, tmp_path: Path) -> None:
    big = stored(tmp_path, 9, "photo", "big.jpg", "image/jpeg", bytes(10 * 2**20 + 1))
    await channel.deliver(str(anna.id), Message(1, "Look", files=(big,)))
    await channel.deliver(str(anna.id), Message(2, "Both", files=(big, *photos(tmp_path, 2)[1:])))
    assert [(one.kind, one.text) for one in anna.screen()] == [("document", "Look"), ("document", "Both"), ("document", "")]


async def test_a_file_that_is_not_in_the_store_any_more_is_a_matter_for_a_person(
    channel: TelegramChannel, anna: Person, tmp_path: Path
) -> None:
    with pytest.raises(GiveUp, match=r"a stored file cannot be read \(FileNotFoundError\)"):
        await channel.deliver(
            str(anna.id), Message(1, "Look", files=(OutFile(1, "photo", "a.jpg", "image/jpeg", tmp_path / "gone"),))
        )


async def test_a_long_text_is_cut_at_line_ends_with_the_buttons_on_its_last_part(channel: TelegramChannel, anna: Person) -> None:
    text = "\n".join("字" * 99 for _ in range(60))
    receipt = await channel.deliver(str(anna.id), Message(1, f"<b>{text}</b>", ((SKIP,),)))
    first, last = anna.screen()
    assert (first.text.count("\n"), last.text.count("\n")) == (39, 19)
    assert f"{first.text}\n{last.text}" == text
    assert (first.labels, last.labels) == ([], ["Skip"])
    assert [one.raw["entities"][0]["type"] for one in (first, last)] == ["bold", "bold"]
    assert receipt.message_id == str(last.message_id)


async def test_what_broke_off_in_the_middle_goes_on_where_it_stopped(
    server: BotApiServer, channel: TelegramChannel, anna: Person, tmp_path: Path
) -> None:
    message = Message(7, "Which?", ((SKIP,),), files=photos(tmp_path, 2))
    server.faults.too_many_requests(3, method="sendMediaGroup")
    with pytest.raises(TryAgain) as refused:
        await channel.deliver(str(anna.id), message)
    assert refused.value.after == 3.0
    receipt = await channel.deliver(str(anna.id), message)
    assert [one.kind for one in anna.screen()] == ["text", "photo", "photo"]
    assert receipt.message_id == str(anna.screen()[0].message_id)


async def test_a_file_somebody_sent_is_fetched(server: BotApiServer, channel: TelegramChannel, anna: Person) -> None:
    content = "水".encode() * 5000
    anna.sends_document(content, "说明.pdf")
    document = anna.screen()[0].file_id
    assert await channel.fetch(document or "") == content
    with pytest.raises(GiveUp, match=r"getFile: 400 (?i:invalid file_id)"):
        await channel.fetch("nothing")


async def test_a_file_over_20_mb_cannot_be_fetched(channel: TelegramChannel, anna: Person) -> None:
    anna.sends_video()
    with pytest.raises(GiveUp, match=r"getFile: 400 (?i:file is too big)"):
        await channel.fetch(anna.screen()[0].file_id or "")


async def test_a_file_that_is_not_at_hand_is_worth_another_try(
    server: BotApiServer, channel: TelegramChannel, anna: Person
) -> None:
    # A video of that size stands in the server by its size alone; there is nothing to download.
    anna.sends_video(15 * 2**20)
    with pytest.raises(TryAgain, match="download: 404"):
        await channel.fetch(anna.screen()[0].file_id or "")


async def test_the_menu_is_set_for_every_language_and_for_everybody_else(server: BotApiServer, channel: TelegramChannel) -> None:
    await channel.set_menus()
    english = [{"command": "new", "description": "Report a fault"}, {"command": "tickets", "description": "My tickets"}]
    assert server.profile.commands == {
        ("default", "zh"): [{"command": "new", "description": "报修"}, {"command": "tickets", "description": "我的工单"}],
        ("default", "en"): english,
        ("default", ""): english,
    }


async def test_the_bot_knows_its_name(channel: TelegramChannel) -> None:
    assert await channel.me() == Me(123456, "mendline_test_bot", "Mendline")


async def test_many_messages_leave_at_once(channel: TelegramChannel, server: BotApiServer) -> None:
    people = [server.person(f"P{number}", started=True) for number in range(60)]
    await asyncio.gather(*(channel.deliver(str(one.id), Message(number, "hi")) for number, one in enumerate(people)))
    assert server.total_answers() == 60
