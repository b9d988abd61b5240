"""Tells which product family a text is about."""

import re
from dataclasses import dataclass
from functools import cache

from dialogs.understanding.product import family_of_brand, family_of_model
from dialogs.understanding.script import fold, words

_READ_AT_MOST = 4000


@dataclass(frozen=True)
class _Lists:
    names: dict[str, list[tuple[str, str]]]  # first character: (word, family), longest word first
    signs: dict[str, list[tuple[str, str]]]
    models: tuple[tuple[str, "re.Pattern[str]"], ...]
    weak: frozenset[str]
    call: "re.Pattern[str]"


@cache
def _lists() -> _Lists:
    content = words("family.yaml")
    rows = content["families"].items()
    models = tuple((family, re.compile(pattern)) for family, row in rows for pattern in row.get("models", ()))
    names = _by_first_character([(fold(word), family) for family, row in rows for word in row["names"]])
    signs = _by_first_character([(fold(word), family) for family, row in rows for word in row.get("signs", ())])
    return _Lists(names, signs, models, frozenset(content["weak_names"]), re.compile(content["call"]))


def _by_first_character(listed: list[tuple[str, str]]) -> dict[str, list[tuple[str, str]]]:
    index: dict[str, list[tuple[str, str]]] = {}
    for word, family in sorted(listed, key=lambda row: -len(row[0])):
        index.setdefault(word[0], []).append((word, family))
    return index


def _named(index: dict[str, list[tuple[str, str]]], folded: str) -> list[str]:
    """The families of the words found, in the order of the text; the longest word at a place wins."""
    found: list[str] = []
    place = 0
    while place < len(folded):
        for word, family in index.get(folded[place], ()):
            if folded.startswith(word, place) and (not word.isascii() or _whole(folded, place, place + len(word))):
                found.append(family)
                place += len(word) - 1
                break
        place += 1
    return found


def _whole(folded: str, start: int, end: int) -> bool:
    """Whether an English word stands alone there, perhaps in the plural."""
    if start and "a" <= folded[start - 1] <= "z":
        return False
    if end - start <= 3 and ("0" <= folded[end : end + 2].strip("s")[:1] <= "9" or folded[max(0, start - 1) : start] == "-"):
        return False  # RT-AC68U and ACS550 name no AC
    rest = folded[end : end + 3]
    for ending in ("es", "s", ""):
        if rest.startswith(ending):
            after = rest[len(ending) : len(ending) + 1]
            if not "a" <= after <= "z":
                return True
    return False


def is_named(text: str) -> bool:
    """Whether a product is named outright, and not told only by a part, a symptom or a brand."""
    lists = _lists()
    return bool(_named(lists.names, lists.call.sub(lambda match: " " * len(match[0]), fold(text[:_READ_AT_MOST]))))


def read_family(text: str) -> str | None:
    """The product_category label of the product a text is about ("other" for one outside the families), or None.

    A named product counts before a model number, that before typical parts and symptoms. Never raises on any text."""
    # "Phone" before a number to call names no product.
    lists = _lists()
    folded = lists.call.sub(lambda match: " " * len(match[0]), fold(text[:_READ_AT_MOST]))
    named = _named(lists.names, folded)
    strong = [family for family in named if family not in lists.weak]
    signs: dict[str, int] = {}
    for family in _named(lists.signs, folded):
        signs[family] = signs.get(family, 0) + 1
    if strong:
        # Of several the most often named one, then the first.
        return max(dict.fromkeys(strong), key=lambda family: strong.count(family))
    for family, pattern in lists.models:
        if pattern.search(folded):
            return family
    modelled = family_of_model(folded)
    if modelled is not None and (not named or modelled not in lists.weak):
        return modelled
    if named:
        return named[0]
    if signs:
        best = max(signs, key=lambda family: signs[family])
        made = family_of_brand(folded)
        return made if made in signs and signs[made] == signs[best] else best
    return family_of_brand(folded)
