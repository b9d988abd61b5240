"""Methods that put new messages of the bot into a chat."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from tests.botapi.arguments import Arguments
from tests.botapi.chats import Chat, Kind, shown_from
from tests.botapi.errors import bad_request
from tests.botapi.files import StoredFile, describe
from tests.botapi.formatting import parse, utf16_length
from tests.botapi.keyboards import Markup, read_markup
from tests.botapi.world import World

Message = dict[str, Any]

TEXT_AT_MOST = 4096
"""Characters after parsing, counted in UTF-16 units: the stricter reading of Telegram's limit."""
CAPTION_AT_MOST = 1024
PHOTO_AT_MOST = 10 * 1024 * 1024

_FOLDERS: dict[str, tuple[Kind, str, str]] = {
    "photo": ("photo", "photos", "image/jpeg"),
    "document": ("document", "documents", "application/octet-stream"),
    "video": ("video", "videos", "video/mp4"),
    "audio": ("audio", "music", "audio/mpeg"),
    "animation": ("animation", "animations", "video/mp4"),
    "voice": ("voice", "voice", "audio/ogg"),
    "sticker": ("sticker", "stickers", "image/webp"),
}
_ACTIONS = frozenset(
    {
        "typing",
        *(f"{verb}_{thing}" for verb in ("record", "upload") for thing in ("video", "voice", "video_note")),
        "upload_photo",
        "upload_document",
        "choose_sticker",
        "find_location",
    }
)


def read_text(args: Arguments, name: str, most: int, too_long: str) -> tuple[dict[str, Any], str]:
    """
    A text or caption with its entities, as fields of a Message, and its source.

    Raises:
        ApiError: 400 when it cannot be parsed or is longer than `most` after parsing.
    """
    source = args.text(name)
    given = args.decoded("caption_entities" if name == "caption" else "entities", "entities")
    plain, entities = parse(source, args.text("parse_mode"))
    if utf16_length(plain) > most:
        raise bad_request(too_long)
    if not plain:
        return {}, source
    fields: dict[str, Any] = {name: plain}
    if entities or given:
        fields["caption_entities" if name == "caption" else "entities"] = entities or given
    return fields, source


def photo_sizes(world: World, content: bytes, *, from_bot: bool) -> list[dict[str, Any]]:
    """
    The PhotoSize list of a picture, smallest first.

    Each size downloads as the whole picture: this server does not scale, and says each size's true length in bytes.
    """
    sizes = []
    for width, height in ((90, 67), (320, 240), (800, 600), (1280, 960)):
        stored = world.files.store(
            content, "photos", "photo.jpg", "image/jpeg", from_bot=from_bot and width == 1280, variant=str(width)
        )
        sizes.append({**describe(stored), "width": width, "height": height})
    return sizes


