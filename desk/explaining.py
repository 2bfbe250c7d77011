"""Explaining: why a decision came out as it did, from the same facts."""

from __future__ import annotations

from desk.decision import Action, Ask, Escalate, Hold, Ignore, Perform, Reply, StandBy, Suggest, choose, is_seen
from desk.facts import Facts, Occasion
from desk.modes import Mode
from desk.ticket import Attention, Reason


def explain(facts: Facts) -> tuple[Reason, ...]:
    """Return why `decide` chooses what it chooses, the deciding reason first."""
    action = choose(facts)
    reasons = _why(action, facts)
    return (*reasons, Reason("mode_observe")) if facts.mode is Mode.OBSERVE and is_seen(action, facts) else reasons


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
            return (Reason(code, _compared(facts)), *first)
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
        "nothing_claimed": not (facts.claims or facts.fixed or facts.asks or facts.unsupported),
        "unsure": facts.confidence < facts.threshold,
        "needs_lead": "lead" in facts.runs,
        "needs_teammate": "lead" not in facts.runs and "teammate" in facts.runs,
    }
    found = tuple(Reason(code) for code, holds in checks.items() if holds) + tuple(Reason(doubt) for doubt in facts.doubts)
    return tuple(Reason(r.code, _compared(facts)) if r.code == "unsure" else r for r in found)


def _compared(facts: Facts) -> tuple[tuple[str, str], ...]:
    """Return the two numbers as they are shown: "0.84 is below 0.84" explains nothing."""
    digits = 2 if round(facts.confidence, 2) != round(facts.threshold, 2) else 4
    return (("confidence", f"{facts.confidence:.{digits}f}"), ("threshold", f"{facts.threshold:.{digits}f}"))
