"""What one person alone may read: by direct message, as an answer to what they did, or behind a button in public."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from bot.arrivals.pressed import Pressed
from bot.discord.draw import EPHEMERAL
from bot.discord.pressed import unpacked
from bot.discord.refs import message_ref, user_ref
from cli.play.discord import saying
from cli.play.discord.names import APPLICATION, GUILD
from cli.play.discord.server import Loopback
from cli.play.discord.state import Interaction, Message
from desk.audience import INTERNAL, person
from desk.cards import Card, Header, Text
from desk.changes import Enqueue, SaveTicket, write
from desk.errors import NotAllowed, PlaceGone
from desk.ids import EventId, OutboxId, PersonId, TicketId
from desk.post import Direct, Op
from desk.space import Place
from desk.ticket import Ticket
from desk.timeline import Purpose
from tests.discord.talking import HELP, HELP_REF, LEA, MARA, MARA_REF, TIM, TIM_REF, Talking, post, server, talking
from tests.fakes import START

SECRET = "The charge of EUR 420.00 on INV-205 is being refunded."


@pytest_asyncio.fixture
async def talk(tmp_path, policy, store, clock) -> AsyncIterator[Talking]:
    async with Loopback(server(clock.now)) as discord, talking(discord, tmp_path / "carried.db", policy=policy, store=store, clock=clock) as found:
        yield found


@pytest_asyncio.fixture
async def root(talk, store) -> Message:
    """Return a question of Mara's, with its ticket."""
    asked = saying.put(talk.home, Message(HELP, talk.home.ids.next(), MARA, "Was I charged twice?"))
    place = Place(HELP_REF, asked.id)
    ticket = Ticket(TicketId("t-1"), place, message_ref(HELP_REF, asked.id), "user:x", MARA_REF, "Mara Voss", START)
    await store.commit(EventId("ev-1"), write(SaveTicket(ticket)), at=START)
    return asked


def part(**more):
    """Return the part of an answer that is Mara's alone."""
    return replace(
        post(SECRET, target=Direct(MARA_REF), to=(MARA_REF,), ticket=TicketId("t-1")), audience=person(PersonId("p-1")), purpose=Purpose.PART, **more
    )


async def sent(talk, store, row):
    await store.commit(EventId(f"ev-{row.id}"), write(Enqueue(row)), at=START)
    return await talk.chat.send(row)


def pressing(user):
    """Return a press as Discord tells of it."""
    return {"member": {"user": {"id": user, "username": "somebody"}, "roles": []}}


async def offered(talk, root):
    [stands] = talk.stands(root.id)
    [button] = stands.components[0]["components"]
    return stands, unpacked(button["custom_id"])


async def test_who_takes_direct_messages_gets_one(talk, root, store):
    await sent(talk, store, part())
    assert [message.content for message in talk.stands(talk.home.direct_with(MARA).id)] == [SECRET]
    assert root.id not in talk.home.guild.channels


async def test_who_takes_none_is_told_in_the_thread_that_there_is_something_and_nothing_of_it(talk, root, store):
    talk.home.users[MARA].closed = True
    await sent(talk, store, part())
    stands, button = await offered(talk, root)
    assert stands.mentions == (MARA,)
    assert "only you should read" in stands.content
    assert "420" not in str(stands)
    assert (button.action, button.subject) == ("show_privately", "o-1")


async def test_only_the_one_it_is_for_is_shown_it_and_they_alone(talk, root, store):
    talk.home.users[MARA].closed = True
    await sent(talk, store, part())
    _, button = await offered(talk, root)
    shown = await talk.chat.private.shows(pressing(MARA), button)
    assert shown["content"] == SECRET
    assert shown["flags"] & EPHEMERAL
    for other in (LEA, TIM):
        with pytest.raises(NotAllowed):
            await talk.chat.private.shows(pressing(other), button)


async def test_what_is_too_long_for_one_message_is_shown_whole(talk, root, store):
    talk.home.users[MARA].closed = True
    long = "\n\n".join(f"Line {n} of the invoice reads as follows: {'x' * 80}" for n in range(25))
    await sent(talk, store, part(card=Card((Text(long),))))
    _, button = await offered(talk, root)
    shown = await talk.chat.private.shows(pressing(MARA), button)
    assert shown["flags"] & EPHEMERAL
    assert "Line 24" in str(shown)


async def test_other_buttons_show_nothing_by_themselves(talk):
    assert await talk.chat.private.shows(pressing(MARA), Pressed("solved", TicketId("t-1"), "", "", "o-1", asks=False)) is None


