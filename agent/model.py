"""Model: a language model as the rest of this package meets it, and what can go wrong with one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Protocol

from desk.errors import Unavailable

Block = Mapping[str, Any]
"""A content block as the Messages API writes it."""


class Fault(StrEnum):
    """How a call failed, split by what helps."""

    BUSY = "busy"
    """429, 529 and 5xx after the SDK's own retries: another model, or later."""
    DROPPED = "dropped"
    """The connection or the stream broke, or a chunk was garbled: once more."""
    SLOW = "slow"
    """No answer in time: another model."""
    CUT = "cut"
    """The reply ended early, or an input of a tool was truncated: once more."""
    TOO_LONG = "too_long"
    """The prompt does not fit: a shorter one."""
    REFUSED = "refused"
    """The model will not: a person."""
    SPEND_LIMIT = "spend_limit"
    """The vendor's spending limit: waiting does not help, a person has to raise it."""
    KEY = "key"
    """The key is missing, wrong or not allowed to do this."""
    UNKNOWN_MODEL = "unknown_model"
    """There is no such model, or not any more."""
    UNREACHABLE = "unreachable"
    """The address does not answer."""
    REJECTED = "rejected"
    """The request is wrong: a defect of ours."""
    OPEN = "open"
    """It failed so often that it is left alone for a while."""
    BUDGET = "budget"
    """What may be spent is spent."""


class ModelFault(Unavailable):
    """A call of the language model failed; `fault` says how, `after` how long the other side asks us to wait.

    `used` is the reply that cannot be used, where one came: it has to be paid all the same.
    """

    def __init__(self, fault: Fault, detail: str = "", *, after: timedelta | None = None, used: Completion | None = None) -> None:
        super().__init__("model", detail or str(fault))
        self.fault = fault
        self.after = after
        self.used = used
        self._detail = detail

    @property
    def code(self) -> str:
        """Return the fault as a decision keeps it: `model_busy`, and the budget's own (`budget_day`) where one is used up."""
        return self._detail if self.fault is Fault.BUDGET and self._detail else f"model_{self.fault}"


@dataclass(frozen=True, slots=True)
class Request:
    """One call. `system`, `tools` and `messages` are as the Messages API writes them, cache marks included.

    `schema` asks for a reply that is JSON of this schema; `tool` forces a call of the tool of this name, "any" of any of them.
    """

    model: str
    system: tuple[Block, ...]
    messages: tuple[Block, ...]
    tools: tuple[Block, ...] = ()
    tool: str = ""
    schema: Mapping[str, Any] | None = None
    output: int = 2000
    effort: str = ""
    timeout: timedelta = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class ToolUse:
    """A call of a tool that the model asks for; `input` is what it wrote, unchecked."""

    id: str
    name: str
    input: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Completion:
    """What came back. `content` is the reply as the API wrote it, to be sent back in the next call; `stop` is why it ended."""

    text: str
    uses: tuple[ToolUse, ...]
    content: tuple[Block, ...]
    stop: str
    model: str
    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0
    cache_write_hour: int = 0
    """What of `cache_write` is kept for an hour rather than five minutes, which costs more."""
    seconds: float = 0.0


class Model(Protocol):
    """A language model behind an API."""

    async def complete(self, request: Request) -> Completion:
        """Make one call; raise ModelFault, never an error of the SDK."""
        ...

    async def models(self) -> tuple[str, ...]:
        """Return the ids of the models there are; raise ModelFault."""
        ...
