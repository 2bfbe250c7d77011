"""Law 6 over the demo's own articles: whatever is asked, every sentence of a draft stands word for word in the passage that it cites."""

import asyncio

import pytest

from agent.claims import CITED, cut
from agent.extractive import ExtractiveAnswerer
from agent.figures import tidy
from agent.triage import LocalTriager
from benchmarks.faq import THRESHOLDS, known
from benchmarks.help_center import PublicTools, opened
from desk.answering import Brief
from desk.audience import PUBLIC
from desk.customer import Author
from desk.draft import leaks
from desk.space import Platform, UserRef
from tests.agent.test_record import PHRASES

PLACE = frozenset({PUBLIC})
ASKER = Author(UserRef(Platform.LOCAL, "s", "asker"), "asker")
QUESTIONS = [each.question for name in ("faq_eval", "faq_dev") for each in known(name)][::6]
PAIRS = [f"{one} {other}" for one, other in zip(QUESTIONS[::4], QUESTIONS[2::4], strict=False)]


@pytest.fixture(scope="module")
def desk(embedder, heads):
    knowledge = asyncio.run(opened(embedder))
    return ExtractiveAnswerer(embedder, heads), LocalTriager(embedder, heads, THRESHOLDS), PublicTools(knowledge)


async def propose(desk, question, language="en"):
    answerer, triager, tools = desk
    brief = Brief(question, ASKER, PLACE, None, await triager.triage(question), language, PHRASES)
    return await answerer.propose(brief, tools), {passage.id: passage for passage in await tools.search(question, k=50)}


def flat(text):
    return " ".join(tidy(CITED.sub("", text)).split())


@pytest.mark.parametrize("questions", [pytest.param(QUESTIONS, id="questions"), pytest.param(PAIRS, id="two questions in one message")])
async def test_every_sentence_of_a_draft_stands_in_what_it_cites(desk, questions):
    drafted = 0
    for question in questions:
        proposal, _ = await propose(desk, question)
        drafted += bool(proposal.evidence)
        assert proposal.unsupported == 0, question
        assert not leaks(proposal)
        quotes = {item.n: flat(f"{item.heading or item.title} {item.quote}") for item in proposal.evidence}
        fixed = " ".join(PHRASES.values())
        for claim in (claim for part in proposal.parts for claim in cut(part.text)):
            assert any(flat(claim) in quote for quote in quotes.values()) or flat(claim) in fixed, claim
    assert drafted > len(questions) / 4


async def test_every_quote_stands_in_its_passage_in_the_order_of_the_passage(desk):
    for question in QUESTIONS[::3]:
        proposal, passages = await propose(desk, question)
        for item in (item for item in proposal.evidence if item.id in passages):
            ends = [flat(passages[item.id].text).find(flat(sentence)) for sentence in cut(item.quote)]
            assert -1 not in ends, question
            assert ends == sorted(ends), question


async def test_a_question_is_answered_the_same_each_time(desk):
    for question in QUESTIONS[::10]:
        assert (await propose(desk, question))[0] == (await propose(desk, question))[0]


async def test_in_another_language_nothing_goes_out_without_a_doubt(desk):
    for question in QUESTIONS[::8]:
        proposal, _ = await propose(desk, question, language="de")
        assert not proposal.evidence or "language_mismatch" in proposal.doubts
