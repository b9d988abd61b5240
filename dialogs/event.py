"""Owns what comes in: one frozen Event for each thing a person did in a chat, whatever the channel."""

from dataclasses import dataclass
from datetime import datetime

MAX_TEXT = 4000


@dataclass(frozen=True, slots=True)
class Sender:
    """The chat and whatever the channel knows of its owner. *locale* as the app gives it ("zh-hans"), *zone* an IANA name."""

    channel: str
    chat: str
    name: str = ""
    locale: str = ""
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """Words typed. *replies_to* is the channel's id of the message answered, if any."""

    text: str
    replies_to: str = ""


@dataclass(frozen=True, slots=True)
class Command:
    """A command of the menu ("start", "new", "tickets", …) with what stood behind it."""

    name: str
    arg: str = ""


@dataclass(frozen=True, slots=True)
class Press:
    """A button pressed. *ref* is the sealed reference it carried; *message* the channel's id of the message it stood on."""

    ref: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class Upload:
    """One file, not fetched yet. *remote* is "telegram:<file id>" or "store:<content hash>"; *size* in bytes, 0 unknown."""

    kind: str
    remote: str
    name: str = ""
    mime: str = ""
    size: int = 0
    too_big: bool = False


@dataclass(frozen=True, slots=True)
class Files:
    """Photos, videos, voice or documents, with a caption. Parts of one *album* come as separate events."""

    uploads: tuple[Upload, ...]
    caption: str = ""
    album: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """A shared contact. *own* is true when the app vouches that it is the sender's."""

    phone: str
    name: str = ""
    own: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A shared location in degrees."""

    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Edited:
    """An earlier message was changed to *text*; *message* is the channel's id of it, "" where the channel does not tell."""

    text: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class Reach:
    """The chat can be reached again (True) or not any more (False): the bot was unblocked or blocked."""

    reachable: bool


@dataclass(frozen=True, slots=True)
class Other:
    """Something that no dialog reads: a sticker, a dice, a kind of update that is new to us."""

    kind: str


Said = Text | Command | Press | Files | Contact | Place | Edited | Reach | Other


@dataclass(frozen=True, slots=True)
class Event:
    """
    One thing that happened in one chat.

    Args:
        update: the channel's id of it, unique within the channel: what was seen is never taken twice.
        at: aware UTC, when we received it.
        message: the channel's id of the message that brought it, "" where it has none that can be changed or answered.
        trusted: false when the chat is a group, where no dialog runs.
    """

    update: str
    sender: Sender
    at: datetime
    said: Said
    private: bool = True
    message: str = ""
