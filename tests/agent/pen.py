"""The agent as its tests use it: real articles, a real record, the real SDK, and a model that replies from a script."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from agent.claude import Access, ClaudeModel
from agent.loop import ModelAnswerer
from agent.metered import Metered
from cli.play.model import ScriptedTransport, scripted
from desk.answering import Brief, PastTicket
from desk.draft import Proposal
from desk.policy_check import merged, read_policy
from tests.agent.conftest import POLICY
from tests.agent.test_extractive import COMMUNITY, IN_SCOPE, ArticleTools
from tests.agent.test_record import NOBODY, PHRASES
from tests.fakes import START, FakeClock, MemoryLedger

REFUND = "A refund reaches your card within 5 to 7 working days after we approve it."
PAST = PastTicket("t-1", datetime(2026, 9, 1, tzinfo=UTC), "billing", "solved", "Where is my refund of EUR 77.00?", "It was sent on 3 September.")


def reply(thread: str = "", *, confidence: float = 0.9, claims: Mapping[str, tuple[int, ...]] | None = None, **more: Any) -> dict[str, Any]:
    """Return a script's reply that submits a text; `claims` ties sentences to numbers."""
    listed = [{"text": text, "evidence": list(numbers)} for text, numbers in (claims or {}).items()]
    return {"tool_use": [{"name": "submit_reply", "input": {"thread": thread, "claims": listed, "confidence": confidence, **more}}]}


def calls(*uses: tuple[str, dict[str, Any]], when: str = "", n: int | None = None) -> dict[str, Any]:
    """Return a script's reply that calls tools."""
    return {"tool_use": [{"name": name, "input": given} for name, given in uses], "when": when, **({"n": n} if n else {})}


class DeskTools(ArticleTools):
    """Tools that also know whole articles and earlier tickets, and that can fail or take their time."""

    past: tuple[PastTicket, ...] = ()
    failing: Exception | None = None

    async def article(self, document):
        one = self._articles.get(document)
        found = await self._near(document, {document: one}, k=1) if one else []
        return [passage for passage in found if passage.audience in self._shown or str(passage.audience) == "public"]

    async def past_tickets(self):
        return self.past

    async def look_up(self, request):
        return ()

    async def record(self):
        if self.failing:
            raise self.failing
        return await super().record()


@dataclass
class Pen:
    """An agent with its script; `bodies` are the requests that reached the model."""

    quoting: Any
    embedder: Any
    replies: list[dict[str, Any]]
    policy: dict[str, Any] = field(default_factory=dict)
    facts: tuple[Any, ...] = ()
    past: tuple[PastTicket, ...] = ()
    failing: Exception | None = None
    ledger: MemoryLedger = field(default_factory=MemoryLedger)
    clock: FakeClock = field(default_factory=FakeClock)

    def __post_init__(self) -> None:
        self.transport = ScriptedTransport(tuple(scripted(n, row) for n, row in enumerate(self.replies, 1)), now=lambda: self.clock.now().timestamp())
        self.model = ClaudeModel(Access(key="test"), strict=True, transport=self.transport)
        self.metered = Metered(self.model, self.ledger, self.clock)
        self.answerer = ModelAnswerer(self.quoting, self.metered, self.embedder)

    @property
    def bodies(self) -> list[Any]:
        return self.transport.bodies

    async def writes(self, text: str = "How long does a refund take?", *, place=COMMUNITY, private=None, author=NOBODY, **more: Any) -> Proposal:
        """Answer a question."""
        read = read_policy(merged(POLICY, self.policy))
        known = {"policy": read, "actions": read.actions, "now": START + timedelta(hours=1), **more}
        brief = Brief(text, author, place, private, known.pop("classification", IN_SCOPE), known.pop("language", "en"), PHRASES, **known)
        tools = DeskTools(self.embedder, place | (private or frozenset()), self.facts)
        tools.past, tools.failing = self.past, self.failing
        return await self.answerer.propose(brief, tools)
