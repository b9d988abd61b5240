"""What the tests of the process share: Telegram's stand-in, and firms that have just been installed and have invited two people."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest

from tests.botapi import BotApiServer
from tests.process.house import House
from tests.process.outcome import Outcome, outcome
from tests.process.story import Story
from tests.process.words import ENGLISH, LANGUAGES, Words

Opening = Callable[..., tuple[House, Story]]


@pytest.fixture
def server() -> Iterator[BotApiServer]:
    """Telegram; people are patient, because a process takes its time to start."""
    with BotApiServer(patience=40.0) as started:
        yield started


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[House, str, str]]:
    """A stopped house by language, and what its dispatcher and its engineer write to join; copied for each walk."""

    @cache
    def install(language_code: str) -> tuple[House, str, str]:
        words = next(one for one in LANGUAGES if one.language_code == language_code)
        house = House(tmp_path_factory.mktemp("installed"), BotApiServer())
        return house, house.invites("dispatcher", words.dispatcher), house.invites("engineer", words.engineer)

    return install


@pytest.fixture(scope="session")
def undisturbed(installed: Callable[[str], tuple[House, str, str]], tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """What the English walk leaves when nothing goes wrong."""
    with BotApiServer(patience=40.0) as server:
        ready, dispatcher_joins, engineer_joins = installed("en")
        house = House(tmp_path_factory.mktemp("undisturbed"), server)
        ready.furnish(house)
        with house:
            story = Story(server, dispatcher_joins, engineer_joins)
            story.walk()
            house.delivered()
        return outcome(house)


@pytest.fixture
def opening(server: BotApiServer, tmp_path: Path, installed: Callable[[str], tuple[House, str, str]]) -> Iterator[Opening]:
    """Opens a new firm: the running house and the story that is going to happen there. Takes what House takes."""
    with ExitStack() as running:
        count = 0

        def open_one(words: Words = ENGLISH, at: BotApiServer = server, **settings: str) -> tuple[House, Story]:
            nonlocal count
            count += 1
            ready, dispatcher_joins, engineer_joins = installed(words.language_code)
            house = House(tmp_path / f"house{count}", at, **settings)
            ready.furnish(house)
            return running.enter_context(house), Story(at, dispatcher_joins, engineer_joins, words)

        yield open_one
