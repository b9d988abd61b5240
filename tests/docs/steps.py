"""Owns doing what a how-to says: its blocks that name a file are written, changed or added to in a copy of the rooms."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from tests.docs.pages import ROOT, blocks


def copy_of(things: Iterable[str], to: Path) -> Path:
    """A folder with copies of some rooms and files of the repository."""
    for thing in things:
        there = to / thing
        there.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / thing).is_dir():
            shutil.copytree(ROOT / thing, there, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / thing, there)
    return to


def follow(page: Path, house: Path, filled_in: Callable[[str], str] = lambda text: text) -> list[Path]:
    """
    Take every step of the page in the copy at *house*.

    Args:
        filled_in: puts real values where the page has words in capitals.

    Returns:
        The files made or changed, each once.
    """
    touched: dict[Path, None] = {}
    for block in blocks(page):
        if not block.file:
            continue
        path, text = house / filled_in(block.file), filled_in(block.text)
        if block.language == "diff":
            assert path.exists(), f"{page.name} changes {block.file}, which does not exist"
            path.write_text(changed(path.read_text("utf-8"), text, block.file), "utf-8")
        elif block.language == "po":
            path.write_text(path.read_text("utf-8") + "\n" + text, "utf-8")
        else:
            assert not path.exists(), f"{page.name} makes {block.file}, which exists already"
            path.write_text(text, "utf-8")
        touched[path] = None
    return list(touched)


def changed(text: str, diff: str, name: str) -> str:
    """The text after a diff whose lines begin with a blank (there), a minus (goes) or a plus (comes)."""
    lines = diff.splitlines(keepends=True)
    before = "".join(line[1:] for line in lines if line[0] in " -")
    after = "".join(line[1:] for line in lines if line[0] in " +")
    assert text.count(before) == 1, f"the page wants to find this once in {name}, and does {text.count(before)} times:\n{before}"
    return text.replace(before, after)


def run_in(house: Path, *words: str) -> str:
    """Run Python in the copy, with the copy's rooms before any other; its output, or the test fails with it."""
    environment = {**os.environ, "PYTHONPATH": str(house), "PYTHONDONTWRITEBYTECODE": "1"}
    ran = subprocess.run([sys.executable, *words], cwd=house, env=environment, capture_output=True, text=True, timeout=240)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout
