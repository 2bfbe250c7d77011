"""Inputs: what each tool of the agent takes, as types whose field descriptions are the schema that the model reads."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

UNSENT = frozenset({"title", "default", "minLength", "maxLength", "minItems", "maxItems", "minimum", "maximum"})
"""Keys of a schema that the model does not need: bounds are checked here, and every token of a tool is sent with every call."""
LONGEST = 6000
"""Characters of a reply."""


class Input(BaseModel):
    """An input; a key that it does not have is a mistake, so that no argument is smuggled past the schema."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Empty(Input):
    """Takes nothing: whose record it is was settled before."""


class Query(Input):
    """What to search for."""

    query: str = Field(min_length=2, max_length=500, description="A question or the words an article would use.")


class Article(Input):
    """Which article to read."""

    document: str = Field(min_length=1, max_length=300, description="The `source` of a search result.")


class RunAction(Input):
    """Which action to ask for."""

    action: str = Field(min_length=1, max_length=60, description="The name of a listed action.")
    parameters: Mapping[str, str] = Field(default_factory=dict, description="Its parameters by name; who it is for is filled in by us.")


class Question(Input):
    """What to ask the customer."""

    question: str = Field(min_length=8, max_length=600, description="One question, in the customer's language, with what it is for.")
    translation: str = Field(default="", max_length=800, description="The question in the team's language, where that is another one.")


class Handover(Input):
    """Why a person has to go on."""

    reason: Literal["customer_asked", "no_evidence", "not_allowed", "risk", "tried_enough", "decision_needed", "unclear"] = Field(description="Why.")
    summary: str = Field(min_length=1, max_length=2000, description="What they want, what was tried, what you found, what is open; for a colleague.")


class Claim(Input):
    """A sentence of the reply and what it rests on."""

    text: str = Field(min_length=1, max_length=1000, description="The sentence exactly as it stands in the reply.")
    evidence: tuple[int, ...] = Field(default=(), max_length=8, description="The numbers of the evidence that says it.")


class Reply(Input):
    """A reply to the customer, and apart from it the facts about it."""

    thread: str = Field(default="", max_length=LONGEST, description="What everybody in the channel reads.")
    private: str = Field(default="", max_length=LONGEST, description='What the author alone reads; "" for nothing.')
    claims: tuple[Claim, ...] = Field(default=(), max_length=60, description="Every sentence that states a fact.")
    confidence: float = Field(ge=0, le=1, description="The probability that a careful colleague would send it unchanged.")
    resolves: bool = Field(default=False, description="Nothing is left for the customer to ask or for us to do.")
    language: str = Field(default="en", max_length=5, description="The language it is written in, such as en.")
    translation: str = Field(default="", max_length=LONGEST, description="The same in the team's language, sentence by sentence.")


def mistakes(error: ValidationError) -> str:
    """Return what is wrong with an input and what to do, without repeating what was written."""
    if not error.errors():
        return "The input is wrong: send the call again."
    said = [f"{'.'.join(map(str, problem['loc'])) or 'input'}: {problem['msg']}" for problem in error.errors()[:5]]
    return f"The input does not fit, or it was cut off: {'; '.join(said)}. Send the call again, complete."


@cache
def schema(kind: type[BaseModel]) -> Mapping[str, Any]:
    """Return the JSON schema of an input, without the titles and docstrings that pydantic adds."""
    raw = kind.model_json_schema()
    definitions = raw.pop("$defs", {})
    plain: Mapping[str, Any] = _bare(raw, definitions)
    return plain


def _bare(node: Any, definitions: Mapping[str, Any]) -> Any:
    """Put definitions where they are used, and leave out what only says again what the key says."""
    if isinstance(node, list):
        return [_bare(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return _bare(definitions[node["$ref"].rsplit("/", 1)[-1]], definitions)
    inner = {name: _named(name, value, definitions) for name, value in node.items() if name not in UNSENT}
    if "properties" in inner:
        inner.pop("description", None)
    return inner


def _named(name: str, value: Any, definitions: Mapping[str, Any]) -> Any:
    """Keep the names of properties, which may be the words left out elsewhere."""
    if name == "properties":
        return {key: _bare(item, definitions) for key, item in value.items()}
    return _bare(value, definitions)
