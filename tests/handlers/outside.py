"""Outside: what a platform knows and the desk was never told of, and the other ways in."""

from datetime import timedelta

from desk.cards import plain
from desk.customer import Role
from desk.events import BotInvited, ChannelChanged, ReactionAdded, TicketAsked
from desk.ids import EventId
from desk.post import Op
from desk.space import MessageRef, Place
from desk.timeline import Message, message_id
from tests.world import World, channel, role_of, user


def stood(
    w: World, who: str, text: str, *, where: str = "community", under: MessageRef | None = None, ago: timedelta = timedelta(hours=2)
) -> MessageRef:
    """Somebody wrote while nobody told the desk: the platform alone has it."""
    w.numbers += 1
    ref = MessageRef(channel(where), f"m{w.numbers}")
    place = Place(ref.channel, under.id if under else None)
    at = w.clock.now() - ago + timedelta(microseconds=w.numbers)
    w.chat.said.append(Message(message_id(ref), ref, place, user(who), who.title(), role_of(who), text, at))
    return ref


def ask(w: World, who: str, ref: MessageRef, *, under: MessageRef | None = None) -> TicketAsked:
    """Return the event of somebody's shortcut on a message."""
    w.numbers += 1
    at = w.clock.now() + timedelta(microseconds=w.numbers)
    place = Place(ref.channel, under.id if under else None)
    return TicketAsked(id=EventId(f"e{w.numbers}"), ref=ref, place=place, by=user(who), by_name=who.title(), role=role_of(who), at=at)


async def asks_for(w: World, who: str, ref: MessageRef, *, under: MessageRef | None = None) -> None:
    """Somebody opens a ticket from a message."""
    await w.emit(ask(w, who, ref, under=under))


async def reacts(w: World, who: str, ref: MessageRef, emoji: str = "ticket") -> None:
    """Somebody puts an emoji on a message."""
    w.numbers += 1
    await w.emit(ReactionAdded(id=EventId(f"e{w.numbers}"), ref=ref, emoji=emoji, by=user(who), role=role_of(who), at=w.clock.now()))


async def invited(w: World, who: str | None, *, name: str = "new-place", role: Role | None = None, shared: bool = False) -> None:
    """The bot is let into a channel."""
    w.numbers += 1
    by = user(who) if who else None
    role = role or (role_of(who) if who else Role.CUSTOMER)
    by_name = who.title() if who else ""
    await w.emit(
        BotInvited(id=EventId(f"e{w.numbers}"), channel=channel(name), name=name, by=by, by_name=by_name, role=role, at=w.clock.now(), shared=shared)
    )


async def changes(w: World, where: str, *, name: str = "", gone: bool = False) -> None:
    """A channel is renamed, or gone."""
    w.numbers += 1
    await w.emit(ChannelChanged(id=EventId(f"e{w.numbers}"), channel=channel(where), at=w.clock.now(), name=name, gone=gone))


def whispers(w: World) -> list[str]:
    """Return what was whispered."""
    return [plain(p.card) for p in w.chat.sent if p.op is Op.WHISPER and p.card]
