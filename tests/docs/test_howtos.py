"""The how-tos work: a test takes their steps in a copy of the rooms and runs what comes of it."""

from pathlib import Path

import pytest

from dialogs.playbooks import check
from tests.docs.pages import ROOT, blocks
from tests.docs.steps import changed, copy_of, follow, run_in

HOWTO = ROOT / "docs/howto"
ROOMS = ("aftersales", "dialogs", "storage", "notifier", "locales", "playbooks", "policies", "pyproject.toml")


def test_a_new_question_is_asked_reviewed_and_reaches_the_engineer_when_the_page_is_followed(tmp_path: Path) -> None:
    house = copy_of(ROOMS, tmp_path)
    newest = max(path.name[:4] for path in (house / "storage/migrations/versions").glob("0*.py"))
    made = follow(
        HOWTO / "new-question.md",
        house,
        lambda text: text.replace("NEXT", f"{int(newest) + 1:04d}").replace("NEWEST", newest),
    )

    run_in(house, str(ROOT / "tests/docs/walk_report.py"), str(house))

    _is_in_the_house_style(house, made)


def test_a_new_channel_keeps_the_contract_and_carries_a_conversation_when_the_page_is_followed(tmp_path: Path) -> None:
    tests = ("tests/__init__.py", "tests/channels/__init__.py", "tests/channels/contract.py")
    house = copy_of((*ROOMS, "bot", ".env.example", *tests), tmp_path)
    made = follow(HOWTO / "new-channel.md", house)

    ran = run_in(house, "-m", "pytest", "-p", "no:cacheprovider", "tests/channels/test_board_contract.py")
    assert "passed" in ran and "skipped" not in ran

    run_in(house, str(ROOT / "tests/docs/walk_board.py"), str(house))

    _is_in_the_house_style(house, made)


def test_a_new_playbook_is_accepted_as_it_stands_on_its_page(tmp_path: Path) -> None:
    sheet = next(block.text for block in blocks(HOWTO / "new-playbook.md") if block.language == "yaml")
    (tmp_path / "printer_not_printing.yaml").write_text(sheet, "utf-8")
    assert check(tmp_path) == []


def test_a_step_that_no_longer_fits_the_code_says_so() -> None:
    with pytest.raises(AssertionError, match=r"find this once in rooms\.py, and does 0 times"):
        changed("a = 1\n", " b = 2\n+c = 3\n", "rooms.py")
    assert changed("a = 1\nb = 2\n", " b = 2\n+c = 3\n", "rooms.py") == "a = 1\nb = 2\nc = 3\n"


def _is_in_the_house_style(house: Path, made: list[Path]) -> None:
    code = [str(path) for path in made if path.suffix == ".py"]
    run_in(house, "-m", "ruff", "check", "--no-cache", *code)
    run_in(house, "-m", "ruff", "format", "--no-cache", "--check", *code)
