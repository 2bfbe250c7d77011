"""Advisor: answers to the team about tickets and knowledge, by a small model where there is one, else by quotes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from agent.metered import Bill, Metered
from agent.model import ModelFault, Request
from agent.points import lacks, numbered
from agent.prompting import prompt
from agent.recap import quote, recap
from agent.untrusted import cleaned, named, quoted
from agent.vault import Vault
from desk.audience import INTERNAL
from desk.draft import Evidence
from desk.errors import Unavailable
from desk.inquiry import Advice, Inquiry
from desk.summary import SummaryKind, Talk

EXTRACTIVE = "extractive"
PURPOSE = "advice"
EFFORT = "low"
OUTPUT = 1200
PATIENCE = timedelta(seconds=20)
TALKS, QUOTES = 3, 3
"""How many tickets and passages an answer goes into."""
PASSAGE = 1500
SENTENCES = 8
REPLY = 20_000
SAID, ARTICLE = "message", "passage"
SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "sentences": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"text": {"type": "string"}, "evidence": {"type": "array", "items": {"type": "integer"}}},
                "required": ["text", "evidence"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["sentences"],
    "additionalProperties": False,
}


class ExtractiveAdvisor:
    """An `Advisor` that quotes: each ticket in a few points, then the passages that are nearest."""

    async def advise(self, inquiry: Inquiry) -> Advice:
        """Return what code finds."""
        evidence = _articles(inquiry)
        tickets = [_ticket(talk) for talk in inquiry.talks[:TALKS]]
        quotes = [f"> {_one_line(item.quote)} [{item.n}]" for item in evidence]
        return Advice("\n\n".join(filter(None, (*tickets, *quotes))), evidence, EXTRACTIVE)


class ModelAdvisor:
    """An `Advisor` with a model behind it, whose sentences are checked; when it fails, takes too long or finds nothing, quotes serve."""

    def __init__(self, metered: Metered, *, patience: timedelta = PATIENCE) -> None:
        self._metered = metered
        self._patience = patience
        self._quotes = ExtractiveAdvisor()

    async def advise(self, inquiry: Inquiry) -> Advice:
        """Return the model's sentences, each as far as its evidence carries it."""
        bill = Bill(inquiry.payer, PURPOSE)
        grounds = _grounds(inquiry)
        if not grounds:
            return await self._quotes.advise(inquiry)
        vault = Vault(inquiry.policy.model.redact)
        try:
            async with asyncio.timeout(self._patience.total_seconds()):
                completion = await self._metered.call(request(inquiry, grounds, vault), bill, inquiry.policy.model)
        except (Unavailable, TimeoutError) as error:
            code = error.code if isinstance(error, ModelFault) else "model_slow"
            return replace(await self._quotes.advise(inquiry), calls=tuple(bill.calls), degraded=(code,))
        made = _read(vault.restore(completion.text, private=True), grounds)
        advice = made if made.text else await self._quotes.advise(inquiry)
        return replace(advice, by=completion.model if made.text else EXTRACTIVE, calls=tuple(bill.calls))


def request(inquiry: Inquiry, grounds: Sequence[Evidence], vault: Vault) -> Request:
    """Return the call: the instructions first, which are the same for all, then what lies on the table, then the question."""
    policy = inquiry.policy.model
    system = ({"type": "text", "text": prompt("advice").text, "cache_control": {"type": "ephemeral", "ttl": "1h"}},)
    shown = [
        f"[{item.n}] {named(item.title)}, {named(item.heading)}\n{quoted(vault.hide(item.quote), label=f'evidence {item.n}', most=PASSAGE)}"
        for item in grounds
    ]
    question = quoted(vault.hide(inquiry.text), label="question", most=PASSAGE)
    asked = f"The team's language has the ISO 639-1 code {policy.team_language!r}. A teammate asks:\n{question}"
    content = "\n\n".join([*shown, asked])
    return Request(
        policy.triage, system, ({"role": "user", "content": content},), schema=SCHEMA, output=OUTPUT, effort=EFFORT, timeout=policy.bounds.call
    )


def _grounds(inquiry: Inquiry) -> tuple[Evidence, ...]:
    """Return all that a sentence may rest on, numbered from 1: articles first, so that their numbers are those the quotes have too."""
    articles = _articles(inquiry)
    said = [
        replace(spoken.ground, heading=f"{spoken.ground.heading}, ticket {talk.ticket.id}")
        for talk in inquiry.talks[:TALKS]
        for spoken in numbered(talk, Vault(()))
    ]
    return (*articles, *(replace(item, n=n) for n, item in enumerate(said, len(articles) + 1)))


def _articles(inquiry: Inquiry) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(
            n,
            ARTICLE,
            p.id,
            p.audience,
            p.text,
            title=p.title,
            document=p.document,
            heading=p.heading,
            url=p.url,
            updated=p.updated,
            hash=p.hash,
            reviewed=p.reviewed,
            expires=p.expires,
        )
        for n, p in enumerate(inquiry.passages[:QUOTES], 1)
    )


def _ticket(talk: Talk) -> str:
    points = recap(SummaryKind.HANDOVER, talk)
    state = f"**{talk.ticket.id}**, {named(talk.ticket.customer_name)}: {talk.ticket.status.value.replace('_', ' ')}"
    return "\n".join([state, *(f"- {point.text}" for point in points)] if points else [state])


def _read(reply: str, grounds: Sequence[Evidence]) -> Advice:
    """Return the sentences of a reply with their numbers; what nothing carries is marked, and one that rests on nothing named is left out."""
    by_number = {item.n: item for item in grounds}
    lines, used = [], set()
    for raw in _items(reply):
        text = " ".join(cleaned(str(raw.get("text") or ""), most=600).split())
        numbers = [n for n in dict.fromkeys(raw.get("evidence") or ()) if isinstance(n, int) and n in by_number]
        if not text or not numbers:
            continue
        used |= set(numbers)
        why = lacks(text, [by_number[n] for n in numbers])
        lines.append(f"{'(!) ' if why else ''}{text} {''.join(f'[{n}]' for n in numbers)}")
    evidence = tuple(_shown(item) for item in grounds if item.n in used)
    return Advice("\n".join(lines), evidence)


def _shown(item: Evidence) -> Evidence:
    """Return evidence as a card lists it: of a message who said what and when."""
    return replace(item, audience=INTERNAL, title=f"{item.title}, {item.heading}: “{quote(item.quote)}”") if item.source == SAID else item


def _items(reply: str) -> Sequence[Mapping[str, Any]]:
    start, end = reply.find("{"), reply.rfind("}")
    try:
        table = json.loads(reply[start : end + 1]) if 0 <= start < end and len(reply) <= REPLY else None
    except (ValueError, RecursionError):
        return ()
    found = table.get("sentences") if isinstance(table, dict) else None
    return [item for item in found[:SENTENCES] if isinstance(item, dict)] if isinstance(found, list) else ()


def _one_line(text: str) -> str:
    shown = " ".join(text.split())
    return shown if len(shown) <= 400 else f"{shown[:399].rstrip()}…"
