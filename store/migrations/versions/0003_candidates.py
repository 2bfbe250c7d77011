"""Candidates: answers of resolved tickets that wait for a person."""

from alembic import op
from sqlalchemy import Column, String, Text

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "candidates",
        Column("ticket", Text, primary_key=True),
        Column("status", Text, nullable=False, index=True),
        Column("solved", String(27), nullable=False),
        Column("doc", Text, nullable=False),
    )
