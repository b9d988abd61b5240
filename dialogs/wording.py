"""Owns the languages: which there are, the catalogues, and the words of a label in each."""

from collections.abc import Iterable
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

from aftersales.say import Button
from dialogs.labels import LABELS

LOCALES = ("zh_CN", "zh_TW", "en")
LANGUAGE_NAMES = {"zh_CN": "简体中文", "zh_TW": "繁體中文", "en": "English"}
FOLDER = Path(__file__).resolve().parent.parent / "locales"


def nearest_locale(wanted: str, default: str = "zh_CN") -> str:
    """
    The language of ours that suits what an app says of its owner.

    Args:
        wanted: a language tag such as "zh-hans", "zh-HK", "en-GB"; "" when the app says nothing.
    """
    tag = wanted.replace("_", "-").lower()
    if tag.startswith("zh"):
        traditional = any(mark in tag for mark in ("hant", "tw", "hk", "mo"))
        return "zh_TW" if traditional else "zh_CN"
    return "en" if tag else default


@cache
def catalogue(locale: str) -> NullTranslations:
    """The translations of one language, compiled from its .po file when first asked for."""
    path = FOLDER / locale / "LC_MESSAGES" / "mendline.po"
    if not path.exists():
        return NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as source:
        write_mo(compiled, read_po(source, locale=locale))
    compiled.seek(0)
    return Translations(compiled)


def word(key: str, locale: str, **params: object) -> str:
    """The words of one label, "family.pump" or "button.accept"; a key that is none of ours is returned without its prefix."""
    english = LABELS.get(key)
    if english is None:
        return key.partition(".")[2] or key
    text = str(catalogue(locale).gettext(english))
    return text % params if params else text


def button_words(button: Button, locale: str) -> str:
    """What stands on a button for a reader of *locale*."""
    if button.label:
        return word(button.label, locale, **dict(button.params))
    if "words" in button.params:
        words = button.params["words"]
        return str(words.get(locale) or words["en"])
    return str(button.params["text"])


def words_on(buttons: Iterable[Button], locale: str) -> list[str]:
    """The words of several buttons, in their order."""
    return [button_words(button, locale) for button in buttons]
