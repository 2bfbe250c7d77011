"""Triage by model: how often the model is right when it says how sure it is, field by field: `python -m benchmarks.triage_model`.

It asks the model that `model.triage` of the policy names about messages whose right classification is known: those that ship, or the rows of the
categories trained in FRONTDESK_HOME, without those that the prompt shows. It needs a key (docs/agent.md) or a gateway in ANTHROPIC_BASE_URL, and some
ten minutes and two US dollars. `--fit OUT.json` keeps the curves; a desk believes those in `triage.json` of its home from its next start on.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections import defaultdict
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from agent.chosen import Chosen
from agent.claude import Access, ClaudeModel
from agent.fit import ready
from agent.metered import Bill, Metered, total
from agent.model import Fault, ModelFault
from agent.model_triage import PURPOSE, ModelTriager
from agent.reliability import Bin, bins_of, ece
from agent.shelf import Shelf
from agent.sureness import FEWEST, FIELDS, brier, calibrated, fit, fit_all, save
from agent.triage import LocalTriager
from benchmarks.judged import Known, Verdict, known, verdicts
from bootstrap import home_of, open_records
from desk.answering import Heard
from desk.customer import Role
from desk.errors import FrontdeskError
from desk.ids import MessageId
from desk.policy import Policy
from desk.space import ChannelRef, Place, Platform
from desk.timeline import Message
from desk.usage import ModelCall, Payer, Spending, Spent
from knowledge.embedders import wanted
from runtime import SystemClock
from settings import Settings, read_settings

NOBODY = Payer()
HERE = ChannelRef(Platform.LOCAL, "main", "benchmark")
HOPELESS = frozenset({Fault.KEY, Fault.UNKNOWN_MODEL, Fault.UNREACHABLE, Fault.SPEND_LIMIT, Fault.BUDGET, Fault.REJECTED})
"""Faults that every further call would meet too."""
NO_MODEL = (
    "This benchmark asks a language model and there is none: set ANTHROPIC_API_KEY, or ANTHROPIC_BASE_URL to a gateway that speaks the same API."
)


class Till:
    """A ledger that keeps the money of this run together and nothing else."""

    def __init__(self) -> None:
        self.calls: list[ModelCall] = []

    async def book(self, call: ModelCall, payer: Payer, *, at: datetime) -> None:
        """Keep a call."""
        self.calls.append(call)

    async def spent(self, **_: object) -> Spent:
        """Return the sum so far."""
        return total(self.calls)

    async def bookings(self, since: datetime, until: datetime) -> Sequence[Spending]:
        """Return nothing: nobody reports about this run later."""
        return []


@dataclass(slots=True)
class Run:
    """What came of asking: verdicts by field, and how many messages got no answer that can be read."""

    model: str = ""
    prompt: str = ""
    judged: dict[str, list[Verdict]] = field(default_factory=lambda: defaultdict(list))
    asked: int = 0
    unread: int = 0


async def main(arguments: Sequence[str] | None = None) -> int:
    """Ask, print and perhaps keep; return what the process exits with."""
    given = _arguments().parse_args(arguments)
    settings = read_settings()
    if not settings.has_model:
        print(NO_MODEL, file=sys.stderr)
        return 2
    try:
        async with AsyncExitStack() as stack:
            run, till = await _run(settings, stack, rows=given.rows, at_once=given.at_once, most=given.most)
    except ModelFault as error:
        print(f"The model cannot be asked: {error}.", file=sys.stderr)
        return 1
    print("\n".join(report(run, total(till.calls))))
    if given.fit:
        measured = fit_all(run.judged, model=run.model, prompt=run.prompt)
        save(measured, given.fit)
        print(f"kept the curves of {', '.join(measured.curves) or 'nothing'} in {given.fit}")
    return 0


async def measured(triager: ModelTriager, found: Sequence[Known], policy: Policy, *, at_once: int) -> Run:
    """Ask about every message, several at once, and judge what is said of each. Raises ModelFault for what would meet every call."""
    run, gate = Run(), asyncio.Semaphore(at_once)

    async def ask(one: Known) -> None:
        async with gate:
            asked = await triager.asked(one.text, Heard(NOBODY, tuple(map(_earlier, one.before))), policy)
            run.asked += 1
            try:
                said, model = await triager.opinion(asked, Bill(NOBODY, PURPOSE), policy.model)
            except ModelFault as error:
                if error.fault in HOPELESS:
                    raise
                said, model = None, run.model
        run.model, run.prompt = model, asked.standing.hash
        run.unread += said is None
        for name, verdict in verdicts(one, said) if said else ():
            run.judged[name].append(verdict)

    try:
        async with asyncio.TaskGroup() as group:
            for one in found:
                group.create_task(ask(one))
    except* ModelFault as group_:
        raise group_.exceptions[0] from None
    return run


def report(run: Run, spent: Spent) -> list[str]:
    """Return the reliability of each field as lines."""
    head = f"{run.model}, prompt {run.prompt}: {run.asked} messages, {run.unread} without an answer, {spent.calls} calls, ${spent.price:.2f}"
    tables = [line for name in FIELDS if run.judged.get(name) for line in table(name, run.judged[name])]
    few = [name for name in FIELDS if len(run.judged.get(name, ())) < FEWEST]
    note = [f"not measured, for fewer than {FEWEST} verdicts: {', '.join(few)}"] if few else []
    return [head, *tables, *note]


def table(name: str, judged: Sequence[Verdict]) -> list[str]:
    """Return a field's figures and its curve: stated beside right, in tenths, and how near the two come under the curve of the other half."""
    bins = binned(judged)
    right = sum(verdict for _, verdict in judged) / len(judged)
    stated = sum(confidence for confidence, _ in judged) / len(judged)
    figures = f"n {len(judged)}  right {right:.3f}  stated {stated:.3f}  ECE {ece(bins):.3f}  Brier {brier(judged):.3f}"
    mended = crossed(judged)
    held_out = f"  calibrated, held out: ECE {ece(binned(mended)):.3f}  Brier {brier(mended):.3f}" if len(judged) >= FEWEST else ""
    curve = [f"  {each.low:.1f} to {each.high:.1f}  n {each.count:4}  stated {each.confidence:.3f}  right {each.accuracy:.3f}" for each in bins]
    return ["", f"{name:13} {figures}{held_out}", *curve]


