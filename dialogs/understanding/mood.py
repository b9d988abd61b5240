"""Reads why an upset customer is upset, so that the answer can begin with the right word."""

import re
from functools import cache
from typing import Literal

from dialogs.understanding.script import fold, words

Mood = Literal["waited", "again", "worried", "angry", "abusive"]

_MOODS: tuple[Mood, ...] = ("abusive", "worried", "again", "waited", "angry")  # the first that fits wins
_BEGINNING, _END = 130, 100  # characters; the mood is said first or last, the story stands between
_LOUD = re.compile(r"[?]*![!?]{2,}|\?!|!!(?s:.)*!!")
_FEWEST_SHOUTED = 4  # words in capitals that make a shout; fewer may be a model, a unit or a sign on a display
_CAPITALS = re.compile(r"(?<![A-Za-z])[A-Z][A-Z']+(?![A-Za-z])")
_SMALL = re.compile(r"(?<![A-Za-z])[A-Za-z]*[a-z][A-Za-z]*")


@cache
def _lists() -> tuple["re.Pattern[str]", dict[Mood, "re.Pattern[str]"], "re.Pattern[str]", "re.Pattern[str]"]:
    content = words("mood.yaml")
    return (
        re.compile("|".join(content["harmless"])),
        {mood: re.compile("|".join(content[mood])) for mood in _MOODS},
        re.compile(content["cheerful"]),
        re.compile(content["shouted"]),
    )


def read_mood(text: str) -> Mood | None:
    """Why the writer is upset, or None for a calm text; insults win, then worry, a fault come back, waiting, plain anger.

    Of a long text only the beginning and the end are read. Never raises on any text."""
    calm, moods, cheerful, shouted = _lists()
    # A bar is in no pattern, so nothing reaches across what was left out.
    short = text if len(text) <= _BEGINNING + _END else f"{text[:_BEGINNING]}|{text[-_END:]}"
    folded = fold(short)
    spoken = calm.sub(lambda match: " " * len(match[0]), folded)
    for mood, pattern in moods.items():
        if pattern.search(spoken):
            return mood
    if _LOUD.search(folded) and not cheerful.search(folded):
        return "angry"
    capitals = _CAPITALS.findall(short)
    if len(capitals) >= _FEWEST_SHOUTED and len(capitals) > 3 * len(_SMALL.findall(short)) and not cheerful.search(folded):
        return "angry" if shouted.search(" ".join(capitals).lower()) else None
    return None
