"""Summing up: for whoever takes a ticket over, at once and at no cost to the customer; and for the record when it ends."""

from dataclasses import dataclass, field, replace

import pytest

from agent.summary import ExtractiveSummarizer
from desk.cards import Notes
from desk.draft import Evidence, Proposal
from desk.events import SummaryAsked
from desk.ids import EventId
from desk.ports import Query
from desk.summary import Summary, SummaryKind, Talk
from desk.ticket import Status
from desk.timeline import Purpose
from desk.usage import ModelCall
from tests.world import CHUNK, PEOPLE, World, user

HANDOVER, NOTE = SummaryKind.HANDOVER, SummaryKind.CRM_NOTE
QUESTION = "When does my refund arrive?"
CALL = ModelCall("summary", "small", input=900, price=0.002)


@dataclass
class WatchedSummarizer(ExtractiveSummarizer):
    """Quotes, as a model that costs something, and remembers what it was given."""

    talks: list[tuple[SummaryKind, Talk]] = field(default_factory=list)

    async def summarize(self, kind: SummaryKind, talk: Talk) -> Summary:
        self.talks.append((kind, talk))
        return replace(await super().summarize(kind, talk), calls=(CALL,))


def watched(w: World) -> WatchedSummarizer:
    """Put a summarizer into a world that tells what it was given."""
    w.services = replace(w.services, summarizer=WatchedSummarizer())
    w.sender._services = w.services
    return w.services.summarizer


async def summaries(w: World, kind: SummaryKind = HANDOVER) -> list[list[str]]:
    """Return the texts of the only ticket's summaries of a kind."""
    found = await w.store.summaries((await w.ticket()).id)
    return [[point.text for point in summary.points] for summary in found if summary.kind is kind]


def shown(w: World, purpose: Purpose = Purpose.ESCALATION_CARD) -> list[str]:
    """Return the lines in which a card tells what happened so far."""
    return [line for block in w.card(purpose).blocks if isinstance(block, Notes) and block.title == "So far, in short" for line in block.lines]


async def unsolved_twice(w: World) -> None:
    """Let an answer not help twice, so that a person comes."""
    await w.asks("ina", QUESTION)
    for _ in range(2):
        await w.clicks("ina", "Not solved")


# For whoever takes it over


async def test_an_escalation_keeps_what_was_asked_and_tried_with_the_decision(w):
    await unsolved_twice(w)
    assert (await w.decisions())[-1] == "escalate"
    (points,) = await summaries(w)
    assert points == [
        f'Asked: "{QUESTION}"',
        "Answered automatically from “Refund times”.",
        "The customer said twice that it is not solved.",
    ]


async def test_its_card_tells_it_with_who_said_it_and_when(w):
    await unsolved_twice(w)
    assert shown(w) == [
        "• Answered automatically from “Refund times”. (Frontdesk 10:00)",
        "• The customer said twice that it is not solved.",
    ]


async def test_what_the_card_quotes_anyway_is_not_told_again(w):
    await w.asks("ina", f"#human {QUESTION}")
    assert len(await summaries(w)) == 1
    assert shown(w) == []


async def test_a_later_message_brings_a_newer_summary_in_place_of_the_old_one(w):
    asked = await w.asks("ina", QUESTION)
    await w.asks("ina", "#human It did not arrive in the old account", under=asked)
    (points,) = await summaries(w)
    assert points[-1] == 'Said last: "#human It did not arrive in the old account"'


async def test_get_a_human_makes_one_too(w):
    await w.asks("ina", QUESTION)
    await w.clicks("ina", "Get a human")
    assert len(await summaries(w)) == 1


async def test_nobody_who_holds_a_ticket_is_told_what_happened_in_it(w):
    asked = await w.asks("ina", QUESTION)
    await w.clicks("noor", "Take over")
    told = watched(w)
    await w.asks("ina", "#security I see invoices of others", under=asked)
    assert ((await w.decisions())[-1], told.talks) == ("escalate", [])


async def test_in_observe_a_card_that_somebody_gets_tells_it(observing):
    await observing.asks("ina", "#security When does my refund arrive, and why do I see others?")
    assert len(await summaries(observing)) == 1


async def test_in_observe_nothing_is_summed_up_for_nobody(observing):
    told = watched(observing)
    await observing.asks("ina", QUESTION)
    assert told.talks == []


async def test_what_the_agent_wrote_for_whoever_takes_over_comes_first_as_far_as_it_holds(w):
    found = (Evidence(1, "passage", CHUNK.id, CHUNK.audience, CHUNK.text, "Refund times"),)
    said = "Ina wants to know when the refund arrives. Refunds reach the card within 5 to 7 working days. She is a premium customer of 2019."
    w.answerer.instead = Proposal(abstained="handed_over", summary=said, evidence=found)
    await w.asks("ina", QUESTION)
    assert await summaries(w) == [["Ina wants to know when the refund arrives.", "Refunds reach the card within 5 to 7 working days."]]
    assert "• Refunds reach the card within 5 to 7 working days. (Refund times)" in shown(w)


