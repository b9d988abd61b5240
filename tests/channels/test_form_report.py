"""The form over HTTP, as a browser without any script sends it: the same rules and sentences as in the chat, and no robots."""

import re
from collections.abc import AsyncIterator
from html import unescape
from io import BytesIO
from pathlib import Path

import pytest
from aiohttp import CookieJar, FormData
from aiohttp.test_utils import TestClient, TestServer

from bot.settings import Settings
from bot.wiring import House, build_parts
from storage import tables as t
from tests.storage.clock import Clock

PHOTO = b"\xff\xd8\xff the display shows E1"
GOOD = {
    "family": "air_conditioner",
    "fault": "不制冷，显示E1",
    "extent": "1",
    "contact": "陈安娜",
    "phone": "138 1234 5678",
    "site": "杭州市西湖区文三路1号",
    "wished": "明天上午",
}
# aiohttp's own reader of multipart, in the server, uses what aiohttp has deprecated, now and then.
pytestmark = pytest.mark.filterwarnings("ignore:unread_data:DeprecationWarning")


class Browser:
    """Somebody's browser with scripts switched off."""

    def __init__(self, client: TestClient, house: House, clock: Clock) -> None:  # type: ignore[type-arg]
        self.client, self.house, self.clock = client, house, clock
        self.page, self.status, self.where, self.language = "", 0, "", ""

    async def opens(self, path: str, language: str = "zh-CN") -> "Browser":
        self.language = language
        async with self.client.get(path, headers={"Accept-Language": language}) as answer:
            self.page, self.status, self.where = await answer.text(), answer.status, str(answer.url.path)
        return self

    async def sends(self, photos: tuple[tuple[str, bytes], ...] = (), *, after: float = 20, **fields: str) -> "Browser":
        """Fill in the page that is open, wait as a person does, and press the button."""
        self.clock.passes(seconds=after)
        form = FormData(default_to_multipart=True)
        for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', self.page):
            form.add_field(name, unescape(value))
        for name, value in ({"website": ""} | fields).items():
            form.add_field(name, value)
        for name, content in photos:
            form.add_field("photos", BytesIO(content), filename=name, content_type="image/jpeg")
        if not photos:
            form.add_field("photos", b"", filename="", content_type="application/octet-stream")
        async with self.client.post("/form", data=form, headers={"Accept-Language": self.language}) as answer:
            self.page, self.status, self.where = await answer.text(), answer.status, str(answer.url.path)
        return self

    @property
    def wrong(self) -> dict[str, str]:
        found = re.findall(r'<span class="wrong" id="wrong-(\w+)">(.*?)</span>', self.page)
        return {name: unescape(words) for name, words in found}

    @property
    def number(self) -> str:
        found = re.search(r'<b id="number">(\d+)</b>', self.page)
        return found[1] if found else ""

    def rows(self, table: str, *columns: str) -> list[tuple[object, ...]]:
        """What stands in the records."""
        kept = getattr(t, table)
        picked = [kept.c[column] for column in columns]
        return self.house.parts.store.read_now(
            lambda c: [tuple(row) for row in c.execute(kept.select().with_only_columns(*picked))]
        )


@pytest.fixture
def mails() -> bool:
    return True


@pytest.fixture
async def browser(sqlite_url: str, tmp_path: Path, clock: Clock, mails: bool) -> AsyncIterator[Browser]:
    mail = {"email_address": "service@desk.example", "email_imap_host": "x", "email_smtp_host": "x", "email_password": "x"}
    settings = Settings(  # type: ignore[call-arg]
        _env_file=None,
        database_url=sqlite_url,
        mendline_data=tmp_path / "var",
        mendline_max_upload_mb=1,
        mendline_form_per_hour=3,
        **(mail if mails else {}),
    )
    parts = build_parts(settings, sends=True, clock=clock)
    house = House(settings, parts, alone=True)
    async with TestClient(TestServer(house.application()), cookie_jar=CookieJar(unsafe=True)) as client:
        yield Browser(client, house, clock)
    parts.store.close()


async def test_a_report_gets_its_number_and_goes_on_in_the_chat(browser: Browser) -> None:
    await browser.opens("/form")
    await browser.sends((("e1.jpg", PHOTO),), **GOOD)
    assert browser.status == 200 and browser.where.startswith("/form/sent/")
    assert "今天" in browser.page and "<script" not in browser.page
    assert browser.rows("ticket", "number", "family", "extent", "contact", "phone", "wished") == [
        (browser.number, "air_conditioner", 1, "陈安娜", "+8613812345678", "明天上午")
    ]
    assert browser.rows("file", "ticket_id", "name", "kind") == [(1, "e1.jpg", "photo")]
    assert browser.rows("person", "name", "phone", "locale") == [("陈安娜", "+8613812345678", "zh_CN")]

    csrf = re.search(r'name="csrf" value="(\w+)"', browser.page)
    assert csrf is not None
    async with browser.client.post("/form/chat", data={"csrf": csrf[1]}) as answer:
        assert answer.url.path == "/chat" and "陈安娜" in await answer.text()
    said = [dict(say)["text"] for (say,) in browser.rows("outbox", "say")]
    assert said[0] == "report/opened" and len(said) > 1, "what can be tried at once waits in the chat"


async def test_what_is_missing_is_said_in_the_words_of_the_chat_and_nothing_is_lost(browser: Browser) -> None:
    await browser.opens("/form")
    await browser.sends((("e1.jpg", PHOTO),), fault="不制冷", phone="123", wished="昨天", website="")
    assert (browser.status, browser.rows("ticket", "id")) == (422, [])
    assert sorted(browser.wrong) == ["contact", "extent", "family", "phone", "site", "wished"]
    assert "没法拨打" in browser.wrong["phone"]
    assert "不制冷</textarea>" in browser.page
    await browser.sends(**GOOD)
    assert browser.number and browser.rows("file", "ticket_id", "name") == [(1, "e1.jpg")]
    assert browser.rows("person", "id") == [(1,)], "the first try left nobody behind"


