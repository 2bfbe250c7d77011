"""The one place where the desk decides what to do."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import assert_never

from desk.draft import Evidence
from desk.facts import HARD, Facts, Occasion
from desk.ids import DraftId, TicketId
from desk.modes import Mode
from desk.ticket import Attention, Reason
from desk.usage import ModelCall

TEAMS = frozenset({"teammate", "lead"})
"""Whose word for an action is a word of the team."""


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
    action = choose(facts)
    if facts.mode is not Mode.OBSERVE or not is_seen(action, facts):
        return action
    asked = facts.invited or "asks_human" in facts.triggers
    return Observe(action, speaks=asked and facts.attention is not Attention.MUTED and not facts.held and not facts.paused, pages=_paging(facts))


def unanswered(facts: Facts) -> str:
    """Return the rule by which a person gets what has no draft: the agent handed it over, a bound was reached, or nothing answers it."""
    if (facts.abstained or "").startswith("handed_over"):
        return "handed_over"
    return "bound" if "bound" in facts.doubts else "no_answer"


def choose(facts: Facts) -> Action:
    """Return the action for what happened, before the mode holds anything back."""
    match facts.occasion:
        case Occasion.MESSAGE:
            return _answer(facts)
        case Occasion.CORRECTED | Occasion.REPLIED:
            return Reply(facts.draft) if facts.draft else StandBy()
        case Occasion.APPROVED | Occasion.CONFIRMED | Occasion.DECLINED | Occasion.PERFORMED | Occasion.ACTION_FAILED:
            return _carry_out(facts, facts.draft) if facts.draft else StandBy()
        case Occasion.REJECTED:
            return StandBy(facts.draft)
        case Occasion.INCIDENT_TOLD:
            return _tell_too(facts)
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


def _tell_too(facts: Facts) -> Action:
    """Send the reply to an incident in one more of its tickets; whoever holds it decides there, and the team where it joined later."""
    if facts.draft is None or _silent(facts):
        return StandBy(facts.draft)
    return Suggest(facts.draft) if facts.doubts else Reply(facts.draft)


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
        # It is answered together with what comes of the actions, or the customer would hear of them before they are done.
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


def is_seen(action: Action, facts: Facts) -> bool:
    """Tell whether mode observe has anything to hold back: what people decided and what nobody sees goes through."""
    return facts.occasion in (
        Occasion.MESSAGE,
        Occasion.SILENCE,
        Occasion.SILENCE_OVER,
        Occasion.DOWN,
        Occasion.PROMISE_PASSED,
        Occasion.PUBLIC_PERSONAL_DATA,
    ) and not isinstance(action, Ignore | StandBy)
