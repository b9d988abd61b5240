"""Updates by long poll, on both drivers: nothing is confirmed before its commit, nothing stops the bot for good."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime

import pytest
from structlog.testing import capture_logs

from bot.channels.telegram.aiohttp_driver import AiohttpDriver
from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.driver import ConflictingPoller, Driver
from bot.channels.telegram.ptb_driver import PtbDriver
from notifier.channel import Key, Message
from storage.errors import Conflict, StorageError
from tests.botapi import BotApiServer
from tests.channels.conftest import MENUS, NOW
from tests.channels.lines import listening_to_the_log
from tests.channels.turns import Turns

Polling = Callable[[Turns], AbstractAsyncContextManager[asyncio.Task[None]]]


@asynccontextmanager
async def listening(channel: TelegramChannel, turns: Turns) -> AsyncIterator[asyncio.Task[None]]:
    """The channel polls; at the end it is asked to stop, and does so at once."""
    stop = asyncio.Event()
    task = asyncio.create_task(channel.poll(turns.take, stop))
    try:
        yield task
    finally:
        stop.set()
        async with asyncio.timeout(5):
            await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
def polling(channel: TelegramChannel) -> Polling:
    return lambda turns: listening(channel, turns)


async def test_what_people_say_is_taken_and_confirmed(server: BotApiServer, polling: Polling) -> None:
    anna, turns = server.person("Anna", language_code="zh-hans", last_name="Li"), Turns()
    async with polling(turns):
        anna.says("/start abc")
        anna.says("水泵漏水")
        await turns.until(2)
        await server.aside(server.wait_quiet, 0.05)
    first = turns.committed[0]
    assert (first.sender.channel, first.sender.chat, first.sender.name, first.sender.locale) == (
        "telegram",
        str(anna.id),
        "Anna Li",
        "zh-hans",
    )
    assert (first.at, first.private) == (NOW, True)
    assert turns.said() == ["/start", "水泵漏水"]
    assert server.pending_updates() == 0


async def test_stopping_confirms_what_was_just_committed(server: BotApiServer, polling: Polling) -> None:
    anna, turns = server.person("Anna"), Turns()
    anna.says("one")
    async with polling(turns):
        await turns.until(1)
    assert server.pending_updates() == 0


async def test_an_update_that_was_not_committed_stays_with_telegram(server: BotApiServer, polling: Polling) -> None:
    anna, turns = server.person("Anna"), Turns()
    turns.refusing["two"] = [StorageError("disk full")] * 1_000_000
    for text in ("one", "two", "three"):
        anna.says(text)
    with capture_logs() as logs:
        async with polling(turns):
            await turns.until_tried("two", 3)
    assert turns.said() == ["one"]
    assert turns.attempts.count("three") == 0, "a chat goes on in order"
    assert server.pending_updates() == 2
    assert {line["event"] for line in logs} == {"not committed, will be tried again"}


async def test_what_was_not_committed_comes_again_until_it_is(server: BotApiServer, polling: Polling) -> None:
    anna, ben, turns = server.person("Anna"), server.person("Ben"), Turns()
    turns.refusing["a2"] = [StorageError("disk full"), Conflict("again"), StorageError("disk full")]
    for number in (1, 2, 3):
        anna.says(f"a{number}")
        ben.says(f"b{number}")
    async with polling(turns):
        await turns.until(6)
        await server.aside(server.wait_quiet, 0.05)
    assert (turns.said(anna.id), turns.said(ben.id)) == (["a1", "a2", "a3"], ["b1", "b2", "b3"])
    assert turns.attempts.count("a2") == 4
    assert turns.attempts.count("b3") == 1, "what was committed is not taken again by the same process"
    assert server.pending_updates() == 0


async def test_a_bot_killed_before_the_commit_gets_the_update_again(
    server: BotApiServer, driver_kind: type[AiohttpDriver] | type[PtbDriver]
) -> None:
    anna, turns = server.person("Anna"), Turns()
    for text in ("one", "two"):
        anna.says(text)
    turns.held["two"] = asyncio.Event()

    def channel() -> TelegramChannel:
        driver = driver_kind(server.token, base_url=server.base_url, base_file_url=server.base_file_url)
        return TelegramChannel(driver, clock=lambda: NOW, menus=MENUS, pauses=(0.01, 0.05))

    first = channel()
    await first.start()
    async with listening(first, turns) as task:
        await turns.until(1)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await first.stop()
    assert server.pending_updates() == 2
    turns.held.clear()
    second = channel()
    await second.start()
    async with listening(second, turns):
        await turns.until(2)
        await server.aside(server.wait_quiet, 0.05)
    await second.stop()
    assert turns.said() == ["one", "two"]
    assert server.pending_updates() == 0


async def test_a_slow_chat_does_not_hold_up_the_others_of_its_batch(server: BotApiServer, polling: Polling) -> None:
    turns = Turns()
    people = [server.person(f"P{number}") for number in range(10)]
    turns.held["P0 first"] = asyncio.Event()
    for which in ("first", "second"):
        for one in people:
            one.says(f"{one.name} {which}")
    async with polling(turns):
        await turns.until(18)
        assert turns.said(people[0].id) == []
        turns.held["P0 first"].set()
        await turns.until(20)
    for one in people:
        assert turns.said(one.id) == [f"{one.name} first", f"{one.name} second"]


async def test_fifty_updates_that_come_twice_have_one_effect_each(server: BotApiServer, polling: Polling) -> None:
    turns = Turns()
    people = [server.person(f"P{number}") for number in range(5)]
    server.faults.duplicate_updates(25)
    async with polling(turns):
        for number in range(5):
            for one in people:
                one.says(f"{one.name} {number}")
        await turns.until(25)
        server.faults.duplicate_updates(25, later=True)
        for number in range(5, 10):
            for one in people:
                one.says(f"{one.name} {number}")
        await turns.until(50)
        await server.aside(server.wait_quiet, 0.1)
    assert sorted(turns.said()) == sorted(f"P{person} {number}" for person in range(5) for number in range(10))
    for one in people:
        assert turns.said(one.id) == [f"{one.name} {number}" for number in range(10)]


async def test_a_poison_update_is_passed_over_after_five_failures(server: BotApiServer, polling: Polling) -> None:
    anna, ben, turns = server.person("Anna"), server.person("Ben"), Turns()
    turns.refusing["poison"] = [ValueError("the address is Nanjing Road 1")] * 100
    anna.says("poison")
    anna.says("after")
    ben.says("hello")
    with capture_logs() as logs:
        async with polling(turns):
            await turns.until(2)
            await server.aside(server.wait_quiet, 0.05)
    assert sorted(turns.said()) == ["after", "hello"]
    assert turns.attempts.count("poison") == 5
    assert server.pending_updates() == 0
    (last,) = [line for line in logs if line["log_level"] == "error"]
    assert (last["event"], last["update"], last["error"], last["count"]) == ("update passed over", "700000001", "ValueError", 5)
    assert last["where"].startswith("take:")
    assert "Nanjing" not in str(logs)


async def test_polling_goes_on_after_a_mistake_of_our_own(server: BotApiServer, driver: Driver) -> None:
    anna, turns, times = server.person("Anna"), Turns(), iter([NOW, NOW])

    def clock() -> datetime:
        # Right, then broken once, then right.
        return next(times, None) or broken.pop()

    broken: list[datetime] = []
    channel = TelegramChannel(driver, clock=clock, menus=MENUS, pauses=(0.01, 0.05))
    anna.says("one")
    with listening_to_the_log() as lines:
        async with listening(channel, turns):
            await turns.until(1)
            anna.says("two")
            await turns.until(2)
            anna.says("three")
            await lines.until(1)
            broken.append(NOW)
            await turns.until(3)
    assert lines.all[0] == {"event": "polling failed", "error": "IndexError", "log_level": "error"}
    assert turns.said() == ["one", "two", "three"]


async def test_updates_nobody_reads_do_not_stop_the_row(server: BotApiServer, polling: Polling) -> None:
    anna, turns = server.person("Anna"), Turns()
    server.inject({"message": {"message_id": 1, "chat": {"id": -1, "type": "group"}, "text": "in a group"}})
    server.inject({"message": {"text": 5, "from": None}})
    anna.says("hello")
    async with polling(turns):
        await turns.until(1)
        await server.aside(server.wait_quiet, 0.05)
    assert turns.said() == ["hello"]
    assert server.pending_updates() == 0


async def test_a_press_is_answered_after_its_commit(server: BotApiServer, channel: TelegramChannel, polling: Polling) -> None:
    anna, turns = server.person("Anna", started=True), Turns("好的，" + "字" * 300)
    await channel.deliver(str(anna.id), Message(1, "Did it help?", ((Key("Yes", "r:1"),),)))
    turns.held["r:1"] = asyncio.Event()
    async with polling(turns):
        await server.aside(anna.presses, "Yes")
        await turns.until_tried("r:1", 1)
        assert server.call_count("answerCallbackQuery") == 0
        turns.held["r:1"].set()
        toast = await server.aside(anna.toast)
    assert toast.text == "好的，" + "字" * 196 + "…"
    assert (turns.committed[0].said.__class__.__name__, turns.said()) == ("Press", ["r:1"])


async def test_an_answer_to_a_press_that_fails_or_hangs_holds_up_nothing(
    server: BotApiServer, channel: TelegramChannel, polling: Polling
) -> None:
    anna, turns = server.person("Anna", started=True), Turns("")
    await channel.deliver(str(anna.id), Message(1, "Did it help?", ((Key("Yes", "r:1"),),)))
    server.faults.hang(method="answerCallbackQuery")
    server.faults.server_error(method="answerCallbackQuery")
    async with polling(turns):
        for text in ("", "", "later"):
            if text:
                anna.says(text)
            else:
                await server.aside(anna.presses, "Yes")
        await turns.until(3)
        await server.aside(server.wait_called, "answerCallbackQuery", 2)
    assert turns.said() == ["r:1", "r:1", "later"]


@pytest.mark.parametrize("trouble", ["error", "gateway", "limit", "garbage", "cut"])
async def test_polling_goes_on_after_trouble(server: BotApiServer, polling: Polling, trouble: str) -> None:
    anna, turns = server.person("Anna"), Turns()
    faults = server.faults
    match trouble:
        case "error":
            faults.server_error(500, times=3, method="getUpdates")
        case "gateway":
            faults.server_error(502, times=3, method="getUpdates")
        case "limit":
            faults.too_many_requests(0, times=3, method="getUpdates")
        case "garbage":
            faults.garbage(times=3, method="getUpdates")
        case "cut":
            faults.close_connection(times=3, method="getUpdates")
    async with polling(turns):
        anna.says("still there?")
        await turns.until(1)
    assert server.call_count("getUpdates") >= 4


async def test_polling_outlives_an_outage_of_telegram(server: BotApiServer, polling: Polling) -> None:
    anna, turns = server.person("Anna"), Turns()
    async with polling(turns):
        anna.says("before")
        await turns.until(1)
        await asyncio.to_thread(server.stop)
        anna.says("during")
        await asyncio.to_thread(server.start)
        anna.says("after")
        await turns.until(3)
    assert turns.said() == ["before", "during", "after"]


async def test_a_second_poller_is_named_in_one_line_and_polling_goes_on(
    server: BotApiServer, driver_kind: type[AiohttpDriver] | type[PtbDriver], polling: Polling
) -> None:
    anna, turns = server.person("Anna"), Turns()
    other = driver_kind(server.token, base_url=server.base_url, base_file_url=server.base_file_url)
    await other.start()
    with listening_to_the_log() as lines:
        async with polling(turns):
            await server.aside(server.wait_called, "getUpdates", 1)
            while not lines.all:
                # The two cut each other off in turn, as two programs would.
                with pytest.raises(ConflictingPoller):
                    await other.call("getUpdates", {"timeout": 30})
            await other.stop()
            anna.says("hello")
            await turns.until(1)
    assert lines.all[0] == {
        "event": "another program fetches this bot's updates: stop it, or give one of the two a bot of its own. Trying again",
        "log_level": "error",
    }


async def test_a_webhook_in_the_way_is_named_and_can_be_removed_without_losing_anything(
    server: BotApiServer, channel: TelegramChannel, polling: Polling
) -> None:
    anna, turns = server.person("Anna"), Turns()
    await channel.set_webhook("http://127.0.0.1:1/nobody", "secret")
    anna.says("hello")
    with listening_to_the_log() as lines:
        async with polling(turns):
            await lines.until(1)
            await channel.start_polling_mode()
            await turns.until(1)
    assert lines.all[0]["event"].startswith("a webhook is set, so updates cannot be fetched")
    assert turns.said() == ["hello"]


async def test_a_wrong_token_is_told_to_the_operator_once_and_tried_again_until_telegram_knows_it(
    server: BotApiServer, driver_kind: type[AiohttpDriver] | type[PtbDriver]
) -> None:
    anna, turns = server.person("Anna"), Turns()
    driver = driver_kind("9:wrong", base_url=server.base_url, base_file_url=server.base_file_url)
    channel = TelegramChannel(driver, clock=lambda: NOW, menus=MENUS, pauses=(0.01, 0.02))
    await channel.start()
    with listening_to_the_log() as lines:
        async with listening(channel, turns) as task:
            await lines.until(1)
            assert not task.done()
            server.world.token = "9:wrong"
            anna.says("hello")
            await turns.until(1)
    await channel.stop()
    assert [line["event"] for line in lines.all] == [
        "Telegram does not accept the bot token: put the right one, from @BotFather, into the settings. Trying again"
    ]
