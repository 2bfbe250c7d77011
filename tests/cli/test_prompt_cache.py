import pytest

from cli.play.prompt_cache import PromptCache

MARK = {"cache_control": {"type": "ephemeral"}}
HOUR = {"cache_control": {"type": "ephemeral", "ttl": "1h"}}


def text(words, mark=None):
    return {"type": "text", "text": words, **(mark or {})}


def body(*messages, system=(), tools=(), model="m"):
    return {
        "model": model,
        "system": list(system),
        "tools": list(tools),
        "messages": [{"role": "user", "content": list(content)} for content in messages],
    }


RULES = text("rules " * 200, MARK)
ASKED = body([text("one question " * 20)], system=[RULES])


def test_without_a_mark_nothing_is_cached():
    cache = PromptCache()
    plain = body([text("one " * 50)], system=[text("rules " * 200)])
    assert cache.count(plain, at=0).read == cache.count(plain, at=1).read == 0


def test_a_prefix_up_to_a_mark_is_read_the_second_time():
    cache = PromptCache()
    first, second = cache.count(ASKED, at=0), cache.count(body([text("another " * 20)], system=[RULES]), at=10)
    assert (first.read, first.written) == (0, second.read)
    assert second.read >= len("rules " * 200) // 4
    assert second.written == 0


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(body([text("x")], system=[text("other rules " * 100, MARK)]), id="other instructions"),
        pytest.param(body([text("x")], system=[RULES], tools=[{"name": "t"}]), id="a tool before them"),
        pytest.param(body([text("x")], system=[RULES], model="n"), id="another model"),
    ],
)
def test_what_differs_before_the_mark_is_not_read(other):
    cache = PromptCache()
    cache.count(ASKED, at=0)
    assert cache.count(other, at=1).read == 0


def test_a_mark_further_on_counts_from_the_longest_prefix_that_is_known():
    cache = PromptCache()
    cache.count(body([text("question", MARK)], system=[RULES]), at=0)
    grown = cache.count(body([text("question"), text("answer " * 40, MARK)], system=[RULES]), at=1)
    assert grown.read > len("rules " * 200) // 4
    assert grown.written > 0


def test_a_prefix_lives_five_minutes_from_its_last_use():
    cache = PromptCache()
    cache.count(ASKED, at=0)
    assert cache.count(ASKED, at=299).read > 0
    assert cache.count(ASKED, at=598).read > 0
    assert cache.count(ASKED, at=899).read == 0


def test_a_mark_for_an_hour_lives_an_hour():
    cache = PromptCache()
    asked = body([text("x")], system=[text("rules " * 200, HOUR)])
    cache.count(asked, at=0)
    assert cache.count(asked, at=3599).read > 0
