"""Challenges: the codes that people asked for to prove who they are."""

from alembic import op
from sqlalchemy import Column, Integer, String, Text

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "challenges",
        Column("id", Text, primary_key=True),
        Column("user", Text, nullable=False),
        Column("person", Text),
        Column("at", String(27), nullable=False),
        Column("tries", Integer, nullable=False),
        Column("doc", Text, nullable=False),
    )
    op.create_index("ix_challenges_user", "challenges", ["user", "at"])
    op.create_index("ix_challenges_person", "challenges", ["person", "at"])
