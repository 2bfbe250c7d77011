"""Styles: what the team's replies have in common, learned from the store now and then."""

from __future__ import annotations

from datetime import datetime, timedelta

from desk.policy import Policy
from desk.ports import Clock
from desk.store import Store
from insights.style import NOTHING, Style, learn

EVERY = timedelta(hours=1)
MOST = 200
"""How many replies are looked at, the latest ones."""
BLAMED = frozenset({"wrong", "correct", "retract"})
"""The labels that say that an answer was not right."""


class Styles:
    """The team's style, learned again at most once an hour and after a start."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._learned = NOTHING
        self._at: datetime | None = None

    async def text(self, policy: Policy) -> str:
        """Return the style as lines of a prompt, "" where policy learns none or too little is known."""
        return (await self.current()).text() if policy.tone.learn else ""

    async def current(self) -> Style:
        """Return the style as it was learned last."""
        now = self._clock.now()
        if self._at is None or now - self._at >= EVERY:
            self._learned, self._at = await self._learn(), now
        return self._learned

    async def _learn(self) -> Style:
        drafts = await self._store.judged_drafts(most=MOST)
        since = min((draft.created for draft in drafts), default=None)
        said = await self._store.feedback(since=since) if since else ()
        return learn(drafts, wrong={label.subject for label in said if label.kind in BLAMED})
