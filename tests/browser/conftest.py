"""One Chromium for all tests of this folder, and a running desk with the demo firm for each."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.process.house import House, until


@dataclass(frozen=True, slots=True)
class Desk:
    """A running desk with the demo firm: where its one-time links lead."""

    house: House
    console: str
    engineer: str

    @property
    def url(self) -> str:
        return self.house.url


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as running:
        browser = running.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-gpu", "--disable-software-rasterizer", "--disable-dev-shm-usage"],
        )
        yield browser
        browser.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with House(tmp_path) as unloaded:
        unloaded.kill()
        unloaded.does("demo", "--load")
        unloaded.start()
        unloaded.up()
        said = until(lambda: unloaded.said() if "Stop with Ctrl-C" in unloaded.said() else "", "it says where to go")
        console = re.search(r"http\S+/console/enter/\S+", said)
        engineer = re.search(r"http\S+/join/\S+", said)
        assert console and engineer
        yield Desk(unloaded, console[0], engineer[0])
