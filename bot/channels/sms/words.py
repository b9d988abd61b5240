"""Owns the few words that stand before the link at the end of an SMS."""

from dialogs.labels import N_
from dialogs.wording import catalogue

WORDS = {
    "answer": N_("Answer here:"),
    "more": N_("See it all here:"),
}


def words(key: str, locale: str) -> str:
    """One of WORDS in that language."""
    return str(catalogue(locale).gettext(WORDS[key]))
