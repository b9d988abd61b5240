"""Owns the web chat's pages: the chat itself, the three phones of a demo firm, and the one-time links that let people in."""

import hmac
from datetime import timedelta
from pathlib import Path
from typing import Any

from aiohttp import web

from aftersales.people import Person, Role
from aftersales.say import Say
from dialogs.home import menu_rows
from notifier import doors
from notifier.parts import Parts
from notifier.rendering import Reader, environment
from storage.unit import Unit

FACE = Path(__file__).parent / "face"
STATIC = "/static/chat"
LANG = {"zh_CN": "zh-Hans", "zh_TW": "zh-Hant", "en": "en"}
BASE = "/chat"
DEMO_ROLES = {"/demo/customer": Role.CUSTOMER, "/demo/dispatcher": Role.DISPATCHER, "/demo/engineer": Role.ENGINEER}
SHOWN_ROLES = (Role.DISPATCHER, Role.SUPERVISOR, Role.ENGINEER)
CONSOLE_LINK_LASTS = timedelta(hours=8)


class Pages:
    """Everything of the web chat that is a page."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def routes(self) -> list[web.AbstractRouteDef]:
        """What stands outside the chats: the way to them, the links, and for a demo firm /demo."""
        routes: list[web.AbstractRouteDef] = [
            web.get("/", self._home),
            web.get("/join/{token}", self._see_link),
            web.post("/join/{token}", self._use_link),
            web.static(STATIC, FACE),
        ]
        if self._parts.demo:
            routes.append(web.get("/demo", self._demo, allow_head=False))
        return routes

    async def chat(self, request: web.Request, base: str) -> web.StreamResponse:
        """The page of the chat at *base*; whoever comes without a session becomes a new person and gets one."""
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
        response = self.render(
            "page.html",
            locale,
            base=base,
            title=parts.firm,
            role=next((role.value for role in SHOWN_ROLES if role in person.roles), "customer"),
            person=person.name,
            embedded=base in DEMO_ROLES,
            most_bytes=parts.files.max_bytes,
            too_big=parts.renderer.plain(Say("files/too_big"), Reader(locale, person.zone, parts.clock())),
        )
        if token:
            doors.give_cookie(response, base, token, secure=parts.public_url.startswith("https"))
        return response

    def _admit(self, unit: Unit, base: str, locale: str) -> tuple[str, Person]:
        """A new visitor, or on the demo page the demo firm's person of that role."""
        role = DEMO_ROLES.get(base)
        if role is None:
            person = unit.add_person("", locale, self._parts.default_zone)
            chat = ""
        else:
            person = unit.demo_person(role)
            chat = next((chat for channel, chat in unit.addresses(person.id) if channel == "web"), "")
        token, _ = doors.let_in(unit, person.id, chat)
        return token, person

    async def _home(self, request: web.Request) -> web.StreamResponse:
        raise web.HTTPFound(BASE)

    async def _demo(self, request: web.Request) -> web.StreamResponse:
        token = await self._parts.store.write(
            lambda unit: unit.make_link(Role.DISPATCHER, CONSOLE_LINK_LASTS, unit.demo_person(Role.DISPATCHER).id)
        )
        locale = doors.page_locale(request, self._parts.default_locale)
        return self.render("demo.html", locale, title=self._parts.firm, console_url=f"/console/enter/{token}")

    # -- one-time links ---------------------------------------------------------------------------------------------

    async def _see_link(self, request: web.Request) -> web.StreamResponse:
        """Looking does not use it up: chat apps look at every link that is sent."""
        token, parts = request.match_info["token"], self._parts

        def look(unit: Unit) -> tuple[str, str] | None:
            good = unit.look_at_link(token)
            person = unit.person(good[1]) if good and good[1] else None
            return (good[0].value, person.name if person else "") if good else None

        good = await parts.store.read(lambda c: look(Unit(c, parts.clock(), "", b"")))
        role, name = good or ("", "")
        return self.render(
            "enter.html",
            doors.page_locale(request, parts.default_locale),
            title=parts.firm,
            name=name,
            role=role,
            csrf=doors.csrf_of(parts.store.secret, token),
            problem="" if good else "over",
            status=200 if good else 410,
        )

    async def _use_link(self, request: web.Request) -> web.StreamResponse:
        token, parts = request.match_info["token"], self._parts
        mark = str((await request.post()).get("csrf", ""))
        if not hmac.compare_digest(mark.encode("utf-8", "replace"), doors.csrf_of(parts.store.secret, token).encode()):
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
        response = web.HTTPSeeOther(BASE)
        doors.give_cookie(response, BASE, session, secure=parts.public_url.startswith("https"))
        raise response

    def render(self, template: str, locale: str, *, status: int = 200, **context: Any) -> web.Response:
        """One of the pages in face/."""
        page = environment(locale, FACE).get_template(template)
        text = page.render(static=STATIC, locale=locale, lang=LANG[locale], **context)
        return web.Response(text=text, content_type="text/html", status=status)
