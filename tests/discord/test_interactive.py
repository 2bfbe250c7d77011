"""Interactive: presses, forms and commands are answered in time; what somebody did is kept before they see it done."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytest_asyncio

from bot.arrivals.pressed import OLD
from bot.discord import asking, draw, menu, pressed
from bot.discord.asking import BUSY, LATE
from bot.discord.forms import NO_FORM, OVER
from bot.discord.interactive import DONE, ELSEWHERE
from bot.discord.refs import channel_ref, message_ref, user_ref
from cli.play.discord import channels, saying
from cli.play.discord.founding import another, founded, person, role, room
from cli.play.discord.interactions import AUTOCOMPLETE, COMMAND, COMPONENT, SUBMIT, begin
from cli.play.discord.names import BOT, GUILD
from cli.play.discord.server import Loopback
from cli.play.discord.state import Home, Interaction, Message
from desk.cards import Button, Buttons, Card, Field, Form, Header, Text
from desk.catalog import Option, Options
from desk.customer import Role
from desk.errors import NotAllowed, Unavailable
from desk.events import ButtonClicked, CommandInvoked, TicketAsked
from desk.ids import CardId, TicketId
from desk.ports import Query
from desk.space import Place
from handlers.commands.table import catalog
from tests.discord.judge import Judge, judged
from tests.discord.listening import Listening, listening
from tests.fakes import FakeDesk

MARA, TIM = "1190000000000100000", "1190000000000200000"
HELP, CARDS, SUPPORT = "1190000000000300000", "1190000000000400000", "1190000000000900000"
FORM = Form("Edit the draft", (Field("text", "Text", "Dear Mara", lines=8), Field("why", "Why", required=False)))
LONG_FORM = Form("Save a text", tuple(Field(f"f{n}", f"Field {n}", required=False) for n in range(7)), intro="What is set now")
DEFERRED, DEFERRED_UPDATE, TOLD, UPDATED, ASKED = 5, 6, 4, 7, 9


@dataclass
class Desk(FakeDesk):
    """A desk whose forms may be wrong, and which may take its time."""

    wrong: Mapping[str, str] = field(default_factory=dict)
    checked: list[Mapping[str, str]] = field(default_factory=list)
    slow: bool = False

    async def view(self, query: Query):
        self.asked.append(query)
        if query.kind == "commands":
            return catalog()
        if self.slow:
            await asyncio.Event().wait()
        return self.shows(query)

    async def check(self, query: Query, values: Mapping[str, str]) -> Mapping[str, str]:
        self.checked.append(values)
        return self.wrong


@dataclass
class People:
    """What people press, choose, send and type on a server."""

    home: Home
    heard: Listening
    judge: Judge | None = None

    def post(self, card: Card, *, channel: str = CARDS, carrier: str = "k-1", flags: int = 0) -> Message:
        """Let the bot post a card."""
        body = draw.components(card, carrier=carrier)
        said = Message(channel, self.home.ids.next(), BOT, flags=body["flags"] | flags, components=body["components"])
        return saying.put(self.home, said)

    async def press(self, message: Message, custom_id: str, *, user: str = TIM, choice: str = "") -> Interaction:
        """Press a button, or choose of a menu."""
        data: dict[str, Any] = {"custom_id": custom_id, "component_type": 3 if choice else 2, **({"values": [choice]} if choice else {})}
        return await self._begun(COMPONENT, user, message.channel, data, message=message)

    async def give(self, *path: str, channel: str = CARDS, user: str = TIM, **options: str) -> Interaction:
        """Give a slash command."""
        return await self._begun(COMMAND, user, channel, command(*path, **options))

    async def types(self, *path: str, focused: str, user: str = TIM, **options: str) -> Sequence[Mapping[str, str]]:
        """Type into an option, and return what is offered."""
        made = await self._begun(AUTOCOMPLETE, user, CARDS, command(*path, focused=focused, **options))
        return made.choices

    async def send(self, asked: Interaction, **values: str) -> Interaction:
        """Send the form that an interaction was answered with."""
        message = self.home.message(asked.channel, asked.message) if asked.message else None
        data = {"custom_id": asked.modal["custom_id"], "components": list(filled(asked.modal, values))}
        return await self._begun(SUBMIT, asked.user, asked.channel, data, message=message)

    def answer(self, asked: Interaction) -> Message:
        """Return the message that an interaction was answered with."""
        found = self.home.message(asked.channel, asked.original)
        assert found is not None, "it was answered with no message"
        return found

    async def _begun(self, kind: int, user: str, channel: str, data: dict[str, Any], *, message: Message | None = None) -> Interaction:
        place = self.home.channel(channel)
        assert place is not None, "it happens somewhere"
        made = begin(self.home, kind, user, place, data, message=message)
        await self.heard.settled()
        return self.home.interactions[made.id]


def command(*path: str, focused: str = "", **options: str) -> dict[str, Any]:
    """Return a slash command as Discord tells of it."""
    given: list[dict[str, Any]] = [
        {"type": 3, "name": name, "value": value, **({"focused": True} if name == focused else {})} for name, value in options.items()
    ]
    for n, name in enumerate(reversed(path)):
        given = [{"type": 1 if n == 0 else 2, "name": name, "options": given}]
    return {"id": "1", "name": "frontdesk", "type": 1, "options": given}


def filled(modal: Mapping[str, Any], values: Mapping[str, str]):
    """Yield a form's fields as they come back: what was not typed over is what stood there."""
    for each in modal["components"]:
        if each["type"] == 18:
            inside = each["component"]
            yield {"type": 18, "component": {**inside, "value": values.get(inside["custom_id"], inside.get("value", ""))}}


