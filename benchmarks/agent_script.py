"""Script: how one model behaves on both sides of a comparison, by one rule, so that neither side is favored.

1. What the answer needs of the articles and does not stand in the prompt is searched for, with the same words on both sides; what a search did
   not bring is read in its article where that was among the results, once. Fields of the record that do not stand in the prompt are looked up
   with the tool that has them. All of it is asked for at once.
2. An action that the customer wants is asked for next.
3. Then the turn ends: with the same sentences on both sides, or with a person where something needed was not found.

What differs is what each side asks of a model. Ours wants numbers of evidence, claims, a confidence, and a translation for the team; a reply
that its checks refuse is sent once more without the sentences they name. The plain loop wants text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from benchmarks.agent_tickets import NUMBER, Turn, bare

Body = Mapping[str, Any]
Reply = Mapping[str, Any]
"""One of `text`, `json` and `tool_use`, as a script writes it."""
HEAD = re.compile(r"^\s*\[(\d+)\]")
QUOTED = re.compile(r"<untrusted[^>]*>\n(.+?[.!?:])(?:\s|$)")
ACCEPTED = re.compile(r"^Accepted: .*\[(\d+)\]", re.DOTALL)
CONFIDENCE = 0.93
FAREWELL = "A person of our team takes this over now and will reply here."


def purpose_of(body: Body) -> str:
    """Return what a call is for: answer, triage or summary."""
    form = (body.get("output_config") or {}).get("format")
    if form is None:
        return "answer"
    return "summary" if "points" in form["schema"]["properties"] else "triage"


def ours(body: Body, turn: Turn) -> Reply:
    """Return what the model says to our agent."""
    return PURPOSES[purpose_of(body)](body, turn)


def plain(body: Body, turn: Turn) -> Reply:
    """Return what the model says to the plain loop."""
    if uses := _lookups(body, turn):
        return _calls(*uses)
    done = {name for name, _ in called(body)}
    if turn.action and turn.action["name"] not in done:
        return _calls((turn.action["name"], {name: value for name, value in turn.action.items() if name != "name"}))
    if turn.ends != "hand_over" and not _lacking(body, turn):
        return {"text": turn.said}
    return {"text": FAREWELL} if "escalate_to_human" in done else _calls(("escalate_to_human", {"summary": _summary(turn)}))


def texts(content: Any) -> Iterator[str]:
    """Yield every text that stands in the content of a message."""
    if isinstance(content, str):
        yield content
    for block in content if isinstance(content, list) else ():
        yield block.get("text", "")
        yield from texts(block.get("content"))


def called(body: Body) -> list[tuple[str, Mapping[str, Any]]]:
    """Return the calls of tools that the model made since the customer last wrote."""
    messages = body["messages"]
    last = max(n for n, message in enumerate(messages) if message["role"] == "user" and not _answers(message["content"]))
    blocks = (block for m in messages[last:] if m["role"] == "assistant" and isinstance(m["content"], list) for block in m["content"])
    return [(block["name"], block["input"]) for block in blocks if block["type"] == "tool_use"]


def _answers(content: Any) -> bool:
    return isinstance(content, list) and any(block["type"] == "tool_result" for block in content)


def pieces_of(body: Body) -> Iterator[tuple[int, str]]:
    """Yield the evidence that a prompt shows: its number, and its first line of words."""
    for message in body["messages"]:
        for piece in _pieces(message["content"]):
            if (head := HEAD.search(piece)) and (said := QUOTED.search(piece)):
                yield int(head[1]), said[1]


def _seen(body: Body) -> str:
    return "\n".join(text for message in body["messages"] for text in texts(message["content"]))


def _lookups(body: Body, turn: Turn) -> list[tuple[str, Mapping[str, Any]]]:
    """Return what has to be looked up, and was not looked up yet."""
    seen, done = _seen(body), called(body)
    uses: list[tuple[str, Mapping[str, Any]]] = []
    for need in (need for need in turn.needs if need.words not in seen):
        search = ("search_knowledge", {"query": need.query})
        read = ("read_article", {"document": need.article})
        if search not in done:
            uses.append(search)
        elif need.article and need.article in seen and read not in done:
            uses.append(read)
    uses += [(field.tool, {}) for field in turn.fields if field.words not in seen and (field.tool, {}) not in done]
    return list({str(use): use for use in uses}.values())


def _lacking(body: Body, turn: Turn) -> bool:
    seen = _seen(body)
    return not all(words in seen for words in turn.words)


def _answer(body: Body, turn: Turn) -> Reply:
    if uses := _lookups(body, turn):
        return _calls(*uses)
    if turn.action and all(name != "run_action" for name, _ in called(body)):
        given = {name: value for name, value in turn.action.items() if name != "name"}
        return _calls(("run_action", {"action": turn.action["name"], "parameters": given}))
    lacking = _lacking(body, turn)
    if turn.ends == "hand_over" or lacking:
        reason = "no_evidence" if lacking else turn.reason
        return _calls(("hand_over", {"reason": reason, "summary": _summary(turn)}))
    return _calls(("ask_customer", {"question": turn.question})) if turn.ends == "ask" else _calls(("submit_reply", _reply(body, turn)))


def _reply(body: Body, turn: Turn) -> dict[str, Any]:
    """Return a reply with the numbers that the prompt gives its evidence, without the sentences that a check has refused."""
    refused = _refused(body)
    numbers = _numbers(body, turn)
    parts = {name: [s for s in getattr(turn, name) if bare(s)[:150] not in refused] for name in ("thread", "private")}
    claims = [
        {"text": bare(sentence), "evidence": [numbers[int(n)] for n in NUMBER.findall(sentence) if int(n) in numbers]}
        for sentences in parts.values()
        for sentence in sentences
        if NUMBER.search(sentence)
    ]
    written = {name: " ".join(NUMBER.sub(lambda found: f" [{numbers.get(int(found[1]), 0)}]", s) for s in said) for name, said in parts.items()}
    more = {"translation": turn.translation} if turn.translation else {}
    return {
        **{k: v for k, v in written.items() if v},
        "claims": claims,
        "confidence": CONFIDENCE,
        "resolves": turn.last,
        "language": turn.language,
        **more,
    }


def _refused(body: Body) -> str:
    """Return what the check of a reply said of it, "" where none was refused."""
    last = body["messages"][-1]["content"]
    return "\n".join(text for text in texts(last) if text.startswith("The reply was not sent."))


def _numbers(body: Body, turn: Turn) -> Mapping[int, int]:
    """Return for each number of a turn's own evidence the one under which the prompt shows it."""
    pieces = [piece for message in body["messages"] for piece in _pieces(message["content"])]
    found = {n: _number(pieces, words) for n, words in enumerate(turn.words, start=1)}
    accepted = [match[1] for piece in pieces if (match := ACCEPTED.search(piece))]
    return {**found, **({len(found) + 1: int(accepted[-1])} if accepted else {})}


