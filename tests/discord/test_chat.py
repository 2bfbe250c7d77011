"""The chat: what is posted, changed, taken back and found on a server, as it stands there."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from bot.discord.limits import CONTENT, size
from bot.discord.refs import message_ref
from cli.play.discord import channels, saying
from cli.play.discord.faults import refused
from cli.play.discord.names import BOT
from cli.play.discord.server import Loopback
from cli.play.discord.state import Message
from desk.audience import INTERNAL
from desk.cards import Button, Buttons, Card, CardKind, CardRecord, Header, Text
from desk.changes import Enqueue, SaveCard, SaveMessage, SaveTicket, write
from desk.customer import Role
from desk.errors import PlaceGone, Unavailable
from desk.ids import CardId, EventId, MessageId, OutboxId, TicketId
from desk.post import Direct, Op, RowStatus
from desk.space import Place
from desk.ticket import Status, Ticket
from desk.timeline import Message as Said
from desk.timeline import Purpose, message_id
from tests.discord.talking import (
    AGENTS,
    AGENTS_REF,
    FORUM,
    FORUM_REF,
    HELP,
    HELP_REF,
    MARA,
    MARA_REF,
    SOLVED,
    SUPPORT,
    TICKETS,
    TICKETS_REF,
    TIM_REF,
    Talking,
    post,
    server,
    talking,
    user,
)
from tests.fakes import START

LONG = "\n\n".join(f"Paragraph {n}: " + "the export of the ledger runs every night. " * 12 for n in range(8))
CARD = Card(
    (
        Header("Draft  for Mara Voss", "high 71"),
        Text("in the thread: Refunds take 5 days."),
        Buttons((Button("approve", "Approve", TicketId("t-1")),)),
    )
)


@pytest_asyncio.fixture
async def discord(clock) -> AsyncIterator[Loopback]:
    async with Loopback(server(clock.now)) as found:
        yield found


@pytest_asyncio.fixture
async def talk(discord, tmp_path, policy, store, clock) -> AsyncIterator[Talking]:
    async with talking(discord, tmp_path / "carried.db", policy=policy, store=store, clock=clock) as found:
        yield found


@pytest_asyncio.fixture
async def root(talk, store) -> Message:
    """Return a question of Mara's, which the desk has taken in."""
    asked = saying.put(talk.home, Message(HELP, talk.home.ids.next(), MARA, "Where is my refund?"))
    at = message_ref(HELP_REF, asked.id)
    said = Said(message_id(at), at, Place(HELP_REF), MARA_REF, "Mara Voss", Role.CUSTOMER, asked.content, START)
    await store.commit(EventId("ev-root"), write(SaveMessage(said)), at=START)
    return asked


def card(text="", **more):
    return post(card=CARD, audience=INTERNAL, **{"target": Place(AGENTS_REF), **more})


def ticket(place, anchor, status=Status.OPEN):
    return Ticket(TicketId("t-1"), place, anchor, "user:x", MARA_REF, "Mara Voss", START, status=status)


async def test_what_a_customer_reads_is_text_with_the_buttons_under_it_and_pings_nobody(talk):
    solved = Card(
        (Text("Refunds take **5 days**. Ask @everyone or <@1190000000000200000>."), Buttons((Button("solved", "Solved", TicketId("t-1")),)))
    )
    await talk.chat.send(post(card=solved))
    [stands] = talk.stands(HELP)
    assert stands.content == "Refunds take **5 days**. Ask @\u2060everyone or \\<@1190000000000200000>."
    assert [part["label"] for row in stands.components for part in row["components"]] == ["Solved"]
    assert (stands.mentions, stands.nonce) == ((), "o-1")


async def test_only_whom_a_post_is_for_is_pinged_and_nobody_where_they_are_alone(talk):
    await talk.chat.send(post(to=(MARA_REF, user(SUPPORT))))
    await talk.chat.send(post(id="o-2", to=(MARA_REF,), target=Direct(MARA_REF)))
    [here], [alone] = talk.stands(HELP), talk.stands(talk.home.direct_with(MARA).id)
    assert (here.mentions, here.roles) == ((MARA,), (SUPPORT,))
    assert alone.content == "Hello"


