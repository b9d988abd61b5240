"""The first tables, and the triggers that keep history as it was written."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)

SQLITE_TRIGGERS = tuple(
    f"CREATE TRIGGER history_no_{event.lower()} BEFORE {event} ON history "
    "BEGIN SELECT RAISE(ABORT, 'history is never changed'); END"
    for event in ("UPDATE", "DELETE")
)
POSTGRESQL_TRIGGERS = (
    """
    CREATE FUNCTION history_is_never_changed() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'history is never changed' USING ERRCODE = 'restrict_violation'; END $$
    """,
    *(
        f"CREATE TRIGGER history_no_{event.lower()} BEFORE {event} ON history "
        "FOR EACH STATEMENT EXECUTE FUNCTION history_is_never_changed()"
        for event in ("UPDATE", "DELETE", "TRUNCATE")
    ),
)


def upgrade() -> None:
    _people()
    _tickets()
    _talks_and_delivery()
    _history_stays()


def _people() -> None:
    op.create_table(
        "meta",
        sa.Column("key", sa.String(60), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_meta"),
    )
    op.create_table(
        "organisation",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("importance", sa.Integer(), server_default="1", nullable=False),
        sa.Column("sales_id", ID),
        sa.PrimaryKeyConstraint("id", name="pk_organisation"),
        sa.UniqueConstraint("name", name="uq_organisation_name"),
    )
    op.create_table(
        "person",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("locale", sa.String(8), nullable=False),
        sa.Column("language_chosen", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("zone", sa.String(60), nullable=False),
        sa.Column("phone", sa.String(40), server_default="", nullable=False),
        sa.Column("organisation_id", ID),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_person_organisation_id"),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
    )
    op.create_table(
        "role",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_role_person_id"),
        sa.PrimaryKeyConstraint("person_id", "role", name="pk_role"),
    )
    op.create_index("ix_role_role", "role", ["role"])
    op.create_table(
        "address",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("chat", sa.String(120), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("last_used_at", MOMENT, nullable=False),
        sa.Column("blocked_at", MOMENT),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_address_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_address"),
        sa.UniqueConstraint("channel", "chat", name="uq_address_channel_chat"),
    )
    op.create_index("ix_address_person_id", "address", ["person_id"])
    op.create_table(
        "engineer",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("skills", sa.JSON(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("place", sa.Text(), server_default="", nullable=False),
        sa.Column("lat", sa.Float()),
        sa.Column("lon", sa.Float()),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_engineer_person_id"),
        sa.PrimaryKeyConstraint("person_id", name="pk_engineer"),
    )
    op.create_table(
        "asset",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("serial", sa.String(80), nullable=False),
        sa.Column("family", sa.String(40), nullable=False),
        sa.Column("brand", sa.String(60), server_default="", nullable=False),
        sa.Column("model", sa.String(80), server_default="", nullable=False),
        sa.Column("organisation_id", ID),
        sa.Column("owner_id", ID),
        sa.Column("site", sa.Text(), server_default="", nullable=False),
        sa.Column("lat", sa.Float()),
        sa.Column("lon", sa.Float()),
        sa.Column("purchased_on", sa.String(10), server_default="", nullable=False),
        sa.Column("warranty_until", sa.String(10), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_asset_organisation_id"),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name="fk_asset_owner_id"),
        sa.PrimaryKeyConstraint("id", name="pk_asset"),
        sa.UniqueConstraint("serial", name="uq_asset_serial"),
    )
    op.create_index("ix_asset_organisation_id", "asset", ["organisation_id"])
    op.create_index("ix_asset_owner_id", "asset", ["owner_id"])
    op.create_table(
        "part",
        sa.Column("number", sa.String(40), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("price", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("stock", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_part"),
    )
    op.create_table(
        "link",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("person_id", ID),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT),
        sa.Column("used_by", ID),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_link_person_id"),
        sa.PrimaryKeyConstraint("token_hash", name="pk_link"),
    )
    op.create_table(
        "session",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("chat", sa.String(120), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_session_person_id"),
        sa.PrimaryKeyConstraint("token_hash", name="pk_session"),
    )
    op.create_index("ix_session_person_id", "session", ["person_id"])


def _tickets() -> None:
    op.create_table(
        "number_series",
        sa.Column("day", sa.String(8), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_number_series"),
    )
    op.create_table(
        "ticket",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("number", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("organisation_id", ID),
        sa.Column("grade", sa.Integer(), nullable=False),
        sa.Column("hazard", sa.String(40), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("respond_by", MOMENT),
        sa.Column("closed_at", MOMENT),
        sa.Column("engineer_id", ID),
        sa.Column("dispatcher_id", ID),
        sa.Column("held_from", sa.String(16), nullable=False),
        sa.Column("appointment_start", MOMENT),
        sa.Column("appointment_end", MOMENT),
        sa.Column("playbook", sa.String(80), nullable=False),
        sa.Column("cause", sa.JSON(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("skill", sa.String(40), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("hours", sa.Float()),
        sa.Column("finding", sa.Text(), nullable=False),
        sa.Column("work_done", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("family", sa.String(40), nullable=False),
        sa.Column("brand", sa.String(60), nullable=False),
        sa.Column("model", sa.String(80), nullable=False),
        sa.Column("serial", sa.String(80), nullable=False),
        sa.Column("asset_id", ID),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.Column("extent", sa.Integer(), nullable=False),
        sa.Column("since", sa.Text(), nullable=False),
        sa.Column("code", sa.String(120), nullable=False),
        sa.Column("tried", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("phone", sa.String(40), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("lat", sa.Float()),
        sa.Column("lon", sa.Float()),
        sa.Column("wished", sa.Text(), nullable=False),
        sa.Column("wished_start", MOMENT),
        sa.Column("wished_end", MOMENT),
        sa.Column("service", sa.String(20), nullable=False),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name="fk_ticket_asset_id"),
        sa.ForeignKeyConstraint(["customer_id"], ["person.id"], name="fk_ticket_customer_id"),
        sa.ForeignKeyConstraint(["dispatcher_id"], ["person.id"], name="fk_ticket_dispatcher_id"),
        sa.ForeignKeyConstraint(["engineer_id"], ["person.id"], name="fk_ticket_engineer_id"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_ticket_organisation_id"),
        sa.PrimaryKeyConstraint("id", name="pk_ticket"),
        sa.UniqueConstraint("number", name="uq_ticket_number"),
    )
    op.create_index("ix_ticket_asset_id", "ticket", ["asset_id"])
    op.create_index("ix_ticket_customer_id", "ticket", ["customer_id"])
    op.create_index("ix_ticket_engineer_id", "ticket", ["engineer_id"])
    op.create_index("ix_ticket_organisation_id", "ticket", ["organisation_id"])
    op.create_index("ix_ticket_state_grade", "ticket", ["state", "grade", "opened_at"])
    op.create_table(
        "history",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor_id", ID),
        sa.Column("verb", sa.String(20), nullable=False),
        sa.Column("from_state", sa.String(16), nullable=False),
        sa.Column("to_state", sa.String(16), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name="fk_history_actor_id"),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name="fk_history_ticket_id"),
        sa.PrimaryKeyConstraint("id", name="pk_history"),
        sa.UniqueConstraint("ticket_id", "seq", name="uq_history_ticket_id_seq"),
    )
    op.create_table(
        "offer",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("engineer_id", ID, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("offered_at", MOMENT, nullable=False),
        sa.Column("answered_at", MOMENT),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["engineer_id"], ["person.id"], name="fk_offer_engineer_id"),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name="fk_offer_ticket_id"),
        sa.PrimaryKeyConstraint("id", name="pk_offer"),
    )
    op.create_index("ix_offer_engineer_id", "offer", ["engineer_id"])
    op.create_index("ix_offer_ticket_id", "offer", ["ticket_id"])
    op.create_index("uq_offer_one_accepted", "offer", ["ticket_id"], unique=True, **_only("state = 'accepted'"))
    op.create_index("uq_offer_one_open", "offer", ["ticket_id", "engineer_id"], unique=True, **_only("state = 'open'"))
    op.create_table(
        "clock",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("due", MOMENT, nullable=False),
        sa.Column("paused_at", MOMENT),
        sa.Column("stopped_at", MOMENT),
        sa.Column("raised_at", MOMENT),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name="fk_clock_ticket_id"),
        sa.PrimaryKeyConstraint("id", name="pk_clock"),
    )
    op.create_index("ix_clock_ticket_id", "clock", ["ticket_id"])
    op.create_index("ix_clock_waiting", "clock", ["due"], **_only("stopped_at IS NULL AND raised_at IS NULL AND paused_at IS NULL"))
    op.create_table(
        "survey",
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("solved", sa.Boolean()),
        sa.Column("engineer", sa.Integer()),
        sa.Column("stars", sa.Integer()),
        sa.Column("word", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name="fk_survey_ticket_id"),
        sa.PrimaryKeyConstraint("ticket_id", "round", name="pk_survey"),
    )
    op.create_table(
        "note",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("ticket_id", ID),
        sa.Column("author_id", ID),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("audience", sa.String(8), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name="fk_note_author_id"),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name="fk_note_ticket_id"),
        sa.PrimaryKeyConstraint("id", name="pk_note"),
    )
    op.create_index("ix_note_ticket_id", "note", ["ticket_id"])
    op.create_table(
        "file",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("ticket_id", ID),
        sa.Column("person_id", ID),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("mime", sa.String(120), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("remote", sa.Text(), nullable=False),
        sa.Column("content", sa.String(64)),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_at", MOMENT),
        sa.Column("error", sa.String(80), server_default="", nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_file_person_id"),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name="fk_file_ticket_id"),
        sa.PrimaryKeyConstraint("id", name="pk_file"),
    )
    op.create_index("ix_file_ticket_id", "file", ["ticket_id"])
    op.create_index("ix_file_wanted", "file", ["next_at"], **_only("content IS NULL"))


def _talks_and_delivery() -> None:
    op.create_table(
        "inbox",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("update_id", sa.String(80), nullable=False),
        sa.Column("chat", sa.String(120), nullable=False),
        sa.Column("person_id", ID),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_inbox"),
        sa.UniqueConstraint("channel", "update_id", name="uq_inbox_channel_update_id"),
    )
    op.create_index("ix_inbox_chat", "inbox", ["channel", "chat", "at"])
    op.create_table(
        "conversation",
        sa.Column("person_id", ID, autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("shape", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("frames", sa.JSON(), nullable=False),
        sa.Column("focus", ID),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_conversation_person_id"),
        sa.PrimaryKeyConstraint("person_id", name="pk_conversation"),
    )
    op.create_table(
        "outbox",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("chat", sa.String(120), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("say", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("next_at", MOMENT, nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("leased_by", sa.String(40), server_default="", nullable=False),
        sa.Column("leased_until", MOMENT),
        sa.Column("sent_at", MOMENT),
        sa.Column("message_id", sa.String(80), server_default="", nullable=False),
        sa.Column("error", sa.String(200), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
    )
    op.create_index("ix_outbox_chat", "outbox", ["channel", "chat", "created_at"])
    op.create_index("ix_outbox_waiting", "outbox", ["next_at"], **_only("state = 'waiting'"))
    op.create_table(
        "slot",
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("chat", sa.String(120), nullable=False),
        sa.Column("slot", sa.String(60), nullable=False),
        sa.Column("message_id", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("channel", "chat", "slot", name="pk_slot"),
    )


def _history_stays() -> None:
    for statement in SQLITE_TRIGGERS if op.get_bind().dialect.name == "sqlite" else POSTGRESQL_TRIGGERS:
        op.execute(statement)


def _only(where: str) -> dict[str, Any]:
    """An index over some of the rows, on either database."""
    return {"sqlite_where": sa.text(where), "postgresql_where": sa.text(where)}
