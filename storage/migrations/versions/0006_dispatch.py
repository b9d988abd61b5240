"""Policies by contract, clocks with a ledger, the queue's order, absences, and what a visit needs."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("organisation", sa.Column("policy", sa.String(40), nullable=False, server_default=""))
    op.create_table(
        "contract",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("number", sa.String(40), nullable=False),
        sa.Column("organisation_id", ID, sa.ForeignKey("organisation.id", name="fk_contract_organisation_id"), nullable=False),
        sa.Column("level", sa.String(20), nullable=False),
        sa.Column("policy", sa.String(40), nullable=False, server_default=""),
        sa.Column("begins", sa.String(10), nullable=False),
        sa.Column("ends", sa.String(10), nullable=False),
        sa.Column("covers", sa.JSON, nullable=False),
        sa.Column("assets", sa.JSON, nullable=False),
        sa.Column("families", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_contract"),
        sa.UniqueConstraint("number", name="uq_contract_number"),
    )
    op.create_index("ix_contract_organisation_id", "contract", ["organisation_id"])
    op.create_table(
        "absence",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("person_id", ID, sa.ForeignKey("person.id", name="fk_absence_person_id"), nullable=False),
        sa.Column("begins", MOMENT, nullable=False),
        sa.Column("ends", MOMENT, nullable=False),
        sa.Column("reason", sa.Text, nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("id", name="pk_absence"),
    )
    op.create_index("ix_absence_person_id", "absence", ["person_id"])
    _tickets()
    _clocks()


def _tickets() -> None:
    op.add_column("ticket", sa.Column("policy", sa.String(40), nullable=False, server_default=""))
    op.add_column("ticket", sa.Column("ranks_at", MOMENT))
    op.add_column("ticket", sa.Column("warranty", sa.JSON))
    op.add_column("ticket", sa.Column("prepared", sa.JSON))
    op.add_column("ticket", sa.Column("visit", sa.JSON))
    op.add_column("ticket", sa.Column("turns", sa.Integer, nullable=False, server_default="0"))
    op.execute("UPDATE ticket SET ranks_at = opened_at")
    op.create_index("ix_ticket_state_ranks_at", "ticket", ["state", "ranks_at"])


def _clocks() -> None:
    op.add_column("clock", sa.Column("next_at", MOMENT))
    op.add_column("clock", sa.Column("step", sa.Integer, nullable=False, server_default="0"))
    op.add_column("clock", sa.Column("acknowledged_at", MOMENT))
    op.add_column("clock", sa.Column("calendar", sa.String(16), nullable=False, server_default=""))
    # A clock from before rings at its end, and has no ledger: that is how it is told from the others.
    op.execute("UPDATE clock SET next_at = due WHERE stopped_at IS NULL AND raised_at IS NULL AND paused_at IS NULL")
    op.drop_index("ix_clock_waiting", "clock")
    where = sa.text("stopped_at IS NULL AND next_at IS NOT NULL")
    op.create_index("ix_clock_next_at", "clock", ["next_at"], sqlite_where=where, postgresql_where=where)
    op.create_table(
        "clock_entry",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("clock_id", ID, sa.ForeignKey("clock.id", name="fk_clock_entry_clock_id"), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("what", sa.String(12), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("actor_id", ID),
        sa.Column("budget", sa.Float),
        sa.Column("whole_day", sa.Boolean, nullable=False),
        sa.Column("who", sa.String(20), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_clock_entry"),
    )
    op.create_index("ix_clock_entry_clock_id", "clock_entry", ["clock_id"])
    op.create_table(
        "calendar",
        sa.Column("digest", sa.String(16), nullable=False),
        sa.Column("content", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_calendar"),
    )
