"""Trouble on demand: each fault meets exactly the calls it was meant for."""

from __future__ import annotations

import asyncio
import json

import aiohttp
import pytest
import telegram

from tests.botapi import BotApiServer, FloodLimits
from tests.botapi_itself.conftest import Http


async def test_the_next_calls_are_asked_to_wait(server: BotApiServer, http: Http) -> None:
    anna = server.person("Anna", started=True)
    server.faults.too_many_requests(3, times=2, method="sendMessage")
    assert (await http.call("getMe"))["ok"]
    for _ in range(2):
        answer = await http.call("sendMessage", chat_id=anna.id, text="x")
        assert answer == {
            "ok": False,
            "error_code": 429,
            "description": "Too Many Requests: retry after 3",
            "parameters": {"retry_after": 3},
        }
    await http.result("sendMessage", chat_id=anna.id, text="x")
    assert [call.executed for call in server.calls("sendMessage")] == [False, False, True]


async def test_a_fault_for_one_chat_leaves_the_others_alone(server: BotApiServer, http: Http) -> None:
    anna, ben = server.person("Anna", started=True), server.person("Ben", started=True)
    server.faults.server_error(times=-1, chat=anna.id)
    assert await http.refusal("sendMessage", chat_id=anna.id, text="x") == "500 Internal Server Error"
    await http.result("sendMessage", chat_id=ben.id, text="x")
    server.faults.clear()
    await http.result("sendMessage", chat_id=anna.id, text="x")


async def test_a_bad_gateway_is_no_json(server: BotApiServer, bot: telegram.Bot) -> None:
    server.faults.server_error(502)
    with pytest.raises(telegram.error.NetworkError, match="Bad Gateway"):
        await bot.get_me()


async def test_garbage_is_no_json_either(server: BotApiServer, http: Http) -> None:
    server.faults.garbage()
    async with http.session.get(f"{server.base_url}{server.token}/getMe") as response:
        assert response.status == 200
        with pytest.raises(json.JSONDecodeError):
            json.loads(await response.text())


async def test_a_closed_connection_left_the_call_undone_and_a_dropped_answer_did_not(
    server: BotApiServer, bot: telegram.Bot
) -> None:
    anna = server.person("Anna", started=True)
    server.faults.close_connection(method="sendMessage")
    server.faults.drop_answer(method="sendMessage")
    for text in ("lost", "unknown"):
        with pytest.raises(telegram.error.NetworkError):
            await bot.send_message(anna.id, text)
    assert [shown.text for shown in anna.screen()] == ["unknown"]
    assert [(call.outcome, call.executed) for call in server.calls("sendMessage")] == [("close", False), ("drop", True)]


async def test_a_hanging_call_times_out_and_is_not_done(server: BotApiServer, bot: telegram.Bot) -> None:
    anna = server.person("Anna", started=True)
    server.faults.hang(method="sendMessage")
    with pytest.raises(telegram.error.TimedOut):
        await bot.send_message(anna.id, "x", read_timeout=0.2)
    assert anna.screen() == []


async def test_hanging_calls_can_be_let_go(server: BotApiServer, http: Http) -> None:
    server.faults.hang()
    hanging = asyncio.create_task(http.call("getMe"))
    await server.aside(server.wait_called, "getMe")
    await server.aside(server.wait_quiet, 0.05)
    assert not hanging.done()
    server.faults.clear()
    with pytest.raises(aiohttp.ClientError):
        await hanging


async def test_getupdates_meets_only_faults_meant_for_it(server: BotApiServer, http: Http) -> None:
    server.faults.server_error()
    assert await http.result("getUpdates") == []
    server.faults.too_many_requests(1, method="getUpdates")
    assert (await http.call("getUpdates"))["error_code"] == 429


async def test_updates_come_twice_together_or_later(server: BotApiServer, http: Http) -> None:
    anna = server.person("Anna")
    server.faults.duplicate_updates(1)
    anna.says("together")
    first, second = await http.result("getUpdates")
    assert first == second
    server.faults.duplicate_updates(1, later=True)
    anna.says("later")
    (once,) = await http.result("getUpdates", offset=first["update_id"] + 1)
    assert await http.result("getUpdates", offset=once["update_id"] + 1) == [once]
    assert await http.result("getUpdates", offset=once["update_id"] + 1) == []
    assert server.pending_updates() == 0


async def test_updates_come_in_another_order_and_none_is_lost(server: BotApiServer, http: Http) -> None:
    anna = server.person("Anna")
    server.faults.reorder_updates(4, within=0.1, seed=1)
    for number in range(6):
        anna.says(str(number))
    seen: list[str] = []
    offset = 0
    while len(set(seen)) < 6:
        for update in await http.result("getUpdates", offset=offset, timeout=10):
            seen.append(update["message"]["text"])
            offset = max(offset, update["update_id"] + 1)
    assert sorted(seen) == ["0", "1", "2", "3", "4", "5"]
    assert seen != sorted(seen)


async def test_real_limits_are_enforced_when_switched_on(server: BotApiServer, http: Http) -> None:
    anna, ben = server.person("Anna", started=True), server.person("Ben", started=True)
    server.enforce_limits(FloodLimits(per_chat=0.01, burst=2))
    for _ in range(2):
        await http.result("sendMessage", chat_id=anna.id, text="x")
    answer = await http.call("sendMessage", chat_id=anna.id, text="x")
    assert answer["error_code"] == 429 and 90 <= answer["parameters"]["retry_after"] <= 100
    await http.result("sendMessage", chat_id=ben.id, text="x")
    server.enforce_limits(FloodLimits(per_chat=100, burst=100, overall=5))
    refused = [await http.call("sendMessage", chat_id=ben.id, text="x") for _ in range(20)]
    assert any(not answer["ok"] for answer in refused)
    server.enforce_limits(None)
    await http.result("sendMessage", chat_id=anna.id, text="x")
