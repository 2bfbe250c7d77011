"""What must hold in every world whatever its story: decisions can be decided again, customers hear only decisions, and nobody reads too much."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from desk import audience
from desk.audience import INTERNAL, PUBLIC, Audience, Audiences, may_show
from desk.cards import plain
from desk.changes import Changes, Enqueue, RecordDecision
from desk.customer import Person, Role
from desk.decision import decide
from desk.ids import EventId
from desk.post import SIGNS, Direct, Op, Post
from desk.space import ChannelRef, MessageRef, Place, UserRef
from store.repository import SqlStore
from tests.fakes import FakeChat


class Journal(SqlStore):
    """The store, keeping what was committed for the audit."""

    def __init__(self, *arguments) -> None:
        super().__init__(*arguments)
        self.committed: list[tuple[EventId, Changes]] = []
        self.meanwhile: list[Callable[[], Awaitable[object]]] = []

    async def commit(self, event: EventId, changes: Changes, *, at: datetime) -> bool:
        """Commit, after whatever else a test lets happen between the reading and the writing."""
        while self.meanwhile:
            await self.meanwhile.pop()()
        written = await super().commit(event, changes, at=at)
        self.committed += [(event, changes)] if written else []
        return written


@dataclass
class WatchedChat(FakeChat):
    """A chat that looks at every post as it arrives: `leaks` are those that say more than the place they stand in may show."""

    people: Mapping[str, Person] = field(default_factory=dict)
    secrets: dict[str, frozenset[Audience]] = field(default_factory=dict)
    """Words that may stand only where one of these audiences may."""
    leaks: list[str] = field(default_factory=list)

    async def send(self, post: Post) -> MessageRef:
        place = await self.open(post.target.user) if isinstance(post.target, Direct) else post.target
        self._look(place.channel, post)
        return await super().send(post)

    async def edit(self, ref: MessageRef, post: Post) -> None:
        self._look(ref.channel, post)
        await super().edit(ref, post)

    def readers(self, channel: ChannelRef, post: Post) -> Audiences:
        """Return what may be read by whoever sees this post."""
        if post.op is Op.WHISPER or channel.id.startswith("dm-"):
            return self._person(post.to[0].id if post.op is Op.WHISPER else channel.id.removeprefix("dm-"))
        if channel.id == "direct":
            return self._person("mara")
        if channel.id == "shared" and all(self._account(user) == "acme" for user in self._present(channel)):
            return frozenset({audience.account("acme")})
        return frozenset({INTERNAL if channel.id == "agents" or channel in self.internal else PUBLIC})

    def _person(self, name: str) -> Audiences:
        person = self.people.get(name)
        if person is None:
            return frozenset({PUBLIC})
        if person.role is not Role.CUSTOMER:
            return frozenset({INTERNAL})
        return frozenset({audience.person(person.id), audience.account(person.account or "none")})

    def _present(self, channel: ChannelRef) -> set[UserRef]:
        return {m.author for m in self.said if m.place.channel == channel and m.author} | set(self.guests.get(channel, []))

    def _account(self, user: UserRef) -> str | None:
        """Return whose somebody is in the shared channel, which vouches for strangers."""
        person = self.people.get(user.id)
        return person.account if person and person.role is Role.CUSTOMER else "acme"

    def _look(self, channel: ChannelRef, post: Post) -> None:
        shown = self.readers(channel, post)
        text = plain(post.card) if post.card else ""
        said = [words for words, whose in self.secrets.items() if words in text and not any(may_show(shown, a) for a in whose)]
        quoted = [item.audience for item in post.card.evidence] if post.card else []
        self.leaks += [f"{post.id} in {channel.id} is for {a}" for a in (post.audience, *quoted) if not may_show(shown, a)]
        self.leaks += [f"{post.id} in {channel.id} says {words!r}" for words in said]


async def check(store: Journal, chat: WatchedChat) -> None:
    """Assert what holds at the end of every story."""
    for decision in await store.decisions():
        assert decide(decision.facts) == decision.action, f"{decision.id} decides otherwise now"
    assert chat.leaks == []
    unheard = [event for event, changes in store.committed if _speaks(changes, chat) and not _decides(changes)]
    assert unheard == [], "a customer heard what nobody decided"


def _speaks(changes: Changes, chat: WatchedChat) -> bool:
    """Tell whether a commit says anything to customers beside the whispered answer to somebody's own click."""
    posts = [write.post for write in changes.writes if isinstance(write, Enqueue)]
    return any(post.op not in (Op.WHISPER, *SIGNS) and not _among_us(post.target, chat) for post in posts)


def _among_us(target: Place | Direct, chat: WatchedChat) -> bool:
    if isinstance(target, Direct):
        return _is_ours(target.user, chat)
    channel = target.channel
    with_us = channel.id.startswith("dm-") and _is_ours(UserRef(channel.platform, channel.space, channel.id.removeprefix("dm-")), chat)
    return with_us or channel in chat.internal or channel.id == "agents"


def _is_ours(user: UserRef, chat: WatchedChat) -> bool:
    person = chat.people.get(user.id)
    return person is not None and person.role is not Role.CUSTOMER


def _decides(changes: Changes) -> bool:
    return any(isinstance(write, RecordDecision) for write in changes.writes)
