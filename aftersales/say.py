"""Owns the values in which the desk speaks: a Say names a text and its parameters, never prose."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

ButtonKind = Literal["press", "link", "contact", "location"]


@dataclass(frozen=True, slots=True)
class Button:
    """
    One thing the reader can tap.

    Args:
        label: a key of the label table ("button.accept"), or "" when params carry the words themselves:
            params["text"] one string for everybody, params["words"] a mapping of locale to string.
        verb: what a press asks for; "choose" speaks to the open conversation, all others to a ticket.
        arg: the verb's argument, ASCII, 24 bytes at most so that the sealed reference stays under 64.
        ticket: the ticket meant, 0 for the conversation.
        rev: the ticket's version, or the conversation's step, at which the button was drawn.
        kind: "contact" and "location" ask the app to share them; "link" opens url.
    """

    label: str
    verb: str = ""
    arg: str = ""
    ticket: int = 0
    rev: int = 0
    params: Mapping[str, Any] = field(default_factory=dict)
    kind: ButtonKind = "press"
    url: str = ""
    style: Literal["", "primary", "danger"] = ""


Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Say:
    """
    One message to one person, before language and channel are known.

    Args:
        text: template below dialogs/texts, without its ending: "report/serial".
        params: JSON values (and aware datetimes) that the template names.
        slot: messages of one slot replace each other; "" is a message of its own.
        fresh: with a slot, send below what was said last (True) or edit where it stands (False).
        files: ids of stored files that go with it.
        urgent: may break quiet hours.
        attach: a file made of params when the message leaves: "visit" is the calendar's entry of the agreed time.
    """

    text: str
    params: Mapping[str, Any] = field(default_factory=dict)
    buttons: Rows = ()
    slot: str = ""
    fresh: bool = True
    files: tuple[int, ...] = ()
    urgent: bool = False
    drops_keyboard: bool = False
    attach: str = ""


def literal(text: str, verb: str = "choose", arg: str = "", **more: Any) -> Button:
    """A button whose label is no sentence of ours: a name, a model, a serial number."""
    return Button("", verb, arg, params={"text": text}, **more)


def worded(words: Mapping[str, str], verb: str = "choose", arg: str = "", **more: Any) -> Button:
    """A button whose label comes in three languages from a playbook."""
    return Button("", verb, arg, params={"words": dict(words)}, **more)
