"""Law 13: customer text is erasable: it lives in few places, and everything else refers to it by id."""

import pytest
from sqlalchemy import text

from desk.selfservice import ActionRequest
from desk.timeline import File, Purpose
from tests.handlers.self_service import RESTART, asking
from tests.world import user

SECRET = "zanzibar42"
QUESTION = f"When does my refund of {SECRET} arrive?"


async def holding(w, words):
    """Return the tables of the desk's database that hold these words."""

    def look(connection):
        tables = [row[0] for row in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'"))]
        return sorted(table for table in tables if any(words in repr(tuple(row)) for row in connection.execute(text(f'SELECT * FROM "{table}"'))))

    return await w.store.database.read(look)


async def _plain(w):
    await w.asks("ina", QUESTION)


async def _edited(w):
    ref = await w.asks("ina", QUESTION)
    await w.edits(ref, f"unsure: {QUESTION}")
    await w.wait(minutes=1)


async def _escalated(w):
    await w.asks("ina", f"#human {QUESTION}")


async def _with_file(w):
    await w.asks("ina", QUESTION, files=(File(f"{SECRET}.png", "image/png", 1, text=f"log of {SECRET}"),))


async def _commented(w):
    await w.asks("ina", QUESTION)
    await w.clicks("ina", "Solved")
    await w.clicks("ina", "1", comment=f"bad, says {SECRET}")


async def _quoted_in_a_draft(w):
    await w.asks("ina", QUESTION)
    await w.clicks("noor", "Correct", text=f"Your {SECRET} arrives tomorrow.")


async def _vague(w):
    await w.asks("ina", f"vague {SECRET}")


async def _platform_down(w):
    w.chat.down = True
    await w.asks("ina", f"vague {SECRET}")


async def _edited_before_it_came(w):
    ref = await w.says("ina", "refund?")
    await w.edits(ref, QUESTION)


async def _noted_by_the_team(w):
    await w.asks("ina", f"unsure: {QUESTION}")
    card = next(ref for ref, post in w.chat.standing.items() if post.purpose is Purpose.DRAFT_CARD)
    await w.says("noor", f"Ina wants {SECRET}", where="agents", under=card)


async def _acted_upon(w):
    w.policy.change(actions=[{**RESTART, "parameters": [{"name": "note", "kind": "text"}], "trust": "none", "audience": "public"}])
    w.answerer.instead = asking(ActionRequest("restart_integration", (("note", SECRET),)))
    await w.asks("ina", QUESTION)
    assert [run.request.values["note"] for run in w.actions.ran] == [SECRET]


STORIES = [_plain, _edited, _escalated, _with_file, _commented, _quoted_in_a_draft, _vague, _platform_down, _edited_before_it_came, _acted_upon]


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__.strip("_").replace("_", " "))
async def test_after_erasure_no_table_holds_a_persons_words(w, story):
    await story(w)
    assert await holding(w, SECRET)
    await w.store.erase([user("ina")])
    assert await holding(w, SECRET) == []


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__.strip("_").replace("_", " "))
async def test_words_live_in_messages_drafts_summaries_and_what_waits_to_be_sent_only(w, story):
    await story(w)
    assert set(await holding(w, SECRET)) <= {"messages", "drafts", "summaries", "outbox"}


async def test_what_was_sent_keeps_no_words_in_the_outbox(w):
    await _vague(w)
    assert await holding(w, SECRET) == ["drafts", "messages"]


async def test_decisions_stay_without_text_and_decide_the_same_again(w):
    await w.asks("ina", QUESTION)
    before = await w.all_decisions()
    await w.store.erase([user("ina")])
    assert await w.all_decisions() == before


async def test_a_persons_name_is_forgotten_too(w):
    await w.says("ina", QUESTION, author_name="Ina Zanzibar42")
    await w.wait(seconds=9)
    await w.store.erase([user("ina")])
    assert await holding(w, "Zanzibar42") == []


async def test_nobody_elses_words_are_erased(w):
    await w.asks("ina", QUESTION)
    await w.asks("max", "refund of kilimanjaro7?")
    await w.store.erase([user("ina")])
    assert await holding(w, "kilimanjaro7") == ["messages"]


async def test_who_was_erased_can_ask_again(w):
    await w.asks("ina", QUESTION)
    await w.store.erase([user("ina")])
    await w.asks("ina", "login refund?")
    assert len(w.posts(Purpose.ANSWER)) == 2


async def test_chatter_in_a_community_channel_is_kept_seven_days_then_only_its_id(w):
    await w.asks("ina", f"chat about {SECRET}")
    await w.store.purge(w.clock.now())
    assert await holding(w, SECRET) == ["messages"]
    w.clock.advance(days=8)
    await w.store.purge(w.clock.now())
    assert await holding(w, SECRET) == []
    assert len(await w.store.timeline((await w.ticket()).id)) == 1


async def test_requests_are_not_purged_as_chatter(w):
    await w.asks("ina", QUESTION)
    w.clock.advance(days=30)
    await w.store.purge(w.clock.now())
    assert await holding(w, SECRET) == ["messages"]
