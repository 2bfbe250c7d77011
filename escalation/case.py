"""The case: what the rules and the priority look at."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from desk.customer import Account, Person
from desk.mood import Mood
from desk.sla import Owed, Standing
from desk.triage import Classification


@dataclass(frozen=True, slots=True)
class Case:
    """One turn of one ticket, as numbers and labels.

    `answers` and `questions` count the bot's in a row; `repeats` says that the draft only says again what the customer already had.
    """

    classification: Classification
    account: Account | None = None
    not_solved: int = 0
    answers: int = 0
    questions: int = 0
    repeats: bool = False
    waited: timedelta = timedelta()
    mood: Mood = field(default_factory=Mood)
    """How the ticket's customers feel, this turn's words included."""
    owed: tuple[Owed, ...] = ()
    """What was promised to them and how it stands."""
    contacts: int = 0
    """Earlier tickets of theirs about the same problem, lately and without a solution."""
    affected: int = 1
    """How many accounts and people without one have this problem, as far as an incident tells."""
    confidence: float | None = None
    """How sure the draft is, None without one; `threshold` is what it would need."""
    threshold: float = 1.0
    money: Decimal | None = None
    """The largest amount at stake in what they write of, in EUR."""
    since_answer: timedelta | None = None
    """How long ago they last heard an answer, None when they never did."""
    person: Person | None = None
    """Whose ticket it is, as far as we know."""

    @property
    def tier(self) -> str:
        """Return the account's tier, empty when unknown."""
        return self.account.tier if self.account else ""

    @property
    def displeasure(self) -> float:
        """Return how displeased they are by now, 0 to 1; what was said just now counts even where it is all that was said."""
        return max(self.mood.displeasure, self.classification.displeasure)

    def stands(self, standing: Standing) -> tuple[Owed, ...]:
        """Return what was promised and stands so."""
        return tuple(owed for owed in self.owed if owed.standing is standing)
