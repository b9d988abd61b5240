"""Webhook delivery: secret, order within a queue, queues beside each other, retries until taken."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from tests.botapi import BotApiServer
from tests.botapi_itself.conftest import Http
from tests.hanging_up import hang_up


class Hook:
    """The bot's end of a webhook: what came, and what to answer."""

    def __init__(self) -> None:
        self.url = ""
        self.came: list[dict[str, Any]] = []
        self.headers: list[str | None] = []
        self.statuses: list[int] = []
        self.answer: dict[str, Any] | None = None
        self.retry_after: str | None = None
        self.gates: dict[str, asyncio.Event] = {}
        self.at_once = 0
        self.most_at_once = 0
        self.news = asyncio.Condition()

    async def take(self, request: web.Request) -> web.Response:
        update = await request.json()
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        self.came.append(update)
        self.headers.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        async with self.news:
            self.news.notify_all()
        gate = self.gates.get(update.get("message", {}).get("text", ""))
        if gate is not None:
            await gate.wait()
        self.at_once -= 1
        status = self.statuses.pop(0) if self.statuses else 200
        if status == 200 and self.answer is not None:
            answer, self.answer = self.answer, None
            return web.json_response(answer)
        return web.Response(status=status, headers={"Retry-After": self.retry_after} if self.retry_after else None)

    async def until(self, count: int) -> None:
        async with self.news:
            await asyncio.wait_for(self.news.wait_for(lambda: len(self.came) >= count), 20)

    @property
    def texts(self) -> list[str]:
        return [one["message"]["text"] if "message" in one else one["callback_query"]["data"] for one in self.came]


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    taking = Hook()
    app = web.Application()
    app.router.add_post("/hook", taking.take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    taking.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield taking
    await hang_up(runner)


async def test_updates_are_posted_with_the_secret(server: BotApiServer, http: Http, hook: Hook) -> None:
    anna = server.person("Anna")
    anna.says("before it was set")
    answer = await http.call("setWebhook", url=hook.url, secret_token="s3cret_-")
    assert answer == {"ok": True, "result": True, "description": "Webhook was set"}
    anna.says("after")
    await hook.until(2)
    await server.aside(server.wait_quiet)
    assert (hook.texts, hook.headers) == (["before it was set", "after"], ["s3cret_-", "s3cret_-"])
    info = await http.result("getWebhookInfo")
    assert (info["url"], info["pending_update_count"], info["max_connections"]) == (hook.url, 0, 40)


async def test_what_is_refused_is_posted_again_and_holds_up_only_its_chat(server: BotApiServer, http: Http, hook: Hook) -> None:
    anna, ben = server.person("Anna"), server.person("Ben")
    hook.statuses = [500, 404]
    await http.result("setWebhook", url=hook.url)
    anna.says("a1")
    anna.says("a2")
    ben.says("b1")
    await hook.until(5)
    await server.aside(server.wait_quiet)
    hers = [text for text in hook.texts if text.startswith("a")]
    assert hers == sorted(hers) and hers.count("a2") >= 1 and sorted(set(hook.texts)) == ["a1", "a2", "b1"]
    assert len(hook.texts) == 5
    info = await http.result("getWebhookInfo")
    assert info["last_error_message"].startswith("Wrong response from the webhook: ")


async def test_a_press_overtakes_a_message_that_is_held_up(server: BotApiServer, http: Http, hook: Hook) -> None:
    anna = server.person("Anna", started=True)
    keys = {"inline_keyboard": [[{"text": "Yes", "callback_data": "yes"}]]}
    await http.result("sendMessage", chat_id=anna.id, text="Sure?", reply_markup=keys)
    hook.gates["slow"] = asyncio.Event()
    await http.result("setWebhook", url=hook.url)
    anna.says("slow")
    anna.says("behind")
    anna.presses("Yes")
    await hook.until(2)
    assert sorted(hook.texts) == ["slow", "yes"]
    hook.gates["slow"].set()
    await hook.until(3)
    assert hook.texts[2] == "behind"


async def test_no_more_connections_than_allowed_are_used(server: BotApiServer, http: Http, hook: Hook) -> None:
    await http.result("setWebhook", url=hook.url, max_connections=2)
    hook.gates["hi"] = asyncio.Event()
    for number in range(6):
        server.person(f"P{number}").says("hi")
    await hook.until(2)
    hook.gates["hi"].set()
    await hook.until(6)
    assert hook.most_at_once == 2


async def test_a_method_in_the_answer_is_carried_out(server: BotApiServer, http: Http, hook: Hook) -> None:
    anna = server.person("Anna")
    hook.answer = {"method": "sendMessage", "chat_id": anna.id, "text": "straight back"}
    await http.result("setWebhook", url=hook.url)
    anna.says("hi")
    await server.aside(anna.hears, "straight back")
    assert [call.via_webhook for call in server.calls("sendMessage")] == [True]


async def test_deleting_the_webhook_leaves_the_rest_to_polling(server: BotApiServer, http: Http, hook: Hook) -> None:
    anna = server.person("Anna")
    hook.statuses = [500] * 1000
    await http.result("setWebhook", url=hook.url)
    anna.says("stubborn")
    await hook.until(1)
    await http.result("deleteWebhook")
    assert [update["message"]["text"] for update in await http.result("getUpdates")] == ["stubborn"]
    await http.result("setWebhook", url=hook.url, drop_pending_updates=True)
    assert (await http.result("getWebhookInfo"))["pending_update_count"] == 0


async def test_setting_a_webhook_ends_a_long_poll(server: BotApiServer, http: Http, hook: Hook) -> None:
    polling = asyncio.create_task(http.call("getUpdates", timeout=30))
    await server.aside(server.wait_called, "getUpdates")
    await http.result("setWebhook", url=hook.url)
    assert (await polling)["description"] == "Conflict: terminated by setWebhook request"


async def test_duplicates_come_at_the_same_time_under_one_number(server: BotApiServer, http: Http, hook: Hook) -> None:
    server.faults.duplicate_updates(1)
    hook.gates["twice"] = asyncio.Event()
    await http.result("setWebhook", url=hook.url)
    server.person("Anna").says("twice")
    await hook.until(2)
    assert (hook.most_at_once, hook.texts) == (2, ["twice", "twice"])
    assert hook.came[0]["update_id"] == hook.came[1]["update_id"]
    hook.gates["twice"].set()
    await server.aside(server.wait_quiet)
    assert len(hook.came) == 2


async def test_a_late_duplicate_comes_after_the_first_was_taken(server: BotApiServer, http: Http, hook: Hook) -> None:
    server.faults.duplicate_updates(1, later=True)
    await http.result("setWebhook", url=hook.url)
    anna = server.person("Anna")
    anna.says("one")
    anna.says("two")
    await hook.until(3)
    assert (hook.texts, hook.most_at_once) == (["one", "one", "two"], 1)


async def test_the_time_the_bot_asks_for_is_kept(server: BotApiServer, http: Http, hook: Hook) -> None:
    hook.statuses, hook.retry_after = [503], "1"
    await http.result("setWebhook", url=hook.url)
    began = time.monotonic()
    server.person("Anna").says("busy?")
    await hook.until(2)
    assert time.monotonic() - began >= 0.9


async def test_after_an_outage_the_webhook_goes_on(server: BotApiServer, http: Http, hook: Hook) -> None:
    await http.result("setWebhook", url=hook.url)
    await server.aside(server.stop)
    server.person("Anna").says("meanwhile")
    server.start()
    await hook.until(1)
    assert hook.texts == ["meanwhile"]


@pytest.mark.parametrize(
    ("params", "refusal"),
    [
        ({"url": "ftp://x"}, "400 Bad Request: invalid webhook URL specified"),
        ({"url": "https://x", "secret_token": "a b"}, "400 Bad Request: secret token contains unallowed characters"),
        ({"url": "https://x", "secret_token": "a" * 257}, "400 Bad Request: secret token is too long"),
    ],
)
async def test_a_wrong_webhook_is_refused(http: Http, params: dict[str, str], refusal: str) -> None:
    assert await http.refusal("setWebhook", **params) == refusal
