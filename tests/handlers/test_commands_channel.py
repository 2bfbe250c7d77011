"""Channels by command: declared, changed, listed and taken away, by admins only, and told to the team."""

import pytest

from desk.cards import Pick
from desk.customer import Role
from desk.space import ChannelKind, ChannelRef, Intake, Place, Platform
from desk.timeline import Purpose
from handlers.commands.places import declared, located, picker
from handlers.commands.table import checked
from tests.handlers.told import announced, form, query, told, values
from tests.world import channel

HELP = channel("help")


async def fields(w, text, **more):
    found = await form(w, text, **more)
    return {field.name: field for field in found.fields} if found else None


async def test_a_channel_is_declared_in_one_line(w):
    await w.commands("ada", "channel add #help shared Acme questions")
    found = await w.store.channel(HELP)
    assert (found.name, found.kind, found.account, found.intake) == ("help", ChannelKind.SHARED, "acme", Intake.QUESTIONS)
    assert found.declared_at == w.clock.now()
    assert announced(w) == ["Ada declared a channel:\n#help: shared of Acme, questions only"]


async def test_what_everybody_can_read_is_no_single_accounts(w):
    w.chat.everyones.add(HELP)
    await w.commands("ada", "channel add #help shared Acme")
    assert "Everybody on the server can read #help" in told(w)
    assert await w.store.channel(HELP) is None


async def test_by_its_form_too(w):
    await w.commands("ada", "channel add", channel="help", kind="community", account="", intake="mentions")
    found = await w.store.channel(HELP)
    assert (found.kind, found.account, found.intake) == (ChannelKind.COMMUNITY, None, Intake.MENTIONS)


async def test_without_a_name_it_is_the_channel_that_one_writes_in(w):
    await w.commands("ada", "channel add community", where="help")
    assert (await w.store.channel(HELP)).kind is ChannelKind.COMMUNITY


async def test_what_is_said_in_it_from_then_on_is_answered_and_nothing_from_before(w):
    await w.asks("ina", "When does my refund arrive?", where="help")
    await w.commands("ada", "channel add #help community")
    await w.wait(minutes=1)
    assert await w.store.tickets() == []
    await w.asks("ina", "When does my refund arrive?", where="help")
    assert len(w.posts(Purpose.ANSWER, where="help")) == 1


async def test_declared_twice_it_shows_what_is_set_and_changes_nothing(w):
    await w.commands("ada", "channel add #community community")
    assert told(w) == "This is declared already:\n#community: community, all messages"
    assert announced(w) == []


async def test_what_is_set_is_changed_by_adding_it_again_and_it_stays_declared_since_then(w):
    before = await w.store.channel(channel("community"))
    await w.commands("ada", "channel add #community community questions")
    after = await w.store.channel(channel("community"))
    assert (after.intake, after.declared_at) == (Intake.QUESTIONS, before.declared_at)
    assert announced(w) == ["Ada changed a channel:\n#community: community, all messages -> #community: community, questions only"]


async def test_named_alone_it_shows_the_form_with_what_is_set_now(w):
    assert values(await form(w, "channel add #acme-shared")) == {"channel": "shared", "kind": "shared", "account": "Acme", "intake": "all"}
    await w.commands("ada", "channel add #acme-shared")
    assert "Account of a shared channel: Acme" in told(w)
    assert "`/frontdesk channel add [CHANNEL] community|shared|internal [ACCOUNT] [all|questions|mentions]`" in told(w)


async def test_the_form_offers_every_account_by_name(w):
    assert [option.label for option in (await fields(w, "channel add"))["account"].options] == ["(none)", "Acme (enterprise)", "Globex (team)"]


@pytest.mark.parametrize("text", ["channel add #help community", "channel list", "channel", "channel remove #community"])
async def test_what_was_written_out_opens_no_form(w, text):
    assert await form(w, text) is None


async def test_nobody_but_an_admin_is_offered_the_form(w):
    assert await form(w, "channel add", role=Role.LEAD) is None


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        pytest.param("channel add #help comunity", "you wrote 'comunity': did you mean community?", id="a kind that is none"),
        pytest.param("channel add #help shared Acne", "did you mean Acme?", id="an account that is none"),
        pytest.param("channel add #agents community", "#agents is the agents channel.", id="the agents channel"),
        pytest.param("channel add #help internal", "#help is not private", id="an internal channel that others can read"),
        pytest.param("channel remove #nowhere", "`channel remove` expects a declared channel: #agents, ", id="what is not declared"),
        pytest.param("channel remove #agents", "choose another with `setup agents` first", id="the agents channel taken away"),
        pytest.param("channel ad", "`channel` expects list, add or remove; you wrote 'ad': did you mean add?", id="no such subcommand"),
    ],
)
async def test_what_is_wrong_is_refused_with_a_sentence_and_changes_nothing(w, words, answer):
    before = await w.store.channels()
    await w.commands("ada", words)
    assert answer in told(w)
    assert await w.store.channels() == before


