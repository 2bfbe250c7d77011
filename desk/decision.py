"""The one place where the desk decides what to do."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import assert_never

from desk.draft import Evidence
from desk.ids import DraftId, TicketId
from desk.modes import Mode
from desk.space import ChannelKind
from desk.ticket import Attention, Reason
from desk.usage import ModelCall

TEAMS = frozenset({"teammate", "lead"})
"""Whose word for an action is a word of the team."""
HARD = frozenset({"asks_human", "security", "data_loss", "legal", "safety"})
"""Rules that bring in a human even when one holds the ticket or the thread is muted."""


class Occasion(StrEnum):
    """What asked for a decision: something a customer said, or one of the moments that follow."""

    MESSAGE = "message"
    APPROVED = "approved"
    REJECTED = "rejected"
    REPLIED = "replied"
    SOLVED = "solved"
    SILENCE = "silence"
    SILENCE_OVER = "silence_over"
    RESOLVED = "resolved"
    CORRECTED = "corrected"
    RETRACTED = "retracted"
    WITHDRAWN = "withdrawn"
    DOWN = "down"
    PROMISE_PASSED = "promise_passed"
    PUBLIC_PERSONAL_DATA = "public_personal_data"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    PERFORMED = "performed"
    ACTION_FAILED = "action_failed"


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything `decide` sees: numbers, ids and labels, no free text, so that a stored decision can be decided again.

    `triggers` are rule names, strongest first. `invited` says that the customer mentioned the bot or wrote to it directly.
    `confidence` and `threshold` run from 0 to 1. `pages` are the rules that page even in mode observe.
    """

    occasion: Occasion = Occasion.MESSAGE
    mode: Mode = Mode.OBSERVE
    category: str = ""
    kind: ChannelKind = ChannelKind.COMMUNITY
    tier: str = ""
    sentiment: str = "neutral"
    language: str = ""
    is_request: bool = True
    is_request_confidence: float = 1.0
    out_of_scope: bool = False
    triggers: tuple[str, ...] = ()
    held: bool = False
    attention: Attention = Attention.ACTIVE
    invited: bool = False
    mentioned: bool = False
    draft: DraftId | None = None
    asks: bool = False
    abstained: str | None = None
    confidence: float = 0.0
    threshold: float = 1.0
    claims: int = 0
    unsupported: int = 0
    fixed: bool = False
    """The draft is made of policy's fixed sentences only, which need no evidence."""
    doubts: tuple[str, ...] = ()
    late: bool = False
    paused: bool = False
    """An admin or lead paused this channel, category or everything."""
    repeats: bool = False
    """The draft says what the last answer already said."""
    empty: bool = False
    """Nothing is left to answer: everything was deleted or answered."""
    pages: frozenset[str] = frozenset()
    down: str = ""
    teammate: str = ""
    """The role of the person whose click this is."""
    degraded: tuple[str, ...] = ()
    """What could not be used as it should while this was worked out, as codes."""
    disagreed: tuple[str, ...] = ()
    """What the local classifier and the model saw differently, as `field:local/model`."""
    trend: str = ""
    urgency: tuple[str, ...] = ()
    runs: tuple[str, ...] = ()
    """For each action that has to run before the draft is true, who must agree to it: none, customer, teammate or lead."""
    under_way: bool = False
    """What an earlier draft of this ticket asks for is being done."""


@dataclass(frozen=True, slots=True)
class Reply:
    """Send the draft to the customer."""

    draft: DraftId


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask the customer for what is missing; None asks with the fixed sentence. `confirm` asks whether what the draft wants done may be done."""

    draft: DraftId | None
    confirm: bool = False


@dataclass(frozen=True, slots=True)
class Perform:
    """Run what the draft asks for, and send it once that is done."""

    draft: DraftId


@dataclass(frozen=True, slots=True)
class Drop:
    """Leave undone what the draft asks for: its customer said no."""

    draft: DraftId


@dataclass(frozen=True, slots=True)
class Suggest:
    """Let a teammate approve the draft first."""

    draft: DraftId


@dataclass(frozen=True, slots=True)
class Escalate:
    """Bring in a human. `quiet` says nothing to the customer: somebody is on it already, or the thread is muted."""

    rules: tuple[str, ...]
    draft: DraftId | None = None
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class StandBy:
    """Stay silent: a human is on it, or the bot is not meant. `tell` are rules that the owner and a lead hear of."""

    draft: DraftId | None = None
    tell: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ignore:
    """Nobody asked anything."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Say once that it takes longer, and tell a human: something is down or a promise passed."""


@dataclass(frozen=True, slots=True)
class Remind:
    """Ask once whether the answer helped."""


