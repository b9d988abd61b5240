"""Updates by webhook: only Telegram gets in, and 200 is said only after the commit."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from aiohttp import ClientResponse, ClientSession, web
from structlog.testing import capture_logs

from bot.channels.telegram.channel import SECRET_HEADER, TelegramChannel
from notifier.channel import Key, Message
from storage.errors import StorageError
from tests.botapi import BotApiServer
from tests.channels.turns import Turns
from tests.hanging_up import hang_up

SECRET = "a-secret_of-the-tests"
HELLO = {
    "update_id": 7,
    "message": {"message_id": 1, "chat": {"id": 5, "type": "private"}, "from": {"id": 5, "first_name": "Anna"}, "text": "hello"},
}


@dataclass
class Hook:
    url: str
    turns: Turns
    session: ClientSession

    async def post(self, body: object = HELLO, secret: str | None = SECRET, raw: bytes | None = None) -> ClientResponse:
        headers = {} if secret is None else {SECRET_HEADER: secret}
        if raw is not None:
            return await self.session.post(self.url, data=raw, headers=headers)
        return await self.session.post(self.url, json=body, headers=headers)


@pytest.fixture
async def hook(channel: TelegramChannel) -> AsyncIterator[Hook]:
    turns = Turns("got it")
    app = web.Application()
    app.add_routes(channel.webhook_routes(turns.take, "/telegram/hook", SECRET))
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with ClientSession() as session:
        yield Hook(f"http://127.0.0.1:{runner.addresses[0][1]}/telegram/hook", turns, session)
    await hang_up(runner)


@pytest.mark.parametrize("secret", [None, "", "wrong", "A-SECRET_OF-THE-TESTS", SECRET + "x"])
async def test_without_the_secret_nothing_gets_in(hook: Hook, secret: str | None) -> None:
    assert (await hook.post(secret=secret)).status == 401
    assert hook.turns.attempts == []


@pytest.mark.parametrize("raw", [b"", b"not JSON", b"\xff\xfe", b"[1]", b'"text"', b"[" * 100_000])
async def test_what_is_no_update_is_a_bad_request(hook: Hook, raw: bytes) -> None:
    assert (await hook.post(raw=raw)).status == 400
    assert hook.turns.attempts == []


async def test_an_update_is_acknowledged_after_its_commit_and_not_before(hook: Hook) -> None:
    hook.turns.held["hello"] = asyncio.Event()
    posting = asyncio.create_task(hook.post())
    await hook.turns.until_tried("hello", 1)
    assert not posting.done()
    hook.turns.held["hello"].set()
    assert (await posting).status == 200
    assert hook.turns.said() == ["hello"]


async def test_what_was_not_committed_is_refused_with_a_time_to_come_again(hook: Hook) -> None:
    hook.turns.refusing["hello"] = [StorageError("disk full")]
    refused = await hook.post()
    assert (refused.status, refused.headers["Retry-After"]) == (503, "1")
    assert hook.turns.said() == []
    assert (await hook.post()).status == 200
    assert hook.turns.said() == ["hello"]


async def test_a_poison_update_is_taken_off_telegrams_hands_the_fifth_time(hook: Hook) -> None:
    hook.turns.refusing["hello"] = [KeyError("x")] * 100
    with capture_logs() as logs:
        statuses = [(await hook.post()).status for _ in range(5)]
    assert statuses == [503, 503, 503, 503, 200]
    assert [line["log_level"] for line in logs] == ["warning"] * 4 + ["error"]


async def test_an_update_of_an_unknown_kind_is_acknowledged(hook: Hook) -> None:
    assert (await hook.post({"update_id": 8, "something_new": {"a": 1}})).status == 200
    assert hook.turns.attempts == []


async def test_an_empty_secret_is_refused_at_once(channel: TelegramChannel) -> None:
    with pytest.raises(ValueError, match="a webhook needs a secret"):
        channel.webhook_routes(Turns().take, "/hook", "")


async def test_telegram_itself_delivers_fifty_duplicates_and_a_press_in_order(
    server: BotApiServer, channel: TelegramChannel, hook: Hook
) -> None:
    people = [server.person(f"P{number}", started=True) for number in range(5)]
    await channel.set_webhook(hook.url, SECRET)
    server.faults.duplicate_updates()
    hook.turns.refusing["P3 4"] = [StorageError("disk full")]
    for number in range(10):
        for one in people:
            one.says(f"{one.name} {number}")
    await hook.turns.until(50)
    await server.aside(server.wait_quiet, 0.1)
    server.faults.duplicate_updates(0)
    for one in people:
        assert hook.turns.said(one.id) == [f"{one.name} {number}" for number in range(10)]
    await channel.deliver(str(people[0].id), Message(1, "Did it help?", ((Key("Yes", "r:1"),),)))
    await server.aside(people[0].presses, "Yes")
    assert (await server.aside(people[0].toast)).text == "got it"
    assert server.pending_updates() == 0
