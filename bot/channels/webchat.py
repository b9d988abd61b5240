"""
Owns the web chat: a page, a WebSocket, uploads. It works with no account anywhere, and is a channel like the others.

What the page and the socket say to each other stands in docs/howto/web-chat-protocol.md.
"""

import asyncio
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import timedelta
from html import escape
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

import structlog
from aiohttp import WSMsgType, web

from aftersales.people import Person, Role
from aftersales.say import Say
from dialogs.event import Command, Contact, Event, Files, Place, Press, Said, Sender, Text, Upload
from dialogs.home import menu_rows
from dialogs.wording import LOCALES, nearest_locale
from notifier import doors
from notifier.channel import Key, Limits, Message, OutFile, Receipt, Take
from notifier.parts import Parts
from notifier.rendering import Reader, environment
from storage.errors import FileRefused, StorageError
from storage.files import sniff
from storage.transcript import Line, micros, transcript
from storage.unit import Unit
from storage.uploads import files_by_id, may_see

log = structlog.get_logger("webchat")
FACE = Path(__file__).parent / "webchat_face"
STATIC = "/static/chat"
LANG = {"zh_CN": "zh-Hans", "zh_TW": "zh-Hant", "en": "en"}
FRAME_LIMIT = 64 * 1024
INLINE = ("photo", "video", "audio")
DEMO_ROLES = {"customer": Role.CUSTOMER, "dispatcher": Role.DISPATCHER, "engineer": Role.ENGINEER}


@dataclass(slots=True, eq=False)
class _Open:
    """One open page."""

    socket: web.WebSocketResponse
    person: Person
    chat: str
    base: str
    locale: str
    zone: str


