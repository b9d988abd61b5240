"""The quick look at a database's revision must know the same newest one as Alembic."""

from alembic.script import ScriptDirectory

from storage.migrating import FOLDER, newest


def test_the_newest_revision_is_named_by_the_last_file() -> None:
    assert newest() == ScriptDirectory(str(FOLDER)).get_current_head()
