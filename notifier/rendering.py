"""
Owns how a Say becomes words: template, language, zone. The only place where text keys turn into text.

Templates lie below dialogs/texts/ (chat) and console/templates/ (pages); their {% trans %} sentences are translated in locales/.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from babel.dates import format_date, format_skeleton, format_timedelta
from babel.lists import format_list
from babel.units import format_unit
from jinja2 import BaseLoader, Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.ext import Extension
from jinja2.runtime import Context
from markupsafe import Markup

from aftersales.say import Button, Rows, Say
from dialogs.moments import moment, window
from dialogs.reference import Reference, seal
from dialogs.wording import LOCALES, button_words, catalogue, word
from notifier.channel import Key

ROOT = Path(__file__).resolve().parent.parent
TEXTS = ROOT / "dialogs" / "texts"
SPACES = re.compile(r"[ \t]*\n[ \t]*")
MANY_LINES = re.compile(r"\n{3,}")
CONTROL_LINE = re.compile(r"^[ \t]*((?:\{%-?\s*(?!trans\b|pluralize\b|endtrans\b)[^%]*?%\}[ \t]*)+)\n", re.M)
TAG = re.compile(r"<[^>]+>")


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom a text is: language, IANA zone, and the moment at which it is read (aware)."""

    locale: str
    zone: str
    now: datetime


@cache
def environment(locale: str, *folders: Path) -> Environment:
    """The jinja2 environment of one language over the given template folders; autoescape on, unknown names are errors."""
    loader: BaseLoader = FileSystemLoader([str(folder) for folder in folders])
    env = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        lstrip_blocks=True,
        auto_reload=False,  # a look at every file for every message otherwise
        extensions=["jinja2.ext.i18n", LineTags],
    )
    env.policies["ext.i18n.trimmed"] = True
    translations = catalogue(locale)
    env.install_gettext_callables(translations.gettext, translations.ngettext, newstyle=True)  # type: ignore[attr-defined]
    env.filters |= {"moment": _moment, "window": _window, "day": _day, "word": _word, "words": _words, "mine": _mine, "span": _span}
    env.filters |= {"weekday": _weekday, "lasting": _length}
    return env


class LineTags(Extension):
    """
    Lets a line that holds nothing but control tags vanish with its newline, while every line with words keeps its own.

    jinja2's trim_blocks would also join the line after {% endtrans %} to the sentence before it.
    """

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        return CONTROL_LINE.sub(r"\1", source)


class Renderer:
    """
    Renders what is said in chats.

    Args:
        secret: seals the buttons.
        firm: the firm's name, which some texts give.
        address: of the desk, as people reach it; "" when it has none.

    *house* tells this desk's visits from those of another firm: its domain, or the firm's name.
    """

    def __init__(self, secret: bytes, firm: str, address: str = "") -> None:
        self._secret = secret
        self._house = {"firm": firm, "address": address}
        self.house = urlsplit(address).hostname or firm
        self._environments = {locale: environment(locale, TEXTS) for locale in LOCALES}

    def html(self, say: Say, reader: Reader) -> str:
        """The words of *say* as the small HTML of notifier.channel.Message."""
        template = self._environments[reader.locale].get_template(f"{say.text}.jinja")
        text = template.render({**say.params, "reader": reader, **self._house})
        return MANY_LINES.sub("\n\n", SPACES.sub("\n", text)).strip()

    def plain(self, say: Say, reader: Reader) -> str:
        """The words without any markup."""
        return plain(self.html(say, reader))

    def keys(self, rows: Rows, person_id: int, reader: Reader) -> tuple[tuple[Key, ...], ...]:
        """The buttons with their words, each reference sealed for *person_id*."""
        return tuple(
            tuple(
                Key(
                    _label(button, reader),
                    seal(Reference(button.verb, button.arg, button.ticket, button.rev), person_id, self._secret)
                    if button.kind == "press"
                    else "",
                    button.kind,
                    button.url,
                    button.style,
                )
                for button in row
            )
            for row in rows
            if row
        )


def _label(button: Button, reader: Reader) -> str:
    """The button's words; a time to choose is said in the reader's zone."""
    if "start" in button.params:
        start, end = _when(button.params["start"]), _when(button.params["end"])
        return window(start, end, reader.now, reader.zone, reader.locale)
    return button_words(button, reader.locale)


def plain(html: str) -> str:
    """Small HTML as plain text."""
    return unescape(TAG.sub("", html))


# -- filters: each takes the reader from the template's context ---------------------------------------------------------


def _reader(context: Context) -> Reader:
    reader = context["reader"]
    assert isinstance(reader, Reader)
    return reader


def _when(value: datetime | str) -> datetime:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


@pass_context
def _moment(context: Context, value: datetime | str) -> str:
    reader = _reader(context)
    return moment(_when(value), reader.now, reader.zone, reader.locale)


@pass_context
def _window(context: Context, start: datetime | str, end: datetime | str | None = None) -> str:
    reader = _reader(context)
    return window(_when(start), _when(end) if end else None, reader.now, reader.zone, reader.locale)


@pass_context
def _day(context: Context, value: date | str) -> str:
    day = date.fromisoformat(value) if isinstance(value, str) else value
    return format_date(day, "medium", locale=_reader(context).locale)


@pass_context
def _word(context: Context, key: object, family: str) -> str:
    """The name of a thing: {{ state|word("state") }}."""
    return word(f"{family}.{key}", _reader(context).locale)


@pass_context
def _words(context: Context, keys: Iterable[object], family: str) -> str:
    """The names of several things, as the language strings them together: {{ open|words("field") }}."""
    locale = _reader(context).locale
    return str(format_list([word(f"{family}.{key}", locale) for key in keys], style="standard", locale=locale))


@pass_context
def _span(context: Context, seconds: float) -> str:
    """A length of time in its largest unit, such as "2 days" or "30 minutes"."""
    return str(format_timedelta(timedelta(seconds=seconds), threshold=1.5, locale=_reader(context).locale))


@pass_context
def _weekday(context: Context, day: str) -> str:
    """A day of this year or so with its weekday, such as "Tue, Nov 24"."""
    return str(format_skeleton("MMMEd", date.fromisoformat(day), locale=_reader(context).locale))


@pass_context
def _length(context: Context, seconds: float) -> str:
    """A length of time to the minute, such as "26 hr 5 min"; below a minute to the second."""
    whole, locale = int(seconds), _reader(context).locale
    parts = [(whole // 3600, "hour"), (whole % 3600 // 60, "minute")] if whole >= 60 else [(whole, "second")]
    return " ".join(format_unit(n, f"duration-{unit}", "short", locale=locale) for n, unit in parts if n or unit == "second")


@pass_context
def _mine(context: Context, words: Mapping[str, Any]) -> str | Markup:
    """A text that comes in three languages, in the reader's."""
    return str(words.get(_reader(context).locale) or words.get("en", "")).strip()
