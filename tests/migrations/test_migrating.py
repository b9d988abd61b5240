"""All migrations together make exactly our tables, once, whoever starts first; history stays as it was written."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from storage import tables
from storage.engine import make_engine
from storage.errors import TooOld
from storage.migrating import FOLDER, current, migrate
from tests.databases import PostgresqlDatabases

ROOT = Path(__file__).parents[2]
ROW = {"ticket_id": 1, "seq": 1, "at": "2026-03-02 09:00:00.000000", "verb": "report"}


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty 50%.db'}"  # a percent sign means something to configuration files
        return
    databases: PostgresqlDatabases = request.getfixturevalue("postgresql_databases")
    url = databases.empty()
    yield url
    databases.drop(url)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = make_engine(database_url)
    yield made
    made.dispose()


def test_an_empty_database_gets_every_step_and_a_second_start_finds_nothing_to_do(empty_url: str) -> None:
    assert current(empty_url) == ""
    steps = sorted(step.name[:4] for step in (FOLDER / "versions").glob("0*.py"))
    assert migrate(empty_url) == steps
    assert migrate(empty_url) == []
    assert current(empty_url) == steps[-1]


def test_the_migrations_make_exactly_the_tables_of_the_code(engine: Engine) -> None:
    def ignore_alembic(_object: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
        return not (kind == "table" and name == "alembic_version")

    with engine.connect() as connection:
        # On SQLite Alembic takes '' for no default; there the next test compares them, word for word.
        options = {"compare_server_default": engine.dialect.name != "sqlite", "include_object": ignore_alembic}
        assert compare_metadata(MigrationContext.configure(connection, opts=options), tables.metadata) == []


def test_every_key_and_index_is_written_as_the_code_would_write_it(engine: Engine, tmp_path: Path) -> None:
    """What compare_metadata does not look at: names of keys, conditions of partial indexes, on SQLite also defaults."""
    if engine.dialect.name == "sqlite":
        listing = "SELECT name, sql FROM sqlite_master WHERE type IN ('table', 'index') AND name NOT LIKE '%alembic%'"
        with make_engine(f"sqlite:///{tmp_path / 'direct.db'}").begin() as direct:
            tables.metadata.create_all(direct)
            expected = {name: _words(sql) for name, sql in direct.execute(text(listing))}
            direct.engine.dispose()
    else:
        listing = (
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = to_regnamespace(:schema) "
            "AND conname NOT LIKE 'alembic%' UNION ALL SELECT indexname, replace(indexdef, :schema || '.', '') "
            "FROM pg_indexes WHERE schemaname = :schema AND indexname NOT LIKE 'alembic%'"
        )
        with engine.begin() as connection:
            connection.execute(text("CREATE SCHEMA direct"))
            connection.execute(text("SET LOCAL search_path TO direct"))
            tables.metadata.create_all(connection, checkfirst=False)
            expected = {n: _words(d) for n, d in connection.execute(text(listing), {"schema": "direct"})}
    with engine.connect() as connection:
        rows = connection.execute(text(listing), {"schema": "public"} if engine.dialect.name == "postgresql" else {})
        assert {name: _words(definition) for name, definition in rows} == expected
    assert "uq_offer_one_accepted" in expected and "fk_ticket_customer_id" in str(expected)


def _words(definition: str | None) -> list[str]:
    return sorted((definition or "").replace(",", " ").replace("(", " ( ").replace(")", " ) ").split())


@pytest.mark.parametrize("statement", ["UPDATE history SET verb = 'nothing'", "DELETE FROM history"])
def test_history_cannot_be_changed_or_removed_by_any_statement(engine: Engine, statement: str) -> None:
    _write_one_row(engine)
    with pytest.raises(DBAPIError, match="history is never changed"), engine.begin() as connection:
        connection.execute(text(statement))
    with engine.connect() as connection:
        assert connection.execute(text("SELECT verb FROM history")).scalars().all() == ["report"]


def test_history_cannot_be_emptied_at_once_on_postgresql(postgresql_url: str) -> None:
    engine = make_engine(postgresql_url)
    _write_one_row(engine)
    with pytest.raises(DBAPIError, match="history is never changed"), engine.begin() as connection:
        connection.execute(text("TRUNCATE history CASCADE"))
    engine.dispose()


def _write_one_row(engine: Engine) -> None:
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.execute(text("PRAGMA foreign_keys=OFF"))
        else:
            connection.execute(text("SET session_replication_role = replica"))
        connection.execute(
            text(
                "INSERT INTO history (ticket_id, seq, at, verb, from_state, to_state, note, facts) "
                "VALUES (:ticket_id, :seq, :at, :verb, '', 'new', '', '{}')"
            ),
            ROW,
        )
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET session_replication_role = DEFAULT"))


def test_a_database_of_a_newer_mendline_is_left_alone(database_url: str) -> None:
    engine = make_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(TooOld, match="revision 9999, newer than"):
        migrate(database_url)
    assert current(database_url) == "9999"


def test_of_several_processes_that_start_at_once_one_migrates_and_all_go_on(empty_url: str) -> None:
    starting = "import sys; from storage.migrating import migrate; sys.stdin.readline(); print(','.join(migrate(sys.argv[1])))"
    started = [
        subprocess.Popen(
            [sys.executable, "-c", starting, empty_url],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [process.communicate(timeout=60) for process in started]
    assert [errors for _, errors in said] == ["", "", ""]
    applied = [out.strip() for out, _ in said if out.strip()]
    assert len(applied) == 1 and applied[0].startswith("0001")


def test_a_migration_that_fails_leaves_no_trace(empty_url: str) -> None:
    engine = make_engine(empty_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE history (mine INTEGER)"))  # in the way of a table that comes late
    with pytest.raises(DBAPIError):
        migrate(empty_url)
    assert current(empty_url) == ""
    with engine.connect() as connection:
        assert engine.dialect.get_table_names(connection) == ["history"]
    engine.dispose()
