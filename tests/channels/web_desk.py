"""Owns the web chat of the tests: the real channel over real records on a real server, and the browsers that come to it."""

import asyncio
import json
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from sqlalchemy import func, select

from aftersales.people import Person, Role
from aftersales.policies import Policies
from bot import demo
from bot.channels.webchat.channel import WebChat
from dialogs.event import Event
from dialogs.playbooks import load_playbooks
from notifier.bell import Bell
from notifier.doors import PARTS, security_headers
from notifier.outbox import Outbox
from notifier.parts import Parts
from notifier.rendering import Reader, Renderer
from storage import tables as t
from storage.engine import Store
from storage.files import FileStore
from storage.turn import Turns
from storage.unit import Unit
from tests.hanging_up import hang_up
from tests.storage.clock import Clock

ROOT = Path(__file__).resolve().parents[2]
POLICIES = Policies.load(ROOT / "policies", "default")
LIBRARY = load_playbooks(ROOT / "playbooks")
Frame = dict[str, Any]
TOO_BIG = 200_000
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


class Ticking(Clock):
    """A clock that is a millisecond further each time somebody looks: nothing happens at the same moment."""

    def __call__(self) -> datetime:
        return self.passes(milliseconds=1)


class WebDesk:
    """
    A desk whose only channel is the web chat.

    Args:
        folder: where the files that people send are kept.
        url: of a migrated database; the desk may be stopped and started again over it.
        with_demo: the demo firm is loaded, and its page is open.
    """

    def __init__(self, folder: Path, url: str, *, with_demo: bool = False, public_url: str = "http://desk.example") -> None:
        self.clock = Ticking()
        self.refusing: list[Exception] = []
        """What the next turns end with instead of being taken."""
        self.taken: list[Event] = []
        self.bot_name = ""
        """Of the Telegram bot that stands beside the web chat; "" for none."""
        self._folder, self._url, self._with_demo, self._public_url = folder, url, with_demo, public_url
        self._port = 0
        self._browsers: list[Browser] = []

    async def __aenter__(self) -> "WebDesk":
        await self.start()
        if self._with_demo:
            await self.store.write(demo.load)
        return self

    async def __aexit__(self, *exc: object) -> None:
        for browser in self._browsers:
            await browser.session.close()
        await self.stop()

    async def start(self) -> None:
        """Open the desk; the second time at the same address as before."""
        self.store = Store(self._url, clock=self.clock, sends=True)
        self.turns = Turns(self.store, POLICIES, LIBRARY, default_locale="en", default_zone="Asia/Shanghai")
        self.renderer = Renderer(self.store.secret, "Mendline")
        self.files = FileStore(self._folder / "files", TOO_BIG)
        self.parts = Parts(
            store=self.store,
            turns=self.turns,
            policies=POLICIES,
            library=LIBRARY,
            files=self.files,
            renderer=self.renderer,
            bell=Bell(),
            clock=self.clock,
            firm="Mendline",
            public_url=self._public_url,
            default_locale="en",
            default_zone="Asia/Shanghai",
            demo=self._with_demo,
        )
        self.channel = WebChat(self.parts, self.take, lambda: self.bot_name)
        self.outbox = Outbox(self.store, {"web": self.channel}, self.renderer, self.files, self.clock)
        app = web.Application(middlewares=[security_headers], client_max_size=TOO_BIG + 2**20)
        app[PARTS] = self.parts
        app.add_routes(self.channel.routes())
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self._port = self._port or int(self._runner.addresses[0][1])
        self.url = f"http://127.0.0.1:{self._port}"
        self._delivery = asyncio.create_task(self.outbox.run(alone=True))

    async def stop(self) -> None:
        """Hang up on everybody and close the records."""
        self._delivery.cancel()
        with suppress(asyncio.CancelledError):
            await self._delivery
        await hang_up(self._runner)
        await asyncio.to_thread(self.store.close)

    async def take(self, event: Event) -> str:
        if self.refusing:
            raise self.refusing.pop(0)
        outcome = await self.turns.take(event)
        if not outcome.seen_before:
            self.taken.append(event)
        reader = Reader(outcome.locale, outcome.zone, self.clock())
        return self.renderer.plain(outcome.toast, reader) if outcome.toast else ""

    # -- who comes, and what is on record ----------------------------------------------------------------------------

    def browser(self, locale: str = "en") -> "Browser":
        """A browser without cookies."""
        made = Browser(self, locale)
        self._browsers.append(made)
        return made

    async def visitor(self, locale: str = "en") -> "Browser":
        """A browser that has opened the chat."""
        made = self.browser(locale)
        assert await made.opens("/chat") == 200
        return made

    async def link(self, role: Role, name: str = "", lasts: timedelta = timedelta(hours=1)) -> str:
        """The path of a one-time link; for somebody of that name, or for whoever comes."""

        def make(unit: Unit) -> str:
            person = unit.add_person(name, "en", "Asia/Shanghai").id if name else None
            return "/join/" + unit.make_link(role, lasts, person)

        return await self.store.write(make)

    async def colleague(self, role: Role, name: str) -> "Browser":
        """A browser that came in by a one-time link."""
        made = self.browser()
        assert await made.joins(await self.link(role, name)) == "/chat"
        return made

    async def person(self, browser: "Browser", base: str = "/chat") -> Person:
        """Whoever is in that browser."""
        token = browser.cookie(base)
        found = await self.store.write(lambda unit: unit.session(token))
        assert found is not None
        person = await self.store.write(lambda unit: unit.person(found[0]))
        assert person is not None
        return person

    async def count(self, table: str) -> int:
        """How many rows a table has."""
        asked = select(func.count()).select_from(t.metadata.tables[table])
        return await self.store.read(lambda c: int(c.execute(asked).scalar_one()))

    async def delivered(self) -> None:
        """Wait until everything queued has been handed over and marked so."""
        await asyncio.sleep(0)
        await self.outbox.settled()


