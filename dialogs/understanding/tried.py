"""Finds what a person has tried already, in the person's own words."""

import re
from dataclasses import dataclass
from functools import cache

from dialogs.understanding.script import fold, words

_READ_AT_MOST = 2000
_MOST = 8
_LONGEST = 90


@dataclass(frozen=True)
class _Language:
    begins: "re.Pattern[str]"
    not_by_hand: "re.Pattern[str]"
    stops: "re.Pattern[str]"
    keep: "re.Pattern[str] | None"


@cache
def _languages() -> tuple[_Language, _Language]:
    content = words("tried.yaml")
    english, chinese = content["en"], content["zh"]
    return (
        _Language(
            re.compile(rf"\b(?:(?:{english['verbs']})(?![a-z])|{english['nouns']})"),
            re.compile(english["not_by_hand"]),
            re.compile(english["stops"]),
            None,
        ),
        _Language(
            re.compile(rf"(?:马上|赶紧|先|立刻|刚|反复|已经|自己|强制)?(?:{chinese['verbs']})"),
            re.compile(chinese["not_by_hand"]),
            re.compile(chinese["stops"]),
            re.compile(chinese["keep"]),
        ),
    )


def read_tried(text: str) -> tuple[str, ...]:
    """What was tried, each as a piece of the text, in its order; what others or the machine did is not.

    Never raises on any text."""
    short = text[:_READ_AT_MOST]
    folded = fold(short)
    found: list[tuple[int, str]] = []
    for language in _languages():
        place = 0
        while len(found) < _MOST and (match := language.begins.search(folded, place)):
            start, place = match.start(), match.end()
            if language.not_by_hand.search(folded[max(0, start - 30) : start]):
                continue
            stop = language.stops.search(folded, match.end())
            end = min(stop.start() if stop else len(folded), start + _LONGEST)
            kept = language.keep.match(folded, end) if language.keep else None
            if kept is None and language.keep:
                within = language.keep.search(folded, match.end(), end)
                kept = within
            if kept is not None:
                end = kept.end()
            piece = short[start:end].strip()
            if len(piece) > 1:
                found.append((start, piece))
            place = max(end, place)
    return tuple(piece for _, piece in sorted(found))
