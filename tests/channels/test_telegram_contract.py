"""Telegram keeps what every channel keeps, on both drivers."""

import pytest

from bot.channels.telegram.channel import TelegramChannel
from tests.botapi import BotApiServer
from tests.channels.contract import ChannelContract, Seen, Stage

# aiohttp's own reader of multipart, in the server, uses what aiohttp has deprecated, now and then.
pytestmark = pytest.mark.filterwarnings("ignore:unread_data:DeprecationWarning")


class TelegramStage:
    """The channel and Anna, who has written to the bot before."""

    nobody = "4242"

    def __init__(self, server: BotApiServer, channel: TelegramChannel) -> None:
        self.channel = channel
        self._server = server
        self._anna = server.person("Anna", started=True)
        self.chat = str(self._anna.id)

    def screen(self) -> list[Seen]:
        return [
            Seen(str(shown.message_id), shown.text, tuple(shown.labels), (self._anna.downloads(shown),) if shown.file_id else ())
            for shown in self._anna.screen()
            if shown.from_bot
        ]

    def forget(self, message_id: str) -> None:
        with self._server.world.lock:
            self._server.world.chats[self._anna.id].removed(int(message_id))


class TestTelegram(ChannelContract):
    @pytest.fixture
    def stage(self, server: BotApiServer, channel: TelegramChannel) -> Stage:
        return TelegramStage(server, channel)
