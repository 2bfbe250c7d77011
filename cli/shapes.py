"""Shapes: how decisions, tickets, evidence and answers are written as JSON for whoever scripts the command line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from desk.codec import encode
from desk.decision import Decision
from desk.draft import Evidence, Proposal
from desk.ids import AccountId
from desk.mood import Mood
from desk.ticket import Reason, Ticket
from desk.usage import ModelCall

if TYPE_CHECKING:
    from handlers.ask import Answer

Shape = dict[str, Any]


def instant(at: datetime | None) -> str | None:
    """Return an instant as contracts write it: ISO 8601 in UTC, to the millisecond, so that they also sort as text."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z") if at else None


def reasons(decision: Decision) -> list[Shape]:
    """Return a decision's reasons and what else is worth knowing of it, with their sentences, rendered from code and facts."""
    from handlers.reasons import asides, render

    return [{"code": reason.code, "text": render(reason, decision.facts)} for reason in (*decision.reasons, *asides(decision.facts))]


def degraded(decision: Decision) -> list[Shape]:
    """Return what could not be used as it should, with its sentences."""
    from handlers.shortfalls import shortfall

    return [{"code": code, "text": shortfall(code)} for code in decision.facts.degraded]


def calls(found: Iterable[ModelCall]) -> list[Shape]:
    """Return calls of a language model, in order; `outcome` is ok or the fault, `price` is in US dollars."""
    names = ("purpose", "model", "outcome", "input", "cache_write", "cache_read", "output", "price", "seconds")
    return [{name: getattr(call, name) for name in names} for call in found]


def decision(found: Decision, n: int) -> Shape:
    """Return a decision as `play` prints it."""
    facts = found.facts
    return {
        "n": n,
        "at": instant(found.at),
        "ticket": found.ticket,
        "turn": found.turn,
        "revision": found.revision,
        "action": found.word,
        "would": found.would,
        "reasons": reasons(found),
        "mode": facts.mode.word,
        "category": facts.category or None,
        "confidence": round(facts.confidence, 4),
        "threshold": round(facts.threshold, 4),
        "chance": found.chance,
        "degraded": degraded(found),
        "policy_version": found.versions.policy,
    }


def explained(found: Decision, n: int) -> Shape:
    """Return a decision as `why` prints it: with the facts that were seen, the evidence and the versions in force."""
    return decision(found, n) | {
        "facts": _plain(encode(found.facts)),
        "evidence": evidence(found.evidence),
        "calls": calls(found.calls),
        "versions": _plain(encode(found.versions)),
    }


def evidence(items: Iterable[Evidence]) -> list[Shape]:
    """Return evidence; `source` is passage, record or none."""
    names = ("n", "source", "id", "document", "title", "heading", "url", "quote")
    return [{**{name: getattr(item, name) for name in names}, "audience": str(item.audience)} for item in items]


def ticket(found: Ticket, *, names: Mapping[str, str], accounts: Mapping[AccountId, str]) -> Shape:
    """Return a ticket as `play` prints it; `names` are people by user, `accounts` names by id."""
    return {
        "id": found.id,
        "status": found.status.value,
        "customer": found.customer_name,
        "account": accounts.get(found.account, found.account) if found.account else None,
        "participants": [names.get(str(user), str(user)) for user in found.participants],
        "channel": found.place.channel.id,
        "thread": found.place.thread,
        "category": found.category or None,
        "priority": _priority(found, _rendered),
        "mood": mood(found.mood),
        "attention": found.attention.value,
        "owner": (found.owner_name or names.get(str(found.owner), str(found.owner))) if found.owner else None,
        "team": found.team or None,
        "tags": list(found.tags),
        "offered": (found.offered_name or names.get(str(found.offered), str(found.offered))) if found.offered else None,
        "turn": found.turn,
        "revision": found.revision,
        "opened": instant(found.opened),
        "closed": instant(found.closed),
        "containment": found.containment.value if found.containment else None,
    }


def mood(found: Mood) -> Shape:
    """Return how a ticket's customers feel by now: `displeasure` 0 to 1, its `peak`, whether it is `low`, and its `change` over the ticket."""
    return {"displeasure": found.displeasure, "peak": found.peak, "low": found.is_low, "change": found.change, "messages": found.messages}


def draft(proposal: Proposal | None) -> Shape | None:
    """Return a proposal's parts and claims, None for none."""
    if proposal is None or not proposal.parts:
        return None
    return {
        "confidence": round(proposal.confidence, 4),
        "parts": [{"audience": str(part.audience), "text": part.text} for part in proposal.parts],
        "claims": [{"text": claim.text, "supported": claim.supported, "evidence": list(claim.evidence)} for claim in proposal.claims],
    }


def answer(found: Answer) -> Shape:
    """Return what `ask` prints."""
    return {
        "action": found.action,
        "mode": found.mode,
        "would_in_auto": found.would_in_auto,
        "category": found.category,
        "confidence": round(found.confidence, 4),
        "threshold": round(found.threshold, 4),
        "draft": draft(found.proposal),
        "evidence": evidence(found.proposal.evidence) if found.proposal else [],
        "question": found.question,
        "triggers": list(found.triggers),
        "reasons": [{"code": code, "text": text} for code, text in found.reasons],
        "abstained": found.abstained,
        "policy_version": found.policy_version,
        "actions": [{"name": r.action, "parameters": dict(r.parameters), "confirm": r.confirm.value} for r in found.proposal.requests]
        if found.proposal
        else [],
        "translation": found.proposal.translation if found.proposal else "",
        "degraded": list(found.degraded),
        "calls": calls(found.calls),
    }


def _priority(found: Ticket, text: Callable[[Reason], str]) -> Shape:
    because = [{"code": reason.code, "text": text(reason)} for reason in found.priority.reasons]
    return {"score": found.priority.score, "level": found.priority.level.value, "reasons": because}


def _rendered(reason: Reason) -> str:
    from handlers.reasons import render

    return render(reason, None)


def _plain(raw: Shape) -> Shape:
    return {key: value for key, value in raw.items() if key != "type"}
