"""Forgetting by command: an admin writes the name, everything goes, and the report says what stays."""

from dataclasses import dataclass, field, replace

import pytest

from desk.cards import plain
from desk.changes import SaveTicket, write
from desk.customer import Role
from desk.errors import Unavailable
from desk.ids import EventId
from desk.ports import Query
from desk.post import Op
from desk.space import ChannelRef, MessageRef, Place, Platform, UserRef
from desk.tending import Forgotten
from desk.timeline import Purpose
from handlers.commands import table
from runtime import Emptying
from tests.world import channel, user

UNSURE = "unsure: when does my refund arrive? I live in Elm Street"
SLACK = ChannelRef(Platform.SLACK, "T0ACME", "C0AGENTS")


@dataclass
class Keeper:
    """Something that keeps words, and what it was told to empty."""

    down: bool = False
    told: list[Forgotten] = field(default_factory=list)

    async def erase(self, whom: Forgotten) -> int:
        if self.down:
            raise Unavailable("store")
        self.told.append(whom)
        return 3


@pytest.fixture
def f(w):
    """A world that can empty what it keeps."""
    w.keeper = Keeper()
    kept = {
        "messages": Emptying(lambda whom: w.store.erase(whom.users)),
        "engine": w.keeper,
        "record": Emptying(lambda whom: w.customers.forget(whom.people)),
    }
    w.services = replace(w.services, erasers=kept)
    return w


async def answer(w, words, *, by="ada", **form):
    """Give a command and return what was whispered."""
    before = len(w.chat.sent)
    await w.commands(by, words, **form)
    return [plain(post.card) for post in w.chat.sent[before:] if post.op == "whisper" and post.card][-1]


def told(w):
    """Return what was told to Ada alone, after the fact."""
    return [plain(post.card) for post in w.chat.sent if str(post.target) == f"direct:{user('ada')}" and post.card]


async def ask(w, words):
    """Return the form that a command opens."""
    return await table.form_of(Query("command", words, user("ada"), Role.ADMIN, place=Place(channel("agents"))), w.services)


async def texts(w):
    """Return every text that the store has of any ticket."""
    return [message.text for ticket in await w.store.tickets() for message in await w.store.timeline(ticket.id)]


async def test_a_form_says_what_goes_and_what_stays_and_asks_for_the_name(f):
    await f.asks("ina", UNSURE)
    form = await ask(f, "forget Ina")
    assert [field.name for field in form.fields] == ["name"]
    for line in (
        "Everything that ina, local/main/ina wrote, in 1 ticket",
        "posts of ours",
        "customer record",
        "Decisions",
        "on a chat platform itself",
    ):
        assert line in form.intro


@pytest.mark.parametrize(("words", "form"), [("forget ina", {"name": "Ina"}), ("forget ina confirm Ina", {})], ids=["by form", "written out"])
async def test_with_the_name_everything_goes(f, words, form):
    await f.asks("ina", UNSURE)
    await answer(f, words, **form)
    assert "Elm Street" not in " ".join(await texts(f))
    assert (await f.crm.person("ina")).name == "erased"
    assert await f.crm.identity(user("ina")) is None


async def test_who_asked_hears_how_much_went_and_what_stays(f):
    await f.asks("ina", UNSURE)
    await answer(f, "forget ina confirm ina")
    (report,) = told(f)
    assert report.startswith("Forgotten   ")
    assert "Engine: 3" in report
    assert "Record: 2" in report
    assert "This stays:" in report


async def test_the_team_hears_that_it_was_done_and_by_whom_without_the_name(f):
    await answer(f, "forget ina confirm Ina")
    said = [plain(post.card) for post in f.posts(Purpose.NOTICE, where="agents") if post.op != "whisper"]
    assert said == ["Ada had everything that one person wrote erased: 5 rows were emptied."]


async def test_what_is_kept_of_it_does_not_name_them(f):
    await f.asks("ina", UNSURE)
    whispered = await answer(f, "forget ina confirm Ina")
    assert "Ina" not in " ".join((whispered, *told(f)))
    (whom,) = f.keeper.told
    assert (whom.people, whom.users) == (("ina",), (user("ina"),))
    assert whom.cause


