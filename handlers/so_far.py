"""The thread so far: what people said in a thread before the desk was told of anything there, read from the platform."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from desk.customer import TEAM, Role
from desk.errors import Misconfigured, RateLimited, Rejected, Retryable, Unavailable
from desk.policy import Policy
from desk.space import MessageRef, Place
from desk.timeline import Message, Purpose, Timeline, message_id, ordered
from handlers.services import Services

MOST = 200
"""How many messages of a thread are taken in at most: its root and the latest."""
EVER = datetime(2000, 1, 1, tzinfo=UTC)
log = logging.getLogger("frontdesk.so_far")


async def read(place: Place, services: Services) -> Timeline:
    """Return what people said in a thread that the store does not have, in platform order. What cannot be read for good is left out.

    Raises RateLimited and Unavailable("platform") when it should be read later.
    """
    try:
        said = await services.platform(place.channel.platform).history(place, EVER)
    except (Rejected, Misconfigured) as error:
        log.warning("the thread so far of %s is left out: %s", place, error)
        return ()
    theirs = [_noted(m) for m in said if m.ref and m.author and m.role is not Role.BOT and not m.deleted]
    fresh = ordered([m for m in theirs if m.ref and await services.store.message(m.ref) is None])
    return fresh if len(fresh) <= MOST else (*fresh[:1], *fresh[1 - MOST :])


async def lacks_root(place: Place, services: Services) -> bool:
    """Tell whether a thread began before anybody told us of it."""
    return place.thread is not None and await services.store.message(MessageRef(place.channel, place.thread)) is None


def wait(error: Retryable, policy: Policy) -> timedelta:
    """Return when to read again what could not be read now; raise the error when it was not the platform's."""
    if isinstance(error, RateLimited):
        return error.after
    if isinstance(error, Unavailable) and error.system == "platform":
        return policy.down.retry
    raise error


def _noted(message: Message) -> Message:
    """Return a message as it is stored: it is context, and in no ticket yet."""
    assert message.ref is not None, "what people said stands on a platform"
    ours = message.role in TEAM | {Role.COLLEAGUE}
    return replace(message, id=message_id(message.ref), purpose=Purpose.TEAMMATE if ours else Purpose.CUSTOMER, ticket=None)
