"""Owns what an SMS of ours says: plain words, cut at a sentence when they are many, and a link instead of buttons."""

import re
from hashlib import sha256

from bot.channels.sms.words import words
from notifier.calendar_file import MIME
from notifier.channel import Message
from notifier.rendering import plain

LONGEST = 300  # characters before the link: five parts of a Chinese SMS
WITHOUT_LINK = 1500  # gateways take about 1600; without a link, better many parts than half a message
_ANCHOR = re.compile(r'<a href="([^"]*)">(.*?)</a>', re.DOTALL)
_END = re.compile(r"[。！？；…]+[”’」』）]*|[.!?;]+[\"')]*(?=\s|$)|\n")
_GAP = re.compile(r"[，、,:：]|\s")


def text_of(message: Message) -> str:
    """The words of a message without any markup; links stand as their address. Buttons that are links get a line each."""
    shown = plain(_ANCHOR.sub(lambda a: a[2] if a[1] == a[2] else f"{a[2]} {a[1]}", message.html))
    links = [f"{key.label} {key.url}" for row in message.rows for key in row if key.kind == "link"]
    return "\n".join(line.rstrip() for line in (*shown.splitlines(), *links) if line.strip())


def wants_answer(message: Message) -> bool:
    """Whether there is something to tap, which an SMS cannot show."""
    return any(key.kind != "link" for row in message.rows for key in row)


def wants_link(message: Message) -> bool:
    """
    Whether the SMS would be less than the message without a way on: an answer, a file, or more words than it carries.

    The calendar's entry of a visit is no such file: the words say when.
    """
    seen = any(file.mime != MIME for file in message.files)
    return wants_answer(message) or seen or len(text_of(message)) > LONGEST


def compose(message: Message, locale: str, link: str) -> str:
    """
    The SMS.

    Args:
        link: where the reader goes on, "" for nowhere: then there is no last line, and many words stay together.
    """
    text = text_of(message)
    if not link or not wants_link(message):
        return cut(text, WITHOUT_LINK)
    last = f"{words('answer' if wants_answer(message) else 'more', locale)} {link}"
    return "\n".join(part for part in (cut(text, LONGEST), last) if part)


def cut(text: str, most: int) -> str:
    """The first sentences of a text, *most* characters with the "…" that says so; the text itself when it is not longer."""
    if len(text) <= most:
        return text
    room = text[:most]  # the last of it is only looked at: a point in front of a digit ends nothing
    end = max((found.end() for found in _END.finditer(room) if found.end() < most), default=0)
    if end < most // 3:  # one long sentence, or a very short one before it: rather between two words
        end = max((found.start() for found in _GAP.finditer(room)), default=0)
    if end < most // 3:
        end = most - 1
    return text[:end].rstrip("，、,:：; \t\n") + "…"


def digest_of(message: Message) -> str:
    """Ten letters that differ when the words differ."""
    return sha256(text_of(message).encode()).hexdigest()[:10]
