"""What the pages say of the policies is what the files say, and the recipe for a new one works."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from shutil import copytree

import pytest
import yaml

from aftersales.policies import Policies
from aftersales.policy import load_policy
from tests.docs.pages import ROOT, blocks
from tests.docs.steps import changed

FOLDER = ROOT / "policies"
COLUMNS = ("default", "machinery", "haifude", "standard", "guide", "out-of-warranty")
HOUR = timedelta(hours=1)


def table() -> Iterator[tuple[str, list[str]]]:
    """Each row of the table in docs/policies.md that names a key: the key, and what it says of the six policies."""
    for line in (ROOT / "docs/policies.md").read_text("utf-8").splitlines():
        if row := re.match(r"\| `([\w.]+)` \|(.+)\|$", line):
            yield row[1], [cell.strip() for cell in row[2].split("|")]


def written(value: object) -> str:
    """A value of a YAML file as the table writes it."""
    match value:
        case bool():
            return "yes" if value else "no"
        case dict():
            return " / ".join(written(one) for one in value.values()) or "none"
        case list():
            return ", ".join(written(one) for one in value) or "none"
        case _:
            return str(value)


@pytest.mark.parametrize(("key", "cells"), list(table()), ids=lambda one: one if isinstance(one, str) else "")
def test_the_table_for_the_service_manager_says_what_the_files_say(key: str, cells: list[str]) -> None:
    raws = [yaml.safe_load((FOLDER / f"{name}.yaml").read_text("utf-8")) for name in COLUMNS]
    said = []
    for raw in raws:
        value: object = raw
        for part in key.split("."):
            value = value.get(part, "none") if isinstance(value, dict) else value
        said.append(written(value))

    assert cells == said


def test_the_table_has_every_figure() -> None:
    raw = yaml.safe_load((FOLDER / "default.yaml").read_text("utf-8"))
    sections = ("clocks", "ladder", "priority", "warranty", "visit", "preventive", "drafts", "warn")
    keys = {f"{key}.{part}" for key in sections if key != "warn" for part in raw[key]}
    keys |= {f"warn.{kind}" for name in COLUMNS for kind in yaml.safe_load((FOLDER / f"{name}.yaml").read_text("utf-8"))["warn"]}
    keys |= {"round_the_clock", "elapsed", "refuse", "follow_up", "low_score", "far_km", "speed_kmh", "customers", "after_warranty"}
    keys |= {"holidays.country", "holidays.with_weekends"}

    assert {key for key, _ in table()} == keys


def test_the_recipe_makes_a_policy_that_the_book_takes_in(tmp_path: Path) -> None:
    folder = Path(copytree(FOLDER, tmp_path / "policies"))
    page = ROOT / "docs/howto/new-policy.md"
    copied = (folder / "default.yaml").read_text("utf-8")
    for block in blocks(page):
        if block.file == "policies/workshop.yaml":
            copied = changed(copied, block.text, block.file)
        elif block.file == "policies/which.yaml":
            (folder / "which.yaml").write_text(block.text, "utf-8")
    (folder / "workshop.yaml").write_text(copied, "utf-8")

    book = Policies.load(folder, "default")

    workshop, line = load_policy(folder / "workshop.yaml"), book.product_line("compressor", "")
    assert book.choose("", "", line, None) == (workshop, "product_line")
    assert (workshop.budget("response", 3), workshop.budget("quote", 2)) == (HOUR, 48 * HOUR)
    assert workshop.after_warranty == "out-of-warranty" and date(2026, 10, 1) in workshop.hours.closed
