"""The contract of ledgers: what whoever spends money, and whoever counts it, may rely on."""

import asyncio
from datetime import timedelta

import pytest

from desk.usage import ModelCall, Payer, Spending, Spent
from store.database import open_database
from store.ledger import SqlLedger
from tests.fakes import START, MemoryLedger

MARA = Payer("t-1", "local/main/mara", "local/main/community")
SAM = Payer("t-2", "local/main/sam", "local/main/community")
CALL = ModelCall("answer", "big", input=100, output=20, cache_read=300, cache_write=80, price=0.012345, seconds=1.234)


@pytest.fixture(params=["memory", "sqlite_url", "emptied_postgres_url"])
def url(request):
    """Return a database's address, None for the fake."""
    return None if request.param == "memory" else request.getfixturevalue(request.param)


@pytest.fixture
async def ledger(url):
    if url is None:
        yield MemoryLedger()
        return
    database = await open_database(url)
    yield SqlLedger(database)
    await database.close()


async def book(ledger, payer=MARA, *, hours=0.0, **took):
    await ledger.book(ModelCall("answer", "big", **took), payer, at=START + timedelta(hours=hours))


async def test_nothing_was_spent_at_first(ledger):
    assert (await ledger.spent(), list(await ledger.bookings(START, START + timedelta(days=1)))) == (Spent(), [])


async def test_a_call_comes_back_as_it_was_booked(ledger):
    await ledger.book(CALL, MARA, at=START)
    assert list(await ledger.bookings(START, START + timedelta(seconds=1))) == [Spending(START, MARA, CALL)]
    assert await ledger.spent() == Spent(1, 500, 0.012345)


async def test_a_failed_call_comes_back_with_its_outcome(ledger):
    failed = ModelCall("triage", "small", "busy", seconds=0.2)
    await ledger.book(failed, Payer(), at=START)
    assert [spending.call for spending in await ledger.bookings(START, START + timedelta(seconds=1))] == [failed]
    assert await ledger.spent() == Spent(1)


@pytest.mark.parametrize(
    ("named", "calls"),
    [
        pytest.param({}, 3, id="everything"),
        pytest.param({"ticket": "t-1"}, 2, id="a ticket"),
        pytest.param({"person": "local/main/sam"}, 1, id="a person"),
        pytest.param({"channel": "local/main/community"}, 3, id="a channel"),
        pytest.param({"ticket": "t-1", "person": "local/main/sam"}, 0, id="a person on a ticket of another"),
        pytest.param({"person": "local/main/nobody"}, 0, id="somebody who never asked"),
    ],
)
async def test_what_was_spent_is_told_by_what_is_named(ledger, named, calls):
    for payer in (MARA, MARA, SAM):
        await book(ledger, payer, output=10, price=0.01)
    assert await ledger.spent(**named) == Spent(calls, 10 * calls, round(0.01 * calls, 6))


async def test_what_was_spent_is_told_from_an_instant_on_itself_included(ledger):
    for hours in (-1, 0, 1):
        await book(ledger, hours=hours, price=0.1)
    assert (await ledger.spent(since=START)).price == 0.2
    assert (await ledger.spent(since=START, ticket="t-1")).calls == 2


async def test_many_small_prices_leave_no_dust(ledger):
    for _ in range(30):
        await book(ledger, price=0.1)
    assert (await ledger.spent()).price == 3.0


async def test_bookings_come_in_order_of_time_and_end_before_the_end(ledger):
    for hours in (2, 0, 1, 3):
        await book(ledger, hours=hours, output=hours)
    found = await ledger.bookings(START, START + timedelta(hours=3))
    assert [spending.call.output for spending in found] == [0, 1, 2]


async def test_two_equal_calls_at_one_instant_are_two(ledger):
    await asyncio.gather(*(ledger.book(CALL, MARA, at=START) for _ in range(2)))
    assert (await ledger.spent()).calls == 2


async def test_more_tokens_than_four_bytes_hold_can_be_booked(ledger):
    await book(ledger, input=5_000_000_000)
    assert (await ledger.spent()).tokens == 5_000_000_000