@dataclass(frozen=True, slots=True)
class Close:
    """Close the ticket; confirmed is the customer's word, otherwise it was silence."""

    confirmed: bool


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Take back what was posted."""


@dataclass(frozen=True, slots=True)
class Warn:
    """Tell the author privately that they posted personal data in public."""


@dataclass(frozen=True, slots=True)
class Observe:
    """Do nothing visible and remember what the bot would have done.

    `speaks` allows the one fixed sentence and a card; `pages` are the rules that bring in a human all the same.
    """

    would: Action
    speaks: bool = False
    pages: tuple[str, ...] = ()


Action = Reply | Ask | Perform | Drop | Suggest | Escalate | StandBy | Ignore | Hold | Remind | Close | Withdraw | Warn | Observe
"""Everything the desk can decide; `match` over it ends in `assert_never`."""

WORDS: dict[type, str] = {
    Reply: "reply",
    Ask: "ask",
    Perform: "perform",
    Drop: "drop",
    Suggest: "suggest",
    Escalate: "escalate",
    StandBy: "stand_by",
    Ignore: "ignore",
    Hold: "hold",
    Remind: "remind",
    Close: "close",
    Withdraw: "withdraw",
    Warn: "warn",
    Observe: "observe",
}


@dataclass(frozen=True, slots=True)
class Versions:
    """What was in force when a decision was made."""

    policy: str = ""
    prompt: str = ""
    model: str = ""
    heads: str = ""
    embedder: str = ""
    knowledge: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """An immutable record of what was decided and why. `chance` is the probability with which chance chose it, None when it did not."""

    id: str
    ticket: TicketId
    at: datetime
    turn: int
    revision: int
    facts: Facts
    action: Action
    reasons: tuple[Reason, ...]
    versions: Versions = field(default_factory=Versions)
    chance: float | None = None
    evidence: tuple[Evidence, ...] = ()
    """Ids, titles and addresses of what the draft rests on; the quotes are emptied."""
    calls: tuple[ModelCall, ...] = ()
    """The calls of a language model that led to it."""

    @property
    def word(self) -> str:
        """Return the action as contracts write it."""
        return word(self.action)

    @property
    def would(self) -> str | None:
        """Return the observed action, None outside mode observe."""
        return word(self.action.would) if isinstance(self.action, Observe) else None


def word(action: Action) -> str:
    """Return the action's name in records and on the command line."""
    return WORDS[type(action)]


def decide(facts: Facts) -> Action:
    """Choose the next action from facts alone: no I/O, no clock, no platform."""
    action = _choose(facts)
    if facts.mode is not Mode.OBSERVE or not _is_seen(action, facts):
        return action
    asked = facts.invited or "asks_human" in facts.triggers
    return Observe(action, speaks=asked and facts.attention is not Attention.MUTED and not facts.held and not facts.paused, pages=_paging(facts))


def unanswered(facts: Facts) -> str:
    """Return the rule by which a person gets what has no draft: the agent handed it over, a bound was reached, or nothing answers it."""
    if (facts.abstained or "").startswith("handed_over"):
        return "handed_over"
    return "bound" if "bound" in facts.doubts else "no_answer"


def explain(facts: Facts) -> tuple[Reason, ...]:
    """Return why `decide` chooses what it chooses, the deciding reason first."""
    action = _choose(facts)
    reasons = _why(action, facts)
    return (*reasons, Reason("mode_observe")) if facts.mode is Mode.OBSERVE and _is_seen(action, facts) else reasons


def _choose(facts: Facts) -> Action:
    match facts.occasion:
        case Occasion.MESSAGE:
            return _answer(facts)
        case Occasion.CORRECTED | Occasion.REPLIED:
            return Reply(facts.draft) if facts.draft else StandBy()
        case Occasion.APPROVED | Occasion.CONFIRMED | Occasion.DECLINED | Occasion.PERFORMED | Occasion.ACTION_FAILED:
            return _carry_out(facts, facts.draft) if facts.draft else StandBy()
        case Occasion.REJECTED:
            return StandBy(facts.draft)
        case Occasion.SOLVED:
            return Close(confirmed=True)
        case Occasion.SILENCE:
            return Remind()
        case Occasion.SILENCE_OVER | Occasion.RESOLVED:
            return Close(confirmed=False)
        case Occasion.RETRACTED | Occasion.WITHDRAWN:
            return Withdraw()
        case Occasion.DOWN | Occasion.PROMISE_PASSED:
            return Hold()
        case Occasion.PUBLIC_PERSONAL_DATA:
            return Warn()
    assert_never(facts.occasion)


def _carry_out(facts: Facts, draft: DraftId) -> Action:
    """Decide what becomes of a draft that was agreed to, or of what it wanted done."""
    match facts.occasion:
        case Occasion.APPROVED:
            return _agreed(facts, draft)
        case Occasion.CONFIRMED:
            return Perform(draft)
        case Occasion.DECLINED:
            return Drop(draft)
        case Occasion.ACTION_FAILED:
            return Escalate(facts.triggers or ("action_failed",), draft, quiet=_silent(facts))
        case _:
            # What a teammate approved is sent also while they hold the ticket; muting and pausing stop everything.
            approved = facts.teammate and not facts.paused and facts.attention is not Attention.MUTED
            return Reply(draft) if approved or not _silent(facts) else StandBy(draft)


def _agreed(facts: Facts, draft: DraftId) -> Action:
    """Send a draft, after what it wants done, after its customer agreed to that where they must."""
    if not facts.runs:
        return Reply(draft)
    return Ask(draft, confirm=True) if "customer" in facts.runs else Perform(draft)


