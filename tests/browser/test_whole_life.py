"""The whole life of a fault in a real browser: customer and engineer in the web chat, the dispatcher in the console."""

import re
import sqlite3
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from dialogs.playbooks import load_playbooks
from dialogs.wording import word
from tests.browser.conftest import Desk

BROWSER_LOCALE = {"en": "en-GB", "zh_CN": "zh-CN", "zh_TW": "zh-TW"}
FAULT = {
    "en": "The air conditioner is not cooling at all",
    "zh_CN": "空调开着但是完全不制冷",
    "zh_TW": "冷氣開著但是完全不冷",
}
PLAYBOOK = load_playbooks(Path(__file__).parents[2] / "playbooks").get("air_conditioner_not_cooling")


class Phone:
    """Somebody's web chat at a phone's width."""

    def __init__(self, context: BrowserContext, url: str, locale: str) -> None:
        self.locale = locale
        self.page: Page = context.new_page()
        self.troubles: list[str] = []
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.on("console", lambda line: self.troubles.append(line.text) if line.type == "error" else None)
        self.page.goto(url)

    def says(self, words: str) -> None:
        box = self.page.locator("textarea").first
        box.fill(words)
        box.press("Enter")

    def taps(self, key: str, **params: str) -> None:
        """Tap the newest button with that label of the table."""
        self.taps_words(word(key, self.locale, **params))

    def taps_words(self, words: str) -> None:
        button = self.page.get_by_role("button", name=words, exact=True).last
        expect(button).to_be_enabled(timeout=15_000)
        button.click()

    def sees(self, words: str | re.Pattern[str]) -> Locator:
        shown = self.page.get_by_text(words).last
        expect(shown).to_be_visible(timeout=15_000)
        return shown


def answer(step: str, choice: str, locale: str) -> str:
    """The words of one choice of the playbook."""
    assert PLAYBOOK
    found = PLAYBOOK.step(step)
    picked = found.choice(choice) if found else None
    assert picked
    return picked.label[locale]


@pytest.mark.parametrize("locale", ["en", "zh_CN", pytest.param("zh_TW", marks=pytest.mark.thorough)])
def test_a_fault_goes_from_it_is_broken_to_the_stars(desk: Desk, chromium: Browser, tmp_path: Path, locale: str) -> None:
    narrow = {"viewport": {"width": 390, "height": 780}, "locale": BROWSER_LOCALE[locale], "timezone_id": "Asia/Shanghai"}
    wide = narrow | {"viewport": {"width": 1280, "height": 800}}
    customer = Phone(chromium.new_context(**narrow), f"{desk.url}/demo/customer/", locale)  # type: ignore[arg-type]
    engineer = Phone(chromium.new_context(**narrow), desk.engineer, locale)  # type: ignore[arg-type]
    engineer.page.get_by_role("button").first.click()
    console = chromium.new_context(**wide).new_page()  # type: ignore[arg-type]
    console.goto(desk.console)
    console.get_by_role("button").first.click()
    console.wait_for_url("**/console/queue")
    engineer.sees(word("button.jobs", locale))

    customer.says(FAULT[locale])
    customer.taps("field.since")
    customer.taps("button.since_today")
    customer.taps("field.code")
    customer.taps("button.no_code")
    customer.taps("field.photos")
    customer.page.locator("input[type=file]").first.set_input_files(
        files=[{"name": "plate.png", "mimeType": "image/png", "buffer": PNG}]
    )
    customer.page.locator("#send").click()
    customer.taps("button.photos_done")
    customer.taps("field.tried")
    customer.taps("button.nothing_tried")
    customer.taps("field.wished")
    customer.taps("button.wished_asap")
    customer.taps("button.change")
    customer.taps("field.product")
    customer.taps_words("格力 Gree KFR-35GW · GR35240518A")
    customer.taps("button.change")
    customer.taps("field.extent")
    customer.taps("button.extent_1")
    customer.taps("button.confirm")
    number = re.search(r"\d{12}", customer.sees(re.compile(r"20\d{10}")).inner_text())
    assert number
    customer.taps_words(answer("gate", "none", locale))
    customer.taps_words(answer("mode", "cooling", locale))
    customer.taps_words(answer("temperature", "low", locale))
    customer.taps_words(answer("filter", "clean", locale))
    customer.taps_words(answer("outdoor", "hums", locale))

    row = console.get_by_role("link", name=number[0])
    expect(row.first).to_be_visible(timeout=15_000)  # it appeared by itself
    row.first.click()
    console.get_by_role("button", name=re.compile("Wang Wei|王伟")).first.click()
    engineer.taps("button.accept")
    customer.sees(re.compile("Wang Wei"))
    console.locator("textarea").first.fill("We bring the capacitor along.")
    console.locator("textarea").first.press("Control+Enter")
    console.locator("form button[type=submit]", has_text=re.compile("customer|客户|客戶")).first.click()
    customer.sees("We bring the capacitor along.")
    customer.says("OK, 502")
    expect(console.get_by_text("OK, 502").first).to_be_visible(timeout=15_000)  # live relay, both ways

    for tap in ("button.depart", "button.arrive", "button.find"):
        engineer.taps(tap)
    engineer.says("C1 12 µF")
    engineer.taps("button.finish")
    engineer.says("C1 → 35 µF")
    customer.taps("button.sign_off")
    customer.taps("button.solved")
    customer.taps("button.engineer_3")
    customer.taps_words("★★★★★")
    customer.says("👍 OK!")
    engineer.sees(re.compile("★★★★★"))
    customer.page.screenshot(path=tmp_path / "customer.png")
    console.screenshot(path=tmp_path / "console.png", full_page=True)

    with sqlite3.connect(desk.house.data / "mendline.db") as records:
        state, rows = records.execute("SELECT state, version FROM ticket").fetchone()
        assert (state, records.execute("SELECT stars, solved FROM survey").fetchall()) == ("closed", [(5, 1)])
        assert records.execute("SELECT count(*) FROM history").fetchone() == (rows,)
        assert records.execute("SELECT count(*) FROM file WHERE content IS NOT NULL").fetchone() == (1,)
    assert customer.troubles == engineer.troubles == []


def test_the_chat_loses_nothing_when_the_desk_is_killed_and_comes_back(desk: Desk, chromium: Browser) -> None:
    look = chromium.new_context(viewport={"width": 390, "height": 780}, locale="en-GB")
    customer = Phone(look, f"{desk.url}/chat", "en")
    customer.says("My washing machine behaves oddly")
    customer.sees("How bad is it?")

    desk.house.kill()
    customer.says("a small thing")
    desk.house.start()
    desk.house.up()

    customer.sees("On which number")
    customer.page.reload()
    customer.sees("On which number")
    assert customer.page.get_by_text("a small thing", exact=True).count() == 1


PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)
