"""Owns the shape of the records: every table, its keys, and the invariants that the database itself keeps."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMES)
Id = BigInteger().with_variant(Integer, "sqlite")


class Moment(TypeDecorator[datetime]):
    """An aware UTC time: timestamptz on PostgreSQL, UTC text on SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None or dialect.name != "sqlite":
            return value
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)  # type: ignore[no-any-return]


def _id() -> Column[int]:
    return Column("id", Id, primary_key=True, autoincrement=True)


meta = Table("meta", metadata, Column("key", String(60), primary_key=True), Column("value", LargeBinary, nullable=False))

# -- people -------------------------------------------------------------------------------------------------------------

organisation = Table(
    "organisation",
    metadata,
    _id(),
    Column("name", Text, nullable=False, unique=True),
    Column("importance", Integer, nullable=False, server_default="1"),
    Column("sales_id", Id),
    Column("dealer", Boolean, nullable=False, server_default=text("false")),
    Column("policy", String(40), nullable=False, server_default=""),
)

# What a firm has agreed with us beyond the warranty: how far, for which machines, and by which way of working.
contract = Table(
    "contract",
    metadata,
    _id(),
    Column("number", String(40), nullable=False, unique=True),
    Column("organisation_id", Id, ForeignKey("organisation.id"), nullable=False, index=True),
    Column("level", String(20), nullable=False),
    Column("policy", String(40), nullable=False, server_default=""),
    Column("begins", String(10), nullable=False),
    Column("ends", String(10), nullable=False),
    Column("covers", JSON, nullable=False),
    Column("assets", JSON, nullable=False),
    Column("families", JSON, nullable=False),
)

person = Table(
    "person",
    metadata,
    _id(),
    Column("name", Text, nullable=False),
    Column("locale", String(8), nullable=False),
    Column("language_chosen", Boolean, nullable=False, server_default=text("false")),
    Column("zone", String(60), nullable=False),
    Column("phone", String(40), nullable=False, server_default=""),
    Column("organisation_id", Id, ForeignKey("organisation.id")),
    Column("claimed_id", Id),  # the firm they say they are of, until somebody at the desk confirms it
    Column("created_at", Moment, nullable=False),
)

role = Table(
    "role",
    metadata,
    Column("person_id", Id, ForeignKey("person.id"), primary_key=True),
    Column("role", String(20), primary_key=True),
    Index("ix_role_role", "role"),
)

address = Table(
    "address",
    metadata,
    _id(),
    Column("channel", String(20), nullable=False),
    Column("chat", String(120), nullable=False),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False, index=True),
    Column("last_used_at", Moment, nullable=False),
    Column("blocked_at", Moment),
    UniqueConstraint("channel", "chat"),
)

engineer = Table(
    "engineer",
    metadata,
    Column("person_id", Id, ForeignKey("person.id"), primary_key=True),
    Column("skills", JSON, nullable=False),
    Column("level", Integer, nullable=False),
    Column("place", Text, nullable=False, server_default=""),
    Column("lat", Float),
    Column("lon", Float),
)

# When an engineer is not there: ill, on leave, on a course.
absence = Table(
    "absence",
    metadata,
    _id(),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False, index=True),
    Column("begins", Moment, nullable=False),
    Column("ends", Moment, nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
)

asset = Table(
    "asset",
    metadata,
    _id(),
    Column("serial", String(80), nullable=False, unique=True),
    Column("family", String(40), nullable=False),
    Column("brand", String(60), nullable=False, server_default=""),
    Column("model", String(80), nullable=False, server_default=""),
    Column("organisation_id", Id, ForeignKey("organisation.id"), index=True),
    Column("owner_id", Id, ForeignKey("person.id"), index=True),
    Column("site", Text, nullable=False, server_default=""),
    Column("lat", Float),
    Column("lon", Float),
    Column("purchased_on", String(10), nullable=False, server_default=""),
    Column("warranty_until", String(10), nullable=False, server_default=""),
    Column("label_series", Integer, nullable=False, server_default="1"),  # labels of an earlier series are void
)

