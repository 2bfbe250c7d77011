"""Agreement: one classification of what the local classifier found and what a model said, and what they see differently."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from agent.displeasure import beside
from agent.examples import DISPLEASED, HARD_SIGNALS, NONE
from agent.sureness import Sureness
from agent.topics import LABEL
from agent.triage import INTENT
from agent.triage_schema import Opinion, Said
from desk.policy import Triage
from desk.triage import Classification, Impact, Label, Sentiment, Signal

NOTHING_HEARD = 0.4
"""What the local classifier's silence weighs: an intent, urgency or change that it does not hear, a language that it cannot tell."""
EVEN = 0.5
"""What a mood weighs that it calls neutral or good: those are what is left where no word of anger stands."""
WORST_FIRST = tuple(Sentiment)
MIDDLE = {Sentiment.FURIOUS: 0.95, Sentiment.UNHAPPY: 0.75, Sentiment.NEUTRAL: 0.15, Sentiment.PLEASED: 0.05, Sentiment.DELIGHTED: 0.02}
"""The displeasure that a level comes to."""
HARD = frozenset(HARD_SIGNALS)


@dataclass(frozen=True, slots=True)
class Scales:
    """What a model's word is weighed with. `leads` says that policy asks the model first, `before` that the customer wrote earlier in the ticket."""

    sureness: Sureness
    terms: Triage
    leads: bool = False
    before: bool = False

    def weight(self, name: str, said: Said[object]) -> float:
        """Return how likely what was said of a field is right."""
        return self.sureness.of(name, said.confidence)

    def heeds(self, name: str, said: Said[object], *, held: float) -> bool:
        """Tell whether a model's value takes the place of one that the local classifier holds with this confidence."""
        weight = self.weight(name, said)
        return weight > held or (self.leads and weight >= self.terms.sure)


def agree(local: Classification, said: Opinion, scales: Scales) -> Classification:
    """Return the local classification with what the model settles and adds.

    The surer of the two decides each field. Signals that were heard stay, and the model adds those that it can quote. That somebody asks for
    something stands unless the local classifier was unsure of it and the model, measured, is sure of the opposite.
    """
    added = frozenset(Signal(item.value) for item in said.signals if _is_heard(item, scales))
    found = replace(local, signals=local.signals | added, disagreed=differences(local, said), sureness=_weights(said, scales))
    for settle in (_category, _scope, _request, _mood, _intent, _language, _rest):
        found = settle(found, local, said, scales)
    return found


def differences(local: Classification, said: Opinion) -> tuple[str, ...]:
    """Return what the two see differently, as `field:local/model`. What one of them says nothing about is no difference."""
    pairs: dict[str, tuple[str, str | None]] = {
        "category": (_code(local.category), _code(said.category.value) if said.category else None),
        "request": (_yes(local.is_request), _yes(said.request.value) if said.request else None),
        "out_of_scope": (_yes(local.out_of_scope), _yes(said.out_of_scope.value) if said.out_of_scope else None),
        "sentiment": (str(local.sentiment), str(said.sentiment.value) if said.sentiment else None),
        "intent": (local.intent or NONE, said.intent.value if said.intent else None),
        "language": (local.language or "", said.language.value if said.language else None),
    }
    told = {item.value for item in said.signals}
    pairs |= {str(signal): (_yes(signal in local.signals), _yes(signal in told)) for signal in HARD_SIGNALS}
    return tuple(f"{name}:{ours}/{theirs}" for name, (ours, theirs) in pairs.items() if ours and theirs is not None and ours != theirs)


def sided(found: Classification) -> Mapping[str, str]:
    """Return whose view stands in each field that the two see differently: local or model."""
    stands = {
        "category": _code(found.category),
        "request": _yes(found.is_request),
        "out_of_scope": _yes(found.out_of_scope),
        "sentiment": str(found.sentiment),
        "intent": found.intent or NONE,
        "language": found.language or "",
        **{str(signal): _yes(signal in found.signals) for signal in HARD_SIGNALS},
    }
    fields = [entry.partition(":")[::2] for entry in found.disagreed]
    return {name: "model" if views.endswith(f"/{stands[name]}") else "local" for name, views in fields}


def _category(found: Classification, local: Classification, said: Opinion, scales: Scales) -> Classification:
    if said.category is None:
        return found
    weight = scales.weight("category", said.category)
    first = Label(local.category, local.confidence)
    if said.category.value == local.category:
        first = replace(first, confidence=max(local.confidence, weight))
    elif scales.heeds("category", said.category, held=local.confidence):
        first = Label(said.category.value, weight)
    labels = {first.category: first}
    for label in (*local.labels, *(Label(item.value, scales.weight("category", item)) for item in said.also)):
        if label.confidence >= LABEL:
            labels.setdefault(label.category, label)
    return replace(found, category=first.category, confidence=first.confidence, labels=tuple(labels.values()))