async def test_one_way_to_answer_is_needed_and_a_mail_address_is_enough(browser: Browser) -> None:
    nowhere = GOOD | {"phone": ""}
    await browser.opens("/form")
    await browser.sends(**nowhere)
    assert list(browser.wrong) == ["phone"]
    await browser.sends(**nowhere, email="not an address")
    assert list(browser.wrong) == ["email"]
    await browser.sends(**nowhere, email="Anna@Mail.example")
    assert browser.number
    assert ("email", "anna@mail.example", 1) in browser.rows("address", "channel", "chat", "person_id")
    assert ("email", "anna@mail.example") in browser.rows("outbox", "channel", "chat")


async def test_a_known_mail_address_gets_the_answer_by_mail_and_nobody_gets_into_its_chat(browser: Browser) -> None:
    store = browser.house.parts.store
    anna = await store.write(lambda unit: unit.add_person("安娜", "zh_CN", "Asia/Shanghai").id)
    await store.write(lambda unit: unit.add_address("email", "anna@mail.example", anna))
    await browser.opens("/form")
    await browser.sends(**GOOD, email="anna@mail.example")
    assert browser.number and "/form/chat" not in browser.page
    assert browser.rows("ticket", "customer_id") == [(anna,)]
    assert {(channel, chat) for channel, chat in browser.rows("outbox", "channel", "chat")} == {("email", "anna@mail.example")}
    assert [cookie.key for cookie in browser.client.session.cookie_jar] == []


async def test_danger_is_taken_at_once_with_whatever_is_there(browser: Browser) -> None:
    await browser.opens("/form")
    await browser.sends(fault="热水器漏煤气，味道很大", after=5)
    assert browser.number and "安全" in browser.page and "notice danger" in browser.page
    assert browser.rows("ticket", "hazard", "grade") == [("gas", 1)]


async def test_the_same_form_posted_twice_is_one_report(browser: Browser) -> None:
    await browser.opens("/form")
    page = browser.page
    await browser.sends(**GOOD)
    browser.page = page
    await browser.sends(**GOOD)
    assert "notice good" in browser.page
    assert browser.rows("ticket", "id") == [(1,)]


@pytest.mark.parametrize(("after", "trap"), [(1, ""), (20, "http://buy.example")])
async def test_robots_get_no_report_and_a_quick_person_presses_once_more(browser: Browser, after: float, trap: str) -> None:
    await browser.opens("/form")
    await browser.sends(**GOOD, after=after, website=trap)
    assert (browser.status, browser.rows("ticket", "id"), browser.wrong) == (422, [], {})
    await browser.sends(**GOOD)
    assert browser.number


async def test_one_address_may_send_so_many_an_hour_and_danger_more(browser: Browser) -> None:
    for _ in range(3):
        await browser.opens("/form")
        await browser.sends(**GOOD)
    await browser.opens("/form")
    await browser.sends(**GOOD)
    assert (browser.status, len(browser.rows("ticket", "id"))) == (429, 3)
    await browser.sends(**GOOD | {"fault": "空调冒烟起火了"})
    assert len(browser.rows("ticket", "id")) == 4
    browser.clock.passes(hours=1)
    await browser.opens("/form")
    await browser.sends(**GOOD)
    assert browser.number


async def test_files_that_are_not_taken_are_named_and_forged_ones_are_ignored(browser: Browser) -> None:
    await browser.opens("/form")
    await browser.sends((("a.exe", b"MZ program"),), **GOOD)
    assert list(browser.wrong) == ["photos"]
    await browser.sends((("b.jpg", b"\xff\xd8\xff" + b"x" * 2**20),), **GOOD)
    assert "20 MB" in browser.wrong["photos"]
    await browser.sends(**GOOD, kept=f"{'0' * 64}.eA.{'0' * 20}")
    assert browser.number and browser.rows("file", "id") == []


@pytest.mark.parametrize(
    ("language", "title", "tag"), [("zh-CN", "报修", "zh-Hans"), ("zh-TW", "報修", "zh-Hant"), ("en", "Report", "en")]
)
async def test_the_form_speaks_the_readers_language(browser: Browser, language: str, title: str, tag: str) -> None:
    await browser.opens("/form", language)
    assert f'<html lang="{tag}">' in browser.page and title in browser.page
    await browser.opens("/form?lang=en", language)
    assert '<html lang="en">' in browser.page


async def test_phone_numbers_are_read_as_they_are_written_at_the_readers_home(browser: Browser) -> None:
    await browser.opens("/form", "zh-TW,zh;q=0.9")
    await browser.sends(**GOOD | {"phone": "0912-345-678", "wished": ""})
    assert browser.rows("person", "phone", "locale", "zone") == [("+886912345678", "zh_TW", "Asia/Taipei")]


async def test_a_forged_receipt_shows_nothing(browser: Browser) -> None:
    await browser.opens("/form")
    await browser.sends(**GOOD)
    assert (await browser.opens("/form/sent/1.mail.00000000000000000000")).status == 404


@pytest.mark.parametrize("mails", [False])
async def test_without_mail_at_this_desk_the_address_stands_with_the_contact(browser: Browser) -> None:
    await browser.opens("/form")
    await browser.sends(**GOOD | {"phone": ""}, email="anna@mail.example")
    assert browser.rows("ticket", "contact") == [("陈安娜 anna@mail.example",)]
    assert [channel for (channel,) in browser.rows("address", "channel")] == ["web"]
