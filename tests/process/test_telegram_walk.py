"""A customer, a dispatcher and an engineer go the whole way over Telegram: in each language, over each driver, both ways in."""

import pytest

from tests.process.conftest import Opening
from tests.process.outcome import outcome
from tests.process.story import PHOTOS
from tests.process.words import ENGLISH, LANGUAGES, SIMPLIFIED, TRADITIONAL, Words

VERBS = [
    "report",
    "start_remote",
    "step",
    "step",
    "step",
    "queue",
    "offer",
    "accept",
    "schedule",
    "depart",
    "arrive",
    "find",
    "finish",
    "sign_off",
    "rate",
    "rate",
    "rate",
    "close",
    "word",
]
WAYS = [
    *((words, driver, "polling") for words in LANGUAGES for driver in ("ptb", "aiohttp")),
    (SIMPLIFIED, "ptb", "webhook"),
    (TRADITIONAL, "aiohttp", "webhook"),
]


@pytest.mark.parametrize(("words", "driver", "mode"), WAYS, ids=lambda one: getattr(one, "language_code", one))
def test_a_fault_goes_from_the_first_word_to_the_stars(opening: Opening, words: Words, driver: str, mode: str) -> None:
    house, story = opening(words, driver=driver, mode=mode)

    try:
        story.walk()
    except AssertionError:
        print('EMIL',story.engineer.transcript(), house.said(), house.ask('select seq,verb from history'))
        raise
    house.delivered()

    print(outcome(house))
    assert story.told_twice(house) == 0
    print(story.engineer.transcript())
