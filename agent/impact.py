"""Impact: what a problem does to the customer's business, by words in five languages and, where the embedder knows the language, by meaning."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache

from agent.examples import NONE
from agent.heads import Head, Matrix
from agent.sentiment import SCANNED, feelings
from agent.signals import WORDS, plain
from desk.triage import Impact

SENSED = 0.85
"""How sure the head must be that something is at stake: in a channel most sentences do no harm to anybody."""
FAINT = frozenset({Impact.DEADLINE, Impact.MANY_USERS})
"""What is no harm by itself: "the whole team is looking forward to the launch tomorrow"."""
SENSED_WORDS = 4
"""The fewest words of a sentence from which it may be sensed."""
ASKS_HOW = re.compile(
    r"^\W*(?:(?:hi|hello|hey|hallo|bonjour|hola|ola)\W+)?(?:how|where|which|what|when|who|why"
    r"|is there|are there|do (?:you|i|we)|does|did|can (?:i|we|you|a|one)"
    r"|could (?:i|we)|should|may|would|will|is (?:it|my)|wie|wo|was|welche\w*|gibt es|kann (?:ich|man)|comment|ou|quel\w*|que|est-ce|y a-t-il"
    r"|puis-je|como|donde|cual\w*|hay|puedo|onde|qual|quais|posso|existe)\b"
)
"""A question how something works says of nothing that it stands still."""
MIGHT = re.compile(r"\b(?:if|in case|suppose|whether|wenn|falls|si|au cas ou|en caso de|se (?:eu|nos|perder|houver|o|a)|caso)\b")
"""What might happen has not happened."""
TROUBLE = re.compile(
    r"\b(?:not|never|no|none|nobody|nothing|\w+n't|still|wrong|stuck|missing|empty|down|fail\w*|broken|issue|problem|error|late|help|hit|affected"
    r"|nicht|kein\w*|niemand|noch|fehl\w*|leer|hilfe|pas|plus|personne|toujours|erreur|vide|aide|aun|todavia|nadie|vaci[oa]|ayuda"
    r"|nao|ninguem|ainda|vazi[oa]|ajuda|erro)\b"
)
"""What tells that something is not as it should be."""
OVER = re.compile(
    r"\b(?:(?:is|are|was|it'?s) (?:\w+ )?(?:back|fixed|solved|resolved|over|fine)|(?:works?|working|up|running|there|in) again"
    r"|found (?:it|them|the)|no longer (?:down|missing|locked)"
    r"|geht wieder|lauft wieder|wieder da|remarche|de nouveau|ya funciona|de nuevo|ja funciona|de novo)\b"
)
FIRM = frozenset({Impact.DEADLINE, Impact.CHURN, Impact.MANY_USERS})
"""What an "if" does not soften: "if this is not back by noon, we leave"."""


def heard(sentence: str) -> frozenset[Impact]:
    """Return what the words of one sentence say is at stake; nothing in a question how something works, or in what is over."""
    said = plain(sentence)
    if ASKS_HOW.search(said) or OVER.search(said):
        return frozenset()
    found = frozenset(impact for impact, pattern in patterns().items() if pattern.search(said))
    return found & FIRM if MIGHT.search(said) else found


def sensed(head: Head, sentences: Sequence[str], vectors: Matrix) -> frozenset[Impact]:
    """Return what sentences mean is at stake, as a head tells it that learned as many harmless ones that look like it; one row of `vectors` each."""
    none, found = head.classes.index(NONE), set()
    for sentence, row in zip(sentences, head.probabilities(vectors), strict=True):
        said = plain(sentence)
        silent = len(said.split()) < SENSED_WORDS or any(pattern.search(said) for pattern in (ASKS_HOW, OVER, MIGHT))
        if not silent and 1 - float(row[none]) >= SENSED:
            row[none] = 0.0
            found.add(Impact(head.classes[int(row.argmax())]))
    return frozenset(found)


def ordered(found: frozenset[Impact], text: str) -> tuple[Impact, ...]:
    """Return what is at stake in a whole text, strongest first; a date or a crowd needs some trouble beside it."""
    said = plain(text[:SCANNED])
    troubled = found - FAINT or TROUBLE.search(said) or feelings()["failure"].search(said) or feelings()["displeasure"].search(said)
    return tuple(impact for impact in Impact if impact in found) if troubled else ()


@cache
def patterns() -> Mapping[Impact, re.Pattern[str]]:
    """Read and compile the words on first use; all languages listen to every sentence, because a short one does not show its own."""
    table = tomllib.loads((WORDS / "impact.toml").read_text(encoding="utf-8"))
    return {
        Impact(name): re.compile(rf"\b(?:{'|'.join(pattern for patterns in spoken.values() for pattern in patterns)})")
        for name, spoken in table.items()
    }