class WebChat:
    """The channel "web". Its chats are the addresses that doors.let_in hands out."""

    name = "web"
    limits = Limits()

    def __init__(self, parts: Parts, take: Take) -> None:
        self._parts = parts
        self._take = take
        self._open: dict[str, set[_Open]] = {}

    # -- the channel ------------------------------------------------------------------------------------------------

    async def deliver(self, chat: str, message: Message) -> Receipt:
        """Hand it to every open page of the chat; who is not there finds it on coming back."""
        message_id = message.edit or f"o{message.id}"
        assert message.at is not None
        for page in tuple(self._open.get(chat, ())):
            frame = self._frame(message_id, micros(message.at), message, page.base)
            await self._send(page, frame | {"at": message.at.isoformat()})
        return Receipt(message_id)

    async def close(self) -> None:
        """Close every page's socket; the pages come back by themselves."""
        for pages in tuple(self._open.values()):
            for page in tuple(pages):
                await page.socket.close(code=1012)

    def _frame(self, message_id: str, seq: int, message: Message, base: str) -> dict[str, Any]:
        return {
            "is": "message",
            "seq": seq,
            "id": message_id,
            "from": "desk",
            "who": None,
            "html": message.html,
            "buttons": [[_key(key) for key in row] for row in message.rows],
            "files": [_file(file, base) for file in message.files],
            "old": False,
        }

    async def _send(self, page: _Open, frame: dict[str, Any]) -> None:
        try:
            await page.socket.send_json(frame)
        except (ConnectionError, RuntimeError):
            self._open.get(page.chat, set()).discard(page)

    # -- routes -----------------------------------------------------------------------------------------------------

    def routes(self) -> list[web.AbstractRouteDef]:
        """Everything below /, /chat, /join and, for a demo firm, /demo."""
        routes: list[web.AbstractRouteDef] = [
            web.get("/", self._home),
            web.get("/join/{token}", self._see_link),
            web.post("/join/{token}", self._use_link),
            web.static(STATIC, FACE),
            *self._routes_at("/chat"),
        ]
        if self._parts.demo:
            routes.append(web.get("/demo", self._demo))
            for role in DEMO_ROLES:
                routes += self._routes_at(f"/demo/{role}")
        return routes

    def _routes_at(self, base: str) -> list[web.AbstractRouteDef]:
        async def page(request: web.Request) -> web.StreamResponse:
            return await self._page(request, base)

        async def socket(request: web.Request) -> web.StreamResponse:
            return await self._socket(request, base)

        async def upload(request: web.Request) -> web.StreamResponse:
            return await self._upload(request, base)

        async def file(request: web.Request) -> web.StreamResponse:
            return await self._serve_file(request, base)

        return [
            web.get(base, page),
            web.get(f"{base}/", page),
            web.get(f"{base}/ws", socket),
            web.post(f"{base}/upload", upload),
            web.get(f"{base}/files/{{id:\\d+}}", file),
        ]

    async def _home(self, request: web.Request) -> web.StreamResponse:
        raise web.HTTPFound("/chat")

    async def _page(self, request: web.Request, base: str) -> web.StreamResponse:
        parts = self._parts
        inside = await doors.whoever_is_in(request, base)
        locale = doors.page_locale(request, parts.default_locale)
        token = ""
        if inside is None:
            token, person = await parts.store.write(lambda unit: self._admit(unit, base, locale))
        else:
            person = inside[0]
        if person.language_chosen:
            locale = person.locale
        role = next((r.value for r in (Role.DISPATCHER, Role.SUPERVISOR, Role.ENGINEER) if r in person.roles), "customer")
        response = self._render(
            "page.html",
            locale,
            base=base,
            title=parts.firm,
            role=role,
            person=person.name,
            embedded=base.startswith("/demo/"),
        )
        if token:
            doors.give_cookie(response, base, token, secure=parts.public_url.startswith("https"))
        return response

    def _admit(self, unit: Unit, base: str, locale: str) -> tuple[str, Person]:
        """A new visitor, or on the demo page the demo firm's person of that role."""
        role = DEMO_ROLES.get(base.removeprefix("/demo/")) if base.startswith("/demo/") else None
        if role is None:
            person = unit.add_person("", locale, self._parts.default_zone)
            chat = ""
        else:
            person = unit.demo_person(role)
            chat = next((chat for channel, chat in unit.addresses(person.id) if channel == "web"), "")
        token, _ = doors.let_in(unit, person.id, chat)
        return token, person

    async def _demo(self, request: web.Request) -> web.StreamResponse:
        token = await self._parts.store.write(self._demo_console_link)
        locale = doors.page_locale(request, self._parts.default_locale)
        return self._render("demo.html", locale, title=self._parts.firm, console_url=f"/console/enter/{token}")

    @staticmethod
    def _demo_console_link(unit: Unit) -> str:
        return unit.make_link(Role.DISPATCHER, timedelta(hours=8), unit.demo_person(Role.DISPATCHER).id)

    async def _see_link(self, request: web.Request) -> web.StreamResponse:
        token = request.match_info["token"]
        parts = self._parts
        good = await parts.store.read(lambda c: Unit(c, parts.clock(), "", b"").look_at_link(token))
        name = ""
        if good and good[1]:
            person = await parts.store.read(lambda c: Unit(c, parts.clock(), "", b"").person(good[1] or 0))
            name = person.name if person else ""
        locale = doors.page_locale(request, parts.default_locale)
        return self._render(
            "enter.html",
            locale,
            title=parts.firm,
            name=name,
            role=good[0].value if good else "",
            csrf=doors.csrf_of(parts.store.secret, token),
            problem="" if good else "used",
            status=200 if good else 410,
        )

    async def _use_link(self, request: web.Request) -> web.StreamResponse:
        token, parts = request.match_info["token"], self._parts
        form = await request.post()
        if form.get("csrf") != doors.csrf_of(parts.store.secret, token):
            raise web.HTTPForbidden
        locale = doors.page_locale(request, parts.default_locale)

        def enter(unit: Unit) -> str:
            good = unit.look_at_link(token)
            if good is None:
                return ""
            role, person_id = good
            person_id = person_id or unit.add_person("", locale, parts.default_zone).id
            if not unit.use_link(token, person_id):
                return ""
            unit.grant(person_id, role)
            session, chat = doors.let_in(unit, person_id)
            person = unit.person(person_id)
            assert person is not None
            unit.queue("web", chat, person_id, Say("home/joined", {"role": role.value, "name": person.name}, menu_rows(person)))
            return session

        session = await parts.store.write(enter)
        if not session:
            raise web.HTTPSeeOther(f"/join/{token}")
        response = web.HTTPSeeOther("/chat")
        doors.give_cookie(response, "/chat", session, secure=parts.public_url.startswith("https"))
        raise response

    def _render(self, template: str, locale: str, *, status: int = 200, **context: Any) -> web.Response:
        page = environment(locale, FACE).get_template(template)
        text = page.render(static=STATIC, locale=locale, lang=LANG[locale], **context)
        return web.Response(text=text, content_type="text/html", status=status)

    # -- the socket -------------------------------------------------------------------------------------------------

    async def _socket(self, request: web.Request, base: str) -> web.StreamResponse:
        if request.headers.get("Origin", "").partition("://")[2] not in ("", request.host):
            raise web.HTTPForbidden
        inside = await doors.whoever_is_in(request, base)
        if inside is None:
            raise web.HTTPUnauthorized
        person, chat = inside
        socket = web.WebSocketResponse(heartbeat=25, max_msg_size=FRAME_LIMIT)
        await socket.prepare(request)
        page = _Open(socket, person, chat, base, person.locale, person.zone)
        self._open.setdefault(chat, set()).add(page)
        try:
            async for frame in socket:
                if frame.type == WSMsgType.TEXT:
                    await self._heard(page, frame.data)
        finally:
            self._open.get(chat, set()).discard(page)
            if not self._open.get(chat):
                self._open.pop(chat, None)
        return socket

    async def _heard(self, page: _Open, data: str) -> None:
        try:
            said = json.loads(data)
            do = str(said["do"])
        except (ValueError, KeyError, TypeError):
            log.info("frame_unreadable")
            return
        try:
            if do == "hello":
                await self._hello(page, said)
            elif do == "older":
                await self._history(page, before=int(said["before"]))
            elif event := self._event(page, do, said):
                await self._take_event(page, event, str(said["id"]))
        except StorageError:
            log.warning("not_taken")  # the page was told nothing and sends it again
        except (KeyError, ValueError, TypeError):
            log.info("frame_unreadable", do=do)
            if "id" in said:
                await self._send(page, {"is": "taken", "id": str(said["id"])})

    async def _hello(self, page: _Open, said: dict[str, Any]) -> None:
        page.zone = _zone(str(said.get("zone", "")), page.zone)
        locale = nearest_locale(str(said.get("locale", "")), page.locale)
        page.person = await self._parts.store.write(lambda unit: _at_home(unit, page, locale))
        page.locale = page.person.locale
        await self._send(page, {"is": "ready", "person": page.person.name, "locale": page.locale})
        shown = await self._history(page, after=int(said.get("after") or 0))
        if not shown and not said.get("after"):
            await self._take(self._made(page, "hello", Command("start")))

    async def _history(self, page: _Open, *, after: int = 0, before: int = 0) -> bool:
        parts = self._parts
        await parts.store.write(lambda unit: None)  # marks of what was just shown become visible
        lines = await parts.store.read(lambda c: transcript(c, page.chat, after=after, before=before))
        for line in lines:
            await self._send(page, await self._line(page, line, changed=bool(after)))
        return bool(lines)

    async def _line(self, page: _Open, line: Line, *, changed: bool) -> dict[str, Any]:
        parts = self._parts
        ids = line.say.files if line.say else line.files
        files = await parts.store.read(lambda c: files_by_id(c, ids)) if ids else []
        shown = [_file(OutFile(f.id, f.kind, f.name, f.mime, parts.files.path(f.content)), page.base) for f in files if f.content]
        if line.say is None:
            frame = _own(line.id, line.seq, line.text, line.at.isoformat())
            return frame | {"files": shown, "old": True}
        reader = Reader(page.locale, page.zone, parts.clock())
        rows = parts.renderer.keys(line.say.buttons, line.person_id, reader)
        message = Message(0, parts.renderer.html(line.say, reader), rows)
        seq = line.changed if changed else line.seq
        return self._frame(line.id, seq, message, page.base) | {"files": shown, "at": line.at.isoformat(), "old": True}

    def _event(self, page: _Open, do: str, said: dict[str, Any]) -> Event | None:
        match do:
            case "say":
                return self._made(page, str(said["id"]), _words(str(said["text"])))
            case "press":
                return self._made(page, str(said["id"]), Press(str(said["ref"])[:64], str(said.get("of", ""))))
            case "place":
                return self._made(page, str(said["id"]), Place(float(said["lat"]), float(said["lon"])))
            case "contact":
                return self._made(page, str(said["id"]), Contact(str(said["phone"]), str(said.get("name", "")), own=True))
            case "files":
                uploads = tuple(filter(None, (self._upload_of(str(token)) for token in said["files"][:10])))
                return self._made(page, str(said["id"]), Files(uploads, str(said.get("text") or "")))
        return None

    def _made(self, page: _Open, event_id: str, said: Said) -> Event:
        sender = Sender("web", page.chat, page.person.name, page.locale.replace("_", "-"), page.zone)
        return Event(f"{page.chat}:{event_id}"[:80], sender, self._parts.clock(), said)

    async def _take_event(self, page: _Open, event: Event, event_id: str) -> None:
        toast = await self._take(event)
        await self._send(page, {"is": "taken", "id": event_id})
        if toast:
            await self._send(page, {"is": "toast", "text": toast})
        if isinstance(event.said, Press | Command):
            await self._follow_language(page)
        else:
            await self._echo(page, event, event_id)

    async def _echo(self, page: _Open, event: Event, event_id: str) -> None:
        """The person's own words, for their other open pages and with their stored pictures."""
        text = event.said.text if isinstance(event.said, Text) else ""
        if isinstance(event.said, Files):
            text = event.said.caption
        elif isinstance(event.said, Place):
            text = f"{event.said.lat:.5f}, {event.said.lon:.5f}"
        frame = _own(event_id, micros(event.at), text, event.at.isoformat())
        for other in tuple(self._open.get(page.chat, ())):
            if isinstance(event.said, Files):
                await self._history(other, after=micros(event.at) - 1)
            else:
                await self._send(other, frame)

    async def _follow_language(self, page: _Open) -> None:
        parts = self._parts
        person = await parts.store.read(lambda c: Unit(c, parts.clock(), "", b"").person(page.person.id))
        if person and person.language_chosen and person.locale != page.locale:
            page.locale = person.locale
            await self._send(page, {"is": "reload"})

    # -- files ------------------------------------------------------------------------------------------------------

    async def _upload(self, request: web.Request, base: str) -> web.StreamResponse:
        parts = self._parts
        inside = await doors.whoever_is_in(request, base)
        if inside is None or request.headers.get("X-Mendline") != "1":
            raise web.HTTPForbidden
        reader = Reader(inside[0].locale, inside[0].zone, parts.clock())
        try:
            name, content = await _read_upload(request, parts.files.max_bytes)
            kind, _mime = sniff(content, name)
            stored = await asyncio.to_thread(parts.files.put, content)
        except FileRefused as refused:
            sentence = parts.renderer.plain(Say(f"files/{refused.args[0]}"), reader)
            return web.json_response({"say": sentence}, status=413 if refused.args[0] == "too_big" else 415)
        token = f"{stored}.{urlsafe_b64encode(name.encode()).decode()}"
        return web.json_response({"token": token, "name": name, "kind": kind, "url": ""})

    def _upload_of(self, token: str) -> Upload | None:
        stored, _, packed = token.partition(".")
        if not self._parts.files.has(stored):
            return None
        name = urlsafe_b64decode(packed.encode()).decode()
        content = self._parts.files.read(stored)
        kind, mime = sniff(content, name)
        return Upload(kind, f"store:{stored}", name, mime, len(content))

    async def _serve_file(self, request: web.Request, base: str) -> web.StreamResponse:
        parts = self._parts
        inside = await doors.whoever_is_in(request, base)
        if inside is None:
            raise web.HTTPUnauthorized
        person = inside[0]
        found = await parts.store.read(lambda c: files_by_id(c, [int(request.match_info["id"])]))
        if not found or not found[0].content:
            raise web.HTTPNotFound
        file = found[0]
        staff = person.roles & {Role.DISPATCHER, Role.SUPERVISOR, Role.SUPPORT}
        if not staff and not await parts.store.read(lambda c: may_see(c, file, person.id)):
            raise web.HTTPNotFound
        headers = {"Content-Type": file.mime or "application/octet-stream", "Cache-Control": "private, max-age=86400"}
        if file.kind not in INLINE:
            headers["Content-Disposition"] = "attachment"
        return web.FileResponse(parts.files.path(file.content), headers=headers)


