"""Owns what Telegram's updates mean: the Bot API's JSON read into an Event, whatever stands in it."""

import math
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dialogs.event import (
    MAX_TEXT,
    Command,
    Contact,
    Edited,
    Event,
    Files,
    Other,
    Place,
    Press,
    Reach,
    Said,
    Sender,
    Text,
    Upload,
)

NAME = "telegram"
WANTED = ("message", "edited_message", "callback_query", "my_chat_member")
"""The kinds of update that read_update knows; nothing else need be asked for."""

LARGEST_BYTES = 20 * 2**20
"""What the public Bot API lets a bot download."""

_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@\w+)?(?:\s+(.*))?", re.DOTALL)

# An animation also calls itself a document, so it stands before it.
_FILES = (
    ("animation", "video", "video/mp4"),
    ("video", "video", "video/mp4"),
    ("video_note", "video", "video/mp4"),
    ("voice", "audio", "audio/ogg"),
    ("audio", "audio", "audio/mpeg"),
    ("document", "file", ""),
)

# What Telegram itself notes in a chat: nobody said anything, so nobody expects an answer.
_NOTES = (
    "pinned_message",
    "message_auto_delete_timer_changed",
    "chat_background_set",
    "write_access_allowed",
    "forum_topic_created",
    "forum_topic_edited",
    "forum_topic_closed",
    "forum_topic_reopened",
    "proximity_alert_triggered",
)

# Fields that every message has, or may have beside its content.
_AROUND = """
message_id message_thread_id from chat date edit_date sender_chat sender_boost_count sender_business_bot via_bot
reply_to_message external_reply quote reply_to_story forward_origin reply_markup caption caption_entities media_group_id
has_protected_content is_topic_message is_from_offline effect_id link_preview_options entities author_signature
show_caption_above_media has_media_spoiler business_connection_id
"""
_NO_CONTENT = frozenset(_AROUND.split())


def read_update(raw: object, now: datetime) -> Event | None:
    """
    One update of the Bot API as an Event; never raises, whatever *raw* is.

    Args:
        raw: the decoded JSON.
        now: aware UTC, when it was received.

    Returns:
        None for what nobody has to answer: kinds unknown to us, notes that Telegram itself leaves in a chat, moves of a
        live location, and whatever happens in a group or channel, where no dialog runs.
    """
    update = _object(raw)
    number = _integer(update, "update_id")
    if number is None:
        return None
    if query := _object(update.get("callback_query")):
        return _pressed(number, query, now)
    if member := _object(update.get("my_chat_member")):
        return _member(number, member, now)
    if message := _object(update.get("message")):
        return _event(number, message, _said(message), now)
    if message := _object(update.get("edited_message")):
        return _event(number, message, _edited(message), now)
    return None


def press_id(raw: object) -> str:
    """The id by which the press in this update is answered, "" when it is no press."""
    return _text(_object(_object(raw).get("callback_query")), "id")


def _pressed(number: int, query: Mapping[str, Any], now: datetime) -> Event | None:
    ref = _text(query, "data")
    message = _object(query.get("message"))
    if not ref:
        return None
    # The message was the bot's: the person is the query's.
    said = Press(ref, str(_integer(message, "message_id") or ""))
    return _event(number, {"chat": message.get("chat"), "from": query.get("from")}, said, now)


def _member(number: int, change: Mapping[str, Any], now: datetime) -> Event | None:
    status = _text(_object(change.get("new_chat_member")), "status")
    said = {"kicked": Reach(False), "left": Reach(False), "member": Reach(True)}.get(status)
    return _event(number, change, said, now)


def _event(number: int, around: Mapping[str, Any], said: Said | None, now: datetime) -> Event | None:
    chat, user = _object(around.get("chat")), _object(around.get("from"))
    chat_id = _integer(chat, "id")
    if said is None or chat_id is None or _text(chat, "type") != "private":
        return None
    person = user or chat
    name = f"{_text(person, 'first_name')} {_text(person, 'last_name')}".strip()
    sender = Sender(NAME, str(chat_id), name, _text(user, "language_code"))
    message = "" if isinstance(said, Press | Reach) else str(_integer(around, "message_id") or "")
    return Event(str(number), sender, now, said, message=message)


def _said(message: Mapping[str, Any]) -> Said | None:
    if text := _text(message, "text"):
        if command := _COMMAND.fullmatch(text):
            return Command(command[1].lower(), (command[2] or "").strip()[:MAX_TEXT])
        replied = _integer(_object(message.get("reply_to_message")), "message_id")
        return Text(text[:MAX_TEXT], str(replied) if replied is not None else "")
    if upload := _upload(message):
        return Files((upload,), _text(message, "caption")[:MAX_TEXT], _text(message, "media_group_id"))
    if contact := _contact(message):
        return contact
    if place := _place(message):
        return place
    if any(note in message for note in _NOTES):
        return None
    kind = next((key for key in message if isinstance(key, str) and key not in _NO_CONTENT), "")
    return Other(kind[:40])


def _edited(message: Mapping[str, Any]) -> Edited | None:
    text = _text(message, "text") or _text(message, "caption")
    return Edited(text[:MAX_TEXT], str(_integer(message, "message_id") or "")) if text else None


def _upload(message: Mapping[str, Any]) -> Upload | None:
    for name, kind, mime in _FILES:
        if (found := _file(_object(message.get(name)), kind, mime)) is not None:
            return found
    photo = message.get("photo")
    sizes = [one for one in map(_object, photo if isinstance(photo, list) else ()) if _text(one, "file_id")]
    if not sizes:
        return None
    largest = max(sizes, key=lambda one: (_integer(one, "width") or 0) * (_integer(one, "height") or 0))
    return _file(largest, "photo", "image/jpeg")


def _file(found: Mapping[str, Any], kind: str, mime: str) -> Upload | None:
    file_id = _text(found, "file_id")
    if not file_id:
        return None
    size = max(_integer(found, "file_size") or 0, 0)
    return Upload(
        kind, f"{NAME}:{file_id}", _text(found, "file_name"), _text(found, "mime_type") or mime, size, size > LARGEST_BYTES
    )


def _contact(message: Mapping[str, Any]) -> Contact | None:
    contact = _object(message.get("contact"))
    phone = _text(contact, "phone_number")
    if not phone:
        return None
    owner = _integer(contact, "user_id")
    own = owner is not None and owner == _integer(_object(message.get("from")), "id")
    return Contact(phone, f"{_text(contact, 'first_name')} {_text(contact, 'last_name')}".strip(), own)


def _place(message: Mapping[str, Any]) -> Place | None:
    location = _object(message.get("location"))
    lat, lon = _degrees(location, "latitude", 90.0), _degrees(location, "longitude", 180.0)
    return None if lat is None or lon is None else Place(lat, lon)


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(found: Mapping[str, Any], name: str) -> str:
    """The text, without what no database takes: NUL, and half of a character."""
    value = found.get(name)
    if not isinstance(value, str):
        return ""
    return value.encode("utf-8", "replace").decode().replace("\0", "")


def _integer(found: Mapping[str, Any], name: str) -> int | None:
    value = found.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63 else None


def _degrees(found: Mapping[str, Any], name: str, most: float) -> float | None:
    value = found.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or abs(value) > most:
        return None
    return float(value)