def card(*buttons: Button, more: Sequence[Button] = ()) -> Card:
    """Return a card with buttons."""
    return Card((Header("A draft"), Buttons(tuple(buttons), tuple(more))))


def button(action: str = "approve", *, form: Form | None = None, subject: str = "d-1") -> Button:
    """Return a button of a draft's."""
    return Button(action, "Press", TicketId("t-1"), subject, "d-1", form=form)


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def home(clock) -> Home:
    made = founded(clock.now)
    role(made, SUPPORT, "Support")
    person(made, MARA, "Mara Voss", locale="de")
    person(made, TIM, "Tim Okafor", SUPPORT)
    room(made, HELP, "help")
    room(made, CARDS, "agents", only=(SUPPORT,))
    return made


@pytest_asyncio.fixture
async def people(home, tmp_path, desk, policy, store, clock) -> AsyncIterator[People]:
    policy.change(team={"agents": [f"discord/{GUILD}/{SUPPORT}"]})
    async with Loopback(home) as server:
        with judged(server.api) as judge:
            async with listening(server, tmp_path / "discord.db", desk, policy=policy, store=store, clock=clock) as heard:
                await heard.settled()
                yield People(home, heard, judge)


async def test_a_press_is_an_event_with_the_role_of_this_moment(people, desk):
    message = people.post(card(button()))
    asked = await people.press(message, pressed.packed(button(), "k-1"))
    [event] = desk.heard

    assert isinstance(event, ButtonClicked)
    assert (event.action, event.ticket, event.subject, event.basis, event.card) == ("approve", "t-1", "d-1", "d-1", CardId("k-1"))
    assert (event.by, event.by_name, event.role) == (user_ref(GUILD, TIM), "Tim Okafor", Role.TEAMMATE)
    assert event.place == Place(channel_ref(GUILD, CARDS))
    assert asked.answered == DEFERRED_UPDATE


