"""The local workspace: a platform whose file tells everything that happened on it."""

import sqlite3

import pytest

from bot.web.drawing import is_boxed
from bot.web.log import Log
from bot.web.rooms import local_channel, local_user, slug
from bot.web.uploads import Upload
from bot.web.workspace import LocalWorkspace, open_workspace
from desk.cards import Button, Buttons, Card, Text
from desk.customer import Role
from desk.errors import Misconfigured, PlaceGone, Unavailable
from desk.ids import OutboxId
from desk.post import Direct
from desk.space import Channel, ChannelKind, Place
from desk.timeline import Purpose
from tests.fakes import START, FakeClock
from tests.web.conftest import ACME, AGENTS, COMMUNITY, LEA, MARA, MARAS, SAM, TIM, YUKI
from tests.web.posts import DRAFT_CARD, TICKET, answer, draft_card, edit


async def test_the_transcript_has_the_shape_of_the_contract(workspace: LocalWorkspace) -> None:
    root, _ = await workspace.say(MARA, Place(COMMUNITY), "Where is my refund?")
    card = Card((*answer().card.blocks, Buttons((Button("solved", "Solved", TICKET),))))
    ref = await workspace.send(answer(target=Place(COMMUNITY, root.id), card=card, to=(MARA,)))
    said, answered = await workspace.transcript()
    assert said["author"] == "Mara Voss"
    assert (said["author_role"], said["purpose"], said["audience"], said["ticket"], said["buttons"]) == ("customer", "customer", "public", None, [])
    assert answered == {
        "n": 2,
        "at": "2026-11-02T10:00:00.000001+00:00",
        "op": "post",
        "ref": ref.id,
        "ticket": "t-1",
        "platform": "local",
        "channel": "community",
        "channel_kind": "community",
        "thread": root.id,
        "author": "frontdesk",
        "author_role": "frontdesk",
        "purpose": "answer",
        "audience": "public",
        "to": ["Mara Voss"],
        "text": "Refunds take 5 days.\n[1] Refund times (https://help.example/refunds)",
        "buttons": ["Solved"],
        "evidence": [
            {
                "n": 1,
                "source": "passage",
                "id": "c-1",
                "document": "refunds",
                "title": "Refund times",
                "heading": "",
                "url": "https://help.example/refunds",
                "audience": "public",
                "quote": "Refunds take 5 days.",
            }
        ],
    }


async def test_the_transcript_goes_on_where_it_was_left(workspace: LocalWorkspace) -> None:
    await workspace.say(MARA, Place(COMMUNITY), "one")
    seen = (await workspace.transcript())[-1]["n"]
    await workspace.say(MARA, Place(COMMUNITY), "two")
    assert [line["text"] for line in await workspace.transcript(seen)] == ["two"]


async def test_the_log_tells_every_operation_on_a_message(workspace: LocalWorkspace) -> None:
    ref = await workspace.send(answer("First"))
    await workspace.edit(ref, edit("Second"))
    await workspace.delete(ref, edit("", "o-3"))
    await workspace.delete(ref, edit("", "o-4"))
    told = [(line["op"], line["text"].split("\n")[0]) for line in await workspace.transcript()]
    assert told == [("post", "First"), ("edit", "Second"), ("delete", "")]


async def test_sending_one_outbox_row_twice_shows_twice(workspace: LocalWorkspace) -> None:
    await workspace.send(answer())
    await workspace.send(answer())
    assert len(await workspace.transcript()) == 2


async def test_lost_replies_are_lost_so_often_and_the_posts_stand(workspace: LocalWorkspace) -> None:
    workspace.lose_replies(2)
    for n in (1, 2):
        with pytest.raises(Unavailable):
            await workspace.send(answer(id=f"o-{n}"))
    await workspace.send(answer(id="o-3"))
    assert [await workspace.find(OutboxId(f"o-{n}"), Place(COMMUNITY)) is not None for n in (1, 2, 3)] == [True, True, True]


async def test_while_the_platform_is_down_people_are_still_heard(workspace: LocalWorkspace, desk) -> None:
    workspace.set_down(True)
    await workspace.say(MARA, Place(COMMUNITY), "Hello?")
    with pytest.raises(Unavailable):
        await workspace.send(answer())
    workspace.set_down(False)
    await workspace.send(answer())
    assert len(desk.heard) == 1


async def test_a_declared_direct_channel_is_used_and_another_is_made(workspace: LocalWorkspace) -> None:
    assert (await workspace.open(MARA)).channel == MARAS
    made = (await workspace.open(SAM)).channel
    assert made == (await workspace.open(SAM)).channel == (await workspace.send(answer(target=Direct(SAM)))).channel
    assert [room.ref for room in await workspace.rooms.visible_to(SAM)] == [COMMUNITY, made]


@pytest.mark.parametrize(
    ("user", "rooms"),
    [
        pytest.param(MARA, [COMMUNITY, ACME, MARAS], id="a customer: the community, the account's channel, her own"),
        pytest.param(YUKI, [COMMUNITY, ACME], id="her colleague does not see her direct messages"),
        pytest.param(SAM, [COMMUNITY], id="another company's customer"),
        pytest.param(TIM, [COMMUNITY, ACME, AGENTS], id="a teammate"),
    ],
)
async def test_people_see_their_own_channels_only(workspace: LocalWorkspace, user, rooms) -> None:
    assert [room.ref for room in await workspace.rooms.visible_to(user)] == rooms


