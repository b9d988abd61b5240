"""The web chat keeps what every channel keeps, seen through an open page."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import insert

from bot.channels.webchat.channel import WebChat
from notifier.channel import Message, Receipt
from notifier.rendering import plain
from storage import tables as t
from storage.unit import Unit
from tests.channels.contract import ChannelContract, Seen, Stage
from tests.channels.web_desk import Browser, Line, WebDesk

PHOTO = b"\xff\xd8\xff pump"  # what the contract sends; a web chat is shown files by their number on record


class OpenPage:
    """The channel, and Anna with the page open. What came is read after each delivery."""

    nobody = "nobody"

    def __init__(self, desk: WebDesk, chat: str, browser: Browser, line: Line) -> None:
        self.chat = chat
        self.channel = _Read(desk.channel, self)
        self._browser = browser
        self.line = line
        self._gone: set[str] = set()
        self.pictures: dict[str, bytes] = {}

    def screen(self) -> list[Seen]:
        return [
            Seen(
                frame["id"],
                plain(frame["html"]),
                tuple(button["label"] for row in frame["buttons"] for button in row),
                tuple(self.pictures[file["url"]] for file in frame["files"]),
            )
            for frame in self.line.messages()
        ]

    def forget(self, message_id: str) -> None:
        self.line.frames = [frame for frame in self.line.frames if frame.get("id") != message_id]

    async def reads(self) -> None:
        await self.line.settled()
        for frame in self.line.messages():
            for file in frame["files"]:
                status, self.pictures[file["url"]] = await self._browser.downloads(file["url"])
                assert status == 200


class _Read:
    """The channel; after each delivery the page has read what came."""

    def __init__(self, channel: WebChat, page: OpenPage) -> None:
        self.name, self.limits = channel.name, channel.limits
        self._channel, self._page = channel, page

    async def deliver(self, chat: str, message: Message) -> Receipt:
        receipt = await self._channel.deliver(chat, message)
        await self._page.reads()
        return receipt


class TestWebChat(ChannelContract):
    @pytest.fixture
    async def stage(self, tmp_path: Path, sqlite_url: str) -> AsyncIterator[Stage]:
        async with WebDesk(tmp_path / "desk", sqlite_url) as desk:
            anna = await desk.visitor()
            line = await anna.line()
            await line.hears("message")  # the greeting
            line.frames.clear()
            person = await desk.person(anna)
            content = await asyncio.to_thread(desk.files.put, PHOTO)
            chat = await desk.store.write(lambda unit: _with_photo(unit, person.id, content))
            yield OpenPage(desk, chat, anna, line)

    async def test_an_edit_of_a_message_that_is_gone_arrives_as_a_new_one(self, stage: Stage) -> None:
        """Otherwise than elsewhere: a page that has lost the message shows the edit as a new one, under the same id."""
        first = await stage.channel.deliver(stage.chat, Message(1, "Did it help?"))
        stage.forget(first.message_id)
        second = await stage.channel.deliver(stage.chat, Message(2, "Good to hear.", edit=first.message_id))
        assert second == first
        assert stage.screen() == [Seen(first.message_id, "Good to hear.")]

    async def test_nobody_there_is_a_matter_for_a_person(self, stage: Stage) -> None:
        """Otherwise than elsewhere: whoever is away reads it on coming back, so nobody being there is no failure."""
        receipt = await stage.channel.deliver(stage.nobody, Message(1, "Hello?"))
        assert receipt.message_id == "o1"
        assert stage.screen() == []


def _with_photo(unit: Unit, person_id: int, content: str) -> str:
    photo = {"id": 5, "person_id": person_id, "kind": "photo", "name": "pump.jpg", "mime": "image/jpeg", "size": len(PHOTO)}
    unit.connection.execute(insert(t.file).values(**photo, remote="", content=content, created_at=unit.now))
    return next(chat for channel, chat in unit.addresses(person_id) if channel == "web")
