"""Finds present or just-happened danger to people or property in what a person wrote."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, cast

from dialogs.understanding.script import fold, words

HazardKind = Literal[
    "smoke_fire",
    "shock",
    "gas",
    "carbon_monoxide",
    "battery",
    "explosion",
    "trapped",
    "injury",
    "falling",
    "moving",
    "pressure",
    "hot",
    "water_electric",
    "chemical",
]

_READ_AT_MOST = 4000  # characters from the start, and as many from the end of anything longer
_CLAUSE_END = re.compile(r"[,，。.!！?？;；\n、:：]|\bbut\b|但是?|不过|可是|然而|结果")
_SENTENCE_END = re.compile(r"[.!?。！？;；\n](?!\d)")
_CHINESE = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
_LATIN = re.compile(r"[a-z]{2}")
_LOOK_BACK = 60


@dataclass(frozen=True)
class Hazard:
    """One danger: its kind and the words that told of it, as they were written."""

    kind: HazardKind
    words: str


@dataclass(frozen=True)
class _Beside:
    """Words that are a danger only with something else in the text."""

    kind: HazardKind
    words: "re.Pattern[str]"
    near: "re.Pattern[str]"
    unless: "re.Pattern[str] | None"


@dataclass(frozen=True)
class _Pair:
    """A thing and a sign that are a danger when they stand close together in one sentence, in either order."""

    kind: HazardKind
    thing: "re.Pattern[str]"
    sign: "re.Pattern[str]"
    within: int
    unless: "re.Pattern[str] | None"


@dataclass(frozen=True)
class _Language:
    """One language's lists, compiled."""

    hazards: tuple[tuple[HazardKind, "re.Pattern[str]"], ...]
    beside: tuple[_Beside, ...]
    pairs: tuple[_Pair, ...]
    harmless: "re.Pattern[str]"
    negated: "re.Pattern[str]"
    chain: "re.Pattern[str]"
    negated_after: "re.Pattern[str]"
    denied_inside: "re.Pattern[str]"
    hypothetical: "re.Pattern[str]"
    asking: "re.Pattern[str]"
    asking_before: "re.Pattern[str]"
    asked: "re.Pattern[str]"
    reach: int  # characters between a word such as "would" and the danger it keeps imaginary
    earlier: "re.Pattern[str]"
    resolved: "re.Pattern[str]"
    fresh: "re.Pattern[str]"


@cache
def _languages() -> tuple[_Language, ...]:
    return _compiled(words("hazard.zh.yaml"), ""), _compiled(words("hazard.en.yaml"), r"\b")


def _compiled(lists: dict[str, Any], edge: str) -> _Language:
    def any_of(patterns: list[str]) -> "re.Pattern[str]":
        return re.compile("|".join(rf"{edge}(?:{pattern})" for pattern in patterns))

    def word(pattern: str) -> "re.Pattern[str]":
        return re.compile(rf"{edge}(?:{pattern}){edge}")

    # English words are parted by spaces (and its negators end in n't), Chinese ones are not.
    gap = r"\s+" if edge else r"\s?"
    negated = rf"{edge}(?:{lists['negators']}){edge}(?:{gap}(?:{lists['fillers']}){edge}){{0,6}}{gap if edge else ''}\s?$"
    return _Language(
        hazards=tuple((cast(HazardKind, kind), any_of(listed)) for kind, listed in lists["hazards"].items()),
        beside=tuple(
            _Beside(
                row["kind"],
                re.compile(rf"{edge}(?:{row['words']})"),
                re.compile(row["near"]),
                re.compile(row["unless"]) if "unless" in row else None,
            )
            for row in lists["with"]
        ),
        pairs=tuple(
            _Pair(
                row["kind"],
                re.compile(rf"{edge}(?:{row['things']})"),
                re.compile(rf"{edge}(?:{row['signs']})"),
                row.get("within", 40 if edge else 12),
                re.compile(row["unless"]) if "unless" in row else None,
            )
            for row in lists["pairs"]
        ),
        harmless=any_of(lists["harmless"]),
        negated=re.compile(negated),
        chain=re.compile(rf"(?:{lists['chain']}){{1,8}}$"),
        negated_after=re.compile(lists["trailing_negation"]),
        denied_inside=re.compile(lists["denied_inside"]),
        hypothetical=re.compile(lists["hypothetical"]),
        asking=re.compile(lists["asking"]),
        asking_before=re.compile(lists["asking_before"]),
        asked=re.compile(lists["asked"]),
        reach=40 if edge else 14,
        earlier=word(lists["earlier"]),
        resolved=word(lists["resolved"]),
        fresh=word(lists["fresh"]),
    )


