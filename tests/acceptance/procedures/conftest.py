"""The desk of a procedure, on a file of its own."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.acceptance.procedures.case import Case
from tests.databases import SqliteDatabases

Opens = Callable[[str], Case]


@pytest.fixture
def opens(sqlite_databases: SqliteDatabases, tmp_path: Path) -> Iterator[Opens]:
    """Opens a desk that works by the policy of that name; when it closes, every text said was right in three languages."""
    with ExitStack() as opened:

        def make(policy: str) -> Case:
            sqlite_databases.fresh(tmp_path)
            case = Case(tmp_path, tmp_path / "mendline.db", policy)
            opened.callback(_ends, case)
            return case

        yield make


def _ends(case: Case) -> None:
    case.desk.close()
    differences = [difference for difference in case.differences if difference]
    assert not differences, "\n" + "\n".join(differences)