async def test_what_was_offered_is_found_again_and_offered_once(talk, root, store):
    talk.home.users[MARA].closed = True
    ref = await sent(talk, store, part())
    assert await talk.chat.find(OutboxId("o-1"), Place((await talk.chat.open(MARA_REF)).channel)) == ref
    talk.home.nonces.clear()
    assert await talk.chat.find(OutboxId("o-1"), Place((await talk.chat.open(MARA_REF)).channel)) == ref


async def test_an_offer_is_not_made_the_post_by_an_edit_and_is_taken_back_with_it(talk, root, store):
    talk.home.users[MARA].closed = True
    ref = await sent(talk, store, part())
    with pytest.raises(PlaceGone):
        await talk.chat.edit(ref, part(op=Op.EDIT, changes=OutboxId("o-1")))
    assert "420" not in str(talk.stands(root.id))
    await talk.chat.delete(ref, part(op=Op.DELETE))
    assert talk.stands(root.id) == []


async def test_how_to_remove_personal_data_reaches_also_who_takes_no_direct_messages(talk, root, store):
    talk.home.users[MARA].closed = True
    await sent(talk, store, post("You can remove it", target=Direct(MARA_REF), to=(MARA_REF,), ticket=TicketId("t-1"), purpose=Purpose.NOTICE))
    _, button = await offered(talk, root)
    assert (await talk.chat.private.shows(pressing(MARA), button))["content"] == "You can remove it"


async def test_what_is_the_teams_own_is_never_offered_among_customers(talk, root, store):
    talk.home.users[TIM].closed = True
    with pytest.raises(PlaceGone, match="takes no direct messages"):
        await sent(talk, store, post("A page", target=Direct(TIM_REF), to=(TIM_REF,), ticket=TicketId("t-1"), audience=INTERNAL))
    assert talk.stands(HELP) == []


async def test_what_belongs_to_no_ticket_cannot_be_offered(talk, store):
    talk.home.users[MARA].closed = True
    with pytest.raises(PlaceGone, match="takes no direct messages"):
        await sent(talk, store, post(target=Direct(MARA_REF), to=(MARA_REF,)))


async def answering(talk, user, *, waits):
    """Let somebody do something by whose token they can be answered."""
    made = Interaction(
        talk.home.ids.next(), f"token{user}", 2, user, HELP, {}, talk.home.now(), answered=5, ephemeral=True, answered_at=talk.home.now()
    )
    original = Message(HELP, talk.home.ids.next(), APPLICATION, "", flags=64 | 128, interaction=made.id, to=user)
    made.original = original.id
    talk.home.place(original)
    talk.home.interactions[made.id] = made
    await talk.replies.remember(user_ref(GUILD, user), Place(HELP_REF), application=APPLICATION, token=made.token, waits=waits)
    return made


def whispered(talk):
    return [message for message in talk.home.standing() if message.to and (message.content or message.components)]


@pytest.mark.parametrize("waits", [True, False], ids=["in the place of what says that an answer comes", "as one of its own"])
async def test_a_whisper_answers_what_somebody_did_and_nobody_else_sees_it(talk, waits):
    await answering(talk, TIM, waits=waits)
    ref = await talk.chat.send(
        post(card=Card((Header("Status"), Text("All is well"))), op=Op.WHISPER, to=(TIM_REF,), target=Place(HELP_REF), audience=INTERNAL)
    )
    [message] = whispered(talk)
    assert "All is well" in str(message.components)
    assert (message.to, talk.stands(HELP)) == (TIM, [])
    with pytest.raises(PlaceGone):
        await talk.chat.edit(ref, post(op=Op.EDIT))
    await talk.chat.delete(ref, post(op=Op.DELETE))


async def test_a_whisper_without_a_token_comes_as_a_direct_message(talk):
    await talk.chat.send(post("psst", op=Op.WHISPER, to=(TIM_REF,), target=Place(HELP_REF)))
    assert [message.content for message in talk.stands(talk.home.direct_with(TIM).id)] == ["psst"]
    assert talk.stands(HELP) == []


async def test_a_token_that_is_over_is_forgotten_and_the_whisper_comes_as_a_direct_message(talk):
    made = await answering(talk, TIM, waits=True)
    del talk.home.interactions[made.id]
    await talk.chat.send(post("psst", op=Op.WHISPER, to=(TIM_REF,), target=Place(HELP_REF)))
    assert [message.content for message in talk.stands(talk.home.direct_with(TIM).id)] == ["psst"]
    assert await talk.replies.take(TIM_REF, Place(HELP_REF)) is None
