"""What was measured: what the bot would have said while it observed, what it said, and what people made of it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from desk.changes import Feedback
from desk.decision import Decision, Observe, Reply
from desk.facts import Occasion
from desk.space import ChannelKind
from handlers.commands.words import counted
from handlers.services import Services

MONTH = timedelta(days=30)
DAY = timedelta(days=1)
EXAMPLES = 3
LONGEST = 90
WRONG = frozenset({"wrong", "retract", "correct"})
"""What counts as a wrong answer."""
MARKUP = re.compile(r"[*_`~<>|\[\]\\#@\n]+")


@dataclass(frozen=True, slots=True)
class Scope:
    """The tickets that are looked at; what is empty matches all."""

    category: str = ""
    kind: ChannelKind | None = None
    tier: str = ""

    def holds(self, decision: Decision) -> bool:
        """Tell whether a decision was about one of them."""
        facts = decision.facts
        return self.category in ("", facts.category) and self.kind in (None, facts.kind) and self.tier in ("", facts.tier)


@dataclass(frozen=True, slots=True)
class Measured:
    """Counts of a scope: answers observed with what teammates called them, drafts decided, and automatic answers with those called wrong."""

    observed: int = 0
    right: int = 0
    wrong: int = 0
    approved: int = 0
    rejected: int = 0
    automatic: int = 0
    taken_back: int = 0

    @property
    def sentences(self) -> tuple[str, ...]:
        """Return what speaks for and against answering alone, as sentences; that nothing was counted is one too."""
        said = (
            (
                self.observed,
                f"{counted(self.observed, 'answer')} observed: {self.right} called right, {self.wrong} wrong, {self._unjudged} not judged",
            ),
            (
                self.approved + self.rejected,
                f"{counted(self.approved + self.rejected, 'draft')} decided: {self.approved} approved, {self.rejected} rejected",
            ),
            (self.automatic, f"{counted(self.automatic, 'automatic answer')}: {self.taken_back} called wrong, corrected or retracted"),
        )
        return tuple(sentence for count, sentence in said if count) or ("nothing was counted yet",)

    @property
    def _unjudged(self) -> int:
        return self.observed - self.right - self.wrong


async def measured(scope: Scope, services: Services, *, now: datetime, span: timedelta = MONTH) -> Measured:
    """Count what happened in a scope until now."""
    decisions = [decision for decision in await services.store.decisions(since=now - span) if scope.holds(decision)]
    judged = _judged(await services.store.feedback(since=now - span))
    observed = observed_of(decisions)
    said = [decision for decision in decisions if isinstance(decision.action, Reply) and decision.facts.occasion is Occasion.MESSAGE]
    words = [judged.get(decision.id, frozenset()) for decision in observed]
    return Measured(
        observed=len(observed),
        right=sum("right" in word for word in words),
        wrong=sum("wrong" in word for word in words),
        approved=sum(decision.facts.occasion is Occasion.APPROVED for decision in decisions),
        rejected=sum(decision.facts.occasion is Occasion.REJECTED for decision in decisions),
        automatic=len(said),
        taken_back=sum(
            bool(WRONG & (judged.get(decision.id, frozenset()) | judged.get(str(decision.facts.draft), frozenset()))) for decision in said
        ),
    )


def observed_of(decisions: Collection[Decision]) -> list[Decision]:
    """Return the decisions of mode observe that would have said something."""
    return [decision for decision in decisions if isinstance(decision.action, Observe) and decision.facts.draft]


async def observed_lines(services: Services, *, now: datetime, scope: Scope | None = None) -> tuple[str, ...]:
    """Return what observing would have sent since yesterday: a line a category, and the last few examples with what they were called."""
    found = [d for d in observed_of(await services.store.decisions(since=now - DAY)) if scope is None or scope.holds(d)]
    judged = _judged(await services.store.feedback(since=now - DAY))
    categories = dict.fromkeys(decision.facts.category or "none" for decision in found)
    counts = [_counted(category, [d for d in found if (d.facts.category or "none") == category], judged) for category in categories]
    return (*counts, *[await _example(decision, judged, services) for decision in found[-EXAMPLES:]])


def _counted(category: str, found: Sequence[Decision], judged: Mapping[str, frozenset[str]]) -> str:
    right, wrong = (sum(word in judged.get(decision.id, ()) for decision in found) for word in ("right", "wrong"))
    return f"{category}: {counted(len(found), 'answer')} observed since yesterday, {right} called right, {wrong} wrong"


async def _example(decision: Decision, judged: Mapping[str, frozenset[str]], services: Services) -> str:
    """Return a question and what would have been answered. Both are others' words: nothing of them is markup."""
    said = [m for m in await services.store.timeline(decision.ticket) if m.is_customers and m.at <= decision.at]
    draft = await services.store.draft(decision.facts.draft) if decision.facts.draft else None
    answer = " ".join(part.text for part in draft.proposal.parts) if draft else ""
    called = ", ".join(sorted(judged.get(decision.id, ()))) or "not judged"
    return f"“{_plain(said[-1].text if said else '')}” would {decision.would}: “{_plain(answer)}” ({called})"


def _plain(text: str) -> str:
    plain = " ".join(MARKUP.sub(" ", text).split())
    return plain if len(plain) <= LONGEST else f"{plain[:LONGEST]}..."


def _judged(feedback: Sequence[Feedback]) -> Mapping[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for item in feedback:
        found[item.subject] = found.get(item.subject, frozenset()) | {item.kind}
    return found
