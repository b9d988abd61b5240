"""Owns how a rendered message becomes calls of the Bot API: texts, buttons, keyboards, files and albums, within its limits."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import groupby
from typing import Any

from bot.channels.telegram.driver import Attachment
from bot.channels.telegram.markup import split, visible_length
from notifier.channel import Key, Message, OutFile

MOST_TEXT = 4096
MOST_CAPTION = 1024
MOST_ALBUM = 10
MOST_TOAST = 200

_PHOTOS = ("", "image/jpeg", "image/png", "image/webp")
_VIDEOS = ("", "video/mp4")
_AUDIOS = ("", "audio/mpeg", "audio/mp4", "audio/x-m4a")

_NO_PREVIEW = {"is_disabled": True}


@dataclass(frozen=True, slots=True)
class ApiCall:
    """One call to make. Two with the same content are equal."""

    method: str
    params: Mapping[str, Any]
    files: tuple[Attachment, ...] = ()


def write(chat: str, message: Message) -> list[ApiCall]:
    """
    The calls that bring *message* to *chat*, in order.

    An edit is the first call, unless the message needs what an edit cannot bring: a keyboard below the input field, or
    taking one away. Buttons stand on the last text. Files go with the text as their caption when it is short enough and
    the buttons, if any, can stand there too (they cannot on an album); otherwise the text goes first.
    """
    if _asks(message.rows):
        message = replace(message, html=message.html + _links(message.rows))
    keyboard = _keyboard(message.rows)
    edits = bool(message.edit) and not _asks(message.rows) and not (message.drops_keyboard and not keyboard)
    groups = list(_groups(message.files))
    captioned = (
        not edits
        and bool(groups)
        and visible_length(message.html) <= MOST_CAPTION
        and (not keyboard or (len(groups) == 1 and len(groups[0]) == 1))
    )
    calls = [] if captioned else _texts(chat, message, edits, keyboard)
    for group in groups:
        caption = message.html if captioned and group is groups[0] else ""
        calls.append(_sending(chat, group, caption, keyboard if captioned else None))
    return _dropping(calls) if message.drops_keyboard else calls


def editing_caption(call: ApiCall) -> ApiCall | None:
    """What changes a picture's caption where *call* wanted to change a text; None when the words are too many for that."""
    if visible_length(call.params["text"]) > MOST_CAPTION:
        return None
    params = {name: value for name, value in call.params.items() if name not in ("text", "link_preview_options")}
    return ApiCall("editMessageCaption", {**params, "caption": call.params["text"]})


def as_documents(call: ApiCall) -> ApiCall:
    """The same call with every photo or video as a plain file."""
    if call.method == "sendMediaGroup":
        media = [{**item, "type": "document"} for item in call.params["media"]]
        return replace(call, params={**call.params, "media": media})
    return replace(call, method="sendDocument", files=tuple(replace(one, field="document") for one in call.files))


def carrier(calls: Sequence[ApiCall]) -> int:
    """The index of the call whose message carries the text and its buttons."""
    return max((index for index, call in enumerate(calls) if "text" in call.params), default=0)


def toast(text: str) -> str:
    """The text as far as it fits into the answer to a press."""
    if len(text.encode("utf-16-le", "replace")) // 2 <= MOST_TOAST:
        return text
    kept = text[: MOST_TOAST - 1]
    while len(kept.encode("utf-16-le", "replace")) // 2 > MOST_TOAST - 1:
        kept = kept[:-1]
    return kept + "…"


def _texts(chat: str, message: Message, edits: bool, keyboard: dict[str, Any] | None) -> list[ApiCall]:
    parts = split(message.html, MOST_TEXT) if message.html or not message.files else []
    calls = []
    for index, part in enumerate(parts):
        params: dict[str, Any] = {"chat_id": chat}
        edit = edits and index == 0
        if edit:
            params["message_id"] = message.edit
        params |= {"text": part, "parse_mode": "HTML", "link_preview_options": _NO_PREVIEW}
        if keyboard and index == len(parts) - 1:
            params["reply_markup"] = keyboard
        calls.append(ApiCall("editMessageText" if edit else "sendMessage", params))
    return calls


