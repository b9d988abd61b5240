"""Owns what is known of a machine and its fault, and whether a condition of a playbook holds for it."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

import yaml

from dialogs.playbooks.format import Condition
from dialogs.understanding.codes import read_codes
from dialogs.understanding.script import fold

ANY = "any"


@dataclass(frozen=True, slots=True)
class Known:
    """
    What is known while a playbook runs; "" is: not known.

    Args:
        code: as the customer wrote it, perhaps several or with words around.
        extent: 1 does not work at all, 2 works badly, 3 a small thing.
        answers: the last answer to each step, by step.
    """

    brand: str = ""
    model: str = ""
    code: str = ""
    extent: int = 2
    answers: Mapping[str, str] | None = None

    def meets(self, condition: Condition) -> bool:
        """Whether every part of the condition that is given holds."""
        if condition.brands and maker(self.brand) not in map(maker, condition.brands):
            return False
        if condition.models and not fits_one(self.model, condition.models):
            return False
        if condition.codes and not codes_in(self.code) & {bare_code(code) for code in condition.codes}:
            return False
        if condition.extents and self.extent not in condition.extents:
            return False
        if condition.answers:
            given = {f"{step}.{choice}" for step, choice in (self.answers or {}).items()}
            return not given.isdisjoint(condition.answers)
        return True


def plain(text: str) -> str:
    """Half width, without case."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


@cache
def _makers() -> dict[str, str]:
    written = yaml.safe_load((Path(__file__).parent / "makers.yaml").read_text("utf-8"))
    return {fold(other): name for name, others in written.items() for other in (name, *others)}


def maker(brand: str) -> str:
    """One name for a brand in either script: "格力" and "GREE" are "gree"; a brand that is not listed stays as it is."""
    folded = fold(plain(brand))
    names = [folded, *folded.split()]  # "格力 Gree" stands on many a record
    return next((_makers()[name] for name in names if name in _makers()), folded)


def fits_one(model: str, patterns: Iterable[str]) -> bool:
    """Whether a model is one of the patterns, in which * stands for anything; dashes and blanks do not matter."""
    bare = bare_code(model)
    return bool(bare) and any(fnmatchcase(bare, bare_code(pattern)) for pattern in patterns)


def bare_code(code: str) -> str:
    """A code without case, blanks and dashes: "O-E " is "oe"."""
    return re.sub(r"[\s\-._]", "", plain(code))


def codes_in(text: str) -> frozenset[str]:
    """Every code that a text may name, bare; the whole text counts as one."""
    return frozenset({bare_code(text), *(bare_code(code.text) for code in read_codes(text))} - {""})
