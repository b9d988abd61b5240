"""Finds present or just-happened danger to people or property in what a person wrote."""

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
class _Language:
    """One language's lists, compiled."""

    hazards: tuple[tuple[HazardKind, "re.Pattern[str]"], ...]
    beside: tuple[_Beside, ...]
    harmless: "re.Pattern[str]"
    negated: "re.Pattern[str]"
    chain: "re.Pattern[str]"
    negated_after: "re.Pattern[str]"
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
        harmless=any_of(lists["harmless"]),
        negated=re.compile(negated),
        chain=re.compile(rf"(?:{lists['chain']}){{1,8}}$"),
        negated_after=re.compile(lists["trailing_negation"]),
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
    for language in _languages():
        for kind, start, end in _present(language, folded):
            if kind not in found or start < found[kind][0]:
                found[kind] = (start, text[start:end])
    ordered = sorted(found.items(), key=lambda item: item[1][0])
    return tuple(Hazard(kind, phrase) for kind, (_, phrase) in ordered)


def _present(language: _Language, folded: str) -> Iterator[tuple[HazardKind, int, int]]:
    clean = language.harmless.sub(lambda match: "_" * len(match[0]), folded)
    matches = sorted(_mentioned(language, clean), key=lambda row: row[1])
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
        if _imagined(language, before, clean[start:end], clean, end):
            continue
        yield kind, start, end


def _mentioned(language: _Language, clean: str) -> Iterator[tuple[HazardKind, int, int]]:
    for kind, pattern in language.hazards:
        for count, match in enumerate(pattern.finditer(clean)):
            if count == 40:
                break
            if match.end() > match.start():
                yield kind, match.start(), match.end()
    for beside in language.beside:
        if beside.near.search(clean) and not (beside.unless and beside.unless.search(clean)):
            for match in list(beside.words.finditer(clean))[:20]:
                yield beside.kind, match.start(), match.end()


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


def _over(language: _Language, clean: str) -> bool:
    """An earlier case that was put right, with nothing new said."""
    return bool(language.earlier.search(clean) and language.resolved.search(clean) and not language.fresh.search(clean))
