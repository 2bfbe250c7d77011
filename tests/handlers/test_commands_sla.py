"""The command `sla`: what is promised, what is at risk, a ticket's clock, and changing it."""

from datetime import timedelta

import pytest

from desk.sla import Target
from desk.timeline import Purpose
from tests.world import world

QUESTION = "How long does a refund take?"


@pytest.fixture
async def w(tmp_path):
    async with world(tmp_path, mode="draft") as made:
        yield made


def answered(w):
    """Return what the last command was answered with."""
    return next(text for text in reversed(w.texts(Purpose.NOTICE)) if "changed the policy" not in text)


async def test_it_says_what_is_promised_to_whom_and_that_nothing_is_at_risk(w):
    w.policy.change(sla={"rules": [{"contract": "gold", "resolution": "3d", "hours": "always"}]})
    await w.commands("noor", "sla")
    for line in ("everybody: first response 4h", "enterprise: first response 1h", "gold: resolution 72h, hours always", "Nothing is at risk."):
        assert line in answered(w)
    assert "Change" not in answered(w)


async def test_it_lists_what_is_at_risk_and_what_is_broken_first(w):
    await w.asks("ina", QUESTION)
    await w.asks("mara", QUESTION)
    await w.wait(hours=3, minutes=30)
    await w.commands("lea", "sla")
    text = answered(w)
    assert "2 open promises, 1 broken, 1 at risk" in text
    assert text.index("Mara: first response BREACHED 11:00") < text.index("Ina: first response due 14:00, in 30 min")


async def test_it_explains_a_tickets_clock(w):
    await w.asks("ina", QUESTION)
    await w.wait(minutes=30)
    await w.commands("noor", f"sla {(await w.ticket()).id}")
    assert "first response: 4 h promised by sla.first_response" in answered(w)
    assert "30 min counted" in answered(w)


@pytest.mark.parametrize(
    ("text", "path", "value"),
    [
        pytest.param("sla set first_response 3h", "first_response", timedelta(hours=3), id="everybody"),
        pytest.param("sla set resolution 2d because the board wants it", "resolution", timedelta(days=2), id="everybody's resolution"),
    ],
)
async def test_an_admin_promises_something_to_everybody(w, text, path, value):
    await w.commands("ada", text)
    assert getattr((await w.policy.current()).sla, path) == value
    assert "Ada changed the policy" in w.texts(Purpose.NOTICE, where="agents")[0]


async def test_an_admin_promises_something_to_a_tier_and_takes_it_away(w):
    await w.commands("ada", "sla set enterprise first_response 20m")
    await w.commands("ada", "sla set enterprise next_response 1h30m")
    await w.commands("ada", "sla set enterprise resolution 8h")
    sla = (await w.policy.current()).sla
    assert sla.tiers["enterprise"] == timedelta(minutes=20)
    (rule,) = sla.rules
    assert (rule.tier, rule.next_response, rule.resolution) == ("enterprise", timedelta(minutes=90), timedelta(hours=8))
    await w.commands("ada", "sla set enterprise next_response none")
    await w.commands("ada", "sla set enterprise resolution none")
    assert (await w.policy.current()).sla.rules == ()


async def test_the_form_shows_what_is_set_and_does_the_same(w):
    await w.commands("ada", "sla set")
    assert "everybody: first response 4h" in answered(w)
    await w.commands("ada", "sla set", tier="team", target=Target.NEXT_RESPONSE.value, time="2h", reason="they pay for it")
    (rule,) = (await w.policy.current()).sla.rules
    assert (rule.tier, rule.next_response) == ("team", timedelta(hours=2))


@pytest.mark.parametrize(
    ("who", "text", "said"),
    [
        pytest.param("noor", "sla set first_response 3h", "admins only", id="a teammate"),
        pytest.param("ada", "sla set first_response soon", "is not a duration", id="no time"),
        pytest.param("ada", "sla set first_response none", "Everybody is promised a first response", id="no first response for anybody"),
        pytest.param("ada", "sla set team reply 3h", "expects", id="nothing that can be promised"),
        pytest.param("ada", "sla set teem first_response 3h", "did you mean team?", id="an unknown tier"),
        pytest.param("noor", "sla t-nothing", "There is no ticket 't-nothing'", id="an unknown ticket"),
    ],
)
async def test_what_cannot_be_done_is_answered_with_a_sentence(w, who, text, said):
    await w.commands(who, text)
    assert said in answered(w)
    assert (await w.policy.current()).sla.first_response == timedelta(hours=4)


async def test_a_wrong_time_in_the_form_is_told_at_its_field(w):
    await w.commands("ada", "sla set", tier="", target="resolution", time="0m", reason="")
    assert "is no time that can be promised" in answered(w)
