"""Somebody with Telegram: what she writes, sends and presses, and what she sees; safe from any thread."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from tests.botapi.chats import Chat, Press, Shown, Toast, shown_from
from tests.botapi.files import describe
from tests.botapi.keyboards import Button
from tests.botapi.sending import photo_sizes
from tests.botapi.world import World

T = TypeVar("T")
Pattern = str | re.Pattern[str]

BIG_VIDEO_BYTES = 25 * 2**20


class Person:
    """
    One person in her private chat with the bot; made by `BotApiServer.person`.

    What she does returns at once with the id of her message, as an app does; what she waits for raises AssertionError
    with the whole transcript of her chat when it does not come within `timeout` seconds.
    """

    def __init__(self, world: World, chat: Chat, phone: str, patience: float) -> None:
        self._world = world
        self._chat = chat
        self._patience = patience
        self._last_press: Press | None = None
        self._last_own: int | None = None
        self.phone = phone

    @property
    def id(self) -> int:
        """Her user id, the chat's id too."""
        return self._chat.id

    @property
    def name(self) -> str:
        """Her first name."""
        return self._chat.name

    # What she sends

    def says(self, text: str, *, reply_to: int | None = None) -> int:
        """Write a text; one that begins with / is a command. Returns the message id, as all that follow do."""
        fields: dict[str, Any] = {"text": text}
        command = re.match(r"/[A-Za-z0-9_]+(@\w+)?", text)
        if command is not None:
            fields["entities"] = [{"type": "bot_command", "offset": 0, "length": command.end()}]
        return self._write(fields, reply_to=reply_to)

    def sends_photo(self, content: bytes, caption: str | None = None) -> int:
        """Send a picture; the bot sees it in four sizes."""
        with self._world.lock:
            return self._write({"photo": photo_sizes(self._world, content, from_bot=False), **_captioned(caption)})

    def sends_album(
        self, contents: Sequence[bytes], caption: str | None = None, *, order: Iterable[int] | None = None
    ) -> list[int]:
        """
        Send several pictures at once: one media_group_id, an update each, the caption with the first.

        Args:
            order: the order in which the updates reach the bot, as indices; the messages keep theirs.
        """
        group = str(self._world.new_callback_id())
        with self._world.lock:
            messages = []
            for index, content in enumerate(contents):
                sizes = photo_sizes(self._world, content, from_bot=False)
                fields = {"photo": sizes, "media_group_id": group, **_captioned(caption if index == 0 else None)}
                messages.append(self._message(fields))
            for message in messages:
                self._chat.person_wrote(shown_from(message, self.name))
            for index in range(len(messages)) if order is None else order:
                self._world.updates.add({"message": messages[index]})
        self._last_own = messages[-1]["message_id"]
        return [message["message_id"] for message in messages]

    def sends_document(
        self, content: bytes, name: str = "manual.pdf", mime_type: str = "application/pdf", caption: str | None = None
    ) -> int:
        """Send a file."""
        with self._world.lock:
            stored = self._world.files.store(content, "documents", name, mime_type)
            document = {**describe(stored), "file_name": name, "mime_type": mime_type}
            return self._write({"document": document, **_captioned(caption)})

    def sends_voice(self, content: bytes = b"OggS", seconds: int = 3) -> int:
        """Send a voice message."""
        with self._world.lock:
            stored = self._world.files.store(content, "voice", "voice.oga", "audio/ogg")
            return self._write({"voice": {**describe(stored), "mime_type": "audio/ogg", "duration": seconds}})

    def sends_video(self, size: int = BIG_VIDEO_BYTES, caption: str | None = None) -> int:
        """Send a video of that many bytes; over 20 MB the bot cannot download it."""
        content = b"" if size > BIG_VIDEO_BYTES // 2 else bytes(size)
        with self._world.lock:
            stored = self._world.files.store(content, "videos", "clip.mp4", "video/mp4", size=size)
            video = {**describe(stored), "mime_type": "video/mp4", "duration": 30, "width": 1280, "height": 720}
            return self._write({"video": {**video, "file_name": "clip.mp4"}, **_captioned(caption)})

    def sends_sticker(self, emoji: str = "👍") -> int:
        """Send a sticker."""
        with self._world.lock:
            stored = self._world.files.store(b"RIFF\x04\0\0\0WEBP", "stickers", "sticker.webp", "image/webp")
            looks = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
            return self._write({"sticker": {**describe(stored), **looks, "emoji": emoji}})

    def shares_contact(self, *, phone: str | None = None, name: str | None = None, user_id: int | None = None) -> int:
        """Share her own contact, or another's when a phone or name is given (with the other's id if in Telegram)."""
        if phone is None and name is None:
            contact: dict[str, Any] = {"phone_number": self.phone, "first_name": self.name, "user_id": self.id}
        else:
            contact = {"phone_number": phone or "+8613900000000", "first_name": name or "?"}
            if user_id is not None:
                contact["user_id"] = user_id
        return self._write({"contact": contact})

    def shares_location(self, latitude: float, longitude: float) -> int:
        """Share a place."""
        return self._write({"location": {"latitude": latitude, "longitude": longitude}})

    def edits_last(self, text: str) -> int:
        """Change the text, or the caption, of her last message."""
        with self._world.lock:
            assert self._last_own is not None, f"{self.name} has written nothing yet"
            before = self._chat.shown[self._last_own]
            field = "text" if before.kind == "text" else "caption"
            message = {**before.raw, field: text, "edit_date": int(time.time())}
            message.pop("entities", None)
            shown = replace(shown_from(message, self.name), edits=before.edits + 1)
            self._chat.shown[self._last_own] = shown
            self._chat.note(str(shown))
            self._world.updates.add({"edited_message": message})
            return self._last_own

    def blocks_bot(self, *, silently: bool = False) -> None:
        """Stop the bot: it may not write any more, and is told so unless `silently` (the update got lost)."""
        if silently:
            with self._world.lock:
                self._chat.blocked = True
                self._chat.note(f"{self.name} blocks the bot, which is not told")
        else:
            self._membership("member", "kicked", blocked=True)

    def unblocks_bot(self) -> None:
        """Start the bot again; the app itself sends /start only when she presses it."""
        self._membership("kicked", "member", blocked=False)

    # What she presses

    def presses(self, label: str, *, on: int | Shown | None = None, timeout: float | None = None) -> str:
        """
        Press a button by its label or a part of it, waiting for it to appear.

        Under messages the newest one wins, then the keyboard under the input field is tried; a whole label goes before
        a part.

        Args:
            on: only under this message.

        Returns:
            The callback query's id; for a button under the input field the id of her message.
        """
        message_id = on.message_id if isinstance(on, Shown) else on

        def find() -> Callable[[], str] | None:
            for matches in (lambda one: one.label == label, lambda one: label in one.label):
                found = self._chat.button_under_message(matches, message_id)
                if found is not None:
                    return lambda: self._press(*found)
                keys = (key for row in self._chat.keyboard_buttons() for key in row if matches(key))
                key = next(keys, None) if message_id is None else None
                if key is not None:
                    return lambda: str(self._press_key(key))
            return None

        return self._wait(find, timeout, f"no button {label!r}")()

    def presses_data(self, data: str, *, on: int | Shown | None = None, timeout: float | None = None) -> str:
        """Press the button that carries exactly this callback data, waiting for it to appear; returns the query's id."""
        message_id = on.message_id if isinstance(on, Shown) else on
        found = self._wait(
            lambda: self._chat.button_under_message(lambda one: one.does == "callback_data" and one.data == data, message_id),
            timeout,
            f"no button with data {data!r}",
        )
        return self._press(*found)

    def presses_gone(self, shown: Shown, data: str) -> str:
        """Press a button of a message as it was: her app had not yet learned that it changed or went."""
        button = next(
            (button for row in shown.buttons for button in row if button.data == data), Button(data, "callback_data", data)
        )
        with self._world.lock:
            return self._press(shown, button)

    def toast(self, timeout: float | None = None, *, of: str | None = None) -> Toast:
        """Wait for the bot's answer to her last press, or to the press with that callback query's id."""
        press = self._last_press if of is None else self._world.presses.get(of)
        assert press is not None, f"{self.name} has pressed nothing yet"
        return self._wait(lambda: press.answer, timeout, "her press was not answered")

    # What she sees

    def hears(self, pattern: Pattern, timeout: float | None = None) -> Shown:
        """
        Wait for a message of the bot, new or edited, that she has not heard yet; it counts as heard then.

        Args:
            pattern: a part of the text, or a regular expression.
        """

        def find() -> Shown | None:
            for message_id in self._chat.unheard:
                shown = self._chat.shown[message_id]
                if _fits(pattern, shown.text):
                    self._chat.unheard.remove(message_id)
                    return shown
            return None

        wanted = pattern if isinstance(pattern, str) else pattern.pattern
        return self._wait(find, timeout, f"heard nothing like {wanted!r}")

    def sees(self, pattern: Pattern, timeout: float | None = None) -> Shown:
        """Wait until some message of the bot that stands in the chat, heard or not, fits; the newest that does."""

        def find() -> Shown | None:
            fitting = (one for one in self._chat.shown.values() if one.from_bot and _fits(pattern, one.text))
            return max(fitting, key=lambda one: one.message_id, default=None)

        wanted = pattern if isinstance(pattern, str) else pattern.pattern
        return self._wait(find, timeout, f"sees nothing like {wanted!r}")

    def unheard(self) -> list[Shown]:
        """Messages of the bot she has not heard yet, in the order they came or changed."""
        with self._world.lock:
            return [self._chat.shown[message_id] for message_id in self._chat.unheard]

    def catches_up(self) -> list[Shown]:
        """Count everything as heard; returns what had not been."""
        with self._world.lock:
            missed = self.unheard()
            self._chat.unheard.clear()
            return missed

    def screen(self) -> list[Shown]:
        """What stands in the chat now, hers and the bot's, from top to bottom."""
        with self._world.lock:
            return sorted(self._chat.shown.values(), key=lambda one: one.message_id)

    def downloads(self, shown: Shown) -> bytes:
        """The file, or the largest size of the photo, in a message."""
        with self._world.lock:
            stored = self._world.files.by_id(shown.file_id or "")
        assert stored is not None, f"there is no file in {shown}"
        return stored.content

    def keyboard(self) -> list[list[str]]:
        """Labels of the keyboard under the input field, empty when none shows."""
        with self._world.lock:
            return [[button.label for button in row] for row in self._chat.keyboard_buttons()]

    def asked_to_reply_to(self) -> int | None:
        """The message whose force_reply is open."""
        with self._world.lock:
            return self._chat.forced_reply_to

    def transcript(self) -> str:
        """Everything that happened in the chat, with seconds since it was made."""
        with self._world.lock:
            return "\n".join(self._chat.transcript)

    def _wait(self, find: Callable[[], T | None], timeout: float | None, complaint: str) -> T:
        limit = self._patience if timeout is None else timeout
        found: T | None = None

        def look() -> bool:
            nonlocal found
            found = find()
            return found is not None

        with self._world.lock:
            if not self._chat.changed.wait_for(look, limit):
                transcript = "\n".join(self._chat.transcript) or "(nothing was said)"
                raise AssertionError(f"{self.name} waited {limit} s: {complaint}\nHer chat:\n{transcript}")
        assert found is not None
        return found

    def _message(self, fields: dict[str, Any], reply_to: int | None = None) -> dict[str, Any]:
        chat = self._chat
        message: dict[str, Any] = {
            "message_id": self._world.next_message_id(),
            "from": chat.user,
            "chat": chat.object,
            "date": int(time.time()),
            **fields,
        }
        replied = chat.shown.get(reply_to or chat.forced_reply_to or 0)
        if replied is not None:
            message["reply_to_message"] = {k: v for k, v in replied.raw.items() if k != "reply_to_message"}
        chat.started = True
        return message

    def _write(self, fields: dict[str, Any], *, reply_to: int | None = None) -> int:
        with self._world.lock:
            assert not self._chat.blocked, f"{self.name} has blocked the bot and cannot write to it"
            message = self._message(fields, reply_to)
            message_id: int = message["message_id"]
            self._last_own = message_id
            self._chat.person_wrote(shown_from(message, self.name))
            self._world.updates.add({"message": message})
            return message_id

    def _press(self, shown: Shown, button: Button) -> str:
        assert button.does == "callback_data", f"[{button.label}] is a {button.does} button: {button.data}"
        with self._world.lock:
            callback_id = self._world.new_callback_id()
            self._last_press = self._world.pressed(callback_id, self.id)
            self._chat.note(f"{self.name} presses [{button.label}] under #{shown.message_id}")
            query = {
                "id": callback_id,
                "from": self._chat.user,
                "message": shown.raw,
                "chat_instance": str(self.id * 7919),
                "data": button.data,
            }
            self._world.updates.add({"callback_query": query})
            return callback_id

    def _press_key(self, button: Button) -> int:
        with self._world.lock:
            self._chat.key_pressed()
        if button.does == "contact":
            return self.shares_contact()
        if button.does == "location":
            return self.shares_location(31.2304, 121.4737)
        return self.says(button.label)

    def _membership(self, before: str, after: str, *, blocked: bool) -> None:
        with self._world.lock:
            self._chat.blocked = blocked
            self._chat.started = True
            self._chat.note(f"{self.name} {'blocks' if blocked else 'unblocks'} the bot")
            bot = self._world.bot
            states = {"member": {}, "kicked": {"until_date": 0}}
            self._world.updates.add(
                {
                    "my_chat_member": {
                        "chat": self._chat.object,
                        "from": self._chat.user,
                        "date": int(time.time()),
                        "old_chat_member": {"user": bot, "status": before, **states[before]},
                        "new_chat_member": {"user": bot, "status": after, **states[after]},
                    }
                }
            )


def _captioned(caption: str | None) -> dict[str, str]:
    return {} if caption is None else {"caption": caption}


def _fits(pattern: Pattern, text: str) -> bool:
    if isinstance(pattern, re.Pattern):
        return pattern.search(text) is not None
    if pattern in text:
        return True
    try:
        return re.search(pattern, text) is not None
    except re.error:
        return False
