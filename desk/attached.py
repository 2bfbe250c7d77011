"""Attached: the few lines of a customer's file that say what it is about, so that a long log drowns no question."""

from __future__ import annotations

import re

MOST = 400
"""Characters that stand beside a question."""
LONGEST = 160
TROUBLE = re.compile(
    r"\b(?:error|exception|fail(?:ed|ure|s)?|fatal|denied|refused|timed? ?out|invalid|unauthorized|forbidden|not found|cannot|traceback|panic"
    r"|fehler\w*|fehlgeschlagen|erreur|échec|échoué|falló|fallido|falha|erro)\b",
    re.IGNORECASE,
)
STAMP = re.compile(r"^[\W_]*(?:\d{4}[-/.]\d\d[-/.]\d\d)?[T ,]*(?:\d{1,2}:\d\d(?::\d\d)?(?:[.,]\d+)?)?(?:Z|\s?[+-]\d\d:?\d\d)?[\W_]*")
"""When a line of a log was written, which says nothing of what it is about."""
NUMBER = re.compile(r"\d+")


def telling(text: str, *, most: int = MOST) -> str:
    """Return a short text as it is; of a longer one the last lines that tell of trouble, each sort once, else how it begins."""
    lines = [bare for line in text.splitlines() if (bare := " ".join(STAMP.sub("", line).split()))]
    whole = "\n".join(lines)
    if len(whole) <= most:
        return whole
    troubled = {NUMBER.sub("#", line): line[:LONGEST] for line in lines if TROUBLE.search(line)}
    return _last(list(troubled.values()), most) if troubled else whole[:most].rsplit(maxsplit=1)[0]


def _last(lines: list[str], most: int) -> str:
    """Return as many of the last lines as there is room for, in their order."""
    kept: list[str] = []
    for line in reversed(lines):
        if kept and sum(map(len, kept)) + len(kept) + len(line) > most:
            break
        kept.append(line)
    return "\n".join(reversed(kept))
