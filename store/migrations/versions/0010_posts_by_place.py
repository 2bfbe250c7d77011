"""Posts by where they stand: which card somebody answers under is asked of every message of the team's."""

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Create the index."""
    op.create_index("ix_outbox_ref", "outbox", ["ref"])
