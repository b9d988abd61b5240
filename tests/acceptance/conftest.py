"""The desk of the conversations, on a file of its own, and the people of the stories."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.desk import Desk, Someone, staffed
from tests.databases import SqliteDatabases


@pytest.fixture
def empty_desk(sqlite_databases: SqliteDatabases, tmp_path: Path) -> Iterator[Desk]:
    """A desk at which nobody works yet."""
    sqlite_databases.fresh(tmp_path)
    opened = Desk(tmp_path, database=tmp_path / "mendline.db")
    yield opened
    opened.close()


@pytest.fixture
def desk(empty_desk: Desk) -> Desk:
    """A desk with Zhou (dispatcher), Sun (supervisor), Wang and Li (engineers)."""
    staffed(empty_desk)
    return empty_desk


@pytest.fixture
def zhou(desk: Desk) -> Someone:
    return desk.people["zhou"]


@pytest.fixture
def wang(desk: Desk) -> Someone:
    return desk.people["wang"]


@pytest.fixture
def li(desk: Desk) -> Someone:
    return desk.people["li"]


@pytest.fixture
def anna(desk: Desk) -> Someone:
    """A customer whose phone we know and whose air conditioner is on record."""
    anna = desk.person("anna", phone="+8613812340001")
    desk.machine(anna)
    return anna
