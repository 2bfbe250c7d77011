"""Claude: the language model behind Anthropic's SDK, with its errors as ours."""

from __future__ import annotations

import asyncio
import json
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from agent.model import Block, Completion, Fault, ModelFault, Request, ToolUse
from agent.statuses import asked_to_wait, meant
from desk.errors import Misconfigured

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic
    from anthropic.types import Message

RETRIES = 2
"""How often the SDK itself tries again before a stream has begun: 408, 409, 429 and 5xx, as long as the other side asks."""
CONNECT_SECONDS = 5.0
LONGEST_WAIT = 5.0
"""Seconds that the SDK may be asked to wait before it tries again; where the other side asks for more, somebody else is asked at once."""
STOPS = {"refusal": Fault.REFUSED, "model_context_window_exceeded": Fault.TOO_LONG, "max_tokens": Fault.CUT}
"""Ends of a reply that are faults; an end without a reason is one too: the stream ended early and nobody said so."""


@dataclass(frozen=True, slots=True)
class Access:
    """How the model is reached: `provider` is anthropic, bedrock or vertex; the latter two take their credentials from their own environment.

    `key` or `token` may be empty for a gateway that asks for none.
    """

    provider: str = "anthropic"
    key: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    url: str = ""


class ClaudeModel:
    """A `Model` behind the Messages API.

    `strict` has the SDK refuse replies that are not of its schema; `transport` takes the place of the network.
    """

    def __init__(self, access: Access, *, strict: bool = False, transport: Any = None, timer: Callable[[], float] = time.perf_counter) -> None:
        self._access = access
        self._strict = strict
        self._transport = transport
        self._timer = timer
        self._client: AsyncAnthropic | None = None

    async def complete(self, request: Request) -> Completion:
        """Make one call; raise ModelFault when there is no whole reply in time."""
        begun = self._timer()
        client = await self._connected()
        call = client.messages.stream(**_arguments(request))
        try:
            async with asyncio.timeout(request.timeout.total_seconds()), call as stream:
                message, is_whole = await _read(stream)
            completion = _completion(message, request, seconds=self._timer() - begun)
        except Exception as error:
            raise _fault(error) from error
        if message.stop_reason in STOPS:
            raise ModelFault(STOPS[message.stop_reason], f"the reply ended with {message.stop_reason}", used=completion)
        if message.stop_reason is None or not is_whole:
            raise ModelFault(Fault.CUT, "the reply ended early", used=completion)
        return completion

    async def models(self) -> tuple[str, ...]:
        """Return the ids of the models that can be asked; raise ModelFault, also where the provider does not tell them."""
        client = await self._connected()
        if not hasattr(client, "models"):
            raise ModelFault(Fault.REJECTED, f"{self._access.provider} does not list its models")
        try:
            async with asyncio.timeout(CONNECT_SECONDS * 2):
                listed = [model async for model in client.models.list(limit=1000)]
        except Exception as error:
            raise _fault(error) from error
        # Retired ones stay in the list, and whoever names one is refused.
        return tuple(model.id for model in listed if getattr(model, "lifecycle", "") != "retired")

    async def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.close()

    async def warm(self) -> None:
        """Import the SDK before the first question needs it: that takes a second or two of processor time."""
        # What is missing is told by the first call, to whoever waits for it.
        with suppress(Misconfigured):
            await self._connected()

    async def _connected(self) -> AsyncAnthropic:
        if self._client is None:
            # On a thread, and first of all: until it is there, somebody else may have connected.
            await asyncio.to_thread(_imported)
        self._client = self._client or _client(self._access, strict=self._strict, transport=self._transport)
        return self._client


def _imported() -> None:
    import anthropic  # noqa: F401


def _client(access: Access, *, strict: bool, transport: Any) -> Any:
    import anthropic
    import httpx2

    timeout = httpx2.Timeout(600.0, connect=CONNECT_SECONDS)
    common: dict[str, Any] = {"max_retries": RETRIES, "timeout": timeout, "_strict_response_validation": strict}
    instead = {} if transport is None else {"transport": transport}
    common["http_client"] = anthropic.DefaultAsyncHttpxClient(event_hooks={"response": [_hurried]}, **instead)
    if access.url:
        common["base_url"] = access.url
    try:
        return PROVIDERS[access.provider](access, common)
    except ImportError as error:
        raise Misconfigured(f"{access.provider} needs an extra: run .venv/bin/python -m pip install 'anthropic[{access.provider}]'") from error
    except (anthropic.AnthropicError, httpx2.InvalidURL, ValueError) as error:
        raise Misconfigured(f"{access.provider} cannot be used: {error}") from error


async def _hurried(response: Any) -> None:
    """Keep the SDK from waiting for as long as it is asked to, when that is longer than a customer would wait."""
    after = asked_to_wait(response.headers)
    if after is not None and after.total_seconds() > LONGEST_WAIT:
        response.headers["x-should-retry"] = "false"


def _anthropic(access: Access, common: dict[str, Any]) -> Any:
    from anthropic import AsyncAnthropic

    # A gateway may ask for no key, but without one the SDK would look for credentials of its own on this machine.
    return AsyncAnthropic(api_key=access.key or (None if access.token else "none"), auth_token=access.token or None, **common)


