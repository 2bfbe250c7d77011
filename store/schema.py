"""Schema: the tables. What a query looks for is a column; the rest of a value is its stored JSON in `doc`.

A customer's words live in `messages`, `drafts`, `summaries` and `early` only, on their way out in `outbox.card`, and without names in `candidates`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Dialect,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    inspect,
    text,
)

HEAD = "0010"
"""The newest migration in `store/migrations/versions`."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Instant(TypeDecorator[datetime]):
    """An aware instant as text of fixed width in UTC, so that text order is time order on every database."""

    impl = String(27)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """Write an instant."""
        return None if value is None else value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Read an instant."""
        return None if value is None else datetime.fromisoformat(value)


def _key(name: str) -> Column[str]:
    return Column(name, Text, primary_key=True)


def _text(name: str, *, index: bool = False) -> Column[str]:
    return Column(name, Text, nullable=False, index=index)


def _maybe(name: str, *, index: bool = False) -> Column[str | None]:
    return Column(name, Text, nullable=True, index=index)


def _at(name: str = "at", *, index: bool = False) -> Column[datetime]:
    return Column(name, Instant, nullable=False, index=index)


def _number() -> Column[int]:
    return Column("seq", Integer, primary_key=True, autoincrement=True)


handled = Table("handled", metadata, _key("event"), _at(index=True), _text("follow_ups"))

channels = Table("channels", metadata, _key("ref"), _text("kind"), _maybe("account"), _text("doc"))

messages = Table(
    "messages",
    metadata,
    _key("id"),
    _maybe("ref", index=True),
    _text("channel"),
    _maybe("thread"),
    _maybe("author", index=True),
    _text("role"),
    _maybe("ticket", index=True),
    _text("grp"),
    Column("waits", Boolean, nullable=False),
    _at(),
    _text("doc"),
    Index("ix_messages_place", "channel", "thread"),
    Index("ix_messages_pending", "channel", "grp", sqlite_where=text("waits"), postgresql_where=text("waits")),
)

early = Table("early", metadata, _number(), _text("ref", index=True), _at(), _maybe("words"), sqlite_autoincrement=True)

tickets = Table(
    "tickets",
    metadata,
    _key("id"),
    Column("revision", Integer, nullable=False),
    Column("is_over", Boolean, nullable=False),
    _text("channel"),
    _maybe("thread"),
    _text("grp"),
    _text("customer", index=True),
    _maybe("account", index=True),
    _maybe("person", index=True),
    _maybe("owner"),
    _at("opened"),
    _text("doc"),
    # What goes through the open tickets must not slow down with the closed ones.
    Index("ix_tickets_open", "opened", "id", sqlite_where=text("is_over = 0"), postgresql_where=text("NOT is_over")),
    Index("ix_tickets_going", "id", sqlite_where=text("is_over = 0"), postgresql_where=text("NOT is_over")),
    Index("ix_tickets_held", "owner", sqlite_where=text("is_over = 0"), postgresql_where=text("NOT is_over")),
    Index("ix_tickets_place", "channel", "thread"),
    Index("ix_tickets_group", "channel", "grp"),
)

drafts = Table(
    "drafts",
    metadata,
    _key("id"),
    _text("ticket", index=True),
    _text("status", index=True),
    _at("created"),
    Column("decided_at", Instant, index=True),
    _maybe("verdict"),
    _text("doc"),
)

decisions = Table(
    "decisions",
    metadata,
    _number(),
    Column("id", Text, nullable=False, unique=True),
    _text("ticket", index=True),
    _at(index=True),
    _text("action"),
    _text("doc"),
    sqlite_autoincrement=True,
)

escalations = Table(
    "escalations",
    metadata,
    _key("id"),
    _text("ticket", index=True),
    Column("status", Text, nullable=False, server_default="open"),
    _at(index=True),
    _text("doc"),
    Index("ix_escalations_open", "at", "id", sqlite_where=text("status <> 'closed'"), postgresql_where=text("status <> 'closed'")),
)

breaches = Table("breaches", metadata, _key("id"), _text("ticket", index=True), _at(index=True), _text("doc"))

pages = Table(
    "pages",
    metadata,
    _key("id"),
    _text("person"),
    _text("ticket", index=True),
    _at(index=True),
    _text("doc"),
    Index("ix_pages_person", "person", "at"),
)

routes = Table(
    "routes",
    metadata,
    _key("id"),
    _text("ticket", index=True),
    _at(index=True),
    _text("team"),
    _maybe("person"),
    _text("doc"),
    Index("ix_routes_team", "team", "person", "at"),
)

incidents = Table(
    "incidents",
    metadata,
    _key("id"),
    Column("revision", Integer, nullable=False),
    Column("is_over", Boolean, nullable=False),
    _at("opened"),
    _text("doc"),
    Index("ix_incidents_open", "opened", "id", sqlite_where=text("is_over = 0"), postgresql_where=text("NOT is_over")),
)

meanings = Table(
    "meanings",
    metadata,
    _key("message"),
    _key("embedder"),
    _text("ticket", index=True),
    _at(),
    Column("vector", LargeBinary, nullable=False),
    Index("ix_meanings_at", "embedder", "at"),
)

deadlines = Table(
    "deadlines",
    metadata,
    _key("id"),
    _text("kind"),
    _text("key", index=True),
    _at("due", index=True),
    Column("leased_until", Instant),
    _maybe("holder"),
    _text("doc"),
    # What nobody is at work on, and until when somebody is on the rest: the sweep looks at nothing else.
    Index("ix_deadlines_free", "due", sqlite_where=text("leased_until IS NULL"), postgresql_where=text("leased_until IS NULL")),
    Index("ix_deadlines_leased", "leased_until", sqlite_where=text("leased_until IS NOT NULL"), postgresql_where=text("leased_until IS NOT NULL")),
)

outbox = Table(
    "outbox",
    metadata,
    _number(),
    Column("id", Text, nullable=False, unique=True),
    _text("lane"),
    _text("status"),
    _text("op"),
    _text("purpose"),
    _maybe("ticket", index=True),
    _maybe("card_id", index=True),
    _at(),
    Column("attempts", Integer, nullable=False),
    Column("attempted_at", Instant),
    Column("not_before", Instant),
    _maybe("ref", index=True),
    _maybe("place"),
    _text("error"),
    _text("doc"),
    _maybe("card"),
    Index(
        "ix_outbox_waiting",
        "lane",
        "seq",
        sqlite_where=text("status IN ('queued', 'sending')"),
        postgresql_where=text("status IN ('queued', 'sending')"),
    ),
    sqlite_autoincrement=True,
)

cards = Table("cards", metadata, _key("id"), _maybe("ticket", index=True), _text("outbox", index=True), _text("doc"))

feedback = Table(
    "feedback",
    metadata,
    _number(),
    Column("id", Text, nullable=False, unique=True),
    _text("ticket", index=True),
    _text("by", index=True),
    _at(),
    _text("doc"),
    sqlite_autoincrement=True,
)

action_runs = Table(
    "action_runs",
    metadata,
    _number(),
    Column("id", Text, nullable=False, unique=True),
    _text("ticket", index=True),
    _text("draft"),
    _text("action"),
    _text("person"),
    _text("status", index=True),
    _at(),
    Column("not_before", Instant),
    _text("doc"),
    Index("ix_action_runs_action_at", "action", "at"),
    sqlite_autoincrement=True,
)

model_calls = Table(
    "model_calls",
    metadata,
    _number(),
    _at(),
    _text("ticket"),
    _text("person"),
    _text("channel"),
    _text("purpose"),
    _text("model"),
    _text("outcome"),
    *(Column(name, BigInteger, nullable=False) for name in ("input", "output", "cache_read", "cache_write", "tokens")),
    *(Column(name, Double, nullable=False) for name in ("price", "seconds")),
    # A budget is asked before every call: what it adds up stands in the index.
    Index("ix_model_calls_spent", "at", "price", "tokens"),
    Index("ix_model_calls_ticket", "ticket", "at", "price", "tokens"),
    Index("ix_model_calls_person", "person", "at", "price", "tokens"),
    Index("ix_model_calls_channel", "channel", "at", "price", "tokens"),
    sqlite_autoincrement=True,
)

summaries = Table("summaries", metadata, _key("ticket"), _key("kind"), _at(), _text("doc"))

watches = Table("watches", metadata, _key("space"), _at("pulse"))

unread = Table("unread", metadata, _key("channel"), Column("until", Instant, primary_key=True), _text("space", index=True), _text("doc"))

gaps = Table("gaps", metadata, _number(), _text("ticket", index=True), _at(), _text("doc"), sqlite_autoincrement=True)

overrides = Table("overrides", metadata, _key("path"), _text("value"), _text("by"), _text("reason"), _at())

override_changes = Table(
    "override_changes", metadata, _number(), _text("path"), _maybe("value"), _text("by"), _text("reason"), _at(), sqlite_autoincrement=True
)

policy_versions = Table("policy_versions", metadata, _key("version"), _text("by"), _text("reason"), _at(), _text("resolved"))

documents = Table("documents", metadata, _key("id"), _text("source", index=True), _text("doc"))

chunks = Table(
    "chunks",
    metadata,
    _key("id"),
    Column("document", Text, ForeignKey("documents.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("n", Integer, nullable=False),
    _text("hash"),
    _text("doc"),
)

vectors = Table(
    "vectors",
    metadata,
    Column("chunk", Text, ForeignKey("chunks.id", ondelete="CASCADE"), primary_key=True),
    _key("embedder"),
    Column("vector", LargeBinary, nullable=False),
)

chunk_changes = Table("chunk_changes", metadata, _number(), _text("chunk"), Column("gone", Boolean, nullable=False), sqlite_autoincrement=True)

sources = Table("sources", metadata, _key("name"), _maybe("holder"), Column("held_until", Instant), _maybe("doc"))

staged = Table("staged", metadata, _key("source"), _key("item"), _text("doc"))

candidates = Table("candidates", metadata, _key("ticket"), _text("status", index=True), _at("solved"), _text("doc"))

accounts = Table("accounts", metadata, _key("id"), _text("doc"))

people = Table("people", metadata, _key("id"), _maybe("account", index=True), _text("role"), _text("doc"))

identities = Table("identities", metadata, _key("user"), _text("person", index=True), Column("trust", Integer, nullable=False), _text("doc"))

challenges = Table(
    "challenges",
    metadata,
    _key("id"),
    _text("user"),
    _maybe("person"),
    _at(),
    Column("tries", Integer, nullable=False),
    _text("doc"),
    Index("ix_challenges_user", "user", "at"),
    Index("ix_challenges_person", "person", "at"),
)

invoices = Table("invoices", metadata, _key("account"), _key("number"), _text("doc"))


def is_at_head(connection: Connection) -> bool:
    """Tell whether the tables are those of this version of the code; cheap, so that opening is."""
    if not inspect(connection).has_table("alembic_version"):
        return False
    return bool(connection.scalar(text("SELECT version_num FROM alembic_version")) == HEAD)
