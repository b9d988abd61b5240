"""Owns the files of the web chat: taking an upload, the token by which a saying names it, and showing a stored file again."""

import asyncio
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Sequence
from hashlib import sha256
from tempfile import SpooledTemporaryFile
from urllib.parse import quote

import msgspec
from aiohttp import BodyPartReader, web

from aftersales.people import AT_THE_DESK, Role
from aftersales.say import Say
from dialogs.event import Upload
from notifier import doors
from notifier.attachments import visit_entry
from notifier.calendar_file import MIME as CALENDAR_ENTRY
from notifier.channel import OutFile
from notifier.parts import Parts
from notifier.rendering import Reader
from storage.errors import FileRefused, StorageError
from storage.files import sniff
from storage.uploads import files_by_id, may_see

INLINE = ("photo", "video", "audio")
SEES_ALL = AT_THE_DESK | {Role.SUPPORT}
KEPT_AT_ONCE = 2  # contents in memory at the same time; the others wait in scratch files
IN_MEMORY = 256 * 1024  # bytes of one upload before it goes to a scratch file
FORM_EXTRA = 8192  # bytes of a form around the file that it carries


class ChatFiles:
    """The uploads of every web chat, and the files shown in it."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._keeping = asyncio.Semaphore(KEPT_AT_ONCE)

    def uploads(self, tokens: Sequence[str], person_id: int) -> tuple[Upload, ...]:
        """What these tokens name, in order; tokens that are broken, or were given to somebody else, name nothing."""
        named = (open_token(token, person_id, self._parts.store.secret) for token in tokens)
        return tuple(one for one in named if one and self._parts.files.has(one.remote.removeprefix("store:")))

    async def take(self, request: web.Request, base: str) -> web.StreamResponse:
        """POST one file: its token and kind, or one sentence that says why it is not taken."""
        parts = self._parts
        inside = await doors.whoever_is_in(request, base)
        if inside is None or request.headers.get("X-Mendline") != "1":
            raise web.HTTPForbidden
        person = inside[0]
        try:
            with SpooledTemporaryFile(max_size=IN_MEMORY) as scratch:
                name = await _receive(request, parts.files.max_bytes, scratch)
                async with self._keeping:
                    upload = await asyncio.to_thread(self._keep, scratch, name)
        except FileRefused as refused:
            reader = Reader(person.locale, person.zone, parts.clock())
            sentence = parts.renderer.plain(Say(f"files/{refused.args[0]}"), reader)
            return web.json_response({"say": sentence}, status=413 if refused.args[0] == "too_big" else 415)
        token = make_token(upload, person.id, parts.store.secret)
        return web.json_response({"token": token, "name": name, "kind": upload.kind, "url": ""})

    def _keep(self, scratch: "SpooledTemporaryFile[bytes]", name: str) -> Upload:
        scratch.seek(0)
        content = scratch.read()
        kind, mime = sniff(content, name)
        return Upload(kind, f"store:{self._parts.files.put(content)}", name, mime, len(content))

    async def show(self, request: web.Request, base: str) -> web.StreamResponse:
        """GET a stored file: 404 alike for what is not there and what is not theirs to see."""
        parts = self._parts
        inside = await doors.whoever_is_in(request, base)
        if inside is None:
            raise web.HTTPUnauthorized
        person = inside[0]
        wanted = int(request.match_info["id"])
        found = await parts.store.read(
            lambda c: [f for f in files_by_id(c, [wanted]) if person.roles & SEES_ALL or may_see(c, f, person.id)]
        )
        if not found or not found[0].content:
            raise web.HTTPNotFound
        file = found[0]
        headers = {"Content-Type": file.mime or "application/octet-stream", "Cache-Control": "private, max-age=86400"}
        if file.kind not in INLINE:
            headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file.name, safe='')}"
        try:
            return web.FileResponse(parts.files.path(file.content), headers=headers)
        except StorageError as gone:
            raise web.HTTPNotFound from gone

    async def visit(self, request: web.Request, base: str) -> web.StreamResponse:
        """GET the calendar's entry of a visit: 404 alike for what is none, and for an address made out to somebody else."""
        inside = await doors.whoever_is_in(request, base)
        if inside is None:
            raise web.HTTPUnauthorized
        content, secret = request.match_info["content"], self._parts.store.secret
        given = request.query.get("seal", "")
        if not hmac.compare_digest(given.encode(), _seal(f"visit|{content}", inside[0].id, secret).encode()):
            raise web.HTTPNotFound
        found = await asyncio.to_thread(visit_entry, content, self._parts.files)
        if found is None:
            raise web.HTTPNotFound
        headers = {
            "Content-Type": f"{CALENDAR_ENTRY}; charset=utf-8",
            "Content-Disposition": f'attachment; filename="{found[0]}"',
            "Cache-Control": "private, max-age=86400",
        }
        return web.Response(body=found[1], headers=headers)


def address_of(file: OutFile, base: str, person_id: int, secret: bytes) -> str:
    """Where *person_id* finds a file of a message; one that is on no record is named by its content, for them alone."""
    if file.mime != CALENDAR_ENTRY:
        return f"{base}/files/{file.id}"
    content = file.path.name
    return f"{base}/visits/{content}.ics?seal={_seal(f'visit|{content}', person_id, secret)}"


def make_token(upload: Upload, person_id: int, secret: bytes) -> str:
    """Name an upload so that only *person_id* can send it, and nobody can name a content that they did not bring."""
    body = urlsafe_b64encode(msgspec.json.encode(upload)).decode()
    return f"{body}.{_seal(body, person_id, secret)}"


def open_token(token: str, person_id: int, secret: bytes) -> Upload | None:
    """Read a token back; None when it is broken or was given to somebody else."""
    body, _, mark = token.partition(".")
    if not hmac.compare_digest(mark.encode(), _seal(body, person_id, secret).encode()):
        return None
    try:
        return msgspec.json.decode(urlsafe_b64decode(body.encode()), type=Upload)
    except (NotBase64, msgspec.DecodeError):
        return None  # sealed by an older Mendline


def _seal(body: str, person_id: int, secret: bytes) -> str:
    return hmac.new(secret, f"upload|{person_id}|{body}".encode(), sha256).hexdigest()[:32]


async def _receive(request: web.Request, most: int, into: "SpooledTemporaryFile[bytes]") -> str:
    """
    Write the posted file to *into* and return its name.

    Raises:
        FileRefused: too_big, or wrong_kind when there is no file in it.
    """
    if (request.content_length or 0) > most + FORM_EXTRA:
        raise FileRefused("too_big")
    if request.content_type != "multipart/form-data":
        raise FileRefused("wrong_kind")
    try:
        async for part in await request.multipart():
            if isinstance(part, BodyPartReader) and part.name == "file":
                size = 0
                while chunk := await part.read_chunk(65536):
                    size += len(chunk)
                    if size > most:
                        raise FileRefused("too_big")
                    into.write(chunk)
                return (part.filename or "file").replace("\0", "")[:200]
    except (ValueError, AssertionError) as broken:  # a form without a boundary, or cut off inside
        raise FileRefused("wrong_kind") from broken
    raise FileRefused("wrong_kind")
