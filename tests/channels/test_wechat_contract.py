"""WeChat keeps what every channel keeps, as far as WeChat can: it has no buttons and changes nothing in place."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.channels.wechat.api import WeChatApi
from bot.channels.wechat.channel import WeChatChannel
from bot.channels.wechat.words import WORDS
from notifier.channel import Key, Message, OutFile
from storage.engine import Store
from tests.channels.contract import ROWS, ChannelContract, Seen, Stage
from tests.storage.clock import Clock
from tests.wechatapi import Person, WeChat

pytestmark = pytest.mark.filterwarnings("ignore:unread_data:DeprecationWarning")
JPEG = b"\xff\xd8\xff pump"


class WeChatStage:
    """The channel and Anna, whom more may be sent than in life: what the limits do is a story of its own."""

    nobody = "o-nobody"

    def __init__(self, channel: WeChatChannel, anna: Person) -> None:
        self.channel = channel
        self.chat = anna.openid
        self._anna = anna
        self._deleted: set[str] = set()

    def screen(self) -> list[Seen]:
        seen = [_seen(number, shown.text, shown.file) for number, shown in enumerate(self._anna.shown, 1)]
        return [one for one in seen if one.id not in self._deleted]

    def forget(self, message_id: str) -> None:
        """She deletes it on her phone; nobody else can."""
        self._deleted.add(message_id)


def _seen(number: int, text: str, file: bytes) -> Seen:
    """What is read as choices and links, apart from the words above them."""
    words = WORDS["zh_CN"]
    text = text.removesuffix(f"\n\n{words.more}")
    body, _, choices = text.partition(f"\n\n{words.number}\n")
    labels = tuple(re.sub(r"^\d+ | https?://\S+$", "", line) for line in choices.splitlines())
    return Seen(str(number), body, labels, (file,) if file else ())


class TestWeChat(ChannelContract):
    @pytest.fixture
    async def stage(self, sqlite_url: str, clock: Clock) -> AsyncIterator[Stage]:
        wechat = WeChat(clock)
        await wechat.start()
        anna = wechat.person("oAnna")
        anna.left, anna.until = 1000, wechat.now() + 1000
        store = Store(sqlite_url, clock=clock)
        api = WeChatApi(wechat.app_id, wechat.secret, store, clock, wechat.base_url)
        channel = WeChatChannel(api, store, token=wechat.token, envelope=None, clock=clock, locale="zh_CN")
        await channel.start()
        yield WeChatStage(channel, anna)
        await channel.stop()
        await wechat.stop()
        await asyncio.to_thread(store.close)
        assert wechat.wrong == []

    async def test_a_message_arrives_with_its_words_and_an_id(self, stage: Stage) -> None:
        receipt = await stage.channel.deliver(stage.chat, Message(1, "<b>水泵</b> &amp; 阀门\n明天 9:00"))
        assert receipt.message_id == "1"
        assert stage.screen() == [Seen("1", "水泵 & 阀门\n明天 9:00")]

    async def test_an_edit_changes_the_message_in_place_and_takes_its_buttons(self, stage: Stage) -> None:
        """It cannot: what would change comes as a new message below."""
        first = await stage.channel.deliver(stage.chat, Message(1, "Did it help?", ROWS))
        second = await stage.channel.deliver(stage.chat, Message(2, "Good to hear.", edit=first.message_id))
        assert second.message_id == "2"
        assert [(seen.text, seen.labels) for seen in stage.screen()] == [
            ("Did it help?", ("修好了", "没修好", "Manual")),
            ("Good to hear.", ()),
        ]

    async def test_an_edit_that_changes_nothing_has_arrived_all_the_same(self, stage: Stage) -> None:
        await stage.channel.deliver(stage.chat, Message(1, "Did it help?", ROWS))
        await stage.channel.deliver(stage.chat, Message(2, "Did it help?", ROWS, edit="1"))
        assert [seen.text for seen in stage.screen()] == ["Did it help?", "Did it help?"]

    async def test_a_file_that_wechat_does_not_carry_is_named(self, stage: Stage, tmp_path: Path) -> None:
        path = tmp_path / "stored"
        path.write_bytes(b"%PDF-1.7")
        await stage.channel.deliver(
            stage.chat, Message(1, "手册", files=(OutFile(5, "file", "手册.pdf", "application/pdf", path),))
        )
        assert [seen.text for seen in stage.screen()] == ["手册", "文件“手册.pdf”在微信里发不出去，需要时请告诉我们。"]

    async def test_a_picture_that_wechat_refuses_is_named_as_well(self, stage: Stage, tmp_path: Path) -> None:
        path = tmp_path / "stored"
        path.write_bytes(b"no picture at all")
        await stage.channel.deliver(stage.chat, Message(1, "", files=(OutFile(5, "photo", "泵.jpg", "image/jpeg", path),)))
        assert [seen.text for seen in stage.screen()] == ["文件“泵.jpg”在微信里发不出去，需要时请告诉我们。"]

    async def test_what_asks_for_a_number_or_a_place_says_how(self, stage: Stage) -> None:
        rows = ((Key("Share", kind="contact"),), (Key("Where", kind="location"),))
        await stage.channel.deliver(stage.chat, Message(1, "电话？", rows))
        assert stage.screen()[0].text == "电话？\n\n请直接发送电话号码。\n点输入框旁的“+”可以发送位置。"
