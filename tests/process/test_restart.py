"""Stopping, starting, and what is not there when it starts."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.botapi import BotApiServer
from tests.process.conftest import Opening
from tests.process.house import House, until
from tests.process.story import Story


def to_the_middle_of_the_report(story: Story) -> None:
    """The staff have joined, and the customer has the card before her, where a code could be added."""
    asked = next(place for place, step in enumerate(story.steps) if (story.customer, story.words.asks_code) in step.hears)
    for step in story.steps[:asked]:
        step.does()
        for person, words in step.hears:
            person.hears(words)


def test_a_report_half_filled_goes_on_after_two_weeks_and_an_old_button_still_shows_where_it_stands(opening: Opening) -> None:
    house, story = opening()
    anna, words = story.customer, story.words
    to_the_middle_of_the_report(story)
    anna.presses(words.add_code)
    asked = anna.hears(words.asks_code)
    house.delivered()
    assert house.stop() == 0
    with closing(sqlite3.connect(house.data / "mendline.db")) as database, database:
        for table, column in (("conversation", "updated_at"), ("inbox", "at"), ("outbox", "created_at"), ("outbox", "sent_at")):
            database.execute(f"UPDATE {table} SET {column} = datetime({column}, '-14 days')")

    house.start()
    anna.presses(words.no_code, on=asked)
    anna.hears(words.asks_review)
    anna.presses_gone(asked, next(b.data for row in asked.buttons for b in row if b.label == words.no_code))
    assert anna.toast().text == "That button belongs to an earlier question. Here is the present one."
    anna.presses(words.add_tried)
    tried = anna.hears(words.asks_tried)
    anna.presses(words.nothing_tried, on=tried)
    anna.hears("Tried before: Nothing yet")


def test_without_telegram_web_chat_works_and_the_bot_comes_up_when_telegram_is_back(tmp_path: Path) -> None:
    server = BotApiServer(patience=40.0)
    server.start()
    anna = server.person("Anna")
    server.stop()
    with House(tmp_path, server) as house:
        house.up()
        assert b"<html" in house.gets("/chat")[1]
        until(lambda: "Telegram did not do it" in house.said(), "the log says that Telegram is away")
        server.start()
        try:
            anna.says("/start")
            anna.hears("Tell me what is broken")
            until(lambda: server.call_count("setMyCommands"), "the commands are shown")
        finally:
            server.stop()


def test_a_wrong_token_is_one_clear_line_and_the_web_goes_on(server: BotApiServer, tmp_path: Path) -> None:
    with House(tmp_path, server, TELEGRAM_TOKEN="1:wrong") as house:
        house.up()
        line = "Telegram does not accept the bot token: put the right one, from @BotFather, into the settings"
        until(lambda: line in house.said(), "the log names the token")
        assert house.gets("/chat")[0] == 200
        assert house.said().count(line) == 1
        assert "1:wrong" not in house.said()
        assert "Traceback" not in house.said()


def test_a_second_desk_on_the_same_sqlite_file_is_refused_in_one_line(tmp_path: Path) -> None:
    with House(tmp_path) as first:
        first.up()
        second = House(tmp_path)
        second.start()
        assert second.ended() == 2
        assert second.said().splitlines()[-1].startswith("mendline: mendline run is already at work on ")
        assert "Traceback" not in second.said()
        assert "Welcome" not in first.does("check")
        assert first.runs()
    with House(tmp_path) as third:  # the lock went with the process that was killed
        third.up()


@pytest.mark.parametrize("settings", [{"TELEGRAM_TOKEN": "nonsense"}, {"MENDLINE_PORT": "0"}, {"MENDLINE_POLICY": "no-such"}])
def test_a_setting_that_cannot_be_used_ends_the_start_with_one_line(tmp_path: Path, settings: dict[str, str]) -> None:
    house = House(tmp_path, **settings)  # type: ignore[arg-type]
    house.start()
    assert house.ended() == 2
    assert len(house.said().splitlines()) == 1
    assert next(iter(settings)) in house.said()


def test_health_answers_in_json(tmp_path: Path) -> None:
    with House(tmp_path) as house:
        house.up()
        assert json.loads(house.gets("/healthz")[1]) == {"status": "ok"}
        assert house.gets("/nothing-here")[0] == 404
