"""Buttons that stand for a command: pressed, they give it, with what somebody filled in."""

import pytest

from bot.web.workspace import LocalWorkspace
from desk.audience import INTERNAL
from desk.cards import Button, Buttons, Card, Field, Form, Option, Text
from desk.customer import Role
from desk.errors import InvalidInput, PlaceGone
from desk.events import CommandInvoked
from desk.ids import OutboxId, TicketId
from desk.post import Op, Post
from desk.space import MessageRef, Place
from desk.timeline import Purpose
from tests.fakes import START, FakeDesk
from tests.web.conftest import AGENTS, LEA, MARA, TIM

MODES = Form("Mode", (Field("mode", "Mode", "observe", options=(Option("observe", "observe"), Option("auto", "auto"))),))


async def whispered(workspace: LocalWorkspace, form: Form | None) -> MessageRef:
    """Whisper a card with such a button to Lea; return where it stands."""
    button = Button("command", "Set modes...", TicketId(""), subject="mode", english="Set modes", form=form)
    card = Card((Text("Modes"), Buttons((button,))))
    post = Post(OutboxId("o-1"), Place(AGENTS), Purpose.NOTICE, INTERNAL, START, op=Op.WHISPER, card=card, to=(LEA,))
    return await workspace.send(post)


async def test_pressing_it_gives_the_command(workspace: LocalWorkspace, desk: FakeDesk) -> None:
    event = await workspace.click(LEA, await whispered(workspace, None), "Set modes")
    assert isinstance(event, CommandInvoked)
    assert (event.text, event.by, event.role, event.place, event.form) == ("mode", LEA, Role.LEAD, Place(AGENTS), {})
    assert desk.heard == [event]


async def test_its_form_goes_with_the_command(workspace: LocalWorkspace) -> None:
    event = await workspace.click(LEA, await whispered(workspace, MODES), "Set modes", form={"Mode": "auto"})
    assert event.form == {"mode": "auto"}


async def test_a_form_that_was_drawn_is_checked(workspace: LocalWorkspace, desk: FakeDesk) -> None:
    with pytest.raises(InvalidInput, match="is no choice of 'Mode'"):
        await workspace.click(LEA, await whispered(workspace, MODES), "Set modes", form={"mode": "atuo"})
    assert desk.heard == []


async def test_a_form_that_only_the_desk_knows_is_handed_over_as_it_is(workspace: LocalWorkspace) -> None:
    event = await workspace.click(LEA, await whispered(workspace, None), "Set modes", form={"mode": "auto"})
    assert event.form == {"mode": "auto"}


async def test_pressed_twice_it_is_given_twice(workspace: LocalWorkspace, desk: FakeDesk) -> None:
    ref = await whispered(workspace, None)
    await workspace.click(LEA, ref, "Set modes")
    await workspace.click(LEA, ref, "Set modes")
    assert len({event.id for event in desk.heard}) == 2


@pytest.mark.parametrize("who", [MARA, TIM], ids=["a customer", "another teammate"])
async def test_only_who_sees_it_can_press_it(workspace: LocalWorkspace, desk: FakeDesk, who) -> None:
    with pytest.raises(PlaceGone):
        await workspace.click(who, await whispered(workspace, None), "Set modes")
    assert desk.heard == []
