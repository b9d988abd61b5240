"""Judges from a text how grave a fault is and of what kind."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from dialogs.understanding.script import fold, words

FaultType = Literal["hardware", "software", "operation", "wear", "unknown"]
Severity = Literal[1, 2, 3]

_READ_AT_MOST = 2000
_STRONG = 3
_KINDS: tuple[FaultType, ...] = ("hardware", "software", "operation", "wear", "unknown")  # of equal points the first wins
# What a family's faults mostly are, when the words leave it open.
_MOSTLY: dict[str, FaultType] = {"router": "software"}


@dataclass(frozen=True)
class _Cues:
    stopped: "re.Pattern[str]"
    impaired: "re.Pattern[str]"
    minor: "re.Pattern[str]"
    working: "re.Pattern[str]"
    strong: dict[FaultType, "re.Pattern[str]"]
    signs: dict[FaultType, "re.Pattern[str]"]


@cache
def _cues(language: str) -> _Cues:
    content = words(f"grade.{language}.yaml")

    def any_of(patterns: list[str]) -> "re.Pattern[str]":
        return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))

    severity, kinds = content["severity"], content["fault_type"]
    return _Cues(
        any_of(severity["stopped"]),
        any_of(severity["impaired"]),
        any_of(severity["minor"]),
        any_of(severity["working"]),
        {kind: any_of(kinds[kind]["strong"]) for kind in _KINDS},
        {kind: any_of(kinds[kind]["signs"]) for kind in _KINDS},
    )


_CHINESE = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[a-z]{2}")


def _spoken(folded: str) -> list[_Cues]:
    return [_cues(name) for name, sign in (("zh", _CHINESE), ("en", _LATIN)) if sign.search(folded)]


def _count(patterns: list["re.Pattern[str]"], folded: str) -> int:
    """How many different words are found."""
    return len({match[0] for pattern in patterns for match in pattern.finditer(folded)})


def read_severity(text: str, *, danger: bool, code: bool) -> Severity:
    """1 when there is danger or the main job is not done, 2 when it is done badly or now and then, 3 for the rest.

    `code` is whether the machine shows a code, which stops most of them."""
    return 1 if danger else read_extent(text, code=code) or 2


def read_extent(text: str, *, code: bool) -> Severity | None:
    """As `read_severity`, danger aside, but None when neither a word of the text nor a code says how bad it is."""
    folded = fold(text[:_READ_AT_MOST])
    cues = _spoken(folded)
    stopped = _count([cue.stopped for cue in cues], folded)
    impaired = _count([cue.impaired for cue in cues], folded)
    minor = _count([cue.minor for cue in cues], folded)
    working = any(cue.working.search(folded) for cue in cues)
    if working:
        return 2 if impaired > minor or (impaired and code) or (stopped and not minor) else 3
    if minor and minor > stopped + impaired:
        return 3
    if stopped or code:
        return 1 if stopped + code >= impaired else 2
    if impaired:
        return 2 if impaired >= minor else 3
    return 3 if minor else None


def read_fault_type(text: str, family: str | None) -> FaultType:
    """The kind of fault the words support best; without any cue hardware, which most faults are."""
    folded = fold(text[:_READ_AT_MOST])
    cues = _spoken(folded)
    points = {
        kind: _STRONG * _count([cue.strong[kind] for cue in cues], folded) + _count([cue.signs[kind] for cue in cues], folded)
        for kind in _KINDS
    }
    if family in _MOSTLY:
        points[_MOSTLY[family]] += 1
    best = max(points.values())
    return next(kind for kind in _KINDS if points[kind] == best) if best else "hardware"
