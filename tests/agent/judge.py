"""A small model that says of a message what a test wants, and the triager that asks it."""

import json
import tomllib
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from agent.metered import Metered
from agent.model import Completion, Fault, ModelFault, Request
from agent.model_triage import ModelTriager
from agent.sureness import UNMEASURED
from desk.answering import Heard
from desk.customer import Role
from desk.policy_check import merged, read_policy
from desk.space import ChannelRef, Place, Platform
from desk.timeline import Message
from desk.usage import Payer
from tests.fakes import START, FakeClock, MemoryLedger

SHIPPED = tomllib.loads((Path(__file__).parents[2] / "policy.toml").read_text(encoding="utf-8"))
MARA = Payer("t-1", "mara", "community")
HERE = Place(ChannelRef(Platform.LOCAL, "main", "community"))
VALUES = {
    "request": True,
    "category": "billing",
    "out_of_scope": False,
    "intent": "none",
    "sentiment": "neutral",
    "trend": "unknown",
    "language": "en",
    "missing": [],
}
LISTS = ("also", "signals", "urgency")


def reply(*, sure=0.9, **told):
    """Return a model's reply as JSON: usual values unless told otherwise, each as sure as `sure` or as its own pair says."""
    said = {**VALUES, **told}
    table = {
        name: {"value": value[0], "confidence": value[1]} if isinstance(value, tuple) else {"value": value, "confidence": sure}
        for name, value in said.items()
        if name not in LISTS
    }
    return json.dumps(table | {name: [_item(item, sure) for item in said.get(name, ())] for name in LISTS})


def _item(item, sure):
    """Return an entry of a list: a value, or one with its quote."""
    value, *quote = item if isinstance(item, tuple) else (item,)
    return {"value": value, "confidence": sure, **({"quote": quote[0]} if quote else {})}


def said(text, *, role=Role.CUSTOMER, **more):
    """Return an earlier message."""
    return Message(f"m-{text}", None, HERE, None, "Mara", role, text, START, **more)


def heard(*before):
    """Return what a message stands in."""
    return Heard(MARA, tuple(before))


@dataclass
class Judge:
    """Answers every call with the same reply, or with the next of several; a fault is raised."""

    replies: list[object]
    asked: list[Request] = field(default_factory=list)

    async def complete(self, request: Request) -> Completion:
        self.asked.append(request)
        turn = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if isinstance(turn, Fault):
            raise ModelFault(turn)
        return Completion(turn, (), (), "end_turn", request.model, input=1000, output=300)

    async def models(self) -> tuple[str, ...]:
        return ()


@dataclass
class Policies:
    """The shipped policy with what a test changes."""

    changes: dict = field(default_factory=dict)

    async def current(self):
        return read_policy(merged(SHIPPED, self.changes))


class Bench:
    """A triager with its judge, policy and ledger."""

    def __init__(self, local, *replies, sureness=UNMEASURED, shelf=None, **changes):
        self.judge, self.ledger, self.clock = Judge([*replies] or [reply()]), MemoryLedger(), FakeClock()
        self.policies = Policies({"model": {"fallback": ""}, **changes})
        self.triager = ModelTriager(local, Metered(self.judge, self.ledger, self.clock), self.policies, shelf=shelf, sureness=sureness)

    async def believe(self, **curves):
        """Believe the model from now on as these curves say."""
        local, metered = self.triager._local, self.triager._metered
        self.triager = ModelTriager(local, metered, self.policies, sureness=await self.measured(**curves))

    async def triage(self, text, *before):
        return await self.triager.triage(text, heard=heard(*before))

    async def measured(self, **curves):
        """Believe the model as these curves say, whatever the prompt is now."""
        policy = await self.policies.current()
        asked = await self.triager.asked("x", heard(), policy)
        return replace(UNMEASURED, model=policy.model.triage, prompt=asked.standing.hash, curves=curves)


LOCAL_FIRST = {"triage": {"order": ["local", "model"]}}
MODEL_FIRST = {"triage": {"order": ["model", "local"]}}
LOCAL_ALONE = {"triage": {"order": ["local"]}}
SHORTLY = timedelta(seconds=61)
