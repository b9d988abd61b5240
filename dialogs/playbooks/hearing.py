"""Owns finding a playbook's phrases in what a customer wrote, in English and Chinese; what the text denies is not found."""

import re

from dialogs.playbooks.conditions import plain
from dialogs.playbooks.format import Symptoms

_SAID_NOT = re.compile(r"\b(?:(?:do|does|did|is|are|was|were|would|could|has|have|ca|wo|ai)n['’]?t|can ?not|never|hardly|barely)\b")
_CLAUSE_WORDS = frozenset({"but", "and", "or", "so", "because", "though", "although", "while", "then"})
_TOKEN = re.compile(r"[a-z0-9]+|[,.;:!?()\n]")
_GAP = 2  # words that may stand between two words of a phrase: "not really any cold air"
_NEGATIONS = frozenset({"not", "no", "without", "stop"})


def _tokens(text: str) -> list[str]:
    """Split into stems; "|" stands where a clause ends."""
    found = _TOKEN.findall(_SAID_NOT.sub("not", text))
    return ["|" if not token.isalnum() or token in _CLAUSE_WORDS else _stem(token) for token in found]


def _stem(word: str) -> str:
    for ending, shortest in (("ing", 6), ("ped", 6), ("ed", 5), ("s", 4)):
        if word.endswith(ending) and len(word) >= shortest and not word.endswith("ss"):
            return word.removesuffix(ending) + ("p" if ending == "ped" and not word.endswith("pped") else "")
    return word


class Heard:
    """What a customer wrote, ready for looking phrases up in it."""

    def __init__(self, text: str) -> None:
        written = plain(text)
        self.tokens = _tokens(written)
        self.solid = "".join(written.split())

    def found(self, phrases: Symptoms, gap: int = _GAP) -> tuple[str, ...]:
        """
        Return the phrases that the text holds and does not deny, as the file has them.

        Args:
            gap: how many other words may stand between two words of an English phrase.
        """
        english = [p for p in phrases["en"] if self._holds_words(_tokens(plain(p)), gap)]
        chinese = [p for p in phrases["zh"] if self._holds_characters("".join(plain(p).split()))]
        return (*english, *chinese)

    def _holds_words(self, phrase: list[str], gap: int) -> bool:
        starts = [i for i, token in enumerate(self.tokens) if phrase and token == phrase[0]]
        return any(not self._is_denied(start, phrase) and self._goes_on(start, phrase[1:], gap) for start in starts)

    def _goes_on(self, at: int, rest: list[str], gap: int) -> bool:
        for word in rest:
            window = self.tokens[at + 1 : at + 2 + gap]
            if "|" in window:
                window = window[: window.index("|")]
            if word not in window:
                return False
            at += 1 + window.index(word)
        return True

    def _is_denied(self, start: int, phrase: list[str]) -> bool:
        if phrase[0] in _NEGATIONS:
            return False
        before = self.tokens[max(0, start - 2) : start]
        if "|" in before:
            before = before[len(before) - before[::-1].index("|") :]
        return not _NEGATIONS.isdisjoint(before)

    def _holds_characters(self, phrase: str) -> bool:
        start = self.solid.find(phrase) if phrase else -1
        while start != -1:
            if start == 0 or self.solid[start - 1] not in "不没沒无無未":
                return True
            start = self.solid.find(phrase, start + 1)
        return False
