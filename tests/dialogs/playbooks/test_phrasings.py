"""Which playbook is chosen for what people say: a table for each family in phrasings/."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from dialogs.playbooks import LANGUAGES, Fault
from tests.dialogs.playbooks.test_every_way import LIBRARY

FOLDER = Path(__file__).parent / "phrasings"
KEYS = {"words", "language", "playbook", "brand", "model", "code", "said"}


def rows(file: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """(family, row) of one table."""
    table = yaml.safe_load(file.read_text("utf-8"))
    for row in table["rows"]:
        yield table["family"], row


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.yaml")), ids=lambda file: file.stem)
def test_what_people_say_chooses_the_playbook_that_fits(file: Path) -> None:
    wrong = []
    for family, row in rows(file):
        assert row.keys() <= KEYS and row["language"] in LANGUAGES, row
        known = {key: row[key] for key in ("words", "brand", "model", "code") if key in row}
        for one in {family, ""} if row.get("said", True) and row["playbook"] != "none" else {family}:
            choice = LIBRARY.choose(Fault(family=one, **known))
            chosen = choice.playbook.id if choice else "none"
            if chosen != row["playbook"]:
                wrong.append(f"{row['words']} {row.get('code', '')}: {chosen} instead of {row['playbook']}")
    assert wrong == []


def test_every_playbook_has_at_least_six_phrasings_and_some_in_each_script() -> None:
    said: dict[str, list[str]] = {playbook.id: [] for playbook in LIBRARY.playbooks}
    for _, row in (case for file in FOLDER.glob("*.yaml") for case in rows(file)):
        if row["playbook"] != "none":
            said[row["playbook"]].append(row["language"])

    assert {name: languages for name, languages in said.items() if len(languages) < 6 or set(languages) != set(LANGUAGES)} == {}