def _bedrock(access: Access, common: dict[str, Any]) -> Any:
    import boto3  # noqa: F401
    from anthropic.lib.bedrock import AsyncAnthropicBedrock

    return AsyncAnthropicBedrock(**common)


def _vertex(access: Access, common: dict[str, Any]) -> Any:
    import google.auth  # noqa: F401
    from anthropic.lib.vertex import AsyncAnthropicVertex

    return AsyncAnthropicVertex(**common)


PROVIDERS: Mapping[str, Callable[[Access, dict[str, Any]], Any]] = {"anthropic": _anthropic, "bedrock": _bedrock, "vertex": _vertex}
"""How a client is made for each provider."""


def _arguments(request: Request) -> dict[str, Any]:
    """Return the arguments of the SDK's call; what is empty is left out."""
    config: dict[str, Any] = {"effort": request.effort} if request.effort else {}
    if request.schema is not None:
        config["format"] = {"type": "json_schema", "schema": request.schema}
    choice = {} if not request.tool else {"type": "any"} if request.tool == "any" else {"type": "tool", "name": request.tool}
    optional = {"system": list(request.system), "tools": list(request.tools), "tool_choice": choice, "output_config": config}
    fixed = {"model": request.model, "max_tokens": request.output, "messages": list(request.messages)}
    return {**fixed, **{name: value for name, value in optional.items() if value}}


async def _read(stream: Any) -> tuple[Message, bool]:
    """Read a stream to its end; return its message, and whether every input of a tool is whole: the SDK makes JSON of one that was cut off."""
    inputs: defaultdict[int, str] = defaultdict(str)
    async for event in stream:
        if event.type == "content_block_delta" and event.delta.type == "input_json_delta":
            inputs[event.index] += event.delta.partial_json
    return await stream.get_final_message(), all(map(_is_json, filter(None, inputs.values())))


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _completion(message: Message, request: Request, *, seconds: float) -> Completion:
    uses = tuple(ToolUse(block.id, block.name, _object(block.input)) for block in message.content if block.type == "tool_use")
    usage = message.usage
    return Completion(
        text="".join(block.text for block in message.content if block.type == "text"),
        uses=uses,
        # An empty text may come, and is refused when it is sent back.
        content=tuple(_block(block) for block in message.content if block.type != "text" or block.text.strip()),
        stop=message.stop_reason or "",
        model=request.model,
        input=usage.input_tokens,
        output=usage.output_tokens,
        cache_read=usage.cache_read_input_tokens or 0,
        cache_write=usage.cache_creation_input_tokens or 0,
        cache_write_hour=usage.cache_creation.ephemeral_1h_input_tokens if usage.cache_creation else 0,
        seconds=seconds,
    )


def _block(block: Any) -> Block:
    """Return a block as it may be sent back: what the SDK adds to it for its own use is not known to the API."""
    written: dict[str, Any] = block.to_dict()
    return {name: value for name, value in written.items() if name not in ("parsed_output", "caller") and value is not None}


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _fault(error: Exception) -> ModelFault:
    """Return our error for one of the SDK's, of its transport's or of the stream; raise one that is none of theirs."""
    import anthropic
    import httpx2
    import pydantic

    if isinstance(error, anthropic.APIStatusError):
        return meant(error.status_code, error.body, error.response.headers)
    if isinstance(error, anthropic.APIConnectionError):
        return _connection(error.__cause__)
    kinds: tuple[tuple[type[Exception] | tuple[type[Exception], ...], Fault, str], ...] = (
        ((TimeoutError, httpx2.TimeoutException), Fault.SLOW, "no answer in time"),
        (httpx2.RequestError, Fault.DROPPED, "the connection broke"),
        (json.JSONDecodeError, Fault.DROPPED, "a chunk was garbled"),
        ((anthropic.APIResponseValidationError, pydantic.ValidationError, anthropic.APIError), Fault.DROPPED, "the reply is not of its schema"),
        ((anthropic.AnthropicError,), Fault.KEY, "the credentials cannot be used"),
        # The SDK raises plain ones for a tool's input that is no JSON, and for events that are missing or out of order.
        ((ValueError, RuntimeError, AssertionError, LookupError, AttributeError, TypeError), Fault.CUT, "the reply broke off"),
    )
    for kind, fault, says in kinds:
        if isinstance(error, kind):
            return ModelFault(fault, says)
    raise error


def _connection(cause: object) -> ModelFault:
    """Return our error for a call that got no answer, whatever the SDK tried: by what its transport met the last time."""
    import httpx2

    if isinstance(cause, httpx2.TimeoutException) and not isinstance(cause, httpx2.ConnectTimeout):
        return ModelFault(Fault.SLOW, "no answer in time")
    if isinstance(cause, httpx2.RemoteProtocolError | httpx2.ReadError | httpx2.WriteError):
        return ModelFault(Fault.BUSY, "it hangs up without an answer")
    return ModelFault(Fault.UNREACHABLE, "nothing answers at its address")
