"""The case: what the rules and the priority look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from desk.customer import Account
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

    @property
    def tier(self) -> str:
        """Return the account's tier, empty when unknown."""
        return self.account.tier if self.account else ""