def binned(judged: Sequence[Verdict]) -> Sequence[Bin]:
    """Return verdicts in tenths of confidence."""
    return bins_of(np.array([confidence for confidence, _ in judged]), np.array([right for _, right in judged]))


def crossed(judged: Sequence[Verdict]) -> list[Verdict]:
    """Return each verdict with the confidence that a curve gives it which was fitted to the other half."""
    halves = (judged[::2], judged[1::2])
    pairs = ((halves[0], halves[1]), (halves[1], halves[0]))
    return [(calibrated(fit(other), stated), right) for half, other in pairs if other for stated, right in half]


async def _run(settings: Settings, stack: AsyncExitStack, *, rows: int, at_once: int, most: float) -> tuple[Run, Till]:
    """Put together what is asked with, as the desk of this home would, and ask."""
    records = await stack.enter_async_context(open_records(settings))
    policy = _alone(await records.policy.current(), most)
    embedder = wanted(settings.embedder, notes=home_of(settings).path)
    stack.callback(embedder.close)
    shelf = Shelf(records.home.trained)
    local = LocalTriager(embedder, await ready(embedder, records.home.heads), policy.triage, chosen=Chosen(shelf, embedder))
    secret = settings.model_key.get_secret_value(), settings.model_token.get_secret_value()
    model, till = ClaudeModel(Access(settings.model_provider, *secret, settings.model_url)), Till()
    stack.push_async_callback(model.close)
    triager = ModelTriager(local, Metered(model, till, SystemClock()), records.policy, shelf=shelf)
    version = shelf.in_use()
    shown = await triager.examples(policy)
    found = known(shown=shown, own=shelf.rows(version) if version else None, rows=rows)
    return await measured(triager, found, policy, at_once=at_once), till


def _alone(policy: Policy, most: float) -> Policy:
    """Return the policy for this run: one model alone is measured, within a budget of its own."""
    return replace(policy, model=replace(policy.model, fallback="", budgets=replace(policy.model.budgets, day=most)))


def _earlier(text: str) -> Message:
    return Message(MessageId(""), None, Place(HERE), None, "", Role.CUSTOMER, text, datetime.now(UTC))


def _arguments() -> argparse.ArgumentParser:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--fit", type=Path, metavar="OUT.json", help="keep the curves in this file")
    arguments.add_argument("--rows", type=int, default=80, help="messages of each of nine kinds (80)")
    arguments.add_argument("--at-once", type=int, default=4, help="calls under way at the same time (4)")
    arguments.add_argument("--most", type=float, default=5.0, metavar="USD", help="what the run may cost (5)")
    return arguments


if __name__ == "__main__":
    try:
        sys.exit(asyncio.run(main()))
    except FrontdeskError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
