"""Finds brand and model in what a person wrote, and what family a model or a brand alone stands for."""

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from dialogs.understanding.script import fold, words

_READ_AT_MOST = 2000
_TOKEN = re.compile(r"(?<![a-z0-9])[a-z0-9][a-z0-9]*(?:[-/.][a-z0-9]+){0,4}\+?")
_CODE_LIKE = re.compile(r"[efhpul]-?\d{1,3}|er\w*|(?:s[cvpw]|ps|ot|ex|ds|io|oh|mlc)\d+|o[cvlh]\d|0x\w+|\d+[a-z]?|\d{2}\.\w+")
_LETTERS_AND_DIGITS = re.compile(r"(?=.*[a-z])(?=.*\d)")


@dataclass(frozen=True)
class Product:
    """The maker and the model as they were written, and where the model stands; None for what was not found."""

    brand: str | None
    model: str | None
    span: tuple[int, int] | None = None


@dataclass(frozen=True)
class _Lists:
    brands: "re.Pattern[str]"
    lines: tuple[tuple[str, "re.Pattern[str]"], ...]
    any_line: "re.Pattern[str]"
    shapes: tuple[tuple[str, "re.Pattern[str]"], ...]
    makes: tuple[tuple[str, "re.Pattern[str]"], ...]
    no_model: "re.Pattern[str]"
    labelled: "re.Pattern[str]"


def _words_of(listed: Iterable[str]) -> "re.Pattern[str]":
    """The words, the longest first; English ones stand alone."""
    ordered = sorted({fold(word) for word in listed}, key=lambda word: -len(word))
    latin = "|".join(re.escape(word) for word in ordered if word.isascii() or word == "vokèra")
    other = "|".join(re.escape(word) for word in ordered if not word.isascii())
    return re.compile(rf"(?<![a-z])(?:{latin or '(?!)'})(?![a-z])|(?:{other or '(?!)'})")


@cache
def _lists() -> _Lists:
    content = words("product.yaml")
    lines = {family: "|".join(f"(?:{line})" for line in listed) for family, listed in content["lines"].items()}
    return _Lists(
        brands=_words_of(word for row in content["brands"] for word in row),
        lines=tuple((family, re.compile(rf"(?<![a-z0-9])(?:{line})", re.ASCII)) for family, line in lines.items()),
        any_line=re.compile(rf"(?<![a-z0-9])(?:{'|'.join(lines.values())})(?![a-z0-9])", re.ASCII),
        shapes=tuple(
            (family, re.compile("|".join(f"(?:{shape})" for shape in listed), re.ASCII))
            for family, listed in content["shapes"].items()
        ),
        makes=tuple((family, _words_of(listed)) for family, listed in content["makes"].items()),
        no_model=re.compile("|".join(f"(?:{pattern})" for pattern in content["no_model"])),
        labelled=re.compile(content["labelled"]),
    )


def read_product(text: str, taken: Iterable[tuple[int, int]] = (), *, sure: bool = False) -> Product:
    """The brand and the model a text names; what stands in `taken` (codes, serials, phones) is no model.

    A model is a name of the lists, a number after the word "model", or (unless only what is `sure` is wanted) a token of
    letters and digits that may be one. Never raises."""
    folded = fold(text[:_READ_AT_MOST])
    lists = _lists()
    brands = list(itertools.islice(lists.brands.finditer(folded), 8))
    brand = brands[0] if brands else None
    free = _Free(folded, tuple(taken))
    span = _labelled(folded, free) or _line(lists, folded, free) or _number(lists, folded, free, brands, 3 if sure else 1)
    return Product(
        text[brand.start() : brand.end()] if brand else None,
        text[span[0] : span[1]] if span else None,
        span,
    )


def family_of_model(folded: str) -> str | None:
    """The family that a model name or number in a folded text belongs to."""
    lists = _lists()
    for family, pattern in lists.lines:
        for match in pattern.finditer(folded):
            if match.end() - match.start() >= 2:
                return family
    for token in _TOKEN.finditer(folded):
        if len(token[0]) >= 3 and _LETTERS_AND_DIGITS.match(token[0]):
            for family, pattern in lists.shapes:
                if pattern.fullmatch(token[0]):
                    return family
    return None


def family_of_brand(folded: str) -> str | None:
    """The family of the first brand in a folded text that makes nothing else."""
    found = [(match.start(), family) for family, pattern in _lists().makes if (match := pattern.search(folded))]
    return min(found)[1] if found else None


class _Free:
    """Whether a place of the text is not spoken for."""

    def __init__(self, folded: str, taken: tuple[tuple[int, int], ...]) -> None:
        self.folded = folded
        self.taken = taken

    def at(self, start: int, end: int) -> bool:
        return all(end <= first or last <= start for first, last in self.taken)


def _labelled(folded: str, free: _Free) -> tuple[int, int] | None:
    for match in _lists().labelled.finditer(folded):
        if any(sign.isdigit() for sign in match["model"]) and free.at(*match.span("model")):
            return match.span("model")
    return None


def _line(lists: _Lists, folded: str, free: _Free) -> tuple[int, int] | None:
    for match in lists.any_line.finditer(folded):
        start, end = match.span()
        end = start + len(match[0].rstrip())
        if end - start >= 2 and free.at(start, end):
            return start, end
    return None


def _number(lists: _Lists, folded: str, free: _Free, brands: list["re.Match[str]"], least: int) -> tuple[int, int] | None:
    """The likeliest token of letters and digits: one whose form is known, one beside the brand, a long one."""
    best: tuple[int, tuple[int, int]] | None = None
    for token in _TOKEN.finditer(folded):
        written = token[0]
        if not _LETTERS_AND_DIGITS.match(written) or not free.at(*token.span()) or lists.no_model.fullmatch(written):
            continue
        digits = sum(sign.isdigit() for sign in written)
        score = 0
        if len(written) >= 3 and any(pattern.fullmatch(written) for _, pattern in lists.shapes):
            score = 3
        elif len(written) >= 3 and any(0 <= token.start() - brand.end() <= 1 for brand in brands):
            score = 2 if _CODE_LIKE.fullmatch(written) else 3
        elif len(written) >= 5 and digits >= 2 and "." not in written and _is_upper_or_alone(written):
            score = 1
        if score >= least and (best is None or score > best[0]):
            best = (score, token.span())
    return best[1] if best else None


def _is_upper_or_alone(written: str) -> bool:
    """Whether a token is no ordinary word with a number behind it, such as "step2" or "windows10"."""
    return re.match(r"[a-z]{5,}\d{1,2}$", written) is None
