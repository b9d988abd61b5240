"""What every channel keeps, whatever it is made of: a suite to run against each of them, through its own real other side."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

from notifier.channel import Channel, GiveUp, Key, Message, OutFile

ROWS = ((Key("修好了", "r:1", style="primary"), Key("没修好", "r:2")), (Key("Manual", kind="link", url="https://example.org/m"),))


@dataclass(frozen=True, slots=True)
class Seen:
    """A message as the person sees it now: plain words, the labels of its buttons, and the files it shows."""

    id: str
    text: str
    labels: tuple[str, ...] = ()
    files: tuple[bytes, ...] = ()


class Stage(Protocol):
    """A channel with a person at its other end."""

    chat: str
    """Her address, which can be written to."""
    nobody: str
    """An address that nobody has."""

    @property
    def channel(self) -> Channel:
        """What is tested."""
        ...

    def screen(self) -> list[Seen]:
        """What the bot's side of her chat shows, from top to bottom."""
        ...

    def forget(self, message_id: str) -> None:
        """Take a message of the bot out of her chat, behind the bot's back."""
        ...


class ChannelContract:
    """Subclass it, and give a fixture *stage* that returns a Stage."""

    async def test_a_message_arrives_with_its_words_and_an_id(self, stage: Stage) -> None:
        receipt = await stage.channel.deliver(stage.chat, Message(1, "<b>水泵</b> &amp; 阀门\n明天 9:00"))
        assert receipt.message_id != ""
        assert stage.screen() == [Seen(receipt.message_id, "水泵 & 阀门\n明天 9:00")]

    async def test_every_message_has_an_id_of_its_own(self, stage: Stage) -> None:
        first = await stage.channel.deliver(stage.chat, Message(1, "one"))
        second = await stage.channel.deliver(stage.chat, Message(2, "two"))
        assert first.message_id != second.message_id
        assert [seen.text for seen in stage.screen()] == ["one", "two"]

    async def test_buttons_stand_below_the_words_in_order(self, stage: Stage) -> None:
        await stage.channel.deliver(stage.chat, Message(1, "Did it help?", ROWS))
        assert stage.screen()[0].labels == ("修好了", "没修好", "Manual")

    async def test_an_empty_row_of_buttons_is_no_row(self, stage: Stage) -> None:
        await stage.channel.deliver(stage.chat, Message(1, "Did it help?", ((), *ROWS, ())))
        assert stage.screen()[0].labels == ("修好了", "没修好", "Manual")

    async def test_an_edit_changes_the_message_in_place_and_takes_its_buttons(self, stage: Stage) -> None:
        first = await stage.channel.deliver(stage.chat, Message(1, "Did it help?", ROWS))
        second = await stage.channel.deliver(stage.chat, Message(2, "Good to hear.", edit=first.message_id))
        assert second == first
        assert stage.screen() == [Seen(first.message_id, "Good to hear.")]

    async def test_an_edit_that_changes_nothing_has_arrived_all_the_same(self, stage: Stage) -> None:
        first = await stage.channel.deliver(stage.chat, Message(1, "Did it help?", ROWS))
        again = await stage.channel.deliver(stage.chat, Message(2, "Did it help?", ROWS, edit=first.message_id))
        assert again == first
        assert len(stage.screen()) == 1

    async def test_an_edit_of_a_message_that_is_gone_arrives_as_a_new_one(self, stage: Stage) -> None:
        first = await stage.channel.deliver(stage.chat, Message(1, "Did it help?"))
        stage.forget(first.message_id)
        second = await stage.channel.deliver(stage.chat, Message(2, "Good to hear.", edit=first.message_id))
        assert second.message_id != first.message_id
        assert stage.screen() == [Seen(second.message_id, "Good to hear.")]

    async def test_a_photo_arrives_with_the_words(self, stage: Stage, tmp_path: Path) -> None:
        path = tmp_path / "stored"
        path.write_bytes(b"\xff\xd8\xff pump")
        photo = OutFile(5, "photo", "pump.jpg", "image/jpeg", path)
        await stage.channel.deliver(stage.chat, Message(1, "<i>This</i> one?", files=(photo,)))
        shown = stage.screen()
        assert [one for seen in shown for one in seen.files] == [b"\xff\xd8\xff pump"]
        assert [seen.text for seen in shown if seen.text] == ["This one?"]

    async def test_a_long_text_arrives_whole(self, stage: Stage) -> None:
        lines = [f"<b>{number}.</b> 检查水泵、阀门 &lt;A&gt; 🔧" for number in range(600)]
        await stage.channel.deliver(stage.chat, Message(1, "\n".join(lines)))
        read = "\n".join(seen.text for seen in stage.screen())
        assert read == "\n".join(f"{number}. 检查水泵、阀门 <A> 🔧" for number in range(600))

    async def test_nobody_there_is_a_matter_for_a_person(self, stage: Stage) -> None:
        with pytest.raises(GiveUp) as refused:
            await stage.channel.deliver(stage.nobody, Message(1, "Hello?"))
        assert refused.value.blocked
