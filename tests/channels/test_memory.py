"""The channel in memory keeps what every channel keeps."""

import pytest

from bot.channels.memory import MemoryChannel
from notifier.channel import Message
from notifier.rendering import plain
from tests.channels.contract import ChannelContract, Seen, Stage


class MemoryStage:
    """The channel, and Anna at its other end."""

    chat = "anna"
    nobody = "nobody"

    def __init__(self) -> None:
        self.channel = MemoryChannel()

    def screen(self) -> list[Seen]:
        return [
            Seen(
                str(shown.id),
                plain(shown.html),
                tuple(key.label for row in shown.rows for key in row),
                tuple(file.path.read_bytes() for file in shown.files),
            )
            for shown in self.channel.screens.get(self.chat, [])
        ]

    def forget(self, message_id: str) -> None:
        screen = self.channel.screens[self.chat]
        screen[:] = [shown for shown in screen if str(shown.id) != message_id]


class TestMemory(ChannelContract):
    @pytest.fixture
    def stage(self) -> Stage:
        return MemoryStage()

    async def test_nobody_there_is_a_matter_for_a_person(self, stage: Stage) -> None:
        """Otherwise than elsewhere: there is no outside, so every address is somebody's."""
        receipt = await stage.channel.deliver(stage.nobody, Message(1, "Hello?"))
        assert receipt.message_id == "1"
        assert stage.screen() == []

    async def test_a_second_attempt_of_a_message_shows_it_once(self, stage: Stage) -> None:
        first = await stage.channel.deliver(stage.chat, Message(1, "one"))
        second = await stage.channel.deliver(stage.chat, Message(1, "one"))
        assert first == second
        assert [seen.text for seen in stage.screen()] == ["one"]
