"""Built-in actions: what needs no call, or one whose meaning is known."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from desk import macros
from desk.article import is_expired
from desk.audience import PUBLIC
from desk.draft import Evidence, Passage
from desk.library import KnowledgeBase
from desk.ports import Asker, Clock, PolicySource
from desk.runs import ActionResult, ActionRun, RunStatus
from desk.selfservice import ActionRequest, SelfService

FOUND = 5
"""Passages that are looked through for one with an address."""
Post = Callable[[SelfService, ActionRun], Awaitable[ActionResult]]
"""Makes the signed call of an action, at its `address`."""


@dataclass(frozen=True, slots=True)
class Shelves:
    """What built-in actions look things up in."""

    knowledge: KnowledgeBase
    policy: PolicySource
    clock: Clock


async def resend_invoice(spec: SelfService, run: ActionRun, post: Post) -> ActionResult:
    """Nothing is left to do: the invoice is a private part of the answer, which the entitled person gets once this is done."""
    return ActionResult(RunStatus.DONE, f"invoice {run.request.values['number']} goes out with the answer")


async def password_reset_link(spec: SelfService, run: ActionRun, post: Post) -> ActionResult:
    """Have the company's own system send a link to the address of record, whoever asks; without a call, its public page goes out with the answer."""
    if not spec.address:
        return ActionResult(RunStatus.DONE, "the public page goes out with the answer")
    result = await post(spec, run)
    # Whether there was an account is nobody's business here, the team's included.
    return ActionResult(result.status, "" if result.status is RunStatus.DONE else result.said)


async def documentation_link(request: ActionRequest, asker: Asker, around: Shelves) -> Sequence[Passage | Evidence]:
    """Return the best public article for a query that has an address."""
    found = (await around.knowledge.search(request.values["query"], frozenset({PUBLIC}), k=FOUND)).passages
    now = around.clock.now()
    return [passage for passage in found if passage.url and not is_expired(passage.expires, now)][:1]


async def known_answer(request: ActionRequest, asker: Asker, around: Shelves) -> Sequence[Passage | Evidence]:
    """Return a saved text by name, filled in for who asks; nothing where a field is unknown or it is not for them."""
    policy = await around.policy.current()
    name = request.values["name"]
    macro = policy.macros.get(name)
    text = macros.filled(macro, policy, author=asker.author, facts=asker.facts, place=asker.audiences) if macro else None
    return [macros.as_evidence(macros.Offer(name, macro.title, text), 0)] if macro and text else []


RUNS: Mapping[str, Callable[[SelfService, ActionRun, Post], Awaitable[ActionResult]]] = {
    "resend_invoice": resend_invoice,
    "password_reset_link": password_reset_link,
}
LOOKUPS: Mapping[str, Callable[[ActionRequest, Asker, Shelves], Awaitable[Sequence[Passage | Evidence]]]] = {
    "documentation_link": documentation_link,
    "known_answer": known_answer,
}
