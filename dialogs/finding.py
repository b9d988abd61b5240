"""Owns the search in the fault library: words in Chinese or English, a code, a brand, with slips of the pen; best first."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import fuzz

from aftersales.known_faults import APPROVED, KnownFault
from dialogs.understanding.family import is_named, read_family
from dialogs.understanding.script import fold

SHOWN = 5
LEAST = 2.0  # points; less is chance
_CODE = re.compile(r"(?<![a-z0-9])[a-z]{0,4}[- ]?\d{1,4}[a-z]?(?![a-z0-9])")
_SIGNS = re.compile(r"[\s,，。.、;；:：!！?？/]+")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_ALIKE = 75  # percent from which on two words are one with a slip


@dataclass(frozen=True, slots=True)
class Found:
    """An entry and how well it answers what was asked: points, more is better."""

    entry: KnownFault
    points: float


def find(words: str, entries: Iterable[KnownFault]) -> list[Found]:
    """
    The approved entries that answer *words*, best first, SHOWN at most.

    A code must be the same code, whatever its spelling ("E6", "e-6"); brand and model may have a slip; of the other words it
    counts how many the entry holds, and more when it holds them all. A machine of another kind than the one named counts less.
    """
    asked = fold(words)
    codes = {_code(match[0]) for match in _CODE.finditer(asked)}
    family = read_family(words) if is_named(words) else None
    terms = [term for term in _terms(asked) if _code(term) not in codes]
    found = []
    for entry in entries:
        if entry.state != APPROVED:
            continue
        points = _points(entry, codes, terms)
        if points and family:  # "pump" may be the machine or a part of one
            points += 1.0 if entry.family in (family, "other") else -1.5
        if points >= LEAST:
            found.append(Found(entry, points))
    return sorted(found, key=lambda one: (-one.points, one.entry.id))[:SHOWN]


def _points(entry: KnownFault, codes: set[str], terms: list[str]) -> float:
    points = 0.0
    if codes and entry.code:
        own = {_code(piece) for piece in entry.code.split(",")}
        if not own & codes and not any(_alike(term, fold(entry.model)) for term in terms):
            return 0.0  # another code is another fault
        points += 3.0 if own & codes else 0.0
    makes = [fold(name) for name in (entry.brand, entry.model) if name]
    text = fold(f"{entry.symptom} {entry.cause} {entry.remedy}")
    own_words = _terms(text)
    missed = 0
    for term in terms:
        if any(_alike(term, make) for make in makes):
            points += 1.5
        elif _CHINESE.search(term):
            points += 2.0 * _share(term, text)
            missed += _share(term, text) < 1
        elif any(_alike(term, word) for word in own_words):
            points += 1.0
        else:
            missed += 1
    return points + (1.5 if terms and not missed else 0.0)


def _share(term: str, text: str) -> float:
    """How much of a Chinese phrase the text holds, by pairs of characters; 1 for all of it."""
    if len(term) < 2:
        return 1.0 if term in text else 0.0
    pairs = [term[n : n + 2] for n in range(len(term) - 1)]
    return sum(pair in text for pair in pairs) / len(pairs)


def _alike(term: str, word: str) -> bool:
    if len(term) < 3 or not word:
        return term == word
    return term in word.split() or fuzz.ratio(term, word) >= _ALIKE or (len(term) >= 4 and word.startswith(term))


def _terms(folded: str) -> list[str]:
    """The words; Chinese and Latin written without a space are taken apart."""
    spaced = re.sub(r"(?<=[\u3400-\u9fff])(?=[a-z0-9])|(?<=[a-z0-9])(?=[\u3400-\u9fff])", " ", folded)
    return [term for term in _SIGNS.split(spaced) if term]


def _code(written: str) -> str:
    return re.sub(r"[\s-]+", "", fold(written))
