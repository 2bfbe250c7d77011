"""Customers by command: what the team may see of somebody, and who a platform user is."""

from dataclasses import replace

import pytest

from desk.cards import plain
from desk.customer import Person, Role, Trust
from desk.errors import InvalidInput
from desk.ids import PersonId
from desk.ports import Query
from desk.space import Place, Platform, UserRef
from desk.timeline import Purpose
from handlers.commands import table
from handlers.commands.whom import user_of, whom
from tests.world import channel, user

QUESTION = "When does my refund arrive?"
NEAR = UserRef(Platform.SLACK, "T0ACME", "U0NOOR00")


async def answer(w, words, *, by="noor", **form):
    """Give a command and return what was whispered."""
    before = len(w.chat.sent)
    await w.commands(by, words, **form)
    return [plain(post.card) for post in w.chat.sent[before:] if post.op == "whisper"][-1]


def announced(w):
    """Return what the team was told in the agents channel."""
    return [plain(post.card) for post in w.posts(Purpose.NOTICE, where="agents") if post.op != "whisper"]


async def ask(w, words):
    """Return the form that a command opens."""
    return await table.form_of(Query("command", words, user("noor"), Role.TEAMMATE, place=Place(channel("agents"))), w.services)


async def test_the_team_sees_the_record_also_what_is_internal(w):
    shown = await answer(w, "customer mara")
    for line in ("Mara   trust person", "Account: Acme (acme)", "Tier: enterprise", "Health: 62 falling", "Manager: Lea", "Entitled to: billing"):
        assert line in shown
    assert "local/main/mara: test, on 2026-11-02, trust person" in shown


async def test_it_says_what_may_be_told_to_them_and_to_whom_else(w):
    shown = await answer(w, "customer mara")
    assert "Invoice INV-204: INV-204: EUR 420.00, refunding (person:mara)" in shown


async def test_it_lists_open_and_past_tickets(w):
    await w.asks("mara", QUESTION)
    await w.clicks("mara", "Solved")
    await w.asks("mara", "unsure: and my login?")
    first, second = await w.store.tickets()
    shown = await answer(w, "customer mara")
    open_ones, past = shown.split("Open tickets:")[1].split("Past tickets:")
    assert (second.id in open_ones, first.id in open_ones, first.id in past) == (True, False, True)


@pytest.mark.parametrize(
    "words",
    [
        pytest.param("customer Mara", id="a name"),
        pytest.param("customer @mara", id="a name as a mention"),
        pytest.param("customer local/main/mara", id="a whole id"),
        pytest.param("customer <@mara|Mara>", id="a platform's mention"),
        pytest.param("customer mara@acme.example", id="an e-mail address"),
        pytest.param("customer <mailto:mara@acme.example|mara@acme.example>", id="an e-mail address as Slack writes it"),
    ],
)
async def test_somebody_is_found_however_they_are_named(w, words):
    mara = await w.crm.person(PersonId("mara"))
    await w.customers.save(people=[replace(mara, email="mara@acme.example")])
    assert (await answer(w, words)).startswith("Mara   trust person")


async def test_whoever_writes_without_being_known_is_shown_with_their_tickets(w):
    await w.asks("zoe", QUESTION)
    shown = await answer(w, "customer Zoe")
    assert "Person: not in the customer record" in shown
    assert "local/main/zoe: linked to nobody" in shown
    assert (await w.ticket()).id in shown
    assert "customer link @user E-MAIL" in shown


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        pytest.param("customer Zoe", "I know nobody 'Zoe': write @name", id="nobody"),
        pytest.param(
            "customer link local/main/zoe nobody@acme.example", "The customer record has nobody 'nobody@acme.example'", id="an unknown address"
        ),
        pytest.param("customer link local/main/zoe Noor", "Noor is of the team: only customers are linked by command.", id="a teammate's person"),
        pytest.param("customer link local/main/tom Mara", "local/main/tom is of the team", id="a teammate's user"),
        pytest.param("customer unlink local/main/zoe", "local/main/zoe is linked to nobody.", id="nobody to unlink"),
        pytest.param("customer unlink local/main/ada", "local/main/ada is of the team", id="an admin to unlink"),
        pytest.param("customer link local/main/mara mara", "local/main/mara is Mara (mara) already: test.", id="what is so already"),
    ],
)
async def test_what_cannot_be_is_answered_with_a_sentence(w, words, sentence):
    assert sentence in await answer(w, words)
    assert announced(w) == []