def _number(pieces: Sequence[str], words: str) -> int:
    heads = (HEAD.search(piece) for piece in pieces if words in piece)
    return next((int(head[1]) for head in heads if head), 0)


def _pieces(content: Any) -> Iterator[str]:
    """Yield what was shown, each piece of evidence with its number at its head."""
    for block in content if isinstance(content, list) else ():
        if block["type"] == "tool_result":
            yield from _pieces(block.get("content"))
        elif block["type"] in ("text", "search_result"):
            yield "\n".join(filter(None, [block.get("title", ""), *texts([block])]))


def _triage(_: Body, turn: Turn) -> Reply:
    def sure(value: object) -> dict[str, object]:
        return {"value": value, "confidence": 0.95}

    lists: dict[str, list[object]] = {name: [] for name in ("also", "signals", "urgency")}
    none = {"out_of_scope": sure(False), "intent": sure("none"), "trend": sure("unknown"), "missing": sure([])}
    said = {"request": sure(True), "category": sure(turn.category), "sentiment": sure("neutral"), "language": sure(turn.language)}
    return {"json": {**said, **none, **lists}}


def _points(_: Body, turn: Turn) -> Reply:
    return {"json": {"points": [{"text": _summary(turn), "messages": [1], "quote": ""}]}}


def _summary(turn: Turn) -> str:
    return turn.summary or f"Asked: {turn.says} The articles that were found do not answer it."


def _calls(*uses: tuple[str, Mapping[str, Any]]) -> Reply:
    return {"tool_use": [{"name": name, "input": dict(given)} for name, given in uses]}


PURPOSES: Mapping[str, Callable[[Body, Turn], Reply]] = {"answer": _answer, "triage": _triage, "summary": _points}
"""How the model replies to each kind of call."""
