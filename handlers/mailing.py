"""Mailing: the code that somebody asked for goes to the address of record. Each code goes out once at most, and only the last one that did holds."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta

from desk.audience import INTERNAL
from desk.cards import Card, Notes
from desk.changes import NOTHING, Changes, Enqueue, SaveChallenge, SetDeadline, write
from desk.customer import Person
from desk.deadlines import Deadline, DeadlineKind
from desk.errors import FrontdeskError, Retryable
from desk.events import DeadlineReached
from desk.ids import EventId, OutboxId, derived
from desk.linking import Challenge, addressee, masked, read_address, sealed
from desk.post import Post
from desk.timeline import Purpose
from handlers.services import Services
from handlers.situation import agents_place

WAITS = (timedelta(seconds=10), timedelta(seconds=60), timedelta(minutes=3))
"""Before each further try; after them nobody waits for the mail any more."""
log = logging.getLogger("frontdesk.mailing")


async def code_due(event: DeadlineReached, services: Services) -> Changes:
    """Mail a code. Its hash is committed before the mail leaves, so that a code in a mailbox is one that holds, and no mail goes twice.

    A process that is killed in between leaves a code that nobody was sent: whoever waits for it asks for another one.
    """
    challenge = await services.store.challenge(event.values["challenge"])
    person = await services.crm.person(challenge.person) if challenge and challenge.person else None
    now = services.clock.now()
    if challenge is None or person is None or challenge.is_over or not _is_theirs(challenge, person) or services.mailer is None:
        return NOTHING
    if now >= challenge.expires:
        return await _failed(event, challenge, person, services=services)
    policy, code = await services.policy.current(), services.new_code()
    # It holds no longer for being mailed late: whoever tries codes would learn by it that one was mailed.
    ready = replace(challenge, code=sealed(code, challenge.id))
    claim = EventId(derived("ev", event.id, "claim"))
    if not await services.store.commit(claim, write(SaveChallenge(ready, was=challenge)), at=now):
        return NOTHING
    language, minutes = person.language or "en", max(1, round((challenge.expires - now).total_seconds() / 60))
    subject, text = policy.phrase("code_subject", language), policy.phrase("code_mail", language, number=code, minutes=minutes)
    try:
        await services.mailer.send(to=person.email, subject=subject, text=text)
    except Retryable as error:
        log.warning("a code could not be mailed: %s", error)
        return _again(event, now) or await _failed(event, challenge, person, services=services)
    except FrontdeskError as error:
        log.error("a code could not be mailed: %s", error)
        return await _failed(event, challenge, person, services=services)
    return NOTHING


def _is_theirs(challenge: Challenge, person: Person) -> bool:
    """Tell whether somebody is still the one whom the code is for, at the address that was given."""
    return addressee([person]) is not None and sealed(read_address(person.email), challenge.id) == challenge.address


def _again(event: DeadlineReached, now: datetime) -> Changes:
    """Set the next try; nothing when there was the last one."""
    attempt = int(event.values.get("attempt", "0"))
    if attempt >= len(WAITS):
        return NOTHING
    values = {**event.values, "attempt": str(attempt + 1)}
    return write(SetDeadline(Deadline(event.deadline, DeadlineKind.CODE, event.subject, now + WAITS[attempt], values)))


async def _failed(event: DeadlineReached, challenge: Challenge, person: Person, *, services: Services) -> Changes:
    """Tell the team, and not who asked: it would say that the address is known."""
    place = await agents_place(services)
    if place is None:
        return NOTHING
    line = f"The code for {challenge.user} could not be mailed to {masked(person.email)}, the address of {person.name} ({person.id})."
    how = f"Be sure that it is them, then write `/frontdesk customer link {challenge.user} {person.id}`; `frontdesk doctor` looks at the mail server."
    card = Card((Notes("A code could not be mailed", (line, how)),))
    return write(Enqueue(Post(OutboxId(derived("o", event.id, "mail")), place, Purpose.NOTICE, INTERNAL, services.clock.now(), card=card)))
