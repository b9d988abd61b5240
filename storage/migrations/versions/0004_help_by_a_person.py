"""Who of technical support helps with a ticket at a distance."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("ticket", sa.Column("support_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite")))
