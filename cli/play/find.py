"""Finding: the message with a button, and the card that somebody means by "latest"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.web.log import Entry, messages
from bot.web.rooms import local_channel, local_user
from desk.cards import find_button
from desk.errors import InvalidInput
from desk.space import ChannelKind, ChannelRef, MessageRef, Place, Platform, UserRef
from runtime import Runtime


async def button_at(desk: Runtime, user: UserRef, label: str, *, on: Mapping[str, str] | None) -> MessageRef:
    """Return the latest message with a button of this label that somebody can see, among those about `on` when that is given.

    Raises InvalidInput that lists the labels which are there.
    """
    seen = await _seen(desk, user)
    if on is not None:
        seen = await _about(desk, seen, spot_ref(on))
    found = next((entry for entry in reversed(seen) if entry.card and find_button(entry.card, label)), None)
    if found is None:
        labels = dict.fromkeys(button.name for entry in seen if entry.card for button in entry.card.buttons)
        raise InvalidInput(
            f"there is no button {label!r} to press here; {'there are: ' + ', '.join(map(repr, labels)) if labels else 'there is no button at all'}"
        )
    return found.ref


def spot_ref(spot: Mapping[str, str]) -> MessageRef:
    """Return what a step's message is known by, on whichever platform it stands."""
    if "platform" in spot:
        return MessageRef(ChannelRef(Platform(spot["platform"]), spot["space"], spot["id"]), spot["ref"])
    return MessageRef(local_channel(spot["channel"]), spot["ref"])


async def card_thread(desk: Runtime, who: str) -> Place:
    """Return the thread under the latest card that somebody can see; raise InvalidInput when there is none."""
    cards = [entry for entry in await _seen(desk, local_user(who)) if entry.card and entry.author is None]
    if not cards:
        raise InvalidInput(f"there is no card that {who} can see")
    return Place(cards[-1].ref.channel, cards[-1].thread or cards[-1].ref.id)


async def _seen(desk: Runtime, user: UserRef) -> Sequence[Entry]:
    """Return what somebody can see, oldest first; to the team its own channels come before all others, so their latest is the last."""
    # Sorting is stable: within the team's channels, and within the others, time still decides.
    channels = {room.ref: room.kind is ChannelKind.INTERNAL for room in await desk.workspace.rooms.visible_to(user)}
    everything = await desk.workspace.log.run(lambda db: messages(db, "1"))
    seen = [entry for entry in everything if entry.ref.channel in channels and not entry.deleted and entry.seen_by(user)]
    return sorted(seen, key=lambda entry: channels[entry.ref.channel])


async def _about(desk: Runtime, seen: Sequence[Entry], ref: MessageRef) -> Sequence[Entry]:
    """Return the messages about what stands at `ref`: of its ticket, or while it has none of its thread."""
    said = await desk.services.store.message(ref)
    if said and said.ticket:
        return [entry for entry in seen if entry.ticket == said.ticket]
    return [entry for entry in seen if entry.ref.channel == ref.channel and (entry.thread or entry.ref.id) == ref.id]
