"""Owns the line of sympathy (I5): said once, for what the customer really is upset about, never as a form letter."""

from datetime import timedelta

from dialogs.talk import Talk
from dialogs.understanding.mood import read_mood

AGAIN_AFTER = timedelta(hours=24)


def speak(talk: Talk, text: str) -> None:
    """Say one sincere line to a customer who is upset, unless it was said not long ago."""
    if talk.person.is_staff():
        return
    said = talk.conversation.calmed_at
    if said is not None and talk.now - said < AGAIN_AFTER:
        return
    mood = read_mood(text)
    if mood:
        talk.conversation.calmed_at = talk.now
        talk.say(f"calm/{mood}")
