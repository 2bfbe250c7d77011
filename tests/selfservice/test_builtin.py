"""Built-in actions: links and saved texts that may be shown, an invoice, and a password reset that tells nothing."""

from dataclasses import replace

import pytest

from desk import audience
from desk.audience import PUBLIC
from desk.customer import Author, Person, Trust
from desk.ids import PersonId
from desk.ports import Asker
from desk.runs import RunStatus
from desk.selfservice import ActionRequest, Effect
from tests.fakes import START
from tests.selfservice.kit import KEY, MARA, Policies, actions, run, spec
from tests.support.endpoint import endpoint
from tests.world import CHUNK, ScriptedKnowledge, passage

NOW = START.timestamp()
AUTHOR = Author(MARA, "Mara", person=Person(PersonId("mara"), "Mara", email="mara@acme.example"), trust=Trust.PERSON)
ASKER = Asker(AUTHOR, (), frozenset({PUBLIC, audience.person("mara")}))
STRANGER = Asker(Author(MARA, "Mara"), (), frozenset({PUBLIC}))


def looking(name: str, **more):
    return spec(f"builtin:{name}", effect=Effect.READ, secret="", **more)


async def test_a_documentation_link_is_the_best_public_article_with_an_address():
    bare = replace(CHUNK, id="c-0", url="", text="Refund words without an address")
    secret = replace(CHUNK, id="c-1", audience=audience.INTERNAL, text="Refund secrets")
    knowledge = ScriptedKnowledge({chunk.id: passage(chunk) for chunk in (bare, secret, CHUNK)})
    found = await actions(knowledge=knowledge).lookup(looking("documentation_link"), ActionRequest("x", (("query", "refund"),)), ASKER)
    assert [item.url for item in found] == [CHUNK.url]


async def test_an_article_past_its_day_and_an_empty_library_are_no_link():
    old = replace(CHUNK, expires="2020-01-01")
    for chunks in ([old], []):
        knowledge = ScriptedKnowledge({chunk.id: passage(chunk) for chunk in chunks})
        assert await actions(knowledge=knowledge).lookup(looking("documentation_link"), ActionRequest("x", (("query", "refund"),)), ASKER) == []


MACROS = {
    "sso": {"title": "Single sign-on", "text": "Hello {name}, open Settings and then Security.", "audience": "public"},
    "limits": {"title": "Limits", "text": "You are on the {plan} plan.", "audience": "public"},
    "team": {"title": "For us", "text": "Do not tell.", "audience": "internal"},
}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param("sso", "Hello Mara, open Settings and then Security.", id="a saved text filled in"),
        pytest.param("limits", None, id="a field that nobody knows"),
        pytest.param("team", None, id="a text that is not for customers"),
        pytest.param("gone", None, id="a text that is not there any more"),
    ],
)
async def test_a_known_answer_is_a_saved_text_that_may_be_shown(name, text):
    found = await actions(policy=Policies(macros=MACROS)).lookup(looking("known_answer"), ActionRequest("x", (("name", name),)), ASKER)
    assert [item.quote for item in found] == ([text] if text else [])
    assert all((item.source, item.id, bool(item.hash)) == ("macro", name, True) for item in found)


async def test_an_invoice_needs_nothing_done_beside_its_answer():
    result = await actions().run(spec("builtin:resend_invoice"), run(ActionRequest("resend_invoice", (("number", "INV-1"),))))
    assert (result.status, result.said) == (RunStatus.DONE, "invoice INV-1 goes out with the answer")


@pytest.mark.parametrize("email", ["mara@acme.example", ""], ids=["somebody we know", "nobody we know"])
async def test_a_password_reset_makes_the_same_call_for_everybody_and_tells_the_same(email):
    request = ActionRequest("password_reset_link", bound=(("email", email),))
    async with endpoint(now=NOW, key=KEY, answers=[(200, {"note": "sent to mara@acme.example"})]) as there:
        reset = spec("builtin:password_reset_link", address=there.url)
        result = await actions().run(reset, run(request))
        assert there.posted[0].json["parameters"] == {"email": email}
        assert (result.status, result.said) == (RunStatus.DONE, "")


async def test_a_password_reset_without_a_call_has_its_page():
    result = await actions().run(spec("builtin:password_reset_link", link="https://app.example/reset"), run(ActionRequest("x")))
    assert result.status is RunStatus.DONE


@pytest.mark.parametrize("name", ["documentation_link", "known_answer"])
async def test_what_only_looks_something_up_is_never_run(name):
    assert (await actions().run(looking(name), run())).status is RunStatus.FAILED


async def test_a_lookup_by_a_signed_call_is_shown_to_whom_policy_says():
    async with endpoint(now=NOW, key=KEY, answers=[(200, {"text": " 3 of 5\nseats "})]) as there:
        usage = spec(there.url, effect=Effect.READ, audience="person")
        (item,) = await actions().lookup(usage, ActionRequest("restart"), ASKER)
        assert (item.source, item.quote, item.audience) == ("action", "3 of 5 seats", audience.person("mara"))
        narrow = replace(ASKER, audiences=frozenset({PUBLIC}))
        assert await actions().lookup(usage, ActionRequest("restart"), narrow) == []


@pytest.mark.parametrize(
    "answer", [(200, {"text": ""}), (200, {"text": 3}), (200, b"no json"), (200, []), (404, {"text": "x"}), (500, {"text": "x"})]
)
async def test_a_lookup_that_tells_nothing_finds_nothing(answer):
    async with endpoint(now=NOW, key=KEY, answers=[answer]) as there:
        assert await actions().lookup(spec(there.url, effect=Effect.READ, audience="public"), ActionRequest("restart"), STRANGER) == []
