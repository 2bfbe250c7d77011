"""Conversations: what many people do in a support workspace, drawn from a seed, so that two desks can be told the same."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.web.rooms import local_channel, local_user
from cli.seeding import Cast, Room, Seat
from desk.customer import Account, Person, Role, Trust
from desk.ids import AccountId, PersonId
from desk.space import Channel, ChannelKind

TEAM = {"Noor": Role.TEAMMATE, "Tom": Role.TEAMMATE, "Lea": Role.LEAD}
AGENTS = "agents"
COMMUNITIES = 4
KINDS = (ChannelKind.COMMUNITY, ChannelKind.COMMUNITY, ChannelKind.COMMUNITY, ChannelKind.SHARED, ChannelKind.DIRECT)
QUESTIONS = (
    "How long does a refund take until it is back on my card?",
    "How do I reset my password?",
    "Where can I download copies of my invoices?",
    "How do I invite a teammate to our account?",
    "I was charged twice this month, what now?",
    "How do I set up two-factor login?",
    "Can I export all our data as CSV?",
    "How do I change to the yearly plan?",
    "The PDF preview stays blank, what can I do?",
    "The sync has been stuck since this morning. Please help!",
    "Does the mobile app work offline on a submarine?",
    "Wie lange dauert eine Erstattung auf meine Kreditkarte?",
)
CHATTER = ("Thanks!", "Same here, thanks.", "Good morning everybody!")


@dataclass(frozen=True)
class Visit:
    """One thing somebody does. `key` is the id of the message it writes or changes, `under` of the one it answers.

    A click has a button's `label`, and the beginning of its conversation's ids as `key`.
    """

    verb: str
    who: str
    channel: str
    key: str = ""
    under: str | None = None
    text: str = ""
    label: str = ""
    form: dict[str, str] = field(default_factory=dict)


@dataclass
class Conversation:
    """One customer's conversation and what has been written in it so far."""

    n: int
    kind: ChannelKind
    dice: random.Random
    written: list[str] = field(default_factory=list)
    told: int = 0

    @property
    def customer(self) -> str:
        return f"Customer {self.n}"

    @property
    def colleague(self) -> str:
        return f"Colleague {self.n}"

    @property
    def channel(self) -> str:
        return f"community {self.n % COMMUNITIES}" if self.kind is ChannelKind.COMMUNITY else f"{self.kind} {self.n}"

    @property
    def root(self) -> str:
        return self.written[0]

    def says(self, text: str | None = None, *, who: str = "", under: str | None = None) -> Visit:
        """Write a message; without a text a question that was not asked here before."""
        self.told += 1
        self.written.append(f"c{self.n}-{self.told}")
        text = text if text is not None else QUESTIONS[(self.n * 5 + self.told) % len(QUESTIONS)]
        return Visit("says", who or self.customer, self.channel, self.written[-1], under, text)

    def edits(self, key: str, text: str, *, who: str = "") -> Visit:
        return Visit("edits", who or self.customer, self.channel, key, text=text)

    def deletes(self, key: str, *, who: str = "") -> Visit:
        return Visit("deletes", who or self.customer, self.channel, key)

    def clicks(self, label: str, *, who: str = "", **form: str) -> Visit:
        return Visit("clicks", who or self.customer, AGENTS if who else self.channel, f"c{self.n}", label=label, form=form)


Scene = Callable[[Conversation], Sequence[Visit]]


def _edited(c: Conversation) -> list[Visit]:
    return [c.says("How do I"), c.edits(c.root, "How do I rest my password"), c.edits(c.root, "How do I reset my password?")]


def _withdrawn(c: Conversation) -> list[Visit]:
    return [c.says(), c.edits(c.root, "Never mind"), c.deletes(c.root)]


def _half_deleted(c: Conversation) -> list[Visit]:
    return [c.says(), c.says(), c.deletes(c.written[1])]


def _bystander(c: Conversation) -> list[Visit]:
    return [c.says(), c.says(who=c.colleague, under=c.root)]


def _thanked(c: Conversation) -> list[Visit]:
    return [c.says(), c.says(CHATTER[1], who=c.colleague, under=c.root)]


def _quick_teammate(c: Conversation) -> list[Visit]:
    return [c.says(), c.says("I am looking into this.", who="Noor", under=c.root)]


OPENINGS: tuple[Scene, ...] = (
    lambda c: [c.says()],
    lambda c: [c.says("Hi!"), c.says(), c.says(CHATTER[0])],
    lambda c: [c.says(), c.says(under=c.root)],
    lambda c: [c.says("@frontdesk please let me talk to a human.")],
    lambda c: [c.says("It does not work.")],
    lambda c: [c.says(CHATTER[2])],
    lambda c: [c.says("Somebody else is logged in to my account, I think we were hacked!")],
    _edited,
    _withdrawn,
    _half_deleted,
    _bystander,
    _thanked,
    _quick_teammate,
)


def _corrected(c: Conversation) -> list[Visit]:
    return [c.edits(c.root, QUESTIONS[0]), c.edits(c.root, QUESTIONS[1]), c.edits(c.root, QUESTIONS[(c.n + 2) % len(QUESTIONS)])]


def _regretted(c: Conversation) -> list[Visit]:
    return [c.edits(c.root, "Oh, I see"), c.deletes(c.root)]


