"""A scanned label: the way into the chat, with and without a Telegram bot, and the scan taken once."""

import asyncio
import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from aftersales.people import Asset
from bot.channels.telegram.channel import TelegramChannel
from dialogs.event import Command
from dialogs.machine_label import write_label
from storage.errors import StorageError
from storage.unit import Unit
from tests.botapi import BotApiServer
from tests.channels.web_desk import Browser, WebDesk

FORGED = "7-1AAAAAAAAAAAA"


@pytest.fixture
async def desk(tmp_path: Path, sqlite_url: str) -> AsyncIterator[WebDesk]:
    async with WebDesk(tmp_path, sqlite_url) as opened:
        yield opened


async def _leads(browser: Browser, path: str) -> tuple[int, str]:
    """Where an address leads, without going there."""
    async with browser.session.get(browser.desk.url + path, allow_redirects=False) as answer:
        browser.page = await answer.text()
        return answer.status, answer.headers.get("Location", "")


async def _pump(desk: WebDesk) -> Asset:
    def add(unit: Unit) -> Asset:
        made = unit.asset(unit.add_asset(Asset(0, "PMP-2301-0042", "pump", "Nanfang <b>", "CDL4-12", site="12 Harbour Road")))
        assert made is not None
        return made

    return await desk.store.write(add)


def _label(desk: WebDesk, asset: Asset) -> str:
    return write_label(asset.id, asset.label_series, desk.store.secret)


# -- without a bot ------------------------------------------------------------------------------------------------------


async def test_without_a_bot_a_scan_leads_straight_into_the_chat_with_an_id_of_its_own(desk: WebDesk) -> None:
    browser = desk.browser()
    seen = set()
    for _ in range(2):
        status, to = await _leads(browser, f"/m/{FORGED}")
        asked = parse_qs(urlsplit(to).query)
        assert (status, urlsplit(to).path, asked["scan"]) == (302, "/chat", [FORGED])
        assert re.fullmatch(r"scan-[A-Za-z0-9_-]{12}", asked["as"][0])
        seen.add(asked["as"][0])
    assert len(seen) == 2
    assert await desk.count("person") == 0
    assert await browser.opens(f"/m/{FORGED}") == 200
    assert 'id="composer"' in browser.page and await desk.count("person") == 1


@pytest.mark.parametrize(
    ("written", "label"),
    [
        ("x" * 100, "x" * 62),
        ("%22%3E%3Cscript%3E", "script"),
        ("%E6%A0%87", "-"),
        ("a%20b%0d%0aSet-Cookie:c", "abSet-Cookiec"),
    ],
)
async def test_an_address_typed_wrong_leads_into_the_chat_all_the_same(desk: WebDesk, written: str, label: str) -> None:
    status, to = await _leads(desk.browser(), f"/m/{written}")
    assert (status, parse_qs(urlsplit(to).query)["scan"]) == (302, [label])


# -- with a bot ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("locale", "heading"),
    [("en", "What can we mend for you?"), ("zh-CN", "有什么要修的？"), ("zh-TW", "有什麼需要我們修理？")],
)
async def test_with_a_bot_both_ways_stand_there_as_plain_links(desk: WebDesk, locale: str, heading: str) -> None:
    desk.bot_name = "hengtai_bot"
    label = _label(desk, await _pump(desk))
    browser = desk.browser(locale)
    assert await browser.opens(f"/m/{label}") == 200
    assert f"https://t.me/hengtai_bot?start=m_{label}" in browser.page
    into_chat = re.search(r'href="(/chat\?[^"]+)"', browser.page)
    assert into_chat and parse_qs(urlsplit(unescape(into_chat[1])).query)["scan"] == [label]
    assert "<script" not in browser.page and f"<h1>{heading}</h1>" in browser.page
    assert "Nanfang &lt;b&gt; CDL4-12" in browser.page
    for secret in ("PMP-2301-0042", "Harbour"):
        assert secret not in browser.page


async def test_a_forged_and_a_replaced_label_get_the_page_without_a_machine(desk: WebDesk) -> None:
    desk.bot_name = "hengtai_bot"
    pump = await _pump(desk)
    replaced = _label(desk, pump)
    await desk.store.write(lambda unit: unit.new_label_series([pump.id]))
    for label in (replaced, f"{pump.id}-2AAAAAAAAAAAA", write_label(999, 1, desk.store.secret)):
        browser = desk.browser()
        assert await browser.opens(f"/m/{label}") == 200
        assert "Nanfang" not in browser.page
        assert "Where would you like to write to us?" in browser.page and f"start=m_{label}" in browser.page


async def test_the_bots_name_is_asked_of_telegram(channel: TelegramChannel, server: BotApiServer) -> None:
    assert channel.username == ""
    await channel.introduce(asyncio.Event())
    assert channel.username == (await channel.me()).username != ""


# -- the line -----------------------------------------------------------------------------------------------------------


async def test_a_scan_is_one_start_with_its_label_however_often_it_is_told(desk: WebDesk) -> None:
    visitor = await desk.visitor()
    line = await visitor.line(after=None)
    await line.says("hello", locale="en", zone="Asia/Shanghai", after=0, scan=True)
    await line.hears("ready")
    for _ in range(2):
        await line.says("scan", id="scan-1", label=FORGED)
        assert (await line.hears("taken"))["id"] == "scan-1"
    await line.settled()
    assert [event.said for event in desk.taken] == [Command("start", f"m_{FORGED}")]
    assert [message["from"] for message in line.messages()] == ["desk"] * len(line.messages()) != []


async def test_a_scan_that_was_not_committed_is_heard_the_next_time(desk: WebDesk) -> None:
    visitor = await desk.visitor()
    line = await visitor.line(after=None)
    await line.says("hello", locale="en", zone="Asia/Shanghai", after=0, scan=True)
    await line.hears("ready")
    desk.refusing = [StorageError("no room")]
    await line.says("scan", id="scan-1", label=FORGED)
    await line.settled()
    assert [frame["id"] for frame in line.heard("taken") if frame["id"] == "scan-1"] == []
    await line.says("scan", id="scan-1", label=FORGED)
    await line.hears("taken", lambda frame: frame["id"] == "scan-1")
    assert [event.said for event in desk.taken] == [Command("start", f"m_{FORGED}")]


@pytest.mark.parametrize("label", ["", "a b", "x" * 63, "é", None, 7, ["a"]])
async def test_what_is_no_label_is_taken_and_has_no_effect(desk: WebDesk, label: object) -> None:
    line = await (await desk.visitor()).line()
    await line.settled()
    before = len(desk.taken)
    await line.says("scan", id="scan-1", label=label)
    assert (await line.hears("taken", lambda frame: frame["id"] == "scan-1"))["is"] == "taken"
    assert len(desk.taken) == before
