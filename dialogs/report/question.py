"""Owns what a question of the report is, and the ways of reading that several questions share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from aftersales.say import Rows
from dialogs.talk import Talk
from dialogs.wording import word

Values = dict[str, Any]

SHORT = 300  # letters that a one-line field holds
REGION_OF_ZONE = {"Asia/Taipei": "TW", "Asia/Hong_Kong": "HK", "Asia/Macau": "MO", "Asia/Singapore": "SG"}


@dataclass(frozen=True, slots=True)
class Problem:
    """Why an answer cannot be taken, as a text that says what to do."""

    text: str
    params: Mapping[str, Any]


Answer = Values | Problem


@dataclass(frozen=True, slots=True)
class Question:
    """
    One question of the report.

    Args:
        fields: the values that it fills; it is known when the first of them is.
        read: what typed words mean, as values of fields or a Problem.
        choices: the buttons, without back, skip and cancel.
        choose: what a choice means; None: as if its words had been typed.
        optional: may be skipped even where it is asked.
        extra: the answer is one of the report's further answers (aftersales.ticket.MORE), under the question's own name.
    """

    fields: tuple[str, ...]
    read: Callable[[Talk, Values, str], Answer]
    choices: Callable[[Talk, Values], Rows] = lambda talk, values: ()
    choose: Callable[[Talk, Values, str], Answer] | None = None
    optional: bool = False
    extra: bool = False


def words_for(field: str, longest: int = SHORT, *, letters: bool = False) -> Callable[[Talk, Values, str], Answer]:
    """A reader that takes any words up to *longest* letters as they are; with *letters* a number alone is none."""

    def read(talk: Talk, values: Values, text: str) -> Answer:
        if not any(c.isalpha() if letters else c.isalnum() for c in text):
            return Problem("report/need_words", {})
        if len(text) > longest:
            return Problem("report/too_long", {"length": len(text), "longest": longest})
        return {field: text.strip()}

    return read


def choose_words(field: str, **as_said: str) -> Callable[[Talk, Values, str], Answer]:
    """A choice whose own words are the answer, but for those named in *as_said*."""

    def choose(talk: Talk, values: Values, arg: str) -> Answer:
        return {field: as_said[arg] if arg in as_said else word(f"button.{arg}", talk.person.locale)}

    return choose


def tap_one(talk: Talk, values: Values, text: str) -> Answer:
    """For questions that only a choice answers."""
    return Problem("report/tap_one", {})


def local_now(talk: Talk) -> datetime:
    """The turn's moment in the person's own zone."""
    return talk.now.astimezone(ZoneInfo(talk.person.zone))


def regions_of(talk: Talk) -> tuple[str, ...]:
    """
    The countries whose way of writing telephone numbers the person may use, the likeliest first.

    Apps that tell no zone leave that of the desk; whoever reads traditional characters is then more likely in Taiwan or Hong Kong.
    """
    by_zone = REGION_OF_ZONE.get(talk.person.zone)
    if by_zone:
        return (by_zone,)
    return ("TW", "HK", "CN") if talk.person.locale == "zh_TW" else ("CN",)
