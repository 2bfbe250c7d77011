"""Self-service in stories: actions as policy declares them, and answers that ask for them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from desk.audience import PUBLIC
from desk.draft import Claim, Evidence, Part, Proposal
from desk.runs import ActionRun
from desk.selfservice import ActionRequest
from tests.world import World, world

SAYS = "The bank feed was restarted."
RESTART = {
    "name": "restart_integration",
    "when": "the sync of an integration is stuck",
    "says": SAYS,
    "run": "https://api.example/restart",
    "secret": "ACTIONS_KEY",
    "undo": "https://api.example/stop",
    "audience": "account",
    "trust": "account",
    "parameters": [
        {"name": "integration", "kind": "choice", "choices": ["bank feed", "payroll"]},
        {"name": "account_id", "kind": "identity", "source": "account"},
    ],
}
INVOICE = {
    "name": "resend_invoice",
    "when": "they ask for an invoice",
    "says": "I have sent you the invoice.",
    "run": "builtin:resend_invoice",
    "audience": "person",
    "entitlement": "billing",
    "parameters": [{"name": "number", "kind": "record", "source": "invoice"}],
}
RESET = {
    "name": "password_reset_link",
    "when": "they cannot log in",
    "says": "If there is an account for you, the way to a new password is on its way.",
    "run": "builtin:password_reset_link",
    "parameters": [{"name": "email", "kind": "identity", "source": "email"}],
    "trust": "none",
    "audience": "public",
    "exact": True,
    "link": "https://app.example/reset",
}
STUCK = "My bank feed is stuck"


@asynccontextmanager
async def serving(folder: Path, *, mode: str = "auto", request: ActionRequest | None = None, **changes: Any) -> AsyncIterator[World]:
    """Open a world in which answers ask for the restart of an integration, declared with these changes."""
    async with world(folder, mode=mode, actions=[{**RESTART, **changes}, INVOICE, RESET]) as w:
        w.answerer.instead = asking(request or ActionRequest("restart_integration", (("integration", "bank feed"),)))
        yield w


def asking(*requests: ActionRequest, text: str = SAYS, **more: Any) -> Proposal:
    """Return an answer that asks for these actions and says that they were done."""
    evidence = (Evidence(1, "action", requests[0].action if requests else "", PUBLIC, text),)
    return Proposal((Part(PUBLIC, f"{text} [1]"),), (Claim(text, True, (1,)),), evidence, confidence=0.95, requests=requests, **more)


async def runs(w: World) -> list[ActionRun]:
    """Return all runs there are."""
    return list(await w.store.runs())


async def states(w: World) -> list[str]:
    """Return how far each run came."""
    return [str(run.status) for run in await runs(w)]
