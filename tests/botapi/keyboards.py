"""Keyboards under messages and under the input field: reading reply_markup, refusing what Telegram refuses."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from tests.botapi.errors import bad_request

_INLINE_KINDS = (
    "callback_data",
    "url",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "pay",
    "callback_game",
)


@dataclass(frozen=True, slots=True)
class Button:
    """A button as a person sees it: its label, and what it does."""

    label: str
    does: str
    """callback_data, url, … for a button under a message; text, contact, location, … for one under the input field."""
    data: str = ""
    """The callback data or the link; "" for the others."""


Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Markup:
    """What reply_markup asked for."""

    kind: Literal["inline", "keyboard", "remove", "force_reply"]
    rows: Rows = ()
    one_time: bool = False
    placeholder: str = ""
    raw: dict[str, Any] = field(default_factory=dict)


def read_markup(value: Any) -> Markup | None:
    """
    Read a decoded reply_markup.

    Raises:
        ApiError: 400 in Telegram's wording, BUTTON_DATA_INVALID among them.
    """
    if value is None:
        return None
    if not isinstance(value, dict):
        raise bad_request("object expected as reply markup")
    rows = _rows(value, "keyboard", 'field "keyboard" must be an Array of Arrays', _keyboard_button)
    if rows:
        placeholder = str(value.get("input_field_placeholder") or "")
        return Markup("keyboard", rows, bool(value.get("one_time_keyboard")), placeholder, value)
    rows = _rows(
        value,
        "inline_keyboard",
        'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays',
        _inline_button,
    )
    if rows:
        return Markup("inline", rows, raw={"inline_keyboard": [row for row in value["inline_keyboard"] if row]})
    if value.get("remove_keyboard"):
        return Markup("remove", raw=value)
    if value.get("force_reply"):
        return Markup("force_reply", placeholder=str(value.get("input_field_placeholder") or ""), raw=value)
    return None


def _rows(value: dict[str, Any], name: str, complaint: str, read_button: Any) -> Rows:
    rows = value.get(name) or []
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request(complaint)
    return tuple(tuple(read_button(button) for button in row) for row in rows if row)


def _keyboard_button(button: Any) -> Button:
    if isinstance(button, str):
        button = {"text": button}
    if not isinstance(button, dict):
        raise bad_request("can't parse keyboard button: KeyboardButton must be a String or an Object")
    label = button.get("text")
    if not isinstance(label, str):
        raise bad_request("can't parse keyboard button: Can't find field \"text\"")
    if not label.strip():
        raise bad_request("keyboard button text must be non-empty")
    for name in ("contact", "location", "poll", "users", "chat"):
        if button.get(f"request_{name}"):
            return Button(label, name)
    return Button(label, "web_app" if button.get("web_app") else "text")


def _inline_button(button: Any) -> Button:
    if not isinstance(button, dict):
        raise bad_request("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
    label = button.get("text")
    if not isinstance(label, str):
        raise bad_request("can't parse inline keyboard button: Can't find field \"text\"")
    does = next((kind for kind in _INLINE_KINDS if button.get(kind) is not None), None)
    if does is None:
        raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if not label.strip():
        raise bad_request("inline keyboard button text must be non-empty")
    data = button[does]
    if does == "callback_data":
        # An empty callback_data is no better than a long one.
        if not isinstance(data, str) or not 1 <= len(data.encode()) <= 64:
            raise bad_request("BUTTON_DATA_INVALID")
    elif does == "url":
        if not isinstance(data, str) or ("." not in data and "://" not in data):
            raise bad_request("BUTTON_URL_INVALID")
    elif does == "copy_text" and not 1 <= len(str(data.get("text", ""))) <= 256:
        raise bad_request("BUTTON_COPY_TEXT_INVALID")
    return Button(label, does, data if isinstance(data, str) else "")
