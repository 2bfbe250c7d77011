"""Session: one turn of the agent, and how a tool is used in it: typed, bounded, and answered in words also when it fails."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from pydantic import BaseModel, ValidationError

from agent import inputs
from agent.model import Block, ToolUse
from agent.prompting import prompt
from agent.register import Register
from agent.vault import Vault
from desk.answering import Brief, Tools
from desk.audience import Audience, Scope, may_show
from desk.customer import Trust
from desk.errors import FrontdeskError, InvalidInput, Unavailable
from desk.selfservice import ActionRequest, Effect

WIDTH = {Scope.PUBLIC: 0, Scope.ACCOUNT: 1, Scope.PERSON: 2, Scope.INTERNAL: 3}
"""How private an audience is, so that the most a tool may show can be compared."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a tool answers: blocks for the model, and whether it failed."""

    blocks: tuple[Block, ...]
    failed: bool = False


@dataclass(slots=True)
class Session:
    """One turn of the agent: whom it answers, what it was shown, what it asked to be done, and how often it used each tool."""

    brief: Brief
    tools: Tools
    vault: Vault
    register: Register = field(default_factory=Register)
    requests: list[ActionRequest] = field(default_factory=list)
    used: Counter[str] = field(default_factory=Counter)

    @property
    def place(self) -> frozenset[Audience]:
        """Return what some part of the answer may show."""
        return self.brief.place | (self.brief.private or frozenset())

    def where(self, audience: Audience) -> str:
        """Say where a fact of this audience may be told."""
        if may_show(self.brief.place, audience):
            return "thread"
        return "private" if may_show(self.place, audience) else "nowhere"


Run = Callable[[Session, Any], Awaitable[Told]]


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool. `effect` is what it does to the world, `shows` the most private that it shows anything, `most` how often a turn may use it.

    Below `needs` it is not offered. A tool without `run` ends the turn.
    """

    name: str
    says: str
    takes: type[BaseModel]
    effect: Effect = Effect.READ
    shows: Scope = Scope.PUBLIC
    needs: Trust = Trust.NONE
    most: int = 3
    run: Run | None = None
    guides: tuple[str, ...] = ()
    """The sections of the prompt `answer` that say how it is used well."""


def described(tool: Tool) -> Block:
    """Return a tool as the API takes it."""
    mark = f"[{tool.effect.upper()}{', ends the turn' if tool.run is None else ''}] "
    says = "\n\n".join([mark + tool.says, *map(prompt("answer").headed, tool.guides)])
    return {"name": tool.name, "description": says, "input_schema": inputs.schema(tool.takes)}


async def use(call: ToolUse, session: Session, tools: Sequence[Tool], *, timeout: timedelta, most: int) -> Told:
    """Run one of `tools`; whatever goes wrong is told in words that the model can act on. `most` bounds all of them together."""
    tool = next((tool for tool in tools if tool.name == call.name), None)
    if tool is not None and tool.run is None:
        return failed("A turn ends once: call submit_reply, ask_customer or hand_over, one of them and nothing else.")
    if tool is None or tool.run is None:
        return failed(f"There is no tool {call.name[:40]!r} for this customer. Use those that are listed, or hand_over.")
    if session.used.total() >= most or session.used[tool.name] >= tool.most:
        return failed("You have looked up enough for this turn: end it with submit_reply, ask_customer or hand_over.")
    session.used[tool.name] += 1
    mine = replace(session, register=session.register.view())
    try:
        told = await _run(tool, call, mine, timeout)
    except ValidationError as error:
        return failed(inputs.mistakes(error))
    except InvalidInput as error:
        return failed(str(error))
    except TimeoutError:
        return failed("This took too long. Go on without it, or hand_over and say that it could not be looked up.")
    except FrontdeskError as error:
        system = error.system if isinstance(error, Unavailable) else "it"
        return failed(f"Nothing can be looked up right now: {system} does not answer. Do not try again; go on without it, or hand_over.")
    return told if _within(tool, mine.register) else failed("This may not be shown here. Go on without it, or hand_over.")


def text(words: str) -> Block:
    """Return words as a block."""
    return {"type": "text", "text": words}


def failed(words: str) -> Told:
    """Return a failure in words that the model can act on."""
    return Told((text(words),), failed=True)


async def _run(tool: Tool, call: ToolUse, session: Session, timeout: timedelta) -> Told:
    assert tool.run is not None
    given = tool.takes.model_validate(dict(call.input))
    async with asyncio.timeout(timeout.total_seconds()):
        return await tool.run(session, given)


def _within(tool: Tool, register: Register) -> bool:
    """Tell whether a tool showed nothing more private than it says it does: the third lock, behind what is looked up and what may be told."""
    return all(WIDTH[item.audience.scope] <= WIDTH[tool.shows] for item in register.added)