def _silent(facts: Facts) -> bool:
    return facts.held or facts.paused or facts.attention in (Attention.DORMANT, Attention.MUTED)


def _answer(facts: Facts) -> Action:
    """Decide about what customers said; the first line that applies wins."""
    hard = tuple(rule for rule in facts.triggers if rule in HARD)
    silent = _silent(facts)
    if facts.empty:
        return Ignore()
    if hard:
        return Escalate(facts.triggers, facts.draft, quiet=silent)
    if silent or (facts.attention is Attention.GUEST and not facts.mentioned):
        return StandBy(facts.draft, facts.triggers)
    if facts.triggers:
        return Escalate(facts.triggers, facts.draft)
    if facts.under_way:
        return StandBy()
    if not facts.is_request or facts.repeats:
        return Ignore()
    if facts.draft is None:
        return Ask(None) if facts.asks else Escalate((unanswered(facts),))
    if facts.mode is Mode.DRAFT or _unsure(facts) or TEAMS & set(facts.runs):
        return Suggest(facts.draft)
    return Ask(facts.draft) if facts.asks else _agreed(facts, facts.draft)


def _unsure(facts: Facts) -> bool:
    weak = facts.confidence < facts.threshold or facts.unsupported > 0 or not (facts.claims or facts.fixed)
    return facts.late or bool(facts.doubts) or (weak and not facts.asks)


def _paging(facts: Facts) -> tuple[str, ...]:
    return tuple(rule for rule in facts.triggers if rule in facts.pages)


def _is_seen(action: Action, facts: Facts) -> bool:
    """Tell whether mode observe has anything to hold back: what people decided and what nobody sees goes through."""
    return facts.occasion in (
        Occasion.MESSAGE,
        Occasion.SILENCE,
        Occasion.SILENCE_OVER,
        Occasion.DOWN,
        Occasion.PROMISE_PASSED,
        Occasion.PUBLIC_PERSONAL_DATA,
    ) and not isinstance(action, Ignore | StandBy)


def _why(action: Action, facts: Facts) -> tuple[Reason, ...]:
    match action:
        case Escalate(rules=rules):
            held = (Reason("held"),) if action.quiet else ()
            alone = {"no_answer", "handed_over"} & set(rules)
            no_answer = (Reason("abstained", (("why", facts.abstained),)),) if facts.abstained and alone else ()
            return (*(Reason(rule) for rule in rules), *no_answer, *held)
        case StandBy():
            return _why_silent(facts)
        case Ignore():
            return (Reason("nothing_left" if facts.empty else "answer_stands" if facts.repeats else "not_a_request"),)
        case Suggest():
            return _why_unsure(facts)
        case Ask(confirm=True):
            return (*_why_approved(facts), Reason("needs_customer"))
        case Perform() if facts.occasion is Occasion.APPROVED:
            return (*_why_approved(facts), Reason("runs_first"))
        case Ask() | Reply() | Perform() if facts.occasion is Occasion.MESSAGE:
            first = (Reason("runs_first"),) if isinstance(action, Perform) else ()
            code = "question_missing" if facts.asks else "fixed_sentences" if facts.fixed else "sure"
            return (Reason(code, (("confidence", f"{facts.confidence:.2f}"), ("threshold", f"{facts.threshold:.2f}"))), *first)
        case Hold() if facts.down:
            return (Reason("down", (("system", facts.down),)),)
        case _:
            return (Reason(facts.occasion.value, (("role", facts.teammate),) if facts.teammate else ()),)


def _why_approved(facts: Facts) -> tuple[Reason, ...]:
    return (Reason("approved", (("role", facts.teammate),)),) if facts.occasion is Occasion.APPROVED else ()


def _why_silent(facts: Facts) -> tuple[Reason, ...]:
    if facts.occasion is not Occasion.MESSAGE:
        return (Reason(facts.occasion.value),)
    if facts.paused or facts.attention is Attention.MUTED:
        return (Reason("paused" if facts.paused else "muted"),)
    if facts.held or facts.attention is Attention.DORMANT:
        return (Reason("held"),)
    guest = facts.attention is Attention.GUEST and not facts.mentioned
    return (Reason("action_under_way" if facts.under_way and not guest else "guest"),)


def _why_unsure(facts: Facts) -> tuple[Reason, ...]:
    checks = {
        "mode_draft": facts.mode is Mode.DRAFT,
        "late": facts.late,
        "unsupported": facts.unsupported > 0,
        "unsure": facts.confidence < facts.threshold,
        "needs_lead": "lead" in facts.runs,
        "needs_teammate": "lead" not in facts.runs and "teammate" in facts.runs,
    }
    found = tuple(Reason(code) for code, holds in checks.items() if holds) + tuple(Reason(doubt) for doubt in facts.doubts)
    return tuple(
        Reason(r.code, (("confidence", f"{facts.confidence:.2f}"), ("threshold", f"{facts.threshold:.2f}"))) if r.code == "unsure" else r
        for r in found
    )
