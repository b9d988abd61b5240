"""What may be sent is counted once for all processes, on both databases."""

import asyncio
from collections import Counter

import pytest

from bot.channels.wechat.standing import Standings
from storage.engine import Store
from tests.storage.clock import Clock


@pytest.fixture
def standings(store: Store, clock: Clock) -> Standings:
    return Standings(store, clock)


async def test_after_a_message_five_may_go_within_48_hours_and_the_fifth_is_the_last(standings: Standings, clock: Clock) -> None:
    assert await standings.take("oAnna") == "unknown"
    await standings.opened("oAnna", "1", "message")
    clock.passes(hours=47)
    assert [await standings.take("oAnna") for _ in range(6)] == ["yes", "yes", "yes", "yes", "last", "wait"]
    clock.passes(hours=1)
    assert await standings.take("oAnna") == "closed"


async def test_after_a_touch_three_may_go_within_a_minute(standings: Standings, clock: Clock) -> None:
    await standings.opened("oAnna", "1", "touch")
    assert [await standings.take("oAnna") for _ in range(4)] == ["yes", "yes", "yes", "wait"]
    await standings.opened("oAnna", "2", "touch")
    clock.passes(seconds=60)
    assert await standings.take("oAnna") == "wait"
    clock.passes(minutes=10)
    assert await standings.take("oAnna") == "closed"


async def test_the_same_callback_allows_nothing_anew(standings: Standings) -> None:
    await standings.opened("oAnna", "1", "message")
    await standings.take("oAnna")
    await standings.opened("oAnna", "1", "message")
    assert [await standings.take("oAnna") for _ in range(4)] == ["yes", "yes", "yes", "last"]


async def test_two_processes_never_take_more_than_there_is(store: Store, clock: Clock) -> None:
    other = Store(store.engine.url.render_as_string(hide_password=False), clock=clock)
    mine, theirs = Standings(store, clock), Standings(other, clock)
    await mine.opened("oAnna", "1", "message")
    taken = await asyncio.gather(*(one.take("oAnna") for _ in range(6) for one in (mine, theirs)))
    await asyncio.to_thread(other.close)
    assert Counter(taken) == {"yes": 4, "last": 1, "wait": 7}


async def test_a_piece_goes_into_a_reply_once_and_into_the_last_reply_only(standings: Standings) -> None:
    await standings.opened("oAnna", "1", "message")
    assert await standings.accept("oAnna", "1", "7.0", "seven") == ["seven"]
    assert await standings.accept("oAnna", "1", "7.0", "seven") == ["seven"]
    assert await standings.chats_left_behind() == ["oAnna"]
    await standings.given("oAnna", "1")
    assert (await standings.chats_left_behind(), await standings.opened("oAnna", "1", "message")) == ([], ["seven"])
    assert await standings.opened("oAnna", "2", "message") == []
    assert await standings.accept("oAnna", "1", "8.0", "eight") is None


async def test_what_was_not_given_goes_over_into_the_next_reply(standings: Standings) -> None:
    await standings.opened("oAnna", "1", "message")
    await standings.accept("oAnna", "1", "7.0", "seven")
    assert await standings.opened("oAnna", "2", "message") == ["seven"]
    assert await standings.accept("oAnna", "2", "8.0", "eight") == ["seven", "eight"]
    await standings.brought("oAnna", ["seven", "eight"])
    assert (await standings.left_behind("oAnna"), await standings.chats_left_behind()) == ([], [])


async def test_numbers_go_on_until_the_person_has_done_something(standings: Standings) -> None:
    await standings.opened("oAnna", "1", "message")
    assert [await standings.number("oAnna", ["a", "b"]), await standings.number("oAnna", ["c"])] == [1, 3]
    await standings.opened("oAnna", "2", "message")
    assert await standings.button("oAnna", "3") == "c"
    assert await standings.number("oAnna", []) == 1
    assert await standings.button("oAnna", "3") == ""
