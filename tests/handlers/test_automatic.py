"""Automatic answers: the quiet line they leave, and the labels it collects."""

from dataclasses import replace

from desk.draft import DraftStatus
from desk.ticket import Attention, Status
from desk.timeline import Purpose
from tests.world import CHUNK, user

QUESTION = "When does my refund arrive?"


async def labels(w):
    """Return the labels of the only ticket: kind and what they are of."""
    return [(f.kind, f.subject) for f in await w.store.feedback((await w.ticket()).id) if f.kind in ("correct", "retract", "wrong")]


async def test_the_quiet_line_has_correct_retract_take_over_and_wrong(w):
    await w.asks("ina", QUESTION)
    assert {"Correct...", "Retract", "Take over", "Wrong"} <= {button.name for button in w.card(Purpose.AUTO_CARD).buttons}
    assert w.posts(Purpose.AUTO_CARD)[0].to == ()


async def test_correct_tells_the_customer_what_is_right_and_labels_the_answer(w):
    await w.asks("ina", QUESTION)
    (draft,) = await w.drafts()
    await w.clicks("noor", "Correct", text="It takes 10 days.")
    assert "Correction from Noor of our team" in w.texts(Purpose.ANSWER)[-1]
    assert "It takes 10 days." in w.texts(Purpose.ANSWER)[-1]
    assert await labels(w) == [("correct", draft.id)]


async def test_a_correction_can_itself_be_corrected_or_retracted(w):
    await w.asks("ina", QUESTION)
    await w.clicks("noor", "Correct", text="It takes 10 days.")
    await w.clicks("noor", "Correct", text="It takes 11 days.")
    assert "It takes 11 days." in w.texts(Purpose.ANSWER)[-1]
    await w.clicks("noor", "Retract")
    assert not any("11 days" in text for text in w.standing())


async def test_an_empty_correction_is_refused(w):
    await w.asks("ina", QUESTION)
    await w.clicks("noor", "Correct", text=" ")
    assert len(w.posts(Purpose.ANSWER)) == 1
    assert await labels(w) == []


async def test_retract_takes_the_answer_back_and_the_teammate_goes_on(w):
    await w.asks("ina", QUESTION)
    (draft,) = await w.drafts()
    await w.clicks("noor", "Retract")
    assert not any("5 to 7 working days" in text for text in w.standing(where="community"))
    assert any("was taken back by Noor" in text for text in w.standing(where="community"))
    ticket = await w.ticket()
    assert (ticket.owner, ticket.status, ticket.deflected) == (user("noor"), Status.WAITING_TEAM, False)
    assert await labels(w) == [("retract", draft.id)]


async def test_retract_takes_back_the_private_part_too_and_where_it_stands(w):
    await w.asks("mara", "refund for my invoice?")
    await w.clicks("noor", "Retract")
    assert not any("INV-204" in text for text in w.standing() if "Answered automatically" not in text)


async def test_retract_leaves_an_earlier_answer_alone(w):
    asked = await w.asks("ina", QUESTION)
    await w.learns(replace(CHUNK, text="Transfers of a refund take 2 days."))
    await w.asks("ina", "And the refund by transfer?", under=asked)
    await w.clicks("noor", "Retract")
    assert [draft.status for draft in await w.drafts()] == [DraftStatus.SENT, DraftStatus.RETRACTED]
    assert any("5 to 7 working days" in text for text in w.standing(where="community"))


async def test_what_was_taken_back_cannot_be_taken_back_again(w):
    await w.asks("ina", QUESTION)
    at, retract = w.button("Retract")
    await w.press("noor", retract, at)
    await w.press("tom", retract, at)
    assert len(await labels(w)) == 1


async def test_wrong_is_counted_once(w):
    await w.asks("ina", QUESTION)
    at, wrong = w.button("Wrong")
    await w.press("noor", wrong, at)
    await w.press("tom", wrong, at)
    assert [kind for kind, _ in await labels(w)] == ["wrong"]
    assert "called wrong" in w.texts(Purpose.AUTO_CARD)[-1]


async def test_wrong_and_then_correct_name_the_same_answer(w):
    await w.asks("ina", QUESTION)
    await w.clicks("noor", "Wrong")
    await w.clicks("noor", "Correct", text="It takes 10 days.")
    assert len({subject for _, subject in await labels(w)}) == 1


async def test_take_over_holds_the_ticket(w):
    asked = await w.asks("ina", QUESTION)
    await w.clicks("noor", "Take over")
    await w.asks("ina", "And the other refund?", under=asked)
    ticket = await w.ticket()
    assert (ticket.owner, ticket.attention) == (user("noor"), Attention.ACTIVE)
    assert await w.decisions() == ["reply", "stand_by"]


async def test_correct_and_retract_also_exist_after_an_approval(drafting):
    await drafting.asks("ina", QUESTION)
    await drafting.clicks("noor", "Approve")
    assert {"Correct...", "Retract"} <= {button.name for button in drafting.card(Purpose.DRAFT_CARD).buttons}
    await drafting.clicks("noor", "Retract")
    assert any("was taken back by Noor" in text for text in drafting.standing(where="community"))


async def test_correct_and_retract_also_exist_after_an_edit(drafting):
    await drafting.asks("ina", QUESTION)
    await drafting.clicks("noor", "Edit", text="Within a week.")
    await drafting.clicks("noor", "Correct", text="Within two weeks.")
    assert "Within two weeks." in drafting.texts(Purpose.ANSWER)[-1]
