"""The desk of the conversations, on a file of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.desk import Desk
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
    from tests.acceptance.desk import staffed

    staffed(empty_desk)
    return empty_desk
