"""Scripts: what the model says in a story, turn by turn, as aimock plays it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aimock_pytest import AIMockServer

from agent.claims import cut
from agent.submission import NUMBER

MODEL, FALLBACK = "claude-sonnet-5-5", "claude-haiku-5-5"
USAGE = {"input_tokens": 1000, "output_tokens": 100}
DOLLARS = 0.0045
"""What a call of the model costs that takes these tokens."""

Use = Mapping[str, Any]


@dataclass(frozen=True)
class Turn:
    """One reply of the model, and how aimock serves it (`latency` a chunk in milliseconds, `truncateAfterChunks`, `disconnectAfterMs`, ...)."""

    response: Mapping[str, Any]
    options: Mapping[str, Any] = field(default_factory=dict)

    def served(self, **options: Any) -> Turn:
        """Return the same, served in another way."""
        return Turn(self.response, {**self.options, **options})

    def with_usage(self, **tokens: int) -> Turn:
        """Return the same, with other tokens counted."""
        return Turn({**self.response, "usage": tokens}, self.options)


def use(name: str, **given: Any) -> Use:
    """Return a call of a tool."""
    return {"name": name, "arguments": given}


def calls(*uses: Use, says: str = "") -> Turn:
    """Return a turn that calls tools."""
    return Turn({"toolCalls": list(uses), "usage": USAGE, **({"content": says} if says else {})})


def writes(text: str) -> Turn:
    """Return a turn of text alone, which reaches nobody."""
    return Turn({"content": text, "usage": USAGE})


def ends(reason: str) -> Turn:
    """Return a turn that ends for another reason than that it was over."""
    return Turn({"content": "I", "usage": USAGE, "finishReason": reason})


def refuses(status: int, kind: str, says: str = "No.", **more: Any) -> Turn:
    """Return an error in the place of a turn."""
    return Turn({"error": {"type": kind, "message": says}, "status": status, **more})


def search(query: str) -> Turn:
    """Return a turn that searches."""
    return calls(use("search_knowledge", query=query))


def submits(thread: str = "", private: str = "", *, confidence: float = 0.95, **more: Any) -> Turn:
    """Return a turn that submits a reply whose every sentence claims the evidence that is numbered behind it."""
    return calls(use("submit_reply", **reply(thread, private, confidence=confidence, **more)))


def reply(thread: str = "", private: str = "", *, confidence: float = 0.95, **more: Any) -> dict[str, Any]:
    """Return the input of `submit_reply`."""
    claims = [
        {"text": NUMBER.sub("", sentence).strip(), "evidence": [int(n) for n in NUMBER.findall(sentence)]}
        for sentence in (*cut(thread), *cut(private))
    ]
    return {"thread": thread, "private": private, "claims": claims, "confidence": confidence, "resolves": False, "language": "en", **more}


def play(aimock: AIMockServer, *turns: Turn | Sequence[Turn], about: str = "", model: str = "") -> None:
    """Have the model say these turns: the nth to whoever has heard n before. A sequence is one turn at several attempts, the last one stays.

    `about` is for conversations that hold these words, `model` for calls of one model.
    """
    match = {**({"userMessage": about} if about else {}), **({"model": model} if model else {})}
    for n, turn in enumerate(turns):
        attempts = [turn] if isinstance(turn, Turn) else list(turn)
        for k, attempt in enumerate(attempts):
            at = {"turnIndex": n, **({"sequenceIndex": k} if k < len(attempts) - 1 else {})}
            aimock.add_fixture({**match, **at}, dict(attempt.response), **attempt.options)
