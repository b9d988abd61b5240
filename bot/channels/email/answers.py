"""Owns how a button is pressed by mail: a number, a few words, or its sealed reference in square brackets."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dialogs.presses import ALSO
from dialogs.understanding.choice import wants
from dialogs.wording import word
from notifier.channel import Key

WAYS = ("back", "skip", "cancel")
WISHES = {"human": "human", "tickets": "status", "language": "language"}
_CODE = re.compile(r"\[([a-z_]{2,16}:[0-9a-z]{1,13}:[0-9a-z]{1,13}:[^:\]\s]{0,24}:[\w-]{12})\]")

Number = Callable[[int], str]
"""The number that people know a ticket by, from its id; "" for none."""


@dataclass(frozen=True, slots=True)
class Choice:
    """
    A button in a mail.

    Args:
        typed: what is written to press it; "" for a link.
        number: under which it stands in the list, 0 for none.
    """

    label: str
    typed: str = ""
    number: int = 0
    url: str = ""


def pressed_in(text: str) -> str:
    """The sealed reference that a mail brings back in square brackets, "" for none."""
    found = _CODE.search(text[:1000])
    return found[1] if found else ""


def is_of_a_ticket(key: Key) -> bool:
    """Whether the button stands on a ticket's card, not below a question."""
    _, ticket, _ = _parts(key)
    return key.kind == "press" and ticket > 0


def choices(keys: Sequence[Key], locale: str, number_of: Number) -> list[Choice]:
    """
    The buttons of one message as they are answered, in their order; what only an app can share is left out.

    The answers of a question are numbered as the dialog counts them: without back, skip and cancel, and only when there are
    two or more, because a lone number may be an answer of its own (an alarm code).
    """
    answers = [key for key in keys if _is_answer(key)]
    found = []
    for key in keys:
        if key.kind == "link":
            found.append(Choice(key.label, url=key.url))
        elif key.kind == "press":
            place = answers.index(key) + 1 if len(answers) > 1 and key in answers else 0
            found.append(Choice(key.label, str(place) if place else _typed(key, locale, number_of), place))
    return found


def _parts(key: Key) -> tuple[str, int, str]:
    """(verb, ticket id, argument); a reference that is none of ours is a choice."""
    parts = key.ref.split(":", 3)
    if len(parts) != 4 or ":" not in parts[3]:
        return "choose", 0, ""
    return parts[0], int(parts[1], 36), parts[3].rpartition(":")[0]


def _is_answer(key: Key) -> bool:
    verb, _, arg = _parts(key)
    return key.kind == "press" and verb == "choose" and arg not in WAYS


def _typed(key: Key, locale: str, number_of: Number) -> str:
    """The words that do what the button does, the surest that there are."""
    verb, ticket, arg = _parts(key)
    if verb == "choose":
        return key.label
    if verb == "home":
        return key.label if arg in WISHES and wants(key.label) == WISHES[arg] else f"/{arg}"
    if verb == "rate":
        return arg[-1] if arg[-2:-1] == "o" else key.label
    number = number_of(ticket)
    if number and verb == "assign":
        before, _, after = word("button.assign", locale, name="\n").partition("\n")
        return f"{(before + after).strip()} {number} {key.label.removeprefix(before).removesuffix(after).strip()}"
    if number and verb in ALSO and not (verb == "cancel" and arg in ("sure", "keep")):
        return f"{key.label} {number}"
    return f"{key.label} [{key.ref}]"
