"""Doctor: what the desk needs, looked at one by one."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from cli.readiness_discord import DISCORD, discord, mail
from cli.readiness_oncall import oncall
from cli.start import settings
from desk.errors import FrontdeskError

if TYPE_CHECKING:
    from settings import Settings

PYTHON = (3, 11)
SLACK = ("slack", "slack scopes", "slack channels", "slack user groups", "slack clock")
"""The checks of a Slack installation, by name."""
PATIENCE_SECONDS = 5.0
"""How long a running server may take to say how it is."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one look found."""

    what: str
    ok: bool
    says: str


async def examine() -> list[Finding]:
    """Look at everything; one failure does not hide the next."""
    found = settings()
    return [await _look(what, look, found) for what, look in LOOKS.items()]


async def _look(what: str, look: Callable[[Settings], Awaitable[str]], found: Settings) -> Finding:
    try:
        return Finding(what, ok=True, says=await look(found))
    except (FrontdeskError, OSError) as error:
        return Finding(what, ok=False, says=" ".join(str(error).split()))


async def _python(found: Settings) -> str:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < PYTHON:
        raise FrontdeskError(f"this is Python {version}; 3.11 or newer is needed")
    return version


async def _home(found: Settings) -> str:
    found.home.mkdir(parents=True, exist_ok=True)
    if not os.access(found.home, os.W_OK):
        raise FrontdeskError(f"{str(found.home)!r} cannot be written to: set FRONTDESK_HOME to a folder that can")
    return str(found.home)


async def _policy(found: Settings) -> str:
    from bootstrap import open_records

    async with open_records(found) as kept:
        policy = await kept.policy.current()
        return f"version {policy.version}, mode {policy.modes.default.word} unless a rule says otherwise"


async def _routing(found: Settings) -> str:
    from bootstrap import open_records
    from cli.routing_check import checked

    async with open_records(found) as kept:
        return checked(await kept.policy.current(), await kept.store.channels())


async def _database(found: Settings) -> str:
    from bootstrap import open_records

    async with open_records(found) as kept:
        tickets, channels = await kept.store.tickets(), await kept.store.channels()
        return f"{len(tickets)} tickets, {len(channels)} channels"


async def _model(found: Settings) -> str:
    from knowledge.embedders import wanted

    embedder = wanted(found.embedder, notes=found.home)
    try:
        await embedder.embed(["ready"])
        return embedder.id
    finally:
        embedder.close()


async def _language_model(found: Settings) -> str:
    from bootstrap import language_model, open_records
    from cli.model_check import checked

    async with open_records(found) as kept:
        policy = (await kept.policy.current()).model
    model = language_model(found)
    try:
        return await checked(found, policy, model)
    finally:
        if model is not None:
            await model.close()


async def _prices(found: Settings) -> str:
    from bootstrap import open_records
    from cli.model_check import unpriced

    async with open_records(found) as kept:
        policy = (await kept.policy.current()).model
    if found.has_model and (lacking := unpriced(policy)):
        names = " and ".join(f"[model.prices.{name}]" for name in lacking)
        raise FrontdeskError(f"{' and '.join(lacking)} counts as the dearest model that has a price: write {names} in policy.toml")
    return f"{len(policy.prices)} models have one" if found.has_model else "no language model is used"


async def _budget(found: Settings) -> str:
    from bootstrap import open_records
    from runtime import SystemClock
    from store.ledger import SqlLedger

    async with open_records(found) as kept:
        most = (await kept.policy.current()).model.budgets.day
        spent = await SqlLedger(kept.database).spent(since=SystemClock().now() - timedelta(days=1))
    used = f"USD {spent.price:.2f} of {most:.2f} were spent on the language model within 24 hours"
    if found.has_model and spent.price >= most:
        raise FrontdeskError(f"{used}: raise model.budgets.day in policy.toml, or wait")
    return f"{used}, in {spent.calls} calls"


