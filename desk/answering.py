"""Answering: the ports of language: who classifies, answers, sums up, reads files, and what that costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from desk.audience import Audiences
from desk.customer import Author, Fact
from desk.draft import Evidence, Passage, Proposal
from desk.meaning import Meaning
from desk.policy import Policy
from desk.selfservice import ActionRequest, SelfService
from desk.space import ChannelKind
from desk.summary import Summary, SummaryKind, Talk
from desk.timeline import Timeline
from desk.triage import Classification
from desk.usage import NOBODY, ModelCall, Payer, Spending, Spent


@dataclass(frozen=True, slots=True)
class Heard:
    """What a message stands in: who pays for looking at it, and what was said in its ticket before."""

    payer: Payer
    before: Timeline = ()


class Triager(Protocol):
    """What a message is about. Raises Unavailable("model")."""

    async def triage(self, text: str, *, heard: Heard | None = None) -> Classification:
        """Classify what a customer wrote; a language model is asked only where `heard` says what it stands in."""
        ...

    async def similarity(self, a: str, b: str) -> float:
        """Return how alike two texts' topics are, -1 to 1."""
        ...

    async def meanings(self, texts: Sequence[str]) -> Sequence[Meaning]:
        """Return what each text is about, in order; one that says nothing has no vector."""
        ...


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture, drawn anew: `media_type` is what it is now."""

    media_type: str
    content: bytes


class FileReader(Protocol):
    """What can be made of a stranger's file. It goes by the content, never raises for a bad one, and keeps within limits of size and time."""

    async def read(self, name: str, media_type: str, content: bytes) -> str | None:
        """Return the text of a PDF, Office document, log or text file; None for what cannot be read. Name and type are what somebody claims."""
        ...

    async def picture(self, content: bytes) -> Picture | None:
        """Return a picture (png, jpeg, gif, webp) as a model may see it: small, upright, without metadata; None for what is none or too large."""
        ...


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of the customer's as the agent may see it: the text that was read of it, or a picture. Its name and content are untrusted."""

    name: str
    media_type: str
    text: str = ""
    content: bytes = b""


@dataclass(frozen=True, slots=True)
class PastTicket:
    """An earlier ticket of the same person: when, what about, how it ended, and its first and last words."""

    id: str
    opened: datetime
    category: str
    status: str
    asked: str
    answered: str = ""


@dataclass(frozen=True, slots=True)
class Brief:
    """What an answerer is asked: one author's words, who they are to us, and where parts of the answer may stand.

    `place` is what the thread may show; `private` what a private message to this author may show, None when they cannot have one.
    `language` is the language to write in. `phrases` are policy's fixed sentences in it, by code.
    """

    text: str
    author: Author
    place: Audiences
    private: Audiences | None
    classification: Classification
    language: str
    phrases: Mapping[str, str]
    files: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    """The hosts that links may lead to (none given: all)."""
    history: Timeline = ()
    hint: str = ""
    now: datetime | None = None
    wrong_rate: float = 0.02
    """The share of answers given alone that policy allows to be wrong."""
    policy: Policy | None = None
    """The policy in force, None for an answerer that needs no more of it than stands above."""
    kind: ChannelKind = ChannelKind.COMMUNITY
    payer: Payer = NOBODY
    contacts: int = 0
    """How many tickets this person had before."""
    attempt: int = 0
    """How many drafts this ticket had before: who wants another one must not get the same."""
    attachments: tuple[Attachment, ...] = ()
    asked: str = ""
    """The author's own words alone; in `text` the telling lines of what they attached follow them. "" for the same as `text`."""
    actions: tuple[SelfService, ...] = ()
    """What policy lets this author have done, at their trust."""
    wishes: tuple[str, ...] = ()
    """How a teammate wants it worded, in sentences of ours: unlike the hint they say nothing that could be searched for."""
    style: str = ""
    """What the team's approved replies look like, in a few lines; "" where nothing was learned."""


class Tools(Protocol):
    """What an answerer may look up, bound to one author: no call takes a customer, an account or an address."""

    async def search(self, query: str, *, k: int = 10, also: Sequence[str] = ()) -> Sequence[Passage]:
        """Return passages that some part of this answer may show; `also` are further queries that belong to this one."""
        ...

    async def record(self) -> Sequence[Fact]:
        """Return the author's own record, at the author's trust."""
        ...

    async def article(self, document: str) -> Sequence[Passage]:
        """Return the passages of one article in order, none when this author may not see it."""
        ...

    async def look_up(self, request: ActionRequest) -> Sequence[Passage | Evidence]:
        """Return what an action that only looks something up finds: articles, or texts that the team saved."""
        ...

    async def past_tickets(self) -> Sequence[PastTicket]:
        """Return the author's own earlier tickets, newest first; none unless the person is verified."""
        ...

    async def outranked(self, query: str) -> float:
        """Return by how much the nearest internal passage is nearer to a query than the nearest that this author may see (cosines).

        A number and nothing else comes out: below 0 when what they may see is nearer, -1 when nothing is hidden.
        """
        ...


class Answerer(Protocol):
    """Proposes an answer. Raises Unavailable("model"); what the tools raise passes through."""

    async def propose(self, brief: Brief, tools: Tools) -> Proposal:
        """Return a reply in parts, a question back, or neither and why."""
        ...


class Summarizer(Protocol):
    """Sums a conversation up for colleagues."""

    async def summarize(self, kind: SummaryKind, talk: Talk) -> Summary:
        """Return what a conversation came to, without points where nothing was said. It never fails: without a model the points are quotes."""
        ...


class Ledger(Protocol):
    """What the language model cost. A call is booked when it was made, whatever becomes of the turn: the money is spent."""

    async def book(self, call: ModelCall, payer: Payer, *, at: datetime) -> None:
        """Keep a call."""
        ...

    async def spent(self, *, since: datetime | None = None, ticket: str = "", person: str = "", channel: str = "") -> Spent:
        """Return the sum of the calls booked since then on what is named."""
        ...

    async def bookings(self, since: datetime, until: datetime) -> Sequence[Spending]:
        """Return the calls booked in a span, in order."""
        ...
