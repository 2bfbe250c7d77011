"""Watches: until when each space was listened to, and what is still to be read of its gaps."""

from alembic import op
from sqlalchemy import Column, String, Text

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Create the tables."""
    op.create_table("watches", Column("space", Text, primary_key=True), Column("pulse", String(27), nullable=False))
    op.create_table(
        "unread",
        Column("channel", Text, primary_key=True),
        Column("until", String(27), primary_key=True),
        Column("space", Text, nullable=False),
        Column("doc", Text, nullable=False),
    )
    op.create_index("ix_unread_space", "unread", ["space"])