async def test_outsiders_of_a_shared_channel_are_its_accounts_people_and_strangers_who_wrote(workspace: LocalWorkspace) -> None:
    await workspace.say(SAM, Place(ACME), "Hello")
    await workspace.say(TIM, Place(ACME), "Hello")
    assert set(await workspace.outsiders(ACME)) == {MARA, YUKI, SAM}


async def test_the_guard_sees_that_the_agents_channel_became_public(workspace: LocalWorkspace) -> None:
    assert await workspace.is_private(AGENTS)
    await workspace.set_kind(AGENTS, ChannelKind.COMMUNITY)
    assert not await workspace.is_private(AGENTS)


async def test_the_guard_sees_a_customer_with_a_seat(workspace: LocalWorkspace) -> None:
    await workspace.add_channel(Channel(AGENTS, "agents", ChannelKind.INTERNAL, START), members=[MARA])
    assert not await workspace.is_private(AGENTS)


async def test_adding_again_changes_nothing_but_what_is_said(workspace: LocalWorkspace) -> None:
    await workspace.add_member(TIM, "Tim", Role.LEAD)
    await workspace.add_channel(Channel(AGENTS, "agents", ChannelKind.INTERNAL, START))
    assert await workspace.roles(TIM) is Role.LEAD
    assert await workspace.roles(LEA) is Role.LEAD
    assert [room.ref for room in await workspace.rooms.visible_to(LEA)] == [COMMUNITY, ACME, AGENTS]


async def test_everything_is_there_after_a_restart(workspace: LocalWorkspace, tmp_path, clock: FakeClock) -> None:
    ref = await workspace.send(answer())
    before = await workspace.transcript()
    await workspace.close()
    again = await open_workspace(tmp_path / "workspace.db", clock)
    assert await again.transcript() == before
    assert await again.find(OutboxId("o-1"), Place(COMMUNITY)) == ref
    await again.close()


async def test_a_file_that_is_something_else_is_named(tmp_path, clock: FakeClock) -> None:
    (tmp_path / "workspace.db").write_text("This is a shopping list, and quite a long one. " * 40)
    with pytest.raises(Misconfigured, match="is not a workspace file"):
        await open_workspace(tmp_path / "workspace.db", clock)


async def test_a_file_of_a_newer_program_is_left_alone(tmp_path, clock: FakeClock) -> None:
    with sqlite3.connect(tmp_path / "workspace.db") as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(Misconfigured, match="newer"):
        await open_workspace(tmp_path / "workspace.db", clock)


async def test_work_that_fails_leaves_nothing_behind(tmp_path, clock: FakeClock) -> None:
    log = await Log.open(tmp_path / "workspace.db", clock)

    def work(db: sqlite3.Connection) -> None:
        db.execute("INSERT INTO members VALUES ('a', 'b')")
        raise PlaceGone("halfway")

    with pytest.raises(PlaceGone):
        await log.run(work)
    assert await log.run(lambda db: db.execute("SELECT count(*) FROM members").fetchone()[0]) == 0
    with pytest.raises(Unavailable):
        await log.run(lambda db: db.execute("SELECT nothing"))
    await log.close()


async def test_erasure_leaves_no_word_in_the_file(workspace: LocalWorkspace, tmp_path) -> None:
    root, said = await workspace.say(MARA, Place(COMMUNITY), "My wonderfully secret refund", files=[Upload("a.txt", "text/plain", b"secretfile")])
    await workspace.edit_by(MARA, root, "My quite secret refund of yesterday")
    await workspace.send(answer("About that secret refund", target=Place(COMMUNITY, root.id)))
    quoting = Card((Text("My quite secret refund of yesterday"), *DRAFT_CARD.blocks))
    await workspace.send(draft_card(quoting))
    await workspace.say(YUKI, Place(COMMUNITY), "I stay")
    assert await workspace.erase([MARA]) == 4
    await workspace.close()
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"secret" not in kept
    assert b"I stay" in kept
    assert said.files[0].ref.encode() not in b"".join(path.name.encode() for path in tmp_path.rglob("*"))


async def test_erasure_finds_the_card_of_a_ticket_nobody_answered_by_its_quote(workspace: LocalWorkspace) -> None:
    await workspace.say(MARA, Place(COMMUNITY), "Where is my refund? It was promised")
    await workspace.send(draft_card())
    await workspace.erase([MARA])
    assert [line["text"] for line in await workspace.transcript()] == ["", "(erased)"]


async def test_watchers_hear_of_every_change(workspace: LocalWorkspace) -> None:
    before = await workspace.changed(-1)
    await workspace.say(MARA, Place(COMMUNITY), "Hello")
    assert await workspace.changed(before) > before


@pytest.mark.parametrize(("name", "written"), [("Mara Voss", "mara-voss"), ("José Ñuñez", "jose-nunez"), ("田中", "xe794b0e4b8ad")])
def test_ids_are_made_of_names(name: str, written: str) -> None:
    assert slug(name) == local_user(name).id == local_channel(name).id == written


def test_every_card_that_the_team_acts_on_stands_in_a_box() -> None:
    cards = (Purpose.DRAFT_CARD, Purpose.ESCALATION_CARD, Purpose.AUTO_CARD, Purpose.PAGE, Purpose.INCIDENT_CARD)
    assert all(is_boxed(purpose) for purpose in cards)
    assert not is_boxed(Purpose.TEAMMATE)
