"""Finds serial number, contact, address and times in what a person wrote, always in the person's own words."""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from dialogs.understanding.script import fold, words
from dialogs.understanding.since import read_since
from dialogs.understanding.time_words import Mark, Span, scan
from dialogs.understanding.when import read_when

_READ_AT_MOST = 2000
_CLAUSE = re.compile(r"[^,，。;；!！?？\n]+(?:[.](?!\d))?")


@dataclass(frozen=True)
class _Lists:
    serial: tuple["re.Pattern[str]", ...]
    contact: tuple["re.Pattern[str]", ...]
    address: tuple["re.Pattern[str]", ...]
    wish: "re.Pattern[str]"
    moments: "re.Pattern[str]"
    change: "re.Pattern[str]"
    visit: "re.Pattern[str]"
    no_moment: "re.Pattern[str]"
    coming: "re.Pattern[str]"
    length: "re.Pattern[str]"
    lasting: "re.Pattern[str]"


@cache
def _lists() -> _Lists:
    content = words("details.yaml")

    def each(name: str) -> tuple["re.Pattern[str]", ...]:
        return tuple(re.compile(pattern) for pattern in content[name])

    return _Lists(
        each("serial"),
        each("contact"),
        each("address"),
        re.compile("|".join(content["wish"])),
        re.compile("|".join(content["moments"])),
        **{name: re.compile(content[name]) for name in ("change", "visit", "no_moment", "coming", "length", "lasting")},
    )


def serial_span(text: str) -> tuple[int, int] | None:
    """Where the serial number stands that a text names as one; a bare number is none."""
    folded = fold(text[:_READ_AT_MOST])
    for pattern in _lists().serial:
        for match in pattern.finditer(folded):
            if any(sign.isdigit() for sign in match["serial"]):
                return match.span("serial")
    return None


def read_contact(text: str) -> str | None:
    """The name of the person to ask for, with its title, when the text says whose it is."""
    return _first(text, _lists().contact, "contact")


def read_address(text: str) -> str | None:
    """The place to come to."""
    return _first(text, _lists().address, "address")


def _first(text: str, patterns: tuple["re.Pattern[str]", ...], name: str) -> str | None:
    folded = fold(text[:_READ_AT_MOST])
    for pattern in patterns:
        match = pattern.search(folded)
        if match:
            return text[match.start(name) : match.end(name)].strip() or None
    return None


def read_occurred(text: str, now: datetime) -> str | None:
    """The words that say when it happened: a date, a clock time or a moment; how long something lasted is none."""
    short = _without_visits(text[:_READ_AT_MOST])
    moment = _lists().moments.search(fold(short))
    since = read_since(short, now)
    if since is not None:
        at = short.find(since.text)
        said = fold(since.text).strip()
        before = fold(short[max(0, at - 16) : at])
        if (
            (since.start is None and _lists().change.search(said))
            or _lists().no_moment.fullmatch(said)
            or (said.endswith("年") and not said.startswith("去"))
            or _lists().coming.search(before)
            or (
                _lists().length.fullmatch(said)
                and not _lists().lasting.search(before)
                and not fold(short[at + len(since.text) :]).startswith("了")
            )
        ):
            since = None
        elif moment is None or at <= moment.start():
            return _widened(short, at, since.text, now)
    return short[moment.start() : moment.end()].strip() if moment else None


def _without_visits(text: str) -> str:
    """The text with the clauses about somebody's visit blanked out: when they came is not when it broke."""
    return _CLAUSE.sub(lambda clause: " " * len(clause[0]) if _lists().visit.search(fold(clause[0])) else clause[0], text)


def _widened(text: str, at: int, said: str, now: datetime) -> str:
    """The words and what still belongs to them: 昨天晚上十一点多."""
    tail = re.match(r"(?:的时候|多|左右|前后|开始)+", fold(text[at + len(said) :]))
    return said + (
        text[at + len(said) : at + len(said) + tail.end()]
        if tail and not said.endswith(text[at + len(said) :][: tail.end()])
        else ""
    )


def read_wished(text: str, now: datetime) -> str | None:
    """The words that say when somebody should come: a coming time in a clause that speaks of coming or of being there."""
    short = text[:_READ_AT_MOST]
    for clause in _CLAUSE.finditer(short):
        words_of = clause[0]
        if not _lists().wish.search(fold(words_of)):
            continue
        tokens = [token for token in scan(words_of, now) if not isinstance(token.value, Mark)]
        tokens = [token for token in tokens if not (isinstance(token.value, Span) and token.value.relation in ("ago", "during"))]
        if tokens and read_when(words_of, now).status in ("ok", "ambiguous"):
            return words_of[tokens[0].start : max(token.end for token in tokens)].strip() or None
    return None
