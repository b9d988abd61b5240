"""The web chat's pages: a visitor's first cookie, one-time links, and the demo firm's phones."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from aftersales.people import Role
from bot.channels.webchat.pages import FACE
from tests.channels.web_desk import ROOT, WebDesk

PROTOCOL = ROOT / "docs" / "howto" / "web-chat-protocol.md"


@pytest.fixture
async def desk(tmp_path: Path, sqlite_url: str) -> AsyncIterator[WebDesk]:
    async with WebDesk(tmp_path, sqlite_url) as opened:
        yield opened


@pytest.fixture
async def demo_desk(tmp_path: Path, sqlite_url: str) -> AsyncIterator[WebDesk]:
    async with WebDesk(tmp_path, sqlite_url, with_demo=True) as opened:
        yield opened


# -- visitors -----------------------------------------------------------------------------------------------------------


async def test_a_visitor_becomes_one_person_however_often_the_page_is_opened(desk: WebDesk) -> None:
    visitor = await desk.visitor()
    first = await desk.person(visitor)
    for path in ("/chat", "/chat/", "/"):
        assert await visitor.opens(path) == 200
    assert (await desk.person(visitor)).id == first.id
    assert await desk.count("person") == 1


async def test_a_probe_of_the_page_makes_nobody(desk: WebDesk) -> None:
    async with desk.browser().session.head(f"{desk.url}/chat") as answer:
        assert answer.status == 405
    assert await desk.count("person") == 0


@pytest.mark.parametrize(("locale", "lang"), [("zh-TW,zh;q=0.9", "zh-Hant"), ("zh-CN", "zh-Hans"), ("de-DE", "en")])
async def test_the_page_speaks_the_browsers_language(desk: WebDesk, locale: str, lang: str) -> None:
    visitor = await desk.visitor(locale)
    assert f'<html lang="{lang}">' in visitor.page


@pytest.mark.parametrize(("public_url", "secure"), [("https://desk.example", True), ("http://desk.example", False)])
async def test_the_cookie_is_for_this_face_alone_and_unreadable_for_scripts(
    tmp_path: Path, sqlite_url: str, public_url: str, secure: bool
) -> None:
    async with (
        WebDesk(tmp_path, sqlite_url, public_url=public_url) as desk,
        desk.browser().session.get(f"{desk.url}/chat") as answer,
    ):
        cookie = answer.cookies["mendline_chat"]
        policy = answer.headers["Content-Security-Policy"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/chat", True, "Lax")
    assert bool(cookie["secure"]) is secure
    assert "script-src 'self';" in policy and "unsafe" not in policy


async def test_an_ended_session_begins_a_new_chat(desk: WebDesk) -> None:
    visitor = await desk.visitor()
    before = await desk.person(visitor)
    desk.clock.passes(days=61)
    assert await visitor.opens("/chat") == 200
    assert (await desk.person(visitor)).id != before.id


async def test_the_page_names_each_of_its_scripts_and_each_is_there(desk: WebDesk) -> None:
    visitor = await desk.visitor()
    named = set(re.findall(r'(?:src|href)="/static/chat/(\w+\.js)"', visitor.page))
    assert named == {path.name for path in FACE.glob("*.js")} - {"demo.js"}
    for name in sorted(named):
        status, script = await visitor.downloads(f"/static/chat/{name}")
        assert status == 200
        assert {f"{other}.js" for other in re.findall(r'from "\./(\w+)\.js"', script.decode())} <= named


def test_the_page_says_nothing_that_the_protocol_does_not_name() -> None:
    says = {word for path in FACE.glob("*.js") for word in re.findall(r'\bdo: "(\w+)"', path.read_text("utf-8"))}
    named = set(re.findall(r"^\| `(\w+)` \|", PROTOCOL.read_text("utf-8").split("## What the page says")[1], re.M))
    assert says == {"hello", "older", "say", "press", "files", "place", "scan"}
    assert says <= named


# -- one-time links -----------------------------------------------------------------------------------------------------


async def test_looking_at_a_link_does_not_use_it_up(desk: WebDesk) -> None:
    link = await desk.link(Role.ENGINEER, "Wang Wei")
    for _ in range(3):  # the chat app's preview, the virus scanner, the person
        browser = desk.browser()
        assert await browser.opens(link) == 200
        assert "Welcome, Wang Wei" in browser.page and "Continue as Engineer" in browser.page
        assert browser.cookie() == ""
    assert await browser.joins(link) == "/chat"


async def test_a_link_lets_one_in_once_with_the_role_and_a_greeting(desk: WebDesk) -> None:
    link = await desk.link(Role.ENGINEER, "Wang Wei")
    engineer = desk.browser()
    assert await engineer.joins(link) == "/chat"
    person = await desk.person(engineer)
    assert (person.name, person.roles) == ("Wang Wei", frozenset({Role.ENGINEER}))
    line = await (await engineer.line()).settled()
    assert len(line.messages()) == 1

    late = desk.browser()
    assert await late.opens(link) == 410
    assert "This link does not work any more" in late.page
    assert await engineer.opens("/chat") == 200
    assert 'data-role="engineer" data-person="Wang Wei"' in engineer.page


async def test_of_two_who_use_a_link_at_once_one_is_let_in(desk: WebDesk) -> None:
    link = await desk.link(Role.DISPATCHER)
    one, two = desk.browser(), desk.browser()
    await one.opens(link)
    csrf = one.page.split('name="csrf" value="')[1].split('"')[0]
    led = await asyncio.gather(one.joins(link, csrf), two.joins(link, csrf))
    assert sorted(led) == sorted(["/chat", link])
    assert [bool(browser.cookie()) for browser, to in ((one, led[0]), (two, led[1])) if to == link] == [False]
    assert await desk.count("session") == 1
    assert await desk.count("role") == 1


@pytest.mark.parametrize("mark", ["", "0" * 32, "é", "x" * 5000])
async def test_a_forged_form_does_not_use_a_link(desk: WebDesk, mark: str) -> None:
    link = await desk.link(Role.ENGINEER, "Wang Wei")
    assert await desk.browser().joins(link, mark) == "403"
    assert await desk.browser().joins(link) == "/chat"


async def test_a_link_that_has_run_out_or_never_was_lets_nobody_in(desk: WebDesk) -> None:
    link = await desk.link(Role.ENGINEER, "Wang Wei", timedelta(hours=1))
    browser = desk.browser()
    await browser.opens(link)
    csrf = browser.page.split('name="csrf" value="')[1].split('"')[0]
    desk.clock.passes(hours=2)
    assert await browser.joins(link, csrf) == link
    for path in (link, "/join/nonsense", "/join/%00"):
        assert await browser.opens(path) == 410
        assert "This link does not work any more" in browser.page
        assert "Wang Wei" not in browser.page
    assert browser.cookie() == ""


# -- the demo firm ------------------------------------------------------------------------------------------------------


async def test_the_demo_is_not_there_when_it_is_off(desk: WebDesk) -> None:
    browser = desk.browser()
    for path in ("/demo", "/demo/customer", "/demo/dispatcher/", "/demo/engineer/ws", "/demo/customer/files/1"):
        assert await browser.opens(path) == 404
    assert (await browser.uploads(b"x", base="/demo/dispatcher"))[0] == 404
    assert await desk.count("session") == 0


async def test_each_phone_of_the_demo_has_a_person_and_a_cookie_of_its_own(demo_desk: WebDesk) -> None:
    browser = demo_desk.browser()
    for base in ("/chat", "/demo/customer", "/demo/dispatcher", "/demo/engineer"):
        assert await browser.opens(f"{base}/") == 200
    names = [(await demo_desk.person(browser, base)).name for base in ("/demo/customer", "/demo/dispatcher", "/demo/engineer")]
    assert names == ["陈静 Chen Jing", "周敏 Zhou Min", "王伟 Wang Wei"]
    assert (await demo_desk.person(browser)).name == ""
    tokens = {browser.cookie(base) for base in ("/chat", "/demo/customer", "/demo/dispatcher", "/demo/engineer")}
    assert len(tokens) == 4 and "" not in tokens

    customer = await (await browser.line("/demo/customer")).settled()
    assert customer.frames[0]["person"] == "陈静 Chen Jing"


async def test_two_visitors_of_the_demo_share_its_phones(demo_desk: WebDesk) -> None:
    one, two = demo_desk.browser(), demo_desk.browser()
    for browser in (one, two):
        await browser.opens("/demo/customer/")
    here, there = await one.line("/demo/customer"), await two.line("/demo/customer")
    await here.says("say", id="a-1", text="My washing machine does not drain")
    await here.settled()
    await there.settled()
    assert [frame["id"] for frame in there.messages() if frame["from"] == "me"] == ["a-1"]
