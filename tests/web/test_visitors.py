"""Visitors: what people do reaches the desk, once it is safe in the file."""

import asyncio

import pytest

from bot.web.rooms import local_channel
from bot.web.uploads import READ, Upload
from bot.web.workspace import LocalWorkspace, open_workspace
from desk.cards import Card, Text
from desk.customer import Role
from desk.errors import InvalidInput, NotAllowed, PlaceGone
from desk.events import ButtonClicked, MessageReceived
from desk.post import Op
from desk.space import MessageRef, Place
from tests.fakes import FakeClock, FakeDesk
from tests.web.conftest import AGENTS, COMMUNITY, LEA, MARA, TIM, YUKI
from tests.web.posts import DRAFT_CARD, TICKET, answer, draft_card


async def test_a_message_reaches_the_desk_with_who_where_and_when(workspace: LocalWorkspace, desk: FakeDesk, clock: FakeClock) -> None:
    ref, event = await workspace.say(MARA, Place(COMMUNITY), "Where is my refund?")
    assert desk.heard == [event]
    assert event == MessageReceived(
        id=event.id,
        ref=ref,
        place=Place(COMMUNITY),
        author=MARA,
        author_name="Mara Voss",
        role=Role.CUSTOMER,
        text="Where is my refund?",
        at=clock.at,
    )


async def test_messages_of_one_instant_keep_their_order(workspace: LocalWorkspace) -> None:
    events = [(await workspace.say(MARA, Place(COMMUNITY), str(n)))[1] for n in range(5)]
    assert sorted(events, key=lambda event: event.at) == events
    assert len({event.at for event in events}) == len({event.ref for event in events}) == len({event.id for event in events}) == 5


async def test_a_clock_that_was_set_back_does_not_reorder_what_was_said(workspace: LocalWorkspace, clock: FakeClock) -> None:
    _, first = await workspace.say(MARA, Place(COMMUNITY), "first")
    clock.advance(hours=-1)
    _, second = await workspace.say(MARA, Place(COMMUNITY), "second")
    assert second.at > first.at


async def test_a_reply_to_a_reply_belongs_to_the_thread_of_both(workspace: LocalWorkspace) -> None:
    root, _ = await workspace.say(MARA, Place(COMMUNITY), "Where is my refund?")
    reply, _ = await workspace.say(TIM, Place(COMMUNITY, root.id), "I am looking")
    _, event = await workspace.say(MARA, Place(COMMUNITY, reply.id), "Thanks")
    assert event.place == Place(COMMUNITY, root.id)


async def test_a_reply_to_nothing_is_refused(workspace: LocalWorkspace, desk: FakeDesk) -> None:
    with pytest.raises(PlaceGone):
        await workspace.say(MARA, Place(COMMUNITY, "nothing"), "Thanks")
    assert desk.heard == []


@pytest.mark.parametrize(
    ("text", "mentioned"),
    [
        pytest.param("@frontDESK are you there?", True, id="the name in any case behind an @"),
        pytest.param("Thanks Frontdesk, that helped", True, id="the name as a word"),
        pytest.param("I wait at the frontdesk of the hotel", False, id="an ordinary word"),
        pytest.param("mail me@frontdesk.example", False, id="an address"),
        pytest.param("Where is my refund?", False, id="nothing of the kind"),
    ],
)
async def test_the_bot_is_mentioned_by_its_name(workspace: LocalWorkspace, text: str, mentioned: bool) -> None:
    _, event = await workspace.say(MARA, Place(COMMUNITY), text)
    assert event.mentions_bot is mentioned


async def test_saying_something_again_under_its_id_says_nothing_new(workspace: LocalWorkspace) -> None:
    said = await workspace.say(MARA, Place(COMMUNITY), "Hello", id="greeting")
    assert await workspace.say(MARA, Place(COMMUNITY), "Hello", id="greeting") == said
    assert len(await workspace.transcript()) == 1


async def test_what_the_desk_could_not_take_is_handed_over_again(workspace: LocalWorkspace, desk: FakeDesk) -> None:
    desk.refusals = 1
    _, refused = await workspace.say(MARA, Place(COMMUNITY), "Hello")
    await workspace.say(MARA, Place(COMMUNITY), "Anybody?")
    assert refused not in desk.heard
    assert await workspace.redeliver() == 1
    assert refused in desk.heard
    assert await workspace.redeliver() == 0


