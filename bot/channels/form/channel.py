"""
Owns the form at /form: a report without a chat and without any script, opened by the same rules and sentences as in the chat.

What keeps robots out stands in guard.py, what the fields mean in read.py, the pages in face/.
"""

from dataclasses import dataclass
from hmac import compare_digest
from pathlib import Path
from typing import Any

import structlog
from aiohttp import web
from markupsafe import Markup

from aftersales.desk import Desk
from aftersales.people import Person
from aftersales.say import Say
from aftersales.ticket import Ticket
from bot.channels.email.address import normalised
from bot.channels.form.guard import QUICKEST, Counter, address_of, age_of, new_stamp, sign
from bot.channels.form.read import FAMILY_NAMES, FIELDS, MOST_PHOTOS, Posted, answers, read_post, upload_of
from dialogs import front
from dialogs.event import Event, Sender, Text, Upload
from dialogs.report import REPORT
from dialogs.talk import Talk
from dialogs.understanding.hazard import read_hazards
from dialogs.wording import LANGUAGE_NAMES, LOCALES, word
from notifier import doors
from notifier.parts import Parts
from notifier.rendering import Reader, environment
from storage.errors import StorageError
from storage.unit import Unit

log = structlog.get_logger("form")
BASE = "/form"
FACE = Path(__file__).parent / "face"
STATIC = "/static/form"
LANG = {"zh_CN": "zh-Hans", "zh_TW": "zh-Hant", "en": "en"}
# Where a browser's region tells how phone numbers are written; the hour is the same in all of them.
ZONES = {"CN": "Asia/Shanghai", "TW": "Asia/Taipei", "HK": "Asia/Hong_Kong", "MO": "Asia/Macau", "SG": "Asia/Singapore"}
DANGER_TIMES = 3  # a report of danger is taken when others from the same address are not any more


class _NotYet(Exception):
    """Something has to be filled in differently; nothing was written."""

    def __init__(self, wrong: dict[str, Say]) -> None:
        super().__init__(", ".join(wrong))
        self.wrong = wrong


class _Again(Exception):
    """The same form was posted before; its ticket is there already."""


@dataclass(frozen=True, slots=True)
class _Opened:
    """A report that was taken: its ticket, and the session that leads on into the chat ("" when it goes on by mail)."""

    ticket: Ticket
    session: str


