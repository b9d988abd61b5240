"""mendline playbook: check, draw, and try as the customer of the real desk."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.playbook_cli import app
from bot.playbook_trial import Trial
from bot.settings import SettingsError
from dialogs.playbooks import load_playbooks
from dialogs.playbooks.drawing import mermaid
from tests.dialogs.playbooks.kettle import GOOD, write


def run(*words: str, typed: str = "") -> Result:
    return CliRunner().invoke(app, list(words), input=typed)


def test_check_names_every_mistake_and_ends_with_one(tmp_path: Path) -> None:
    write(tmp_path, "kettle.yaml", GOOD.replace("first: plug", "first: plugs"))
    write(tmp_path, "good.yaml", GOOD.replace("id: kettle_cold", "id: kettle_b"))

    both, one = run("check", str(tmp_path)), run("check", str(tmp_path / "good.yaml"))

    assert both.exit_code == 1
    assert both.output.startswith(f'{tmp_path / "kettle.yaml"}:14: first names the unknown step "plugs". Use one of: plug,')
    assert (one.exit_code, one.output) == (0, "1 playbook is in order.\n")


def test_the_playbooks_of_this_desk_are_checked_when_none_is_named() -> None:
    assert "in order" in run("check").output


def test_what_is_not_there_is_said_with_what_is() -> None:
    told = run("draw", "teapot")

    assert isinstance(told.exception, SettingsError)
    assert "there is no playbook teapot. Name a file, or one of: air_conditioner_leaking" in str(told.exception)


def test_a_chart_names_every_step_answer_and_ending(tmp_path: Path) -> None:
    write(tmp_path, "kettle.yaml", GOOD)

    assert mermaid(load_playbooks(tmp_path).playbooks[0]) == (
        "flowchart TD\n"
        "    %% kettle_cold 1: Kettle stays cold\n"
        '    s_gate["Any smoke?"]\n'
        '    s_plug["Is it plugged in?"]\n'
        '    s_rest["Let it rest. Hot now? (10 min)"]\n'
        '    s_exit_solved(["solved: Good."])\n'
        '    s_exit_visit[["visit: Heater broken"]]\n'
        '    s_exit_fire{{"hazard: smoke_fire"}}\n'
        '    s_gate -->|"None"| s_plug\n'
        '    s_gate -->|"Smoke"| s_exit_fire\n'
        '    s_plug -->|"It was"| s_rest\n'
        '    s_plug -->|"Now it is"| s_exit_solved\n'
        '    s_plug -->|"…"| s_exit_visit\n'
        '    s_rest -->|"Hot"| s_exit_solved\n'
        '    s_rest -->|"Cold / …"| s_exit_visit\n'
        "    style s_exit_solved fill:#d9f2df\n"
        "    style s_exit_fire fill:#ffd9d6\n"
    )


def test_a_picture_is_written_in_the_language_asked_for(tmp_path: Path) -> None:
    told = run("draw", "washing_machine_not_draining", "--language", "zh_TW", "--svg", str(tmp_path / "flow.svg"))

    assert told.exit_code == 0
    drawn = (tmp_path / "flow.svg").read_text("utf-8")
    assert drawn.startswith("<svg ") and "請看一下面板" in drawn


def test_trying_a_playbook_goes_through_the_real_desk(tmp_path: Path) -> None:
    write(tmp_path, "kettle.yaml", GOOD)

    told = run("try", str(tmp_path / "kettle.yaml"), "--language", "zh_TW", typed="1\n1\n/wait\n不熱\n")

    assert told.exit_code == 0, told.exception
    asked = ["冒煙嗎？", "插好了嗎？", "放一下。熱了嗎？", "放一下。熱了嗎？", "加熱壞了"]
    at = [told.output.find(words) for words in asked]
    assert at[:3] == sorted(at[:3]) and -1 not in at
    assert told.output.count("放一下。熱了嗎？") == 2
    assert "  gate: 沒有\n  plug: 插好了\n  rest: 不熱\n加熱壞了\nKT-1 · electrical 1 · 0.5 h" in told.output


@pytest.mark.parametrize("known", [{}, {"brand": "gree", "code": "E6"}])
def test_what_is_known_of_the_machine_can_be_given(known: dict[str, str]) -> None:
    book = load_playbooks(Path(__file__).parents[3] / "playbooks").get("air_conditioner_not_cooling")
    assert book is not None

    with Trial(book, "en", **known) as trial:
        trial.news()
        trial.answers("1")
        asked = trial.news()

    assert ("Just this once" in asked) == bool(known)


def test_a_word_of_danger_ends_a_trial_as_it_ends_a_check(tmp_path: Path) -> None:
    write(tmp_path, "kettle.yaml", GOOD)

    told = run("try", str(tmp_path / "kettle.yaml"), typed="1\nthere is smoke\n")

    assert "Your safety comes first" in told.output
