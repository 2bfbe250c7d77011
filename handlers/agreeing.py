"""Agreeing: how often routing named who really took a ticket, in sentences."""

from __future__ import annotations

from datetime import timedelta

from desk.cards import Notes
from desk.routing import Switch
from handlers.services import Services
from insights.agreement import Agreement, agreements

MONTH = timedelta(days=30)
VERBS = {Switch.SHADOW: "would have named", Switch.ON: "named", Switch.OFF: "named"}


async def agreed(services: Services, *, category: str = "", within: timedelta = MONTH) -> tuple[Agreement, ...]:
    """Return the agreement of a category, or of each, as counted lately."""
    found = agreements(await services.store.routes(since=services.clock.now() - within))
    return tuple(each for each in found if category in ("", each.category))


async def notes(services: Services, *, within: timedelta = MONTH) -> tuple[Notes, ...]:
    """Return the agreement of each category as a block of a card, none where nothing was routed."""
    found = tuple(map(sentence, await agreed(services, within=within)))
    return (Notes(f"Routing agreed with people in {within.days} days", found),) if found else ()


def sentence(found: Agreement) -> str:
    """Return an agreement as a sentence, with how far it may be off."""
    if found.share is None:
        return f"{found.category or 'no category'} ({found.switch}): {found.routed} routed, none taken by anybody yet"
    low, high = found.interval
    instead = ", ".join(f"{team or 'people of no team'} {count}" for team, count in found.instead)
    who = f"; the very person {found.person} of {found.named}" if found.named else ""
    return (
        f"{found.category or 'no category'} ({found.switch}): it {VERBS[found.switch]} the team that took it {found.team} of {found.taken} times "
        f"({found.share:.0%}, between {low:.0%} and {high:.0%}){who}{f'; instead {instead}' if instead else ''}"
    )
