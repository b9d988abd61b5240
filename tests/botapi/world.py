"""Everything the server knows, under one lock: bot, chats, files, presses, updates, and the log of calls."""

from __future__ import annotations

import itertools
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.botapi.chats import Chat, Press, Toast
from tests.botapi.errors import BLOCKED, NOT_STARTED, QUERY_TOO_OLD, ApiError, bad_request
from tests.botapi.faults import Faults
from tests.botapi.files import Files
from tests.botapi.flood import FloodLimits
from tests.botapi.updates import Update, Updates, kind_of


@dataclass(slots=True)
class Call:
    """One call of the bot, as it went."""

    method: str
    """As in the URL."""
    params: dict[str, Any]
    files: dict[str, int]
    """Sizes in bytes of what was uploaded, by field name."""
    at: float
    """time.monotonic() of its arrival."""
    outcome: str = "under way"
    """"ok"; "<code> <description>"; or "hang", "close", "drop", "garbage" for a fault without a proper answer."""
    executed: bool = False
    """Whether it took effect, whatever the bot was told."""
    result: Any = None
    via_webhook: bool = False

    @property
    def chat_id(self) -> int | None:
        """The chat it was for, when it was for one."""
        try:
            return int(self.params["chat_id"])
        except (KeyError, ValueError, TypeError):
            return None


@dataclass(slots=True)
class Webhook:
    """What setWebhook asked for."""

    url: str
    secret_token: str = ""
    max_connections: int = 40
    last_error_at: int = 0
    last_error: str = ""


@dataclass(slots=True)
class BotProfile:
    """What the bot has set about itself."""

    commands: dict[tuple[str, str], list[dict[str, str]]] = field(default_factory=dict)
    """By (scope as "type" or "type:chat_id", language_code)."""
    texts: dict[tuple[str, str], str] = field(default_factory=dict)
    """name, description, short_description by (field, language_code)."""
    menu_buttons: dict[int, dict[str, Any]] = field(default_factory=dict)
    """By chat id, 0 for the default."""


class World:
    """
    The server's state. Take `lock` before touching any of it; methods take it themselves.

    Args:
        keep: whether messages and calls are kept; without, they are only counted.
        answer_presses_within: seconds after which a pressed button can no longer be answered.
        wake: called, from any thread, when updates wait.
    """

    def __init__(self, token: str, *, keep: bool, answer_presses_within: float, wake: Callable[[], None], username: str) -> None:
        self.lock = threading.RLock()
        self.calm = threading.Condition(self.lock)
        self.token = token
        self.keep = keep
        self.answer_presses_within = answer_presses_within
        self.bot: dict[str, Any] = {
            "id": int(token.partition(":")[0]),
            "is_bot": True,
            "first_name": "Mendline",
            "username": username,
        }
        self.faults = Faults()
        self.files = Files()
        self.flood: FloodLimits | None = None
        self.updates = Updates(self.lock, self.faults, wake, self.touched)
        self.webhook: Webhook | None = None
        self.fronts: dict[str, str] = {}
        """Public addresses and what really answers there, as a proxy in front of the bot would know it."""
        self.profile = BotProfile()
        self.chats: dict[int, Chat] = {}
        self.presses: dict[str, Press] = {}
        self.calls: list[Call] = []
        self.counts: Counter[str] = Counter()
        self.under_way = 0
        self.last_touched = time.monotonic()
        self._message_ids = itertools.count(1)

    def behind(self, url: str) -> str:
        """Where a request to *url* ends up."""
        for public, internal in self.fronts.items():
            if url.startswith(public):
                return internal + url.removeprefix(public)
        return url

    def next_message_id(self) -> int:
        """A message id; as in Telegram's private chats, one row of numbers for all of the bot's chats."""
        return next(self._message_ids)

    def add_user(self, user: dict[str, Any]) -> Chat:
        """The chat with that user, made when it is new."""
        with self.lock:
            if user["id"] not in self.chats:
                self.chats[user["id"]] = Chat(user, self.lock, keep=self.keep)
            return self.chats[user["id"]]

    def inject(self, update: Update) -> int:
        """
        Queue an update as it is; whoever wrote or pressed becomes known and is taken to have started the bot.

        Returns:
            Its update_id, given here when it has none.
        """
        content = update[kind_of(update)]
        with self.lock:
            user = content.get("from")
            if user is not None and not user.get("is_bot"):
                self.add_user(user).started = True
            if "data" in content and "message" in content:
                self.pressed(str(content["id"]), content["message"]["chat"]["id"])
        return self.updates.add(update)

    def pressed(self, callback_id: str, chat_id: int) -> Press:
        """Remember a press, so that it can be answered once."""
        press = Press(callback_id, chat_id, time.monotonic())
        self.presses[callback_id] = press
        return press

    def new_callback_id(self) -> str:
        """A callback query id as Telegram makes them: a 64-bit number as text."""
        return str(secrets.randbits(62) | 1 << 61)

    def answer_press(self, callback_id: str, toast: Toast) -> None:
        """
        Show the bot's answer to a press.

        Raises:
            ApiError: 400 when the press is unknown, too old or already answered.
        """
        press = self.presses.get(callback_id)
        if press is None or press.answer or time.monotonic() - press.pressed_at > self.answer_presses_within:
            raise bad_request(QUERY_TOO_OLD)
        press.answer = toast
        if not self.keep:
            del self.presses[callback_id]
        chat = self.chats.get(press.chat_id)
        if chat is not None:
            chat.note(f"{'alert' if toast.alert else 'toast'}: {toast.text}")

    def chat(self, chat_id: str) -> Chat:
        """
        The chat the bot names.

        Raises:
            ApiError: 400 when there is none.
        """
        if not chat_id:
            raise bad_request("chat_id is empty")
        try:
            return self.chats[int(chat_id)]
        except (KeyError, ValueError):
            raise bad_request("chat not found") from None

    def writable_chat(self, chat_id: str) -> Chat:
        """
        The chat the bot wants to write to.

        Raises:
            ApiError: 400 when there is none, 403 when the person has not started the bot, or blocked it.
        """
        chat = self.chat(chat_id)
        if chat.blocked:
            raise ApiError(403, BLOCKED)
        if not chat.started:
            raise ApiError(403, NOT_STARTED)
        return chat

    def touched(self) -> None:
        """Something happened: `wait_quiet` starts counting anew."""
        self.last_touched = time.monotonic()
        self.calm.notify_all()
