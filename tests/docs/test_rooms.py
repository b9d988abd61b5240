"""Imports go one way through the rooms, at the top of a file and inside functions alike; foreign types stay where they belong."""

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Each room may import itself and those to its right.
ARROWS = {
    "bot": {"notifier", "storage", "dialogs", "aftersales"},
    "console": {"notifier", "storage", "dialogs", "aftersales"},
    "notifier": {"storage", "dialogs", "aftersales"},
    "storage": {"dialogs", "aftersales"},
    "dialogs": {"aftersales"},
    "aftersales": set(),
}
NETWORK = {"aiohttp", "httpx", "telegram", "asyncio", "socket", "urllib", "requests"}


@dataclass(frozen=True, slots=True)
class Import:
    """One imported module, with the names taken from it."""

    file: str
    line: int
    module: str
    names: tuple[str, ...] = ()

    @property
    def top(self) -> str:
        return self.module.partition(".")[0]

    def __str__(self) -> str:
        return f"{self.file}:{self.line} imports {self.module}"


def imports_of(path: Path) -> Iterator[Import]:
    """Every import of a file, wherever it stands in it."""
    file = str(path.relative_to(ROOT))
    for node in ast.walk(ast.parse(path.read_text("utf-8"), file)):
        if isinstance(node, ast.Import):
            yield from (Import(file, node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}:{node.lineno}: relative import; rooms are named in full"
            assert node.module is not None
            yield Import(file, node.lineno, node.module, tuple(name.name for name in node.names))


def imports(room: str) -> list[Import]:
    return [one for path in sorted((ROOT / room).rglob("*.py")) for one in imports_of(path)]


@pytest.mark.parametrize("room", ARROWS)
def test_a_room_imports_only_what_its_arrows_allow(room: str) -> None:
    rooms = {*ARROWS, "tests", "benchmarks", "docs"}
    wrong = [str(one) for one in imports(room) if one.top in rooms and one.top not in {room} | ARROWS[room]]
    assert wrong == []


def test_bot_and_console_never_import_each_other_not_even_by_a_string() -> None:
    assert [str(one) for one in imports("bot") if one.top == "console"] == []
    assert [str(one) for one in imports("console") if one.top == "bot"] == []
    by_string = [str(one) for room in ("bot", "console") for one in imports(room) if one.top == "importlib" and one.names]
    assert all("import_module" not in one for one in by_string)


def test_sqlalchemy_stays_in_storage() -> None:
    """A question put to the records is a function of a Connection; that one name may stand in the type of its argument."""
    outside = [one for room in ARROWS if room != "storage" for one in imports(room) if one.top in ("sqlalchemy", "alembic")]
    assert [str(one) for one in outside if one.names != ("Connection",)] == []
    assert {one.file.partition("/")[0] for one in outside} <= {"console"}


def test_the_telegram_package_is_known_to_its_channel_alone() -> None:
    users = {one.file for room in ARROWS for one in imports(room) if one.top == "telegram"}
    assert all(file.startswith("bot/channels/telegram/") for file in users)


def test_settings_are_read_in_one_file() -> None:
    readers = {one.file for room in ARROWS for one in imports(room) if one.top in ("pydantic_settings", "dotenv")}
    assert readers == {"bot/settings.py"}
    for room in ARROWS:
        for path in sorted((ROOT / room).rglob("*.py")):
            asked = re.search(r"getenv|environ\.get|environ\[", path.read_text("utf-8"))
            assert asked is None, f"{path.relative_to(ROOT)} reads the environment"


def test_the_rules_of_the_trade_stand_on_little_but_the_standard_library() -> None:
    foreign = {one.top for one in imports("aftersales")} - set(sys.stdlib_module_names) - {"aftersales"}
    assert foreign == {"yaml", "transitions", "rapidfuzz", "holidays", "ortools"}


@pytest.mark.parametrize("room", ["aftersales", "dialogs"])
def test_rules_and_dialogs_speak_to_no_network(room: str) -> None:
    assert [str(one) for one in imports(room) if one.top in NETWORK] == []


@pytest.mark.parametrize("room", ["aftersales", "dialogs"])
def test_rules_and_dialogs_are_handed_the_time_and_never_look_at_a_clock(room: str) -> None:
    """The zone of "today" and the moment of a turn come in as arguments, so that a test can stand anywhere in time."""
    for path in sorted((ROOT / room).rglob("*.py")):
        looked = re.search(r"\b(datetime\.(now|utcnow|today)|date\.today|time\.(time|monotonic))\(", path.read_text("utf-8"))
        assert looked is None, f"{path.relative_to(ROOT)} looks at a clock: {looked}"
