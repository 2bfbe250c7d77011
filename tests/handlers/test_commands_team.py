"""The team by command: named in the policy in any way a platform writes people, listed with the reason why."""

from dataclasses import replace

import pytest

from desk.customer import Person, Role
from desk.ids import PersonId
from desk.space import ChannelRef, Place, Platform, UserRef
from handlers.commands.table import checked
from handlers.commands.team import _entry
from tests.handlers.told import announced, form, query, told, values
from tests.world import user

MARGE = UserRef(Platform.SLACK, "T1", "U1MARGE00")


async def named(w):
    return (await w.policy.current()).team


async def test_somebody_is_added_with_a_role(w):
    await w.commands("ada", "team add lee@pelican.example lead because she runs the night shift")
    assert (await named(w)).leads == ("lee@pelican.example",)
    assert announced(w) == ["Ada changed the policy:\nteam.leads: added lee@pelican.example\nReason: she runs the night shift"]


async def test_without_a_role_somebody_is_an_agent(w):
    await w.commands("ada", "team add lee@pelican.example")
    assert (await named(w)).agents == ("lee@pelican.example",)


async def test_several_are_added_by_the_form(w):
    await w.commands("ada", "team add", people="slack/T1/U1,slack/T1/U2", others="Night@Pelican.example", role="agent", reason="")
    assert (await named(w)).agents == ("slack/T1/U1", "slack/T1/U2", "night@pelican.example")


async def test_somebody_who_is_named_again_has_the_role_that_was_given_last(w):
    await w.commands("ada", "team add lee@pelican.example admin")
    await w.commands("ada", "team add lee@pelican.example as agent")
    assert ((await named(w)).admins, (await named(w)).agents) == ((), ("lee@pelican.example",))


async def test_somebody_is_taken_out(w):
    await w.commands("ada", "team add lee@pelican.example lead")
    await w.commands("ada", "team remove lee@pelican.example")
    assert (await named(w)).leads == ()
    assert "team.leads: took out lee@pelican.example" in announced(w)[-1]


@pytest.mark.parametrize(
    ("word", "entry"),
    [
        pytest.param("<@U1MARGE00|marge>", "slack/T1/U1MARGE00", id="a mention"),
        pytest.param("<!subteam^S1LEADS|@leads>", "slack/T1/S1LEADS", id="a user group"),
        pytest.param("U1MARGE00", "slack/T1/U1MARGE00", id="what a picker gives"),
        pytest.param("<mailto:Lee@Pelican.example|Lee@Pelican.example>", "lee@pelican.example", id="an address as Slack writes it"),
        pytest.param("discord/G1/77", "discord/G1/77", id="somebody of another platform"),
    ],
)
def test_people_are_named_as_platforms_write_them(word, entry):
    assert _entry(word, Place(ChannelRef(Platform.SLACK, "T1", "C1"))) == entry


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        pytest.param("team add", "Add to the team", id="nobody"),
        pytest.param("team add lee", "'lee' names nobody: write @name, a user group, an e-mail address", id="a bare name"),
        pytest.param("team remove", "`team remove` expects somebody whom the policy names", id="nobody taken out"),
        pytest.param("team remove lee@pelican.example", "The policy does not name lee@pelican.example.", id="somebody unnamed"),
        pytest.param("team ad", "did you mean add?", id="no such subcommand"),
        pytest.param("team add local/main/ada agent", "You would take away your own right to change this", id="oneself"),
        pytest.param("team remove local/main/ada", "You would take away your own right to change this", id="oneself taken out"),
    ],
)
async def test_what_is_wrong_is_refused_with_a_sentence_and_changes_nothing(w, words, answer):
    await w.commands("ada", words)
    assert answer in told(w)
    assert (await named(w)).agents == ()


@pytest.mark.parametrize("who", ["noor", "lea"])
async def test_only_admins_change_the_team(w, who):
    await w.commands(who, "team add lee@pelican.example")
    assert told(w) == "`team add` is for admins only."


async def test_the_form_shows_whom_the_policy_names_now(w):
    await w.commands("ada", "team add lee@pelican.example lead")
    found = await form(w, "team add")
    assert found.intro == "Named in the policy now:\nagents: nobody\nleads: lee@pelican.example\nadmins: nobody"
    assert values(found)["role"] == "agent"
    assert await form(w, "team add", role=Role.LEAD) is None
    assert await form(w, "team list") is None


async def test_the_form_wants_somebody(w):
    empty = {"people": "", "others": " ", "role": "agent", "reason": ""}
    assert list(await checked(query("team add"), empty, w.services)) == ["people"]
    assert list(await checked(query("team add"), {**empty, "others": "lee"}, w.services)) == ["others"]


async def test_the_list_says_who_is_what_and_why(w):
    marge = Person(PersonId("slack/T1/U1MARGE00"), "Marge", Role.TEAMMATE, email="marge@pelican.example")
    w.chat.named = {
        MARGE: marge,
        replace(MARGE, id="U2"): replace(marge, name="Nick", role=Role.LEAD, email="nick@pelican.example"),
        replace(MARGE, id="U3"): replace(marge, name="Olga", role=Role.ADMIN, email=""),
    }
    await w.commands("ada", "team add nick@pelican.example lead")
    await w.commands("ada", "team add slack/T1/S1NIGHT agent")
    await w.commands("noor", "team list")
    lines = told(w).splitlines()
    assert f"Ada: admin, because the customer record says so ({user('ada')})" in lines
    assert "Nick: lead, because the policy names them (slack/T1/U2)" in lines
    assert "Olga: admin, because they run the workspace (slack/T1/U3)" in lines
    assert "Marge: teammate, because of a user group among agents, or of the platform (slack/T1/U1MARGE00)" in lines
    assert "slack/T1/S1NIGHT: agent, named in the policy" in lines


async def test_while_the_customer_record_is_down_the_list_has_the_others(w):
    w.chat.named = {MARGE: Person(PersonId("m"), "Marge", Role.TEAMMATE)}
    w.crm.down = True
    await w.commands("noor", "team")
    assert "Marge: teammate, because they are in the agents channel (slack/T1/U1MARGE00)" in told(w)
