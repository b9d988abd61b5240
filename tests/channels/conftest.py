"""Telegram's other side for each test: the tests' own Bot API server, and the channel on each of its two drivers."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

import pytest

from bot.channels.telegram.aiohttp_driver import AiohttpDriver
from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.driver import Driver
from bot.channels.telegram.ptb_driver import PtbDriver
from notifier.channel import Menu
from tests.botapi import BotApiServer

NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
MENUS = {
    "zh_CN": Menu("zh_CN", (("new", "报修"), ("tickets", "我的工单"))),
    "zh_TW": Menu("zh_TW", (("new", "報修"), ("tickets", "我的工單"))),
    "en": Menu("en", (("new", "Report a fault"), ("tickets", "My tickets"))),
}
DRIVERS: dict[str, type[AiohttpDriver] | type[PtbDriver]] = {"aiohttp": AiohttpDriver, "ptb": PtbDriver}


@pytest.fixture
def server() -> Iterator[BotApiServer]:
    """A Telegram with nobody in it yet."""
    with BotApiServer() as running:
        yield running


@pytest.fixture(params=["aiohttp", "ptb"])
def driver_kind(request: pytest.FixtureRequest) -> type[AiohttpDriver] | type[PtbDriver]:
    """Each driver in turn: what holds for one has to hold for the other."""
    return DRIVERS[request.param]


@pytest.fixture
async def driver(server: BotApiServer, driver_kind: type[AiohttpDriver] | type[PtbDriver]) -> AsyncIterator[Driver]:
    """A driver that is started."""
    made = driver_kind(server.token, base_url=server.base_url, base_file_url=server.base_file_url)
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def channel(driver: Driver) -> AsyncIterator[TelegramChannel]:
    """The channel; it tries again at once."""
    made = TelegramChannel(driver, clock=lambda: NOW, menus=MENUS, pauses=(0.01, 0.05))
    await made.start()
    yield made
    await made.stop()
