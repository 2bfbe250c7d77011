"""Styles: what the team approved shapes the next brief, an hour later at most."""

from dataclasses import replace

import pytest

from agent.tone import tone
from desk.audience import PUBLIC
from desk.changes import Feedback, RecordFeedback, SaveDraft, write
from desk.draft import Basis, Draft, DraftStatus, Part, Proposal, Verdict
from desk.ids import DraftId, EventId, TicketId
from handlers.styles import Styles
from tests.world import World, user

QUESTION = "When does my refund arrive?"
WARM = "Hi Mara,\n\nthe refund reaches the card within 5 days. [1] Ask me anything!\n\nBest regards\nNoor"


async def approved(w: World, *, times: int = 20, text: str = WARM, **changes) -> list[Draft]:
    """Let a teammate have approved replies of one style in tickets of before."""
    told = {"status": DraftStatus.SENT, "verdict": Verdict.APPROVE, "decided_at": w.clock.now(), **changes}
    drafts = [
        Draft(DraftId(f"before-{n}"), TicketId(f"before-{n}"), Proposal((Part(PUBLIC, text),)), Basis(1), w.clock.now(), **told) for n in range(times)
    ]
    await w.store.commit(EventId("approved"), write(*map(SaveDraft, drafts)), at=w.clock.now())
    return drafts


async def test_twenty_approved_replies_of_one_style_change_the_lines_of_the_prompt(w):
    await w.asks("ina", QUESTION)
    await approved(w)
    await w.wait(hours=1)
    await w.asks("ina", "And when does the refund of my second order arrive?")
    before, after = w.answerer.briefs[0], w.answerer.briefs[-1]
    assert (before.style, tone(after) != tone(replace(after, style=""))) == ("", True)
    assert '- They begin with "Hi" and the first name, end with "Best regards", use exclamation marks and have no emoji or lists.' in tone(after)


async def test_within_the_hour_nothing_is_learned_anew(w):
    await w.asks("ina", QUESTION)
    await approved(w)
    await w.asks("ina", "And when does the refund of my second order arrive?")
    assert {brief.style for brief in w.answerer.briefs} == {""}


async def test_after_a_start_the_style_is_there_at_once(w):
    await approved(w)
    assert (await Styles(w.store, w.clock).current()).replies == 20


async def test_policy_may_learn_nothing(w):
    await approved(w)
    w.policy.change(tone={"learn": False})
    await w.asks("ina", QUESTION)
    assert w.answerer.briefs[-1].style == ""


@pytest.mark.parametrize("kind", ["wrong", "correct", "retract"])
async def test_what_was_blamed_teaches_nothing(w, kind):
    drafts = await approved(w)
    said = [RecordFeedback(Feedback(f"f-{d.id}", d.ticket, kind, user("noor"), w.clock.now(), subject=d.id)) for d in drafts[:15]]
    await w.store.commit(EventId("blamed"), write(*said), at=w.clock.now())
    assert (await Styles(w.store, w.clock).current()).replies == 0


async def test_an_erased_customers_replies_teach_nothing_any_more(drafting):
    await drafting.asks("ina", QUESTION)
    await drafting.clicks("noor", "Approve")
    assert len(await drafting.store.judged_drafts(most=5)) == 1
    await drafting.store.erase([user("ina")])
    (left,) = await drafting.store.judged_drafts(most=5)
    assert {part.text for part in left.proposal.parts} == {""}