def _own(message_id: str, seq: int, text: str, at: str) -> dict[str, Any]:
    return {
        "is": "message",
        "seq": seq,
        "id": message_id,
        "from": "me",
        "who": None,
        "html": escape(text),
        "buttons": [],
        "files": [],
        "at": at,
        "old": False,
    }


def _key(key: Key) -> dict[str, str]:
    return {"label": key.label, "ref": key.ref, "kind": key.kind, "url": key.url, "style": key.style}


def _file(file: OutFile, base: str) -> dict[str, str]:
    return {"url": f"{base}/files/{file.id}", "kind": file.kind, "name": file.name}


def _words(text: str) -> Said:
    """A typed "/command arg" is a command here too."""
    if text.startswith("/") and len(text) > 1 and text[1].isalpha():
        name, _, arg = text[1:].partition(" ")
        return Command(name.casefold(), arg.strip())
    return Text(text)


def _zone(wanted: str, present: str) -> str:
    return wanted if wanted in available_timezones() else present


def _at_home(unit: Unit, page: _Open, locale: str) -> Person:
    """Note the zone and, unless one was chosen, the language of whoever opened the page."""
    person = unit.person(page.person.id)
    assert person is not None
    wanted = person.locale if person.language_chosen or locale not in LOCALES else locale
    if (wanted, page.zone) != (person.locale, person.zone):
        person.locale, person.zone = wanted, page.zone
        unit.save_person(person)
    return person


async def _read_upload(request: web.Request, limit: int) -> tuple[str, bytes]:
    """
    The posted file.

    Raises:
        FileRefused: too_big.
    """
    reader = await request.multipart()
    async for part in reader:
        if getattr(part, "name", None) != "file":
            continue
        content = bytearray()
        while chunk := await part.read_chunk(65536):  # type: ignore[union-attr]
            content += chunk
            if len(content) > limit:
                raise FileRefused("too_big")
        return (getattr(part, "filename", "") or "file")[:200], bytes(content)
    raise FileRefused("wrong_kind")
