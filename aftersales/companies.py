"""Finds the firms on record whose name resembles a typed one, so that one firm is not recorded twice."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

THRESHOLD = 0.72  # one slip in a name of four characters stays above it, two slips do not
_LONGEST = 120
_WITHOUT_TRADE = 0.92  # 恒泰 for 恒泰机械: the same unless there are several
_BEGINNING = 0.82  # 大疆 for 大疆创新
_OTHER_PLACE = 0.15  # 上海恒泰 and 北京恒泰 may be branches or strangers
_CHINESE = re.compile(r"[\u3400-\u9fff]+")
_LATIN = re.compile(r"[a-z0-9]+")
_PLACED = re.compile(r"[\u4e00-\u9fff]{2,3}(?:省|自治区)|[\u4e00-\u9fff]{2,4}市|[\u4e00-\u9fff]{2,3}(?:县|(?<!小)(?<!园)区)")


@dataclass(frozen=True)
class Likeness:
    """A firm on record, named as the record has it, and how much the typed name resembles it: 1.0 is the same name."""

    name: str
    score: float


@dataclass(frozen=True, slots=True)
class _Name:
    """One name taken apart, in one script."""

    brand: str  # the name proper; English words in alphabetical order
    trades: tuple[str, ...]
    place: str
    chinese: bool


@dataclass(frozen=True)
class _Lists:
    legal: "re.Pattern[str]"
    english_legal: frozenset[str]
    places: "re.Pattern[str]"
    trades: "re.Pattern[str]"
    english_trades: frozenset[str]
    apart: dict[str, int]


@cache
def _lists() -> _Lists:
    content: dict[str, Any] = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))

    def any_of(listed: Iterable[str]) -> str:
        return "|".join(re.escape(word) for word in sorted(listed, key=len, reverse=True))

    return _Lists(
        legal=re.compile(any_of(content["legal"]["zh"])),
        english_legal=frozenset(content["legal"]["en"]),
        places=re.compile(any_of(content["places"])),
        trades=re.compile(any_of(content["trades"]["zh"])),
        english_trades=frozenset(content["trades"]["en"]),
        apart={word: group for group, row in enumerate(content["apart"]) for word in row},
    )


def alike(name: str, known: Iterable[str], read_as: Callable[[str], str] = str) -> list[Likeness]:
    """
    The firms on record that a typed name may mean, the likeliest first; none below THRESHOLD.

    Legal forms, brackets, width and case never count; a place counts only when both names have one. A name without its trade
    (恒泰 for 恒泰机械) fits, a different trade (恒泰电子) or number (二厂 for 一厂) does not.

    Args:
        name: as it was typed; of a very long one only the beginning is read.
        known: the names on record. Their parts are remembered between calls, so that only the first call pays for them.
        read_as: what brings traditional and simplified characters together, if the caller has it: text in, text out. The
            names that come back are the record's own whatever it does.

    A slip in one character cannot be told from a firm that differs in just that character (永泰机械): both are likenesses.
    """
    typed = [part for part in _parts(name, read_as) if part.trades or not _is_place(part.brand)]
    if not typed:
        return []
    record = _record(tuple(known), read_as)
    best: dict[int, float] = {}
    for mine in typed:
        listed = record.chinese if mine.chinese else record.english
        brands = record.chinese_brands if mine.chinese else record.english_brands
        for _, _, place in process.extract_iter(mine.brand, brands, scorer=fuzz.ratio, score_cutoff=49):
            score = _likeness(mine, listed[place])
            if score >= THRESHOLD:
                best[place] = max(score, best.get(place, 0.0))
    ranked = sorted(best, key=lambda place: (-best[place], place))
    likely = [Likeness(record.names[place], round(best[place], 3)) for place in ranked]
    return list({one.name: one for one in reversed(likely)}.values())[::-1]


@dataclass(frozen=True, slots=True)
class _Record:
    """The names on record and their parts, by their place in the record."""

    names: tuple[str, ...]
    chinese: dict[int, _Name]
    english: dict[int, _Name]
    chinese_brands: dict[int, str]
    english_brands: dict[int, str]


@lru_cache(maxsize=4)
def _record(known: tuple[str, ...], read_as: Callable[[str], str]) -> _Record:
    chinese: dict[int, _Name] = {}
    english: dict[int, _Name] = {}
    for place, name in enumerate(known):
        for part in _parts(name, read_as):
            (chinese if part.chinese else english)[place] = part
    return _Record(
        known,
        chinese,
        english,
        {place: part.brand for place, part in chinese.items()},
        {place: part.brand for place, part in english.items()},
    )


def _parts(name: str, read_as: Callable[[str], str]) -> tuple[_Name, ...]:
    """The Chinese name and the English one, as far as each is there."""
    plain = read_as(unicodedata.normalize("NFKC", name[:_LONGEST])).casefold()
    found = []
    chinese = "".join(_CHINESE.findall(plain))
    if len(chinese) >= 2:
        # 3M中国, A栋: letters and digits inside a Chinese name belong to it.
        glued = re.sub(r"[^\u3400-\u9fff0-9a-z]+", "", plain) if len(_LATIN.findall(plain)) == 1 else chinese
        short = re.sub(r"[^0-9]", "", glued) or (glued if len(glued) - len(chinese) <= 3 else "")
        found.append(_chinese_name(glued if short else chinese))
    words = _LATIN.findall(re.sub(r"(?<=[a-z])\.(?=[a-z]\b)|'", "", _without_accents(plain)))
    if sum(map(len, words)) >= 3 and (not chinese or sum(map(len, words)) >= 5):
        found.append(_english_name(words))
    return tuple(found)


def _without_accents(text: str) -> str:
    plain = text.replace("ß", "ss").replace("ø", "o")
    return "".join(sign for sign in unicodedata.normalize("NFD", plain) if not unicodedata.combining(sign))


def _chinese_name(written: str) -> _Name:
    lists = _lists()
    rest, place = re.sub(r"(?<!\d)[1-9](?=号?分?[厂店院])", lambda digit: "一二三四五六七八九"[int(digit[0]) - 1], written), ""
    for _ in range(3):
        match = _PLACED.match(rest) or lists.places.match(rest)
        if match is None or len(rest) - match.end() < 2 or not _brand_of(lists, rest[match.end() :])[0]:
            break
        place, rest = match[0].rstrip("省市县区"), rest[match.end() :]
    brand, trades = _brand_of(lists, rest)
    if place == "" and (inside := lists.places.search(brand, 2)) and len(brand) - len(inside[0]) >= 2:
        place, brand = inside[0], brand[: inside.start()] + brand[inside.end() :]  # 恒泰(上海)机械
    return _Name(brand or rest, trades if brand else (), place, True)


def _is_place(name: str) -> bool:
    return bool(_lists().places.fullmatch(name) or _PLACED.fullmatch(name))


def _brand_of(lists: _Lists, rest: str) -> tuple[str, tuple[str, ...]]:
    bare = lists.legal.sub("", rest) or rest
    return lists.trades.sub("", bare), tuple(lists.trades.findall(bare))


def _english_name(words: list[str]) -> _Name:
    lists = _lists()
    said = [word for word in words if word not in lists.english_legal] or words
    brand = sorted(word for word in said if word not in lists.english_trades)
    trades = tuple(sorted(word for word in said if word in lists.english_trades))
    return _Name(" ".join(brand or sorted(said)), trades if brand else (), "", False)


def _likeness(mine: _Name, theirs: _Name) -> float:
    shared = [trade for trade in mine.trades if _among(trade, theirs.trades)]
    if mine.trades and theirs.trades and not shared:
        return 0.0
    if not mine.chinese:
        score = _english_likeness(mine, theirs)
    elif not mine.trades or not theirs.trades:
        score = _chinese_likeness(mine.brand, theirs.brand)
        if mine.trades != theirs.trades:
            # A trade with a slip in it is no known trade and stands in the name proper: 恒泰机戒.
            whole = _chinese_likeness(mine.brand + "".join(mine.trades), theirs.brand + "".join(theirs.trades))
            score = max(score * _WITHOUT_TRADE, whole)
    else:
        joined = "".join(shared)
        score = _chinese_likeness(mine.brand, theirs.brand, joined)
        score -= 0.02 * (len(set(mine.trades) ^ set(theirs.trades)) > 0)
    if mine.place and theirs.place and mine.place != theirs.place:
        score -= _OTHER_PLACE
    return max(score, 0.0)


def _among(trade: str, trades: tuple[str, ...]) -> bool:
    return trade in trades or (trade.isascii() and any(fuzz.ratio(trade, other) >= 80 for other in trades))


def _chinese_likeness(mine: str, theirs: str, shared: str = "") -> float:
    """By the characters that differ, of those of the name and the trade they share."""
    if mine == theirs:
        return 1.0
    if _sisters(mine, theirs):
        return 0.0
    length = max(len(mine), len(theirs)) + len(shared)
    distance = OSA.distance(mine, theirs)
    if len(mine) >= 2 and theirs.startswith(mine):
        return max(_BEGINNING, 1.0 - distance / length)
    if distance > (1 if length < 8 else 2) or min(len(mine), len(theirs)) < 2:
        return 0.0
    return 1.0 - distance / length


def _sisters(mine: str, theirs: str) -> bool:
    """Whether the names differ in nothing but a number, a direction or the like, or one alone has such a number."""
    apart = _lists().apart
    if len(mine) == len(theirs):
        pairs = [(one, other) for one, other in zip(mine, theirs, strict=True) if one != other]
        return any(one in apart and apart[one] == apart.get(other) for one, other in pairs)
    longer, shorter = (mine, theirs) if len(mine) > len(theirs) else (theirs, mine)
    return longer.startswith(shorter) and apart.get(longer[-1]) == 0


def _english_likeness(mine: _Name, theirs: _Name) -> float:
    apart = _lists().apart
    ours, others = mine.brand.split(), theirs.brand.split()
    left = [word for word in ours if word not in others]
    right = [word for word in others if word not in ours]
    if any(word.isdigit() or word in apart for word in left) and any(word.isdigit() or word in apart for word in right):
        return 0.0
    score = fuzz.ratio(mine.brand, theirs.brand) / 100
    if ours and len(ours) < len(others) and all(any(fuzz.ratio(word, other) >= 85 for other in others) for word in ours):
        score = max(score, 0.8) if len("".join(ours)) >= 4 else score
    if mine.trades != theirs.trades and not (mine.trades and theirs.trades):
        score *= _WITHOUT_TRADE
    if len(mine.brand) < 5 and score < 1:
        score -= 0.1  # a short name with a slip is another name
    return score
