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


def rows() -> Iterator[Any]:
    for file in sorted(FOLDER.glob("*.yaml")):
        table = yaml.safe_load(file.read_text("utf-8"))
        for row in table["rows"]:
            yield pytest.param(table["family"], row, id=f"{file.stem}: {row['words']} {row.get('code', '')}".strip())


@pytest.mark.parametrize(("family", "row"), list(rows()))
def test_what_people_say_chooses_the_playbook_that_fits(family: str, row: dict[str, Any]) -> None:
    assert row.keys() <= KEYS and row["language"] in LANGUAGES
    known = {key: row[key] for key in ("words", "brand", "model", "code") if key in row}
    families = {family, ""} if row.get("said", True) and row["playbook"] != "none" else {family}

    chosen = [LIBRARY.choose(Fault(family=one, **known)) for one in sorted(families)]

    assert [choice.playbook.id if choice else "none" for choice in chosen] == [row["playbook"]] * len(families)


def test_every_playbook_has_at_least_six_phrasings_and_some_in_each_script() -> None:
    said: dict[str, list[str]] = {playbook.id: [] for playbook in LIBRARY.playbooks}
    for _, row in (case.values for case in rows()):
        if row["playbook"] != "none":
            said[row["playbook"]].append(row["language"])

    assert {name: languages for name, languages in said.items() if len(languages) < 6 or set(languages) != set(LANGUAGES)} == {}
