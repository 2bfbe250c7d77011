"""Drafts: a proposed reply in parts, each with its audience, and everything it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from desk.audience import Audience, Audiences, may_show
from desk.ids import DraftId, OutboxId, TicketId
from desk.instants import unmark
from desk.selfservice import ActionRequest
from desk.space import UserRef
from desk.usage import ModelCall


class Verdict(StrEnum):
    """What a teammate does with a draft."""

    APPROVE = "approve"
    APPROVE_ANYWAY = "approve_anyway"
    EDIT = "edit"
    REJECT = "reject"
    REGENERATE = "regenerate"
    TAKE_OVER = "take_over"


class DraftStatus(StrEnum):
    """Where a draft stands; only a waiting one can be decided. `quiet` ones are for the team only.

    `asked` waits for its customer's word on what it wants done (`declined` was a no), `running` for that to be done; `failed` was not sent
    because it was not.
    """

    WAITING = "waiting"
    QUIET = "quiet"
    SENT = "sent"
    REJECTED = "rejected"
    STALE = "stale"
    RETRACTED = "retracted"
    OBSERVED = "observed"
    ASKED = "asked"
    RUNNING = "running"
    FAILED = "failed"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk of an article that search returned; `score` is higher-is-better within one query.

    `dense` is the cosine similarity with the query and `lexical` the BM25 score, 0 where that leg did not find it.
    """

    id: str
    document: str
    title: str
    heading: str
    url: str
    audience: Audience
    text: str
    hash: str
    score: float = 0.0
    dense: float = 0.0
    lexical: float = 0.0
    updated: str = ""
    language: str = ""
    reviewed: str = ""
    expires: str = ""
    n: int = 0
    """Its place among the passages of its article."""
    copies: tuple[str, ...] = ()
    """The ids of other passages that say the same, in whose place this one stands."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a claim rests on: a quoted passage, a field of the customer record, a macro, an action that ran, or nothing.

    `source` is passage, record, macro, action or none; `hash` is the content's when it was used.
    """

    n: int
    source: str
    id: str
    audience: Audience
    quote: str
    title: str = ""
    document: str = ""
    heading: str = ""
    url: str = ""
    updated: str = ""
    hash: str = ""
    reviewed: str = ""
    expires: str = ""

    def __post_init__(self) -> None:
        unmark(self, "quote", "title", "heading")


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence of a part, and whether its evidence (numbers `n`) carries it; `why` says what is not carried."""

    text: str
    supported: bool
    evidence: tuple[int, ...] = ()
    part: int = 0
    why: str = ""

    def __post_init__(self) -> None:
        unmark(self, "text", "why")


@dataclass(frozen=True, slots=True)
class Part:
    """Text for one audience. `to` is whom it is for where it goes privately, None for the thread."""

    audience: Audience
    text: str
    to: UserRef | None = None

    def __post_init__(self) -> None:
        unmark(self, "text")


@dataclass(frozen=True, slots=True)
class Basis:
    """What a draft rests on: the turn, and content hashes of passages (by chunk id), record fields (by key) and policy sections (by name)."""

    turn: int
    passages: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    policy: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What an answerer returns: a reply in parts, a question back, or neither with the reason in `abstained`.

    `question` marks the parts as a question to the customer. `doubts` are codes that keep it from going out alone.
    """

    parts: tuple[Part, ...] = ()
    claims: tuple[Claim, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    confidence: float = 0.0
    question: bool = False
    language: str = "en"
    abstained: str | None = None
    doubts: tuple[str, ...] = ()
    related: tuple[Evidence, ...] = ()
    """Passages worth reading while waiting."""
    fixed: bool = False
    """Every sentence is one of policy's fixed ones, so that none needs evidence."""
    model: str = ""
    threshold: float | None = None
    """The confidence from which this answerer keeps to the brief's wrong rate, None when nobody measured that."""
    requests: tuple[ActionRequest, ...] = ()
    """What is to be done before it is sent; it is true only once that was done."""
    resolves: bool = False
    """It should settle the matter, its writer believes."""
    translation: str = ""
    """The reply in the team's language, for teammates only, where it is written in another one."""
    summary: str = ""
    """What is known, for the person who takes over; for teammates only."""
    calls: tuple[ModelCall, ...] = ()
    degraded: tuple[str, ...] = ()
    """What could not be used as it should, as codes (model_busy, budget_day, ...)."""
    prompt: str = ""
    """The content hash of the prompts that it was written with."""
    shown: tuple[str, ...] = ()
    """The refs of the pictures that a model was shown for it."""
    lacks: str = ""
    """The code of the sentence that says why its reader may not be told what they asked for: `verify`, `not_entitled`; "" where they may."""

    def __post_init__(self) -> None:
        unmark(self, "translation", "summary")

    @property
    def unsupported(self) -> int:
        """Return how many sentences nothing carries."""
        return sum(not claim.supported for claim in self.claims)


@dataclass(frozen=True, slots=True)
class Draft:
    """A proposal stored for a ticket, immutable but for its status and what a person decided."""

    id: DraftId
    ticket: TicketId
    proposal: Proposal
    basis: Basis
    created: datetime
    status: DraftStatus = DraftStatus.WAITING
    asked_by: UserRef | None = None
    decided_by: UserRef | None = None
    decided_by_name: str = ""
    decided_at: datetime | None = None
    verdict: Verdict | None = None
    why: str = ""
    edited_from: DraftId | None = None
    automatic: bool = False
    posts: tuple[OutboxId, ...] = ()
    """The outbox rows that carry it, once it was sent."""
    follows: DraftId | None = None
    """The draft whose actions were run while its customer wrote again; this one tells of them."""

    @property
    def is_open(self) -> bool:
        """Tell whether somebody may still decide it."""
        return self.status in (DraftStatus.WAITING, DraftStatus.QUIET)


def fits(part: Part, place: Audiences) -> bool:
    """Tell whether a part may stand in a place."""
    return may_show(place, part.audience)


def sent_in_place(draft: Draft, drafts: Sequence[Draft]) -> Draft | None:
    """Return what was sent and still stands in a draft's place: itself, an edit of it, or a correction of either."""
    heir = next((other for other in drafts if other.edited_from == draft.id), None)
    return (sent_in_place(heir, drafts) if heir else None) or (draft if draft.status is DraftStatus.SENT else None)


def leaks(draft: Proposal) -> tuple[Part, ...]:
    """Return the parts that rest on evidence their own audience may not see; a sound draft has none."""
    by_number = {item.n: item for item in draft.evidence}
    bad = {
        claim.part
        for claim in draft.claims
        for n in claim.evidence
        if n in by_number and not by_number[n].audience <= draft.parts[claim.part].audience
    }
    return tuple(draft.parts[n] for n in sorted(bad))