async def test_the_first_answer_starts_the_thread_and_the_next_goes_into_it(talk, root):
    refs = [await talk.chat.send(post(id=f"o-{n}", target=Place(HELP_REF, root.id))) for n in (1, 2)]
    thread = talk.home.guild.channels[root.id]
    assert (thread.parent, thread.name, thread.thread.owner) == (HELP, "Where is my refund?", BOT)
    assert [ref.id for ref in refs] == [f"{root.id}/{message.id}" for message in talk.stands(root.id)]
    assert len(talk.asked("POST /channels/{channel}/messages/{message}/threads")) == 1


async def test_a_thread_that_is_there_already_is_written_in(talk, root):
    channels.thread_under(talk.home, talk.home.guild.channels[HELP], root, MARA, {"name": "Mine"})
    await talk.chat.send(post(target=Place(HELP_REF, root.id)))
    assert len(talk.stands(root.id)) == 1


async def test_an_answer_in_a_conversation_with_one_person_replies_to_what_it_answers(talk):
    direct = (await talk.chat.open(MARA_REF)).channel
    said = saying.put(talk.home, Message(direct.id, talk.home.ids.next(), MARA, "Hello?"))
    ref = await talk.chat.send(post(target=Place(direct, said.id)))
    [stands] = talk.stands(direct.id)
    assert (stands.reply_to, ref) == (said.id, message_ref(direct, stands.id))


async def test_a_later_message_that_is_answered_elsewhere_gets_a_reply_and_no_thread(talk, root, store):
    await store.commit(EventId("ev-1"), write(SaveTicket(ticket(Place(HELP_REF, "77"), message_ref(HELP_REF, "77")))), at=START)
    await talk.chat.send(post("Answered above", target=Place(HELP_REF, root.id), ticket=TicketId("t-1")))
    [stands] = talk.stands(HELP)
    assert (stands.reply_to, root.id in talk.home.guild.channels) == (root.id, False)


async def test_the_teams_card_is_made_of_components_in_the_color_of_its_urgency(talk):
    await talk.chat.send(card())
    [stands] = talk.stands(AGENTS)
    [frame] = stands.components
    assert (frame["type"], frame["accent_color"], stands.content) == (17, 0xF79009, "")
    assert [part["type"] for part in frame["components"]] == [10, 10, 1]


async def test_a_card_that_goes_on_with_a_ticket_replies_to_its_first_card_in_the_channel(talk):
    first = await talk.chat.send(card())
    under = await talk.chat.send(card(id="o-2", target=Place(AGENTS_REF, first.id), under=OutboxId("o-1")))
    assert talk.stands(AGENTS)[1].reply_to == first.id
    assert await talk.chat.find(OutboxId("o-2"), Place(AGENTS_REF, first.id)) == under


async def test_in_a_forum_a_tickets_first_card_is_a_post_named_by_its_header_and_the_others_go_into_it(talk):
    first = await talk.chat.send(card(target=Place(TICKETS_REF)))
    thread = talk.home.guild.channels[first.id]
    assert (thread.name, thread.parent) == ("Draft for Mara Voss", TICKETS)
    under = await talk.chat.send(card(id="o-2", target=Place(TICKETS_REF, first.id), under=OutboxId("o-1")))
    assert under.id.startswith(f"{first.id}/")
    await talk.chat.edit(first, card(op=Op.EDIT, changes=OutboxId("o-1")))
    await talk.chat.edit(under, card(op=Op.EDIT, changes=OutboxId("o-2")))


async def test_a_forums_post_of_unknown_fate_is_found_by_what_its_buttons_carry(talk, store):
    row = card(target=Place(TICKETS_REF))
    await store.commit(EventId("ev-1"), write(Enqueue(row)), at=START)
    first = await talk.chat.send(row)
    assert await talk.chat.find(OutboxId("o-1"), Place(TICKETS_REF)) == first


async def test_a_card_that_discord_does_not_take_is_posted_in_plain_words(talk):
    talk.server.api.faults.refuse("POST /channels/{channel}/messages", refused(400, 50035, "Invalid Form Body"))
    await talk.chat.send(card())
    [stands] = talk.stands(AGENTS)
    assert stands.content.startswith("Draft  for Mara Voss")
    assert [part["label"] for row in stands.components for part in row["components"]] == ["Approve"]
    await talk.chat.edit(message_ref(AGENTS_REF, stands.id), card(op=Op.EDIT, changes=OutboxId("o-1")))
    assert talk.stands(AGENTS)[0].components[0]["type"] == 17