@pytest.mark.parametrize(
    ("words", "form"),
    [
        pytest.param("forget ina", {"name": "Inna"}, id="another name in the form"),
        pytest.param("forget ina confirm Max", {}, id="another name written out"),
        pytest.param("forget ina confirm", {}, id="no name"),
        pytest.param("forget ina", {}, id="nothing but the command"),
    ],
)
async def test_without_the_name_nothing_goes(f, words, form):
    await f.asks("ina", UNSURE)
    await answer(f, words, **form)
    assert UNSURE in await texts(f)
    assert f.keeper.told == []


async def test_a_form_with_another_name_is_refused_before_it_is_sent(f):
    query = Query("command", "forget ina", user("ada"), Role.ADMIN)
    assert await table.checked(query, {"name": "Max"}, f.services) == {"name": "Write their whole name to confirm"}
    assert await table.checked(query, {"name": " ina "}, f.services) == {}


@pytest.mark.parametrize("who", ["noor", "lea", "ina"])
async def test_only_admins_have_somebody_forgotten(f, who):
    assert "only" in await answer(f, "forget ina confirm Ina", by=who)
    assert f.keeper.told == []


@pytest.mark.parametrize(("words", "sentence"), [("forget", "Whom?"), ("forget Nobody", "I know nobody 'Nobody'")])
async def test_who_is_meant_must_be_clear(f, words, sentence):
    assert sentence in await answer(f, words)


async def test_whoever_is_not_in_the_record_is_forgotten_by_the_name_they_write_under(f):
    await f.asks("zoe", UNSURE)
    await answer(f, "forget zoe confirm Zoe")
    assert "Elm Street" not in " ".join(await texts(f))


async def test_whoever_has_no_name_is_confirmed_by_their_id(f):
    await answer(f, "forget local/main/ghost confirm ghost")
    assert [whom.users for whom in f.keeper.told] == [(UserRef(Platform.LOCAL, "main", "ghost"),)]


async def test_others_keep_what_they_wrote(f):
    await f.asks("ina", UNSURE)
    await f.asks("mara", "unsure: my login? I live in Oak Street")
    await answer(f, "forget ina confirm Ina")
    assert "Oak Street" in " ".join(await texts(f))


async def test_while_something_does_not_answer_it_is_tried_again_from_the_beginning(f):
    await f.asks("ina", UNSURE)
    f.keeper.down = True
    with pytest.raises(Unavailable):
        await answer(f, "forget ina confirm Ina")
    assert (await f.crm.person("ina")).name == "Ina"
    assert told(f) == []


async def test_our_posts_about_them_on_another_platform_are_taken_back(f):
    await f.asks("ina", UNSURE)
    (record,) = await f.store.cards((await f.ticket()).id)
    row = await f.store.row(record.outbox)
    await f.store.save_row(replace(row, ref=MessageRef(SLACK, "1.2"), post=replace(row.post, target=Place(SLACK))))
    f.services = replace(f.services, chat={**f.services.chat, Platform.SLACK: f.chat})
    f.chat.internal.add(SLACK)
    f.chat.standing[MessageRef(SLACK, "1.2")] = row.post
    f.sender = type(f.sender)(f.services)
    await answer(f, "forget ina confirm Ina")
    deleted = [post for post in f.chat.sent if post.op is Op.DELETE]
    assert [post.changes for post in deleted] == [record.outbox]
    assert MessageRef(SLACK, "1.2") not in f.chat.standing
    assert "Posts of ours that are being deleted: 1" in told(f)[0]


async def test_a_ticket_they_only_wrote_in_counts_as_well(f):
    await f.asks("mara", UNSURE)
    ticket = await f.ticket()
    joined = replace(ticket, participants=(*ticket.participants, user("ina")))
    await f.store.commit(EventId("joined"), write(SaveTicket(joined)), at=f.clock.now())
    assert "in 1 ticket" in (await ask(f, "forget ina")).intro


async def test_the_card_of_an_incident_quotes_nobody_who_was_forgotten(f):
    f.policy.change(incidents={"categories": ["billing"]})
    for who in ("mara", "ina", "zoe"):
        await f.asks(who, f"The export fails in Elm Street, says {who}")
    assert any("says ina" in text for text in f.standing(where="agents") if text.startswith("Suspected incident"))
    await f.commands("ada", "forget ina confirm Ina")
    (card,) = [text for text in f.standing(where="agents") if text.startswith("Suspected incident")]
    assert "says ina" not in card
    assert "says zoe" in card
