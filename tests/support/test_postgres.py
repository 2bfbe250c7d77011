"""The throwaway cluster: it serves, and no test sees another's tables."""

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.support.postgres import Cluster


@pytest.mark.parametrize("visit", [pytest.param(1, id="the first test"), pytest.param(2, id="the next test")])
async def test_every_test_meets_an_empty_database(postgres_url: str, visit: int) -> None:
    engine = create_async_engine(postgres_url)
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE note (visit int)"))
        await connection.execute(text("INSERT INTO note VALUES (:visit)"), {"visit": visit})
        assert (await connection.execute(text("SELECT visit FROM note"))).scalars().all() == [visit]
    await engine.dispose()


def test_one_test_may_ask_for_several_databases(postgres: Cluster) -> None:
    assert postgres.fresh() != postgres.fresh()


def test_a_database_is_dropped_under_an_open_connection(postgres: Cluster) -> None:
    name = postgres.create()
    with psycopg.connect(host="127.0.0.1", port=postgres.port, user="postgres", dbname=name) as connection:
        postgres.drop(name)
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
