"""Law 4: audience is enforced by types; an internal claim enters no part, and the door only refuses."""

from dataclasses import replace

import pytest

from desk import audience
from desk.article import Chunk
from desk.draft import Claim, Evidence, Part, Proposal
from desk.errors import NotAllowed
from desk.timeline import Purpose
from handlers import say
from handlers.replies import sentence
from handlers.situation import load
from tests.world import CHUNK, channel, user

QUESTION = "When does my refund arrive?"
INTERNAL = replace(CHUNK, id="c-internal", document="internal", audience=audience.INTERNAL, text="Refund fraud score above 80: stall the customer.")
ACME = replace(CHUNK, id="c-acme", document="acme", audience=audience.account("acme"), text="Acme gets every refund within 1 day.")


def proposal(part: Part, evidence: Chunk) -> Proposal:
    """Return a sure proposal of one part that rests on one passage."""
    item = Evidence(1, "passage", evidence.id, evidence.audience, evidence.text, evidence.title, hash=evidence.hash)
    return Proposal((part,), (Claim(part.text, True, (1,), 0),), (item,), 0.99)


@pytest.mark.parametrize("where", ["community", "shared", "direct"])
async def test_internal_passages_are_found_for_no_customer(w, where):
    del w.knowledge.passages_[CHUNK.id]
    await w.learns(INTERNAL)
    await w.asks("mara", QUESTION, where=where)
    assert await w.decisions() == ["escalate"]


@pytest.mark.parametrize(
    ("who", "where", "found"),
    [("mara", "shared", True), ("mara", "direct", True), ("ina", "community", False), ("ina", "shared", False)],
    ids=["in its channel", "in a direct message", "not for another account", "not while a guest of another account reads along"],
)
async def test_an_accounts_passages_are_found_where_the_account_reads(w, who, where, found):
    del w.knowledge.passages_[CHUNK.id]
    await w.learns(ACME)
    w.answerer.instead = Proposal((Part(audience.PUBLIC, "seen"),), fixed=True, confidence=1.0)
    await w.asks(who, QUESTION, where=where)
    place = w.answerer.briefs[0].place | (w.answerer.briefs[0].private or frozenset())
    assert audience.may_show(place, ACME.audience) is found


@pytest.mark.parametrize(
    ("part", "evidence"),
    [
        pytest.param(Part(audience.PUBLIC, "We stall you."), INTERNAL, id="an internal passage in a public part"),
        pytest.param(Part(audience.INTERNAL, "We stall you."), INTERNAL, id="an internal part"),
        pytest.param(Part(audience.PUBLIC, "Acme gets 1 day."), ACME, id="an account's passage in a public part"),
        pytest.param(Part(audience.account("acme"), "1 day."), ACME, id="an account's part in a community thread"),
        pytest.param(Part(audience.person("mara"), "Yours"), CHUNK, id="a person's part in a community thread"),
        pytest.param(Part(audience.person("mara"), "Hers", to=user("ina")), CHUNK, id="one person's part to another"),
        pytest.param(Part(audience.PUBLIC, "Psst", to=user("jon")), CHUNK, id="a part to somebody who did not ask"),
        pytest.param(Part(audience.account("acme"), "1 day.", to=user("ina")), ACME, id="an account's part to another account"),
    ],
)
@pytest.mark.parametrize("mode", ["auto", "draft"])
async def test_a_draft_that_says_too_much_is_no_draft_at_all(w, part, evidence, mode):
    w.policy.change(modes={"default": mode})
    w.answerer.instead = proposal(part, evidence)
    await w.asks("ina", QUESTION)
    assert await w.decisions() == ["escalate"]
    assert await w.drafts() == []
    assert not any(part.text in text for text in w.texts())


async def test_a_guest_who_joins_between_draft_and_click_keeps_the_accounts_part_from_the_channel(drafting):
    drafting.answerer.instead = proposal(Part(audience.account("acme"), "Acme: 1 day."), ACME)
    await drafting.learns(ACME)
    await drafting.asks("mara", QUESTION, where="shared")
    drafting.chat.guests[channel("shared")] = [user("ina")]
    await drafting.clicks("noor", "Approve")
    assert drafting.posts(Purpose.ANSWER) == []
    assert "may not stand in" in drafting.texts(Purpose.NOTICE, where="agents")[0]


async def test_the_card_shows_every_part_with_where_it_will_go(drafting):
    await drafting.asks("mara", "refund for my invoice?", where="shared")
    text = drafting.texts(Purpose.DRAFT_CARD)[0]
    assert text.index("in the thread: ") < text.index("to Mara alone: INV-204")


@pytest.mark.parametrize("shown", [audience.INTERNAL, audience.person("mara"), audience.account("acme")], ids=str)
async def test_the_door_refuses_what_a_place_may_not_show(w, shown):
    await w.asks("ina", QUESTION)
    s = await load(await w.ticket(), w.services, cause="test")
    with pytest.raises(NotAllowed):
        say.post(s, "x", sentence("secret"), Purpose.ANSWER, audience=shown)


async def test_no_customer_text_stands_in_a_page_or_in_a_decision(w):
    await w.asks("mara", "#security zanzibar42 leaked")
    assert "zanzibar42" not in "".join(w.texts(Purpose.PAGE))
    assert "zanzibar42" not in repr(await w.all_decisions())
