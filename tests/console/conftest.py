"""A house for each test, one Chromium for all of them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import APIRequestContext, Browser, BrowserContext, Page, Playwright, sync_playwright

from aftersales.people import Person
from notifier.doors import cookie_name
from tests.console.house import House

Open = Callable[..., Page]


@pytest.fixture
def house(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[House]:
    """The console on a real server, with people in it and no tickets yet."""
    made = House(tmp_path, **getattr(request, "param", {}))
    yield made
    made.close()


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="package")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(
        executable_path="/usr/bin/chromium",
        args=["--no-sandbox", "--disable-gpu", "--disable-software-rasterizer", "--disable-dev-shm-usage"],
    )
    yield browser
    browser.close()


@pytest.fixture
def browse(house: House, chromium: Browser) -> Iterator[Open]:
    """Open a page as somebody; nothing in it may fail, be blocked, or come from anywhere else."""
    contexts: list[BrowserContext] = []
    troubles: list[str] = []

    def open_page(path: str, person: Person | None = None, **options: object) -> Page:
        context = chromium.new_context(base_url=house.url, **options)  # type: ignore[arg-type]
        contexts.append(context)
        if person:
            token = house.session(person)
            context.add_cookies([{"name": cookie_name("/console"), "value": token, "domain": "127.0.0.1", "path": "/console"}])
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(f"script: {error}"))
        page.on("console", lambda line: _note_console(troubles, line.type, line.text))
        page.on("request", lambda sent: None if sent.url.startswith(house.url) else troubles.append(f"request: {sent.url}"))
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert troubles == []


def _note_console(troubles: list[str], kind: str, text: str) -> None:
    # The browser itself reports refused pages as errors; everything else is ours.
    if kind in ("error", "warning") and not text.startswith("Failed to load resource"):
        troubles.append(f"{kind}: {text}")


@pytest.fixture
def client(house: House, playwright: Playwright) -> Iterator[Callable[[Person | None], APIRequestContext]]:
    """Plain HTTP as somebody, without following redirects and without a browser's own protection."""
    made: list[APIRequestContext] = []

    def open_client(person: Person | None = None) -> APIRequestContext:
        headers = {"Cookie": f"{cookie_name('/console')}={house.session(person)}"} if person else {}
        context = playwright.request.new_context(base_url=house.url, extra_http_headers=headers, max_redirects=0)
        made.append(context)
        return context

    yield open_client
    for context in made:
        context.dispose()