async def test_what_was_refused_is_delivered_without_a_restart(workspace: LocalWorkspace, desk: FakeDesk) -> None:
    desk.refusals = 2
    _, refused = await workspace.say(MARA, Place(COMMUNITY), "Hello")
    delivering = asyncio.create_task(workspace.keep_delivering(every=0))
    async with asyncio.timeout(5):
        await desk.until(refused)
    delivering.cancel()


async def test_what_was_said_before_a_crash_is_handed_over_after_it(workspace: LocalWorkspace, desk: FakeDesk, tmp_path, clock) -> None:
    desk.refusals = 1
    _, said = await workspace.say(MARA, Place(COMMUNITY), "Hello")
    await workspace.close()
    again = await open_workspace(tmp_path / "workspace.db", clock)
    again.connect(desk.emit)
    await again.redeliver()
    await again.close()
    assert desk.heard == [said]


async def test_events_keep_their_ids_when_they_are_delivered_again(workspace: LocalWorkspace, desk: FakeDesk) -> None:
    desk.refusals = 4
    ref, said = await workspace.say(MARA, Place(COMMUNITY), "Hello")
    made = [said, await workspace.edit_by(MARA, ref, "Hello!"), await workspace.typing(MARA, Place(COMMUNITY)), await workspace.delete_by(MARA, ref)]
    await workspace.redeliver()
    assert desk.heard == made


async def test_people_change_and_take_back_their_own_words_only(workspace: LocalWorkspace) -> None:
    ref, _ = await workspace.say(MARA, Place(COMMUNITY), "Helo")
    assert (await workspace.edit_by(MARA, ref, "Hello")).text == "Hello"
    with pytest.raises(NotAllowed):
        await workspace.edit_by(YUKI, ref, "Bye")
    with pytest.raises(NotAllowed):
        await workspace.delete_by(TIM, ref)
    await workspace.delete_by(MARA, ref)
    with pytest.raises(PlaceGone):
        await workspace.edit_by(MARA, ref, "Hello?")


async def test_a_click_carries_what_the_card_says_not_what_the_client_says(workspace: LocalWorkspace) -> None:
    ref = await workspace.send(draft_card())
    event = await workspace.click(TIM, ref, "approve")
    assert (event.action, event.ticket, event.subject, event.basis, event.card, event.role) == (
        "approve",
        TICKET,
        "d-1",
        "d-1",
        "card-1",
        Role.TEAMMATE,
    )


@pytest.mark.parametrize("label", ["Edit", "edit...", "Bearbeiten", "edit"])
async def test_a_button_is_named_by_its_action_or_either_label(workspace: LocalWorkspace, label: str) -> None:
    ref = await workspace.send(draft_card())
    assert (await workspace.click(TIM, ref, label, form={"In the thread": "Three days"})).form == {"part0": "Three days"}


async def test_a_field_left_out_keeps_what_was_drawn_in_it(workspace: LocalWorkspace) -> None:
    ref = await workspace.send(draft_card())
    assert (await workspace.click(TIM, ref, "Edit")).form == {"part0": "Refunds take 5 days."}


@pytest.mark.parametrize(
    ("label", "form", "says"),
    [
        pytest.param("Approve anyway", {}, "its buttons are: Approve, Edit, Reject...", id="no such button"),
        pytest.param("Reject", {}, "'Why' is missing", id="a field that must be filled"),
        pytest.param("Reject", {"why": "mood"}, "choose one of wrong, tone", id="a choice that is none"),
        pytest.param("Approve", {"why": "wrong"}, "asks for no 'why'", id="a field that is not there"),
    ],
)
async def test_a_click_that_fits_nothing_says_what_would(
    workspace: LocalWorkspace, desk: FakeDesk, label: str, form: dict[str, str], says: str
) -> None:
    ref = await workspace.send(draft_card())
    with pytest.raises(InvalidInput, match=says.replace("...", r"\.\.\.")):
        await workspace.click(TIM, ref, label, form=form)
    assert desk.heard == []


async def test_a_click_on_a_card_that_has_changed_is_one_on_the_card_that_was_seen(workspace: LocalWorkspace) -> None:
    ref = await workspace.send(draft_card())
    seen = (await workspace.transcript())[-1]["n"]
    await workspace.edit(ref, draft_card(Card((Text("Approved by Lea"),)), "o-10", op=Op.EDIT))
    with pytest.raises(InvalidInput, match="its buttons are: none"):
        await workspace.click(TIM, ref, "Approve")
    assert (await workspace.click(TIM, ref, "Approve", seen=seen)).basis == "d-1"


