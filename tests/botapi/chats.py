"""What stands in each chat: messages with their buttons, the keyboard shown, what the person has not looked at yet."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from tests.botapi.keyboards import Button, Markup, Rows

Kind = Literal["text", "photo", "document", "video", "audio", "animation", "voice", "sticker", "contact", "location", "venue"]
MEDIA: tuple[Kind, ...] = ("photo", "document", "video", "audio", "animation", "voice", "sticker")

_NAMES: tuple[str, ...] = ("first_name", "last_name", "username")


@dataclass(frozen=True, slots=True)
class Shown:
    """One message as the person sees it now; an edit makes a new value."""

    message_id: int
    who: str
    """"bot", or the person's first name."""
    kind: Kind
    text: str
    """Text or caption without any markup."""
    html: str
    """Text or caption as the bot sent it, markup and all; for a person's message the same as text."""
    buttons: Rows = ()
    """Inline buttons, row by row."""
    photo: str | None = None
    """file_id of the largest photo size."""
    file_id: str | None = None
    """file_id of any file, the photo's too."""
    album: str | None = None
    reply_to: int | None = None
    edits: int = 0
    raw: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)
    """The Bot API's Message object."""

    @property
    def labels(self) -> list[str]:
        """The labels of all inline buttons, in reading order."""
        return [button.label for row in self.buttons for button in row]

    @property
    def from_bot(self) -> bool:
        """Whether the bot wrote it."""
        return self.who == "bot"

    def __str__(self) -> str:
        media = "" if self.kind == "text" else f"<{self.kind}> "
        edited = " (edited)" if self.edits else ""
        keys = "".join(" [" + " | ".join(button.label for button in row) + "]" for row in self.buttons)
        return f"{self.who} #{self.message_id}{edited}: {media}{self.text}{keys}"


def shown_from(message: dict[str, Any], who: str, html: str | None = None, markup: Markup | None = None) -> Shown:
    """
    How a Message object looks to the person.

    Args:
        message: the Bot API's object.
        who: "bot" or the person's first name.
        html: text or caption as sent, when it is not the plain one.
        markup: the message's markup; only inline buttons show in the message.
    """
    text = message.get("text", message.get("caption", ""))
    kind: Kind = next((name for name in (*MEDIA, "contact", "location", "venue") if name in message), "text")
    photo = message["photo"][-1]["file_id"] if "photo" in message else None
    file_id = photo or (message[kind]["file_id"] if kind in MEDIA else None)
    replied = message.get("reply_to_message")
    return Shown(
        message_id=message["message_id"],
        who=who,
        kind=kind,
        text=text,
        html=text if html is None else html,
        buttons=markup.rows if markup is not None and markup.kind == "inline" else (),
        photo=photo,
        file_id=file_id,
        album=message.get("media_group_id"),
        reply_to=replied["message_id"] if replied else None,
        raw=message,
    )


@dataclass(frozen=True, slots=True)
class Toast:
    """The bot's answer to a press; its text is "" when it only stopped the waiting circle."""

    text: str
    alert: bool
    url: str = ""


@dataclass(slots=True)
class Press:
    """A pressed button that the bot has, or has not yet, answered."""

    callback_id: str
    chat_id: int
    pressed_at: float
    answer: Toast | None = None


