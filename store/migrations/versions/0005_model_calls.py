"""Model calls: what each call of the language model took, and on whom it is booked."""

from alembic import op
from sqlalchemy import BigInteger, Column, Double, Index, Integer, String, Text

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "model_calls",
        Column("seq", Integer, primary_key=True, autoincrement=True),
        Column("at", String(27), nullable=False),
        Column("ticket", Text, nullable=False),
        Column("person", Text, nullable=False),
        Column("channel", Text, nullable=False),
        Column("purpose", Text, nullable=False),
        Column("model", Text, nullable=False),
        Column("outcome", Text, nullable=False),
        Column("input", BigInteger, nullable=False),
        Column("output", BigInteger, nullable=False),
        Column("cache_read", BigInteger, nullable=False),
        Column("cache_write", BigInteger, nullable=False),
        Column("tokens", BigInteger, nullable=False),
        Column("price", Double, nullable=False),
        Column("seconds", Double, nullable=False),
        Index("ix_model_calls_spent", "at", "price", "tokens"),
        Index("ix_model_calls_ticket", "ticket", "at", "price", "tokens"),
        Index("ix_model_calls_person", "person", "at", "price", "tokens"),
        Index("ix_model_calls_channel", "channel", "at", "price", "tokens"),
        sqlite_autoincrement=True,
    )