async def test_a_press_in_a_thread_is_a_press_in_the_thread_of_its_channel(people, home, desk):
    said = saying.put(home, Message(HELP, home.ids.next(), MARA, "Where is my refund?"))
    thread = channels.thread_under(home, home.guild.channels[HELP], said, BOT, {"name": "Where"})
    message = people.post(card(button("solved")), channel=thread.id)
    await people.press(message, pressed.packed(button("solved"), "o-1"), user=MARA)
    [event] = [event for event in desk.heard if isinstance(event, ButtonClicked)]

    assert event.place == Place(channel_ref(GUILD, HELP), thread.id)
    assert event.role is Role.CUSTOMER
    assert event.card is None


async def test_a_choice_of_a_menu_is_the_press_of_its_button(people, desk):
    more = (button("mute"), button("snooze"))
    message = people.post(card(button(), more=more))
    await people.press(message, pressed.menu_id(1, carrier="k-1"), choice=pressed.packed(more[1], "k-1"))

    assert [event.action for event in desk.heard] == ["snooze"]


async def test_a_menu_that_is_let_go_of_does_nothing(people, desk, home):
    message = people.post(card(button(), more=(button("mute"), button("snooze"))))
    data = {"custom_id": pressed.menu_id(1, carrier="k-1"), "component_type": 3, "values": []}
    made = begin(home, COMPONENT, TIM, home.guild.channels[CARDS], data, message=message)
    await people.heard.settled()

    assert desk.heard == []
    assert home.interactions[made.id].answered == DEFERRED_UPDATE


async def test_a_button_of_a_process_that_is_gone_works(home, tmp_path, desk, policy, store, clock):
    carries_much = Button("command", "Do it", TicketId(""), subject="policy set " + "x" * 120)
    async with Loopback(home) as server:
        async with listening(server, tmp_path / "discord.db", desk, policy=policy, store=store, clock=clock) as heard:
            await heard.settled()
            await heard.discord._carried.keep(pressed.too_long(card(carries_much), "k-1"))
            message = People(home, heard).post(card(carries_much))
        async with listening(server, tmp_path / "discord.db", desk, policy=policy, store=store, clock=clock) as heard:
            await heard.settled()
            await People(home, heard).press(message, pressed.packed(carries_much, "k-1"))

    assert [event.text for event in desk.heard] == [carries_much.subject]


async def test_a_button_that_nobody_knows_any_more_says_so_to_who_pressed(people, desk):
    message = people.post(card(button()))
    asked = await people.press(message, "somebody else's")
    told = people.answer(asked)

    assert desk.heard == []
    assert (told.content, told.to) == (OLD, TIM)


async def test_a_form_opens_with_what_is_set_now(people, desk):
    desk.shows = lambda query: FORM
    asked = await people.press(people.post(card(button("edit", form=FORM))), pressed.packed(button("edit", form=FORM), "k-1"))
    [query] = [query for query in desk.asked if query.kind == "form"]

    assert asked.answered == ASKED
    assert asked.modal["title"] == "Edit the draft"
    assert asked.modal["components"][0]["component"]["value"] == "Dear Mara"
    assert (query.subject, query.action, query.about, query.role) == ("k-1", "edit", "d-1", Role.TEAMMATE)
    assert desk.heard == []


async def test_a_form_that_is_sent_is_the_press_with_what_was_filled_in(people, desk):
    desk.shows = lambda query: FORM
    asked = await people.press(people.post(card(button("edit", form=FORM))), pressed.packed(button("edit", form=FORM), "k-1"))
    sent = await people.send(asked, text="Dear Mara, it is on its way")
    [event] = desk.heard

    assert isinstance(event, ButtonClicked)
    assert event.form == {"text": "Dear Mara, it is on its way", "why": ""}
    assert (event.action, event.subject) == ("edit", "d-1")
    assert sent.answered == DEFERRED_UPDATE


async def test_whoever_may_not_fill_in_a_form_is_told_so_by_the_desk(people, desk):
    def refuses(query: Query):
        raise NotAllowed("Only the support team can press this.")

    desk.shows = refuses
    await people.press(people.post(card(button("edit", form=FORM))), pressed.packed(button("edit", form=FORM), "k-1"), user=MARA)

    assert [(event.action, event.role) for event in desk.heard] == [("edit", Role.CUSTOMER)]


