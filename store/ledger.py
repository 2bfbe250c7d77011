"""Ledger: what calls of the language model took, a row a call; no customer's words, and a person by id only."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update

from desk.usage import ModelCall, Payer, Spending, Spent
from store.database import Reads
from store.schema import model_calls

PAYER = ("ticket", "person", "channel")
CALL = ("purpose", "model", "outcome", "input", "output", "cache_read", "cache_write", "price", "seconds")
DIGITS = 6
"""Digits after the point that a price is told with: adding up floats leaves dust behind them."""


class SqlLedger(Reads):
    """The `Ledger` in SQL."""

    async def book(self, call: ModelCall, payer: Payer, *, at: datetime) -> None:
        """Keep a call."""
        await self.database.write(lambda c: c.execute(insert(model_calls).values(**_row(call, payer, at))))

    async def spent(self, *, since: datetime | None = None, ticket: str = "", person: str = "", channel: str = "") -> Spent:
        """Return the sum of the calls booked since then on what is named."""
        named = {"ticket": ticket, "person": person, "channel": channel}
        statement = select(func.count(), func.sum(model_calls.c.tokens), func.sum(model_calls.c.price))
        statement = statement.where(*(model_calls.c[what] == who for what, who in named.items() if who))
        statement = statement.where(model_calls.c.at >= since) if since else statement
        calls, tokens, price = await self.database.read(lambda c: c.execute(statement).one())
        return Spent(calls, int(tokens or 0), round(price or 0.0, DIGITS))

    async def bookings(self, since: datetime, until: datetime) -> Sequence[Spending]:
        """Return the calls booked from `since` until before `until`, in order."""
        statement = select(model_calls).where(model_calls.c.at >= since, model_calls.c.at < until).order_by(model_calls.c.at, model_calls.c.seq)
        return await self.database.read(lambda c: [_spending(row) for row in c.execute(statement).mappings()])


def forget_payers(connection: Connection, people: Collection[str]) -> int:
    """Book what these people's calls took on nobody: the sums stay, and who it was for is gone."""
    return connection.execute(update(model_calls).where(model_calls.c.person.in_(people)).values(person="")).rowcount


def drop_calls(connection: Connection, before: datetime) -> int:
    """Drop the calls from before an instant."""
    return connection.execute(delete(model_calls).where(model_calls.c.at < before)).rowcount


def _row(call: ModelCall, payer: Payer, at: datetime) -> Mapping[str, Any]:
    return {
        "at": at,
        "tokens": call.tokens,
        **{name: getattr(payer, name) for name in PAYER},
        **{name: getattr(call, name) for name in CALL},
    }


def _spending(row: RowMapping) -> Spending:
    return Spending(row["at"], Payer(**{name: row[name] for name in PAYER}), ModelCall(**{name: row[name] for name in CALL}))
