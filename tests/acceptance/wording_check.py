"""Owns what every text that a test produces must keep to, in all three languages: nothing empty, raw, foreign or too long."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from aftersales.say import Say
from dialogs.labels import COMMANDS, LABELS
from dialogs.wording import LOCALES, catalogue
from notifier.rendering import TEXTS, Reader, Renderer, environment, plain

LONGEST_MESSAGE = 4096  # https://core.telegram.org/bots/api#sendmessage
LONGEST_REFERENCE = 64
RAW = re.compile(r"\{\{|\}\}|\{%|%\(|\bNone\b(?! of)|Undefined|<\w+ object|&lt;")
WORD = re.compile(r"[A-Za-z][a-z]+(?:['’][a-z]+)?")
# Latin words that Chinese readers use as they stand.
AT_HOME = {"pdf", "word", "excel", "language", "wi", "fi", "app", "co", "kg", "cm", "km", "mb", "level", "english", "join", "gree"}


def faults_of(say: Say, renderer: Renderer, now: datetime) -> list[str]:
    """What is wrong with a Say, in any language; empty when all is well."""
    found = []
    for locale in LOCALES:
        reader = Reader(locale, "Asia/Shanghai", now)
        try:
            text = plain(renderer.html(say, reader))
            keys = [key for row in renderer.keys(say.buttons, 1, reader) for key in row]
        except Exception as problem:
            found.append(f"{say.text} in {locale}: {type(problem).__name__}: {problem}")
            continue
        given = " ".join(_strings(say.params, locale)) + " " + " ".join(_button_strings(say, locale))
        said = [text, *(key.label for key in keys)]
        if not all(line.strip() for line in said):
            found.append(f"{say.text} in {locale}: empty: {said}")
        if len(text) >= LONGEST_MESSAGE:
            found.append(f"{say.text} in {locale}: {len(text)} characters")
        for line in said:
            found += [f"{say.text} in {locale}: {raw}: {line}" for raw in RAW.findall(line) if raw not in given]
        found += [f"{say.text} in {locale}: long reference" for key in keys if len(key.ref.encode()) > LONGEST_REFERENCE]
        if locale != "en":
            found += [f"{say.text} in {locale}: English {words}: {said}" for words in [_english(said, given)] if words]
    return found


def _english(said: list[str], given: str) -> set[str]:
    allowed = AT_HOME | set(COMMANDS) | {"start"} | _words(given) | _untranslated()
    return _words(" ".join(said)) - allowed


def _words(text: str) -> set[str]:
    return {word.casefold() for word in WORD.findall(text)}


def _strings(value: Any, locale: str) -> Iterator[str]:
    """Every string that was given to the text by somebody, so not a sentence of ours."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        chosen = value.get(locale) if {"en", "zh_CN", "zh_TW"} <= value.keys() else list(value.values())
        yield from _strings(chosen, locale)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _strings(one, locale)


def _button_strings(say: Say, locale: str) -> Iterator[str]:
    for row in say.buttons:
        for button in row:
            yield from _strings(dict(button.params), locale)


@cache
def _untranslated() -> set[str]:
    """Words of sentences that no catalogue has yet: that they are missing is what the test of the catalogues says."""
    sentences = set(LABELS.values()) | set(COMMANDS.values()) | set(_in_templates())
    waiting = {s for s in sentences for locale in ("zh_CN", "zh_TW") if catalogue(locale).gettext(s) == s}
    return {word for sentence in waiting for word in _words(sentence)}


def _in_templates() -> Iterator[str]:
    env = environment("en", TEXTS)
    for path in sorted(Path(TEXTS).rglob("*.jinja")):
        for _line, _function, message in env.extract_translations(path.read_text("utf-8")):  # type: ignore[attr-defined]
            yield from [m for m in (message if isinstance(message, tuple) else (message,)) if m]
