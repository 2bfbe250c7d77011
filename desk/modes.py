"""Modes: how much the bot may do by itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from desk.space import ChannelKind


class Mode(IntEnum):
    """How much the bot may do; each step includes the ones before it."""

    OBSERVE = 0
    DRAFT = 1
    AUTO = 2

    @property
    def word(self) -> str:
        """Return the mode as policies and records write it."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class ModeRule:
    """The mode of the tickets that match; an empty field matches all."""

    mode: Mode
    category: str = ""
    kind: ChannelKind | None = None
    tier: str = ""

    def matches(self, category: str, kind: ChannelKind, tier: str) -> bool:
        """Tell whether the rule speaks of this ticket."""
        return self.category in ("", category) and self.kind in (None, kind) and self.tier in ("", tier)

    @property
    def weight(self) -> int:
        """Return how many fields the rule names: the more specific one wins."""
        return bool(self.category) + bool(self.kind) + bool(self.tier)


@dataclass(frozen=True, slots=True)
class Modes:
    """Mode per category x channel kind x account tier; the most specific rule wins, of equal ones the last."""

    default: Mode = Mode.OBSERVE
    rules: tuple[ModeRule, ...] = ()

    def of(self, category: str, kind: ChannelKind, *, tier: str) -> Mode:
        """Return the mode of a ticket."""
        best = max(
            (rule for rule in enumerate(self.rules) if rule[1].matches(category, kind, tier)),
            key=lambda rule: (rule[1].weight, rule[0]),
            default=None,
        )
        return best[1].mode if best else self.default

    @property
    def speaks(self) -> bool:
        """Tell whether the bot speaks anywhere at all."""
        return any(mode is not Mode.OBSERVE for mode in (self.default, *(rule.mode for rule in self.rules)))
