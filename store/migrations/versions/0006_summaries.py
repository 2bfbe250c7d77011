"""Summaries: what conversations came to."""

from alembic import op
from sqlalchemy import Column, String, Text

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "summaries",
        Column("ticket", Text, primary_key=True),
        Column("kind", Text, primary_key=True),
        Column("at", String(27), nullable=False),
        Column("doc", Text, nullable=False),
    )
