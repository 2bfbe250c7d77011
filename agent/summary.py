"""Summary: a conversation summed up for colleagues, by a small model where there is one, else by quotes."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from agent.metered import Bill, Metered
from agent.model import Request
from agent.points import MESSAGE, Spoken, numbered, read, tied
from agent.prompting import prompt
from agent.recap import recap, told
from agent.untrusted import named, quoted
from agent.vault import Vault
from desk.customer import TEAM, Role
from desk.errors import Unavailable
from desk.summary import MOST, Point, Summary, SummaryKind, Talk

EXTRACTIVE, AGENT = "extractive", "agent"
PURPOSE = "summary"
EFFORT = "low"
OUTPUT = 900
PATIENCE = timedelta(seconds=10)
"""The longest wait: a person is being called, and quotes would do."""
SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "points": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "text": {"type": "string"},
                    "messages": {"type": "array", "items": {"type": "integer"}},
                    "quote": {"type": "string"},
                },
                "required": ["text", "messages", "quote"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["points"],
    "additionalProperties": False,
}


class ExtractiveSummarizer:
    """A `Summarizer` that quotes. What the agent wrote for whoever takes over comes first, as far as it holds."""

    async def summarize(self, kind: SummaryKind, talk: Talk) -> Summary:
        """Return the points that code finds."""
        return _without_model(kind, talk, await _own(kind, talk))


class ModelSummarizer:
    """A `Summarizer` with a model behind it. When that fails, takes too long or says nothing that holds, the points are quotes."""

    def __init__(self, metered: Metered, *, patience: timedelta = PATIENCE) -> None:
        self._metered = metered
        self._patience = patience

    async def summarize(self, kind: SummaryKind, talk: Talk) -> Summary:
        """Return the agent's own points as far as they hold, else the model's, else quotes."""
        own = await _own(kind, talk)
        # In one message there is nothing to sum up.
        if talk.at_once or any(point.supported for point in own) or len(told(talk.timeline)) < 2:
            return _without_model(kind, talk, own)
        bill = Bill(talk.payer, PURPOSE)
        points, model = await self._asked(kind, talk, bill)
        made = _summed(kind, talk, points, by=model) if points else _without_model(kind, talk, own)
        return replace(made, calls=tuple(bill.calls))

    async def _asked(self, kind: SummaryKind, talk: Talk, bill: Bill) -> tuple[Sequence[Point], str]:
        """Return the points that hold and the model's name, none when anything goes wrong."""
        vault = Vault(talk.policy.model.redact)
        said = numbered(talk, vault)
        try:
            async with asyncio.timeout(self._patience.total_seconds()):
                completion = await self._metered.call(request(kind, said, talk, patience=self._patience), bill, talk.policy.model)
        except (Unavailable, TimeoutError):
            return (), ""
        points = read(completion.text, said, language=talk.policy.model.team_language)
        return [replace(point, text=vault.restore(point.text, private=True)) for point in points], completion.model


def request(kind: SummaryKind, said: Sequence[Spoken], talk: Talk, *, patience: timedelta = PATIENCE) -> Request:
    """Return the call that sums a conversation up; the instructions are the same for all of them, and come first."""
    policy = talk.policy.model
    system = ({"type": "text", "text": prompt("summary").text, "cache_control": {"type": "ephemeral", "ttl": "1h"}},)
    task = f"Kind: {kind}. The team's language has the ISO 639-1 code {policy.team_language!r}. Sum up these messages."
    lines = "\n\n".join([task, *map(_shown, said)])
    timeout = min(policy.bounds.call, patience)
    return Request(policy.triage, system, ({"role": "user", "content": lines},), schema=SCHEMA, output=OUTPUT, effort=EFFORT, timeout=timeout)


def _shown(spoken: Spoken) -> str:
    said = spoken.message
    who = "we" if said.role is Role.BOT else f"{'our colleague' if said.role in TEAM else said.role} {named(said.author_name)}"
    return f"Message {spoken.n}, {said.at:%Y-%m-%d %H:%M}, {who}:\n{quoted(spoken.text, label=f'message {spoken.n}', most=2 * MESSAGE)}"


async def _own(kind: SummaryKind, talk: Talk) -> Sequence[Point]:
    """Return what the agent itself wrote for whoever takes over, tied to what it rests on; comparing it with everything shown takes a while."""
    return await asyncio.to_thread(tied, talk) if kind is SummaryKind.HANDOVER and talk.own.strip() else ()


def _without_model(kind: SummaryKind, talk: Talk, own: Sequence[Point]) -> Summary:
    """Return what the agent wrote, as it is marked, and quotes of what that leaves out."""
    return _summed(kind, talk, own, by=AGENT if own else EXTRACTIVE)


def _summed(kind: SummaryKind, talk: Talk, points: Sequence[Point], *, by: str) -> Summary:
    """Return points as a summary; quotes of messages that none of them rests on fill it up while there are few."""
    named_ones = {message for point in points for message in point.messages}
    quotes = [point for point in recap(kind, talk) if not points or not named_ones & set(point.messages)]
    room = max(0, (MOST if not points else MOST - 2) - len(points))
    return Summary(talk.ticket.id, kind, talk.at, talk.ticket.turn, (*points, *quotes[:room])[:MOST], by)