async def _index(found: Settings) -> str:
    from bootstrap import open_reading
    from desk.audience import PUBLIC

    async with open_reading(found) as desk:
        documents = await desk.library.documents()
        # A word that means something: of "how" the word search keeps nothing, so that it would find an index well that is not there.
        found_any = await desk.knowledge.search("invoice", frozenset({PUBLIC}), k=1)
        if found_any.degraded:
            raise FrontdeskError("only one of its two searches works, by words or by meaning: the log says which one failed, and why")
        return f"{len(documents)} documents" + ("" if documents else "; take some in with: frontdesk ingest PATH")


async def _sources(found: Settings) -> str:
    from bootstrap import open_records
    from store.sources import SqlSources

    async with open_records(found) as kept:
        sources = (await kept.policy.current()).knowledge.sources
        states = await SqlSources(kept.database).states()
    unset = {source.name: f"{source.secret} is not set" for source in sources if source.secret and not os.environ.get(source.secret)}
    failed = {source.name: states[source.name].error for source in sources if source.name in states and states[source.name].error}
    if wrong := failed | unset:
        raise FrontdeskError("; ".join(f"{name}: {what}" for name, what in wrong.items()))
    return f"{len(sources)} in the policy, {sum(source.every is not None for source in sources)} of them read by themselves"


async def _actions(found: Settings) -> str:
    from bootstrap import open_records

    async with open_records(found) as kept:
        actions = (await kept.policy.current()).actions
    unset = sorted(
        {f"{action.secret} is not set, so that {action.name} fails" for action in actions if action.secret and not os.environ.get(action.secret)}
    )
    if unset and found.has_model:
        raise FrontdeskError("; ".join(unset))
    return f"{len(actions)} in the policy" + ("" if found.has_model or not actions else "; without a language model nothing asks for them")


async def _events(found: Settings) -> str:
    from bootstrap import open_records
    from cli.erase import engine_of

    async with open_records(found) as kept, engine_of(kept) as engine:
        failed = await engine.failed()
    if failed:
        raise FrontdeskError(f"{len(failed)} were given up, the last one {failed[-1].event} ({failed[-1].error})")
    return "none was given up"


async def _server(found: Settings) -> str:
    from bootstrap import home_of

    serving = home_of(found).server()
    if serving is None:
        return "none runs on this home"
    degraded = await asyncio.to_thread(_degraded, serving.address) if serving.address else ()
    if degraded:
        raise FrontdeskError(f"process {serving.pid} at {serving.address} runs degraded: {'; '.join(degraded)}")
    return f"process {serving.pid} at {serving.address}"


def _degraded(address: str) -> Sequence[str]:
    """Ask a running server what works less well than it should."""
    import json
    from urllib.error import HTTPError
    from urllib.request import urlopen

    try:
        with urlopen(f"{address}/readyz", timeout=PATIENCE_SECONDS) as answer:  # noqa: S310  # Our own server wrote the address.
            told = json.load(answer)
    except HTTPError as refusal:
        told = json.load(refusal) if refusal.code == 503 else {}
    except OSError as error:
        return (f"its page does not answer ({error})",)
    return [str(what) for what in told.get("degraded", ())]


def _slack(check: str) -> Callable[[Settings], Awaitable[str]]:
    """Return the look that makes one of Slack's checks."""

    async def look(found: Settings) -> str:
        if not found.has_slack:
            return "no workspace is connected; docs/slack.md says how" if check == "slack" else "nothing to look at"
        from bootstrap import open_records, slack_access
        from bot.slack.checks import CHECKS, Installation
        from bot.slack.web import Web
        from runtime import SystemClock

        access = slack_access(found)
        web = Web(access)
        try:
            async with open_records(found) as kept:
                return await CHECKS[check](Installation(access, web, kept.policy, kept.store, SystemClock()))
        finally:
            await web.close()

    return look


LOOKS: dict[str, Callable[[Settings], Awaitable[str]]] = {
    "python": _python,
    "home": _home,
    "policy": _policy,
    "database": _database,
    "model": _model,
    "knowledge": _index,
    "language model": _language_model,
    "prices": _prices,
    "budget": _budget,
    "sources": _sources,
    "actions": _actions,
    "on call": oncall,
    "routing": _routing,
    **{check: _slack(check) for check in SLACK},
    **{check: discord(check) for check in DISCORD},
    "mail": mail,
    "events": _events,
    "server": _server,
}
"""What is looked at, in the order in which one needs the other."""
