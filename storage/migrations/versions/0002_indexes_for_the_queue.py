"""Index what the queue's pages, the clocks and the ranking of engineers read all day."""

from alembic import op
from sqlalchemy import text

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_ticket_opened_at", "ticket", ["opened_at"])
    op.create_index("ix_ticket_state_closed_at", "ticket", ["state", "closed_at"])
    finish = text("verb = 'finish'")
    op.create_index("ix_history_finish", "history", ["actor_id", "ticket_id"], sqlite_where=finish, postgresql_where=finish)
    running = text("stopped_at IS NULL")
    op.create_index("ix_clock_running", "clock", ["ticket_id", "due"], sqlite_where=running, postgresql_where=running)