async def test_a_long_answer_takes_several_messages_with_the_buttons_under_the_last(talk):
    ref = await talk.chat.send(post(card=Card((Text(LONG), Buttons((Button("solved", "Solved", TicketId("t-1")),))))))
    stands = talk.stands(HELP)
    assert len(stands) > 1
    assert ref.id == stands[0].id
    assert all(size(message.content) <= CONTENT for message in stands)
    assert [bool(message.components) for message in stands] == [False] * (len(stands) - 1) + [True]
    assert "".join("".join(message.content for message in stands).split()) == "".join(LONG.split())


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("short", LONG, id="longer"),
        pytest.param(LONG, "short", id="shorter"),
        pytest.param(LONG, LONG.replace("night", "day"), id="as long"),
    ],
)
async def test_an_edit_keeps_the_messages_of_a_post_in_step_and_a_deletion_takes_them_all(talk, before, after):
    ref = await talk.chat.send(post(before))
    for _ in range(2):
        await talk.chat.edit(ref, post(after, "o-2", op=Op.EDIT, changes=OutboxId("o-1")))
        assert "".join("".join(message.content for message in talk.stands(HELP)).split()) == "".join(after.split())
    await talk.chat.delete(ref, post(op=Op.DELETE))
    assert talk.stands(HELP) == []


async def test_a_long_answer_that_broke_off_is_finished_and_nothing_of_it_is_said_twice(talk, store):
    row = post(LONG)
    await store.commit(EventId("ev-1"), write(Enqueue(row)), at=START)
    first = await talk.chat.send(row)
    whole = talk.stands(HELP)
    for message in whole[1:]:
        saying.erase(talk.home, message)
    talk.home.nonces.clear()
    assert await talk.chat.find(OutboxId("o-1"), Place(HELP_REF)) is None
    kept = await store.row(OutboxId("o-1"))
    await store.save_row(replace(kept, status=RowStatus.SENDING, attempts=2, attempted_at=START))
    assert await talk.chat.send(row) == first
    assert [message.content for message in talk.stands(HELP)] == [message.content for message in whole]


async def test_a_post_is_known_again_by_its_words_where_discord_keeps_no_nonce(talk, store):
    await store.commit(EventId("ev-1"), write(Enqueue(post())), at=START)
    ref = await talk.chat.send(post())
    [stands] = talk.stands(HELP)
    talk.home.place(replace(stands, nonce=""))
    assert await talk.chat.find(OutboxId("o-1"), Place(HELP_REF)) == ref


async def test_a_post_that_never_arrived_is_not_taken_for_another_one_of_the_same_words(talk, root, store):
    place = Place(HELP_REF, root.id)
    rows = [post(target=place, id=id, ticket=TicketId("t-1")) for id in ("o-1", "o-2")]
    stands = await talk.chat.send(rows[0])
    saved = (SaveTicket(ticket(place, message_ref(HELP_REF, root.id))), SaveMessage(replace(told("Hello"), ref=stands)), *map(Enqueue, rows))
    await store.commit(EventId("ev-1"), write(*saved), at=START)
    for message in talk.stands(root.id):
        talk.home.place(replace(message, nonce=""))
    assert await talk.chat.find(OutboxId("o-2"), place) is None
    arrived = await talk.chat.send(rows[1])
    talk.home.place(replace(talk.stands(root.id)[-1], nonce=""))
    assert await talk.chat.find(OutboxId("o-2"), place) == arrived


async def test_a_button_that_carries_too_much_is_kept_before_anybody_can_press_it(talk):
    heavy = Button("approve", "Approve", TicketId("t-" + "x" * 80), subject="d-" + "y" * 80, basis="z" * 80)
    await talk.chat.send(post(card=Card((Text("x"), Buttons((heavy,))))))
    [stands] = talk.stands(HELP)
    assert len(stands.components[0]["components"][0]["custom_id"]) <= 100


async def test_a_reaction_is_put_once_and_where_the_bot_is_alone_it_shows_that_it_writes(talk, root):
    for _ in range(2):
        await talk.chat.react(message_ref(HELP_REF, root.id), "eyes")
    assert talk.home.reactions[HELP, root.id] == [("\N{EYES}", talk.home.reactions[HELP, root.id][0][1])]
    assert talk.home.typing == []
    direct = (await talk.chat.open(MARA_REF)).channel
    said = saying.put(talk.home, Message(direct.id, talk.home.ids.next(), MARA, "Hello?"))
    await talk.chat.react(message_ref(direct, said.id), "eyes")
    assert talk.home.typing == [direct.id]


