"""Owns what a way of speaking the Bot API is: one call, and the few named ways in which Telegram can refuse it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from notifier.channel import GiveUp, TryAgain

API = "https://api.telegram.org/bot"
FILES = "https://api.telegram.org/file/bot"

CALL_SECONDS = 30.0
UPLOAD_SECONDS = 180.0


class NotModified(GiveUp):
    """The message says this already."""


class MessageGone(GiveUp):
    """The message to change was deleted, or is of a kind that cannot be changed."""


class NoText(MessageGone):
    """The message to change is a picture or a file: it has a caption, no text."""


class UnfitPicture(GiveUp):
    """Telegram does not show this as a photo or a video; as a plain file it may go."""


class ChatMoved(GiveUp):
    """The group has become another chat, *to*."""

    def __init__(self, why: str, to: str) -> None:
        super().__init__(why)
        self.to = to


class Unauthorized(TryAgain):
    """Telegram does not know the bot's token. Nothing works until an operator mends that; nothing is lost meanwhile."""


class ConflictingPoller(TryAgain):
    """Updates go elsewhere: to another program with the same token, or to a webhook."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A stored file as a part of a call: *field* is the name that the call's parameters use for it."""

    field: str
    name: str
    mime: str
    path: Path


class Driver(Protocol):
    """A way of speaking the Bot API. Between start() and stop() any number of calls may be under way."""

    name: str

    async def start(self) -> None:
        """Get ready; speaks to nobody yet, so it succeeds without a network."""
        ...

    async def stop(self) -> None:
        """Close every connection; calls under way fail."""
        ...

    async def call(
        self,
        method: str,
        params: Mapping[str, Any],
        files: Sequence[Attachment] = (),
        timeout: float | None = None,  # noqa: ASYNC109 - the connection itself keeps it
    ) -> Any:
        """
        The decoded "result" of a method of the Bot API.

        Args:
            method: as Telegram spells it, "sendMessage".
            timeout: seconds for the whole call; None for what suits a call with or without files.

        Raises:
            TryAgain: it may work later. After a time-out or a lost connection the call may have taken effect.
            GiveUp: it never will. Both may be one of the named kinds of this file; none carries the token.
        """
        ...

    async def download(self, file_id: str) -> bytes:
        """The content of a file that somebody sent; raises as `call` does."""
        ...


class NoAnswer(Exception):
    """No proper answer came; whether the call took effect is unknown. args[0] says why, without any address."""


async def contents(files: Sequence[Attachment]) -> list[bytes]:
    """
    What stands in the files, read beside the loop.

    Raises:
        GiveUp: one of them is missing or cannot be read.
    """
    try:
        return [await asyncio.to_thread(one.path.read_bytes) for one in files]
    except OSError as error:
        raise GiveUp(f"a stored file cannot be read ({type(error).__name__})") from None


def seconds_for(files: Sequence[Attachment], timeout: float | None) -> float:
    """How long a call may take."""
    if timeout is not None:
        return timeout
    return UPLOAD_SECONDS if files else CALL_SECONDS


def no_answer(method: str, why: str) -> TryAgain:
    """What becomes of a NoAnswer."""
    return TryAgain(f"{method}: {why}")


# What Telegram says, in lower case, for what the bot treats alike. Its wording has been stable for years; codes say less.
_GONE = ("message to edit not found", "message can't be edited", "message_id_invalid", "message identifier is not specified")
_NO_TEXT = ("there is no text in the message to edit",)
_NOBODY = ("chat not found", "peer_id_invalid", "user not found", "group chat was deactivated", "input_user_deactivated")
_UNFIT = (
    "photo_",
    "image_process_failed",
    "too big for a photo",
    "wrong type of the web page content",
    "video_content_type_invalid",
)
_LATER = ("temporarily unavailable",)


def refusal(method: str, code: int, description: str, parameters: object = None) -> TryAgain | GiveUp:
    """
    Telegram's refusal as the error to raise.

    Args:
        code: of the answer, 400 and above.
        description: Telegram's own words, "" when it gave none.
        parameters: the answer's "parameters", whatever they are.
    """
    told = parameters if isinstance(parameters, dict) else {}
    words = description.lower()
    why = f"{method}: {code} {description.removeprefix('Bad Request: ')}".rstrip()
    if (moved := told.get("migrate_to_chat_id")) is not None:
        return ChatMoved(why, str(moved))
    if code == 429:
        after = told.get("retry_after")
        return TryAgain(why, float(after) if isinstance(after, int | float) else None)
    if code in (401, 404):
        return Unauthorized(f"{method}: {code}, Telegram does not know this bot token")
    if code == 403:
        return GiveUp(why, blocked=True)
    if code == 409:
        return ConflictingPoller(why)
    if code >= 500 or any(one in words for one in _LATER):
        return TryAgain(why)
    if "message is not modified" in words:
        return NotModified(why)
    if any(one in words for one in _NO_TEXT):
        return NoText(why)
    if any(one in words for one in _GONE):
        return MessageGone(why)
    if any(one in words for one in _UNFIT):
        return UnfitPicture(why)
    return GiveUp(why, blocked=any(one in words for one in _NOBODY))
