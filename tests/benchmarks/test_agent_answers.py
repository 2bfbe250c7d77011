"""How far the confidence of a written answer can be believed: judged by what it cites, from scripted replies behind the real SDK."""

import pytest

from agent.claude import Access, ClaudeModel
from benchmarks.agent_answers import Run, asked, end_of, is_right, main, report
from benchmarks.faq import Known
from benchmarks.triage_model import NO_MODEL
from bootstrap import open_reading
from cli.demo import DEMO
from cli.play.model import ScriptedTransport, scripted
from desk.audience import PUBLIC
from desk.draft import Evidence, Part, Proposal
from runtime import Wrappers
from settings import read_settings

REFUND = Known("How long does a refund take to reach my card?", (("refund-times", "within 5 to 7 working days"),))
NOWHERE = Known("Can I pay with seashells?", ())
SAID = "A refund reaches your card or bank account within 5 to 7 working days after we approve it. [cite(within 5 to 7 working days)]"
REPLIES = (
    {"when": "How long does a refund", "tool_use": [{"name": "submit_reply", "input": {"thread": SAID, "confidence": 0.9}}]},
    {"when": "seashells", "tool_use": [{"name": "hand_over", "input": {"reason": "no_evidence", "summary": "No article says so."}}]},
)


async def test_without_a_key_it_says_so_in_one_sentence(capsys):
    assert await main([]) == 2
    assert capsys.readouterr().err == f"{NO_MODEL}\n"


async def test_what_is_answered_is_judged_and_the_rest_is_counted(tmp_path):
    transport = ScriptedTransport(tuple(scripted(n, row) for n, row in enumerate(REPLIES, 1)))
    model = ClaudeModel(Access(key="scripted"), strict=True, transport=transport)
    async with open_reading(read_settings(home=tmp_path), wrap=Wrappers(model=lambda _: model)) as reading:
        await reading.ingest([DEMO / "knowledge" / "billing" / "refund-times.md"])
        run = await asked([REFUND, NOWHERE], reading.services, at_once=2)
    assert run.judged == [(0.9, True)]
    assert run.ends == {"answered": 1, "handed_over_no_evidence": 1}
    assert report(run)[0].startswith("claude-sonnet-5-5: 2 questions (")
    assert ", 2 calls, $" in report(run)[0]


def cited(document, quote):
    return Proposal(parts=(Part(PUBLIC, "Yes. [1]"),), evidence=(Evidence(1, "passage", "p", PUBLIC, quote, document=document),))


@pytest.mark.parametrize(
    ("proposal", "right"),
    [
        pytest.param(cited("refund-times", "It takes **within 5 to 7 working days**."), True, id="the passage that answers"),
        pytest.param(cited("refund-times", "Weekends do not count."), False, id="another passage of its article"),
        pytest.param(cited("other", "within 5 to 7 working days"), False, id="the same words in another article"),
        pytest.param(Proposal(parts=(Part(PUBLIC, "Yes."),)), False, id="nothing at all"),
    ],
)
def test_an_answer_is_right_when_it_rests_on_what_answers(proposal, right):
    assert is_right(REFUND, proposal) is right


@pytest.mark.parametrize(
    ("proposal", "end"),
    [
        pytest.param(cited("a", "b"), "answered", id="an answer"),
        pytest.param(Proposal(parts=(Part(PUBLIC, "Which one?"),), question=True), "asked back", id="a question back"),
        pytest.param(Proposal(abstained="handed_over_risk"), "handed_over_risk", id="a person"),
        pytest.param(Proposal(parts=(Part(PUBLIC, "Quoted."),), degraded=("model_busy",)), "model_busy", id="what was quoted in its place"),
    ],
)
def test_each_question_has_one_end(proposal, end):
    assert end_of(proposal) == end


def test_where_nothing_was_answered_there_is_no_table():
    assert len(report(Run())) == 1
