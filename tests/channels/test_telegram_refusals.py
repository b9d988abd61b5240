"""Every way in which Telegram can fail or refuse, on both drivers: what it means, and that the token is never told."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from bot.channels.telegram.aiohttp_driver import AiohttpDriver
from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.driver import (
    ChatMoved,
    ConflictingPoller,
    Driver,
    MessageGone,
    NoText,
    NotModified,
    Unauthorized,
    UnfitPicture,
)
from bot.channels.telegram.ptb_driver import PtbDriver
from notifier.channel import GiveUp, Message, TryAgain
from tests.botapi import BotApiServer
from tests.channels.conftest import MENUS, NOW
from tests.hanging_up import hang_up

DriverKind = type[AiohttpDriver] | type[PtbDriver]
TOKEN = "4711:AAH-very_secret"


@asynccontextmanager
async def answering(status: int, body: bytes, content_type: str = "application/json") -> AsyncIterator[str]:
    """A server that gives every request the same answer; its base URL."""

    async def answer(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(status=status, body=body, content_type=content_type)

    app = web.Application()
    app.router.add_route("*", "/{anything:.*}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await hang_up(runner)


@asynccontextmanager
async def connected(kind: DriverKind, url: str, token: str = TOKEN) -> AsyncIterator[Driver]:
    driver = kind(token, base_url=f"{url}/bot", base_file_url=f"{url}/file/bot")
    await driver.start()
    try:
        yield driver
    finally:
        await driver.stop()


async def failure(driver: Driver, method: str = "sendMessage", **params: Any) -> TryAgain | GiveUp:
    with pytest.raises((TryAgain, GiveUp)) as refused:
        await driver.call(method, {"chat_id": "1", "text": "x", **params})
    error = refused.value
    assert isinstance(error, TryAgain | GiveUp)
    return error


REFUSALS: list[tuple[int, str, str, type[Exception], bool | None]] = [
    (400, '"Bad Request: chat not found"', "", GiveUp, True),
    (400, '"Bad Request: PEER_ID_INVALID"', "", GiveUp, True),
    (400, '"Bad Request: message is too long"', "", GiveUp, False),
    (400, '"Bad Request: can\'t parse entities: Unsupported start tag \\"x\\" at byte offset 0"', "", GiveUp, False),
    (400, '"Bad Request: message to edit not found"', "", MessageGone, False),
    (400, '"Bad Request: message can\'t be edited"', "", MessageGone, False),
    (400, '"Bad Request: MESSAGE_ID_INVALID"', "", MessageGone, False),
    (400, '"Bad Request: there is no text in the message to edit"', "", NoText, False),
    (400, '"Bad Request: message is not modified: specified new message content is the same"', "", NotModified, False),
    (400, '"Bad Request: PHOTO_INVALID_DIMENSIONS"', "", UnfitPicture, False),
    (400, '"Bad Request: IMAGE_PROCESS_FAILED"', "", UnfitPicture, False),
    (400, '"Bad Request: wrong file_id or the file is temporarily unavailable"', "", TryAgain, None),
    (400, '"Bad Request: group chat was upgraded"', '{"migrate_to_chat_id": -100123}', ChatMoved, False),
    (401, '"Unauthorized"', "", Unauthorized, None),
    (404, '"Not Found"', "", Unauthorized, None),
    (403, '"Forbidden: bot was blocked by the user"', "", GiveUp, True),
    (403, '"Forbidden: user is deactivated"', "", GiveUp, True),
    (409, '"Conflict: terminated by other getUpdates request"', "", ConflictingPoller, None),
    (413, '"Request Entity Too Large"', "", GiveUp, False),
    (429, '"Too Many Requests: retry after 7"', '{"retry_after": 7}', TryAgain, None),
    (429, '"Too Many Requests"', "", TryAgain, None),
    (500, '"Internal Server Error"', "", TryAgain, None),
    (503, "null", '"strange"', TryAgain, None),
]


@pytest.mark.parametrize(("code", "description", "parameters", "kind", "blocked"), REFUSALS)
async def test_each_refusal_has_its_meaning(
    driver_kind: DriverKind, code: int, description: str, parameters: str, kind: type[Exception], blocked: bool | None
) -> None:
    more = f', "parameters": {parameters}' if parameters else ""
    body = f'{{"ok": false, "error_code": {code}, "description": {description}{more}}}'
    async with answering(code, body.encode()) as url, connected(driver_kind, url) as driver:
        error = await failure(driver)
    assert type(error) is kind
    assert getattr(error, "blocked", None) is blocked
    assert str(error).startswith("sendMessage: ")
    assert TOKEN not in str(error) and error.__cause__ is None
    if isinstance(error, ChatMoved):
        assert error.to == "-100123"
    if code == 429:
        assert isinstance(error, TryAgain) and error.after == (7.0 if parameters else None)


STRANGE: list[tuple[int, bytes]] = [
    (200, b"\x00\xff not JSON {"),
    (200, b""),
    (200, b"[1, 2]"),
    (200, b'"yes"'),
    (200, b'{"ok": true}'),
    (200, b"[" * 100_000),
    (302, b""),
    (502, b"<html>Bad Gateway</html>"),
    (504, b'{"ok": false, "description": ["?"], "parameters": [1]}'),
]


@pytest.mark.parametrize(("status", "body"), STRANGE)
async def test_an_answer_that_makes_no_sense_is_worth_another_try(
    driver_kind: DriverKind, status: int, body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with answering(status, body, "text/html") as url, connected(driver_kind, url) as driver:
        error = await failure(driver, text="my address is Nanjing Road 1")
        assert type(error) is TryAgain
        assert len(str(error)) < 200
    assert TOKEN not in caplog.text and "Nanjing" not in caplog.text


async def test_nobody_at_the_other_end_is_worth_another_try(driver_kind: DriverKind, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with connected(driver_kind, "http://127.0.0.1:1") as driver:
        error = await failure(driver)
        with pytest.raises(TryAgain):
            await driver.download("some file")
        assert (type(error), str(error)) == (TryAgain, "sendMessage: no connection (ClientConnectorError)")
        assert TOKEN not in f"{error!r} {driver!r} {vars(error)} {caplog.text}"


async def test_a_driver_that_is_not_started_or_stopped_says_try_again(driver_kind: DriverKind) -> None:
    driver = driver_kind(TOKEN, base_url="http://127.0.0.1:1/bot", base_file_url="http://127.0.0.1:1/file/bot")
    assert str(await failure(driver)) == "sendMessage: not connected"
    await driver.start()
    await driver.stop()
    await driver.stop()
    assert str(await failure(driver)) == "sendMessage: not connected"


async def test_half_a_character_is_a_matter_for_a_person(driver_kind: DriverKind) -> None:
    async with connected(driver_kind, "http://127.0.0.1:1") as driver:
        assert type(await failure(driver, text="\ud83d")) is GiveUp


async def test_a_wrong_token_is_named_as_such_everywhere_and_logged_once(driver_kind: DriverKind, server: BotApiServer) -> None:
    url = server.base_url.removesuffix("/bot")
    async with connected(driver_kind, url) as driver:
        channel = TelegramChannel(driver, clock=lambda: NOW, menus=MENUS)
        with capture_logs() as logs:
            for attempt in (
                channel.deliver("1", Message(1, "x")),
                channel.fetch("file"),
                channel.me(),
                channel.set_menus(),
                channel.start_polling_mode(),
                channel.set_webhook("https://example.org/hook", "secret"),
            ):
                with pytest.raises(Unauthorized, match="401, Telegram does not know this bot token"):
                    await attempt
    assert [(line["log_level"], "does not accept the bot token" in line["event"]) for line in logs] == [("error", True)]
    assert TOKEN not in str(logs)


async def test_a_call_that_hangs_ends_in_time(server: BotApiServer, driver: Driver) -> None:
    anna = server.person("Anna", started=True)
    server.faults.hang(method="sendMessage")
    with pytest.raises(TryAgain, match=r"sendMessage: no answer within 0\.2 s"):
        await driver.call("sendMessage", {"chat_id": str(anna.id), "text": "x"}, timeout=0.2)
    assert anna.screen() == []


async def test_after_a_fault_the_next_attempt_arrives(server: BotApiServer, channel: TelegramChannel) -> None:
    anna = server.person("Anna", started=True)
    server.faults.too_many_requests(9, method="sendMessage")
    server.faults.server_error(500, method="sendMessage")
    server.faults.server_error(502, method="sendMessage")
    server.faults.close_connection(method="sendMessage")
    server.faults.garbage(method="sendMessage")
    waits = []
    for _ in range(5):
        with pytest.raises(TryAgain) as refused:
            await channel.deliver(str(anna.id), Message(1, "x"))
        waits.append(refused.value.after)
    assert waits == [9.0, None, None, None, None]
    await channel.deliver(str(anna.id), Message(1, "x"))
    assert [shown.text for shown in anna.screen()] == ["x"]


async def test_a_lost_answer_is_tried_again_because_nobody_knows(server: BotApiServer, channel: TelegramChannel) -> None:
    anna = server.person("Anna", started=True)
    server.faults.drop_answer(method="sendMessage")
    with pytest.raises(TryAgain):
        await channel.deliver(str(anna.id), Message(1, "x"))
    assert [(call.outcome, call.executed) for call in server.calls("sendMessage")] == [("drop", True)]


async def test_one_who_has_blocked_the_bot_takes_nothing_any_more(server: BotApiServer, channel: TelegramChannel) -> None:
    anna, ben = server.person("Anna", started=True), server.person("Ben")
    anna.blocks_bot()
    for chat in (anna.id, ben.id):
        with pytest.raises(GiveUp) as refused:
            await channel.deliver(str(chat), Message(1, "x"))
        assert refused.value.blocked


async def test_a_group_that_moved_is_written_to_where_it_is_now(driver_kind: DriverKind) -> None:
    written: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        chat = str((await request.post())["chat_id"])
        written.append(chat)
        if chat == "-5":
            body = {"ok": False, "error_code": 400, "description": "Bad Request: group chat was upgraded to a supergroup chat"}
            return web.json_response({**body, "parameters": {"migrate_to_chat_id": -100777}}, status=400)
        return web.json_response({"ok": True, "result": {"message_id": len(written)}})

    app = web.Application()
    app.router.add_post("/{anything:.*}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with connected(driver_kind, f"http://127.0.0.1:{runner.addresses[0][1]}") as driver:
        channel = TelegramChannel(driver, clock=lambda: NOW, menus={})
        receipts = [await channel.deliver("-5", Message(number, "x")) for number in (1, 2)]
    await hang_up(runner)
    assert written == ["-5", "-100777", "-100777"]
    assert [receipt.message_id for receipt in receipts] == ["2", "3"]
