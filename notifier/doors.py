"""Owns the door of the web faces: session cookies, one-time links, request forgery, security headers. No passwords anywhere."""

import hmac
import secrets
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

from aiohttp import web

from aftersales.people import Person
from dialogs.wording import nearest_locale
from notifier.parts import Parts
from storage.unit import Unit
from storage.units.people import find_session

SESSION_LASTS = timedelta(days=60)
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; font-src 'self'; "
    "connect-src 'self'; frame-src 'self'; frame-ancestors 'self'; form-action 'self'; base-uri 'none'"
)
FACE = Path(__file__).parent / "face"
FACE_AT = "/static/face"
PARTS: web.AppKey[Parts] = web.AppKey("parts", Parts)


def shared_look() -> web.StaticDef:
    """The route of what every face wears: the palette and the mark."""
    return web.static(FACE_AT, FACE)


@web.middleware
async def security_headers(request: web.Request, handler: object) -> web.StreamResponse:
    """Every answer carries the strict headers, refusals too."""
    try:
        response: web.StreamResponse = await handler(request)  # type: ignore[operator]
    except web.HTTPException as refusal:
        _harden(refusal)
        raise
    if not response.prepared:
        _harden(response)
    return response


def _harden(response: web.StreamResponse) -> None:
    response.headers.setdefault("Content-Security-Policy", CSP)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Cache-Control", "no-store")


def cookie_name(base: str) -> str:
    """One cookie for each face: "/console" and "/chat" do not see each other's."""
    return "mendline_" + (base.strip("/").replace("/", "_") or "root")


async def whoever_is_in(request: web.Request, base: str) -> tuple[Person, str] | None:
    """The person (and their web chat address) whose session cookie for the face at *base* came with the request."""
    parts, token = request.app[PARTS], request.cookies.get(cookie_name(base), "")
    if not token:
        return None

    found = await parts.store.read(lambda connection: find_session(connection, token, parts.clock()))
    if found is None:
        return None
    person_id, chat = found
    person = await parts.store.read(lambda connection: Unit(connection, parts.clock(), "", b"").person(person_id))
    return (person, chat) if person else None


def let_in(unit: Unit, person_id: int, chat: str = "") -> tuple[str, str]:
    """Open a session inside a transaction: (token, web chat address); without *chat* a new address is made for the person."""
    if not chat:
        chat = secrets.token_urlsafe(12)
        unit.add_address("web", chat, person_id)
    return unit.start_session(person_id, chat, SESSION_LASTS), chat


def give_cookie(response: web.StreamResponse, base: str, token: str, *, secure: bool) -> None:
    """Hand the session to the browser: unreadable for scripts, sent to this face only."""
    response.set_cookie(
        cookie_name(base),
        token,
        max_age=int(SESSION_LASTS.total_seconds()),
        path=base or "/",
        httponly=True,
        samesite="Lax",
        secure=secure,
    )


def csrf(request: web.Request, base: str) -> str:
    """The mark that a form of this session must bring back."""
    return _mark(request.app[PARTS].store.secret, request.cookies.get(cookie_name(base), ""))


def csrf_of(secret: bytes, token: str) -> str:
    """The mark for a given token: of a session, or of a one-time link."""
    return _mark(secret, token)


def brings_csrf(request: web.Request, base: str, mark: str) -> bool:
    """Whether a posted form carries the right mark."""
    return hmac.compare_digest(mark.encode(), csrf(request, base).encode())


def _mark(secret: bytes, token: str) -> str:
    return hmac.new(secret, f"csrf|{token}".encode(), sha256).hexdigest()[:32]


def page_locale(request: web.Request, default: str) -> str:
    """The language that the browser asks for, of those we have."""
    return nearest_locale(request.headers.get("Accept-Language", "").split(",")[0].strip(), default)
