"""What an intake that listens keeps: labels' series, further answers, merged tickets and who follows them, reminders of drafts."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("organisation", sa.Column("dealer", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("person", sa.Column("claimed_id", ID))
    op.add_column("asset", sa.Column("label_series", sa.Integer(), server_default="1", nullable=False))
    op.add_column("ticket", sa.Column("more", sa.JSON()))
    op.add_column("ticket", sa.Column("merged_into", ID))
    op.create_index("ix_ticket_serial", "ticket", ["serial"])
    op.create_table(
        "follower",
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name="fk_follower_ticket_id"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_follower_person_id"),
        sa.PrimaryKeyConstraint("ticket_id", "person_id", name="pk_follower"),
    )
    op.add_column("conversation", sa.Column("remind_at", MOMENT))
    op.add_column("conversation", sa.Column("reminded", sa.Integer(), server_default="0", nullable=False))
    op.add_column("conversation", sa.Column("calmed_at", MOMENT))
    waiting = sa.text("remind_at IS NOT NULL")
    op.create_index("ix_conversation_remind_at", "conversation", ["remind_at"], sqlite_where=waiting, postgresql_where=waiting)
