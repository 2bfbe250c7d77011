"""Stopped: posts that cannot stand where they should, and who is told. What the team should read waits; of the rest the team hears."""

from __future__ import annotations

from datetime import datetime

from desk.audience import INTERNAL, Scope
from desk.cards import Card, Text
from desk.changes import Enqueue, write
from desk.customer import Role
from desk.errors import PlaceGone, Rejected
from desk.ids import EventId, OutboxId, derived
from desk.ports import ChatPlatform
from desk.post import SIGNS, Direct, Op, Post
from desk.space import Place
from desk.timeline import Purpose
from handlers.services import Services
from handlers.situation import agents_place, team_of

OPEN = "Others than the team can read the agents channel, so I have stopped posting there. Make it private again, or choose another channel."
GONE = "I cannot post in the agents channel: {why}. What should stand there waits."
OURS = frozenset({Purpose.DRAFT_CARD, Purpose.ESCALATION_CARD, Purpose.AUTO_CARD, Purpose.PAGE})
"""What the team waits for: where it cannot stand, somebody has to know."""


async def reason(post: Post, chat: ChatPlatform) -> str:
    """Return why a post may not stand where it says, as a sentence; "" when it may."""
    # What others can read may all the more be taken away.
    if not _is_internal(post) or post.op in (Op.WHISPER, Op.DELETE):
        return ""
    try:
        return "" if await chat.is_private(post.target.channel) else OPEN  # type: ignore[union-attr]
    except PlaceGone as error:
        return GONE.format(why=error)


def refusal(post: Post, error: Rejected) -> str:
    """Return the sentence for a refusal that means that the agents channel itself is gone; "" for any other."""
    new = post.op is Op.POST and isinstance(post.target, Place) and post.target.thread is None
    return GONE.format(why=error) if new and _is_internal(post) and isinstance(error, PlaceGone) else ""


async def tell_admins(text: str, services: Services, *, now: datetime) -> None:
    """Tell the admins in private, once a day for each reason."""
    admins = [user for user, person in (await team_of(services)).items() if person.role is Role.ADMIN]
    notice = "guard", text, f"{now:%Y-%m-%d}"
    posts = [
        Post(OutboxId(derived("o", *notice, user)), Direct(user), Purpose.PAGE, INTERNAL, now, card=Card((Text(text),)), to=(user,))
        for user in admins
    ]
    await services.store.commit(EventId(derived("ev", *notice)), write(*map(Enqueue, posts)), at=now)


async def tell_team(post: Post, error: Exception, services: Services, *, now: datetime) -> None:
    """Tell the team of what a customer has not read, or they themselves of cards and pages, and of what stands still. Of the rest nobody hears."""
    place = await agents_place(services)
    ours = post.audience.scope is Scope.INTERNAL
    if place is None or post.op in SIGNS or (ours and post.purpose not in OURS and post.op is not Op.DELETE):
        return
    why = str(error) if isinstance(error, Rejected) else "a defect of ours, which the log names"
    # A card is drawn again and again: that it cannot be shown is told once.
    key = "undelivered", (post.card_id if post.op is not Op.DELETE else None) or post.id
    notice = Post(OutboxId(derived("o", *key)), place, Purpose.NOTICE, INTERNAL, now, card=Card((Text(_failed(post, why)),)), ticket=post.ticket)
    await services.store.commit(EventId(derived("ev", *key)), write(Enqueue(notice)), at=now)


def _failed(post: Post, why: str) -> str:
    """Return what could not be done, and what that means."""
    about = f" of ticket {post.ticket}" if post.ticket else ""
    if post.op is Op.DELETE:
        return f"A post{about} could not be taken back: {why}. If it still stands, it has to be deleted on the platform."
    if post.audience.scope is not Scope.INTERNAL:
        return f"A post{about} could not be delivered: {why}. The customer has not read it."
    if isinstance(post.target, Direct):
        return f"A page{about} did not reach {post.target.user}: {why}. Somebody else has to see to it."
    return f"A card{about} could not be shown: {why}.{f' `/frontdesk ticket {post.ticket}` says how it stands.' if post.ticket else ''}"


def _is_internal(post: Post) -> bool:
    return post.audience.scope is Scope.INTERNAL and isinstance(post.target, Place)
