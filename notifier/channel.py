"""Owns what a channel is: the one small interface through which messages leave, and what may come back."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal, Protocol

from dialogs.event import Event

Take = Callable[[Event], Awaitable[str]]
"""Hands an event to its turn. Returns, after the commit, the words that answer a press at once ("" for none).
Raises StorageError when nothing was committed: the channel must not acknowledge."""


@dataclass(frozen=True, slots=True)
class Key:
    """A button as the reader sees it. *ref* is its sealed reference, 64 bytes at most."""

    label: str
    ref: str = ""
    kind: Literal["press", "link", "contact", "location"] = "press"
    url: str = ""
    style: Literal["", "primary", "danger"] = ""


@dataclass(frozen=True, slots=True)
class OutFile:
    """A stored file that goes with a message. *kind*: photo, video, audio or file."""

    id: int
    kind: str
    name: str
    mime: str
    path: Path


@dataclass(frozen=True, slots=True)
class Message:
    """
    One rendered message.

    Args:
        id: of the outbox row; the same on every attempt.
        html: with b, i, u, s, code, pre, a, blockquote and newlines only, everything else escaped.
        edit: the channel's id of the message to change in place, "" for a new one.
        drops_keyboard: take away the reply keyboard that asked for a phone number or place.
        at: when it was queued, aware UTC.
    """

    id: int
    html: str
    rows: tuple[tuple[Key, ...], ...] = ()
    edit: str = ""
    files: tuple[OutFile, ...] = ()
    drops_keyboard: bool = False
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """The channel took it; *message_id* is its own id of the message that now carries the text."""

    message_id: str


class TryAgain(Exception):
    """Worth another attempt, not before *after* seconds when the channel said so."""

    def __init__(self, why: str, after: float | None = None) -> None:
        super().__init__(why)
        self.after = after


class GiveUp(Exception):
    """No attempt will help; a person must look. *blocked*: this address takes nothing from us any more."""

    def __init__(self, why: str, *, blocked: bool = False) -> None:
        super().__init__(why)
        self.blocked = blocked


@dataclass(frozen=True, slots=True)
class Limits:
    """How fast a channel may be sent to, in messages: *chat* per second to one chat after a *burst*, *overall* per second."""

    chat: float = 1000.0
    burst: int = 1000
    overall: float = 1000.0


class Channel(Protocol):
    """A way to people. One file a channel, below bot/channels/."""

    name: str
    limits: Limits

    async def deliver(self, chat: str, message: Message) -> Receipt:
        """Raises TryAgain when worth another attempt, GiveUp when a person must look. Nothing else."""
        ...


class Fetcher(Protocol):
    """A channel that keeps files for us until we fetch them."""

    async def fetch(self, remote: str) -> bytes:
        """The content of a file by its remote name without the channel's prefix; raises TryAgain or GiveUp."""
        ...


@dataclass(frozen=True, slots=True)
class Menu:
    """The commands of the chat app for one language: (name, description) pairs."""

    locale: str
    commands: tuple[tuple[str, str], ...] = field(default=())


Menus = Mapping[str, Menu]
