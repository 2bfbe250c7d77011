"""Sources: where articles come from, and how the last reading of each went."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from desk.audience import PUBLIC, Audience


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


@dataclass(frozen=True, slots=True)
class Missed:
    """A document that could not be read, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class SyncState:
    """How the last sync of a source went. `cursor` is where a sync that was cut short goes on, "" for one that begins anew.

    `finished` is the last sync that was applied whole; `error` why the present one is not there yet.
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