part = Table(
    "part",
    metadata,
    Column("number", String(40), primary_key=True),
    Column("name", JSON, nullable=False),
    Column("price", Integer, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("stock", Integer, nullable=False),
)

# A one-time link: an invitation to a role, or a way in for somebody known. Only the hash of its token is kept.
link = Table(
    "link",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("role", String(20), nullable=False),
    Column("person_id", Id, ForeignKey("person.id")),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
    Column("used_by", Id),
)

# A browser that is let in as somebody, until it expires or is revoked.
session = Table(
    "session",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False, index=True),
    Column("chat", String(120), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("revoked_at", Moment),
)

# -- tickets ------------------------------------------------------------------------------------------------------------

number_series = Table(
    "number_series",
    metadata,
    Column("day", String(8), primary_key=True),
    Column("last", Integer, nullable=False),
)

ticket = Table(
    "ticket",
    metadata,
    _id(),
    Column("number", String(16), nullable=False, unique=True),
    Column("state", String(16), nullable=False),
    Column("version", Integer, nullable=False),
    Column("customer_id", Id, ForeignKey("person.id"), nullable=False, index=True),
    Column("organisation_id", Id, ForeignKey("organisation.id"), index=True),
    Column("grade", Integer, nullable=False),
    Column("hazard", String(40), nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("respond_by", Moment),
    Column("closed_at", Moment),
    Column("engineer_id", Id, ForeignKey("person.id"), index=True),
    Column("dispatcher_id", Id, ForeignKey("person.id")),
    Column("held_from", String(16), nullable=False),
    Column("appointment_start", Moment),
    Column("appointment_end", Moment),
    Column("playbook", String(80), nullable=False),
    Column("cause", JSON, nullable=False),
    Column("parts", JSON, nullable=False),
    Column("skill", String(40), nullable=False),
    Column("level", Integer, nullable=False),
    Column("hours", Float),
    Column("finding", Text, nullable=False),
    Column("work_done", Text, nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("round", Integer, nullable=False),
    # The report as the customer gave it.
    Column("family", String(40), nullable=False),
    Column("brand", String(60), nullable=False),
    Column("model", String(80), nullable=False),
    Column("serial", String(80), nullable=False),
    Column("asset_id", Id, ForeignKey("asset.id"), index=True),
    Column("fault", Text, nullable=False),
    Column("extent", Integer, nullable=False),
    Column("since", Text, nullable=False),
    Column("code", String(120), nullable=False),
    Column("tried", Text, nullable=False),
    Column("contact", Text, nullable=False),
    Column("phone", String(40), nullable=False),
    Column("site", Text, nullable=False),
    Column("lat", Float),
    Column("lon", Float),
    Column("wished", Text, nullable=False),
    Column("wished_start", Moment),
    Column("wished_end", Moment),
    Column("service", String(20), nullable=False),
    Column("more", JSON),  # further answers by name; NULL in rows older than they
    Column("merged_into", Id),
    Column("support_id", Id),
    Column("policy", String(40), nullable=False, server_default=""),
    Column("ranks_at", Moment),  # the queue's order; NULL in rows older than it
    Column("warranty", JSON),
    Column("prepared", JSON),
    Column("visit", JSON),
    Column("turns", Integer, nullable=False, server_default="0"),
    Index("ix_ticket_state_ranks_at", "state", "ranks_at"),
    Index("ix_ticket_state_grade", "state", "grade", "opened_at"),
    Index("ix_ticket_serial", "serial"),
    Index("ix_ticket_opened_at", "opened_at"),
    Index("ix_ticket_state_closed_at", "state", "closed_at"),
)

follower = Table(
    "follower",
    metadata,
    Column("ticket_id", Id, ForeignKey("ticket.id"), primary_key=True),
    Column("person_id", Id, ForeignKey("person.id"), primary_key=True),
)

history = Table(
    "history",
    metadata,
    _id(),
    Column("ticket_id", Id, ForeignKey("ticket.id"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    Column("actor_id", Id, ForeignKey("person.id")),
    Column("verb", String(20), nullable=False),
    Column("from_state", String(16), nullable=False),
    Column("to_state", String(16), nullable=False),
    Column("note", Text, nullable=False),
    Column("facts", JSON, nullable=False),
    UniqueConstraint("ticket_id", "seq"),
    # Who has served which machine: read for every card that ranks engineers.
    Index(
        "ix_history_finish",
        "actor_id",
        "ticket_id",
        sqlite_where=text("verb = 'finish'"),
        postgresql_where=text("verb = 'finish'"),
    ),
)

offer = Table(
    "offer",
    metadata,
    _id(),
    Column("ticket_id", Id, ForeignKey("ticket.id"), nullable=False, index=True),
    Column("engineer_id", Id, ForeignKey("person.id"), nullable=False, index=True),
    Column("state", String(12), nullable=False),
    Column("offered_at", Moment, nullable=False),
    Column("answered_at", Moment),
    Column("reason", Text, nullable=False),
    # One accepted offer a job, one open offer an engineer: kept by the database, whatever the code does.
    Index(
        "uq_offer_one_accepted",
        "ticket_id",
        unique=True,
        sqlite_where=text("state = 'accepted'"),
        postgresql_where=text("state = 'accepted'"),
    ),
    Index(
        "uq_offer_one_open",
        "ticket_id",
        "engineer_id",
        unique=True,
        sqlite_where=text("state = 'open'"),
        postgresql_where=text("state = 'open'"),
    ),
)

# What follows from a clock's ledger, kept so that the one that rings next is found at once.
clock = Table(
    "clock",
    metadata,
    _id(),
    Column("ticket_id", Id, ForeignKey("ticket.id"), nullable=False, index=True),
    Column("kind", String(20), nullable=False),
    Column("round", Integer, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("due", Moment, nullable=False),
    Column("paused_at", Moment),
    Column("stopped_at", Moment),
    Column("raised_at", Moment),
    Column("next_at", Moment),  # when something is to be done about it: a warning, its end, the next to be told
    Column("step", Integer, nullable=False, server_default="0"),
    Column("acknowledged_at", Moment),
    Column("calendar", String(16), nullable=False, server_default=""),
    Index(
        "ix_clock_running",
        "ticket_id",
        "due",
        sqlite_where=text("stopped_at IS NULL"),
        postgresql_where=text("stopped_at IS NULL"),
    ),
    Index(
        "ix_clock_next_at",
        "next_at",
        sqlite_where=text("stopped_at IS NULL AND next_at IS NOT NULL"),
        postgresql_where=text("stopped_at IS NULL AND next_at IS NOT NULL"),
    ),
)

# The ledger: what happened to a clock, in order, never changed. The clock's row can be computed from it anew.
clock_entry = Table(
    "clock_entry",
    metadata,
    _id(),
    Column("clock_id", Id, ForeignKey("clock.id"), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("what", String(12), nullable=False),
    Column("reason", Text, nullable=False),
    Column("actor_id", Id),
    Column("budget", Float),  # seconds
    Column("whole_day", Boolean, nullable=False),
    Column("who", String(20), nullable=False),
)

# The working hours that a clock was started under, by their digest: a policy that changes later changes no promise made.
calendar = Table(
    "calendar",
    metadata,
    Column("digest", String(16), primary_key=True),
    Column("content", JSON, nullable=False),
)

survey = Table(
    "survey",
    metadata,
    Column("ticket_id", Id, ForeignKey("ticket.id"), primary_key=True),
    Column("round", Integer, primary_key=True),
    Column("solved", Boolean),
    Column("engineer", Integer),
    Column("stars", Integer),
    Column("word", Text, nullable=False),
)

note = Table(
    "note",
    metadata,
    _id(),
    Column("ticket_id", Id, ForeignKey("ticket.id"), index=True),
    Column("author_id", Id, ForeignKey("person.id")),
    Column("at", Moment, nullable=False),
    Column("text", Text, nullable=False),
    Column("files", JSON, nullable=False),
    Column("audience", String(8), nullable=False),
)

file = Table(
    "file",
    metadata,
    _id(),
    Column("ticket_id", Id, ForeignKey("ticket.id"), index=True),
    Column("person_id", Id, ForeignKey("person.id")),
    Column("kind", String(12), nullable=False),
    Column("name", Text, nullable=False),
    Column("mime", String(120), nullable=False),
    Column("size", Integer, nullable=False),
    Column("remote", Text, nullable=False),
    Column("content", String(64)),  # SHA-256 of what lies in the store, once it is there
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("next_at", Moment),
    Column("error", String(80), nullable=False, server_default=""),
    Column("created_at", Moment, nullable=False),
    Index("ix_file_wanted", "next_at", sqlite_where=text("content IS NULL"), postgresql_where=text("content IS NULL")),
)

# -- the turn -----------------------------------------------------------------------------------------------------------

# What came in; its key is what makes a redelivered update harmless.
inbox = Table(
    "inbox",
    metadata,
    _id(),
    Column("channel", String(20), nullable=False),
    Column("update_id", String(80), nullable=False),
    Column("chat", String(120), nullable=False),
    Column("person_id", Id),
    Column("at", Moment, nullable=False),
    Column("kind", String(12), nullable=False),
    Column("text", Text, nullable=False),
    Column("files", JSON, nullable=False),
    UniqueConstraint("channel", "update_id"),
    Index("ix_inbox_chat", "channel", "chat", "at"),
)

conversation = Table(
    "conversation",
    metadata,
    Column("person_id", Id, ForeignKey("person.id"), primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
    Column("shape", Integer, nullable=False),
    Column("step", Integer, nullable=False),
    Column("frames", JSON, nullable=False),
    Column("focus", Id),
    Column("updated_at", Moment, nullable=False),
    Column("remind_at", Moment),
    Column("reminded", Integer, nullable=False, server_default="0"),
    Column("calmed_at", Moment),
    Index(
        "ix_conversation_remind_at",
        "remind_at",
        sqlite_where=text("remind_at IS NOT NULL"),
        postgresql_where=text("remind_at IS NOT NULL"),
    ),
)

# -- delivery -----------------------------------------------------------------------------------------------------------

outbox = Table(
    "outbox",
    metadata,
    _id(),
    Column("channel", String(20), nullable=False),
    Column("chat", String(120), nullable=False),
    Column("person_id", Id, nullable=False),
    Column("say", JSON, nullable=False),
    Column("state", String(8), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("next_at", Moment, nullable=False),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("leased_by", String(40), nullable=False, server_default=""),
    Column("leased_until", Moment),
    Column("sent_at", Moment),
    Column("message_id", String(80), nullable=False, server_default=""),
    Column("error", String(200), nullable=False, server_default=""),
    Index("ix_outbox_waiting", "next_at", sqlite_where=text("state = 'waiting'"), postgresql_where=text("state = 'waiting'")),
    Index("ix_outbox_chat", "channel", "chat", "created_at"),
)

known_fault = Table(
    "known_fault",
    metadata,
    _id(),
    Column("family", String(40), nullable=False),
    Column("symptom", Text, nullable=False),
    Column("cause", Text, nullable=False),
    Column("remedy", Text, nullable=False),
    Column("brand", String(60), nullable=False),
    Column("model", String(80), nullable=False),
    Column("code", String(120), nullable=False),
    Column("parts", JSON, nullable=False),
    Column("state", String(12), nullable=False, index=True),
    Column("ticket_id", Id, ForeignKey("ticket.id"), unique=True),
    Column("proposed_by", Id),
    Column("decided_by", Id),
    Column("at", Moment),
)

# Where the last message of a slot stands, so that the next one changes it in place.
slot = Table(
    "slot",
    metadata,
    Column("channel", String(20), primary_key=True),
    Column("chat", String(120), primary_key=True),
    Column("slot", String(60), primary_key=True),
    Column("message_id", String(80), nullable=False),
)
