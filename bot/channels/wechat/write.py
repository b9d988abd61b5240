"""Owns how a rendered message becomes WeChat's plain texts: small HTML taken off, choices numbered, long texts cut."""

import re
from collections.abc import Sequence
from html import unescape

from bot.channels.wechat.words import Words
from notifier.channel import Key, Message

MOST_LETTERS = 600
MOST_BYTES = 2048
# Of one message; leaves room for the line that asks the person to write.
PART_LETTERS = 550
PART_BYTES = 1900
GAP = "\n\n"

_LINK = re.compile(r'<a\s[^>]*?href="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_WAYS = ("back", "skip", "cancel")  # the dialogs hear them by their words alone
_NUMBER = re.compile(r"\D?(\d{1,2})\D?", re.ASCII)


def plain_words(html: str) -> str:
    """Small HTML as WeChat shows it: no markup, the address of a link behind its words."""

    def link(found: re.Match[str]) -> str:
        return found[2] if found[2] == found[1] else f"{found[2]} {found[1]}"

    return unescape(_TAG.sub("", _LINK.sub(link, html)))


def numbered_keys(rows: Sequence[Sequence[Key]]) -> list[Key]:
    """
    The choices that get a number.

    The only answer of a question gets none: there a bare number may be the answer itself, such as an alarm code.
    """
    keys = [key for row in rows for key in row if key.kind == "press" and not _is_way(key)]
    return [] if len(keys) == 1 and keys[0].ref.startswith("choose:") else keys


def typed_number(text: str) -> str:
    """The number that the words are ("2", "2." or "２"), "" when they are none."""
    found = _NUMBER.fullmatch(text.strip().translate(str.maketrans("０１２３４５６７８９", "0123456789")))
    if found is None or any(sign.isalpha() or sign in "-+" for sign in found[0]):
        return ""
    return str(int(found[1]))


def write(message: Message, first: int, words: Words) -> list[str]:
    """
    The texts that bring *message*, in order, each short enough to be sent. Its files are not in them.

    Args:
        first: the number of its first choice.
    """
    keys = [key for row in message.rows for key in row]
    numbered = numbered_keys(message.rows)
    written = [key.label for key in keys if key.kind == "press" and key not in numbered]
    lines = [f"{number} {key.label}" for number, key in enumerate(numbered, first)]
    if lines:
        lines.insert(0, words.number)
    if written:
        lines.append(words.also + words.between.join(written))
    lines += [words.phone for key in keys if key.kind == "contact"][:1]
    lines += [words.place for key in keys if key.kind == "location"][:1]
    lines += [f"{key.label} {key.url}" for key in keys if key.kind == "link"]
    parts = [plain_words(message.html), "\n".join(lines)]
    return split(GAP.join(part for part in parts if part))


def fits(texts: Sequence[str]) -> bool:
    """Whether these texts, joined, are short enough for one message."""
    joined = GAP.join(texts)
    return len(joined) <= MOST_LETTERS and len(joined.encode()) <= MOST_BYTES


def split(text: str) -> list[str]:
    """The text in parts short enough to be sent, cut at line ends, else at spaces or after commas, else where it must be."""
    parts: list[str] = []
    now = ""
    for line in text.encode("utf-8", "replace").decode().split("\n"):
        for index, piece in enumerate(_pieces(line)):
            longer = piece if not now else now + ("\n" if index == 0 else "") + piece
            if now and not _short(longer):
                parts.append(now)
                longer = piece
            now = longer
    return [part for part in (part.strip("\n") for part in [*parts, now]) if part.strip()]


def _pieces(line: str) -> list[str]:
    if _short(line):
        return [line]
    pieces = []
    for word in re.findall(r"[^\s，。；、,;]*[\s，。；、,;]+|[^\s，。；、,;]+", line):
        step = len(word) if _short(word) else PART_BYTES // 4
        pieces += [word[at : at + step] for at in range(0, len(word), step)]
    return pieces


def _short(text: str) -> bool:
    return len(text) <= PART_LETTERS and len(text.encode()) <= PART_BYTES


def _is_way(key: Key) -> bool:
    verb, _, rest = key.ref.partition(":")
    return verb == "choose" and rest.split(":")[2:3] in [[way] for way in _WAYS]
