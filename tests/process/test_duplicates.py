"""Updates come twice, and out of order: each has one effect."""

import pytest

from tests.process.conftest import Opening
from tests.process.outcome import Outcome, outcome


@pytest.mark.parametrize(
    ("driver", "mode", "later"),
    [
        ("ptb", "polling", False),
        ("aiohttp", "webhook", True),
        pytest.param("ptb", "polling", True, marks=pytest.mark.thorough),
        pytest.param("aiohttp", "webhook", False, marks=pytest.mark.thorough),
    ],
)
def test_a_walk_in_which_every_update_comes_twice_leaves_what_a_walk_leaves(
    opening: Opening, undisturbed: Outcome, driver: str, mode: str, later: bool
) -> None:
    house, story = opening(driver=driver, mode=mode)
    story.server.faults.duplicate_updates(later=later)

    story.walk()
    story.server.wait_quiet()
    house.delivered()

    assert outcome(house) == undisturbed
    assert story.told_twice(house) == 0


@pytest.mark.parametrize("mode", ["polling", "webhook"])
def test_a_button_and_a_message_that_overtake_each_other_both_have_their_effect(opening: Opening, mode: str) -> None:
    house, story = opening(mode=mode)
    anna = story.customer
    words = story.words
    anna.says("My fridge is not cooling")
    anna.hears(words.asks_phone)
    anna.presses(words.share_phone)
    anna.hears(words.asks_site)
    anna.presses(words.share_place)
    anna.hears(words.asks_review)
    anna.presses(words.change_since)
    anna.hears(words.asks_since)
    story.server.faults.reorder_updates(window=2, within=6.0, seed=1)

    anna.presses(words.since)
    anna.says("Monday, with a hum")
    story.server.wait_quiet()
    house.delivered()

    *_, first, second = [kind for (kind,) in house.ask("SELECT kind FROM inbox ORDER BY id")]
    frames = house.ask("SELECT frames FROM conversation")[0][0]
    # The words came first and are the answer, so the button belonged to a question already answered, and is told so.
    assert (first, second) == ("text", "press")
    assert '"since":"Monday, with a hum"' in frames
    assert '"state":"review"' in frames
    assert anna.toast().text != ""


def test_pressing_every_button_twice_at_once_has_one_effect(opening: Opening, undisturbed: Outcome) -> None:
    house, story = opening(mode="webhook")
    story.taps = 2
    for step in story.steps:
        step.does()
        for person, words in step.hears:
            person.hears(words)
        story.server.wait_quiet(0.1)  # what the second press brought is on the screen too
    house.delivered()

    left = outcome(house)
    assert (left.tickets, left.history, left.offers) == (undisturbed.tickets, undisturbed.history, undisturbed.offers)
    assert (left.surveys, left.stored) == (undisturbed.surveys, undisturbed.stored)
