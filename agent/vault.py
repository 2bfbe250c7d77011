"""Vault: personal data and secrets kept back from the language model, and put back only where their owner alone will read them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from agent.disguise import visible
from agent.secret import Span, spans
from agent.signals import WORDS

PLACEHOLDER = re.compile(r"\\?\[[ ]?(card|key|password|iban|e-?mail|phone)[ ]?[-‐‑_ ][ ]?(\d{1,4})[ ]?\\?\]", re.IGNORECASE)
ALWAYS = frozenset({"card", "key", "password", "iban"})
COMES_BACK = frozenset({"email", "phone", "iban"})
"""Kinds that their owner may read again; the others never leave the vault."""
MARGIN = 1000
"""Characters of the longest secret that is still recognized where a long text is cut."""
WIDER = 2
"""How many times as much as is shown is looked at: some of it does not show."""
SHORTEST = 5
"""Characters from which a secret is found again wherever it stands."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A value that was kept back, and whether it is of the person who is answered."""

    kind: str
    n: int
    value: str
    own: bool

    @property
    def placeholder(self) -> str:
        """Return what stands for it."""
        return f"[{self.kind}-{self.n}]"


class Vault:
    """What was kept back in one turn: cards, keys, passwords and account numbers always, e-mail addresses and telephone numbers when named.

    One vault serves one turn of one author. Give it public texts first (`spare`): what everybody may read is nobody's secret.
    """

    def __init__(self, kinds: Collection[str]) -> None:
        self._kinds = ALWAYS | (frozenset(kinds) & {"email", "phone"})
        self._kept: dict[tuple[str, str], Kept] = {}
        self._spared: set[tuple[str, str]] = set()

    def spare(self, text: str) -> None:
        """Leave alone what stands in a public text, such as the address of the support team in an article."""
        shown = visible(text)
        self._spared |= {_key(span.kind, shown[span.start : span.end]) for span in spans(shown, self._kinds)}

    def hide(self, text: str, *, own: bool = True) -> str:
        """Return a text with a placeholder for each value, the same one for the same value.

        `own` says whether the person who is answered wrote it, or it is of their own record; other people's values never come back.
        """
        shown = PLACEHOLDER.sub(lambda match: f"({match[1]}-{match[2]})", visible(text))
        for kept in [kept for kept in self._kept.values() if kept.kind not in COMES_BACK and len(kept.value) >= SHORTEST]:
            shown = shown.replace(kept.value, kept.placeholder)
        pieces, at = [], 0
        for span in self._new(shown):
            pieces += [shown[at : span.start], self._keep(span.kind, shown[span.start : span.end], own=own)]
            at = span.end
        hidden = "".join([*pieces, shown[at:]])
        for kept in [kept for kept in self._kept.values() if kept.kind not in COMES_BACK and len(kept.value) >= SHORTEST]:
            hidden = hidden.replace(kept.value, kept.placeholder)
        return hidden

    def beginning(self, text: str, *, most: int, own: bool = True) -> str:
        """Return as much of a text's beginning, hidden, as is needed to show `most` characters of it; see `hide`.

        What begins before a cut is recognized only with what stands behind it, so more is looked at than is returned.
        """
        begin = most * WIDER
        return self.hide(text, own=own) if len(text) <= begin else self.hide(text[: begin + MARGIN], own=own)[:-MARGIN]

    def restore(self, text: str, *, private: bool, language: str = "en") -> str:
        """Return a text with values or words for its placeholders.

        Where the owner alone reads it (`private`) their e-mail address, telephone and account number stand again. A card, a key and a password
        never come back, nor does anything where others read. A placeholder that was never given out goes.
        """
        return PLACEHOLDER.sub(lambda match: self._said(match, private=private, language=language), text)

    def plain(self, text: str) -> str:
        """Return a text without placeholders, for a look-up: they mean nothing to whoever is asked."""
        return " ".join(PLACEHOLDER.sub(" ", text).split())

    def _new(self, text: str) -> list[Span]:
        given = [match.span() for match in PLACEHOLDER.finditer(text)]
        found = [span for span in spans(text, self._kinds) if all(span.end <= start or span.start >= end for start, end in given)]
        return [span for span in found if _key(span.kind, text[span.start : span.end]) not in self._spared]

    def _keep(self, kind: str, value: str, *, own: bool) -> str:
        key = _key(kind, value)
        known = self._kept.get(key)
        kept = replace(known, own=known.own or own) if known else Kept(kind, 1 + sum(k.kind == kind for k in self._kept.values()), value, own)
        self._kept[key] = kept
        return kept.placeholder

    def _said(self, match: re.Match[str], *, private: bool, language: str) -> str:
        kind, n = match[1].lower().replace("-", ""), int(match[2])
        kept = next((kept for kept in self._kept.values() if (kept.kind, kept.n) == (kind, n)), None)
        if kept is None:
            return ""
        return kept.value if private and kept.own and kind in COMES_BACK else word(kind, language, own=kept.own)


def word(kind: str, language: str, *, own: bool) -> str:
    """Return what stands for a value that is not repeated, in a language, else in English."""
    table: Mapping[str, Any] = _words() if own else _words()["others"]
    return str(table.get(language, table["en"])[kind])


@cache
def _words() -> Mapping[str, Any]:
    return tomllib.loads((WORDS / "placeholders.toml").read_text(encoding="utf-8"))


def _key(kind: str, value: str) -> tuple[str, str]:
    return kind, value if kind in ("key", "password") else re.sub(r"[^\w@]", "", value).lower() if kind != "email" else value.lower()
