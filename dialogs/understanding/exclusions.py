"""Hears in a customer's words what may stand outside the warranty, so that staff can ask; never a judgement, never said to them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from dialogs.understanding.script import fold, words

_KINDS = ("own_modification", "misuse", "unauthorised_repair", "force_majeure")
_READ_AT_MOST = 4000  # characters
_SENTENCE_END = re.compile(r"[。！!；;\n]|(?<=[?？])(?=.)|\.(?=\s|$)|[?？]$")
_CLAUSE_END = re.compile(r"[，,:：]")
_TURN = re.compile(r"(?:after|since|during|because|due|when|once|following|from|in|因|由于|自从)\b")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[a-z]{2}")


@dataclass(frozen=True, slots=True)
class ExclusionHint:
    """One possible exclusion, a name of aftersales.exclusions.EXCLUSIONS, and the words that hint at it, as they were written."""

    exclusion: str
    words: str


@dataclass(frozen=True, slots=True)
class _Language:
    """One language's lists, compiled."""

    hints: tuple[tuple[str, tuple["re.Pattern[str]", ...]], ...]
    harmless: "re.Pattern[str]"
    flows: "re.Pattern[str]"
    electric: "re.Pattern[str]"
    caused: "re.Pattern[str]"
    negator: "re.Pattern[str]"
    denied: "re.Pattern[str]"
    denied_after: "re.Pattern[str]"
    denied_whole: "re.Pattern[str] | None"
    others: "re.Pattern[str]"
    ours: "re.Pattern[str]"
    asked: "re.Pattern[str]"
    water: "re.Pattern[str]"


@cache
def _languages() -> tuple[_Language, _Language]:
    content = words("exclusions.yaml")
    return _compiled(content["zh"], "", "水"), _compiled(content["en"], r"\b", r"\bwater\b")


def _compiled(lists: dict[str, Any], edge: str, water: str) -> _Language:
    def any_of(patterns: list[str]) -> "re.Pattern[str]":
        return re.compile("|".join(rf"{edge}(?:{pattern})" for pattern in patterns))

    # A negator with no break between it and the end of what is looked at.
    denied = rf"{edge}(?:{lists['negators']}){edge}(?:(?!{lists['breaks']}).)*$"
    if edge:  # English words are parted by blanks, which are no break
        denied = rf"{edge}(?:{lists['negators']}){edge}(?:\s+(?!{lists['breaks']})\S+){{0,6}}\s*$"
    whole = lists.get("denied_whole")
    return _Language(
        hints=tuple((kind, tuple(any_of([listed]) for listed in lists[kind])) for kind in _KINDS),
        harmless=any_of(lists["harmless"]),
        flows=re.compile(lists["flows"]),
        electric=re.compile(lists["electric"]),
        caused=re.compile(lists["caused"]),
        negator=re.compile(rf"{edge}(?:{lists['negators']}){edge}"),
        denied=re.compile(denied),
        denied_after=re.compile(lists["denied_after"]),
        denied_whole=re.compile(whole) if whole else None,
        others=re.compile(lists["others"]),
        ours=re.compile(lists["ours"]),
        asked=re.compile(lists["asked"]),
        water=re.compile(water),
    )


def read_exclusions(text: str) -> tuple[ExclusionHint, ...]:
    """
    What in a customer's words may be an exclusion, one hint for each, in the order of the text; empty when there is none.

    What is denied, asked, only imagined or planned, what befell another machine, what our own people did, and what the
    machine itself did to its surroundings is none; in doubt there is none. Never raises on any text.
    """
    short = text[:_READ_AT_MOST]
    folded = fold(short)
    chinese, english = _languages()
    spoken = (*((chinese,) if _CHINESE.search(folded) else ()), *((english,) if _LATIN.search(folded) else ()))
    found: dict[str, tuple[int, int]] = {}
    for language in spoken:
        for kind, start, end in sorted(_present(language, folded), key=lambda row: row[1]):
            first = found.setdefault(kind, (start, end))
            if start < first[1]:  # two lists tell of one thing: the words of both
                found[kind] = min(start, first[0]), max(end, first[1])
    ordered = sorted(found.items(), key=lambda item: item[1][0])
    return tuple(ExclusionHint(kind, short[start:end].strip(" ,，")) for kind, (start, end) in ordered)


def _present(language: _Language, folded: str) -> Iterator[tuple[str, int, int]]:
    for begin, end in _sentences(folded):
        sentence = folded[begin:end]
        clean = language.harmless.sub(lambda match: "_" * len(match[0]), sentence)
        for kind, patterns in language.hints:
            for match in (match for pattern in patterns for match in pattern.finditer(clean)):
                if match.end() > match.start() and _stands(language, kind, sentence, clean, match.start(), match.end()):
                    yield kind, begin + match.start(), begin + match.end()


def _sentences(folded: str) -> Iterator[tuple[int, int]]:
    """Where sentences begin and end; a question mark and a short "没有" or "no" behind it stay together."""
    begin = 0
    for end in _SENTENCE_END.finditer(folded):
        yield begin, end.end()
        begin = end.end()
    if begin < len(folded):
        yield begin, len(folded)


def _stands(language: _Language, kind: str, sentence: str, clean: str, start: int, end: int) -> bool:
    ends = [mark.end() for mark in _CLAUSE_END.finditer(clean, 0, start)]
    clause = ends[-1] if ends else 0
    behind = _CLAUSE_END.search(clean, end)
    after = behind.start() if behind else len(clean)
    said = clean[clause:after]
    if sentence.rstrip().endswith(("?", "？")) or language.asked.search(said) or language.asked.search(clean, 0, start):
        return False
    turned = _TURN.match(clean, start)  # "not on since it fell": what is denied ends there
    if language.negator.search(clean, start, end) or (turned is None and language.denied.search(clean, clause, start)):
        return False
    if language.denied_whole and language.denied_whole.search(clean, clause, start):
        return False
    if language.denied_after.match(clean, end):
        return False
    other = language.others.search(clean, clause, end)
    if other and not language.ours.search(clean, other.end(), after):
        return False
    if kind == "force_majeure" and language.caused.search(clean, 0, end):
        return False
    if kind == "misuse" and language.water.search(clean, start, end):
        return not language.flows.search(sentence) or bool(language.electric.search(sentence))
    return True
