"""A customer, a dispatcher and an engineer go the whole way over Telegram: in each language, over each driver, both ways in."""

import pytest

from tests.process.conftest import Opening
from tests.process.outcome import outcome
from tests.process.story import PHOTOS
from tests.process.words import ENGLISH, SIMPLIFIED, TRADITIONAL, Words

WAYS = [  # every language, every driver in both ways
    (ENGLISH, "ptb", "polling"),
    (TRADITIONAL, "aiohttp", "polling"),
    (SIMPLIFIED, "ptb", "webhook"),
    (ENGLISH, "aiohttp", "webhook"),
]


@pytest.mark.parametrize(("words", "driver", "mode"), WAYS, ids=lambda one: getattr(one, "language_code", one))
def test_a_fault_goes_from_the_first_word_to_the_stars(opening: Opening, words: Words, driver: str, mode: str) -> None:
    house, story = opening(words, driver=driver, mode=mode)

    story.walk()
    house.delivered()

    w, left = words, outcome(house)
    assert left.history == [
        (1, "report", "", "new", w.says_fault, w.customer),
        (2, "grade", "new", "graded", "stopped", ""),
        (3, "start_remote", "graded", "remote", f"words: {w.symptom}", ""),
        (4, "step", "remote", "remote", "gate: none", w.customer),
        (5, "step", "remote", "remote", "mode: blank", w.customer),
        (6, "step", "remote", "remote", "remote: blank", w.customer),
        (7, "queue", "remote", "queued", "remote_control_dead", w.customer),
        (8, "offer", "queued", "offered", w.engineer, w.dispatcher),
        (9, "accept", "offered", "accepted", "", w.engineer),
        (10, "schedule", "accepted", "scheduled", "", w.engineer),
        (11, "depart", "scheduled", "en_route", "", w.engineer),
        (12, "arrive", "en_route", "on_site", "", w.engineer),
        (13, "find", "on_site", "on_site", w.says_finding, w.engineer),
        (14, "finish", "on_site", "repaired", w.says_work, w.engineer),
        (15, "sign_off", "repaired", "signed_off", "", w.customer),
        (16, "rate", "signed_off", "signed_off", "s1", w.customer),
        (17, "rate", "signed_off", "signed_off", "e3", w.customer),
        (18, "rate", "signed_off", "signed_off", "o5", w.customer),
        (19, "close", "signed_off", "closed", "survey answered", ""),
        (20, "word", "closed", "closed", w.says_word, w.customer),
    ]
    number, state, *_ = left.tickets[0]
    assert (len(left.tickets), number, state) == (1, "0001", "closed")
    report = house.ask("SELECT family, fault, extent, since, contact, phone, lat, lon, wished, finding, work_done FROM ticket")
    phone, here = "+8613812345678", (31.2304, 121.4737)
    assert report == [("air_conditioner", w.says_fault, 1, w.since, w.customer, phone, *here, "asap", w.says_finding, w.says_work)]
    assert left.offers == [(w.engineer, "accepted", "")]
    assert left.surveys == [(1, 1, 3, 5, w.says_word)]
    assert left.stored == sorted(PHOTOS)
    assert (left.unsent, left.open_frames) == (0, [])
    assert {locale for _, locale, _, _ in left.people} == {w.locale}
    assert story.told_twice(house) == 0
    assert house.stop() == 0
