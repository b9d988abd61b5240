"""
Owns the web chat's line: the channel "web", and the WebSocket of each open page. It works with no account anywhere.

What the page and the line say to each other stands in docs/howto/web-chat-protocol.md.
"""

import asyncio
import json
import re
import traceback
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from hashlib import sha256
from html import escape
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

import structlog
from aiohttp import WSMsgType, web

from aftersales.people import Person
from bot.channels.webchat.files import ChatFiles, address_of
from bot.channels.webchat.pages import BASE, DEMO_ROLES, Pages
from bot.channels.webchat.scans import Scans
from dialogs.event import Command, Contact, Event, Files, Place, Press, Said, Sender, Text
from dialogs.wording import catalogue, nearest_locale
from notifier import doors
from notifier.attachments import attachment
from notifier.channel import Key, Limits, Message, OutFile, Receipt, Take
from notifier.parts import Parts
from notifier.rendering import Reader
from storage.errors import StorageError
from storage.transcript import Line, micros, transcript
from storage.unit import Unit
from storage.units.people import find_session
from storage.uploads import files_by_id

log = structlog.get_logger("webchat")
FRAME_LIMIT = 64 * 1024  # bytes; the page's own longest saying stays below
FILES_AT_ONCE = 10
CATCH_UP = 500  # lines missed; after more the page is loaded anew
# What is said at the same moment on both sides may overtake one another by this much on its way to the page.
LOOK_BACK = 2_000_000  # microseconds
CHECK_EVERY = timedelta(seconds=30)  # how long a session that has ended may go on in an open page
PATIENCE = 3  # turns of one saying that fail by our own fault before it is passed over
REMEMBERED = 1000
CLOSING_SECONDS = 3
NOT_IN = 4401  # close code: the session is over
RESTARTING = 1012  # https://www.iana.org/assignments/websocket/websocket.xhtml
ID = re.compile(r"[\x21-\x7e]{1,60}")
LABEL = re.compile(r"[A-Za-z0-9_-]{1,62}")
YEAR_1970 = datetime(1970, 1, 1, tzinfo=UTC)
LAST_MOMENT = 2**53  # what a page can count to

Frame = dict[str, Any]


