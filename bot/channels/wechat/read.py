"""Owns what WeChat's callbacks mean: their XML read into an Event, whatever stands in it."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Literal
from xml.parsers import expat

from dialogs.event import MAX_TEXT, Command, Event, Files, Other, Place, Reach, Said, Sender, Text, Upload

NAME = "wechat"
MOST_ID = 80

_OPENID = re.compile(r"[A-Za-z0-9_-]{1,40}")
_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:\s+(.*))?", re.DOTALL)
_SCENE = "qrscene_"
_KEY = re.compile(r"[a-z_]{1,32}")

Allowance = Literal["", "message", "touch"]
"""What somebody's act allows us to send beside the reply: as after a message, as after a touch (menu, follow, scan), nothing."""


class NotXml(Exception):
    """No XML as WeChat writes it."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """
    One callback.

    Args:
        chat: the sender's OpenID.
        account: to whom it was sent; a reply names it as its sender.
        event: None when nobody has to answer.
        allows: what may be sent because of it.
    """

    chat: str
    account: str
    event: Event | None
    allows: Allowance = ""


def read_fields(content: bytes) -> dict[str, str]:
    """
    The texts of the root's children, by name; what lies deeper is left out.

    Raises:
        NotXml: it is none, or it declares a document type or an entity.
    """
    fields: dict[str, str] = {}
    path: list[str] = []
    parts: list[str] = []

    def begins(name: str, _attributes: object) -> None:
        path.append(name)

    def reads(text: str) -> None:
        if len(path) == 2:
            parts.append(text)

    def ends(name: str) -> None:
        if len(path) == 2:
            fields[name] = "".join(parts)
            parts.clear()
        path.pop()

    def declares(*_what: object) -> None:
        raise NotXml("a declaration")

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = begins, ends
    parser.CharacterDataHandler = reads
    # No declarations, so no entities but the five of XML: nothing grows, nothing is fetched.
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = declares
    try:
        parser.Parse(content, True)
    except expat.ExpatError:
        raise NotXml("not well-formed") from None
    return fields


def read_incoming(fields: Mapping[str, str], now: datetime) -> Incoming | None:
    """
    One callback's fields as what happened; never raises, whatever stands in them.

    Args:
        now: aware UTC, when it was received.

    Returns:
        None when it does not even say who did it.
    """
    chat = fields.get("FromUserName", "")
    if not _OPENID.fullmatch(chat):
        return None
    account, kind = fields.get("ToUserName", ""), fields.get("MsgType", "")
    if kind == "event":
        said, allows = _happened(fields)
    else:
        said, allows = _said(kind, fields), "message"
    event = Event(_update(chat, fields), Sender(NAME, chat), now, said) if said else None
    return Incoming(chat, account, event, allows)


def _update(chat: str, fields: Mapping[str, str]) -> str:
    """What stays the same when WeChat brings it again: the message's id, or who did what when."""
    if number := fields.get("MsgId", ""):
        return number[:MOST_ID]
    whole = ":".join((chat, fields.get("CreateTime", ""), fields.get("Event", ""), fields.get("EventKey", "")))
    if len(whole) <= MOST_ID:
        return whole
    return f"{chat}:{sha256(whole.encode()).hexdigest()[:32]}"


def _said(kind: str, fields: Mapping[str, str]) -> Said:
    media = fields.get("MediaId", "")
    match kind:
        case "text":
            return _typed(fields.get("Content", ""))
        case "voice" if heard := fields.get("Recognition", "").strip():
            return Text(heard[:MAX_TEXT])  # what was spoken answers a question as well as what was typed
        case "image" if media:
            return Files((Upload("photo", f"{NAME}:{media}", mime="image/jpeg"),))
        case "voice" if media:
            return Files((Upload("audio", f"{NAME}:{media}", mime=f"audio/{fields.get('Format', 'amr')[:20] or 'amr'}"),))
        case "video" | "shortvideo" if media:
            return Files((Upload("video", f"{NAME}:{media}", mime="video/mp4"),))
        case "location" if place := _place(fields):
            return place
        case "link":
            lines = (fields.get("Title", ""), fields.get("Description", ""), fields.get("Url", ""))
            return Text("\n".join(line.strip() for line in lines if line.strip())[:MAX_TEXT])
        case _:
            return Other(kind[:40])


def _typed(text: str) -> Text | Command:
    if command := _COMMAND.fullmatch(text.strip()):
        return Command(command[1].lower(), (command[2] or "").strip()[:MAX_TEXT])
    return Text(text[:MAX_TEXT])


def _happened(fields: Mapping[str, str]) -> tuple[Said | None, Allowance]:
    key = fields.get("EventKey", "")
    match fields.get("Event", ""):
        case "subscribe":  # being written from makes the address good again; and whoever follows is welcomed
            return Command("start", key.removeprefix(_SCENE)[:MAX_TEXT]), "touch"
        case "unsubscribe":
            return Reach(False), ""
        case "SCAN":
            return Command("start", key[:MAX_TEXT]), "touch"
        case "CLICK" if _KEY.fullmatch(key):
            return Command(key), "touch"
        case _:  # a link opened, a place reported in the background, a job done: nobody waits for an answer
            return None, ""


def _place(fields: Mapping[str, str]) -> Place | None:
    try:
        lat, lon = float(fields.get("Location_X", "")), float(fields.get("Location_Y", ""))
    except ValueError:
        return None
    good = math.isfinite(lat) and math.isfinite(lon) and abs(lat) <= 90 and abs(lon) <= 180
    return Place(lat, lon) if good else None
