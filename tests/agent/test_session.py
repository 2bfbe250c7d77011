"""A session: tools that are used at once, and what each of them showed."""

import asyncio
from datetime import timedelta

from agent.model import ToolUse
from agent.session import Session, use
from agent.toolbox import TOOLS
from agent.vault import Vault
from desk.answering import Brief
from tests.agent.pen import DeskTools
from tests.agent.test_extractive import COMMUNITY, IN_SCOPE, PERSON, RECORD
from tests.agent.test_record import MARA, PHRASES


class SlowSearch(DeskTools):
    """Tools whose search ends after the record was read."""

    async def search(self, query, *, k=10, also=()):
        found = await super().search(query, k=k, also=also)
        for _ in range(5):
            await asyncio.sleep(0)
        return found


async def test_what_one_tool_shows_is_not_held_against_another_that_is_used_beside_it(embedder):
    brief = Brief("Where is my invoice?", MARA, COMMUNITY, frozenset({PERSON}), IN_SCOPE, "en", PHRASES)
    session = Session(brief, SlowSearch(embedder, COMMUNITY | {PERSON}, RECORD), Vault(()))
    uses = [ToolUse("a", "search_knowledge", {"query": "duplicate charge"}), ToolUse("b", "get_invoices", {})]
    told = await asyncio.gather(*(use(call, session, tuple(TOOLS.values()), timeout=timedelta(seconds=5), most=8) for call in uses))
    assert [answer.failed for answer in told] == [False, False]
    numbers = [item.n for item in session.register.shown]
    assert numbers == list(range(1, len(numbers) + 1))