@dataclass(slots=True, eq=False)
class _Open:
    """
    One open page.

    Args:
        token: of the session that let it in; *seen_in* is when that was last looked at.
        listens: it has said hello, so that what is delivered from now on is its to show.
        turn: held while the page is told several things that belong together.
    """

    socket: web.WebSocketResponse
    token: str
    person: Person
    chat: str
    base: str
    locale: str
    zone: str
    seen_in: datetime
    listens: bool = False
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class WebChat:
    """
    The channel "web". Its chats are the addresses that doors.let_in hands out; who is away reads it on coming back.

    Args:
        bot_name: what stands behind the @ of the Telegram bot, which a scanned label offers as well; "" while none runs.
    """

    name = "web"
    limits = Limits()

    def __init__(self, parts: Parts, take: Take, bot_name: Callable[[], str] = str) -> None:
        self._parts = parts
        self._take = take
        self._pages = Pages(parts)
        self._scans = Scans(parts, self._pages, bot_name)
        self._files = ChatFiles(parts)
        self._open: dict[str, set[_Open]] = {}
        self._failures: Counter[str] = Counter()
        self._hosts = {urlsplit(parts.public_url).netloc}

    # -- the channel ------------------------------------------------------------------------------------------------

    async def deliver(self, chat: str, message: Message) -> Receipt:
        """Hand it to every open page of the chat; who is not there finds it on coming back."""
        message_id = message.edit or f"o{message.id}"
        at = message.at or self._parts.clock()
        told: set[_Open] = set()
        # Nothing may be awaited after the last look: a page that says hello later finds the message in the records.
        while pages := [page for page in self._open.get(chat, ()) if page.listens and page not in told]:
            for page in pages:
                told.add(page)
                files = [self._shown(file, page) for file in message.files]
                frame = _message(message_id, micros(at), at, message.html, rows=message.rows, files=files)
                async with page.turn:
                    if await self._is_in(page):
                        await self._send(page, frame)
        return Receipt(message_id)

    async def close(self) -> None:
        """Close every page's socket; the pages come back by themselves."""
        pages = [page for chat in self._open.values() for page in chat]
        await asyncio.gather(*(page.socket.close(code=RESTARTING) for page in pages), return_exceptions=True)

    def routes(self) -> list[web.AbstractRouteDef]:
        """Everything below /, /chat, /join, /m and, for a demo firm, /demo."""
        routes = self._pages.routes() + self._scans.routes()
        for base in (BASE, *DEMO_ROLES) if self._parts.demo else (BASE,):
            routes += [
                web.get(base, partial(self._pages.chat, base=base), allow_head=False),
                web.get(f"{base}/", partial(self._pages.chat, base=base), allow_head=False),
                web.get(f"{base}/ws", partial(self._socket, base=base)),
                web.post(f"{base}/upload", partial(self._files.take, base=base)),
                web.get(f"{base}/files/{{id:[0-9]{{1,18}}}}", partial(self._files.show, base=base)),
                web.get(f"{base}/visits/{{content:[0-9a-f]{{64}}}}.ics", partial(self._files.visit, base=base)),
            ]
        return routes

    # -- the socket -------------------------------------------------------------------------------------------------

    async def _socket(self, request: web.Request, base: str) -> web.StreamResponse:
        origin = request.headers.get("Origin")
        if origin is not None and urlsplit(origin).netloc not in self._hosts | {request.host}:
            raise web.HTTPForbidden
        inside = await doors.whoever_is_in(request, base)
        if inside is None:
            raise web.HTTPUnauthorized
        person, chat = inside
        socket = web.WebSocketResponse(heartbeat=25, max_msg_size=FRAME_LIMIT, timeout=CLOSING_SECONDS)
        await socket.prepare(request)
        token = request.cookies[doors.cookie_name(base)]
        page = _Open(socket, token, person, chat, base, person.locale, person.zone, self._parts.clock())
        self._open.setdefault(chat, set()).add(page)
        try:
            async for frame in socket:
                if frame.type == WSMsgType.TEXT:
                    await self._heard(page, frame.data)
        finally:
            self._open[chat].discard(page)
            if not self._open[chat]:
                del self._open[chat]
        return socket

    async def _is_in(self, page: _Open) -> bool:
        """Whether the session still stands; a page whose session has ended is hung up on."""
        now = self._parts.clock()
        if now - page.seen_in < CHECK_EVERY:
            return True
        if await self._parts.store.read(lambda c: find_session(c, page.token, now)) is None:
            await page.socket.close(code=NOT_IN)
            return False
        page.seen_in = now
        return True

    async def _send(self, page: _Open, frame: Frame) -> None:
        try:
            await page.socket.send_json(frame)
        except (ConnectionError, RuntimeError):
            page.listens = False  # its reader notices too, and takes it off the list

    # -- what the page says -----------------------------------------------------------------------------------------

    async def _heard(self, page: _Open, data: str) -> None:
        said = _read(data)
        if not await self._is_in(page):
            return
        try:
            answer = self._answer(page, said)
        except (KeyError, ValueError, TypeError, OverflowError):
            log.info("frame_unreadable")
            if isinstance(said.get("id"), str):
                await self._send(page, {"is": "taken", "id": said["id"]})
            return
        try:
            await answer
        except StorageError as problem:
            log.warning("not_answered", error=type(problem).__name__)  # the page waits, hangs up, and says it again

    def _answer(self, page: _Open, said: Frame) -> Coroutine[Any, Any, None]:
        """
        What answers a saying.

        Raises:
            KeyError, ValueError, TypeError, OverflowError: it cannot be read.
        """
        match said["do"]:
            case "hello":
                locale = nearest_locale(str(said.get("locale", "")), page.locale)
                zone = str(said.get("zone", ""))
                zone = zone if zone in _zones() else page.zone
                return self._hello(page, _moment(said.get("after") or 0), locale, zone, scans=said.get("scan") is True)
            case "older":
                return self._older(page, _moment(said["before"]))
            case "say":
                what = _typed(_words(said["text"]))
            case "press":
                what = Press(_words(said["ref"])[:64], _words(said.get("of") or "")[:80])
            case "files":
                what = self._album(page, said["files"], _words(said.get("text") or ""))
            case "place":
                what = Place(_degrees(said["lat"], 90), _degrees(said["lon"], 180))
            case "scan":
                what = Command("start", f"m_{_label(said['label'])}")
            case "contact":  # not vouched for: a page can send any number
                what = Contact(_words(said["phone"])[:40], _words(said.get("name") or "")[:80])
            case _:
                raise ValueError("unknown")
        if not ID.fullmatch(said["id"]):
            raise ValueError("id")
        return self._turn(page, self._event(page, said["id"], what), said["id"])

    def _album(self, page: _Open, tokens: object, caption: str) -> Said:
        if not isinstance(tokens, list):
            raise TypeError("files")
        uploads = self._files.uploads([str(token) for token in tokens[:FILES_AT_ONCE]], page.person.id)
        if not uploads and not caption:
            raise ValueError("files")
        return Files(uploads, caption) if uploads else Text(caption)

    def _event(self, page: _Open, event_id: str, said: Said) -> Event:
        sender = Sender("web", page.chat, page.person.name, page.locale.replace("_", "-"), page.zone)
        return Event(f"{page.chat}:{event_id}"[:80], sender, self._parts.clock(), said)

    async def _hello(self, page: _Open, after: int, locale: str, zone: str, *, scans: bool) -> None:
        async with page.turn:
            page.listens, page.zone = True, zone
            # The same commit carries the marks of what was delivered up to now, so that the history has it.
            page.person = await self._parts.store.write(lambda unit: _at_home(unit, page.person.id, locale, zone))
            page.locale = page.person.locale
            name = {"person": page.person.name, "chat": sha256(page.chat.encode()).hexdigest()[:12]}
            await self._send(page, {"is": "ready", "locale": page.locale} | name)
            lines = await self._lines(page, after=max(1, after - LOOK_BACK), limit=CATCH_UP) if after else await self._lines(page)
            if after and len(lines) == CATCH_UP:
                await self._send(page, {"is": "reload"})
                return
            for line in lines:
                await self._send(page, line)
        if not lines and not after and not scans:  # the answer to a scan is welcome enough
            await self._greet(self._event(page, "hello", Command("start")))

    async def _greet(self, event: Event) -> None:
        try:
            await self._take(event)
        except StorageError:
            raise
        except Exception as problem:
            self._passed_over(event, problem)

    async def _older(self, page: _Open, before: int) -> None:
        async with page.turn:
            for line in await self._lines(page, before=before):
                await self._send(page, line)

    async def _turn(self, page: _Open, event: Event, event_id: str) -> None:
        try:
            toast = await self._take(event)
        except StorageError:
            raise
        except Exception as problem:
            if not self._passed_over(event, problem):
                return  # nothing was committed; the page says it again
            toast = ""
        self._failures.pop(event.update, None)
        await self._send(page, {"is": "taken", "id": event_id})
        if toast:
            await self._send(page, {"is": "toast", "text": toast})
        await self._follow(page, event, event_id)

    def _passed_over(self, event: Event, problem: Exception) -> bool:
        """Whether to let go of a saying whose turn fails by our own fault, instead of being told it for ever."""
        if len(self._failures) > REMEMBERED:
            self._failures.clear()
        self._failures[event.update] += 1
        frames = traceback.extract_tb(problem.__traceback__)
        where = f"{frames[-1].name}:{frames[-1].lineno}" if frames else ""
        gone = self._failures[event.update] >= PATIENCE
        # Not the error's own words: they may hold what was written.
        log.error("saying_passed_over" if gone else "turn_failed", error=type(problem).__name__, where=where)
        return gone

    async def _follow(self, page: _Open, event: Event, event_id: str) -> None:
        """Show the person's words in all their open pages, and follow a change of language."""
        parts = self._parts

        def look(connection: Any) -> tuple[list[Line], dict[int, Frame], Person | None]:
            lines = [] if isinstance(event.said, Press | Command) else transcript(connection, page.chat, after=micros(event.at) - 1)
            mine = [line for line in lines if line.id == event_id]  # none when it had been taken before: it is shown already
            return mine, _files_of(connection, mine), Unit(connection, parts.clock(), "", b"").person(page.person.id)

        mine, files, person = await parts.store.read(look)
        for other in [page for page in self._open.get(page.chat, ()) if page.listens]:
            for line in mine:
                await self._send(other, self._own(line, files, other))
            if person and person.language_chosen and person.locale != other.locale:
                other.locale = person.locale
                await self._send(other, {"is": "reload"})

    # -- what the desk says -----------------------------------------------------------------------------------------

    async def _lines(self, page: _Open, *, after: int = 0, before: int = 0, limit: int = 60) -> list[Frame]:
        """History: what is new or changed since *after*, what is older than *before*, or the newest lines; oldest first."""

        def look(connection: Any) -> tuple[list[Line], dict[int, Frame]]:
            lines = transcript(connection, page.chat, after=after, before=before, limit=limit)
            return lines, _files_of(connection, lines)

        lines, files = await self._parts.store.read(look)
        if after:  # in the order in which it came: whoever is cut off halfway goes on from there
            lines.sort(key=lambda line: line.changed)
        made = await asyncio.to_thread(self._made, [line for line in lines if line.say and line.say.attach], page)
        frames = (
            self._own(line, files, page) if line.say is None else self._said(line, files, made, page, changed=bool(after))
            for line in lines
        )
        return [frame | {"old": True} for frame in frames if frame]

    def _own(self, line: Line, files: dict[int, Frame], page: _Open) -> Frame:
        shown = [_at_base(files[one], page.base) for one in line.files if one in files]
        text = line.text
        if not text and not shown:  # a shared place, which the records keep where it was needed
            text = f"📍 {catalogue(page.locale).gettext('My location')}"
        return _message(line.id, line.seq, line.at, escape(text), files=shown, of="me")

    def _made(self, lines: Iterable[Line], page: _Open) -> dict[str, Frame]:
        """The files that were made for these lines when they left, by the line's id: made again, they are the same."""
        parts, reader = self._parts, Reader(page.locale, page.zone, self._parts.clock())
        made = {}
        for line in lines:
            assert line.say is not None
            queued_at = YEAR_1970 + timedelta(microseconds=line.changed)
            if file := attachment(line.say, queued_at, reader, parts.renderer, parts.files):
                made[line.id] = self._shown(file, page)
        return made

    def _shown(self, file: OutFile, page: _Open) -> Frame:
        where = address_of(file, page.base, page.person.id, self._parts.store.secret)
        return {"url": where, "kind": file.kind, "name": file.name}

    def _said(self, line: Line, files: dict[int, Frame], made: dict[str, Frame], page: _Open, *, changed: bool) -> Frame | None:
        assert line.say is not None
        renderer, reader = self._parts.renderer, Reader(page.locale, page.zone, self._parts.clock())
        try:
            html, rows = renderer.html(line.say, reader), renderer.keys(line.say.buttons, line.person_id, reader)
        except Exception as problem:  # a text that has gone since: the rest of the chat is shown all the same
            log.error("line_not_shown", id=line.id, text=line.say.text, error=type(problem).__name__)
            return None
        shown = [_at_base(files[one], page.base) for one in line.say.files if one in files]
        shown += [made[line.id]] if line.id in made else []
        return _message(line.id, line.changed if changed else line.seq, line.at, html, rows=rows, files=shown)


