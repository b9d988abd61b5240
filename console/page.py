"""Owns what every page of the console stands on: who is in and may be, the form's mark, the language, the template."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
from aiohttp import web
from markupsafe import Markup

from aftersales.people import ABOVE, AT_THE_DESK, Person
from aftersales.say import Say
from aftersales.ticket import Refusal
from console.prices import price
from console.remaining import remaining
from dialogs.wording import LANGUAGE_NAMES
from notifier.doors import PARTS, brings_csrf, csrf, page_locale, whoever_is_in
from notifier.parts import Parts
from notifier.rendering import TEXTS, Reader, environment
from storage.errors import StorageError

log = structlog.get_logger("console")
BASE = "/console"
STATIC = "/static/console"
TEMPLATES = Path(__file__).resolve().parent / "templates"
DESK_ROLES = AT_THE_DESK

Answer = Awaitable[web.StreamResponse]


class Form:
    """The words that came with a post. A name that is missing reads as "" or nothing, whatever was sent."""

    def __init__(self, fields: Mapping[str, Any] | None = None) -> None:
        self._fields: Any = fields or {}

    def words(self, name: str) -> str:
        """What was typed, without blanks around it; browsers send CR LF for the end of a line, everybody else means LF."""
        value = self._fields.get(name, "")
        return value.replace("\r\n", "\n").replace("\0", "").strip() if isinstance(value, str) else ""

    def number(self, name: str) -> int:
        """A whole number, 0 when it is none."""
        return whole(self.words(name))

    def numbers(self, name: str) -> list[int]:
        """Every whole number sent under that name."""
        sent = self._fields.getall(name, []) if hasattr(self._fields, "getall") else []
        return [whole(value) for value in sent if isinstance(value, str) and whole(value)]

    def several(self, name: str) -> list[str]:
        """Everything sent under that name."""
        sent = self._fields.getall(name, []) if hasattr(self._fields, "getall") else []
        return [value for value in sent if isinstance(value, str)]

    def typed(self) -> dict[str, str]:
        """Everything typed, so that a page that refuses can show it again."""
        return {name: value for name, value in self._fields.items() if isinstance(value, str)}


def whole(text: str) -> int:
    """A whole number as a browser sends it, 0 when it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of somebody who is in and holds a role of the desk; *form* is empty unless they posted."""

    request: web.Request
    parts: Parts
    person: Person
    form: Form

    @property
    def reader(self) -> Reader:
        """In the language that the person chose, else in their browser's."""
        locale = self.person.locale if self.person.language_chosen else page_locale(self.request, self.person.locale)
        return Reader(locale, self.person.zone, self.parts.clock())

    def page(self, template: str, status: int = 200, **facts: Any) -> web.Response:
        """A whole page."""
        return web.Response(text=self.piece(template, **facts), status=status, content_type="text/html")

    def piece(self, template: str, **facts: Any) -> str:
        """The HTML of one template: a page, or a part of one for a live change."""
        reader = self.reader
        mine = {"me": self.person, "csrf": csrf(self.request, BASE), "is_supervisor": bool(self.person.roles & ABOVE)}
        return _rendered(template, reader, self.parts.firm, here=self.request.rel_url.path_qs, **mine, **facts)

    def refusal(self, refusal: Refusal) -> Markup:
        """The sentence of a refusal, as the chat says it."""
        return self.said(Say(f"refused/{refusal.reason}", refusal.params))

    def said(self, say: Say) -> Markup:
        """What the chat says, in the words of this page's reader."""
        return Markup(self.parts.renderer.html(say, self.reader))  # noqa: S704 rendered with autoescape

    def missing(self) -> web.Response:
        """The page for what is not there."""
        return self.page("missing.html", 404)


def staff_only(handler: Callable[[Visit], Answer]) -> Callable[[web.Request], Answer]:
    """Let only dispatchers and supervisors through, and posts only from a form of their own session."""

    async def answer(request: web.Request) -> web.StreamResponse:
        found = await whoever_is_in(request, BASE)
        if found is None:
            return stranger_page(request, "stranger.html", 401, why="no_session")
        person, _chat = found
        if not person.roles & DESK_ROLES:
            return stranger_page(request, "stranger.html", 403, why="no_role")
        form = Form()
        if request.method == "POST":
            form = await posted(request)
            if not _is_ours(request, form):
                return stranger_page(request, "stranger.html", 403, why="forged")
        try:
            return await handler(Visit(request, request.app[PARTS], person, form))
        except StorageError:
            log.exception("console_not_answered", path=request.path)
            return stranger_page(request, "stranger.html", 503, why="busy")

    return answer


def supervisors_only(handler: Callable[[Visit], Answer]) -> Callable[[Visit], Answer]:
    """Further in: for what opens doors to others."""

    async def answer(visit: Visit) -> web.StreamResponse:
        if not visit.person.roles & ABOVE:
            return stranger_page(visit.request, "stranger.html", 403, why="no_role")
        return await handler(visit)

    return answer


async def posted(request: web.Request) -> Form:
    """
    The form of a post.

    Raises:
        HTTPBadRequest: it is no form, or not written in the encoding it claims.
    """
    try:
        return Form(await request.post())
    except (ValueError, LookupError) as broken:
        raise web.HTTPBadRequest from broken


def stranger_page(request: web.Request, template: str, status: int, **facts: Any) -> web.Response:
    """A page for somebody who is not let in, or not yet."""
    parts = request.app[PARTS]
    reader = Reader(page_locale(request, parts.default_locale), parts.default_zone, parts.clock())
    return web.Response(text=_rendered(template, reader, parts.firm, **facts), status=status, content_type="text/html")


def _is_ours(request: web.Request, form: Form) -> bool:
    try:
        return brings_csrf(request, BASE, form.words("csrf"))
    except UnicodeEncodeError:  # half a surrogate pair: no browser sends that
        return False


def _rendered(template: str, reader: Reader, firm: str, **facts: Any) -> str:
    env = environment(reader.locale, TEMPLATES, TEXTS)
    env.filters.setdefault("remaining", remaining)
    env.filters.setdefault("price", price)
    return env.get_template(template).render(
        reader=reader,
        lang=reader.locale.replace("_", "-"),
        firm=firm,
        static=STATIC,
        base=BASE,
        languages=LANGUAGE_NAMES,
        **facts,
    )
