"""
Owns how Alembic sees our database: which tables are meant, and how a migration is written for both databases.

A connection handed over in config.attributes is used as it is and the caller commits; the alembic command gives -x url=….
"""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection

from storage import tables
from storage.engine import make_engine


def rendered(kind: str, item: Any, _autogen: AutogenContext) -> str | Literal[False]:
    """Migrations stand on SQLAlchemy alone: our own column types may change after a migration was written."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, tables.Moment) else False


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=tables.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        render_item=rendered,
    )
    context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    engine = make_engine(context.get_x_argument(as_dictionary=True)["url"])
    with engine.begin() as own:
        run(own)
    engine.dispose()
