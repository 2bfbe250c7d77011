"""`rules` and `vip`: what the escalation rules do and who must not wait, by command."""

import pytest

from desk.customer import Role
from desk.timeline import Purpose
from tests.handlers.told import form as form_of

ASKED = "When does my refund arrive?"


async def whispered(w, who, text, **form):
    """Give a command and return what it whispers."""
    before = len(w.texts())
    await w.commands(who, text, **form)
    return "\n".join(w.texts()[before:])


async def test_the_rules_are_listed_with_what_fired(w):
    w.policy.change(vip={"accounts": ["acme"]})
    await w.asks("mara", ASKED)
    said = await whispered(w, "noor", "rules")
    assert "vip: tell, level 2; 1 time" in said
    assert "asks_human: hand over, level 1; 0 times" in said
    assert "Change a rule" not in said


async def test_one_rule_is_shown_with_its_thresholds(w):
    said = await whispered(w, "noor", "rules repeated")
    assert "They come back about one problem" in said
    assert "escalation.repeat.times is 2" in said
    assert "escalation.repeat.within is 14 d" in said


@pytest.mark.parametrize(
    ("text", "path", "value"),
    [
        pytest.param("rules set money does off", "does", "off", id="what it does"),
        pytest.param("rules set money level 3 because it matters", "levels", 3, id="how loud it is"),
    ],
)
async def test_a_rule_is_changed_by_one_line(w, text, path, value):
    said = await whispered(w, "ada", text)
    assert f"escalation.{path}.money" in said
    assert (await w.policy.resolved())["escalation"][path]["money"] == value


async def test_a_rule_is_changed_by_its_form_which_shows_what_is_set(w):
    form = await form_of(w, "rules set money")
    assert [(field.name, field.value) for field in form.fields][:3] == [("rule", "money"), ("does", "tell"), ("level", "1")]
    assert "escalation.money.limit is 1000" in form.intro
    await w.commands("ada", "rules set money", rule="money", does="hand_over", level="1", reason="it is much")
    policy = await w.policy.current()
    assert str(policy.escalation.does.money) == "hand_over"


async def test_what_is_left_as_it_is_in_the_form_is_not_set(w):
    await w.commands("ada", "rules set money", rule="money", does="off", level="1")
    assert [override.path for override in await w.policy.overrides.current()] == ["escalation.does.money"]


@pytest.mark.parametrize(
    ("who", "text", "said"),
    [
        pytest.param("noor", "rules set money does off", "is for admins only", id="a teammate changes none"),
        pytest.param("ada", "rules set asks_human does off", "write one of hand_over", id="who asks for a human is always handed over"),
        pytest.param("ada", "rules set security does off", "hand_over, tell", id="a danger is always heard"),
        pytest.param("ada", "rules set monye does off", "did you mean money", id="a rule that is not there"),
        pytest.param("ada", "rules set money volume 3", "expects does or level", id="something else of it"),
        pytest.param("ada", "rules set money level 9", "expects 1, 2 or 3", id="a level that is not there"),
        pytest.param("ada", "rules set money does", "expects hand_over, tell or off", id="nothing to set"),
        pytest.param("noor", "rules vipp", "did you mean vip", id="one to show that is not there"),
    ],
)
async def test_what_is_wrong_is_said_in_a_sentence(w, who, text, said):
    assert said in await whispered(w, who, text)


async def test_who_must_not_wait_is_listed_added_and_removed(w):
    assert "accounts: nobody" in await whispered(w, "noor", "vip")
    await w.commands("lea", "vip add account Acme because of the renewal")
    assert (await w.policy.current()).vip.accounts == ("acme",)
    await w.asks("mara", ASKED)
    assert any("they must not wait: account acme" in text for text in w.texts(Purpose.NOTICE))
    await w.commands("lea", "vip remove account acme")
    assert (await w.policy.current()).vip.accounts == ()


@pytest.mark.parametrize(
    ("text", "kind", "entry"),
    [
        pytest.param("vip add tier Enterprise", "tiers", "enterprise", id="a tier"),
        pytest.param("vip add person mara", "people", "mara", id="a person by their id"),
        pytest.param('vip add person "Mara"', "people", "mara", id="or by their name"),
    ],
)
async def test_somebody_is_added_by_what_the_record_knows_of_them(w, text, kind, entry):
    await w.commands("lea", text)
    assert getattr((await w.policy.current()).vip, kind) == (entry,)


async def test_the_same_one_twice_is_once(w):
    for _ in range(2):
        await w.commands("lea", "vip add tier enterprise")
    assert (await w.policy.current()).vip.tiers == ("enterprise",)


async def test_the_form_of_vip_shows_who_is_set_and_adds(w):
    w.policy.change(vip={"tiers": ["enterprise"]})
    form = await form_of(w, "vip add", role=Role.LEAD)
    assert "tiers: enterprise" in form.intro
    await w.commands("lea", "vip add", kind="account", name="Globex", reason="a pilot")
    assert (await w.policy.current()).vip.accounts == ("globex",)


@pytest.mark.parametrize(
    ("who", "text", "said"),
    [
        pytest.param("noor", "vip add tier enterprise", "is for admins and leads only", id="a teammate names nobody"),
        pytest.param("lea", "vip add account Akme", "did you mean Acme", id="an account nobody knows"),
        pytest.param("lea", "vip add person nobody", "has no person 'nobody'", id="a person nobody knows"),
        pytest.param("lea", "vip remove account Acme", "nobody is", id="one whom the policy does not name"),
        pytest.param("lea", "vip add planet mars", "expects tier, account or person", id="another kind"),
    ],
)
async def test_a_wrong_name_is_answered_with_what_was_probably_meant(w, who, text, said):
    assert said in await whispered(w, who, text)