@pytest.mark.parametrize("words", ["channel add #help community", "channel remove #community"])
@pytest.mark.parametrize("who", ["noor", "lea"])
async def test_only_admins_change_channels(w, who, words):
    before = await w.store.channels()
    await w.commands(who, words)
    assert "is for admins only." in told(w)
    assert await w.store.channels() == before


async def test_a_channel_is_taken_away(w):
    await w.asks("ina", "unsure: my refund?")
    await w.commands("ada", "channel remove #community")
    assert await w.store.channel(channel("community")) is None
    assert "1 open ticket there: their answers wait until it is declared again" in announced(w)[0]


async def test_the_list_says_what_each_is(w):
    await w.commands("noor", "channel list")
    assert told(w).splitlines() == [
        "Channels:",
        "#agents: the agents channel",
        "#community: community, all messages",
        "#mentions: community, mentions only",
        "#acme-shared: shared of Acme, all messages",
    ]


async def test_a_shared_channel_needs_its_account(w):
    await w.commands("ada", "channel add #help shared")
    assert "Account of a shared channel" in str(next(post.card for post in w.chat.sent if post.to))
    await w.commands("ada", "channel add", channel="help", kind="shared", account="", intake="all")
    assert told(w) == "A shared channel needs its account: Acme or Globex."
    assert await w.store.channel(HELP) is None


async def test_the_form_is_checked_before_it_is_sent(w):
    w.chat.gone.add(channel("gone"))
    wrong = await checked(query("channel add"), {"channel": "gone", "kind": "shared", "account": "", "intake": "all"}, w.services)
    assert wrong.keys() == {"channel", "account"}
    assert wrong["channel"].startswith("I can't look into gone: ")


async def test_while_the_customer_record_is_down_nothing_is_declared(w):
    w.crm.down = True
    await w.commands("ada", "channel add #help shared Acme")
    assert "The customer record cannot be reached" in told(w)
    assert await w.store.channel(HELP) is None


@pytest.mark.parametrize(
    ("word", "ref"),
    [
        pytest.param("<#C0HELP123|help>", "slack/T1/C0HELP123", id="as Slack writes a mention"),
        pytest.param("<#C0HELP123>", "slack/T1/C0HELP123", id="without the name"),
        pytest.param("C0HELP123", "slack/T1/C0HELP123", id="as a picker gives it"),
        pytest.param("slack/T2/C9", "slack/T2/C9", id="of another space by its address"),
    ],
)
async def test_a_channel_of_slack_is_named_in_any_of_its_ways(w, word, ref):
    w.services.chat[Platform.SLACK] = w.chat
    found, _ = await located(word, Place(ChannelRef(Platform.SLACK, "T1", "C1")), w.services)
    assert str(found) == ref


async def test_on_slack_a_name_that_nobody_declared_needs_the_form_or_an_address(w):
    await w.commands("ada", "channel add #help community")
    here = Place(ChannelRef(Platform.SLACK, "T1", "C1"))
    assert (await declared("#help", here, w.services)).ref == HELP
    with pytest.raises(Exception, match="Choose it in the form, or write its address, such as slack/T1/C0SUPPORT"):
        await located("#nowhere", here, w.services)


@pytest.mark.parametrize(
    ("word", "value", "picks"),
    [
        pytest.param("slack/T1/C0HELP123", "C0HELP123", Pick.CHANNEL, id="one of this workspace"),
        pytest.param("<#C0HELP123|help>", "C0HELP123", Pick.CHANNEL, id="a mention"),
        pytest.param("slack/T2/C9", "slack/T2/C9", None, id="one of another workspace, which is written"),
        pytest.param("#help", "", Pick.CHANNEL, id="a name that the picker does not know"),
    ],
)
def test_a_picker_shows_what_the_platform_knows(word, value, picks):
    field = picker(word, Place(ChannelRef(Platform.SLACK, "T1", "C1")))
    assert (field.value, field.picks) == (value, picks)