class ReportForm:
    """
    The form.

    Args:
        per_hour: reports from one network address; 0: there is no form.
        mails: whether this desk writes mails, so that a mail address is an address of the person.
    """

    def __init__(self, parts: Parts, *, per_hour: int, mails: bool) -> None:
        self._parts = parts
        self._per_hour = per_hour
        self._mails = mails
        self._counter = Counter(per_hour)

    def routes(self) -> list[web.AbstractRouteDef]:
        """Everything below /form."""
        if not self._per_hour:
            return []
        return [
            web.get(BASE, self._show),
            web.post(BASE, self._take),
            web.get(BASE + r"/sent/{ticket:\d+}.{way:chat|mail}.{seal}", self._sent),
            web.post(BASE + "/chat", self._to_chat),
            web.static(STATIC, FACE),
        ]

    # -- pages ------------------------------------------------------------------------------------------------------

    async def _show(self, request: web.Request) -> web.StreamResponse:
        return self._form(request, Posted(), {})

    async def _take(self, request: web.Request) -> web.StreamResponse:
        parts, posted = self._parts, await read_post(request, self._parts)
        now, who, typed = parts.clock(), address_of(request), posted.typed
        age = age_of(typed.get("stamp", ""), parts.store.secret, now)
        if typed.get("website") or age is None or age < QUICKEST:
            return self._form(request, posted, posted.wrong, notice="once_more", status=422)
        danger = bool(read_hazards(typed.get("fault", "")))
        if self._counter.full(who, now, times=DANGER_TIMES if danger else 1):
            log.warning("form_too_many", address=sign(parts.store.secret, who))
            return self._form(request, posted, posted.wrong, notice="too_many", status=429)
        if posted.wrong and not danger:
            return self._form(request, posted, posted.wrong, status=422)
        inside = await doors.whoever_is_in(request, BASE)
        uploads = [upload for token in posted.kept if (upload := upload_of(token, parts))]
        locale, zone = self._locale(request, posted), self._zone(request)
        try:
            opened = await parts.store.write(lambda unit: self._open(unit, posted, uploads, locale, zone, inside, danger=danger))
        except _NotYet as problem:
            return self._form(request, posted, problem.wrong, status=422)
        except _Again:
            return self._form(request, Posted(), {}, notice="sent_already")
        except StorageError:
            return self._form(request, posted, posted.wrong, notice="later", status=503)
        self._counter.count(who, now)
        body = f"{opened.ticket.id}.{'chat' if opened.session else 'mail'}"
        response = web.HTTPSeeOther(f"{BASE}/sent/{body}.{sign(parts.store.secret, body)}?lang={locale}")
        if opened.session:
            doors.give_cookie(response, BASE, opened.session, secure=parts.public_url.startswith("https"))
        raise response

    async def _sent(self, request: web.Request) -> web.StreamResponse:
        parts, way = self._parts, request.match_info["way"]
        body = f"{request.match_info['ticket']}.{way}"
        if not compare_digest(request.match_info["seal"].encode(), sign(parts.store.secret, body).encode()):
            raise web.HTTPNotFound
        number = int(request.match_info["ticket"])
        ticket = await parts.store.read(lambda c: Unit(c, parts.clock(), "", b"").ticket(number))
        if ticket is None:
            raise web.HTTPNotFound
        reader = Reader(self._locale(request), parts.default_zone, parts.clock())
        about = {"number": ticket.number, "hazard": ticket.hazard, "advice": {}}
        advice = Markup(parts.renderer.html(Say("danger/advice", about), reader).replace("\n", "<br>")) if ticket.hazard else ""  # noqa: S704
        inside = await doors.whoever_is_in(request, BASE) if way == "chat" else None
        return self._render(
            request,
            "sent.html",
            number=ticket.number,
            respond_by=ticket.respond_by,
            reader=reader,
            advice=advice,
            by_mail=way == "mail",
            remote=ticket.state == "remote",
            goes_on=inside is not None and inside[0].id == ticket.customer_id,
            csrf=doors.csrf(request, BASE),
        )

    async def _to_chat(self, request: web.Request) -> web.StreamResponse:
        """Let the reporter into the web chat, as the person of their report."""
        form = await request.post()
        inside = await doors.whoever_is_in(request, BASE)
        if inside is None or not doors.brings_csrf(request, BASE, str(form.get("csrf", ""))):
            raise web.HTTPForbidden
        response = web.HTTPSeeOther("/chat")
        token = request.cookies[doors.cookie_name(BASE)]
        doors.give_cookie(response, "/chat", token, secure=self._parts.public_url.startswith("https"))
        raise response

    def _form(
        self, request: web.Request, posted: Posted, wrong: dict[str, Say], *, notice: str = "", status: int = 200
    ) -> web.Response:
        parts, locale = self._parts, self._locale(request, posted)
        reader = Reader(locale, parts.default_zone, parts.clock())
        stamp = posted.typed.get("stamp", "")
        if age_of(stamp, parts.store.secret, reader.now) is None:
            stamp = new_stamp(parts.store.secret, reader.now)
        advice = ""
        if notice == "too_many" and (hazards := read_hazards(posted.typed.get("fault", ""))):
            say = Say("danger/advice", {"number": "", "hazard": hazards[0].kind, "advice": {}})
            advice = parts.renderer.plain(say, reader).rpartition("\n\n")[0]  # the last lines would say that we know of it
        return self._render(
            request,
            "form.html",
            posted,
            status=status,
            typed={name: posted.typed.get(name, "") for name in FIELDS},
            wrong={name: parts.renderer.plain(say, reader) for name, say in wrong.items()},
            families=[(name, word(f"family.{name}", locale)) for name in FAMILY_NAMES],
            extents=[(str(n), word(f"button.extent_{n}", locale)) for n in (1, 2, 3)],
            names={name: word(f"field.{name}", locale) for name in (*FIELDS, "photos", "product")},
            kept=posted.kept,
            most_photos=MOST_PHOTOS,
            stamp=stamp,
            notice=notice,
            advice=advice,
        )

    def _render(
        self, request: web.Request, template: str, posted: Posted | None = None, *, status: int = 200, **context: Any
    ) -> web.Response:
        locale = self._locale(request, posted)
        page = environment(locale, FACE).get_template(template)
        languages = [(one, LANG[one], LANGUAGE_NAMES[one]) for one in LOCALES if one != locale]
        text = page.render(
            static=STATIC,
            look=doors.FACE_AT,
            lang=LANG[locale],
            locale=locale,
            languages=languages,
            title=self._parts.firm,
            **context,
        )
        return web.Response(text=text, content_type="text/html", status=status)

    def _locale(self, request: web.Request, posted: Posted | None = None) -> str:
        """The language picked on the page, else the browser's."""
        picked = (posted.typed.get("lang") if posted else "") or request.query.get("lang", "")
        return picked if picked in LOCALES else doors.page_locale(request, self._parts.default_locale)

    def _zone(self, request: web.Request) -> str:
        """The reporter's zone as far as the browser's language tells, which knows no more than a region."""
        first = request.headers.get("Accept-Language", "").split(",")[0].partition(";")[0]
        region, home = first.rpartition("-")[2].strip().upper(), self._parts.default_zone
        return ZONES.get(region, home) if home in ZONES.values() else home

    # -- the report -------------------------------------------------------------------------------------------------

    def _open(
        self,
        unit: Unit,
        posted: Posted,
        uploads: list[Upload],
        locale: str,
        zone: str,
        inside: tuple[Person, str] | None,
        *,
        danger: bool,
    ) -> _Opened:
        """Open the ticket in one transaction, by the report's own dialog; raises _NotYet or _Again before anything is kept."""
        typed, parts = posted.typed, self._parts
        address = normalised(typed.get("email", ""))
        person, channel, chat, session = self._reporter(unit, typed, address, (locale, zone), inside)
        event = Event(f"form:{typed['stamp'].rpartition('.')[0]}", Sender(channel, chat), unit.now, Text(typed.get("fault", "")))
        conversation = unit.conversation(person.id)
        talk = Talk(event, person, conversation, Desk(unit, unit.now, parts.policies), unit, parts.library)
        values, wrong = answers(talk, typed, danger=danger)
        if wrong:
            raise _NotYet(wrong)
        if not unit.is_new(event, person.id):
            raise _Again
        unit.answer_at(channel, chat, person.id)
        talk.files = tuple(unit.keep_file(upload, person.id) for upload in uploads)
        unit.name_files(event, talk.files)
        if address and not values.get("phone") and not self._mails:
            values["contact"] = f"{values.get('contact', '')} {address}".strip()  # nobody else here would know how to answer
        values |= {"photos": list(talk.files), "trail": []}
        if danger:
            talk.conversation.enter("report", "fault", **values)
            front.take(talk, None)
        else:
            REPORT.choose(talk, talk.conversation.enter("report", "review", **values), "confirm")
        unit.save_conversation(conversation)
        ticket = unit.ticket(conversation.focus or 0)
        assert ticket is not None
        if channel == "web" and ("email", address) in unit.addresses(person.id):
            opened = {"number": ticket.number, "respond_by": ticket.respond_by, "service": ticket.report.service}
            unit.queue("email", address, person.id, Say("report/opened", opened))
        return _Opened(ticket, session)

    def _reporter(
        self, unit: Unit, typed: dict[str, str], address: str, home: tuple[str, str], inside: tuple[Person, str] | None
    ) -> tuple[Person, str, str, str]:
        """
        Who reports (a new person is at *home*: language and zone), and (channel, chat, session) by which they hear of it.

        Whoever types the mail address of a customer opens a report for them, but hears of it only by that mail: anybody can type
        an address. An address of the staff is not touched.
        """
        known = unit.person_at("email", address) if address and self._mails else None
        if inside and not inside[0].is_staff() and (known is None or known.id == inside[0].id):
            person = unit.person(inside[0].id)
            assert person is not None
            chat = inside[1]
            session = unit.start_session(person.id, chat, doors.SESSION_LASTS)
        elif known and not known.is_staff():
            return known, "email", address, ""
        else:
            person = unit.add_person(typed.get("contact", "")[:60], *home)
            session, chat = doors.let_in(unit, person.id)
        if address and self._mails and known is None:
            unit.add_address("email", address, person.id)
        return person, "web", chat, session