async def test_a_conversation_is_opened_once(talk):
    for _ in range(3):
        await talk.chat.open(MARA_REF)
    assert len(talk.asked("POST /users/@me/channels")) == 1


@pytest.mark.parametrize(("status", "archived"), [(Status.SOLVED, True), (Status.CLOSED, True), (Status.OPEN, False), (Status.WAITING_TEAM, False)])
async def test_a_tickets_thread_is_archived_once_it_is_over_and_open_again_when_it_is_not(talk, root, status, archived):
    await talk.chat.send(post(target=Place(HELP_REF, root.id)))
    talk.home.guild.channels[root.id].thread.archived = not archived
    await talk.chat.mark(ticket(Place(HELP_REF, root.id), message_ref(HELP_REF, root.id), status))
    assert talk.home.guild.channels[root.id].thread.archived is archived


async def test_a_solved_post_of_a_forum_carries_the_tag_until_it_is_open_again(talk):
    id = talk.home.ids.next()
    thread, _ = channels.forum_post(talk.home, talk.home.guild.channels[FORUM], MARA, {"name": "Refund"}, Message(id, id, MARA, "Where?"))
    anchor = message_ref(FORUM_REF, id)
    await talk.chat.mark(ticket(Place(FORUM_REF, id), anchor, Status.SOLVED))
    assert (thread.applied, thread.thread.archived) == ([SOLVED], True)
    await talk.chat.mark(ticket(Place(FORUM_REF, id), anchor, Status.OPEN))
    assert (thread.applied, thread.thread.archived) == ([], False)


async def test_the_teams_post_of_a_ticket_in_their_forum_is_closed_with_it(talk, root, store):
    row = card(id="o-7", target=Place(TICKETS_REF), card_id=CardId("k-1"), ticket=TicketId("t-1"))
    kept = CardRecord(CardId("k-1"), CardKind.DRAFT, TicketId("t-1"), "d-1", OutboxId("o-7"), Place(TICKETS_REF))
    done = ticket(Place(HELP_REF, root.id), message_ref(HELP_REF, root.id), Status.SOLVED)
    await store.commit(EventId("ev-1"), write(SaveTicket(done), SaveCard(kept), Enqueue(row)), at=START)
    stands = await talk.chat.send(row)
    await store.save_row(replace(await store.row(OutboxId("o-7")), status=RowStatus.SENT, ref=stands))
    await talk.chat.mark(done)
    assert talk.home.guild.channels[stands.id].thread.archived
    await talk.chat.mark(replace(done, status=Status.OPEN))
    assert not talk.home.guild.channels[stands.id].thread.archived


async def test_a_ticket_without_a_thread_has_nothing_to_mark(talk, root):
    await talk.chat.mark(ticket(Place(HELP_REF, root.id), message_ref(HELP_REF, root.id), Status.SOLVED))


async def test_in_an_archived_thread_a_post_can_be_changed_and_it_stays_archived(talk, root):
    ref = await talk.chat.send(post(target=Place(HELP_REF, root.id)))
    thread = talk.home.guild.channels[root.id].thread
    thread.archived = True
    await talk.chat.edit(ref, post("Better", op=Op.EDIT, changes=OutboxId("o-1")))
    assert (talk.stands(root.id)[0].content, thread.archived) == ("Better", True)


async def test_an_archived_thread_opens_for_an_answer_and_a_locked_one_is_unlocked(talk, root):
    await talk.chat.send(post(target=Place(HELP_REF, root.id)))
    thread = talk.home.guild.channels[root.id].thread
    thread.archived = thread.locked = True
    await talk.chat.send(post("Another", "o-2", target=Place(HELP_REF, root.id)))
    assert len(talk.stands(root.id)) == 2
    assert not thread.archived


async def test_where_the_server_has_no_room_for_a_thread_the_oldest_solved_one_makes_room(talk, root, store):
    old = saying.put(talk.home, Message(HELP, talk.home.ids.next(), MARA, "An old question"))
    await talk.chat.send(post(target=Place(HELP_REF, old.id)))
    done = ticket(Place(HELP_REF, old.id), message_ref(HELP_REF, old.id), Status.SOLVED)
    await store.commit(EventId("ev-1"), write(SaveTicket(done)), at=START)
    talk.home.guild.most_threads = 1
    await talk.chat.send(post(id="o-2", target=Place(HELP_REF, root.id)))
    assert talk.home.guild.channels[old.id].thread.archived
    assert len(talk.stands(root.id)) == 1