def _message(
    message_id: str,
    seq: int,
    at: datetime,
    html: str,
    *,
    rows: Iterable[Iterable[Key]] = (),
    files: Iterable[Frame] = (),
    of: str = "desk",
) -> Frame:
    return {
        "is": "message",
        "seq": seq,
        "id": message_id,
        "from": of,
        "who": None,
        "html": html,
        "buttons": [buttons for row in rows if (buttons := [_key(key) for key in row])],
        "files": list(files),
        "at": at.isoformat(),
        "old": False,
    }


def _key(key: Key) -> dict[str, str]:
    return {"label": key.label, "ref": key.ref, "kind": key.kind, "url": key.url, "style": key.style}


def _file(file_id: int, kind: str, name: str, base: str) -> Frame:
    return {"url": f"{base}/files/{file_id}", "kind": kind, "name": name}


def _files_of(connection: Any, lines: Iterable[Line]) -> dict[int, Frame]:
    """The files of all these lines that can be shown, by id; their addresses are without a base."""
    ids = [one for line in lines for one in (line.say.files if line.say else line.files)]
    return {file.id: _file(file.id, file.kind, file.name, "") for file in files_by_id(connection, ids) if file.content}


def _at_base(file: Frame, base: str) -> Frame:
    return file | {"url": base + file["url"]}


