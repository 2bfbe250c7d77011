"""Whether the language model can be used as it is named, asked over the wire of a server that answers what a test wrote."""

import json
from dataclasses import replace

import pytest

from agent.claude import Access, ClaudeModel
from agent.model import Fault, ModelFault
from cli.model_check import checked, unpriced, used
from desk.errors import Misconfigured
from settings import read_settings
from tests.store.samples import FixedPolicy
from tests.support.messages import Raw, messages_server, refused

NOWHERE = "http://127.0.0.1:1"


def listing(*ids):
    """Return a page with these models."""
    rows = [{"type": "model", "id": id, "display_name": id, "created_at": "2026-01-01T00:00:00Z"} for id in ids]
    page = {"data": rows, "has_more": False, "first_id": None, "last_id": None}
    return Raw((json.dumps(page).encode(),), headers=(("content-type", "application/json"),))


ALL = listing("claude-haiku-5-5", "claude-sonnet-5-5", "claude-opus-5-5")


async def shipped(**changes):
    return replace((await FixedPolicy().current()).model, **changes)


async def check(url=NOWHERE, **changes):
    """Check the model at an address, with these changes to the shipped policy."""
    settings = read_settings(model_url=url, model_key="k-secret")
    model = ClaudeModel(Access(settings.model_provider, "k-secret", "", url))
    try:
        return await checked(settings, await shipped(**changes), model)
    finally:
        await model.close()


async def trouble(url=NOWHERE, **changes):
    with pytest.raises(Misconfigured) as caught:
        await check(url, **changes)
    told = str(caught.value)
    assert "k-secret" not in told
    assert "\n" not in told
    return told


async def test_where_all_is_well_it_says_what_is_used_and_where():
    async with messages_server(ALL) as server:
        assert await check(server.url) == f"claude-haiku-5-5 and claude-sonnet-5-5 at {server.url}"


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        pytest.param(refused(401, "authentication_error"), "refuses the key: set ANTHROPIC_API_KEY", id="a wrong key"),
        pytest.param(refused(403, "permission_error"), "refuses the key: set ANTHROPIC_API_KEY", id="a key that may not"),
        pytest.param(refused(402, "billing_error"), "the spending limit at", id="a spending limit"),
        pytest.param(Raw((b"<html>Welcome</html>",), headers=(("content-type", "text/html"),)), "check ANTHROPIC_BASE_URL", id="some web page"),
    ],
)
async def test_what_is_wrong_is_told_with_what_to_do(answer, says):
    async with messages_server(answer) as server:
        told = await trouble(server.url)
    assert says in told
    assert server.url in told


async def test_an_address_where_nobody_answers_is_named():
    assert await trouble() == f"nothing answers at {NOWHERE}: check ANTHROPIC_BASE_URL, and that this machine may reach it"


async def test_a_model_that_is_not_there_is_named_by_its_key_with_one_that_is():
    async with messages_server(ALL) as server:
        told = await trouble(server.url, answers="claude-sonet-5-5")
    assert told == (
        "model.answers is 'claude-sonet-5-5', which is unknown or retired: set it in policy.toml to a model that this key may use, "
        "such as 'claude-sonnet-5-5'"
    )


async def test_every_model_that_is_not_there_is_named():
    async with messages_server(listing("another-model")) as server:
        told = await trouble(server.url, fallback="")
    assert "model.answers is" in told
    assert "model.triage is" in told
    assert "such as 'another-model'" in told


@pytest.mark.parametrize(
    "answer",
    [pytest.param(refused(404, "not_found_error"), id="it knows no such request"), pytest.param(listing(), id="its list is empty")],
)
async def test_a_gateway_that_lists_no_models_is_used_all_the_same(answer):
    async with messages_server(answer) as server:
        assert "does not list its models: the first question tells" in await check(server.url)


async def test_a_provider_whose_sdk_lists_no_models_is_used_all_the_same():
    class Unlisting:
        async def models(self):
            raise ModelFault(Fault.REJECTED)

    assert "at Bedrock, which does not list its models" in await checked(read_settings(model_provider="bedrock"), await shipped(), Unlisting())


async def test_a_fault_nobody_thought_of_is_told_too():
    class Odd:
        async def models(self):
            raise ModelFault(Fault.TOO_LONG)

    with pytest.raises(Misconfigured, match="Anthropic cannot be used: model is unavailable: too_long"):
        await checked(read_settings(model_key="k"), await shipped(), Odd())


@pytest.mark.parametrize(
    ("given", "says"),
    [
        pytest.param({}, "answers are quoted; set ANTHROPIC_API_KEY to have them written", id="nothing is set"),
        pytest.param({"model_provider": "none", "model_key": "k"}, "FRONTDESK_MODEL_PROVIDER is none", id="it is switched off"),
    ],
)
async def test_without_a_model_nothing_is_wrong(given, says):
    assert says in await checked(read_settings(**given), await shipped(), None)


async def test_a_provider_that_is_named_without_its_key_is_wrong():
    with pytest.raises(Misconfigured, match="there is no key: set ANTHROPIC_API_KEY"):
        await checked(read_settings(model_provider="anthropic"), await shipped(), None)


async def test_models_without_a_price_are_named_once():
    assert unpriced(await shipped()) == []
    assert unpriced(await shipped(answers="odd", triage="odd", fallback="")) == ["odd"]
    assert list(used(await shipped(fallback=""))) == ["model.answers", "model.triage"]