async def test_where_nothing_can_make_room_the_answer_replies_in_the_channel(talk, root):
    talk.home.guild.most_threads = 0
    ref = await talk.chat.send(post(target=Place(HELP_REF, root.id)))
    [stands] = talk.stands(HELP)
    assert (stands.reply_to, ref.id) == (root.id, stands.id)


async def test_a_thread_that_was_deleted_is_gone_for_good(talk, root):
    await talk.chat.send(post(target=Place(HELP_REF, root.id)))
    del talk.home.guild.channels[root.id]
    with pytest.raises(PlaceGone):
        await talk.chat.send(post(id="o-2", target=Place(HELP_REF, root.id)))


async def test_a_channel_the_bot_is_shut_out_of_says_who_mends_it_and_is_not_asked_again_at_once(talk):
    for each in talk.home.guild.roles.values():
        each.permissions = 0
    for _ in range(3):
        with pytest.raises(PlaceGone, match="an admin of the server gives the bot's role"):
            await talk.chat.send(post())
    assert len(talk.asked("GET /channels/{channel}")) <= 1


async def test_while_discord_is_down_everything_says_try_again(talk):
    talk.server.api.faults.down = True
    for call in (
        talk.chat.send(post()),
        talk.chat.roles(TIM_REF),
        talk.chat.is_private(AGENTS_REF),
        talk.chat.find(OutboxId("o-1"), Place(HELP_REF)),
    ):
        with pytest.raises(Unavailable):
            await call


def told(text, id="o-1", at=START):
    """Return what the desk keeps of an answer of its own."""
    return Said(MessageId(id), None, Place(HELP_REF, "1"), None, "Frontdesk", Role.BOT, text, at, ticket=TicketId("t-1"), purpose=Purpose.ANSWER)


@pytest.mark.parametrize(
    ("hears_all", "more", "says_how"),
    [
        pytest.param(False, {}, True, id="the first answer"),
        pytest.param(False, {"id": "o-2"}, False, id="not the second"),
        pytest.param(False, {"id": "o-2", "op": Op.EDIT, "changes": OutboxId("o-1")}, True, id="what takes the place of the first"),
        pytest.param(False, {"purpose": Purpose.NOTICE}, False, id="not a notice"),
        pytest.param(True, {}, False, id="not where the bot reads everything"),
    ],
)
async def test_where_the_bot_does_not_read_everything_the_first_answer_says_how_to_reply(talk, root, store, hears_all, more, says_how):
    talk.hears_all = hears_all
    place = Place(HELP_REF, root.id)
    asked = replace(ticket(place, message_ref(HELP_REF, root.id)), language="de")
    await store.commit(EventId("ev-1"), write(SaveTicket(asked), SaveMessage(told("Hello"))), at=START)
    answer = post(target=place, ticket=TicketId("t-1"), **{"id": "o-1", **more})
    if answer.op is Op.EDIT:
        await talk.chat.edit(await talk.chat.send(post(target=place)), answer)
    else:
        await talk.chat.send(answer)
    assert ("Andere Nachrichten sehe ich hier nicht" in talk.stands(root.id)[-1].content) is says_how


async def test_with_one_person_alone_the_bot_reads_everything(talk, store):
    talk.hears_all = False
    direct = (await talk.chat.open(MARA_REF)).channel
    await store.commit(EventId("ev-1"), write(SaveTicket(ticket(Place(direct, "1"), message_ref(direct, "1")))), at=START)
    await talk.chat.send(post(target=Place(direct), ticket=TicketId("t-1")))
    assert [message.content for message in talk.stands(direct.id)] == ["Hello"]


async def test_streams_are_taken_and_not_shown(talk):
    taken = []

    async def chunks():
        for word in ("one", "two"):
            taken.append(word)
            yield word

    await talk.chat.stream(Place(AGENTS_REF), chunks(), to=TIM_REF, id=OutboxId("o-1"))
    assert (taken, talk.stands(AGENTS)) == (["one", "two"], [])
    assert not talk.chat.can.streams


async def test_nothing_stands_where_nothing_was_sent(talk, root):
    assert await talk.chat.find(OutboxId("o-9"), Place(HELP_REF, root.id)) is None
