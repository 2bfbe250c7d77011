"""Trying: what the desk would answer to a question, shown to who asked and to nobody else."""

from __future__ import annotations

from collections.abc import Sequence

from desk.cards import Block, Card, Field, Fields, Form, Header, Notes, Option, Sources, Style, Text
from desk.changes import NOTHING, Changes
from desk.errors import InvalidInput
from desk.events import CommandInvoked
from desk.ports import Query
from desk.space import ChannelKind
from handlers.ask import Answer, Question, ask
from handlers.commands.tiers import tiers
from handlers.commands.words import named, split
from handlers.services import Services
from handlers.shortfalls import shortfall

USAGE = 'try "QUESTION" [KIND] [TIER]'
WAYS = ('try "QUESTION" [KIND] [TIER]',)
KINDS = (ChannelKind.COMMUNITY, ChannelKind.SHARED, ChannelKind.DIRECT)
QUOTES = '"“”'
WRITE = 'Write the question in quotes: `/frontdesk try "How long does a refund take?" shared enterprise`.'


async def try_(event: CommandInvoked, services: Services) -> tuple[Card, Changes]:
    """Try a question: what the desk would answer, with evidence, confidence and reasons.

    Nobody else sees it, and no ticket is made. KIND is the channel it would be asked in, TIER that of the account that would ask.
    """
    question = await _question(event, services)
    return drawn(question, await ask(question, services)), NOTHING


async def form(query: Query, services: Services) -> Form | None:
    """Return what the command asks when it was given without a question."""
    if len(split(query.subject)) > 1:
        return None
    levels = tuple(Option(tier, tier) for tier in await tiers(services))
    tier = (Field("tier", "Tier of who asks", options=levels, required=False),) if levels else ()
    kind = Field("kind", "Asked in", ChannelKind.COMMUNITY, options=tuple(Option(kind, kind) for kind in KINDS))
    return Form("Try a question", (Field("question", "Question", lines=3), kind, *tier), "Try")


def drawn(question: Question, answer: Answer) -> Card:
    """Draw what the desk would do."""
    proposal = answer.proposal
    parts = [Text(f"{'in private' if part.to else 'in the thread'}: {part.text}") for part in proposal.parts] if proposal else []
    blocks: list[Block] = [Header(f"I would: {answer.action.replace('_', ' ')}", f"mode {answer.mode}"), *parts]
    if not parts:
        blocks.append(Text(f"There would be no answer{f': {answer.abstained}' if answer.abstained else ''}.".replace("_", " ")))
    if proposal and proposal.evidence:
        blocks.append(Sources(proposal.evidence, detailed=True))
    blocks += (
        [Text(f"“{claim.text}”: {claim.why or 'no evidence'}", Style.WARNING) for claim in proposal.claims if not claim.supported] if proposal else []
    )
    blocks.append(Fields(_facts(question, answer)))
    reasons = (
        *(text for _, text in answer.reasons),
        *(f"rule: {rule.replace('_', ' ')}" for rule in answer.triggers),
        *map(shortfall, answer.degraded),
    )
    return Card((*blocks, *((Notes("Because", reasons),) if reasons else ()), Text("Nobody was told, and nothing is kept.", Style.QUIET)))


async def _question(event: CommandInvoked, services: Services) -> Question:
    text, rest = (event.form["question"], _picked(event)) if event.form else _spoken(event.text)
    if not text.strip():
        raise InvalidInput(WRITE)
    known = {"kind": [str(kind) for kind in KINDS], "tier": list(await tiers(services))}
    said = named("try", rest, known)
    return Question(text.strip(), ChannelKind(said.get("kind", ChannelKind.COMMUNITY)), tier=said.get("tier", ""))


def _spoken(text: str) -> tuple[str, Sequence[str]]:
    """Return the question, which is what stands in quotes, and the words after it; without quotes everything is the question."""
    _, _, rest = text.strip().partition(" ")
    rest = rest.strip()
    if rest[:1] not in QUOTES or not rest:
        return rest, ()
    words = split(rest)
    return words[0], words[1:]


def _picked(event: CommandInvoked) -> Sequence[str]:
    return [event.form[name] for name in ("kind", "tier") if event.form.get(name)]


def _facts(question: Question, answer: Answer) -> tuple[tuple[str, str], ...]:
    pairs = (
        ("Asked in", f"{question.kind}{f', {question.tier} account' if question.tier else ''}"),
        ("Category", answer.category),
        ("Confidence", f"{answer.confidence:.2f} of {answer.threshold:.2f} needed" if answer.proposal else ""),
        ("In mode auto", answer.would_in_auto.replace("_", " ") if answer.would_in_auto != answer.action else ""),
        ("Policy", answer.policy_version),
    )
    return tuple((label, value) for label, value in pairs if value)
