"""
Owns pulling the plug: SIGKILL at random moments of the walk, with fixed seeds; nothing is lost and nothing done twice.

`make kills` goes all twenty walks of ten kills; in the suite the plug is pulled under the store and under the web chat.
"""

import random
import time

import pytest

from tests.process.conftest import Opening
from tests.process.house import House
from tests.process.outcome import Outcome, outcome
from tests.process.story import Story

KILLS = 10
SEEDS = range(1, 21)


def walk_while_it_is_killed(house: House, story: Story, seed: int) -> None:
    """
    Kill the process and start it again in *KILLS* of the steps, mostly within 30 ms of what somebody did, else within 300.

    One place is drawn from each of as many stretches of the walk, so that every seed meets the invitations, the report, the
    remote repair, the visit and the survey, however many steps each has.
    """
    dice = random.Random(seed)
    length = len(story.steps)
    places = [dice.randrange(length * n // KILLS, length * (n + 1) // KILLS) for n in range(KILLS)]
    delays = {place: dice.uniform(0, 0.03 if dice.random() < 0.8 else 0.3) for place in places}

    def between(place: int) -> None:
        if place in delays:
            time.sleep(delays[place])  # the moment itself is what is drawn; nothing is waited for
            house.kill()
            house.start()

    story.walk(between)


@pytest.mark.kills
@pytest.mark.parametrize("seed", SEEDS)
def test_killed_ten_times_on_the_way_it_ends_as_if_nothing_had_happened(opening: Opening, undisturbed: Outcome, seed: int) -> None:
    house, story = opening(driver=("aiohttp", "ptb")[seed % 2])

    walk_while_it_is_killed(house, story, seed)
    house.delivered()

    assert outcome(house) == undisturbed
    assert house.starts == 1 + KILLS
    # What was delivered in the last moment before a kill was not yet marked, and came again; nothing else did.
    print(f"seed {seed}: {story.told_twice(house)} messages came twice")
