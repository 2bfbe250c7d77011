"""The ledger in SQL: what is kept of a person and for how long, and that asking a budget stays cheap."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from desk.usage import ModelCall, Payer, Spent
from store.database import Database, open_database
from store.ledger import SqlLedger
from store.repository import SqlStore
from tests.store.samples import COMMUNITY, MARA, NOW, YUKI, FixedPolicy

CALL = ModelCall("answer", "big", output=10, price=0.01)
YEAR, SECOND = timedelta(days=400), timedelta(seconds=1)


@pytest.fixture
def ledger(database: Database) -> SqlLedger:
    return SqlLedger(database)


async def test_an_erased_persons_calls_are_booked_on_nobody_and_stay_in_the_sums(ledger: SqlLedger, store: SqlStore):
    for user in (MARA, YUKI):
        await ledger.book(CALL, Payer("t-1", str(user), str(COMMUNITY)), at=NOW)
    assert await store.erase([MARA]) == 1
    assert [spending.payer.person for spending in await ledger.bookings(NOW, NOW + SECOND)] == ["", str(YUKI)]
    assert (await ledger.spent(person=str(MARA)), await ledger.spent(ticket="t-1")) == (Spent(), Spent(2, 20, 0.02))


async def test_calls_are_kept_as_long_as_the_policy_says(ledger: SqlLedger, store: SqlStore):
    for at in (NOW - YEAR - SECOND, NOW - YEAR, NOW):
        await ledger.book(CALL, Payer(), at=at)
    assert await store.purge(NOW) == 1
    assert (await ledger.spent()).calls == 2
    assert (await FixedPolicy().current()).retention.calls == YEAR


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param("at >= 'x'", id="everything of a day"),
        pytest.param("ticket = 'x'", id="a ticket"),
        pytest.param("person = 'x' AND at >= 'x'", id="a person's day"),
        pytest.param("channel = 'x' AND at >= 'x'", id="a channel's day"),
    ],
)
async def test_a_budget_is_read_from_an_index_alone(sqlite_url: str, asked: str):
    database = await open_database(sqlite_url)
    plan = f"EXPLAIN QUERY PLAN SELECT count(*), sum(tokens), sum(price) FROM model_calls WHERE {asked}"
    found = await database.read(lambda c: [row[3] for row in c.execute(text(plan))])
    await database.close()
    assert [step for step in found if not step.startswith("SEARCH model_calls USING COVERING INDEX")] == []
