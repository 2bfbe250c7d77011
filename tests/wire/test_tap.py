"""Tap: what the Messages API refuses is noticed, and what it takes is not."""

import pytest

from tests.wire.tap import problems, said

MARK = {"cache_control": {"type": "ephemeral"}}
USE = {"role": "assistant", "content": [{"type": "tool_use", "id": "a", "name": "search", "input": {}}]}


def text(words: str, **more) -> dict:
    return {"type": "text", "text": words, **more}


def user(*blocks: dict) -> dict:
    return {"role": "user", "content": [*blocks]}


def result(id: str, *content: dict, **more) -> dict:
    return {"type": "tool_result", "tool_use_id": id, "content": [*content], **more}


def body(*messages: dict, **more) -> dict:
    return {"model": "m", "messages": list(messages), **more}


def hit(*, cites: bool) -> dict:
    return {"type": "search_result", "source": "s", "title": "t", "content": [text("x")], "citations": {"enabled": cites}}


def test_a_conversation_with_tools_is_taken():
    asked = user(text("Hi.", **MARK), hit(cites=True))
    assert list(problems(body(asked, USE, user(result("a", text("No."), is_error=True)), system=[text("Be kind.", **MARK)]))) == []


@pytest.mark.parametrize(
    ("refused", "problem"),
    [
        pytest.param(body(user(*[text("x", **MARK)] * 5)), "5 cache marks", id="too many marks"),
        pytest.param(body(user(result("b", text("x", **MARK)), *[text("x", **MARK)] * 4)), "5 cache marks", id="a mark within a block"),
        pytest.param(body({"role": "assistant", "content": "Hi."}), "roles do not take turns", id="the assistant begins"),
        pytest.param(body(user(text("a")), user(text("b"))), "roles do not take turns", id="the user twice"),
        pytest.param(body(user(text("a")), USE, user(text("b"))), "calls ['a'] are answered by []", id="a call without an answer"),
        pytest.param(body(user(text("a")), USE, user(result("b"))), "calls ['a'] are answered by ['b']", id="an answer to another call"),
        pytest.param(body(user(text(" "))), "an empty text", id="a text of nothing"),
        pytest.param(body(user(hit(cites=True), hit(cites=False))), "citations of some search results only", id="half cited"),
        pytest.param(body(user(text("a")), tools=[{"name": "a"}, {"name": "a"}]), "tools named ['a', 'a']", id="two tools of one name"),
        pytest.param(body(user(text("a")), tools=[{"name": "a b"}]), "tools named ['a b']", id="a name with a space"),
        pytest.param(body(user(text("a")), USE, user(result("a", hit(cites=True), is_error=True))), "a failure that is not text", id="a failure"),
    ],
)
def test_what_the_api_refuses_is_noticed(refused, problem):
    assert problem in list(problems(refused))


def test_the_words_of_a_message_are_those_of_its_texts_and_of_what_was_found():
    assert said([text("Found:"), hit(cites=True)]) == "Found:\nt\nx"
