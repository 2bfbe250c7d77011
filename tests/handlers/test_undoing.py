"""Undoing: a teammate has taken back what an action did, once, where policy says how."""

from desk.runs import ActionResult, RunStatus
from desk.timeline import Purpose
from tests.handlers.self_service import STUCK, runs, serving, states


async def test_a_teammate_undoes_what_was_done_and_the_card_says_so(tmp_path):
    async with serving(tmp_path) as w:
        await w.asks("mara", STUCK)
        await w.clicks("noor", "Undo")
        assert [run.id for run in w.actions.undone] == [run.id for run in await runs(w) if run.undoes]
        assert await states(w) == ["undone", "done"]
        assert "was done and undone again by Noor" in w.texts(Purpose.AUTO_CARD)[-1]
        assert [f.kind for f in await w.store.feedback((await w.ticket()).id)] == ["undo"]


async def test_pressed_twice_it_is_undone_once(tmp_path):
    async with serving(tmp_path) as w:
        await w.asks("mara", STUCK)
        at, undo = w.button("Undo")
        await w.press("noor", undo, at)
        await w.press("tom", undo, at)
        assert len(w.actions.undone) == 1
        assert "Noor had restart_integration (integration = bank feed) undone before" in w.texts(Purpose.NOTICE)[-1]


async def test_a_customer_cannot_undo_anything(tmp_path):
    async with serving(tmp_path) as w:
        await w.asks("mara", STUCK)
        await w.clicks("mara", "Undo")
        assert w.actions.undone == []


async def test_where_policy_does_not_say_how_there_is_no_button(tmp_path):
    async with serving(tmp_path, undo="") as w:
        await w.asks("mara", STUCK)
        assert "Undo" not in [button.name for button in w.card(Purpose.AUTO_CARD).buttons]


async def test_what_could_not_be_undone_is_told(tmp_path):
    async with serving(tmp_path) as w:
        await w.asks("mara", STUCK)
        w.actions.answers["restart_integration"] = ActionResult(RunStatus.FAILED, "too late")
        await w.clicks("noor", "Undo")
        assert await states(w) == ["done", "failed"]
        assert "could not be undone (too late): please look there yourself" in "".join(w.texts(Purpose.NOTICE))
        assert "undoing it by Noor was not done (too late)" in w.texts(Purpose.AUTO_CARD)[-1]


async def test_an_undo_uses_up_no_limit(tmp_path):
    async with serving(tmp_path, limits={"person": 1}) as w:
        await w.asks("mara", STUCK)
        await w.clicks("noor", "Undo")
        assert await states(w) == ["undone", "done"]


async def test_a_retracted_answer_leaves_what_was_done_to_be_undone_by_hand(tmp_path):
    async with serving(tmp_path) as w:
        await w.asks("mara", STUCK)
        await w.clicks("noor", "Retract")
        assert await states(w) == ["done"]
        await w.clicks("noor", "Undo")
        assert await states(w) == ["undone", "done"]
