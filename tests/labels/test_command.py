"""mendline qr in a process of its own: the files it writes, what makes older labels void, and what it says when it cannot."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from dialogs.machine_label import read_label
from tests.labels.scanner import read_png, scan

MENDLINE = str(Path(sys.executable).with_name("mendline"))
OURS = ("MENDLINE_", "TELEGRAM_", "DATABASE_URL")
URL = "https://desk.example"


class Desk:
    """An installation with the demo firm's six machines; no process runs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = {"MENDLINE_PUBLIC_URL": URL, "MENDLINE_DATA": str(folder / "var")}
        assert self.runs("demo", "--load").returncode == 0
        with closing(sqlite3.connect(folder / "var/mendline.db")) as database:
            (self.secret,) = database.execute("SELECT value FROM meta WHERE key = 'secret'").fetchone()

    def runs(self, *words: str, types: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
        kept = {name: value for name, value in os.environ.items() if not name.upper().startswith(OURS)}
        env = kept | self.settings | settings
        return subprocess.run([MENDLINE, *words], cwd=self.folder, env=env, input=types, capture_output=True, text=True, timeout=40)

    def label(self, file: str) -> tuple[int, int] | None:
        """(machine, series) of a picture as a phone reads it."""
        text = scan(read_png((self.folder / file).read_bytes())).text
        assert text.startswith(f"{URL}/m/")
        return read_label(text.removeprefix(f"{URL}/m/"), self.secret)

    def series(self) -> dict[str, int]:
        with closing(sqlite3.connect(self.folder / "var/mendline.db")) as database:
            return dict(database.execute("SELECT serial, label_series FROM asset ORDER BY serial"))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    yield Desk(tmp_path_factory.mktemp("desk"))


def test_pictures_and_sheets_of_all_machines_are_written_where_asked(desk: Desk) -> None:
    done = desk.runs("qr", "--all", "--png", "new/pictures", "--pdf", "new/labels.pdf", "--size", "105x74")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "6 labels in new/pictures/\n6 labels in new/labels.pdf: print it on A4 without scaling\n"
    assert sorted(path.stem for path in (desk.folder / "new/pictures").iterdir()) == sorted(desk.series())
    assert (desk.folder / "new/labels.pdf").read_bytes().startswith(b"%PDF")


def test_a_replaced_label_is_of_the_next_series_and_the_others_stay_good(desk: Desk) -> None:
    before = desk.series()
    assert desk.runs("qr", "fn 08200115e", "--png", ".").returncode == 0
    first = desk.label("FN08200115E.png")
    assert first and first[1] == before["FN08200115E"]

    done = desk.runs("qr", "FN08200115E", "FN08200115E", "--png", ".", "--replace")

    assert done.stdout == "1 label in ./\n"
    assert desk.label("FN08200115E.png") == (first[0], first[1] + 1)
    assert desk.series() == before | {"FN08200115E": first[1] + 1}


def test_a_serial_not_on_record_is_one_line_that_names_the_nearest_and_nothing_is_written(desk: Desk) -> None:
    before = desk.series()
    done = desk.runs("qr", "AT37190730F", "FN0820O115F", "--replace", "--pdf", "none.pdf")

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "mendline: no machine FN0820O115F is on record; did you mean FN08200115E?\n"
    assert desk.series() == before and not (desk.folder / "none.pdf").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["qr"], "name the machines by their serial numbers, or take --all; either, not both"),
        (["qr", "--all", "--pdf", "var"], "var cannot be written (Is a directory)"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(desk: Desk, words: list[str], said: str) -> None:
    done = desk.runs(*words)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"mendline: {said}\n")


def test_replacing_every_label_asks_first(desk: Desk) -> None:
    before = desk.series()
    assert desk.runs("qr", "--all", "--replace", types="n\n").returncode == 1
    assert desk.series() == before
    assert desk.runs("qr", "--all", "--replace", types="y\n").returncode == 0
    assert desk.series() == {serial: series + 1 for serial, series in before.items()}


def test_labels_that_no_phone_can_open_are_made_with_a_warning(desk: Desk) -> None:
    done = desk.runs("qr", "FN08200115E", MENDLINE_PUBLIC_URL="")
    assert done.stdout.splitlines() == [
        "1 label in machine-labels.pdf: print it on A4 without scaling",
        "They lead to http://127.0.0.1:8080, which no phone can open: set MENDLINE_PUBLIC_URL before you print them.",
    ]