def _between_two(c: Conversation) -> list[Visit]:
    return [c.says("I have this.", who="Noor", under=c.root), c.says("No, I do.", who="Tom", under=c.root), c.says(under=c.root)]


def _handed_back(c: Conversation) -> list[Visit]:
    return [c.says("A moment.", who="Tom", under=c.root), c.says("@frontdesk your turn again", who="Tom", under=c.root)]


def _taken_back(c: Conversation) -> list[Visit]:
    return [c.says("@frontdesk your turn", who="Tom", under=c.root), c.says("Wait, I know this one.", who="Noor", under=c.root)]


def _misspelled(c: Conversation) -> list[Visit]:
    said = c.says("A momnt.", who="Tom", under=c.root)
    return [said, c.edits(said.key, "A moment.", who="Tom"), c.says("Take your time.", under=c.root)]


def _misplaced(c: Conversation) -> list[Visit]:
    said = c.says("Wrong thread?", who="Tom", under=c.root)
    return [said, c.deletes(said.key, who="Tom")]


LATER: tuple[Scene, ...] = (
    lambda c: [],
    lambda c: [c.says(under=c.root)],
    lambda c: [c.says(), c.says("And please be quick.")],
    lambda c: [c.says("Thanks, that is it!", under=c.root)],
    lambda c: [c.says("That did not help at all.", under=c.root)],
    lambda c: [c.says("I had the same, try again.", who=c.colleague, under=c.root)],
    lambda c: [c.says("Let me check.", who="Lea", under=c.root), c.says("Great, thank you.", under=c.root)],
    lambda c: [c.clicks("Solved")],
    lambda c: [c.clicks("Not solved"), c.clicks("Not solved")],
    lambda c: [c.clicks("Get a human")],
    lambda c: [c.clicks("Approve", who="Noor"), c.clicks("Approve", who="Noor")],
    lambda c: [c.clicks("Reject", who="Tom", reason="It misses the point.")],
    lambda c: [c.clicks("Take over", who="Lea")],
    lambda c: [c.clicks("Hand back", who="Lea")],
    lambda c: [c.clicks("Retract", who="Noor")],
    lambda c: [c.clicks("Resolve", who="Tom")],
    _corrected,
    _regretted,
    _between_two,
    _handed_back,
    _taken_back,
    _misspelled,
    _misplaced,
)


@dataclass(frozen=True)
class Plan:
    """So many conversations in so many rounds; what happens in one round lies within one pause."""

    conversations: int
    rounds: int = 4
    seed: int = 1

    def told(self) -> Iterator[list[Visit]]:
        """Yield each round: the visits of all conversations in between one another, each conversation's in its own order."""
        dice = random.Random(self.seed)
        cast = [Conversation(n, KINDS[n % len(KINDS)], random.Random(self.seed * 10_000 + n)) for n in range(self.conversations)]
        for number in range(self.rounds):
            yield _mixed([list(_scene(c, number)(c)) for c in cast], dice)

    def cast(self, at: datetime) -> Cast:
        """Return everybody and every channel."""
        seats, rooms, accounts = [_helper(name, role) for name, role in TEAM.items()], [], []
        for n in range(self.conversations):
            c = Conversation(n, KINDS[n % len(KINDS)], random.Random())
            account = Account(AccountId(f"account-{n}"), f"Account {n}", tier=("enterprise", "team", "")[n % 3])
            accounts.append(account)
            seats += [_seat(c.customer, account, known=n % 4 != 0), _seat(c.colleague, account, known=True)]
            rooms += [_room(c, account, at)] if c.kind is not ChannelKind.COMMUNITY else []
        rooms += [Room(Channel(local_channel(f"community {n}"), f"community {n}", ChannelKind.COMMUNITY, at)) for n in range(COMMUNITIES)]
        rooms.append(Room(Channel(local_channel(AGENTS), AGENTS, ChannelKind.INTERNAL, at, agents=True)))
        return Cast(accounts, seats, (), rooms)


def _scene(c: Conversation, number: int) -> Scene:
    return OPENINGS[c.n % len(OPENINGS)] if number == 0 else c.dice.choice(LATER)


def _mixed(parts: list[list[Visit]], dice: random.Random) -> list[Visit]:
    turns = [n for n, part in enumerate(parts) for _ in part]
    dice.shuffle(turns)
    return [parts[n].pop(0) for n in turns]


def _helper(name: str, role: Role) -> Seat:
    return Seat(local_user(name), Person(PersonId(name.lower()), name, role), Trust.PERSON)


def _seat(name: str, account: Account, *, known: bool) -> Seat:
    person = Person(PersonId(name.lower().replace(" ", "-")), name, account=account.id, zone="Europe/Berlin", language="en")
    return Seat(local_user(name), person, Trust.PERSON if known else Trust.NONE)


def _room(c: Conversation, account: Account, at: datetime) -> Room:
    shared = c.kind is ChannelKind.SHARED
    guest = None if shared else local_user(c.customer)
    person = PersonId(f"customer-{c.n}") if not shared and c.n % 4 != 0 else None
    return Room(Channel(local_channel(c.channel), c.channel, c.kind, at, account=account.id if shared else None, person=person), guest)
