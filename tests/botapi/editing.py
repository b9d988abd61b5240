"""Methods that change what already stands in a chat, and answer presses."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from tests.botapi.arguments import Arguments
from tests.botapi.chats import MEDIA, Chat, Shown, Toast, shown_from
from tests.botapi.errors import NOT_MODIFIED, bad_request
from tests.botapi.keyboards import Markup, read_markup
from tests.botapi.sending import CAPTION_AT_MOST, TEXT_AT_MOST, read_text
from tests.botapi.world import World

Message = dict[str, Any]

TOAST_AT_MOST = 200


class Editing:
    """editMessage…, deleteMessage(s) and answerCallbackQuery, called under the world's lock."""

    def __init__(self, world: World) -> None:
        self._world = world

    def methods(self) -> dict[str, Callable[[Arguments], Any]]:
        """Method name in lower case → what carries it out."""
        return {
            "editmessagetext": self.edit_text,
            "editmessagecaption": self.edit_caption,
            "editmessagereplymarkup": self.edit_reply_markup,
            "deletemessage": self.delete_message,
            "deletemessages": self.delete_messages,
            "answercallbackquery": self.answer_callback_query,
        }

    def edit_text(self, args: Arguments) -> Message:
        """editMessageText; without reply_markup the buttons go, as in Telegram."""
        chat, before = self._editable(args)
        if not args.text("text"):
            raise bad_request("message text is empty")
        fields, html = read_text(args, "text", TEXT_AT_MOST, "MESSAGE_TOO_LONG")
        if not fields:
            raise bad_request("text must be non-empty")
        if before is not None and before.kind != "text":
            raise bad_request("there is no text in the message to edit")
        return self._change(chat, before, args, fields, html, ("text", "entities"))

    def edit_caption(self, args: Arguments) -> Message:
        """editMessageCaption; an empty caption removes it."""
        chat, before = self._editable(args)
        fields, html = read_text(args, "caption", CAPTION_AT_MOST, "message caption is too long")
        if before is not None and (before.kind not in MEDIA or before.kind == "sticker"):
            raise bad_request("there is no caption in the message to edit")
        return self._change(chat, before, args, fields, html, ("caption", "caption_entities"))

    def edit_reply_markup(self, args: Arguments) -> Message:
        """editMessageReplyMarkup; without reply_markup the buttons go."""
        chat, before = self._editable(args)
        return self._change(chat, before, args, {}, before.html if before else "", ())

    def delete_message(self, args: Arguments) -> bool:
        """deleteMessage."""
        chat = self._world.chat(args.text("chat_id"))
        message_id = args.integer("message_id")
        if not message_id:
            raise bad_request("message identifier is not specified")
        if chat.keep:
            if message_id not in chat.shown:
                raise bad_request("message to delete not found")
            chat.removed(message_id)
        return True

    def delete_messages(self, args: Arguments) -> bool:
        """deleteMessages: what is not there is skipped."""
        chat = self._world.chat(args.text("chat_id"))
        message_ids = args.decoded("message_ids", "message identifiers")
        if not isinstance(message_ids, list) or not message_ids:
            raise bad_request("message identifiers are not specified")
        for message_id in message_ids:
            if int(message_id) in chat.shown:
                chat.removed(int(message_id))
        return True

    def answer_callback_query(self, args: Arguments) -> bool:
        """answerCallbackQuery."""
        if len(args.text("text")) > TOAST_AT_MOST:
            raise bad_request("MESSAGE_TOO_LONG")
        toast = Toast(args.text("text"), args.flag("show_alert"), args.text("url"))
        self._world.answer_press(args.text("callback_query_id"), toast)
        return True

    def _editable(self, args: Arguments) -> tuple[Chat, Shown | None]:
        """The chat and message to edit; the message is None where messages are not kept."""
        if args.text("inline_message_id"):
            raise bad_request("MESSAGE_ID_INVALID")
        chat = self._world.writable_chat(args.text("chat_id"))
        message_id = args.integer("message_id")
        if not message_id:
            raise bad_request("message identifier is not specified")
        if not chat.keep:
            return chat, None
        shown = chat.shown.get(message_id)
        if shown is None:
            raise bad_request("message to edit not found")
        markup = chat.markups.get(message_id)
        if not shown.from_bot or (markup is not None and markup.kind != "inline"):
            raise bad_request("message can't be edited")
        return chat, shown

    def _change(
        self,
        chat: Chat,
        before: Shown | None,
        args: Arguments,
        fields: dict[str, Any],
        html: str,
        replaced: tuple[str, ...],
    ) -> Message:
        markup: Markup | None = read_markup(args.decoded("reply_markup", "reply keyboard markup"))
        if markup is not None and markup.kind != "inline":
            raise bad_request("inline keyboard expected")
        old = before.raw if before is not None else self._unkept(chat, args)
        gone = {*replaced, "reply_markup"}
        message: Message = {key: value for key, value in old.items() if key not in gone} | fields
        if markup is not None:
            message["reply_markup"] = markup.raw
        if before is not None:
            if {**message, "edit_date": 0} == {**old, "edit_date": 0}:
                raise bad_request(NOT_MODIFIED)
            message["edit_date"] = int(time.time())
            chat.bot_edited(shown_from(message, "bot", html, markup), markup)
        return message

    def _unkept(self, chat: Chat, args: Arguments) -> Message:
        now = int(time.time())
        return {
            "message_id": args.integer("message_id"),
            "from": self._world.bot,
            "chat": chat.object,
            "date": now,
            "edit_date": now,
        }
