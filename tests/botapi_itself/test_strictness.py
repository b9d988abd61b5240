"""What Telegram refuses is refused, with its code and in its words."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from tests.botapi import BotApiServer
from tests.botapi_itself.conftest import Http

NOT_MODIFIED = (
    "400 Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a "
    "current content and reply markup of the message"
)
TOO_OLD = "400 Bad Request: query is too old and response timeout expired or query ID is invalid"


def inline(**button: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[button]]}


@pytest.mark.parametrize(
    ("params", "refusal"),
    [
        ({}, "400 Bad Request: message text is empty"),
        ({"text": ""}, "400 Bad Request: message text is empty"),
        ({"text": " \n "}, "400 Bad Request: text must be non-empty"),
        ({"text": "<b></b>", "parse_mode": "HTML"}, "400 Bad Request: text must be non-empty"),
        ({"text": "x" * 4097}, "400 Bad Request: message is too long"),
        ({"text": "x" * 40_000}, "400 Bad Request: text is too long"),
        (
            {"text": "<b>x", "parse_mode": "html"},
            "400 Bad Request: can't parse entities: Can't find end tag corresponding to start tag \"b\"",
        ),
        ({"text": "x", "parse_mode": "Wiki"}, "400 Bad Request: unsupported parse_mode"),
        ({"text": "x", "reply_markup": "{"}, "400 Bad Request: can't parse reply keyboard markup JSON object"),
        ({"text": "x", "reply_markup": [1]}, "400 Bad Request: object expected as reply markup"),
        ({"text": "x", "reply_markup": inline(text="ok", callback_data="é" * 33)}, "400 Bad Request: BUTTON_DATA_INVALID"),
        (
            {"text": "x", "reply_markup": inline(text="", callback_data="a")},
            "400 Bad Request: inline keyboard button text must be non-empty",
        ),
        (
            {"text": "x", "reply_markup": inline(text="ok")},
            "400 Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        ({"text": "x", "reply_markup": {"keyboard": [[{"text": ""}]]}}, "400 Bad Request: keyboard button text must be non-empty"),
        ({"text": "x", "reply_markup": {"keyboard": ["flat"]}}, '400 Bad Request: field "keyboard" must be an Array of Arrays'),
        ({"text": "x", "reply_parameters": {"message_id": 999}}, "400 Bad Request: message to be replied not found"),
        ({"text": "x", "chat_id": 42}, "400 Bad Request: chat not found"),
        ({"text": "x", "chat_id": ""}, "400 Bad Request: chat_id is empty"),
    ],
)
async def test_a_message_telegram_would_not_take_is_refused(
    server: BotApiServer, http: Http, params: dict[str, Any], refusal: str
) -> None:
    anna = server.person("Anna", started=True)
    assert await http.refusal("sendMessage", **{"chat_id": anna.id, **params}) == refusal
    assert anna.screen() == []


async def test_the_length_of_a_text_counts_after_parsing(server: BotApiServer, http: Http) -> None:
    anna = server.person("Anna", started=True)
    message = await http.result("sendMessage", chat_id=anna.id, text=f"<b>{'x' * 4096}</b>", parse_mode="HTML")
    assert len(message["text"]) == 4096
    assert await http.refusal("sendMessage", chat_id=anna.id, text="\U0001f3df" * 2049) == "400 Bad Request: message is too long"


async def test_callback_data_of_64_bytes_is_taken(server: BotApiServer, http: Http) -> None:
    anna = server.person("Anna", started=True)
    await http.result("sendMessage", chat_id=anna.id, text="x", reply_markup=inline(text="ok", callback_data="é" * 32))
    assert anna.screen()[0].labels == ["ok"]


async def test_the_bot_may_write_only_to_who_started_and_did_not_block_it(server: BotApiServer, http: Http) -> None:
    anna = server.person("Anna")
    assert (
        await http.refusal("sendMessage", chat_id=anna.id, text="hi")
        == "403 Forbidden: bot can't initiate conversation with a user"
    )
    anna.says("/start")
    await http.result("sendMessage", chat_id=anna.id, text="hi")
    anna.blocks_bot()
    for method, params in (("sendMessage", {"text": "hi"}), ("sendChatAction", {"action": "typing"})):
        assert await http.refusal(method, chat_id=anna.id, **params) == "403 Forbidden: bot was blocked by the user"
    anna.unblocks_bot()
    await http.result("sendMessage", chat_id=anna.id, text="again")
    blocked, unblocked = [one["my_chat_member"] for one in await http.result("getUpdates") if "my_chat_member" in one]
    assert (blocked["old_chat_member"]["status"], blocked["new_chat_member"]["status"]) == ("member", "kicked")
    assert (unblocked["old_chat_member"]["status"], unblocked["new_chat_member"]["status"]) == ("kicked", "member")


async def test_edits_are_refused_as_telegram_refuses_them(server: BotApiServer, http: Http) -> None:
    anna = server.person("Anna")
    hers = anna.says("/start")
    where: dict[str, Any] = {"chat_id": anna.id}
    plain = (await http.result("sendMessage", **where, text="<b>one</b>", parse_mode="HTML"))["message_id"]
    keyed = (await http.result("sendMessage", **where, text="k", reply_markup={"keyboard": [["a"]]}))["message_id"]
    place = (await http.result("sendLocation", **where, latitude=31.2, longitude=121.4))["message_id"]
    edit = "editMessageText"
    assert await http.refusal(edit, **where, text="x") == "400 Bad Request: message identifier is not specified"
    assert await http.refusal(edit, **where, message_id=999, text="x") == "400 Bad Request: message to edit not found"
    assert await http.refusal(edit, **where, message_id=hers, text="x") == "400 Bad Request: message can't be edited"
    assert await http.refusal(edit, **where, message_id=keyed, text="x") == "400 Bad Request: message can't be edited"
    assert (
        await http.refusal(edit, **where, message_id=place, text="x") == "400 Bad Request: there is no text in the message to edit"
    )
    assert await http.refusal(edit, **where, message_id=plain, text="<b>one</b>", parse_mode="HTML") == NOT_MODIFIED
    assert await http.refusal("editMessageReplyMarkup", **where, message_id=plain) == NOT_MODIFIED
    assert await http.refusal(edit, **where, message_id=plain, text="x" * 4097) == "400 Bad Request: MESSAGE_TOO_LONG"
    assert (
        await http.refusal("editMessageCaption", **where, message_id=plain, caption="x")
        == "400 Bad Request: there is no caption in the message to edit"
    )
    assert "edit_date" in await http.result(edit, **where, message_id=plain, text="one")
    await http.result("deleteMessage", **where, message_id=plain)
    assert await http.refusal("deleteMessage", **where, message_id=plain) == "400 Bad Request: message to delete not found"
    assert await http.refusal(edit, **where, message_id=plain, text="x") == "400 Bad Request: message to edit not found"


async def test_an_edit_without_buttons_takes_them_away(server: BotApiServer, http: Http) -> None:
    anna = server.person("Anna", started=True)
    sent = await http.result("sendMessage", chat_id=anna.id, text="one", reply_markup=inline(text="ok", callback_data="1"))
    await http.result("editMessageText", chat_id=anna.id, message_id=sent["message_id"], text="two")
    assert [(shown.text, shown.labels, shown.edits) for shown in anna.screen()] == [("two", [], 1)]


async def test_a_press_is_answered_once_in_time_and_briefly(http: Http, server: BotApiServer) -> None:
    anna = server.person("Anna", started=True)
    await http.result("sendMessage", chat_id=anna.id, text="sure?", reply_markup=inline(text="Yes", callback_data="y"))
    query = anna.presses("Yes")
    answer = "answerCallbackQuery"
    assert await http.refusal(answer, callback_query_id="77") == TOO_OLD
    assert await http.refusal(answer, callback_query_id=query, text="x" * 201) == "400 Bad Request: MESSAGE_TOO_LONG"
    assert await http.result(answer, callback_query_id=query, text="x" * 200) is True
    assert await http.refusal(answer, callback_query_id=query) == TOO_OLD


async def test_a_press_grows_too_old() -> None:
    with BotApiServer(answer_presses_within=0.0) as server:
        anna = server.person("Anna", started=True)
        query = server.world.new_callback_id()
        server.inject({"callback_query": {"id": query, "from": {"id": anna.id}, "data": "y", "message": {"chat": {"id": anna.id}}}})

        async with aiohttp.ClientSession() as session:
            assert await Http(server, session).refusal("answerCallbackQuery", callback_query_id=query) == TOO_OLD


async def test_files_telegram_would_not_take_are_refused(server: BotApiServer, http: Http) -> None:
    anna = server.person("Anna", started=True)
    where: dict[str, Any] = {"chat_id": anna.id}
    assert await http.refusal("sendPhoto", **where) == "400 Bad Request: there is no photo in the request"
    assert await http.refusal("sendPhoto", **where, photo="nonsense") == "400 Bad Request: wrong file identifier/HTTP URL specified"
    assert await http.refusal("getFile", file_id="nonsense") == "400 Bad Request: invalid file_id"
    anna.sends_video()
    video = anna.screen()[-1]
    assert video.raw["video"]["file_size"] == 26214400
    assert await http.refusal("getFile", file_id=video.file_id) == "400 Bad Request: file is too big"
    assert (
        await http.refusal("sendVideo", **where, video=video.file_id, caption="x" * 1025)
        == "400 Bad Request: message caption is too long"
    )
    mixed = [{"type": "photo", "media": "a"}, {"type": "document", "media": "b"}]
    assert (
        await http.refusal("sendMediaGroup", **where, media=mixed)
        == "400 Bad Request: document can't be mixed with other media types"
    )
    assert (
        await http.refusal("sendMediaGroup", **where, media=mixed[:1] * 11)
        == "400 Bad Request: too many messages to send as an album"
    )


@pytest.mark.parametrize(
    ("params", "refusal"),
    [
        ({"commands": [{"command": "New!", "description": "x"}]}, "400 Bad Request: BOT_COMMAND_INVALID"),
        ({"commands": [{"command": "new", "description": ""}]}, "400 Bad Request: BOT_COMMAND_DESCRIPTION_INVALID"),
        ({"commands": [], "language_code": "zh-hans"}, "400 Bad Request: invalid language code specified"),
    ],
)
async def test_commands_telegram_would_not_take_are_refused(http: Http, params: dict[str, Any], refusal: str) -> None:
    assert await http.refusal("setMyCommands", **params) == refusal
