"""SMS keeps what every channel keeps, as far as words to a telephone can: no buttons, no files, nothing that changes."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from aftersales.say import Say
from bot.channels.sms.channel import SmsChannel
from bot.channels.sms.gateway import Gateway
from bot.settings import Settings
from bot.wiring import build_parts
from notifier.channel import Key, Message, OutFile
from notifier.parts import Parts
from tests.channels.contract import ROWS, ChannelContract, Seen
from tests.channels.sms_gateway import Telephones

ACCEPT = ((Key("Accept", "accept:1:2:7:" + "x" * 12),),)


class SmsStage:
    """The channel and Anna's telephone."""

    chat = "+8613800138000"
    nobody = "+86123"

    def __init__(self, channel: SmsChannel, telephones: Telephones, parts: Parts) -> None:
        self.channel = channel
        self.telephones = telephones
        self._parts = parts
        self.linked: list[int] = []

    def queued(self) -> int:
        """A message to Anna in the outbox, so that the channel knows whose it is; its id."""
        parts = self._parts
        anna = parts.store.write_now(lambda unit: unit.add_person("Anna", "en", "UTC", phone=self.chat))
        queued = parts.store.write_now(lambda unit: (unit.queue("sms", self.chat, anna.id, Say("home/help")), unit.committed)[1])
        return queued.queued[-1].id

    async def link_for(self, person_id: int) -> str:
        self.linked.append(person_id)
        return f"https://desk.example/join/{len(self.linked)}"

    def screen(self) -> list[Seen]:
        return [Seen(f"{n}", text) for n, text in enumerate(self.telephones.of(self.chat), 1)]

    def forget(self, message_id: str) -> None:
        raise NotImplementedError("nobody hears of an SMS that its reader has deleted")


@pytest.fixture
def telephones() -> Iterator[Telephones]:
    running = Telephones()
    yield running
    running.close()


class TestSms(ChannelContract):
    @pytest.fixture
    def stage(self, telephones: Telephones, sqlite_url: str, tmp_path: Path) -> Iterator[SmsStage]:
        settings = Settings(_env_file=None, database_url=sqlite_url, mendline_data=tmp_path / "var", mendline_locale="en")  # type: ignore[call-arg]
        parts = build_parts(settings, sends=True)
        channel = SmsChannel(parts, Gateway([telephones.url]), lambda person_id: stage.link_for(person_id))
        stage = SmsStage(channel, telephones, parts)
        yield stage
        channel.close()
        parts.store.close()

    async def test_a_message_arrives_with_its_words_and_an_id(self, stage: SmsStage) -> None:  # type: ignore[override]
        receipt = await stage.channel.deliver(stage.chat, Message(1, "<b>水泵</b> &amp; 阀门\n明天 9:00"))
        assert receipt.message_id.startswith("1.")
        assert [seen.text for seen in stage.screen()] == ["水泵 & 阀门\n明天 9:00"]

    async def test_buttons_stand_below_the_words_in_order(self, stage: SmsStage) -> None:  # type: ignore[override]
        """They do not: a link leads to where they are; a button that is a link stands with its address."""
        await stage.channel.deliver(stage.chat, Message(stage.queued(), "Did it help?", ROWS))
        assert stage.telephones.of(stage.chat) == [
            "Did it help?\nManual https://example.org/m\nAnswer here: https://desk.example/join/1"
        ]

    async def test_an_empty_row_of_buttons_is_no_row(self, stage: SmsStage) -> None:  # type: ignore[override]
        await stage.channel.deliver(stage.chat, Message(stage.queued(), "On the way.", ((), ())))
        assert stage.telephones.of(stage.chat) == ["On the way."]
        assert stage.linked == []

    async def test_an_edit_changes_the_message_in_place_and_takes_its_buttons(self, stage: SmsStage) -> None:  # type: ignore[override]
        """Other words that end a message are worth an SMS."""
        first = await stage.channel.deliver(stage.chat, Message(1, "Pump, Hall 2", ACCEPT))
        second = await stage.channel.deliver(stage.chat, Message(2, "Somebody else went.", edit=first.message_id))
        assert second != first
        assert stage.telephones.of(stage.chat) == ["Pump, Hall 2", "Somebody else went."]

    async def test_a_card_that_is_only_drawn_anew_is_not_sent_again(self, stage: SmsStage) -> None:
        first = await stage.channel.deliver(stage.chat, Message(1, "Pump, Hall 2", ACCEPT))
        redrawn = Message(2, "Pump, Hall 2, urgent", ACCEPT, edit=first.message_id)
        assert await stage.channel.deliver(stage.chat, redrawn) == first
        assert stage.telephones.of(stage.chat) == ["Pump, Hall 2"]
        fresh = await stage.channel.deliver(stage.chat, replace(redrawn, id=3, edit=""))
        assert fresh.message_id.startswith("3.")
        assert stage.telephones.of(stage.chat) == ["Pump, Hall 2", "Pump, Hall 2, urgent"]

    async def test_an_edit_of_a_message_that_is_gone_arrives_as_a_new_one(self, stage: SmsStage) -> None:  # type: ignore[override]
        await stage.channel.deliver(stage.chat, Message(2, "Good to hear.", edit="1.0123456789"))
        assert stage.telephones.of(stage.chat) == ["Good to hear."]

    async def test_a_photo_arrives_with_the_words(self, stage: SmsStage, tmp_path: Path) -> None:  # type: ignore[override]
        """It does not: the link leads to it."""
        photo = OutFile(5, "photo", "pump.jpg", "image/jpeg", tmp_path / "stored")
        await stage.channel.deliver(stage.chat, Message(stage.queued(), "<i>This</i> one?", files=(photo,)))
        await stage.channel.deliver(stage.chat, Message(stage.queued(), "", files=(photo,)))
        assert stage.telephones.of(stage.chat) == [
            "This one?\nSee it all here: https://desk.example/join/1",
            "See it all here: https://desk.example/join/2",
        ]

    async def test_a_long_text_arrives_whole(self, stage: SmsStage) -> None:  # type: ignore[override]
        """It does not: its first sentences do, and the way to the rest."""
        text = " ".join(f"{number}. Look at pump and valve." for number in range(60))
        await stage.channel.deliver(stage.chat, Message(stage.queued(), text))
        (shown,) = stage.telephones.of(stage.chat)
        words, _, link = shown.rpartition("\n")
        assert link == "See it all here: https://desk.example/join/1"
        assert words.endswith("Look at pump and valve.…") and 250 < len(words) <= 300
        assert text.startswith(words.rstrip("…"))
