"""Owns what a text of a playbook may not hold: dangerous instructions, characters of another script, words of another place."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from dialogs.playbooks.format import Symptoms

_HERE = Path(__file__).parent
_IDEOGRAPHS = re.compile(r"[\u4e00-\u9fff]")
_AROUND = 8  # characters behind a match in which a word may stand that makes it harmless: "bridge mode"
# Only a refusal that governs the instruction makes it a warning: "if it does not help open the cover" is none.
_REFUSED = re.compile(
    r"(?:\b(?:do not|don['’]t|never|must not|should not|may not|without|not to|no need to|need not)\s+"
    r"(?:(?:ever|try|attempt|please|to|use|using|yourself|an?|the|any"
    r"|\w+ (?:(?:the|a|any|your) )?\w+ or|(?:\w+, )+(?:\w+ )?or)\s+)*"
    r"|(?:不要|勿|别|別|不能|不可|不可以|不得|不许|不許|严禁|嚴禁|禁止|不必|不用|无需|無需|无须|無須)"
    r"(?:[^。！？；，]{1,10}[或、])*(?:自己|自行|去|试着|試著|尝试|嘗試|用手|用|随意|隨意|擅自|随便|隨便)*)$",
    re.IGNORECASE,
)


_LATIN = re.compile(r"[A-Za-z]{2}")


@dataclass(frozen=True, slots=True)
class _Rule:
    why: str
    words: tuple["re.Pattern[str]", ...]  # for Latin letters, and for ideographs
    harmless: tuple[str, ...]


def _read(name: str) -> Any:
    return yaml.safe_load((_HERE / name).read_text("utf-8"))


@cache
def _rules() -> tuple[_Rule, ...]:
    return tuple(_Rule(row["why"], _by_script(row["words"]), tuple(row.get("except", ()))) for row in _read("never_ask.yaml"))


def _by_script(words: list[str]) -> tuple["re.Pattern[str]", ...]:
    """The words of Latin letters, and those of ideographs: a text is searched only for what can stand in it."""
    latin = [word for word in words if not _IDEOGRAPHS.search(word)]
    other = [word for word in words if _IDEOGRAPHS.search(word)]
    return tuple(re.compile("|".join(listed) or r"(?!)", re.IGNORECASE) for listed in (latin, other))


@cache
def _any_rule() -> tuple["re.Pattern[str]", ...]:
    """What some rule may hold against, by script: one look that lets most texts pass."""
    words = [word for row in _read("never_ask.yaml") for word in row["words"]]
    return _by_script(words)


@cache
def _mainland() -> dict[str, str]:
    return dict(_read("mainland_words.yaml"))


def danger(text: str, never_ask: Symptoms | None = None) -> tuple[str, str]:
    """
    Return the first instruction in a text that no customer may be given, and why; ("", "") when there is none.

    "Do not open the cover" is a warning and none.

    Args:
        never_ask: phrases of this playbook that are dangerous on this machine.
    """
    spoken = [place for place, sign in enumerate((_LATIN, _IDEOGRAPHS)) if sign.search(text) and _any_rule()[place].search(text)]
    for rule in _rules() if spoken else ():
        for match in (match for place in spoken for match in rule.words[place].finditer(text)):
            around = text[match.start() : match.end() + _AROUND].casefold()
            if _is_asked(text, match.start()) and not any(word in around for word in rule.harmless):
                return match.group(), rule.why
    plain = text.casefold()
    for phrase in (*never_ask["en"], *never_ask["zh"]) if never_ask else ():
        at = plain.find(phrase.casefold())
        if at != -1 and _is_asked(text, at):
            return phrase, "it stands under never_ask"
    return "", ""


def _is_asked(text: str, at: int) -> bool:
    return not _REFUSED.search(text[:at])


def strangers(language: str, text: str) -> str:
    """Find characters of another script: the old national sets hold one script each, so they tell them apart."""
    ideographs = dict.fromkeys(_IDEOGRAPHS.findall(text))
    if language == "en":
        return "".join(ideographs)
    charset = "gb2312" if language == "zh_CN" else "cp950"
    return "".join(c for c in ideographs if not c.encode(charset, "ignore"))


def mainland_word(text: str) -> tuple[str, str]:
    """Return the first word of a zh_TW text that is not said in Taiwan, and the word to use; ("", "") when there is none."""
    return next(((word, better) for word, better in _mainland().items() if word in text), ("", ""))
