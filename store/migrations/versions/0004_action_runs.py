"""Action runs: what was asked to be done for customers, and how far it came."""

from alembic import op
from sqlalchemy import Column, Integer, String, Text

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "action_runs",
        Column("seq", Integer, primary_key=True, autoincrement=True),
        Column("id", Text, nullable=False, unique=True),
        Column("ticket", Text, nullable=False, index=True),
        Column("draft", Text, nullable=False),
        Column("action", Text, nullable=False),
        Column("person", Text, nullable=False),
        Column("status", Text, nullable=False, index=True),
        Column("at", String(27), nullable=False),
        Column("not_before", String(27)),
        Column("doc", Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_action_runs_action_at", "action_runs", ["action", "at"])
