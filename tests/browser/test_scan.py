"""A label scanned with a phone: its address opens a chat that is told of it once, over reloads and lost lines."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, WebSocketRoute, expect

from tests.botapi import BotApiServer
from tests.process.house import House, until

LABEL = "7-1AAAAAAAAAAAA"
TOLD = "SELECT count(*) FROM inbox WHERE kind = 'command'"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with House(tmp_path_factory.mktemp("desk")) as running:
        running.up()
        yield running


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A new visitor's phone; nothing in the page may fail."""
    context = chromium.new_context(viewport={"width": 390, "height": 780}, locale="en-GB")
    opened = context.new_page()
    troubles: list[str] = []
    opened.on("pageerror", lambda error: troubles.append(str(error)))
    yield opened
    context.close()
    assert troubles == []


def _told(house: House) -> int:
    return int(house.ask(TOLD)[0][0])


def test_a_scan_is_told_once_and_a_reload_tells_nothing_more(house: House, page: Page) -> None:
    before = _told(house)
    page.goto(f"{house.url}/m/{LABEL}")
    expect(page.locator(".turn.desk").first).to_be_visible(timeout=10_000)
    expect(page).to_have_url(f"{house.url}/chat")
    assert _told(house) == before + 1
    page.reload()
    expect(page.locator(".turn.desk").first).to_be_visible(timeout=10_000)
    assert _told(house) == before + 1
    assert page.locator(".turn.me").count() == 0

    page.goto(f"{house.url}/m/{LABEL}")
    expect(page).to_have_url(f"{house.url}/chat")
    assert _told(house) == before + 2


def test_a_scan_waits_for_the_line_and_survives_a_reload_until_it_is_taken(house: House, page: Page) -> None:
    before = _told(house)
    heard: list[dict[str, object]] = []
    deaf = True

    def stand(line: WebSocketRoute) -> None:
        desk = line.connect_to_server()

        def pass_on(frame: str | bytes) -> None:
            said = json.loads(frame)
            heard.append(said)
            if not (deaf and said["do"] == "scan"):
                desk.send(frame)

        line.on_message(pass_on)
        desk.on_message(lambda frame: line.send(frame))

    page.route_web_socket("**/ws", stand)
    page.goto(f"{house.url}/m/{LABEL}")
    _until(page, lambda: any(said["do"] == "scan" for said in heard))
    address = page.url
    assert "scan=" in address
    page.reload()
    _until(page, lambda: sum(said["do"] == "scan" for said in heard) == 2)
    assert _told(house) == before
    deaf = False
    page.reload()
    expect(page).to_have_url(f"{house.url}/chat")

    scans = [said for said in heard if said["do"] == "scan"]
    assert {(said["id"], said["label"]) for said in scans} == {(scans[0]["id"], LABEL)} and len(scans) == 3
    assert [said["scan"] for said in heard if said["do"] == "hello"] == [True, True, True]
    assert _told(house) == before + 1
    page.goto(address)  # the same address out of the history: it was taken, and stays taken
    expect(page).to_have_url(f"{house.url}/chat")
    assert _told(house) == before + 1


def test_beside_a_bot_both_ways_stand_open_without_any_script(chromium: Browser, tmp_path: Path) -> None:
    with BotApiServer() as telegram, House(tmp_path, telegram) as house:
        house.up()
        context = chromium.new_context(viewport={"width": 360, "height": 640}, locale="en-GB", java_script_enabled=False)
        page = context.new_page()
        # Until Telegram has told the bot's name, the way leads into the web chat alone.
        until(lambda: page.goto(f"{house.url}/m/{LABEL}") and "/m/" in page.url, "the desk knows the bot's name")
        bot = telegram.world.bot["username"]
        expect(page.get_by_role("link", name="In Telegram")).to_have_attribute("href", f"https://t.me/{bot}?start=m_{LABEL}")
        for link in page.get_by_role("link").all():
            box = link.bounding_box()
            assert box and box["height"] >= 48 and box["y"] + box["height"] <= 640
        page.get_by_role("link", name="Here in the browser").click()
        assert page.url.startswith(f"{house.url}/chat?scan={LABEL}&as=scan-")
        context.close()


def _until(page: Page, true: object) -> None:
    assert callable(true)

    def look() -> object:
        page.wait_for_timeout(20)
        return true()

    until(look, "the page says it", 10)