async def test_a_customers_form_opens_in_a_direct_message_too(people, home, desk):
    desk.shows = lambda query: Form("How was it?", (Field("comment", "Comment", required=False),))
    rated = button("csat_5", form=FORM)
    direct = home.direct_with(MARA)
    message = saying.put(home, Message(direct.id, home.ids.next(), BOT, "How was it?"))
    asked = await people.press(message, pressed.packed(rated, "o-1"), user=MARA)
    await people.send(asked, comment="Very good")
    [event] = desk.heard

    assert event.form == {"comment": "Very good"}
    assert event.by == user_ref(GUILD, MARA)
    assert event.place == Place(channel_ref(GUILD, direct.id))


async def test_a_form_that_takes_too_long_is_asked_to_be_pressed_again(people, desk, monkeypatch):
    monkeypatch.setattr(asking, "PATIENCE", 0.05)
    message = people.post(card(button("edit", form=FORM)))
    desk.slow = True
    asked = await people.press(message, pressed.packed(button("edit", form=FORM), "k-1"))

    assert people.answer(asked).content == LATE
    assert desk.heard == []


async def test_a_form_of_more_than_five_fields_is_filled_in_by_pages(people, desk):
    desk.shows = lambda query: LONG_FORM
    first = await people.give("macro", "add")
    assert first.modal["title"] == "Save a text (1/2)"
    kept = await people.send(first, f0="a", f3="d")
    note = people.answer(kept)
    assert "Page 1 of 2 is kept" in note.content
    assert desk.heard == []

    [again] = note.components[0]["components"]
    second = await people.press(note, again["custom_id"])
    assert second.modal["title"] == "Save a text (2/2)"
    last = await people.send(second, f6="g")
    [event] = desk.heard

    assert isinstance(event, CommandInvoked)
    assert {name: value for name, value in event.form.items() if value} == {"f0": "a", "f3": "d", "f6": "g"}
    assert event.text == "macro add"
    assert (last.answered, people.answer(last).content) == (UPDATED, DONE)


async def test_a_form_is_gone_on_with_after_a_restart(home, tmp_path, desk, policy, store, clock):
    desk.shows = lambda query: LONG_FORM
    policy.change(team={"agents": [f"discord/{GUILD}/{SUPPORT}"]})
    async with Loopback(home) as server:
        async with listening(server, tmp_path / "discord.db", desk, policy=policy, store=store, clock=clock) as heard:
            await heard.settled()
            people = People(home, heard)
            note = people.answer(await people.send(await people.give("macro", "add"), f0="a"))
        async with listening(server, tmp_path / "discord.db", desk, policy=policy, store=store, clock=clock) as heard:
            await heard.settled()
            people = People(home, heard)
            await people.send(await people.press(note, note.components[0]["components"][0]["custom_id"]), f6="g")
    [event] = desk.heard

    assert {name: value for name, value in event.form.items() if value} == {"f0": "a", "f6": "g"}


async def test_what_is_wrong_with_a_page_is_said_before_the_next_one(people, desk):
    desk.shows = lambda query: LONG_FORM
    desk.wrong = {"f1": "There is no such account.", "f6": "Say why."}
    refused = people.answer(await people.send(await people.give("macro", "add"), f1="x"))

    assert "There is no such account." in refused.content
    assert "Say why." not in refused.content

    desk.wrong = {"f6": "Say why."}
    reopened = await people.press(refused, refused.components[0]["components"][0]["custom_id"])
    assert "Page 1 of 2 is kept" in people.answer(await people.send(reopened, f1="y")).content