def _sending(chat: str, group: list[OutFile], caption: str, keyboard: dict[str, Any] | None) -> ApiCall:
    words: dict[str, Any] = {"caption": caption, "parse_mode": "HTML"} if caption else {}
    if len(group) == 1:
        kind = _kind(group[0])
        if keyboard:
            words["reply_markup"] = keyboard
        return ApiCall(f"send{kind.capitalize()}", {"chat_id": chat, **words}, (_attachment(kind, group[0]),))
    media: list[dict[str, Any]] = [{"type": _kind(file), "media": f"attach://file{index}"} for index, file in enumerate(group)]
    media[0] |= words
    attached = tuple(_attachment(f"file{index}", file) for index, file in enumerate(group))
    return ApiCall("sendMediaGroup", {"chat_id": chat, "media": media}, attached)


def _dropping(calls: list[ApiCall]) -> list[ApiCall]:
    """Take the keyboard away with the first message that has room for saying so; an album and an edit have none."""
    for index, call in enumerate(calls):
        if call.method not in ("editMessageText", "sendMediaGroup") and "reply_markup" not in call.params:
            calls[index] = replace(call, params={**call.params, "reply_markup": {"remove_keyboard": True}})
            break
    return calls


def _groups(files: Iterable[OutFile]) -> Iterable[list[OutFile]]:
    """Neighbours that may share an album: photos and videos mix, documents and audios keep to themselves, voices stay alone."""
    for _, neighbours in groupby(files, key=lambda file: {"video": "photo"}.get(_kind(file), _kind(file))):
        together = list(neighbours)
        most = 1 if _kind(together[0]) == "voice" else MOST_ALBUM
        yield from (together[at : at + most] for at in range(0, len(together), most))


def _kind(file: OutFile) -> str:
    """What Telegram shows the file as; what it would not take as a photo, video or audio goes as a document."""
    if file.kind == "photo" and file.mime in _PHOTOS:
        return "photo"
    if file.kind == "video" and file.mime in _VIDEOS:
        return "video"
    if file.kind == "audio" and file.mime in _AUDIOS:
        return "audio"
    return "voice" if file.kind == "audio" and file.mime == "audio/ogg" else "document"


def _attachment(field: str, file: OutFile) -> Attachment:
    return Attachment(field, file.name or f"{file.kind}{file.id}", file.mime, file.path)


def _asks(rows: tuple[tuple[Key, ...], ...]) -> bool:
    return any(key.kind in ("contact", "location") for row in rows for key in row)


def _links(rows: tuple[tuple[Key, ...], ...]) -> str:
    """Links as lines of the text: a keyboard below the input field cannot hold them."""
    links = (key for row in rows for key in row if key.kind == "link")
    return "".join(f'\n<a href="{escape(key.url)}">{escape(key.label)}</a>' for key in links)


def _keyboard(rows: tuple[tuple[Key, ...], ...]) -> dict[str, Any] | None:
    if not _asks(rows):
        inline = [[_inline(key) for key in row] for row in rows if row]
        return {"inline_keyboard": inline} if inline else None
    below = [[_below(key) for key in row if key.kind != "link"] for row in rows]
    return {"keyboard": [row for row in below if row], "one_time_keyboard": True, "resize_keyboard": True}


def _inline(key: Key) -> dict[str, Any]:
    does = {"url": key.url} if key.kind == "link" else {"callback_data": key.ref}
    return _styled({"text": key.label, **does}, key)


def _below(key: Key) -> dict[str, Any]:
    asks = {f"request_{key.kind}": True} if key.kind in ("contact", "location") else {}
    return _styled({"text": key.label, **asks}, key)


def _styled(button: dict[str, Any], key: Key) -> dict[str, Any]:
    return {**button, "style": key.style} if key.style else button
