"""Sources: where articles come from, and how the last reading of each went."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from desk.audience import PUBLIC, Audience
from desk.customer import content_hash

PREFIX = "source:"
"""What stands before a source's name where a document says what it came from; an ingested path stands there as it is."""
RETRIES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))
"""The waits after a sync that failed; the last one is kept to. None is longer than the source's own interval."""
AT_ONCE = datetime.min.replace(tzinfo=UTC)
LEAST = timedelta(minutes=1)
"""The least time between two syncs by themselves, whatever `every` says."""
MOST = timedelta(days=3650)
"""The longest that is waited for the next sync: some write a number for "never" that no calendar reaches."""
LONGEST_HOLD = timedelta(hours=2)
"""The longest that a source is held without a sign of life. A hold that claims more is left from a clock that was put back."""
STALE = timedelta(days=1)
"""The age from which what was collected by a sync that was cut short is collected anew."""


class SourceKind(StrEnum):
    """What kinds of places articles are read from."""

    FOLDER = "folder"
    WEB = "web"
    ZENDESK = "zendesk"
    INTERCOM = "intercom"
    NOTION = "notion"
    CONFLUENCE = "confluence"
    GIT = "git"
    TICKETS = "tickets"


@dataclass(frozen=True, slots=True)
class Source:
    """One `[[knowledge.sources]]` of the policy. `at` is a path or an address; no `every` means that only a command reads it.

    `secret` is the name of the environment variable with the token, never the token. `include` and `exclude` are globs over paths.
    """

    name: str
    kind: SourceKind
    at: str = ""
    every: timedelta | None = None
    owner: str = ""
    """Whom the desk reminds: a teammate by name or e-mail address."""
    review: timedelta | None = None
    """How long after its last review or change an article is due again; None for the policy's own interval."""
    audience: Audience = PUBLIC
    """The widest audience that its articles get; an article can only narrow it."""
    language: str = ""
    secret: str = ""
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    private_network: bool = False
    """Whether addresses inside the private network may be read."""
    most: int = 5000
    """The most documents that are read."""
    branch: str = ""

    @property
    def origin(self) -> str:
        """Return what the documents of this source name as where they are from."""
        return PREFIX + self.name

    @property
    def address(self) -> str:
        """Return `at` without what may be a key: whoever wrote one into the policy is told so, and need not read it to others."""
        return re.sub(r"\?.*", "?...", re.sub(r"//[^/@]*@", "//...@", self.at)) if "://" in self.at else self.at

    def document(self, id: str) -> str:
        """Return the id of a document here by its id in the source: two sources never take each other's."""
        return f"{self.name}/{id}"

    @property
    def basis(self) -> str:
        """Return a hash of whatever decides which articles there are, and who sees them: another one is reason to sync at once."""
        said = (self.kind, self.at, str(self.audience), self.language, self.branch, str(self.private_network), str(self.most))
        return content_hash(*said, *self.include, "", *self.exclude)


@dataclass(frozen=True, slots=True)
class Missed:
    """A document that could not be read, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class SyncState:
    """How the last sync of a source went. `cursor` is where a sync that was cut short goes on, "" for one that begins anew.

    `finished` is the last sync that was applied whole; `error` why the present one is not there yet, or what it left undone.
    """

    source: str
    started: datetime | None = None
    finished: datetime | None = None
    cursor: str = ""
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    documents: int = 0
    chunks: int = 0
    failed: tuple[Missed, ...] = ()
    error: str = ""
    reminded: datetime | None = None
    """When its owner was last told what is due for review."""
    is_under_way: bool = False
    """Whether a sync began that was not applied whole."""
    collected: bool = False
    """Whether everything was read, so that only the applying is left."""
    failures: int = 0
    """How many tries in a row have come no further."""
    tried: datetime | None = None
    """When it was last tried, whatever came of it."""
    basis: str = ""
    """The source's basis when this sync began."""

    def goes_on(self, source: Source, now: datetime) -> bool:
        """Tell whether what was collected so far is of use to the next sync."""
        # A cursor that does not lead on, try after try, may be what is wrong.
        leads_on = self.failures < len(RETRIES)
        # Without a cursor reading begins anew, and what was staged before may not be there any more.
        is_of_use = self.is_under_way and leads_on and bool(self.cursor or self.collected)
        return is_of_use and self.basis == source.basis and self.started is not None and abs(now - self.started) < STALE


@dataclass(frozen=True, slots=True)
class Holding:
    """How much came from one place: a source, or an ingested path."""

    documents: int
    chunks: int


def next_due(source: Source, state: SyncState | None, *, now: datetime) -> datetime | None:
    """Return when a source is read next by itself: None when only a command does, the beginning of time for at once."""
    if source.every is None:
        return None
    if state is None or state.tried is None or state.basis != source.basis:
        return AT_ONCE
    # Tried in the future: the clock was wrong and was put back, and nobody would wait for it to come there again.
    if state.tried > now + LEAST:
        return AT_ONCE
    if state.failures:
        return state.tried + min(source.every, RETRIES[min(state.failures, len(RETRIES)) - 1])
    if state.finished is None or state.is_under_way:
        return AT_ONCE
    return state.finished + min(max(source.every, LEAST), MOST)