async def test_what_is_wrong_with_a_form_is_said_and_what_was_typed_is_kept(people, desk):
    desk.shows = lambda query: FORM
    desk.wrong = {"text": "Write a time as 2026-11-02 18:00."}
    asked = await people.give("sla", do="set")
    refused = people.answer(await people.send(asked, text="tomorrow"))
    assert "Write a time as" in refused.content
    assert desk.heard == []

    [again] = refused.components[0]["components"]
    reopened = await people.press(refused, again["custom_id"])
    assert reopened.modal["components"][0]["component"]["value"] == "tomorrow"

    desk.wrong = {}
    await people.send(reopened, text="2026-11-02 18:00")
    assert [event.form["text"] for event in desk.heard] == ["2026-11-02 18:00"]


async def test_what_was_typed_is_kept_for_a_quarter_of_an_hour(people, desk, clock):
    desk.shows, desk.wrong = lambda query: FORM, {"text": "Not this."}
    note = people.answer(await people.send(await people.give("sla", do="set"), text="x"))
    clock.advance(minutes=16)
    late = await people.press(note, note.components[0]["components"][0]["custom_id"])

    assert people.answer(late).content == OVER


async def test_nobody_goes_on_with_what_another_typed(people, home, desk):
    desk.shows, desk.wrong = lambda query: FORM, {"text": "Not this."}
    note = people.answer(await people.send(await people.give("sla", do="set"), text="x"))
    other = await people.press(note, note.components[0]["components"][0]["custom_id"], user=MARA)

    assert people.answer(other).content == OVER


async def test_a_form_whose_card_has_changed_meanwhile_says_so(people, desk):
    desk.shows, desk.wrong = lambda query: FORM, {"text": "Not this."}
    note = people.answer(await people.send(await people.give("sla", do="set"), text="x"))
    desk.shows = lambda query: None
    gone = await people.press(note, note.components[0]["components"][0]["custom_id"])

    assert people.answer(gone).content == NO_FORM


async def test_a_menu_whose_form_was_opened_can_be_asked_for_the_same_again(people, home, desk):
    desk.shows = lambda query: FORM
    more = (button("edit", form=FORM), button("snooze"))
    message = people.post(card(button(), more=more))
    asked = await people.press(message, pressed.menu_id(1, carrier="k-1"), choice=pressed.packed(more[0], "k-1"))
    after = home.message(CARDS, message.id)

    assert asked.answered == ASKED
    assert after is not None
    assert after.edited is not None
    assert pressed.packed(more[0], "k-1") in str(after.components)


async def test_a_command_is_an_event_and_its_answer_is_awaited(people, desk):
    asked = await people.give("ticket", "why", ticket="t-1")
    [event] = desk.heard

    assert isinstance(event, CommandInvoked)
    assert (event.text, event.by, event.role, event.form) == ("why t-1", user_ref(GUILD, TIM), Role.TEAMMATE, {})
    assert asked.answered == DEFERRED
    assert people.answer(asked).to == TIM


async def test_a_command_in_one_line_is_the_same(people, desk):
    await people.give("run", command="/frontdesk why t-1")

    assert [event.text for event in desk.heard] == ["why t-1"]


async def test_a_button_that_stands_for_a_command_gives_it(people, desk):
    stands = Button("command", "Queue", TicketId(""), subject="queue")
    await people.press(people.post(card(stands)), pressed.packed(stands, "k-1"))

    assert [event.text for event in desk.heard] == ["queue"]


async def test_a_command_that_asks_opens_its_form(people, desk):
    desk.shows = lambda query: FORM
    asked = await people.give("policy", "set", key="tickets.window")
    sent = await people.send(asked, text="90m")
    [event] = desk.heard

    assert (event.text, event.form) == ("policy set tickets.window", {"text": "90m", "why": ""})
    assert sent.answered == DEFERRED


