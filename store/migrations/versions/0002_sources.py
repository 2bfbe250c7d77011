"""Sources: how the last reading of each went, who reads it now, and what a sync has collected and not applied."""

from alembic import op
from sqlalchemy import Column, String, Text

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create both tables."""
    op.create_table(
        "sources",
        Column("name", Text, primary_key=True),
        Column("holder", Text),
        Column("held_until", String(27)),
        Column("doc", Text),
    )
    op.create_table("staged", Column("source", Text, primary_key=True), Column("item", Text, primary_key=True), Column("doc", Text, nullable=False))
