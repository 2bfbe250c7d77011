"""Submission: what a model hands in becomes a reply only as far as it may be said, and nothing of it is said twice or lost without a word."""

import pytest

from agent.extractive import ExtractiveAnswerer
from desk import audience
from tests.agent.pen import Pen, calls, reply
from tests.agent.test_extractive import COMMUNITY, PERSON, RECORD
from tests.agent.test_record import MARA

ASKED = "Is the second charge being refunded?"
STATUS = "INV-205 over EUR 420.00 is being refunded."


@pytest.fixture(scope="module")
def quoting(embedder, heads):
    return ExtractiveAnswerer(embedder, heads)


@pytest.fixture
def writes(quoting, embedder):
    async def write(last):
        pen = Pen(quoting, embedder, [calls(("get_invoices", {}), n=1), last], facts=RECORD)
        return await pen.writes(ASKED, place=COMMUNITY, private=frozenset({PERSON}), author=MARA)

    return write


async def test_a_thread_that_only_says_that_more_was_sent_in_private_is_left_to_policys_words(writes):
    proposal = await writes(reply("Hi Mara! I sent you the details privately.", private=f"{STATUS} [cite(INV-205)]"))
    assert [(part.to is None, part.text) for part in proposal.parts] == [(False, f"{STATUS} [1]")]


async def test_a_courtesy_alone_is_still_a_reply_where_nothing_is_private(writes):
    proposal = await writes(reply("Hi Mara! Thank you for asking."))
    assert [part.text for part in proposal.parts] == ["Hi Mara! Thank you for asking."]
    assert proposal.claims == ()


@pytest.mark.parametrize(
    "said",
    [
        pytest.param("Your account will be deleted tomorrow. [cite(INV-205)]", id="what the cited field does not say"),
        pytest.param("INV-205 is overdue. [cite(INV-205)]", id="another status"),
        pytest.param("We have refunded INV-205 to your card. [cite(INV-205)]", id="something nobody did"),
    ],
)
async def test_a_field_of_the_record_carries_what_it_says_and_nothing_else(writes, said):
    proposal = await writes(reply("", private=said))
    assert proposal.unsupported == 1
    assert proposal.parts[0].audience == audience.person(MARA.person.id)
