"""Standing: where a post stands on its platform, and where one of unknown fate is looked for."""

from __future__ import annotations

from desk.ports import ChatPlatform
from desk.post import Direct, Post, Row, RowStatus
from desk.space import MessageRef, Place
from desk.store import Store

Found = tuple[MessageRef, Place | None]


async def above(post: Post, store: Store, chat: ChatPlatform) -> Row | None:
    """Return the row that a post belongs under, where the platform keeps one thread a ticket for the team."""
    return await store.row(post.under) if post.under and chat.can.card_threads else None


async def thread_under(post: Post, store: Store, chat: ChatPlatform) -> Place | None:
    """Return the thread a post stands in because of the row it belongs under; None where it stands where it says."""
    row = await above(post, store, chat)
    if row is None or row.ref is None or row.status is not RowStatus.SENT or isinstance(post.target, Direct):
        return None
    said = row.place or (None if isinstance(row.post.target, Direct) else row.post.target)
    thread = (said.thread if said else None) or row.ref.id
    return Place(row.ref.channel, thread) if row.ref.channel == post.target.channel else None


async def looked_up(post: Post, store: Store, chat: ChatPlatform) -> Found | None:
    """Look for a post where it would stand now, and where it would have stood before the one it belongs under was there."""
    under = await thread_under(post, store, chat)
    if under is not None and (ref := await chat.find(post.id, under)) is not None:
        return ref, under
    ref = await chat.find(post.id, await near(post, chat))
    return (ref, None) if ref else None


async def near(post: Post, chat: ChatPlatform) -> Place:
    """Return where a post says that it stands; a private place is opened."""
    return await chat.open(post.target.user) if isinstance(post.target, Direct) else post.target


def stands(post: Post, ref: MessageRef | None, under: Place | None) -> Place | None:
    """Return where a post stands if that is not where it says: the private place it found, or a thread. What changes it later goes there too."""
    return Place(ref.channel) if isinstance(post.target, Direct) and ref else under
