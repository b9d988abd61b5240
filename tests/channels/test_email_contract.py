"""E-mail keeps what every channel keeps, as far as a mail can: once sent it cannot be changed, so an edit is a further mail."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.channels.email.channel import Account, EmailChannel
from bot.settings import Settings
from bot.wiring import build_parts
from notifier.channel import Key, Message, Receipt
from tests.channels.contract import ROWS, ChannelContract, Seen
from tests.channels.email_office import DESK, Got, Outside


class Remembering(EmailChannel):
    """The channel, which also remembers the ids that it returned: a mail carries only its own number."""

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.returned: dict[str, str] = {}

    async def deliver(self, chat: str, message: Message) -> Receipt:
        receipt = await super().deliver(chat, message)
        self.returned[receipt.message_id.partition(".")[0]] = receipt.message_id
        return receipt


class EmailStage:
    """The channel and Anna's mailbox."""

    chat = "anna@mail.example"
    nobody = "gone@mail.example"

    def __init__(self, channel: Remembering, outside: Outside) -> None:
        self.channel = channel
        self.outside = outside
        outside.refusing[self.nobody] = ["550 no such user here"]

    def screen(self) -> list[Seen]:
        return [Seen(self._id(got), got.words, got.labels, got.files) for got in self.outside.to(self.chat)]

    def _id(self, got: Got) -> str:
        return self.channel.returned[got.mail["Message-ID"].strip("<m").partition("-")[0]]

    def forget(self, message_id: str) -> None:
        raise NotImplementedError("nobody hears of a mail that its reader has deleted")


@pytest.fixture
def outside() -> Iterator[Outside]:
    running = Outside()
    yield running
    running.close()


class TestEmail(ChannelContract):
    @pytest.fixture
    def stage(self, outside: Outside, sqlite_url: str, tmp_path: Path) -> Iterator[EmailStage]:
        settings = Settings(_env_file=None, database_url=sqlite_url, mendline_data=tmp_path / "var", mendline_locale="en")  # type: ignore[call-arg]
        parts = build_parts(settings, sends=True)
        account = Account(DESK, outside.post, outside.post, gather_seconds=0)
        yield EmailStage(Remembering(parts, account), outside)
        parts.store.close()

    async def test_an_edit_changes_the_message_in_place_and_takes_its_buttons(self, stage: EmailStage) -> None:  # type: ignore[override]
        """A question that is over, with words for its end, is worth a mail, in the thread of the first."""
        first = await stage.channel.deliver(stage.chat, Message(1, "Did it help?", ROWS))
        second = await stage.channel.deliver(stage.chat, Message(2, "Good to hear.", edit=first.message_id))
        assert second != first
        assert [(seen.text, seen.labels) for seen in stage.screen()] == [
            ("Did it help?", ("修好了", "没修好", "Manual")),
            ("Good to hear.", ()),
        ]
        mails = stage.outside.to(stage.chat)
        assert mails[1].mail["In-Reply-To"] == mails[0].mail["Message-ID"]

    async def test_an_edit_of_a_message_that_is_gone_arrives_as_a_new_one(self, stage: EmailStage) -> None:  # type: ignore[override]
        second = await stage.channel.deliver(stage.chat, Message(2, "Good to hear.", edit="1.0123456789"))
        assert stage.screen() == [Seen(second.message_id, "Good to hear.")]

    async def test_a_card_that_is_only_drawn_anew_is_not_mailed_again(self, stage: EmailStage) -> None:
        accept = Key("Accept", "accept:1:2:7:" + "x" * 12)
        first = await stage.channel.deliver(stage.chat, Message(1, "Pump, Hall 2", ((accept,),)))
        redrawn = Message(2, "Pump, Hall 2, urgent", ((accept,),), edit=first.message_id)
        assert await stage.channel.deliver(stage.chat, redrawn) == first
        assert [seen.text for seen in stage.screen()] == ["Pump, Hall 2"]
        asked = await stage.channel.deliver(
            stage.chat, replace(redrawn, id=3, rows=((Key("Today", "choose:0:3:today:" + "x" * 12),),))
        )
        assert [seen.text for seen in stage.screen()] == ["Pump, Hall 2", "Pump, Hall 2, urgent"]
        assert asked.message_id.startswith("3.")

    async def test_the_same_message_again_has_the_same_id_by_which_mail_programs_show_it_once(self, stage: EmailStage) -> None:
        for _ in range(2):
            await stage.channel.deliver(stage.chat, Message(1, "one"))
        first, second = stage.outside.to(stage.chat)
        assert first.mail["Message-ID"] == second.mail["Message-ID"]
