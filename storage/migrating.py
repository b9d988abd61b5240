"""Owns bringing a database to the shape that this Mendline knows. All steps are one transaction: a failed one leaves no trace."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, inspect, text

from storage.engine import make_engine
from storage.errors import StorageError, TooOld

FOLDER = Path(__file__).parent / "migrations"
LOCK = 0x6D656E646C696E65  # "mendline": the advisory lock under which PostgreSQL is migrated
_one_at_a_time = threading.Lock()  # Alembic keeps the migration under way in module globals


def migrate(url: str) -> list[str]:
    """
    Bring the database at *url* to the newest revision.

    Safe when several processes start at once: one migrates, the others wait and find nothing left to do.

    Returns:
        The revisions applied, oldest first; empty when there was nothing to do.

    Raises:
        TooOld: the database was made by a newer Mendline; nothing was changed.
        StorageError: records would point nowhere after the migration; nothing was changed.
    """
    if current(url) == newest():  # every start but the first after an update: no lock, and no Alembic to be loaded
        return []
    with _one_at_a_time:
        return _migrate(url)


def newest() -> str:
    """The revision that this Mendline knows as the last: each file of versions/ is named by its own, in order."""
    return max(file.name.partition("_")[0] for file in (FOLDER / "versions").glob("[0-9]*_*.py"))


def _migrate(url: str) -> list[str]:
    # Loading Alembic takes a tenth of a start, which only an update need pay.
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory(str(FOLDER))
    head = scripts.get_current_head()
    assert head is not None
    with _alone(url) as connection:
        present = _present(connection)
        if present is not None and present not in {script.revision for script in scripts.walk_revisions()}:
            raise TooOld(f"the database is at revision {present}, newer than {head}: install the newer Mendline again")
        if present == head:
            return []
        applied: list[str] = []

        def steps(revision: Any, _context: MigrationContext) -> Any:
            found = scripts._upgrade_revs(head, revision)
            applied.extend(step.revision.revision for step in found)
            return found

        config = Config(attributes={"connection": connection})
        with EnvironmentContext(config, scripts, fn=steps):
            scripts.run_env()
    return applied


def current(url: str) -> str:
    """The revision of the database at *url*, "" when it was never migrated."""
    engine = make_engine(url)
    try:
        with engine.connect() as connection:
            return _present(connection) or ""
    finally:
        engine.dispose()


@contextmanager
def _alone(url: str) -> Iterator[Connection]:
    """A connection in a transaction that no other migration can be in; committed at the end, rolled back on an error."""
    engine = make_engine(url)
    try:
        with engine.connect() as connection:
            if engine.dialect.name == "sqlite":
                # A table that is made anew is dropped first; with the keys on, that would take along what points at it.
                connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
            yield connection
            if engine.dialect.name == "sqlite" and (lost := connection.exec_driver_sql("PRAGMA foreign_key_check").first()):
                raise StorageError(f"a row of {lost[0]} would point nowhere in {lost[2]}")
            connection.commit()
    finally:
        engine.dispose()


def _present(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    row = connection.execute(text("SELECT version_num FROM alembic_version")).first()
    return str(row.version_num) if row else None
