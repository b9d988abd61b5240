"""getUpdates: long polls, offsets, conflicts, and which kinds are wanted."""

from __future__ import annotations

import asyncio
import time

from tests.botapi import BotApiServer
from tests.botapi_itself.conftest import Http


def texts(updates: list[dict[str, dict[str, str]]]) -> list[str]:
    return [update["message"]["text"] for update in updates]


async def test_updates_stay_until_an_offset_confirms_them(server: BotApiServer, http: Http) -> None:
    anna = server.person("Anna")
    for text in ("one", "two", "three"):
        anna.says(text)
    first = await http.result("getUpdates", limit=2)
    assert texts(first) == ["one", "two"]
    assert first[1]["update_id"] == first[0]["update_id"] + 1
    assert texts(await http.result("getUpdates")) == ["one", "two", "three"]
    assert texts(await http.result("getUpdates", offset=first[1]["update_id"])) == ["two", "three"]
    assert server.pending_updates() == 2
    assert await http.result("getUpdates", offset=first[1]["update_id"] + 2) == []
    assert server.pending_updates() == 0


async def test_a_negative_offset_keeps_only_the_newest(server: BotApiServer, http: Http) -> None:
    anna = server.person("Anna")
    for text in ("one", "two", "three"):
        anna.says(text)
    assert texts(await http.result("getUpdates", offset=-1)) == ["three"]
    assert texts(await http.result("getUpdates")) == ["three"]


async def test_an_offset_from_the_future_confirms_nothing(server: BotApiServer, http: Http) -> None:
    server.person("Anna").says("one")
    assert texts(await http.result("getUpdates", offset=2_000_000_000)) == ["one"]


async def test_a_long_poll_wakes_at_once(server: BotApiServer, http: Http) -> None:
    anna = server.person("Anna")
    polling = asyncio.create_task(http.result("getUpdates", timeout=30))
    await server.aside(server.wait_called, "getUpdates")
    spoken = time.monotonic()
    anna.says("wake up")
    assert texts(await polling) == ["wake up"]
    assert time.monotonic() - spoken < 5


async def test_an_empty_long_poll_ends_after_its_time(http: Http) -> None:
    began = time.monotonic()
    assert await http.result("getUpdates", timeout=1) == []
    assert time.monotonic() - began >= 0.9


async def test_a_second_poller_ends_the_first_with_a_conflict(server: BotApiServer, http: Http) -> None:
    first = asyncio.create_task(http.call("getUpdates", timeout=30))
    await server.aside(server.wait_called, "getUpdates")
    second = asyncio.create_task(http.call("getUpdates", timeout=30))
    answer = await first
    assert (answer["error_code"], answer["description"]) == (
        409,
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    )
    server.person("Anna").says("hi")
    assert texts((await second)["result"]) == ["hi"]


async def test_polling_beside_a_webhook_is_a_conflict(server: BotApiServer, http: Http) -> None:
    await http.result("setWebhook", url="http://127.0.0.1:9/hook")
    assert await http.refusal("getUpdates") == (
        "409 Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
    )
    await http.result("deleteWebhook")
    assert await http.result("getUpdates") == []


async def test_unwanted_kinds_are_not_queued(server: BotApiServer, http: Http) -> None:
    anna = server.person("Anna")
    await http.result("getUpdates", allowed_updates=["callback_query"])
    anna.says("not wanted")
    assert await http.result("getUpdates", allowed_updates=[]) == []
    anna.says("wanted")
    server.inject({"chat_member": {"from": {"id": anna.id}}})
    assert texts(await http.result("getUpdates")) == ["wanted"]


async def test_injected_updates_keep_their_number_and_make_their_sender_known(server: BotApiServer, http: Http) -> None:
    user = {"id": 77, "is_bot": False, "first_name": "Ben"}
    message = {"message_id": 5, "from": user, "chat": {"id": 77, "type": "private"}, "date": 1, "text": "hi"}
    assert server.inject({"update_id": 900_000_000, "message": message}) == 900_000_000
    assert server.inject({"message": message}) == 900_000_001
    assert [one["update_id"] for one in await http.result("getUpdates")] == [900_000_000, 900_000_001]
    await http.result("sendMessage", chat_id=77, text="hello Ben")
    assert server.answers(77) == 1


async def test_a_killed_poller_leaves_no_conflict_behind(server: BotApiServer, http: Http) -> None:
    killed = asyncio.create_task(http.call("getUpdates", timeout=30))
    await server.aside(server.wait_called, "getUpdates")
    killed.cancel()
    await asyncio.gather(killed, return_exceptions=True)
    server.person("Anna").says("who is there?")
    for _ in range(2):
        assert texts(await http.result("getUpdates", timeout=30)) == ["who is there?"]
