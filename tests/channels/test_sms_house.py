"""The running house tells a caller without a chat by SMS, and one hanging gateway holds up nobody else."""

import asyncio
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from pydantic import ValidationError

from aftersales.people import Person, Role
from aftersales.say import Button, Say
from bot import cli
from bot.channels.memory import MemoryChannel
from bot.channels.sms.channel import SmsChannel
from bot.channels.sms.gateway import AT_ONCE, Gateway
from bot.settings import Settings, SettingsError, read_settings
from bot.wiring import House, build_parts
from notifier.channel import Key, Message, Receipt, TryAgain
from notifier.outbox import Outbox
from notifier.parts import Parts
from storage.unit import Unit
from tests.channels.sms_gateway import Telephones
from tests.hanging_up import hang_up
from tests.storage.clock import Clock

ANNA = "+8613800138000"
NEWS = Say("relay/message", {"number": "T-0012", "who": "Mia", "said": "Tomorrow at 9.", "files": 0})
ASKS = Say("relay/message", dict(NEWS.params), ((Button("button.write", "write", ticket=1, rev=1),),))
WRITE = ((Key("Write", "write:1:1::" + "x" * 12),),)


@pytest.fixture
def telephones() -> Iterator[Telephones]:
    running = Telephones()
    yield running
    running.close()


@pytest.fixture
def settings(telephones: Telephones, sqlite_url: str, tmp_path: Path) -> Callable[..., Settings]:
    """Settings of these values alone, whatever .env says; with the gateway, unless told otherwise."""

    def make(**more: str) -> Settings:
        values = {
            "database_url": sqlite_url,
            "mendline_data": str(tmp_path),
            "mendline_locale": "en",
            "mendline_public_url": "http://desk.example",
            "sms_gateway": telephones.url,
        }
        return Settings(_env_file=None, **(values | more))  # type: ignore[arg-type]

    return make


def caller(parts: Parts, phone: str = ANNA, say: Say = NEWS) -> tuple[Person, bool]:
    """Somebody who has called, told something; and whether they are reached by SMS."""

    def write(unit: Unit) -> tuple[Person, bool]:
        person = unit.add_person("Anna", "en", "UTC", phone=phone)
        by_sms = unit.reach_by_sms(person.id)
        unit.tell(person.id, say)
        return person, by_sms

    return parts.store.write_now(write)


async def no_link(person_id: int) -> str:
    return ""


class Watched(MemoryChannel):
    """A channel in memory that says when something has come."""

    def __init__(self) -> None:
        super().__init__()
        self.came = asyncio.Event()

    async def deliver(self, chat: str, message: Message) -> Receipt:
        receipt = await super().deliver(chat, message)
        self.came.set()
        return receipt


