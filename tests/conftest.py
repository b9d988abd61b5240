"""What tests of every room share: real databases, migrated, one for each test."""

import os
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.engine import Store
from tests.databases import PostgresqlDatabases, SqliteDatabases
from tests.storage.clock import Clock

# Files whose tests take long begin first, so that no worker is left alone with them at the end.
LONG = ("process", "browser", "storage/test_races", "channels/test_email_walk", "dialogs/test_every_event", "console")


def pytest_configure() -> None:
    """The many processes that the tests start need not compile the house anew, each for itself."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ.setdefault("PYTHONPYCACHEPREFIX", str(Path(tempfile.gettempdir()) / f"mendline-tests-{os.getuid()}"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def rank(item: pytest.Item) -> int:
        return next((n for n, name in enumerate(LONG) if f"tests/{name}" in item.path.as_posix()), len(LONG))

    items.sort(key=rank)


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> SqliteDatabases:
    return SqliteDatabases(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgresql_databases() -> Iterator[PostgresqlDatabases]:
    databases = PostgresqlDatabases()
    yield databases
    databases.close()


@pytest.fixture
def sqlite_url(sqlite_databases: SqliteDatabases, tmp_path: Path) -> str:
    """A migrated SQLite database of this test's own."""
    return sqlite_databases.fresh(tmp_path)


@pytest.fixture
def postgresql_url(postgresql_databases: PostgresqlDatabases) -> Iterator[str]:
    """A migrated PostgreSQL database of this test's own."""
    url = postgresql_databases.fresh()
    yield url
    postgresql_databases.drop(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated database of this test's own; the test runs once on each kind."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def clock() -> Clock:
    """The time of the test: a Monday morning at the desk, standing still until told to pass."""
    return Clock()


@pytest.fixture
def store(database_url: str, clock: Clock) -> Iterator[Store]:
    """The records in a fresh database, closed afterwards; whoever leaves a thread behind has failed."""
    before = set(threading.enumerate())
    opened = Store(database_url, clock=clock, sends=True)
    yield opened
    opened.close()
    for thread in set(threading.enumerate()) - before:
        thread.join(2)
        assert not thread.is_alive(), f"{thread.name} still runs after the test"