async def test_nobody_clicks_what_is_gone_or_whispered_to_somebody_else(workspace: LocalWorkspace) -> None:
    whisper = await workspace.send(answer(op=Op.WHISPER, to=(MARA,), card=DRAFT_CARD))
    assert isinstance(await workspace.click(MARA, whisper, "Approve"), ButtonClicked)
    with pytest.raises(PlaceGone):
        await workspace.click(YUKI, whisper, "Approve")
    card = await workspace.send(draft_card())
    await workspace.delete(card, draft_card(id="o-11", op=Op.DELETE))
    with pytest.raises(PlaceGone):
        await workspace.click(TIM, card, "Approve", seen=1)


async def test_two_clicks_are_two_events(workspace: LocalWorkspace) -> None:
    ref = await workspace.send(draft_card())
    clicks = [await workspace.click(user, ref, "Approve") for user in (TIM, LEA, LEA)]
    assert len({click.id for click in clicks}) == 3


async def test_the_same_reaction_is_the_same_event(workspace: LocalWorkspace) -> None:
    ref, _ = await workspace.say(MARA, Place(COMMUNITY), "Hello")
    assert (await workspace.react_by(TIM, ref, "👍")).id == (await workspace.react_by(TIM, ref, "👍")).id
    assert [(r["emoji"], r["by"]) for r in await workspace.reactions()] == [("👍", "Tim")]


async def test_a_command_is_what_follows_the_slash_command(workspace: LocalWorkspace) -> None:
    assert (await workspace.command(LEA, Place(AGENTS), "/frontdesk pause everything")).text == "pause everything"
    assert (await workspace.command(LEA, Place(AGENTS), "next")).text == "next"
    assert await workspace.transcript() == []


async def test_the_text_of_a_short_file_goes_with_its_message_and_others_are_fetched(workspace: LocalWorkspace) -> None:
    files = [Upload("log.txt", "text/plain", b"\xef\xbb\xbferror 42"), Upload("shot.png", "image/png", b"\x89PNG")]
    _, event = await workspace.say(MARA, Place(COMMUNITY), "See here", files=files)
    assert [(file.name, file.size, file.text) for file in event.files] == [("log.txt", 11, "error 42"), ("shot.png", 4, None)]
    assert await workspace.fetch(event.files[1].ref) == b"\x89PNG"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"x" * (READ + 1), id="a long one, whose end matters too"),
        pytest.param(b"\xff\xfee\0r\0", id="UTF-16"),
        pytest.param(b"Gr\xfc\xdfe", id="an older encoding"),
    ],
)
async def test_the_text_of_other_files_is_left_to_the_desk(workspace: LocalWorkspace, content: bytes) -> None:
    _, event = await workspace.say(MARA, Place(COMMUNITY), "See here", files=[Upload("log.txt", "text/plain", content)])
    assert event.files[0].text is None


async def test_a_file_leaves_with_its_message(workspace: LocalWorkspace) -> None:
    ref, event = await workspace.say(MARA, Place(COMMUNITY), "", files=[Upload("a.txt", "text/plain", b"secret")])
    await workspace.delete_by(MARA, ref)
    with pytest.raises(PlaceGone):
        await workspace.fetch(event.files[0].ref)


@pytest.mark.parametrize(
    "text", ["", "🙂" * 5000, "x" * 10_000_000, "\u202eright to left", "a\0b\ud800c"], ids=["empty", "emoji", "10 MB", "rtl", "broken"]
)
async def test_any_text_is_taken(workspace: LocalWorkspace, text: str) -> None:
    ref, event = await workspace.say(MARA, Place(COMMUNITY), text)
    assert len(event.text) == len(text)
    assert (await workspace.transcript())[-1]["ref"] == ref.id


async def test_a_message_to_a_channel_that_is_not_there_is_refused(workspace: LocalWorkspace) -> None:
    with pytest.raises(PlaceGone):
        await workspace.say(MARA, Place(local_channel("nowhere")), "Hello")
    with pytest.raises(PlaceGone):
        await workspace.react_by(MARA, MessageRef(COMMUNITY, "nothing"), "👍")