async def test_a_caller_is_told_by_sms_and_goes_on_in_the_web_chat_by_its_link(
    settings: Callable[..., Settings], telephones: Telephones, clock: Clock
) -> None:
    made = settings()
    parts = build_parts(made, sends=True, clock=clock)
    assert parts.sms
    house = House(made, parts, alone=True)
    runner = web.AppRunner(house.application(), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    await house.start()
    anna, by_sms = await asyncio.to_thread(caller, parts, say=ASKS)
    assert by_sms
    await asyncio.to_thread(telephones.came, 1)
    await house.outbox.settled()

    (shown,) = telephones.of(ANNA)
    words, _, last = shown.rpartition("\n")
    assert "Tomorrow at 9." in words
    found = re.fullmatch(r"Answer here: http://desk\.example(/join/[\w-]{32})", last)
    assert found
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
        url = f"http://127.0.0.1:{runner.addresses[0][1]}{found[1]}"
        async with browser.get(url) as page:
            seal = re.search(r'name="csrf" value="([^"]+)"', await page.text())
        assert seal
        async with browser.post(url, data={"csrf": seal[1]}, allow_redirects=False) as entered:
            assert (entered.status, entered.headers["Location"]) == (303, "/chat")
        async with browser.get(url) as again:
            assert again.status == 410
    addresses = await parts.store.read(lambda c: Unit(c, clock(), "", b"").addresses(anna.id))
    assert sorted(channel for channel, _ in addresses) == ["sms", "web"]
    await hang_up(runner)
    await house.stop()


async def test_the_staff_gets_no_link_that_lets_in_whoever_holds_the_telephone(
    settings: Callable[..., Settings], telephones: Telephones
) -> None:
    made = settings()
    parts = build_parts(made, sends=True)
    house = House(made, parts, alone=True)
    await house.start()

    def tell(unit: Unit) -> None:
        emil = unit.add_person("Emil", "en", "UTC", phone=ANNA, roles=[Role.ENGINEER])
        unit.reach_by_sms(emil.id)
        unit.tell(emil.id, ASKS)

    await parts.store.write(tell)
    await asyncio.to_thread(telephones.came, 1)
    await house.outbox.settled()
    assert ["join" in shown for shown in telephones.of(ANNA)] == [False]
    await house.stop()


async def test_forty_hanging_targets_hold_up_no_other_channel_nor_the_threads_of_others(
    settings: Callable[..., Settings], telephones: Telephones
) -> None:
    telephones.holds = True
    parts = build_parts(settings(), sends=True)
    sms = SmsChannel(parts, Gateway([telephones.url]), no_link)
    sms.limits = MemoryChannel.limits
    memory = Watched()
    outbox = Outbox(parts.store, {"sms": sms, "memory": memory}, parts.renderer, parts.files, parts.clock)
    await outbox.begin(alone=True)

    def tell_forty(unit: Unit) -> None:
        for n in range(40):
            person = unit.add_person(f"Caller {n}", "en", "UTC", phone=f"+86138001380{n:02}")
            assert unit.reach_by_sms(person.id)
            unit.tell(person.id, NEWS)

    await parts.store.write(tell_forty)
    await asyncio.to_thread(telephones.came, AT_ONCE)

    def tell_one(unit: Unit) -> None:
        person = unit.add_person("Bo", "en", "UTC")
        unit.add_address("memory", "1", person.id)
        unit.tell(person.id, NEWS)

    async with asyncio.timeout(5):
        await parts.store.write(tell_one)
        await memory.came.wait()
        assert await asyncio.to_thread(lambda: "a thread is free") == "a thread is free"
    assert telephones.shown == []
    assert telephones.most_at_once == AT_ONCE

    telephones.release()
    await outbox.settled()
    assert sorted(sms.number for sms in telephones.shown) == [f"+86138001380{n:02}" for n in range(40)]
    assert telephones.most_at_once == AT_ONCE
    sms.close()
    parts.store.close()


async def test_one_message_has_one_link_however_often_it_is_tried(
    settings: Callable[..., Settings], telephones: Telephones
) -> None:
    parts = build_parts(settings(), sends=False)
    links: list[int] = []

    async def link_for(person_id: int) -> str:
        links.append(person_id)
        return f"http://desk.example/join/{len(links)}"

    def queue(unit: Unit) -> list[int]:
        anna = unit.add_person("Anna", "en", "UTC", phone=ANNA)
        for _ in range(2):
            unit.queue("sms", ANNA, anna.id, ASKS)
        return [queued.id for queued in unit.committed.queued]

    first, second = (Message(n, "Well?", WRITE) for n in await parts.store.write(queue))
    sms = SmsChannel(parts, Gateway([telephones.url]), link_for)
    telephones.answers[ANNA] = 500
    with pytest.raises(TryAgain):
        await sms.deliver(ANNA, first)
    telephones.answers.clear()
    await sms.deliver(ANNA, first)
    await sms.deliver(ANNA, second)
    assert telephones.of(ANNA) == [f"Well?\nAnswer here: http://desk.example/join/{n}" for n in (1, 2)]
    assert len(links) == 2
    sms.close()
    parts.store.close()


async def test_a_number_that_takes_nothing_is_a_matter_for_the_dispatchers(
    settings: Callable[..., Settings], telephones: Telephones
) -> None:
    parts = build_parts(settings(), sends=True)
    sms, memory = SmsChannel(parts, Gateway([telephones.url]), no_link), Watched()
    outbox = Outbox(parts.store, {"sms": sms, "memory": memory}, parts.renderer, parts.files, parts.clock)
    telephones.answers[ANNA] = 400

    def desk(unit: Unit) -> None:
        mia = unit.add_person("Mia", "en", "UTC", roles=[Role.DISPATCHER])
        unit.add_address("memory", "1", mia.id)

    await parts.store.write(desk)
    await outbox.begin(alone=True)
    await asyncio.to_thread(caller, parts)
    async with asyncio.timeout(5):
        await memory.came.wait()
    assert ANNA in memory.screens["1"][0].html.replace(" ", "")
    sms.close()
    await outbox.settled()
    parts.store.close()


@pytest.mark.parametrize(
    ("phone", "by_sms"),
    [
        (ANNA, True),
        ("+886912345678", True),
        ("+12025550123", True),
        ("+862158881234", False),
        ("+8613800138000 x12", False),
        ("", False),
    ],
)
def test_only_a_mobile_number_of_ones_own_is_written_to(settings: Callable[..., Settings], phone: str, by_sms: bool) -> None:
    parts = build_parts(settings(), sends=False)
    person, reached = caller(parts, phone)
    assert reached is by_sms
    expected = [("sms", phone)] if by_sms else []
    assert parts.store.write_now(lambda unit: unit.addresses(person.id)) == expected
    parts.store.close()


def test_who_has_a_chat_is_not_written_to_and_a_new_number_replaces_the_old(settings: Callable[..., Settings]) -> None:
    parts = build_parts(settings(), sends=False)

    def chat(unit: Unit) -> tuple[bool, list[tuple[str, str]]]:
        person = unit.add_person("Bo", "en", "UTC", phone=ANNA)
        unit.add_address("web", "w1", person.id)
        return unit.reach_by_sms(person.id), unit.addresses(person.id)

    def new_number(unit: Unit) -> list[tuple[str, str]]:
        person = unit.add_person("Cy", "en", "UTC", phone=ANNA)
        unit.reach_by_sms(person.id)
        person.phone = "+8613900139000"
        unit.save_person(person)
        unit.block_address("sms", ANNA)
        assert unit.reach_by_sms(person.id)
        return unit.addresses(person.id)

    assert parts.store.write_now(chat) == (False, [("web", "w1")])
    assert parts.store.write_now(new_number) == [("sms", "+8613900139000")]
    assert not parts.store.write_now(lambda unit: unit.reach_by_sms(999))
    parts.store.close()


# -- the settings -------------------------------------------------------------------------------------------------------


def test_without_a_gateway_there_is_no_sms_and_with_one_its_pace_is_set(settings: Callable[..., Settings]) -> None:
    parts = build_parts(settings(sms_gateway=""), sends=False)
    assert not parts.sms
    assert House(settings(sms_gateway=""), parts, alone=True).sms is None
    paced = House(settings(sms_per_second="2"), parts, alone=True).sms
    assert paced
    assert (paced.limits.chat, paced.limits.burst, paced.limits.overall) == (0.2, 5, 2.0)
    paced.close()
    parts.store.close()


def test_a_gateway_wants_an_address_for_its_links(settings: Callable[..., Settings]) -> None:
    with pytest.raises(ValidationError, match="SMS_GATEWAY wants MENDLINE_PUBLIC_URL"):
        settings(mendline_public_url="")


def test_a_wrong_gateway_stops_the_start_with_one_line_without_its_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MENDLINE_PUBLIC_URL", "http://desk.example")
    monkeypatch.setenv("SMS_GATEWAY", "twillio://AC12:t0ps3cret@+12025550100/{to}")
    with pytest.raises(SettingsError) as wrong:
        read_settings()
    assert str(wrong.value) == "SMS_GATEWAY: the URL is none that Apprise can use; docs/howto/sms.md shows how it looks"


def test_check_says_through_whom_sms_go_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MENDLINE_PUBLIC_URL", "http://desk.example")
    monkeypatch.setenv("MENDLINE_DATA", str(tmp_path / "var"))
    monkeypatch.setenv("SMS_GATEWAY", "json://t0ps3cret@gateway.example/{to}\njson://other.example/{to}")
    cli.check()
    said = capsys.readouterr().out
    assert "SMS go out through JSON, else JSON." in said
    assert "t0ps3cret" not in said
