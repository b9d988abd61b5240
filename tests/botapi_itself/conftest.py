"""A server for each test, the real telegram.Bot talking to it, and a plain HTTP client."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import aiohttp
import pytest
import telegram
from telegram.request import HTTPXRequest

from tests.botapi import BotApiServer


@pytest.fixture
def server() -> Iterator[BotApiServer]:
    """A server with nobody in it yet."""
    with BotApiServer(token="123:abc") as running:
        yield running


@pytest.fixture(autouse=True)
def _durations_are_timedeltas(monkeypatch: pytest.MonkeyPatch) -> None:
    # python-telegram-bot warns about the old numbers, and warnings are errors here.
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture
async def bot(server: BotApiServer) -> AsyncIterator[telegram.Bot]:
    """python-telegram-bot's own Bot, connected to the server."""
    request = HTTPXRequest(connection_pool_size=16)
    async with telegram.Bot(server.token, base_url=server.base_url, base_file_url=server.base_file_url, request=request) as real:
        yield real


class Http:
    """The Bot API without any library: JSON in, the decoded answer out."""

    def __init__(self, server: BotApiServer, session: aiohttp.ClientSession) -> None:
        self.server = server
        self.session = session

    async def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Call a method and return the whole answer."""
        async with self.session.post(f"{self.server.base_url}{self.server.token}/{method}", json=params) as response:
            answer: dict[str, Any] = await response.json()
            if not answer["ok"]:
                assert response.status == answer["error_code"]
            return answer

    async def result(self, method: str, **params: Any) -> Any:
        """Call a method that has to succeed and return its result."""
        answer = await self.call(method, **params)
        assert answer["ok"], answer
        return answer["result"]

    async def refusal(self, method: str, **params: Any) -> str:
        """Call a method that has to fail and return "<code> <description>"."""
        answer = await self.call(method, **params)
        assert not answer["ok"], answer
        return f"{answer['error_code']} {answer['description']}"


@pytest.fixture
async def http(server: BotApiServer) -> AsyncIterator[Http]:
    """A plain HTTP client of the server."""
    async with aiohttp.ClientSession() as session:
        yield Http(server, session)
