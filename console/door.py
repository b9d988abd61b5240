"""Owns the console's door: the one-time link, coming in, leaving, and the language one reads in."""

import hmac
from dataclasses import dataclass

from aiohttp import web

from aftersales.people import Person
from console.page import BASE, DESK_ROLES, Visit, posted, stranger_page
from dialogs.wording import LOCALES
from notifier.doors import PARTS, cookie_name, csrf_of, give_cookie, let_in, page_locale
from storage.queries import end_session
from storage.unit import Unit

ADDRESS = "console"  # a session of the console is no chat: messages go on to wherever the person reads them


@dataclass(frozen=True, slots=True)
class _Guest:
    """Whom a link is for; *person* is None when it invites whoever opens it."""

    role: str
    person: Person | None


async def home(visit: Visit) -> web.StreamResponse:
    """Those who are in go on to the queue."""
    raise web.HTTPSeeOther(f"{BASE}/queue")


async def doorstep(request: web.Request) -> web.StreamResponse:
    """What a one-time link opens; looking at it does not use it up, so a chat app's preview does no harm."""
    parts, token = request.app[PARTS], request.match_info["token"]
    guest = await parts.store.read(lambda connection: _look(Unit(connection, parts.clock(), "", b""), token))
    if guest is None:
        return stranger_page(request, "stranger.html", 410, why="used")
    facts = {"guest": guest.person, "role": guest.role, "csrf": csrf_of(parts.store.secret, token), "missing_name": False}
    return stranger_page(request, "enter.html", 200, **facts)


async def enter(request: web.Request) -> web.StreamResponse:
    """Use the link up and let the browser in."""
    parts, token = request.app[PARTS], request.match_info["token"]
    form = await posted(request)
    mark = csrf_of(parts.store.secret, token)
    if not hmac.compare_digest(form.words("csrf").encode(errors="replace"), mark.encode()):
        return stranger_page(request, "stranger.html", 403, why="forged")
    name, locale = form.words("name")[:80], page_locale(request, parts.default_locale)

    def come_in(unit: Unit) -> str | _Guest | None:
        guest = _look(unit, token)
        if guest is None:
            return None
        if guest.person is None and not name:
            return guest
        person = guest.person or unit.add_person(name, locale, parts.default_zone)
        if not unit.use_link(token, person.id):
            return None
        good = DESK_ROLES & {role for role in DESK_ROLES if role.value == guest.role}
        for role in good:
            unit.grant(person.id, role)
        return let_in(unit, person.id, ADDRESS)[0]

    entered = await parts.store.write(come_in)
    if entered is None:
        return stranger_page(request, "stranger.html", 410, why="used")
    if isinstance(entered, _Guest):
        return stranger_page(request, "enter.html", 422, guest=None, role=entered.role, csrf=mark, missing_name=True)
    inside = web.HTTPSeeOther(f"{BASE}/queue")
    give_cookie(inside, BASE, entered, secure=parts.public_url.startswith("https:"))
    raise inside


async def leave(visit: Visit) -> web.StreamResponse:
    """End this browser's session."""
    token = visit.request.cookies.get(cookie_name(BASE), "")
    await visit.parts.store.write(lambda unit: end_session(unit.connection, token, unit.now))
    outside = web.HTTPSeeOther(BASE)
    outside.del_cookie(cookie_name(BASE), path=BASE)
    raise outside


async def choose_language(visit: Visit) -> web.StreamResponse:
    """From now on everything is said in this language, in the chat too."""
    locale, back = visit.form.words("locale"), visit.form.words("back")

    def save(unit: Unit) -> None:
        person = unit.person(visit.person.id)
        if person and locale in LOCALES:
            person.locale, person.language_chosen = locale, True
            unit.save_person(person)

    await visit.parts.store.write(save)
    is_ours = back.startswith(f"{BASE}/") and "\\" not in back and back.isprintable()
    raise web.HTTPSeeOther(back if is_ours else f"{BASE}/queue")


def _look(unit: Unit, token: str) -> _Guest | None:
    """Whom the link lets in here, or None: unknown, used, too old, or for another house."""
    good = unit.look_at_link(token)
    if good is None:
        return None
    role, person_id = good
    person = unit.person(person_id) if person_id else None
    if role not in DESK_ROLES and not (person and person.roles & DESK_ROLES):
        return None
    return _Guest(role.value, person)