def _scope(found: Classification, local: Classification, said: Opinion, scales: Scales) -> Classification:
    if said.out_of_scope is None or said.out_of_scope.value == local.out_of_scope:
        return found
    held = max(local.out_of_scope_score, 1 - local.out_of_scope_score)
    if found.signals & HARD or not scales.heeds("out_of_scope", said.out_of_scope, held=held):
        return found
    weight = scales.weight("out_of_scope", said.out_of_scope)
    return replace(found, out_of_scope=said.out_of_scope.value, out_of_scope_score=round(weight if said.out_of_scope.value else 1 - weight, 4))


def _request(found: Classification, local: Classification, said: Opinion, scales: Scales) -> Classification:
    # Who is brought a person to has asked for something, whatever either of them says.
    if found.signals & HARD:
        return replace(found, is_request=True, is_request_confidence=1.0)
    if said.request is None:
        return found
    weight = scales.weight("request", said.request)
    if said.request.value == local.is_request:
        return replace(found, is_request_confidence=max(local.is_request_confidence, weight))
    if not scales.heeds("request", said.request, held=local.is_request_confidence):
        return found
    return (
        found
        if local.is_request and not _may_silence(local, weight, scales)
        else replace(found, is_request=said.request.value, is_request_confidence=weight)
    )


def _may_silence(local: Classification, weight: float, scales: Scales) -> bool:
    """Tell whether a request may be taken for none: silence is the worst answer of all, so it takes doubt here and measured sureness there."""
    unsure = local.is_request_confidence < scales.terms.sure <= weight
    calm = local.sentiment not in DISPLEASED and not local.signals - {Signal.PERSONAL_DATA}
    return scales.sureness.measures("request") and unsure and calm


def _mood(found: Classification, local: Classification, said: Opinion, scales: Scales) -> Classification:
    if said.sentiment is None or said.sentiment.value is local.sentiment:
        return found
    worse = WORST_FIRST.index(said.sentiment.value) < WORST_FIRST.index(local.sentiment)
    if found.signals & HARD and not worse:
        return found
    held = NOTHING_HEARD if worse else scales.terms.sure if local.sentiment in DISPLEASED else EVEN
    if scales.weight("sentiment", said.sentiment) <= held:
        return found
    return replace(found, sentiment=said.sentiment.value, displeasure=_moved(local.displeasure, said.sentiment, scales))


def _moved(displeasure: float, said: Said[Sentiment], scales: Scales) -> float:
    """Return a displeasure on its way to what a model's level comes to, as far as its word weighs; half of what was heard here stays at least."""
    weight = scales.weight("sentiment", said)
    return round(max(displeasure / 2, beside(said.value, weight * MIDDLE[said.value] + (1 - weight) * displeasure)), 4)


def _intent(found: Classification, local: Classification, said: Opinion, scales: Scales) -> Classification:
    held = INTENT if local.intent else NOTHING_HEARD
    if said.intent is None or not scales.heeds("intent", said.intent, held=held):
        return found
    return replace(found, intent="" if said.intent.value == NONE else said.intent.value)


def _language(found: Classification, local: Classification, said: Opinion, scales: Scales) -> Classification:
    held = scales.terms.language if local.language else NOTHING_HEARD
    if said.language is None or not scales.heeds("language", said.language, held=held):
        return found
    return replace(found, language=said.language.value)


def _rest(found: Classification, local: Classification, said: Opinion, scales: Scales) -> Classification:
    """Add what only a model says."""
    trend = said.trend if scales.before else None
    urgency = tuple(item.value for item in said.urgency if scales.weight("urgency", item) > NOTHING_HEARD)
    return replace(
        found,
        trend=trend.value if trend and scales.weight("trend", trend) > NOTHING_HEARD else "",
        urgency=urgency,
        impact=tuple(item for item in Impact if item in local.impact or item.value in urgency),
        missing=said.missing.value if said.missing and scales.weight("missing", said.missing) > NOTHING_HEARD else (),
    )


def _is_heard(item: Said[str], scales: Scales) -> bool:
    """Tell whether a quoted signal counts. It overrules nobody, so while nothing is measured the model's own word is enough for it."""
    weight = scales.weight("signals", item) if scales.sureness.measures("signals") else item.confidence
    return weight >= scales.terms.signal


def _weights(said: Opinion, scales: Scales) -> tuple[tuple[str, float], ...]:
    """Return how sure each field is that the model said something about; of a list the surest entry."""
    single = {name: getattr(said, name) for name in ("request", "category", "out_of_scope", "intent", "sentiment", "trend", "language", "missing")}
    weights = {name: scales.weight(name, item) for name, item in single.items() if item}
    for name, items in (("signals", said.signals), ("urgency", said.urgency)):
        weights |= {name: max(scales.weight(name, item) for item in items)} if items else {}
    return tuple(weights.items())


def _code(category: str) -> str:
    """Return a category's name as it stands in a difference, whose sides a slash parts."""
    return category.replace("/", "-")


def _yes(value: bool) -> str:
    return "yes" if value else "no"
