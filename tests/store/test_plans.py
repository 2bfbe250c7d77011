"""Plans: what the desk asks again and again costs the same however much it has seen, because an index answers it."""

from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine, event

from desk.ids import OutboxId, TicketId
from desk.space import MessageRef
from store.database import open_database
from store.repository import SqlStore
from tests.store.samples import COMMUNITY, MARA, NOW, THREAD, FixedPolicy

AT, GROUP = MessageRef(COMMUNITY, "1"), f"user:{MARA}"
ASKED: dict[str, Callable[[SqlStore], Awaitable[object]]] = {
    "pending": lambda store: store.pending(COMMUNITY, GROUP),
    "waiting": lambda store: store.waiting(COMMUNITY, GROUP),
    "message": lambda store: store.message(AT),
    "early": lambda store: store.early(AT),
    "timeline": lambda store: store.timeline(TicketId("t-1")),
    "thread": lambda store: store.thread(THREAD),
    "tickets_in_thread": lambda store: store.tickets_in_thread(THREAD),
    "tickets_of_group": lambda store: store.tickets_of_group(COMMUNITY, GROUP, since=NOW),
    "card_at": lambda store: store.card_at(AT),
    "row": lambda store: store.row(OutboxId("o-1")),
    "open_escalations": lambda store: store.open_escalations(),
    "open_incidents": lambda store: store.incidents(open_only=True),
    "open_tickets": lambda store: store.tickets(open_only=True),
    "sendable": lambda store: store.sendable(NOW),
    "next_sendable": lambda store: store.next_sendable(),
    "claim": lambda store: store.claim(NOW, most=10, holder="desk", until=NOW + timedelta(minutes=1)),
}


@pytest.fixture
def plans() -> Iterator[list[str]]:
    """Return the steps of every statement's plan, as SQLite makes it without knowing the values."""
    found: list[str] = []

    def explain(connection, cursor, statement, parameters, *_):
        if statement.startswith(("SELECT", "UPDATE", "DELETE", "WITH")):
            steps = cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            found.extend(f"{step[3]} for: {' '.join(statement.split())}" for step in steps)

    event.listen(Engine, "before_cursor_execute", explain)
    yield found
    event.remove(Engine, "before_cursor_execute", explain)


@pytest.mark.parametrize("name", ASKED)
async def test_an_index_answers_what_is_asked_with_every_message(name, sqlite_url, plans):
    database = await open_database(sqlite_url)
    plans.clear()
    await ASKED[name](SqlStore(database, FixedPolicy()))
    await database.close()
    assert plans
    assert [step for step in plans if step.startswith("SCAN") and "USING" not in step.partition(" for: ")[0]] == []
    assert [step for step in plans if name in ("pending", "waiting") and "ix_messages_pending" not in step] == []
