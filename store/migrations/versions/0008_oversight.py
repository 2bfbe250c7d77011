"""Oversight: broken promises, pages, routes, incidents, what messages mean, and what is still open."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Boolean, Column, Integer, LargeBinary, String, Text, text

revision = "0008"
down_revision = "0007"

AT = String(27)
FREE, LEASED = text("leased_until IS NULL"), text("leased_until IS NOT NULL")
OPEN, OPEN_IN_SQLITE, GOING_ON = text("NOT is_over"), text("is_over = 0"), text("status <> 'closed'")


def upgrade() -> None:
    """Create the tables, and fill the new columns from what is stored."""
    op.create_table("breaches", _id("id"), _text("ticket"), _at("at"), _text("doc"))
    op.create_table("routes", _id("id"), _text("ticket"), _at("at"), _text("team"), Column("person", Text), _text("doc"))
    op.create_index("ix_routes_team", "routes", ["team", "person", "at"])
    for name in ("breaches", "routes"):
        _index(name, "ticket")
        _index(name, "at")
    op.create_table("pages", _id("id"), _text("person"), _text("ticket"), _at("at"), _text("doc"))
    _index("pages", "ticket")
    _index("pages", "at")
    op.create_index("ix_pages_person", "pages", ["person", "at"])
    op.create_table(
        "incidents", _id("id"), Column("revision", Integer, nullable=False), Column("is_over", Boolean, nullable=False), _at("opened"), _text("doc")
    )
    op.create_index("ix_incidents_open", "incidents", ["opened", "id"], sqlite_where=OPEN_IN_SQLITE, postgresql_where=OPEN)
    op.create_table("meanings", _id("message"), _id("embedder"), _text("ticket"), _at("at"), Column("vector", LargeBinary, nullable=False))
    _index("meanings", "ticket")
    op.create_index("ix_meanings_at", "meanings", ["embedder", "at"])
    op.add_column("deadlines", Column("leased_until", AT))
    op.add_column("deadlines", Column("holder", Text))
    op.create_index("ix_deadlines_free", "deadlines", ["due"], sqlite_where=FREE, postgresql_where=FREE)
    op.create_index("ix_deadlines_leased", "deadlines", ["leased_until"], sqlite_where=LEASED, postgresql_where=LEASED)
    op.add_column("tickets", Column("owner", Text))
    op.add_column("escalations", Column("status", Text, nullable=False, server_default="open"))
    _fill("tickets", "owner", lambda doc: _written(doc.get("owner")))
    _fill("escalations", "status", lambda doc: doc.get("status", "open"))
    op.create_index("ix_tickets_open", "tickets", ["opened", "id"], sqlite_where=OPEN_IN_SQLITE, postgresql_where=OPEN)
    op.create_index("ix_tickets_going", "tickets", ["id"], sqlite_where=OPEN_IN_SQLITE, postgresql_where=OPEN)
    op.create_index("ix_tickets_held", "tickets", ["owner"], sqlite_where=OPEN_IN_SQLITE, postgresql_where=OPEN)
    _index("escalations", "at")
    op.create_index("ix_escalations_open", "escalations", ["at", "id"], sqlite_where=GOING_ON, postgresql_where=GOING_ON)


def _id(name: str) -> Column[str]:
    return Column(name, Text, primary_key=True)


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


def _at(name: str) -> Column[str]:
    return Column(name, AT, nullable=False)


def _index(table: str, column: str) -> None:
    op.create_index(f"ix_{table}_{column}", table, [column])


def _written(user: Mapping[str, str] | None) -> str | None:
    return f"{user['platform']}/{user['space']}/{user['id']}" if user else None


def _fill(table: str, column: str, value: Callable[[dict[str, Any]], str | None]) -> None:
    """Fill a column from the stored JSON; rows whose value is the default already are left alone."""
    connection = op.get_bind()
    rows = connection.execute(sa.text(f"SELECT id, doc FROM {table}")).all()  # noqa: S608
    found = [{"id": id, "value": value(json.loads(doc))} for id, doc in rows]
    told = [row for row in found if row["value"] not in (None, "open")]
    if told:
        connection.execute(sa.text(f"UPDATE {table} SET {column} = :value WHERE id = :id"), told)  # noqa: S608
