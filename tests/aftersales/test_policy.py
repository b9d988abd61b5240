"""A policy file that cannot be followed is refused with its name, the key, and what is wanted there."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from aftersales.errors import PolicyError
from aftersales.policy import load_policy

DEFAULT = Path(__file__).parents[2] / "policies" / "default.yaml"


def changed(folder: Path, change: Callable[[Any], object]) -> Path:
    raw = yaml.safe_load(DEFAULT.read_text("utf-8"))
    change(raw)
    path = folder / "mine.yaml"
    path.write_text(yaml.safe_dump(raw), "utf-8")
    return path


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda raw: raw.pop("name"), "mine.yaml: name: a name is wanted"),
        (lambda raw: raw.update(zone="Mars/Base"), "mine.yaml: zone: a time zone"),
        (lambda raw: raw.pop("hours"), "mine.yaml: hours: a mapping of weekdays"),
        (lambda raw: raw["hours"].update(monday=[]), "mine.yaml: hours: a mapping of weekdays"),
        (lambda raw: raw["hours"].update(mon=[["20:00", "08:00"]]), "mine.yaml: hours.mon: periods in order"),
        (lambda raw: raw["hours"].update(mon=[["08:00", "08:00"]]), "mine.yaml: hours.mon: periods in order"),
        (lambda raw: raw["hours"].update(mon=[["13:00", "18:00"], ["08:00", "12:00"]]), "mine.yaml: hours.mon: periods in order"),
        (lambda raw: raw["hours"].update(mon=[["8 o'clock", "12:00"]]), "mine.yaml: hours.mon: periods in order"),
        (lambda raw: raw["clocks"].pop("restore"), "mine.yaml: clocks.restore: a time such as"),
        (lambda raw: raw["clocks"].update(response=10), "mine.yaml: clocks.response: a time such as"),
        (lambda raw: raw["clocks"].update(response={1: 10, 2: 10, 3: 10}), "mine.yaml: clocks.response: a time such as"),
        (lambda raw: raw["clocks"].update(response="ten minutes"), "mine.yaml: clocks.response: a time such as"),
        (lambda raw: raw["clocks"].update(response="-5 minutes"), "mine.yaml: clocks.response: a time such as"),
        (lambda raw: raw["clocks"].update(survey="3 fortnights"), "mine.yaml: clocks.survey: a time such as"),
        (lambda raw: raw["clocks"]["response"].pop(2), "mine.yaml: clocks.response: a time such as"),
        (lambda raw: raw.update(round_the_clock=[7]), "mine.yaml: round_the_clock: a list of grades"),
        (lambda raw: raw.update(low_score="few"), "mine.yaml: low_score: a number of stars"),
    ],
)
def test_each_mistake_is_named(tmp_path: Path, change: Callable[[Any], object], says: str) -> None:
    with pytest.raises(PolicyError) as refused:
        load_policy(changed(tmp_path, change))

    assert str(refused.value).startswith(says)


@pytest.mark.parametrize("content", ["", "just words", "- a\n- b", "a: [1", "\x00"])
def test_what_is_no_policy_at_all_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(content)

    with pytest.raises(PolicyError, match=r"^mine\.yaml: "):
        load_policy(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"^none\.yaml: "):
        load_policy(tmp_path / "none.yaml")


def test_urgent_promises_run_at_night_and_others_wait_for_the_morning() -> None:
    policy = load_policy(DEFAULT)
    midnight = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)  # Tuesday 00:00 in Shanghai

    assert policy.due("response", 1, midnight) == midnight + timedelta(minutes=10)
    assert policy.due("response", 2, midnight) == datetime(2026, 3, 3, 0, 30, tzinfo=UTC)
    assert policy.due("sign_off", 3, midnight) == midnight + timedelta(hours=24)
