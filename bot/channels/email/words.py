"""Owns the few words that a mail says beside the message: how to answer, and how the subject is made."""

import re

from dialogs.labels import N_
from dialogs.wording import catalogue

WORDS = {
    "numbers": N_("Answer with the number:"),
    "or_write": N_("Or write:"),
    "write": N_("Answer with these words:"),
    "reply": N_("To answer, simply reply to this mail. A photo may go with it."),
}
LONGEST_SUBJECT = 70


def words(key: str, locale: str) -> str:
    """One of WORDS in that language."""
    return str(catalogue(locale).gettext(WORDS[key]))


def subject(text: str, number: str, firm: str) -> str:
    """The ticket's number and the first words of the mail; the firm's name when there are none."""
    first = next((line.strip() for line in text.splitlines() if any(sign.isalnum() for sign in line)), "") or firm
    first = re.sub(r"\s+", " ", first)
    room = LONGEST_SUBJECT - len(number)
    if len(first) > room:
        cut = first[: room - 1]
        first = (cut.rpartition(" ")[0] if cut.rfind(" ") > room // 2 else cut).rstrip(" ,;:，；：、") + "…"
    return f"[{number}] {first}" if number else first