async def test_ones_page_is_shown_at_once_to_them_alone(people, desk):
    desk.shows = lambda query: Card((Header("Waiting for you", "2"), Buttons((Button("command", "Next", TicketId(""), subject="next"),))))
    page = people.answer(await people.give("home"))

    assert page.to == TIM
    assert "Waiting for you" in str(page.components)
    assert [query.kind for query in desk.asked][-1] == "home"
    await people.press(page, pressed.packed(Button("command", "Next", TicketId(""), subject="next"), "home"))
    assert [event.text for event in desk.heard] == ["next"]


async def test_a_ticket_is_asked_for_in_a_messages_menu(people, home, desk):
    said = saying.put(home, Message(HELP, home.ids.next(), MARA, "Where is my refund?"))
    data = {"id": "2", "name": menu.OPEN_TICKET, "type": 3, "target_id": said.id}
    made = begin(home, COMMAND, MARA, home.guild.channels[HELP], data)
    await people.heard.settled()
    [event] = [event for event in desk.heard if isinstance(event, TicketAsked)]

    assert (event.ref, event.by) == (message_ref(channel_ref(GUILD, HELP), said.id), user_ref(GUILD, MARA))
    assert people.answer(home.interactions[made.id]).content == menu.TAKEN["de"]


async def test_what_is_being_typed_is_offered_from_what_the_desk_knows(people, desk):
    asked: list[str] = []

    def options(query: Query):
        asked.append(query.subject)
        return Options((Option("merge t-1 into t-2", "t-2  high  Mara Voss"),))

    desk.shows = options
    offered = await people.types("ticket", "merge", focused="into", ticket="t-1", into="mara")

    assert asked == ["merge t-1 into mara"]
    assert offered == [{"name": "t-2  high  Mara Voss", "value": "t-2"}]


async def test_nothing_is_offered_to_who_is_not_of_the_team(people, desk):
    desk.shows = lambda query: Options((Option("why t-1", "t-1"),))

    assert await people.types("ticket", "why", focused="ticket", user=MARA, ticket="") == []


async def test_another_server_is_told_that_nothing_happens_there(people, home, desk):
    other = another(home, "1190000000000700000", "Elsewhere")
    person(home, "1190000000000710000", "Ida", guild=other.id)
    place = room(home, "1190000000000720000", "general", guild=other.id)
    made = begin(home, COMMAND, "1190000000000710000", place, command("status"))
    await people.heard.settled()

    assert people.answer(home.interactions[made.id]).content == ELSEWHERE
    assert desk.heard == []


async def test_the_same_press_told_twice_is_one(people, home, desk):
    message = people.post(card(button()))
    asked = await people.press(message, pressed.packed(button(), "k-1"))
    body = {
        "id": asked.id, "application_id": "1", "type": 3, "token": asked.token, "guild_id": GUILD, "channel_id": CARDS,
        "channel": {"id": CARDS, "type": 0}, "member": {"user": {"id": TIM, "username": "tim"}, "roles": [SUPPORT], "permissions": "0"},
        "data": {"custom_id": pressed.packed(button(), "k-1"), "component_type": 2}, "message": {"id": message.id},
    }  # fmt: skip
    people.heard.discord._hearing.hear("INTERACTION_CREATE", body)
    await people.heard.settled()

    assert len(desk.heard) == 1
    # The second one was answered already.
    [refused] = people.judge.refused
    assert "40060" in refused
    people.judge.refused.clear()


async def test_a_press_that_cannot_be_kept_is_said_to_be_undone(people, home, desk, monkeypatch):
    async def full(arrival):
        raise Unavailable("platform", "the disk is full")

    message = people.post(card(button()))
    monkeypatch.setattr(people.heard.discord._inbox, "keep", full)
    asked = await people.press(message, pressed.packed(button(), "k-1"))

    assert people.answer(asked).content == BUSY


async def test_a_card_of_text_alone_is_a_page_too(people, desk):
    desk.shows = lambda query: Card((Text("Write to me here."),))

    assert "Write to me here." in str(people.answer(await people.give("home", user=MARA)).components)
