"""What people write, who they are and the keys of the house never reach the log, not even at its most talkative."""

from dataclasses import replace

import pytest

from tests.process.conftest import Opening
from tests.process.words import ENGLISH

SECRETS = (
    "8613812345678",
    "31.2304",
    "Zebulon",
    "quagga",
    "TEST-token_for-the-tests-own-telegram",
    "a-secret-of-the-tests-own",
    "join_",
)


@pytest.mark.parametrize(("driver", "mode"), [pytest.param("ptb", "polling", marks=pytest.mark.thorough), ("aiohttp", "webhook")])
def test_a_walk_at_debug_leaves_no_word_name_number_place_or_key_in_the_log(opening: Opening, driver: str, mode: str) -> None:
    words = replace(
        ENGLISH,
        customer="Zebulon",
        its_me="It's me, Zebulon",
        says_fault="My air conditioner is not cooling at all, says the quagga",
        says_finding="The quagga sat on it",
        tells_found="Emil has found the cause: The quagga sat on it",
        says_work="Led the quagga away",
        tells_repaired="Led the quagga away",
        says_word="A quagga thanks you",
    )
    house, story = opening(words, driver=driver, mode=mode, MENDLINE_LOG="debug")
    story.server.faults.server_error(times=3, method="sendMessage")
    story.server.faults.server_error(times=2, method="getFile")
    story.server.faults.drop_answer(method="editMessageText")
    story.walk()
    story.customer.blocks_bot()
    house.delivered()
    house.stop()

    said = house.said()
    assert "retry" in said, "it was to be talkative"
    assert [secret for secret in SECRETS if secret in said] == []