def _at_home(unit: Unit, person_id: int, locale: str, zone: str) -> Person:
    """Note the zone and, unless one was chosen, the language of whoever opened the page."""
    person = unit.person(person_id)
    assert person is not None
    wanted = person.locale if person.language_chosen else locale
    if (wanted, zone) != (person.locale, person.zone):
        person.locale, person.zone = wanted, zone
        unit.save_person(person)
    return person


def _read(data: str) -> Frame:
    """A saying; an empty one when it is none."""
    try:
        said = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _words(text: object) -> str:
    """Text that every database takes: no NUL, no half of a surrogate pair."""
    if not isinstance(text, str):
        raise TypeError("text")
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _typed(text: str) -> Said:
    """A typed "/command arg" is a command here too."""
    if text.startswith("/") and len(text) > 1 and text[1].isalpha():
        name, _, arg = text[1:].partition(" ")
        return Command(name.casefold(), arg.strip())
    return Text(text)


def _label(token: object) -> str:
    """What a scanned address said of the machine; whether it is any good is the dialog's to judge."""
    if not isinstance(token, str) or not LABEL.fullmatch(token):
        raise ValueError("label")
    return token


def _moment(value: Any) -> int:
    """Microseconds since 1970 that a datetime can hold."""
    moment = int(value)
    if not 0 <= moment <= LAST_MOMENT:
        raise ValueError("moment")
    return moment


def _degrees(value: Any, most: int) -> float:
    degrees = float(value)
    if not -most <= degrees <= most:  # false for a NaN as well
        raise ValueError("degrees")
    return degrees


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
