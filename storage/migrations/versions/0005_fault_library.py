"""The fault library: what was seen, what caused it, what mended it."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "known_fault",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("family", sa.String(40), nullable=False),
        sa.Column("symptom", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("remedy", sa.Text(), nullable=False),
        sa.Column("brand", sa.String(60), nullable=False),
        sa.Column("model", sa.String(80), nullable=False),
        sa.Column("code", sa.String(120), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("ticket_id", ID),
        sa.Column("proposed_by", ID),
        sa.Column("decided_by", ID),
        sa.Column("at", MOMENT),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name="fk_known_fault_ticket_id"),
        sa.PrimaryKeyConstraint("id", name="pk_known_fault"),
        sa.UniqueConstraint("ticket_id", name="uq_known_fault_ticket_id"),
    )
    op.create_index("ix_known_fault_state", "known_fault", ["state"])
