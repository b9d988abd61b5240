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
_EDGE = re.compile(r"\s?(?:以后|之后|过后|以前|之前|左右|前后|后(?!天|面|来)|前(?!面|台)|or later|or after|onwards?)")
_CLAUSE = re.compile(r"[^,，。;；!！?？\n]+(?:[.](?!\d))?")


@dataclass(frozen=True)
class _Lists:
    serial: tuple["re.Pattern[str]", ...]
    contact: tuple["re.Pattern[str]", ...]
    contact_en: tuple["re.Pattern[str]", ...]
    no_name: "re.Pattern[str]"
    address: tuple["re.Pattern[str]", ...]
    address_named: "re.Pattern[str]"
    address_en: "re.Pattern[str]"
    address_like: "re.Pattern[str]"
    address_stops: "re.Pattern[str]"
    address_begins: "re.Pattern[str]"
    street_en: "re.Pattern[str]"
    street_named: "re.Pattern[str]"
    wish: "re.Pattern[str]"
    moments: "re.Pattern[str]"
    change: "re.Pattern[str]"
    visit: "re.Pattern[str]"
    no_moment: "re.Pattern[str]"
    coming: "re.Pattern[str]"
    length: "re.Pattern[str]"
    lasting: "re.Pattern[str]"


# An English name: one or two words, with or without a title.
_ENGLISH_NAME = r"(?:(?:mr|mrs|ms|miss|dr)\.? )?[a-z][a-z'\-]{1,20}(?: [a-z][a-z'\-]{1,20})??"
_AFTER_A_NAME = r"(?=[,，。;；、/:：\s\d(+]|(?:的)?(?:电话|手机|号码)|tel|$)"


@cache
def _lists() -> _Lists:
    content = words("details.yaml")
    surname, titles = content["surnames"], content["titles"]
    parts = {
        "{name}": rf"{surname}[\u4e00-\u9fff]{{1,2}}",
        "{titled}": rf"{surname}[\u4e00-\u9fff]{{0,2}}?{titles}",
        "{surname}": surname,
        "{end}": _AFTER_A_NAME,
        "{english}": _ENGLISH_NAME,
        **{f"{{{name}}}": content[name] for name in ("street", "estate", "unit", "rest")},
    }

    def filled(pattern: str) -> "re.Pattern[str]":
        for name, part in parts.items():
            pattern = pattern.replace(name, part)
        return re.compile(pattern)

    def each(name: str) -> tuple["re.Pattern[str]", ...]:
        return tuple(filled(pattern) for pattern in content[name])

    return _Lists(
        serial=each("serial"),
        contact=each("contact"),
        contact_en=each("contact_en"),
        address=each("address"),
        wish=re.compile("|".join(content["wish"])),
        moments=re.compile("|".join(content["moments"])),
        **{name: re.compile(content[name]) for name in _SINGLE},
    )


_SINGLE = (
    "no_name", "address_named", "address_en", "address_like", "address_stops", "address_begins", "street_en", "street_named",
    "change", "visit", "no_moment", "coming", "length", "lasting",
)  # fmt: skip


def serial_span(text: str) -> tuple[int, int] | None:
    """Where the serial number stands that a text names as one; a bare number is none."""
    folded = fold(text[:_READ_AT_MOST])
    for pattern in _lists().serial:
        for match in pattern.finditer(folded):
            if any(sign.isdigit() for sign in match["serial"]):
                return match.span("serial")
    return None


def read_contact(text: str) -> str | None:
    """The name of the person to ask for, with its title, when the text says whose it is; None when in doubt."""
    short = text[:_READ_AT_MOST]
    folded = fold(short)
    for pattern in _lists().contact:
        for match in pattern.finditer(folded):
            name = "contact2" if "contact2" in pattern.groupindex and match["contact2"] else "contact"
            return short[match.start(name) : match.end(name)].strip() or None
    for pattern in _lists().contact_en:
        for match in pattern.finditer(folded):
            written = short[match.start("contact") : match.end("contact")].strip()
            if _is_a_name(written):
                return written
    return None


def _is_a_name(written: str) -> bool:
    """Whether each word of it begins with a capital and goes on without, and none is an ordinary word."""
    return all(
        word[:1].isupper() and not word[1:].isupper() and not _lists().no_name.fullmatch(word.lower()) for word in written.split()
    )


def read_address(text: str) -> str | None:
    """The place to come to, from its first to its last word; None when what stands there does not look like a place."""
    short = text[:_READ_AT_MOST]
    folded = fold(short)
    named = _lists().address_named.search(folded)
    if named and (span := _place(folded, *named.span("address"))):
        return short[span[0] : span[1]]
    named = _lists().address_en.search(folded)
    if named and _names_a_place(short[named.start("address") : named.end("address")]):
        return short[named.start("address") : named.end("address")].strip(" ,")
    for pattern in _lists().address:
        for match in pattern.finditer(folded):
            span = _place(folded, *match.span("address"))
            if span:
                return short[span[0] : span[1]]
    for match in _lists().street_en.finditer(folded):
        written = short[match.start() : match.end()]
        words_of = re.findall(r"[A-Za-z]{2,}", written)
        if _lists().street_named.search(folded[max(0, match.start() - 16) : match.start()]) or all(
            word[0].isupper() or word.lower() in ("flat", "apt", "unit", "suite", "floor", "room") for word in words_of
        ):
            return written.strip(" ,")
    return None


def _place(folded: str, start: int, end: int) -> tuple[int, int] | None:
    """The span without the words around the place, or None when no place is left."""
    while begins := _lists().address_begins.match(folded[start:end]):
        start += begins.end()
    stop = _lists().address_stops.search(folded, start, end)
    end = stop.start() if stop else end
    written = folded[start:end]
    start, end = start + len(written) - len(written.lstrip()), end - (len(written) - len(written.rstrip(" ,，")))
    return (start, end) if end - start >= 4 and _lists().address_like.search(folded, start, end) else None


def _names_a_place(written: str) -> bool:
    return any(sign.isdigit() for sign in written) or len(re.findall(r"\b[A-Z][a-z]+", written)) >= 2


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
            end = max(token.end for token in tokens)
            edge = _EDGE.match(fold(words_of), end)  # 三点以后 is another wish than 三点
            return words_of[tokens[0].start : edge.end() if edge else end].strip() or None
    return None
