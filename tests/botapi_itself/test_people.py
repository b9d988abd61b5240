"""The people: what they hear, press and see, and what a test learns when they wait in vain."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Iterator
from typing import Any

import aiohttp
import pytest
import telegram

from tests.botapi import BotApiServer
from tests.botapi_itself.conftest import Http


def keys(*rows: list[str]) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": label, "callback_data": f"do:{label}"} for label in row] for row in rows]}


async def test_each_message_is_heard_once_and_an_edit_makes_it_new(server: BotApiServer, http: Http) -> None:
    anna = server.person("Anna", started=True)
    first = await http.result("sendMessage", chat_id=anna.id, text="Ticket 7 (open)")
    await http.result("sendMessage", chat_id=anna.id, text="Anything else?")
    assert anna.hears("(open)").message_id == first["message_id"]
    assert [shown.text for shown in anna.unheard()] == ["Anything else?"]
    with pytest.raises(AssertionError):
        anna.hears("Ticket 7", timeout=0.01)
    await http.result("editMessageText", chat_id=anna.id, message_id=first["message_id"], text="Ticket 7 (done)")
    assert anna.hears(r"Ticket \d+ .done").edits == 1
    assert anna.sees(re.compile("^Ticket")).text == "Ticket 7 (done)"
    assert [shown.text for shown in anna.catches_up()] == ["Anything else?"]
    assert anna.unheard() == []


async def test_who_waits_in_vain_shows_the_whole_chat(server: BotApiServer, http: Http) -> None:
    anna = server.person("Anna")
    anna.says("/start")
    await http.result("sendMessage", chat_id=anna.id, text="Welcome", reply_markup=keys(["Report", "Status"]))
    query = anna.presses("Report")
    await http.result("answerCallbackQuery", callback_query_id=query, text="One moment")
    with pytest.raises(AssertionError) as failed:
        anna.hears("Where is it?", timeout=0.01)
    lines = [line.strip().partition("  ")[2] for line in str(failed.value).splitlines()[2:]]
    assert str(failed.value).startswith("Anna waited 0.01 s: heard nothing like 'Where is it?'\nHer chat:\n")
    assert lines == [
        "Anna #1: /start",
        "bot #2: Welcome [Report | Status]",
        "Anna presses [Report] under #2",
        "toast: One moment",
    ]


async def test_the_newest_message_with_the_button_is_pressed_whole_labels_first(server: BotApiServer, http: Http) -> None:
    anna = server.person("Anna", started=True)
    old = await http.result("sendMessage", chat_id=anna.id, text="old", reply_markup=keys(["Yes"], ["Other"]))
    new = await http.result("sendMessage", chat_id=anna.id, text="new", reply_markup=keys(["Yes, please", "Yes"]))
    anna.presses("Yes")
    anna.presses("please")
    anna.presses("Yes", on=old["message_id"])
    anna.presses_data("do:Other")
    queries = [update["callback_query"] for update in await http.result("getUpdates")]
    assert [(query["message"]["message_id"], query["data"]) for query in queries] == [
        (new["message_id"], "do:Yes"),
        (new["message_id"], "do:Yes, please"),
        (old["message_id"], "do:Yes"),
        (old["message_id"], "do:Other"),
    ]
    assert queries[0]["message"]["reply_markup"] == keys(["Yes, please", "Yes"])
    assert queries[0]["from"]["id"] == anna.id


async def test_a_button_that_is_gone_can_still_be_pressed_by_a_slow_app(server: BotApiServer, http: Http) -> None:
    anna = server.person("Anna", started=True)
    sent = await http.result("sendMessage", chat_id=anna.id, text="Sure?", reply_markup=keys(["Yes"]))
    before = anna.hears("Sure")
    await http.result("editMessageText", chat_id=anna.id, message_id=sent["message_id"], text="Too late")
    with pytest.raises(AssertionError, match="no button 'Yes'"):
        anna.presses("Yes", timeout=0.01)
    query = anna.presses_gone(before, "do:Yes")
    await http.result("answerCallbackQuery", callback_query_id=query, text="Gone", show_alert=True)
    assert (anna.toast().text, anna.toast().alert) == ("Gone", True)


async def test_waiting_people_wake_when_the_bot_writes(server: BotApiServer, bot: telegram.Bot) -> None:
    anna = server.person("Anna", started=True)
    waiting = asyncio.create_task(server.aside(anna.hears, "at last"))
    await asyncio.sleep(0)
    await bot.send_message(anna.id, "at last")
    assert (await waiting).text == "at last"


async def test_quiet_comes_only_after_every_update_was_confirmed(server: BotApiServer, http: Http) -> None:
    server.person("Anna").says("hi")
    with pytest.raises(AssertionError, match="0 calls under way, 1 updates not confirmed"):
        await server.aside(server.wait_quiet, 0.01, timeout=0.05)
    (update,) = await http.result("getUpdates")
    polling = asyncio.create_task(http.result("getUpdates", offset=update["update_id"] + 1, timeout=2))
    await server.aside(server.wait_quiet, 0.05, timeout=20)
    assert server.pending_updates() == 0
    assert await polling == []


async def test_a_silent_block_shows_only_when_the_bot_writes(server: BotApiServer, http: Http) -> None:
    anna = server.person("Anna", started=True)
    anna.blocks_bot(silently=True)
    assert await http.result("getUpdates") == []
    assert await http.refusal("sendMessage", chat_id=anna.id, text="x") == "403 Forbidden: bot was blocked by the user"


@pytest.fixture
def counting() -> Iterator[BotApiServer]:
    with BotApiServer(keep=False) as server:
        yield server


async def test_without_transcripts_everything_is_still_counted(counting: BotApiServer) -> None:

    async with aiohttp.ClientSession() as session:
        http = Http(counting, session)
        user = {"id": 77, "is_bot": False, "first_name": "Ben"}
        chat = {"id": 77, "type": "private"}
        counting.inject({"message": {"message_id": 1, "from": user, "chat": chat, "date": 1, "text": "hi"}})
        counting.inject({"callback_query": {"id": "5", "from": user, "message": {"message_id": 1, "chat": chat}, "data": "x"}})
        assert len(await http.result("getUpdates")) == 2
        sent = await http.result("sendMessage", chat_id=77, text="one", reply_markup=keys(["a"]))
        await http.result("editMessageText", chat_id=77, message_id=sent["message_id"], text="two")
        await http.result("deleteMessage", chat_id=77, message_id=sent["message_id"])
        await http.result("answerCallbackQuery", callback_query_id="5")
    assert (counting.answers(77), counting.total_answers(), counting.call_count("editMessageText")) == (1, 1, 1)
    assert counting.calls() == [] and counting.world.chats[77].shown == {} and counting.world.presses == {}


async def test_sixty_people_talk_at_once(server: BotApiServer, http: Http) -> None:
    async def echo() -> None:
        offset = 0
        while True:
            for update in await http.result("getUpdates", offset=offset, timeout=30):
                offset = update["update_id"] + 1
                if "message" in update:
                    message = update["message"]
                    text = f"{message['from']['first_name']}: {message['text']}"
                    await http.result("sendMessage", chat_id=message["chat"]["id"], text=text, reply_markup=keys(["Done"]))
                else:
                    await http.result("answerCallbackQuery", callback_query_id=update["callback_query"]["id"], text="ok")

    def conversation(number: int) -> str:
        person = server.person(f"P{number}")
        for step in range(3):
            person.says(f"step {step}")
            person.hears(f"P{number}: step {step}", timeout=60)
            person.presses("Done")
            assert person.toast(timeout=60).text == "ok"
        return threading.current_thread().name

    echoing = asyncio.create_task(echo())
    threads = await asyncio.gather(*(server.aside(conversation, number) for number in range(60)))
    assert len(threads) == 60 and server.total_answers() == 180
    await server.aside(server.wait_quiet, 0.05)
    echoing.cancel()
    await asyncio.gather(echoing, return_exceptions=True)
