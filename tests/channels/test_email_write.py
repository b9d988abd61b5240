"""What a mail of ours looks like: subject, answers for every kind of button, several messages in one mail."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from aftersales.say import Button, Say
from bot.channels.email.answers import Choice, choices, pressed_in
from bot.channels.email.channel import Account, EmailChannel
from bot.channels.email.words import subject
from bot.settings import Settings
from bot.wiring import build_parts
from dialogs.reference import Reference, seal
from notifier.channel import Key, Message
from notifier.parts import Parts
from notifier.rendering import Reader
from storage.unit import Unit
from tests.channels.email_office import DESK, Outside
from tests.storage.clock import Clock


def key(label: str, verb: str, arg: str = "", ticket: int = 0) -> Key:
    return Key(label, seal(Reference(verb, arg, ticket, 1), 7, b"secret"))


def answered(*keys: Key, locale: str = "en") -> list[Choice]:
    return choices(keys, locale, lambda ticket: {5: "202603020012"}.get(ticket, ""))


def test_the_answers_of_a_question_are_numbered_its_ways_are_named() -> None:
    keys = (key("Today", "choose", "since_today"), key("Yesterday", "choose", "since_yesterday"), key("Back", "choose", "back"))
    assert answered(*keys) == [Choice("Today", "1", 1), Choice("Yesterday", "2", 2), Choice("Back", "Back")]


def test_a_lone_answer_has_no_number_because_a_number_may_be_an_answer() -> None:
    assert answered(key("No code shown", "choose", "no_code")) == [Choice("No code shown", "No code shown")]


@pytest.mark.parametrize(
    ("pressed", "typed"),
    [
        (key("It works, sign off", "sign_off", "", 5), "It works, sign off 202603020012"),
        (key("Assign Wang Qiang", "assign", "9", 5), "Assign 202603020012 Wang Qiang"),
        (key("★★★★", "rate", "1o4", 5), "4"),
        (key("Yes, solved", "rate", "1s1", 5), "Yes, solved"),
        (key("Report a fault", "home", "new"), "/new"),
    ],
)
def test_a_button_of_a_card_is_pressed_by_words_that_the_desk_understands(pressed: Key, typed: str) -> None:
    assert answered(pressed)[0].typed == typed


def test_a_button_without_words_of_its_own_is_pressed_by_its_reference() -> None:
    sure = key("Yes, cancel it", "cancel", "sure", 5)
    (choice,) = answered(sure)
    assert choice.typed == f"Yes, cancel it [{sure.ref}]"
    assert pressed_in(f"{choice.typed}\n\nthanks") == sure.ref
    assert pressed_in("see [1] and [note: this]") == ""


def test_what_only_an_app_can_share_is_left_out_and_links_stay_links() -> None:
    assert answered(Key("Share my number", kind="contact"), Key("Map", kind="link", url="https://example.org")) == [
        Choice("Map", url="https://example.org")
    ]


def test_the_subject_has_the_number_and_the_first_words() -> None:
    assert subject("\n🔧\nThe pump has been repaired.\nMore", "0012", "Firm") == "[0012] The pump has been repaired."
    assert subject("水泵" * 60, "", "Firm") == "水泵" * 34 + "水…"
    assert subject("🔧", "", "Firm") == "Firm"


@pytest.fixture
def outside() -> Iterator[Outside]:
    running = Outside()
    yield running
    running.close()


@pytest.fixture
def parts(sqlite_url: str, tmp_path: Path, clock: Clock) -> Iterator[Parts]:
    settings = Settings(_env_file=None, database_url=sqlite_url, mendline_data=tmp_path / "var")  # type: ignore[call-arg]
    made = build_parts(settings, sends=True, clock=clock)
    yield made
    made.store.close()


async def test_what_waits_for_one_person_goes_in_one_mail_and_each_message_counts_as_sent(parts: Parts, outside: Outside) -> None:
    def queue(unit: Unit) -> list[int]:
        anna = unit.add_person("Anna", "zh_TW", "Asia/Taipei")
        rows = (
            (
                Button("button.since_today", "choose", "since_today", rev=1),
                Button("button.since_yesterday", "choose", "since_yesterday", rev=1),
            ),
        )
        for say in (Say("ask/thanks"), Say("report/need_words", buttons=rows, params={"number": "202603020012"})):
            unit.queue("email", "anna@mail.example", anna.id, say)
        return [queued.id for queued in unit.committed.queued]

    first, second = await parts.store.write(queue)
    reader = Reader("zh_TW", "Asia/Taipei", parts.clock())
    channel = EmailChannel(parts, Account(DESK, outside.post, outside.post, gather_seconds=0))
    one = await channel.deliver("anna@mail.example", Message(first, parts.renderer.html(Say("ask/thanks"), reader)))
    two = await channel.deliver("anna@mail.example", Message(second, "whatever it is"))

    (got,) = outside.got
    assert one.message_id.partition(".")[0] == two.message_id.partition(".")[0] == str(first)
    assert one.message_id != two.message_id
    assert got.mail["Content-Language"] == "zh-TW"
    said, _, answers = got.text.partition("請回覆編號：")
    assert len(said.strip().split("\n\n")) == 2
    assert answers == "\n1  今天\n2  昨天\n\n-- \n\n直接回覆這封信就行，也可以附上照片。\n"