def read_hazards(text: str) -> tuple[Hazard, ...]:
    """The dangers a text tells of, one a kind, in the order of the text; empty when there are none.

    What is denied, a figure of speech, over and done with, or only imagined is none; a serious question ("is it
    gas?") is one. Never raises on any text."""
    if len(text) > 2 * _READ_AT_MOST:
        text = text[:_READ_AT_MOST] + "\n" + text[-_READ_AT_MOST:]
    folded = fold(text)
    found: dict[HazardKind, tuple[int, str]] = {}
    chinese, english = _languages()
    for language in (*((chinese,) if _CHINESE.search(folded) else ()), *((english,) if _LATIN.search(folded) else ())):
        for kind, start, end in _present(language, folded):
            if kind not in found or start < found[kind][0]:
                found[kind] = (start, text[start:end])
    ordered = sorted(found.items(), key=lambda item: item[1][0])
    return tuple(Hazard(kind, phrase) for kind, (_, phrase) in ordered)


def _present(language: _Language, folded: str) -> Iterator[tuple[HazardKind, int, int]]:
    clean = language.harmless.sub(lambda match: "_" * len(match[0]), folded)
    matches = sorted(_mentioned(language, folded, clean), key=lambda row: row[1])
    if not matches or _over(language, clean):
        return
    denied_until = -1
    for kind, start, end in matches:
        before = _clause_before(clean, start)
        between = clean[denied_until:start] if denied_until >= 0 else ""
        if denied_until >= 0 and (start <= denied_until or language.chain.match(between)):
            denied_until = max(denied_until, end)
            continue
        if language.negated.search(before) or language.negated_after.match(clean, end):
            denied_until = end
            continue
        denied_until = -1
        if language.denied_inside.search(clean, start, end) or _imagined(language, before, clean[start:end], clean, end):
            continue
        if _over_here(language, clean, start, end):
            continue
        yield kind, start, end


def _mentioned(language: _Language, folded: str, clean: str) -> Iterator[tuple[HazardKind, int, int]]:
    for kind, pattern in language.hazards:
        for count, match in enumerate(pattern.finditer(clean)):
            if count == 40:
                break
            if match.end() > match.start():
                yield kind, match.start(), match.end()
    for beside in language.beside:
        if beside.near.search(folded) and not (beside.unless and beside.unless.search(clean)):
            for match in list(beside.words.finditer(clean))[:20]:
                yield beside.kind, match.start(), match.end()
    for pair in language.pairs:
        yield from _paired(language, pair, folded, clean)


def _paired(language: _Language, pair: _Pair, folded: str, clean: str) -> Iterator[tuple[HazardKind, int, int]]:
    """Where the sign stands beside its thing; what is told is the sign, so that "no" before it still denies it."""
    if not pair.thing.search(folded) or (pair.unless and pair.unless.search(folded)):
        return
    for match in itertools.islice(pair.sign.finditer(clean), 20):
        first = max(0, match.start() - pair.within)
        first += max((end.end() for end in _SENTENCE_END.finditer(clean[first : match.start()])), default=0)
        last = match.end() + pair.within
        stop = _SENTENCE_END.search(clean, match.end(), last)
        last = stop.start() if stop else last
        beside = itertools.chain(pair.thing.finditer(folded, first, match.start()), pair.thing.finditer(folded, match.end(), last))
        # Things are looked for in the text as it is: "water heater" is no danger itself, but it may smell.
        # "No smell of gas" denies the gas with the smell.
        if any(not language.negated.search(_clause_before(clean, thing.start())) for thing in itertools.islice(beside, 6)):
            yield pair.kind, match.start(), match.end()


def _clause_before(clean: str, start: int) -> str:
    piece = clean[max(0, start - _LOOK_BACK) : start]
    ends = [match.end() for match in _CLAUSE_END.finditer(piece)]
    return piece[ends[-1] :] if ends else piece


def _imagined(language: _Language, before: str, danger: str, clean: str, end: int) -> bool:
    if language.asked.search(before):
        return False
    # The danger's own words are looked at as well: "could" before "smell" tells of something real.
    for match in language.hypothetical.finditer(before + danger):
        if match.start() < len(before) and len(before) - match.end() <= language.reach:
            return True
    return bool(language.asking.match(clean, end) and language.asking_before.search(before))


def _over_here(language: _Language, clean: str, start: int, end: int) -> bool:
    """A danger of an earlier time whose own sentence, or the words right after it, say that it was put right."""
    before = _clause_before(clean, start)
    clauses = _CLAUSE_END.split(clean[end : end + 2 * _LOOK_BACK])[:3]
    told = before + clean[start:end] + clauses[0]
    return bool(
        language.earlier.search(told)
        and not language.fresh.search(told)
        and language.resolved.search(told + " " + " ".join(clauses[1:]))
    )


def _over(language: _Language, clean: str) -> bool:
    """An earlier case that was put right, with nothing new said."""
    return bool(language.earlier.search(clean) and language.resolved.search(clean) and not language.fresh.search(clean))
