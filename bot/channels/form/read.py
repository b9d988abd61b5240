"""Owns reading a posted form: the fields as typed, the photos into our store, and what of it the dialog's questions accept."""

import asyncio
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from hmac import compare_digest

from aiohttp import BodyPartReader, web

from aftersales.say import Say
from bot.channels.email.address import normalised
from bot.channels.form.guard import sign
from dialogs.event import Upload
from dialogs.report.about_machine import FAMILIES, of_asset
from dialogs.report.question import Problem, Values
from dialogs.report.questions import QUESTIONS
from dialogs.talk import Talk
from dialogs.understanding.serial import normalise_serial
from notifier.parts import Parts
from storage.errors import FileRefused
from storage.files import sniff

FIELDS = ("family", "serial", "model", "fault", "extent", "since", "code", "tried", "contact", "phone", "email", "site", "wished")
NEEDED = ("fault", "contact", "site")
OPTIONAL = ("model", "since", "code", "tried", "wished")
FAMILY_NAMES = tuple(family for row in FAMILIES for family in row)
MOST_PHOTOS = 10
LONGEST = 20_000  # letters of one field that are looked at


@dataclass(slots=True)
class Posted:
    """
    What came with a POST.

    Args:
        typed: fields by name, stripped.
        kept: photos that lie in our store, as tokens that the page brings back.
        wrong: by field, why it cannot be taken.
    """

    typed: dict[str, str] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)
    wrong: dict[str, Say] = field(default_factory=dict)


async def read_post(request: web.Request, parts: Parts) -> Posted:
    """Read the form, sent with photos or without; a photo that cannot be taken is a wrong field, never an error."""
    posted = Posted()
    if not request.content_type.startswith("multipart/"):
        if request.content_type == "application/x-www-form-urlencoded":
            for name, value in (await request.post()).items():
                _typed(posted, name, str(value), parts)
        return posted
    reader = await request.multipart()
    while (part := await reader.next()) is not None:
        if not isinstance(part, BodyPartReader):
            continue
        if part.filename is None:
            text = (await part.read(decode=True)) if part.name else b""
            _typed(posted, part.name or "", bytes(text[: LONGEST * 4]).decode("utf-8", "replace"), parts)
        elif part.filename:
            await _photo(posted, part, parts)
        else:
            await part.release()
    return posted


def _typed(posted: Posted, name: str, value: str, parts: Parts) -> None:
    if name == "kept":
        if upload_of(value, parts) and len(posted.kept) < MOST_PHOTOS:
            posted.kept.append(value)
    elif name:
        posted.typed[name] = value.replace("\r\n", "\n").replace("\x00", "").strip()[:LONGEST]


async def _photo(posted: Posted, part: BodyPartReader, parts: Parts) -> None:
    content, limit = bytearray(), parts.files.max_bytes
    while chunk := await part.read_chunk(65536):
        if len(content) <= limit:
            content += chunk
    if not content:
        return
    name = (part.filename or "photo")[:200]
    try:
        if len(content) > limit:
            raise FileRefused("too_big")
        sniff(bytes(content), name)
        stored = await asyncio.to_thread(parts.files.put, bytes(content))
    except FileRefused as refused:
        posted.wrong["photos"] = Say(f"files/{refused.args[0]}")
        return
    token = f"{stored}.{urlsafe_b64encode(name.encode()).decode()}"
    if len(posted.kept) < MOST_PHOTOS:
        posted.kept.append(f"{token}.{sign(parts.store.secret, token)}")


def upload_of(token: str, parts: Parts) -> Upload | None:
    """The photo behind a token that we handed out; None for any other."""
    body, _, seal = token.rpartition(".")
    stored, _, packed = body.partition(".")
    if not compare_digest(seal.encode(), sign(parts.store.secret, body).encode()) or not parts.files.has(stored):
        return None
    name, content = urlsafe_b64decode(packed.encode()).decode(), parts.files.read(stored)
    with suppress(FileRefused):
        kind, mime = sniff(content, name)
        return Upload(kind, f"store:{stored}", name, mime, len(content))
    return None


def answers(talk: Talk, typed: Mapping[str, str], *, danger: bool) -> tuple[Values, dict[str, Say]]:
    """
    The fields as the dialog's own questions read them.

    Args:
        danger: then nothing is insisted on, and what cannot be read is left out: help comes first.

    Returns:
        (values, wrong): fields of the report; by field the sentence that the chat would say.
    """
    values, wrong = _machine(talk, typed)
    for name in (*NEEDED, *OPTIONAL):
        if typed.get(name) or name in NEEDED:
            _read(talk, name, typed.get(name, ""), values, wrong)
    if typed.get("extent") in ("1", "2", "3"):
        values["extent"] = int(typed["extent"])
    else:
        wrong["extent"] = Say("report/tap_one")
    if typed.get("phone"):
        _read(talk, "phone", typed["phone"], values, wrong)
    address = normalised(typed.get("email", ""))
    if typed.get("email") and not address:
        wrong["email"] = Say("form/mail_invalid")
    if not typed.get("phone") and not typed.get("email"):
        wrong["phone"] = Say("form/how_to_reach")
    return values, {} if danger else wrong


def _read(talk: Talk, name: str, text: str, values: Values, wrong: dict[str, Say]) -> None:
    answer = QUESTIONS[name].read(talk, values, text)
    if isinstance(answer, Problem):
        wrong[name] = Say(answer.text, answer.params)
    else:
        values |= answer


def _machine(talk: Talk, typed: Mapping[str, str]) -> tuple[Values, dict[str, Say]]:
    """The machine on record with that serial number, else the kind that was picked."""
    serial = normalise_serial(typed.get("serial", ""))[:80]
    asset = talk.records.asset_by_serial(serial) if serial else None
    if asset:
        known = of_asset(asset)
        return {name: known[name] for name in ("asset_id", "serial", "family", "brand", "model") if name in known}, {}
    if typed.get("family") in FAMILY_NAMES:
        return {"family": typed["family"], "serial": serial}, {}
    return {"serial": serial}, {"family": Say("report/product_unknown")}
