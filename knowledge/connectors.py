"""Connectors: which one reads a source, by its kind."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from desk.errors import Misconfigured
from desk.ports import PolicySource
from desk.source import Source, SourceKind
from knowledge.connector import Connector

if TYPE_CHECKING:
    from knowledge.net.fetch import Fetcher

ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://|[\w.-]+@[\w.-]+:")
"""What begins like this leads over the network; the second is how Git writes ssh."""
PACE = 0.25
"""Seconds between two requests to an interface that is meant for programs; a web site says how fast it is read."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What sources are read from: paths in the policy are relative to `base`, `cache` is a folder for what is cloned.

    `environ` holds the secrets that sources name. `tickets` reads resolved tickets, None where there is no desk to have any.
    """

    base: Path
    cache: Path
    policy: PolicySource
    environ: Mapping[str, str]
    tickets: Callable[[Source], Connector] | None = None


class _Tools:
    """What an opener is given; a fetcher is closed with the connector that it was made for."""

    def __init__(self, around: Surroundings, stack: AsyncExitStack) -> None:
        self.around = around
        self._stack = stack

    def fetcher(self, source: Source, *, pace: float = PACE) -> Fetcher:
        """Return a fetcher for a source."""
        from knowledge.net.fetch import Fetcher

        fetcher = Fetcher(private_network=source.private_network, pace=pace)
        self._stack.push_async_callback(fetcher.close)
        return fetcher


Open = Callable[[Source, _Tools], Connector]


@asynccontextmanager
async def opened(source: Source, around: Surroundings) -> AsyncIterator[Connector]:
    """Open what reads a source; raise Misconfigured when its secret is not set, or when there is nothing that could read it."""
    # Told here for all kinds, since an interface without a token often answers with what is public, and the rest would seem to be gone.
    if source.secret and not around.environ.get(source.secret):
        raise Misconfigured(f"the source {source.name!r} takes its token from {source.secret}, which is not set: set it and start again")
    async with AsyncExitStack() as stack:
        yield await _connector(_located(source, around.base), _Tools(around, stack))


async def _connector(source: Source, tools: _Tools) -> Connector:
    if source.kind is SourceKind.FOLDER:
        from knowledge.folder import Folder

        return Folder(source, (await tools.around.policy.current()).audience.folders)
    return OPENERS[source.kind](source, tools)


def _located(source: Source, base: Path) -> Source:
    """Return a source with a path as it is from here, and an address as it was written."""
    if source.kind is SourceKind.TICKETS:
        return source
    if not source.at:
        raise Misconfigured(f"the source {source.name!r} says not where it is: write its path or address as `at`")
    return source if ADDRESS.match(source.at) else replace(source, at=str(base / Path(source.at).expanduser()))


def _web(source: Source, tools: _Tools) -> Connector:
    from knowledge.website.web import open_web

    return open_web(source, tools.fetcher(source, pace=1.0))


def _zendesk(source: Source, tools: _Tools) -> Connector:
    from knowledge.helpcenters.zendesk import open_zendesk

    return open_zendesk(source, tools.fetcher(source), environ=tools.around.environ)


def _intercom(source: Source, tools: _Tools) -> Connector:
    from knowledge.helpcenters.intercom import open_intercom

    return open_intercom(source, tools.fetcher(source), environ=tools.around.environ)


def _notion(source: Source, tools: _Tools) -> Connector:
    from knowledge.wikis.notion import open_notion

    return open_notion(source, tools.fetcher(source), environ=tools.around.environ)


def _confluence(source: Source, tools: _Tools) -> Connector:
    from knowledge.wikis.confluence import open_confluence

    return open_confluence(source, tools.fetcher(source), environ=tools.around.environ)


def _git(source: Source, tools: _Tools) -> Connector:
    from knowledge.repository.git import open_git

    return open_git(source, cache=tools.around.cache, environ=tools.around.environ)


def _tickets(source: Source, tools: _Tools) -> Connector:
    if tools.around.tickets is None:
        raise Misconfigured(f"the source {source.name!r} reads resolved tickets, and there are none here")
    return tools.around.tickets(source)


OPENERS: dict[SourceKind, Open] = {
    SourceKind.WEB: _web,
    SourceKind.ZENDESK: _zendesk,
    SourceKind.INTERCOM: _intercom,
    SourceKind.NOTION: _notion,
    SourceKind.CONFLUENCE: _confluence,
    SourceKind.GIT: _git,
    SourceKind.TICKETS: _tickets,
}
"""What reads a kind of source, folders apart, which need the policy."""
