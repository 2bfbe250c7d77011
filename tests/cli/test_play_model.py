import json

import anthropic
import httpx2
import pytest

from cli.play.model import ScriptedTransport, last_user_text, read_model
from cli.play.streams import FAULTS
from desk.errors import InvalidInput


@pytest.fixture
def script(tmp_path):
    def write(text):
        (tmp_path / "script.toml").write_text(text)
        return read_model(tmp_path / "script.toml")

    return write


def client(replies, **more):
    transport = ScriptedTransport(replies, **more)
    http = anthropic.DefaultAsyncHttpxClient(transport=transport)
    return anthropic.AsyncAnthropic(api_key="t", http_client=http, max_retries=0, _strict_response_validation=True), transport


async def ask(made, text="How long does a refund take?", **more):
    async with made.messages.stream(model="claude-sonnet-5-5", max_tokens=50, messages=[{"role": "user", "content": text}], **more) as stream:
        return await stream.get_final_message()


async def test_text_is_replied_where_its_words_are_there(script):
    made, _ = client(script('[[reply]]\nwhen = "refund"\ntext = "In a week."\n[[reply]]\ntext = "What?"'))
    assert (await ask(made)).content[0].text == "In a week."
    assert (await ask(made, "Hello")).content[0].text == "What?"


async def test_a_reply_may_be_for_one_of_the_calls(script):
    made, _ = client(script('[[reply]]\nn = 1\ntext = "first"\n[[reply]]\nn = 2\ntext = "second"'))
    assert [(await ask(made)).content[0].text for _ in range(2)] == ["first", "second"]
    with pytest.raises(anthropic.BadRequestError, match="no reply"):
        await ask(made)


async def test_tools_are_called_with_their_input(script):
    made, _ = client(script('[[reply]]\ntool_use = [{name = "search", input = {query = "x"}}, {name = "other"}]'))
    message = await ask(made)
    assert [(block.name, block.input) for block in message.content] == [("search", {"query": "x"}), ("other", {})]
    assert message.stop_reason == "tool_use"


async def test_json_is_for_calls_with_a_schema_and_text_for_the_others(script):
    made, _ = client(script('[[reply]]\njson = {category = "billing"}\n[[reply]]\ntext = "words"'))
    schema = {"type": "object", "properties": {"category": {"type": "string"}}, "required": ["category"], "additionalProperties": False}
    told = await ask(made, output_config={"format": {"type": "json_schema", "schema": schema}})
    assert json.loads(told.content[0].text) == {"category": "billing"}
    assert (await ask(made)).content[0].text == "words"


async def test_usage_says_what_was_read_from_the_cache(script):
    made, _ = client(script('[[reply]]\ntext = "x"'))
    system = [{"type": "text", "text": "rules " * 100, "cache_control": {"type": "ephemeral"}}]
    first, second = [(await ask(made, system=system)).usage for _ in range(2)]
    assert (first.cache_read_input_tokens, second.cache_creation_input_tokens) == (0, 0)
    assert second.cache_read_input_tokens == first.cache_creation_input_tokens > 100


async def test_counts_outlive_the_process(script, tmp_path):
    replies = script('[[reply]]\nn = 1\ntext = "first"\n[[reply]]\nn = 2\ntext = "second"')
    first, _ = client(replies, counts=tmp_path / "counts")
    second, _ = client(replies, counts=tmp_path / "counts")
    await ask(first)
    # A new one reads what the first one kept.
    second, _ = client(replies, counts=tmp_path / "counts")
    assert (await ask(second)).content[0].text == "second"


async def test_while_it_is_down_it_is_overloaded(script):
    made, _ = client(script('[[reply]]\ntext = "x"'), down=lambda: True)
    with pytest.raises(anthropic.OverloadedError):
        await ask(made)


@pytest.mark.parametrize("word", sorted(FAULTS))
async def test_every_fault_of_a_stream_ends_as_the_sdk_ends_it(script, word):
    made, _ = client(script(f'[[reply]]\nerror = "{word}"'))
    try:
        message = await ask(made)
    except (anthropic.APIError, httpx2.TransportError, json.JSONDecodeError):
        return
    assert message.stop_reason in (None, "refusal", "model_context_window_exceeded", "max_tokens") or message.content[0].input == {}


def test_the_answers_of_tools_are_user_text_too():
    content = [{"type": "tool_result", "tool_use_id": "t", "content": [{"type": "text", "text": "nothing found"}]}]
    assert "nothing found" in last_user_text({"messages": [{"role": "user", "content": "hi"}, {"role": "user", "content": content}]})


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param('[[reply]]\nwhen = "x"', "write one of text", id="no reply"),
        pytest.param('[[reply]]\ntext = "x"\nerror = 529', "write one of text", id="two replies"),
        pytest.param('[[reply]]\nerror = "fire"', "or one of", id="an unknown fault"),
        pytest.param('[[reply]]\nwhen = "("\ntext = "x"', "not a regular expression", id="a broken pattern"),
        pytest.param('[[reply]]\ntxt = "x"', "did you mean", id="a wrong key"),
        pytest.param("[[reply]]\ntool_use = [{input = {}}]", "'name' is missing", id="a tool without a name"),
        pytest.param('[[replies]]\ntext = "x"', "there is no key", id="a wrong table"),
        pytest.param("not toml", "is not TOML", id="no TOML"),
    ],
)
def test_a_wrong_script_is_told_with_the_reply_that_is_wrong(script, text, problem):
    with pytest.raises(InvalidInput, match=problem):
        script(text)
