"""The state diagrams in docs/ are those of the code."""

from importlib import import_module
from pathlib import Path

import pytest

diagrams = import_module("docs.diagrams")  # named as a text: a checker would take it for the folder beside it


@pytest.mark.parametrize("path", sorted(diagrams.pages()), ids=lambda path: path.name)
def test_a_committed_diagram_is_what_the_table_of_moves_draws(path: Path) -> None:
    assert path.exists() and path.read_text("utf-8") == diagrams.pages()[path], f"{path.name} is out of date: make diagrams"


def test_every_verb_of_a_machine_is_told_somewhere_in_its_diagram() -> None:
    for name, chart in diagrams.charts().items():
        drawn = diagrams.draw(chart)
        missing = [step.verb for step in chart.moves if f": {step.verb}" not in drawn and f" {step.verb}" not in drawn]
        assert missing == [], name


def test_a_small_machine_is_drawn_line_by_line() -> None:
    moves = [
        diagrams.Step("wake", ("asleep",), "up"),
        diagrams.Step("yawn", ("up",), "asleep", "it_is_late"),
        diagrams.Step("leave", ("asleep", "up"), "gone"),
    ]
    chart = diagrams.Chart(("asleep", "up", "gone"), moves, {"home": ("asleep", "up")})
    assert diagrams.draw(chart).splitlines() == [
        "stateDiagram-v2",
        "    state home {",
        "        asleep --> up: wake",
        "        up --> asleep: yawn [it is late]",
        "    }",
        "    [*] --> home",
        "    gone",
        "    home --> gone: leave",
        "    gone --> [*]",
    ]
