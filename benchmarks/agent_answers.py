"""Answers by model: how often a written answer is right when it says how sure it is. Run with `python -m benchmarks.agent_answers`.

It asks the model that `model.answers` of the policy names the demo's questions, with the demo's articles. An answer is right when a passage that it
cites holds the sentence that answers; where no article answers, every answer is wrong. It needs a key (docs/agent.md) or a gateway in
ANTHROPIC_BASE_URL, and some ten minutes and two US dollars.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.faq import Known, answers, known
from benchmarks.judged import Verdict
from benchmarks.triage_model import NO_MODEL, table
from bootstrap import open_reading
from bot.web.rooms import local_user
from cli.demo import DEMO
from desk.audience import PUBLIC
from desk.customer import Author
from desk.draft import Proposal
from desk.errors import FrontdeskError
from desk.usage import ModelCall
from handlers.drafting import propose_one
from handlers.services import Services
from settings import read_settings

SETS = (("faq200", "test"), ("faq_near", "dev"))
"""Questions kept back from choosing anything, and questions about what stands next to an article: 126 that an article answers, 49 that none does."""
SOMEBODY = Author(local_user("somebody"), "Somebody")


@dataclass(slots=True)
class Run:
    """What came of asking: how sure each answer was and whether it is right, how the others ended, and what it took."""

    judged: list[Verdict] = field(default_factory=list)
    ends: Counter[str] = field(default_factory=Counter)
    calls: list[ModelCall] = field(default_factory=list)


async def main(arguments: Sequence[str] | None = None) -> int:
    """Ask and print; return what the process exits with."""
    given = _arguments().parse_args(arguments)
    if not read_settings().has_model:
        print(NO_MODEL, file=sys.stderr)
        return 2
    found = [one for name, split in SETS for one in known(name, split=split)[: given.rows]]
    with tempfile.TemporaryDirectory(prefix="frontdesk-answers-") as folder:
        Path(folder, "policy.toml").write_text(f'[model]\nfallback = ""\n[model.budgets]\nday = {given.most}\nperson = {given.most}\n')
        async with open_reading(read_settings(home=Path(folder))) as reading:
            await reading.ingest([DEMO / "knowledge"])
            run = await asked(found, reading.services, at_once=given.at_once)
    print("\n".join(report(run)))
    return int(not run.judged)


async def asked(found: Sequence[Known], services: Services, *, at_once: int) -> Run:
    """Ask every question, several at once, and judge what is answered."""
    run, gate, policy = Run(), asyncio.Semaphore(at_once), await services.policy.current()

    async def ask(one: Known) -> None:
        async with gate:
            heard = await services.triager.triage(one.question)
            proposal = await propose_one(SOMEBODY, one.question, place=frozenset({PUBLIC}), classification=heard, policy=policy, services=services)
        run.calls += proposal.calls
        run.ends[end_of(proposal)] += 1
        if end_of(proposal) == "answered":
            run.judged.append((proposal.confidence, is_right(one, proposal)))

    async with asyncio.TaskGroup() as group:
        for one in found:
            group.create_task(ask(one))
    return run


def end_of(proposal: Proposal) -> str:
    """Return how a question ended: what could not be asked of the model is none of its answers."""
    if proposal.degraded:
        return proposal.degraded[0]
    if proposal.question:
        return "asked back"
    return "answered" if proposal.parts else proposal.abstained or "nothing"


def is_right(one: Known, proposal: Proposal) -> bool:
    """Tell whether an answer rests on the passage that answers."""
    return answers(one, [(item.document, item.quote) for item in proposal.evidence])


def report(run: Run) -> list[str]:
    """Return the reliability of what was answered as lines."""
    models = ", ".join(sorted({call.model for call in run.calls})) or "no model"
    ends = ", ".join(f"{end} {n}" for end, n in run.ends.most_common())
    head = f"{models}: {sum(run.ends.values())} questions ({ends}), {len(run.calls)} calls, ${sum(call.price for call in run.calls):.2f}"
    return [head, *(table("confidence", run.judged) if run.judged else [])]


def _arguments() -> argparse.ArgumentParser:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rows", type=int, default=100, help="questions of each of two kinds (100)")
    arguments.add_argument("--at-once", type=int, default=4, help="questions under way at the same time (4)")
    arguments.add_argument("--most", type=float, default=5.0, metavar="USD", help="what the run may cost (5)")
    return arguments


if __name__ == "__main__":
    try:
        sys.exit(asyncio.run(main()))
    except FrontdeskError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