async def test_two_of_one_name_are_told_apart(w):
    await w.customers.save(people=[Person(PersonId("mara-2"), "Mara")])
    assert await answer(w, "customer Mara") == "2 people are called 'Mara': write the id of one, mara or mara-2."


async def test_a_teammate_says_who_somebody_is_and_the_team_hears_of_it(w):
    await w.asks("zoe", QUESTION)
    await answer(w, "customer link Zoe jon")
    link = await w.crm.identity(user("zoe"))
    assert (link.person, link.trust, link.how, link.at) == ("jon", Trust.PERSON, "linked by Noor", w.clock.now())
    assert announced(w) == ["Noor linked a customer:\nlocal/main/zoe is Jon (jon)."]


async def test_whoever_was_linked_is_that_person_from_then_on(w):
    await answer(w, "customer link local/main/zoe mara")
    await w.asks("zoe", QUESTION)
    author = w.answerer.briefs[-1].author
    assert (author.verified, author.person.id, author.account.id) == (True, "mara", "acme")


async def test_a_link_in_place_of_another_says_so(w):
    await answer(w, "customer link local/main/jon Mara")
    assert announced(w) == ["Noor linked a customer:\nlocal/main/jon is Mara (mara), in place of Jon (jon)."]


async def test_unlinked_nobody_knows_who_it_is(w):
    await answer(w, "customer unlink local/main/mara")
    assert await w.crm.identity(user("mara")) is None
    assert announced(w) == ["Noor unlinked a customer:\nlocal/main/mara is not Mara (mara) any more: they are told what is public."]


@pytest.mark.parametrize("words", ["customer link local/main/ina mara", "customer unlink local/main/ina", "customer mara"])
@pytest.mark.parametrize("who", ["ina", "kim"])
async def test_nobody_but_the_team_says_who_is_who(w, words, who):
    assert "support team only" in await answer(w, words, by=who)
    assert (await w.crm.identity(user("ina"))).person == "ina"


async def test_without_names_a_form_asks_with_a_picker(w):
    form = await ask(w, "customer link")
    assert [(field.name, field.picks) for field in form.fields] == [("user", "person"), ("person", None)]
    assert [field.name for field in (await ask(w, "customer")).fields] == ["who"]
    assert await ask(w, "customer mara") is None


async def test_a_form_links_whom_it_names(w):
    await answer(w, "customer link", user="local/main/zoe", person="jon")
    assert (await w.crm.identity(user("zoe"))).person == "jon"


async def test_a_form_is_checked_before_it_is_sent(w):
    query = Query("command", "customer link", user("noor"), Role.TEAMMATE)
    assert "has nobody" in (await table.checked(query, {"user": "local/main/zoe", "person": "nobody"}, w.services))["person"]
    assert await table.checked(query, {"user": "local/main/zoe", "person": "jon"}, w.services) == {}


async def test_while_the_record_is_down_that_is_said(w):
    w.crm.down = True
    assert "The customer record cannot be reached" in await answer(w, "customer mara")


@pytest.mark.parametrize(
    ("words", "found"),
    [
        pytest.param("<@U0MARA00|mara>", UserRef(Platform.SLACK, "T0ACME", "U0MARA00"), id="a mention with a name"),
        pytest.param("<@U0MARA00>", UserRef(Platform.SLACK, "T0ACME", "U0MARA00"), id="a mention"),
        pytest.param("U0MARA00", UserRef(Platform.SLACK, "T0ACME", "U0MARA00"), id="what a picker gives"),
        pytest.param("local/main/mara", UserRef(Platform.LOCAL, "main", "mara"), id="somebody of another platform"),
        pytest.param("Mara", None, id="a name"),
        pytest.param("a/b/c", None, id="no platform"),
    ],
)
def test_a_mention_is_of_the_space_that_it_was_written_in(words, found):
    assert user_of(words, NEAR) == found


async def test_two_who_write_under_one_name_are_told_apart(w):
    await w.asks("zoe", QUESTION)
    await w.asks("una", QUESTION, author_name="Zoe")
    with pytest.raises(InvalidInput, match="2 people write as 'Zoe'"):
        await whom("Zoe", user("noor"), w.services)