class Browser:
    """Somebody's browser, with cookies of its own. Plain HTTP; nothing is hidden that a person could not do by hand."""

    def __init__(self, desk: WebDesk, locale: str) -> None:
        self.desk = desk
        self.session = aiohttp.ClientSession(
            cookie_jar=aiohttp.CookieJar(unsafe=True), headers={"Accept-Language": locale}, timeout=aiohttp.ClientTimeout(20)
        )
        self.page = ""

    async def opens(self, path: str) -> int:
        """Load a page; its text is in *page*."""
        async with self.session.get(self.desk.url + path) as answer:
            self.page = await answer.text()
            return answer.status

    async def joins(self, path: str, csrf: str | None = None) -> str:
        """Press the button of a one-time link's page; returns where it leads."""
        if csrf is None:
            await self.opens(path)
            found = re.search(r'name="csrf" value="([0-9a-f]+)"', self.page)
            assert found, self.page
            csrf = found[1]
        async with self.session.post(self.desk.url + path, data={"csrf": csrf}, allow_redirects=False) as answer:
            return answer.headers["Location"] if answer.status == 303 else str(answer.status)

    def cookie(self, base: str = "/chat") -> str:
        name = "mendline_" + base.strip("/").replace("/", "_")
        return next((cookie.value for cookie in self.session.cookie_jar if cookie.key == name), "")

    async def uploads(self, content: bytes, name: str = "pump.png", base: str = "/chat", **headers: str) -> tuple[int, Frame]:
        """Upload one file: the status, and what the answer says."""
        form = aiohttp.FormData(quote_fields=False)
        form.add_field("file", content, filename=name)
        async with self.session.post(f"{self.desk.url}{base}/upload", data=form, headers={"X-Mendline": "1"} | headers) as answer:
            said = await answer.text()
            return answer.status, json.loads(said) if answer.content_type == "application/json" else {}

    async def downloads(self, path: str) -> tuple[int, bytes]:
        async with self.session.get(self.desk.url + path) as answer:
            return answer.status, await answer.read()

    async def knocks(self, base: str = "/chat", *, origin: str = "") -> int:
        """Ask for the WebSocket and hang up; the status."""
        headers = {
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "x" * 22 + "==",
        }
        headers |= {"Origin": origin} if origin else {}
        async with self.session.get(f"{self.desk.url}{base}/ws", headers=headers) as answer:
            return answer.status

    async def line(self, base: str = "/chat", *, after: int | None = 0, origin: str = "") -> "Line":
        """Open the WebSocket, and unless *after* is None say hello and wait until that is answered."""
        headers = {"Origin": origin} if origin else {}
        socket = await self.session.ws_connect(f"{self.desk.url}{base}/ws", headers=headers, max_msg_size=0)
        line = Line(self.desk, socket)
        if after is not None:
            await line.says("hello", locale="en", zone="Asia/Shanghai", after=after)
            await line.hears("ready")
        return line


