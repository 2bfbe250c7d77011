"""Triage by model: the local classifier answers, and a small model is asked once where that leaves something open."""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from agent.agreement import Scales, agree
from agent.doubt import left_open, told_before
from agent.metered import Bill, Metered
from agent.model import Completion, ModelFault, Request
from agent.shelf import Shelf
from agent.sureness import UNMEASURED, Sureness
from agent.triage import ANYTHING, HEAD, LocalTriager, Taught, spoken
from agent.triage_examples import Examples, Groups
from agent.triage_prompt import Standing, conversation, opening, standing
from agent.triage_schema import Opinion, Terms, read, schema
from agent.untrusted import cleaned
from agent.vault import Vault
from desk.answering import Heard
from desk.meaning import Meaning
from desk.policy import Policy
from desk.ports import PolicySource
from desk.triage import Classification
from desk.usage import ModelCall
from desk.writing import ModelPolicy

PURPOSE = "triage"
EFFORT = "low"
OUTPUT = 1000
"""Tokens of the longest reply: a usual one has about 400."""
PATIENCE = timedelta(seconds=12)
"""The longest wait: the customer waits too, and the local classification is there already."""
KEPT = 128
"""Opinions that are kept: a turn that is computed again, because somebody else wrote meanwhile, does not pay twice."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One call to make: what every message is asked with, what this one adds, and the words that a quote must stand in."""

    terms: Terms
    standing: Standing
    content: str
    text: str


class ModelTriager:
    """A `Triager` around the local one. `shelf` holds the customer's own examples, `sureness` what the model's word was measured to be worth.

    It never fails because of the model: then the local classification comes back, with `triage_` and the fault in `degraded`.
    """

    def __init__(
        self, local: LocalTriager, metered: Metered, policy: PolicySource, *, shelf: Shelf | None = None, sureness: Sureness = UNMEASURED
    ) -> None:
        self._local = local
        self._metered = metered
        self._policy = policy
        self._examples = Examples(shelf)
        self._sureness = sureness
        self._first: tuple[object, Standing] | None = None
        self._lock = asyncio.Lock()
        self._kept: OrderedDict[str, tuple[Opinion, str, tuple[ModelCall, ...]]] = OrderedDict()

    async def triage(self, text: str, *, heard: Heard | None = None) -> Classification:
        """Classify what a customer wrote; the model is asked only where `heard` says what it stands in, and at most once."""
        local = await self._local.triage(text)
        if heard is None or not ANYTHING.search(text[:HEAD]):
            return local
        policy = await self._policy.current()
        order = policy.triage.order
        leads = order[:1] == ("model",)
        if "model" not in order or not (leads or left_open(local, text, heard, policy.triage)):
            return local
        return await self._both(local, text, heard, policy=policy, leads=leads)

    async def similarity(self, a: str, b: str) -> float:
        """Return how alike two texts' topics are, -1 to 1."""
        return await self._local.similarity(a, b)

    async def meanings(self, texts: Sequence[str]) -> Sequence[Meaning]:
        """Return what each text is about."""
        return await self._local.meanings(texts)

    async def asked(self, text: str, heard: Heard, policy: Policy) -> Asked:
        """Return what the model would be asked about a text."""
        terms, first = await self._standing(policy)
        vault = Vault(policy.model.redact)
        last = opening(text, hidden=vault.hide)
        return Asked(terms, first, conversation(last, heard.before, hidden=vault.hide), spoken(cleaned(last, most=len(last))))

    async def opinion(self, asked: Asked, bill: Bill, policy: ModelPolicy) -> tuple[Opinion | None, str]:
        """Ask the model once; return what it said, None where that cannot be read, and which model it was. Raises ModelFault."""
        completion = await self._metered.call(_request(asked, policy), bill, policy)
        return _read(completion, asked), completion.model

    async def examples(self, policy: Policy) -> Groups:
        """Return the examples that every call shows, so that nobody measures the model on what it was told."""
        taught = await self._local.taught()
        return await self._examples.of(taught.version, _terms(taught, policy).categories)

    async def _standing(self, policy: Policy) -> tuple[Terms, Standing]:
        """Return what every call begins with. It is made anew only when it changes: looking for personal data in all examples takes a while."""
        taught = await self._local.taught()
        terms = _terms(taught, policy)
        basis = (taught, terms, policy.model.redact)
        async with self._lock:
            if self._first is None or self._first[0] != basis:
                examples = await self._examples.of(taught.version, terms.categories)
                # Each example has a vault of its own, so that none depends on what stands in another.
                self._first = basis, standing(terms, examples, hidden=lambda example: Vault(policy.model.redact).hide(example))
            return terms, self._first[1]

    async def _both(self, local: Classification, text: str, heard: Heard, *, policy: Policy, leads: bool) -> Classification:
        asked = await self.asked(text, heard, policy)
        key = _key(asked, heard, policy.model.triage)
        if key not in self._kept:
            bill = Bill(heard.payer, PURPOSE)
            try:
                said, model = await self.opinion(asked, bill, policy.model)
            except ModelFault as error:
                return _degraded(local, str(error.fault), bill)
            if said is None:
                return _degraded(local, "unreadable", bill)
            self._keep(key, (said, model, tuple(bill.calls)))
        said, model, calls = self._kept[key]
        measured = self._sureness if self._sureness.holds(model=model, prompt=asked.standing.hash) else UNMEASURED
        scales = Scales(measured, policy.triage, leads=leads, before=bool(told_before(heard)))
        return replace(agree(local, said, scales), calls=calls)

    def _keep(self, key: str, entry: tuple[Opinion, str, tuple[ModelCall, ...]]) -> None:
        self._kept[key] = entry
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)


def _terms(taught: Taught, policy: Policy) -> Terms:
    """Return what the model may choose from: trained categories where they are in use, else policy's, also those that no head knows."""
    own = "+" in taught.version or not policy.triage.categories
    return Terms(taught.categories if own else policy.triage.categories, taught.intents)


def _request(asked: Asked, policy: ModelPolicy) -> Request:
    return Request(
        policy.triage,
        asked.standing.blocks,
        ({"role": "user", "content": asked.content},),
        schema=schema(asked.terms),
        output=OUTPUT,
        effort=EFFORT,
        timeout=min(policy.bounds.call, PATIENCE),
    )


def _read(completion: Completion, asked: Asked) -> Opinion | None:
    return read(completion.text, asked.terms, text=asked.text)


def _degraded(local: Classification, fault: str, bill: Bill) -> Classification:
    return replace(local, degraded=(*local.degraded, f"triage_{fault}"), calls=tuple(bill.calls))


def _key(asked: Asked, heard: Heard, model: str) -> str:
    """Return what an opinion is kept by; it tells nothing of the text. On another ticket the same words are asked about again, and booked there."""
    parts = (model, asked.standing.hash, heard.payer.ticket, heard.payer.person, asked.content)
    return hashlib.blake2b("\x1f".join(parts).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
