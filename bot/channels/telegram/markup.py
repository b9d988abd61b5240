"""Owns the length of Telegram's HTML: how long a text is as read, and where a long one is cut."""

import html
import re
from collections.abc import Iterator

MOST_BYTES = 30_000
"""Of one message as sent, tags and all; Telegram refuses more than 32 KiB."""

_TOKEN = re.compile(r"<(/?)([A-Za-z-]+)[^<>]*>|&(?:#\d+|#x[0-9A-Fa-f]+|[A-Za-z]+);|\n|[^<&\n]+|[<&]")


def visible_length(text: str) -> int:
    """What Telegram counts: UTF-16 units of what is read, without tags."""
    return sum(_length(token) for token in _tokens(text))


def split(text: str, most: int) -> list[str]:
    """
    The text in parts of at most *most* visible units, cut at line ends, else at spaces, else where it must be.

    Each part is whole HTML: a tag that is open at a cut is closed there and opened again after it.
    """
    if visible_length(text) <= most and len(text.encode("utf-8", "replace")) <= MOST_BYTES:
        return [text]
    parts = _Parts(most)
    for line in _lines(text):
        parts.add(line)
    return parts.done()


class _Parts:
    def __init__(self, most: int) -> None:
        self._most = most
        self._parts: list[str] = []
        self._open: list[str] = []
        self._begin()

    def add(self, line: list[str]) -> None:
        if not self._room(line):
            self._cut()
        if self._room(line):
            for token in line:
                self._put(token)
            return
        for token in _words(line, self._most):
            if not self._room([token]):
                self._cut()
            self._put(token)

    def done(self) -> list[str]:
        self._cut()
        return self._parts

    def _begin(self) -> None:
        self._now = list(self._open)
        self._length = 0
        self._bytes = sum(len(token.encode("utf-8", "replace")) for token in self._now)

    def _put(self, token: str) -> None:
        self._now.append(token)
        self._length += _length(token)
        self._bytes += len(token.encode("utf-8", "replace"))
        if token.startswith("</"):
            if self._open:
                self._open.pop()
        elif _is_tag(token):
            self._open.append(token)

    def _room(self, tokens: list[str]) -> bool:
        length = sum(map(_length, tokens))
        size = sum(len(token.encode("utf-8", "replace")) for token in tokens)
        return self._length + length <= self._most and self._bytes + size <= MOST_BYTES

    def _cut(self) -> None:
        if self._length:
            closing = "".join(f"</{_name(tag)}>" for tag in reversed(self._open))
            part = "".join(self._now).strip("\n") + closing
            if re.sub(r"<[^>]*>", "", part).strip():
                self._parts.append(part)
            self._begin()


def _tokens(text: str) -> Iterator[str]:
    return (found[0] for found in _TOKEN.finditer(text))


def _lines(text: str) -> Iterator[list[str]]:
    line: list[str] = []
    for token in _tokens(text):
        line.append(token)
        if token == "\n":  # noqa: S105
            yield line
            line = []
    if line:
        yield line


def _words(line: list[str], most: int) -> Iterator[str]:
    for token in line:
        if _length(token) <= 1 or _is_tag(token):
            yield token
            continue
        for word in re.findall(r"\S*\s+|\S+", token):
            # A character outside the basic plane counts twice, so half the limit always fits.
            yield from (word[at : at + most // 2] for at in range(0, len(word), most // 2)) if _length(word) > most else (word,)


def _length(token: str) -> int:
    if _is_tag(token):
        return 0
    plain = html.unescape(token) if token.startswith("&") else token
    return len(plain) + sum(character > "\uffff" for character in plain)


def _is_tag(token: str) -> bool:
    return len(token) > 2 and token[0] == "<" and token[-1] == ">"


def _name(tag: str) -> str:
    return re.sub(r"[^A-Za-z-].*", "", tag[1:], flags=re.DOTALL)