async def test_where_nothing_of_it_holds_the_card_says_so(w):
    w.answerer.instead = Proposal(abstained="handed_over", summary="Somebody has to decide about an exception.")
    await w.asks("ina", QUESTION)
    assert shown(w)[0] == "• (!) not found in the conversation: Somebody has to decide about an exception."


async def test_what_it_took_stands_on_the_decision(w):
    told = watched(w)
    await w.asks("ina", f"#human {QUESTION}")
    assert [decision.calls for decision in await w.all_decisions()] == [(CALL,)]
    assert [(talk.payer.ticket, talk.payer.channel) for _, talk in told.talks] == [((await w.ticket()).id, "local/main/community")]


async def test_the_customer_reads_nothing_of_it(w):
    await unsolved_twice(w)
    assert not [text for text in w.texts(where="community") if "Answered automatically" in text]


# Take over


async def test_taking_over_makes_one_and_shows_it_where_the_ticket_is_held(drafting):
    await drafting.learns(replace(CHUNK, id="c-login", document="login", title="Signing in", text="Login links are valid for an hour."))
    asked = await drafting.asks("ina", QUESTION)
    await drafting.clicks("noor", "Approve")
    await drafting.asks("ina", "Login links: valid how long?", under=asked)
    await drafting.clicks("tom", "Take over")
    (points,) = await summaries(drafting)
    assert points[1:] == ["Noor answered from “Refund times”.", 'Said last: "Login links: valid how long?"']
    assert shown(drafting, Purpose.DRAFT_CARD) == [f'• Asked: "{QUESTION}" (Ina 10:00)', "• Noor answered from “Refund times”. (Frontdesk 10:00)"]


async def test_taking_over_what_was_just_handed_over_makes_no_other(w):
    await w.asks("ina", f"#human {QUESTION}")
    told = watched(w)
    await w.clicks("noor", "Take over")
    assert told.talks == []


# For the record


async def test_a_note_is_made_when_the_customer_calls_it_solved(w):
    await w.asks("ina", QUESTION)
    await w.clicks("ina", "Solved")
    (points,) = await summaries(w, NOTE)
    assert points == [f'Asked: "{QUESTION}"', f'Answered automatically: "{CHUNK.text}"', "Ended: solved, the customer says."]


async def test_a_note_is_made_when_nobody_says_anything_any_more(w):
    await w.asks("ina", QUESTION)
    await w.wait(days=5)
    assert (await summaries(w, NOTE))[0][-1] == "Ended: closed, and the customer did not say that it is solved."


async def test_a_note_is_made_when_the_team_resolves_it(w):
    await w.asks("ina", f"#human {QUESTION}")
    await w.clicks("noor", "Take over")
    await w.clicks("noor", "Reply", text="It arrives on Thursday.")
    await w.clicks("noor", "Resolve", verdict="needed")
    assert 'Noor answered: "It arrives on Thursday."' in (await summaries(w, NOTE))[0]


async def test_a_ticket_that_was_opened_again_gets_its_note_at_its_next_end(w):
    await w.asks("ina", QUESTION)
    told = watched(w)
    ticket = await w.ticket()
    await w.emit(SummaryAsked(id=EventId("late"), ticket=ticket.id, kind=NOTE, at=w.clock.now()))
    assert (ticket.status.is_over, told.talks) == (False, [])


async def test_a_second_end_replaces_the_note(w):
    asked = await w.asks("ina", QUESTION)
    await w.clicks("ina", "Solved")
    await w.asks("ina", "It came, but when does the refund of June arrive?", under=asked)
    await w.clicks("ina", "Solved")
    (points,) = await summaries(w, NOTE)
    assert 'Said last: "It came, but when does the refund of June arrive?"' in points


async def test_words_that_were_erased_before_the_note_do_not_come_back(w):
    await w.asks("ina", QUESTION)
    w.store.meanwhile += [lambda: w.store.erase([user("ina")])]
    await w.clicks("ina", "Solved")
    assert not [text for points in await summaries(w, NOTE) for text in points if QUESTION in text]


async def test_an_erased_person_is_in_no_summary_and_on_no_card(w):
    await unsolved_twice(w)
    await w.store.erase([user("ina")])
    await w.clicks("noor", "Acknowledge")
    assert await summaries(w) == [[]]
    assert shown(w) == []


async def test_the_page_of_a_ticket_has_both(w):
    await unsolved_twice(w)
    await w.clicks("noor", "Resolve", verdict="needed")
    from handlers.views import Views

    view = await Views(w.services).view(Query("ticket", (await w.ticket()).id, user("noor"), PEOPLE["noor"].role))
    assert {summary.kind for summary in view.summaries} == {HANDOVER, NOTE}
    assert view.ticket.status is Status.CLOSED


@pytest.mark.parametrize("system", ["crm", "knowledge"])
async def test_a_note_needs_no_other_system(w, system):
    await w.asks("ina", QUESTION)
    getattr(w, system).down = True
    await w.clicks("ina", "Solved")
    assert len(await summaries(w, NOTE)) == 1
