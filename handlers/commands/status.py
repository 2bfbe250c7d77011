"""Status by command: the mode, what is paused, what waits, and whether everything that the desk needs answers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from datetime import datetime, timedelta

from desk.cards import Card, Fields, Header
from desk.changes import NOTHING, Changes
from desk.errors import FrontdeskError, Rejected
from desk.events import CommandInvoked
from desk.policy import Pauses, Policy
from desk.space import Channel
from desk.ticket import Status
from handlers.commands.words import counted, listed
from handlers.services import Services
from handlers.shortfalls import shortfall
from handlers.times import brief, until

PATIENCE = 3.0
"""Seconds that something may take to say that it is there."""
HOUR = timedelta(hours=1)


async def status(event: CommandInvoked, services: Services) -> tuple[Card, Changes]:
    """Say how it goes: the mode, what is paused, what waits, and what answers."""
    policy = await services.policy.current()
    health = await _health(services, now=event.at)
    rows = (
        ("Mode", _mode(policy)),
        ("Paused", _paused(policy, now=event.at)),
        ("Waiting", await _waiting(services, now=event.at)),
        *health,
    )
    return Card(
        (Header("Status", "all is well" if all(text.startswith("ok") for _, text in health) else "something needs a look"), Fields(rows))
    ), NOTHING


def pauses(paused: Pauses, *, now: datetime) -> list[tuple[str, str]]:
    """Return what is paused now, and until when: an instant as it is stored, or "on"."""
    named = [("everything", paused.everything), *((f"category {name}", end) for name, end in paused.categories.items())]
    named += [(f"#{name}", end) for name, end in paused.channels.items()]
    return [(what, end) for what, end in named if end and (end == "on" or datetime.fromisoformat(end) > now)]


def _mode(policy: Policy) -> str:
    rules = f", and {counted(len(policy.modes.rules), 'rule')} beside it (`/frontdesk mode`)" if policy.modes.rules else ""
    return f"{policy.modes.default.word}{rules}"


def _paused(policy: Policy, *, now: datetime) -> str:
    zone = policy.hours.zone
    found = [
        f"{what} until {'somebody resumes it' if end == 'on' else brief(datetime.fromisoformat(end), now=now, zone=zone)}"
        for what, end in pauses(policy.paused, now=now)
    ]
    return listed(found, last="and") or "nothing"


async def _waiting(services: Services, *, now: datetime) -> str:
    tickets = await services.store.tickets(open_only=True)
    for_us = [ticket for ticket in tickets if ticket.status is Status.WAITING_TEAM and ticket.merged_into is None]
    drafts = await services.store.waiting_drafts()
    if not for_us:
        return f"nothing; {counted(len(tickets), 'open ticket')}"
    oldest = until(min(draft.created for draft in drafts), now).removesuffix(" overdue") if drafts else ""
    since = f", the oldest draft for {oldest}" if oldest else ""
    return f"{counted(len(for_us), 'ticket')} for the team, {counted(len(drafts), 'draft')}{since}; {counted(len(tickets), 'open ticket')}"


async def _health(services: Services, *, now: datetime) -> tuple[tuple[str, str], ...]:
    """Return for each system whether it answers, with a sentence where it does not."""
    asked = {"Knowledge": services.knowledge.version(), "Customer record": services.crm.team()}
    found = await asyncio.gather(*map(_answers, asked.values()))
    platforms = [(str(platform).capitalize(), await _answers(chat.team())) for platform, chat in services.chat.items()]
    return (
        ("Language model", await _model(services, now=now)),
        *zip(asked, found, strict=True),
        *platforms,
        ("Agents channel", await _agents(services)),
    )


async def _answers(call: Awaitable[object]) -> str:
    try:
        async with asyncio.timeout(PATIENCE):
            await call
    except FrontdeskError as error:
        return f"down: {error}"
    except TimeoutError:
        return f"does not answer within {PATIENCE:g} s"
    return "ok"


async def _model(services: Services, *, now: datetime) -> str:
    """Return how the model did in the last hour, by what the decisions of that hour say."""
    decisions = await services.store.decisions(since=now - HOUR)
    down = [decision for decision in decisions if decision.facts.down == "model"]
    short = [code for decision in decisions for code in decision.facts.degraded]
    if down:
        return f"down for {len(down)} of {counted(len(decisions), 'decision')} within the hour"
    return f"{_most(short)}, in {len(short)} of {counted(len(decisions), 'decision')} within the hour" if short else "ok"


def _most(codes: Sequence[str]) -> str:
    return shortfall(max(set(codes), key=codes.count))


async def _agents(services: Services) -> str:
    marked = [channel for channel in await services.store.channels() if channel.agents]
    if not marked:
        return "missing: `/frontdesk setup` chooses one"
    for channel in marked:
        told = await _answers(_private(channel, services))
        if told != "ok":
            return told
    return f"ok, {listed([f'#{channel.name}' for channel in marked], last='and')}"


async def _private(channel: Channel, services: Services) -> None:
    if not await services.platform(channel.ref.platform).is_private(channel.ref):
        raise Rejected(f"others can read #{channel.name}, so I post nothing there")