class Chat:
    """
    A private chat with the bot. Its fields are guarded by the world's lock; `changed` is a condition on that lock.

    Args:
        user: the person's Bot API User object.
        lock: the world's.
        keep: whether messages are kept at all; without, only `answers` counts.
    """

    def __init__(self, user: dict[str, Any], lock: threading.RLock, *, keep: bool = True) -> None:
        self.id: int = user["id"]
        self.user = user
        self.keep = keep
        self.changed = threading.Condition(lock)
        self.started = False
        self.blocked = False
        self.shown: dict[int, Shown] = {}
        self.markups: dict[int, Markup] = {}
        """reply_markup of the bot's messages, other than inline too: such a message cannot be edited."""
        self.unheard: list[int] = []
        self.keyboard: Markup | None = None
        """The keyboard under the input field, when one is shown."""
        self.keyboard_hidden = False
        """Whether a one-time keyboard was used: it no longer shows, but is still there."""
        self.forced_reply_to: int | None = None
        self.answers = 0
        """Messages the bot has sent here, edits not counted."""
        self.transcript: list[str] = []
        self._since = time.monotonic()

    @property
    def object(self) -> dict[str, Any]:
        """The Bot API's Chat object."""
        names: dict[str, Any] = {key: self.user[key] for key in _NAMES if key in self.user}
        return {"id": self.id, "type": "private", **names}

    @property
    def name(self) -> str:
        """The person's first name."""
        return str(self.user["first_name"])

    def note(self, line: str) -> None:
        """Add a line to the transcript and wake whoever waits for this chat."""
        if self.keep:
            self.transcript.append(f"{time.monotonic() - self._since:8.3f}  {line}")
            self.changed.notify_all()

    def bot_wrote(self, shown: Shown, markup: Markup | None) -> None:
        """A new message of the bot stands in the chat, and its keyboard, if any, takes effect."""
        self.answers += 1
        if not self.keep:
            return
        self.shown[shown.message_id] = shown
        self.unheard.append(shown.message_id)
        if markup is not None:
            self.markups[shown.message_id] = markup
            self._apply(markup, shown.message_id)
        self.note(str(shown) + _keys_below(markup))

    def person_wrote(self, shown: Shown) -> None:
        """A message of the person stands in the chat; a forced reply is used up."""
        if not self.keep:
            return
        self.shown[shown.message_id] = shown
        self.forced_reply_to = None
        self.note(str(shown))

    def bot_edited(self, shown: Shown, markup: Markup | None) -> None:
        """A message of the bot looks different now, and waits to be heard again."""
        before = self.shown[shown.message_id]
        shown = replace(shown, edits=before.edits + 1)
        self.shown[shown.message_id] = shown
        self.markups.pop(shown.message_id, None)
        if markup is not None:
            self.markups[shown.message_id] = markup
        if shown.message_id in self.unheard:
            self.unheard.remove(shown.message_id)
        self.unheard.append(shown.message_id)
        self.note(str(shown))

    def removed(self, message_id: int) -> None:
        """A message is gone."""
        shown = self.shown.pop(message_id)
        self.markups.pop(message_id, None)
        if message_id in self.unheard:
            self.unheard.remove(message_id)
        self.note(f"bot deletes #{message_id} ({shown.text})")

    def keyboard_buttons(self) -> Rows:
        """The buttons under the input field that the person sees now."""
        if self.keyboard is None or self.keyboard_hidden:
            return ()
        return self.keyboard.rows

    def key_pressed(self) -> None:
        """A button under the input field was used, which hides a one-time keyboard."""
        if self.keyboard is not None and self.keyboard.one_time:
            self.keyboard_hidden = True

    def button_under_message(self, matches: Any, message_id: int | None = None) -> tuple[Shown, Button] | None:
        """The newest message with an inline button that `matches(button)`, and that button."""
        for shown in sorted(self.shown.values(), key=lambda one: one.message_id, reverse=True):
            if message_id not in (None, shown.message_id):
                continue
            for row in shown.buttons:
                for button in row:
                    if matches(button):
                        return shown, button
        return None

    def _apply(self, markup: Markup, message_id: int) -> None:
        if markup.kind == "keyboard":
            self.keyboard, self.keyboard_hidden = markup, False
        elif markup.kind == "remove":
            self.keyboard = None
        elif markup.kind == "force_reply":
            self.forced_reply_to = message_id


def _keys_below(markup: Markup | None) -> str:
    if markup is None or markup.kind == "inline":
        return ""
    if markup.kind == "keyboard":
        return " keyboard" + "".join(" [" + " | ".join(button.label for button in row) + "]" for row in markup.rows)
    return " (keyboard removed)" if markup.kind == "remove" else " (asks for a reply)"