class Sending:
    """The send… methods, called under the world's lock."""

    def __init__(self, world: World) -> None:
        self._world = world

    def methods(self) -> dict[str, Callable[[Arguments], Any]]:
        """Method name in lower case → what carries it out."""
        media = {f"send{name}": self._media_method(name) for name in _FOLDERS}
        return {
            **media,
            "sendmessage": self.send_message,
            "sendmediagroup": self.send_media_group,
            "sendlocation": self.send_location,
            "sendcontact": self.send_contact,
            "sendchataction": self.send_chat_action,
            "copymessage": self.copy_message,
            "forwardmessage": self.forward_message,
        }

    def send_message(self, args: Arguments) -> Message:
        """sendMessage."""
        if not args.text("text"):
            raise bad_request("message text is empty")
        fields, html = read_text(args, "text", TEXT_AT_MOST, "message is too long")
        if not fields:
            raise bad_request("text must be non-empty")
        return self._post(self._world.writable_chat(args.text("chat_id")), args, fields, html)

    def send_media_group(self, args: Arguments) -> list[Message]:
        """sendMediaGroup: all of it or nothing."""
        chat = self._world.writable_chat(args.text("chat_id"))
        if not args.text("media"):
            raise bad_request('parameter "media" is required')
        items = args.decoded("media", "media")
        if not isinstance(items, list):
            raise bad_request("expected an Array of InputMedia")
        if not items:
            raise bad_request("there are no messages to send")
        if len(items) > 10:
            raise bad_request("too many messages to send as an album")
        kinds = {item.get("type") for item in items}
        if not kinds <= {"photo", "video", "document", "audio"}:
            raise bad_request("can't parse InputMedia: invalid type specified")
        for alone in ("document", "audio"):
            if alone in kinds and len(kinds) > 1:
                raise bad_request(f"{alone} can't be mixed with other media types")
        album = str(self._world.new_callback_id()) if len(items) > 1 else None
        ready = []
        for item in items:
            values = {**item, "reply_parameters": args.values.get("reply_parameters")}
            one = Arguments(values, args.uploads)
            fields, html = read_text(one, "caption", CAPTION_AT_MOST, "message caption is too long")
            fields |= self._media(one, item["type"], "media")
            if album is not None:
                fields["media_group_id"] = album
            ready.append((one, fields, html))
        return [self._post(chat, one, fields, html) for one, fields, html in ready]

    def send_location(self, args: Arguments) -> Message:
        """sendLocation."""
        chat = self._world.writable_chat(args.text("chat_id"))
        place = {}
        for name, most in (("latitude", 90.0), ("longitude", 180.0)):
            if not args.text(name):
                raise bad_request(f"{name} is empty")
            try:
                place[name] = float(args.text(name))
            except ValueError:
                raise bad_request("wrong location specified") from None
            if abs(place[name]) > most:
                raise bad_request("wrong location specified")
        return self._post(chat, args, {"location": place}, "")

    def send_contact(self, args: Arguments) -> Message:
        """sendContact."""
        chat = self._world.writable_chat(args.text("chat_id"))
        for name in ("phone_number", "first_name"):
            if not args.text(name):
                raise bad_request(f"contact {name.replace('_', ' ')} must be non-empty")
        contact = {name: args.text(name) for name in ("phone_number", "first_name", "last_name") if args.text(name)}
        return self._post(chat, args, {"contact": contact}, "")

    def send_chat_action(self, args: Arguments) -> bool:
        """sendChatAction."""
        self._world.writable_chat(args.text("chat_id"))
        if args.text("action") not in _ACTIONS:
            raise bad_request("wrong parameter action in request")
        return True

    def copy_message(self, args: Arguments) -> dict[str, int]:
        """copyMessage: answers the new message's id only."""
        chat = self._world.writable_chat(args.text("chat_id"))
        origin = self._origin(args, "message to copy not found")
        left_out = ("message_id", "from", "chat", "date", "reply_markup", "reply_to_message", "edit_date")
        fields = {key: value for key, value in origin.items() if key not in left_out}
        if args.text("caption") and "text" not in fields:
            fields.pop("caption_entities", None)
            fields |= read_text(args, "caption", CAPTION_AT_MOST, "message caption is too long")[0]
        html = fields.get("text", fields.get("caption", ""))
        return {"message_id": self._post(chat, args, fields, html)["message_id"]}

    def forward_message(self, args: Arguments) -> Message:
        """forwardMessage."""
        chat = self._world.writable_chat(args.text("chat_id"))
        origin = self._origin(args, "message to forward not found")
        left_out = ("message_id", "from", "chat", "date", "reply_markup", "reply_to_message", "edit_date")
        fields = {key: value for key, value in origin.items() if key not in left_out}
        fields["forward_origin"] = {"type": "user", "date": origin["date"], "sender_user": origin["from"]}
        return self._post(chat, Arguments(), fields, fields.get("text", fields.get("caption", "")))

    def _media_method(self, name: str) -> Callable[[Arguments], Message]:
        def send(args: Arguments) -> Message:
            chat = self._world.writable_chat(args.text("chat_id"))
            fields, html = read_text(args, "caption", CAPTION_AT_MOST, "message caption is too long")
            return self._post(chat, args, fields | self._media(args, name, name), html)

        return send

    def _media(self, args: Arguments, name: str, parameter: str) -> dict[str, Any]:
        """The Message field of an upload, or of a file sent again by its id."""
        kind, folder, mime_type = _FOLDERS[name]
        given = args.text(parameter)
        field = given.removeprefix("attach://") if given.startswith("attach://") else parameter
        upload = args.uploads.get(field)
        if upload is None:
            if not given:
                raise bad_request(f"there is no {name} in the request")
            if given.startswith(("http://", "https://")):
                # This server reaches nothing outside the test.
                raise bad_request("failed to get HTTP URL content")
            stored = self._world.files.by_id(given)
            if stored is None:
                raise bad_request("wrong file identifier/HTTP URL specified")
            if kind == "photo":
                return {"photo": [{**describe(stored), "width": 1280, "height": 960}]}
            return {kind: self._file_object(kind, stored)}
        if not upload.content:
            raise bad_request("file must be non-empty")
        if kind == "photo":
            if len(upload.content) > PHOTO_AT_MOST:
                raise bad_request(f"file is too big for a {name}; the maximum size is 10 MB")
            return {"photo": photo_sizes(self._world, upload.content, from_bot=True)}
        # Telegram goes by the file name, not by what the request calls it.
        stored = self._world.files.store(
            upload.content, folder, upload.name or name, upload.content_type or mime_type, from_bot=True
        )
        return {kind: self._file_object(kind, stored)}

    def _file_object(self, kind: Kind, stored: StoredFile) -> dict[str, Any]:
        described: dict[str, Any] = {**describe(stored), "mime_type": stored.mime_type}
        if kind in ("document", "video", "audio", "animation"):
            described["file_name"] = stored.name
        if kind in ("video", "audio", "animation", "voice"):
            described["duration"] = 1
        if kind in ("video", "animation"):
            described |= {"width": 640, "height": 480}
        if kind == "sticker":
            del described["mime_type"]
            described |= {"width": 512, "height": 512, "type": "regular", "is_animated": False, "is_video": False}
        return described

    def _origin(self, args: Arguments, missing: str) -> Message:
        chat = self._world.chat(args.text("from_chat_id"))
        shown = chat.shown.get(args.integer("message_id"))
        if shown is None:
            raise bad_request(missing)
        return shown.raw

    def _replied(self, chat: Chat, args: Arguments) -> dict[str, Any]:
        wanted = args.decoded("reply_parameters", "reply parameters") or {}
        message_id = wanted.get("message_id") or args.integer("reply_to_message_id")
        optional = wanted.get("allow_sending_without_reply") or args.flag("allow_sending_without_reply")
        if not message_id or not chat.keep:
            return {}
        shown = chat.shown.get(int(message_id))
        if shown is None:
            if optional:
                return {}
            raise bad_request("message to be replied not found")
        return {"reply_to_message": {key: value for key, value in shown.raw.items() if key != "reply_to_message"}}

    def _post(self, chat: Chat, args: Arguments, fields: dict[str, Any], html: str) -> Message:
        markup: Markup | None = read_markup(args.decoded("reply_markup", "reply keyboard markup"))
        message: Message = {
            "message_id": 0,
            "from": self._world.bot,
            "chat": chat.object,
            "date": int(time.time()),
            **self._replied(chat, args),
            **fields,
        }
        if markup is not None and markup.kind == "inline":
            message["reply_markup"] = markup.raw
        message["message_id"] = self._world.next_message_id()
        chat.bot_wrote(shown_from(message, "bot", html, markup), markup)
        return message