class Line:
    """One WebSocket; what was heard is kept in *frames*."""

    def __init__(self, desk: WebDesk, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.desk = desk
        self.socket = socket
        self.frames: list[Frame] = []
        self._marks = 0

    async def says(self, do: str, **rest: object) -> None:
        await self.socket.send_json({"do": do} | rest)

    async def hears(self, kind: str, wanted: Callable[[Frame], bool] = lambda frame: True) -> Frame:
        """The next word of that kind that is wanted; what comes before it is kept too."""
        while True:
            frame = await self._next()
            if frame["is"] == kind and wanted(frame):
                return frame

    async def hears_words(self, words: str) -> Frame:
        """A message with these words in it, which may have come already."""
        for frame in self.heard("message"):
            if words in frame["html"]:
                return frame
        return await self.hears("message", lambda frame: words in frame["html"])

    async def settled(self) -> "Line":
        """Wait until all that the desk has to say has come."""
        await self._mark()
        await self.desk.delivered()
        await self._mark()
        return self

    async def closed(self) -> int:
        """Wait until the desk hangs up; the close code."""
        while True:
            frame = await self.socket.receive(timeout=10)
            if frame.type is aiohttp.WSMsgType.TEXT:
                self.frames.append(json.loads(frame.data))
            elif frame.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED):
                return self.socket.close_code or 0

    def messages(self) -> list[Frame]:
        """What the page shows: each message once, newest version, at its first place."""
        shown: dict[str, Frame] = {}
        for frame in self.frames:
            if frame["is"] == "message":
                shown[frame["id"]] = frame
        return list(shown.values())

    def heard(self, kind: str) -> list[Frame]:
        return [frame for frame in self.frames if frame["is"] == kind]

    def newest(self) -> int:
        """What the page says as `after` when it comes back."""
        return max((frame["seq"] for frame in self.heard("message") if frame["from"] == "desk"), default=0)

    def button(self, label: str) -> tuple[str, str]:
        """(message id, reference) of the newest button with that label."""
        for message in reversed(self.messages()):
            for row in message["buttons"]:
                for button in row:
                    if button["label"] == label:
                        return message["id"], button["ref"]
        raise AssertionError(f"no button {label}: {[b['label'] for m in self.messages() for r in m['buttons'] for b in r]}")

    async def _mark(self) -> None:
        self._marks += 1
        mark = f"mark-{self._marks}"
        await self.says("mark", id=mark)  # nothing the desk knows: it is taken, and has no effect
        await self.hears("taken", lambda frame: frame["id"] == mark)

    async def _next(self) -> Frame:
        received = await self.socket.receive(timeout=10)
        assert received.type is aiohttp.WSMsgType.TEXT, received
        frame: Frame = json.loads(received.data)
        self.frames.append(frame)
        return frame
