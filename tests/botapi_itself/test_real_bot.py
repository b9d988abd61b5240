"""python-telegram-bot's own Bot and Application over real HTTP: what they send arrives, what people do reaches them."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
import telegram
from telegram import (
    BotCommand,
    BotCommandScopeAllPrivateChats,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    KeyboardButton,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)
from telegram.constants import ParseMode
from telegram.ext import Application, CallbackQueryHandler, ContextTypes, MessageHandler, filters
from telegram.request import HTTPXRequest

from tests.botapi import BotApiServer

PICTURE = b"\x89PNG\r\n\x1a\n" + b"pump" * 500


async def test_the_bot_knows_itself(bot: telegram.Bot) -> None:
    me = await bot.get_me()
    assert (me.id, me.username, me.is_bot) == (123, "mendline_test_bot", True)


async def test_formatted_text_with_buttons_arrives(server: BotApiServer, bot: telegram.Bot) -> None:
    anna = server.person("Anna", language_code="zh-hans", started=True)
    buttons = InlineKeyboardMarkup(
        [[InlineKeyboardButton("好", callback_data="yes"), InlineKeyboardButton("site", url="https://example.org")]]
    )
    sent = await bot.send_message(anna.id, "<b>水泵</b> &amp; valve", parse_mode=ParseMode.HTML, reply_markup=buttons)
    heard = anna.hears("水泵 & valve")
    assert (heard.message_id, heard.html, heard.labels) == (sent.message_id, "<b>水泵</b> &amp; valve", ["好", "site"])
    assert [(one.type, one.offset, one.length) for one in sent.entities] == [("bold", 0, 2)]
    assert sent.reply_markup == buttons


async def test_what_people_send_is_read_back_as_proper_objects(server: BotApiServer, bot: telegram.Bot) -> None:
    anna = server.person("Anna", language_code="zh-hans", last_name="Li", username="anna_li", phone="+8613800138000")
    anna.says("/start abc")
    anna.sends_photo(PICTURE, caption="the pump")
    anna.sends_document(b"%PDF-1.4", "说明书.pdf")
    anna.sends_voice()
    anna.sends_sticker()
    anna.shares_contact()
    anna.shares_contact(phone="+4912345", name="Ben", user_id=9)
    anna.shares_location(31.23, 121.47)
    anna.says("typo")
    anna.edits_last("fixed")
    anna.blocks_bot()
    updates = await bot.get_updates()
    start, photo, document, voice, sticker, own, other, place, typo = [one.message for one in updates[:9] if one.message]
    assert start.from_user is not None and photo.caption == "the pump" and start.from_user.language_code == "zh-hans"
    assert (start.from_user.full_name, start.from_user.username) == ("Anna Li", "anna_li")
    assert start.entities[0].type == "bot_command" and start.parse_entity(start.entities[0]) == "/start"
    assert [(size.width, size.file_size) for size in photo.photo] == [(90, 2008), (320, 2008), (800, 2008), (1280, 2008)]
    assert document.document is not None and document.document.file_name == "说明书.pdf"
    assert voice.voice is not None and voice.voice.duration == timedelta(seconds=3)
    assert sticker.sticker is not None and sticker.sticker.emoji == "👍"
    assert own.contact is not None and (own.contact.user_id, own.contact.phone_number) == (anna.id, "+8613800138000")
    assert other.contact is not None and (other.contact.user_id, other.contact.first_name) == (9, "Ben")
    assert place.location is not None and place.location.latitude == 31.23
    assert updates[9].edited_message is not None and updates[9].edited_message.text == "fixed"
    assert updates[9].edited_message.message_id == typo.message_id and updates[9].edited_message.edit_date is not None
    assert updates[10].my_chat_member is not None and updates[10].my_chat_member.new_chat_member.status == "kicked"


async def test_files_travel_both_ways(server: BotApiServer, bot: telegram.Bot) -> None:
    anna = server.person("Anna")
    anna.sends_photo(PICTURE)
    (update,) = await bot.get_updates()
    assert update.message is not None
    size = update.message.photo[-1]
    assert bytes(await (await bot.get_file(size.file_id)).download_as_bytearray()) == PICTURE
    sent = await bot.send_photo(anna.id, b"new picture", caption="<i>look</i>", parse_mode="HTML")
    document = await bot.send_document(anna.id, b"a,b\n1,2\n", filename="parts.csv")
    again = await bot.send_photo(anna.id, sent.photo[-1].file_id)
    assert anna.hears("look").photo == sent.photo[-1].file_id
    assert again.photo[-1].file_id == sent.photo[-1].file_id
    assert document.document is not None and document.document.file_name == "parts.csv"
    assert anna.downloads(anna.screen()[-2]) == b"a,b\n1,2\n"
    assert [(one.content, one.name) for one in server.uploads()] == [(b"new picture", "photo.jpg"), (b"a,b\n1,2\n", "parts.csv")]
    await bot.edit_message_caption(anna.id, sent.message_id, caption="look again")
    assert anna.hears("look again").edits == 1


async def test_albums_travel_both_ways(server: BotApiServer, bot: telegram.Bot) -> None:
    anna = server.person("Anna")
    hers = anna.sends_album([b"one", b"two", b"three"], caption="all", order=[2, 0, 1])
    messages = [update.message for update in await bot.get_updates() if update.message]
    assert [message.message_id for message in messages] == [hers[2], hers[0], hers[1]]
    assert [message.caption for message in messages] == [None, "all", None]
    assert len({message.media_group_id for message in messages}) == 1
    sent = await bot.send_media_group(anna.id, [InputMediaPhoto(b"a", caption="mine"), InputMediaPhoto(b"b")])
    assert sent[0].media_group_id == sent[1].media_group_id is not None
    assert [shown.album for shown in anna.unheard()] == [sent[0].media_group_id] * 2
    assert len(server.uploads()) == 2


async def test_edits_deletions_copies_and_places_are_seen(server: BotApiServer, bot: telegram.Bot) -> None:
    anna = server.person("Anna")
    hers = anna.says("keep this")
    first = await bot.send_message(anna.id, "working")
    await bot.edit_message_text("done", anna.id, first.message_id)
    copied = await bot.copy_message(anna.id, anna.id, hers)
    forwarded = await bot.forward_message(anna.id, anna.id, hers)
    place = await bot.send_location(anna.id, 31.2, 121.4)
    await bot.delete_message(anna.id, copied.message_id)
    assert forwarded.forward_origin is not None
    assert [str(one) for one in anna.screen()] == [
        f"Anna #{hers}: keep this",
        f"bot #{first.message_id} (edited): done",
        f"bot #{forwarded.message_id}: keep this",
        f"bot #{place.message_id}: <location> ",
    ]


async def test_commands_are_kept_by_scope_and_language(server: BotApiServer, bot: telegram.Bot) -> None:
    scope = BotCommandScopeAllPrivateChats()
    await bot.set_my_commands([BotCommand("new", "报修")], scope=scope, language_code="zh")
    await bot.set_my_commands([BotCommand("new", "Report a fault")])
    assert await bot.get_my_commands(scope=scope, language_code="zh") == (BotCommand("new", "报修"),)
    assert server.profile.commands["default", ""] == [{"command": "new", "description": "Report a fault"}]
    await bot.delete_my_commands()
    assert await bot.get_my_commands() == ()
    await bot.set_my_description("We mend it", language_code="en")
    await bot.set_my_name("Mendline")
    assert (await bot.get_my_description("en")).description == "We mend it"
    assert await bot.set_chat_menu_button() and await bot.send_chat_action(server.person("A", started=True).id, "typing")


async def test_errors_come_as_the_librarys_own_exceptions(server: BotApiServer, bot: telegram.Bot) -> None:
    anna = server.person("Anna", started=True)
    with pytest.raises(telegram.error.BadRequest, match="Chat not found"):
        await bot.send_message(1, "x")
    anna.blocks_bot()
    with pytest.raises(telegram.error.Forbidden, match="bot was blocked by the user"):
        await bot.send_message(anna.id, "x")
    server.faults.too_many_requests(7)
    with pytest.raises(telegram.error.RetryAfter, match="Retry in 0:00:07") as refused:
        await bot.get_chat(anna.id)
    assert refused.value.retry_after == timedelta(seconds=7)
    async with HTTPXRequest() as request:
        wrong = telegram.Bot("9:wrong", base_url=server.base_url, request=request, get_updates_request=request)
        with pytest.raises(telegram.error.InvalidToken):
            await wrong.get_me()


async def test_an_application_polls_and_converses(server: BotApiServer) -> None:
    async def on_text(update: telegram.Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.message is not None
        keys = InlineKeyboardMarkup([[InlineKeyboardButton("Mend it", callback_data="mend")]])
        await update.message.reply_text(f"You said {update.message.text}", reply_markup=keys)

    async def on_press(update: telegram.Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.callback_query is not None
        await update.callback_query.answer("On our way")
        await update.callback_query.edit_message_text("Mended")

    application: Application[Any, Any, Any, Any, Any, Any] = (
        Application.builder().token(server.token).base_url(server.base_url).base_file_url(server.base_file_url).build()
    )
    application.add_handler(MessageHandler(filters.TEXT, on_text))
    application.add_handler(CallbackQueryHandler(on_press))

    def conversation() -> None:
        anna = server.person("Anna")
        anna.says("broken")
        anna.hears("You said broken")
        anna.presses("Mend")
        assert anna.toast().text == "On our way"
        assert anna.hears("^Mended$").labels == []
        server.wait_quiet()

    async with application:
        assert application.updater is not None
        await application.updater.start_polling()
        await application.start()
        await server.aside(conversation)
        await application.updater.stop()
        await application.stop()


async def test_keyboards_under_the_input_field_are_shown_and_pressed(server: BotApiServer, bot: telegram.Bot) -> None:
    anna = server.person("Anna", phone="+8613800138000", started=True)
    rows: list[list[str | KeyboardButton]] = [
        [KeyboardButton("My number", request_contact=True), KeyboardButton("Where", request_location=True)],
        ["No"],
    ]
    await bot.send_message(anna.id, "How?", reply_markup=ReplyKeyboardMarkup(rows, one_time_keyboard=True))
    assert anna.keyboard() == [["My number", "Where"], ["No"]]
    anna.says("wait")
    assert anna.keyboard() == [["My number", "Where"], ["No"]]
    anna.presses("My number")
    assert anna.keyboard() == []
    await bot.send_message(anna.id, "And?", reply_markup=ReplyKeyboardMarkup([["Yes", "No"]]))
    anna.presses("No")
    assert anna.keyboard() == [["Yes", "No"]]
    await bot.send_message(anna.id, "Thanks", reply_markup=ReplyKeyboardRemove())
    assert anna.keyboard() == []
    _, contact, answer = [update.message for update in await bot.get_updates() if update.message]
    assert contact.contact is not None and contact.contact.phone_number == "+8613800138000" and answer.text == "No"


async def test_a_forced_reply_quotes_the_question(server: BotApiServer, bot: telegram.Bot) -> None:
    anna = server.person("Anna", started=True)
    asked = await bot.send_message(anna.id, "Serial number?", reply_markup=telegram.ForceReply())
    assert anna.asked_to_reply_to() == asked.message_id
    anna.says("PX-1")
    (update,) = await asyncio.wait_for(bot.get_updates(), 10)
    assert update.message is not None and update.message.reply_to_message is not None
    assert update.message.reply_to_message.text == "Serial number?" and anna.asked_to_reply_to() is None
