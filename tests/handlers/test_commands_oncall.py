"""The command `oncall`: who is called now and next, who stands in, and that somebody is on it."""

import pytest

from desk.cards import plain
from desk.escalation import EscalationStatus
from desk.ports import Query
from desk.post import Op
from desk.space import Place
from desk.timeline import Purpose
from handlers.views import Views
from tests.world import channel, role_of, user, world

ROTA = {"name": "support", "zone": "Europe/Berlin", "layers": [{"people": ["Noor", "Tom"], "handover": "weekly mon 09:00", "start": "2026-10-26"}]}
DAYS = {"name": "days", "layers": [{"people": ["Noor"], "handover": "daily 00:00", "start": "2026-11-01", "hours": {"mon": ["09:00-17:00"]}}]}


@pytest.fixture
async def w(tmp_path):
    """A world with a rota of two, who change on Mondays at nine."""
    async with world(tmp_path / "oncall", oncall={"rotas": [ROTA]}) as made:
        yield made


def whispered(w) -> str:
    return plain([post for post in w.posts() if post.op is Op.WHISPER][-1].card)


def query(who, text) -> Query:
    return Query("command", text, user(who), role_of(who), place=Place(channel("agents")), name=who.title())


async def form(w, text, who="lea"):
    return await Views(w.services).view(query(who, text))


async def test_it_says_who_is_on_call_now_and_next(w):
    await w.commands("noor", "oncall")
    assert "support: Tom until 9 Nov 09:00, then Noor (Europe/Berlin)" in whispered(w)


async def test_without_a_rota_it_says_what_happens(tmp_path):
    async with world(tmp_path) as w:
        await w.commands("noor", "oncall")
        assert "There is no rota: the leads are called." in whispered(w)
        await w.commands("lea", "oncall override")
        assert "There is no rota yet" in whispered(w)


async def test_gaps_are_told(tmp_path):
    async with world(tmp_path, oncall={"rotas": [DAYS]}) as w:
        await w.commands("noor", "oncall")
        assert "(!) nobody from 17:00 until 9 Nov 09:00" in whispered(w)


async def test_the_form_shows_who_has_it_now_and_until_when(w):
    asked = await form(w, "oncall override support")
    assert "support: Tom until 9 Nov 09:00" in asked.intro
    fields = {field.name: field for field in asked.fields}
    assert (fields["start"].value, fields["until"].value) == ("2026-11-02 11:00", "2026-11-09 09:00")
    assert [option.label for option in fields["person"].options] == ["Ada", "Lea", "Noor", "Tom"]


async def test_somebody_stands_in_by_form_and_the_team_is_told(w):
    values = {"rota": "support", "person": "Lea", "start": "2026-11-02 18:00", "until": "2026-11-03 08:00", "reason": "Tom is ill"}
    await w.commands("lea", "oncall override support", **values)
    (stands,) = (await w.policy.current()).oncall.overrides
    assert (stands.person, f"{stands.start:%H:%M}", f"{stands.until:%d %H:%M}") == ("Lea", "17:00", "03 07:00")
    told = [text for text in w.texts(Purpose.NOTICE, where="agents") if "Lea stands in on support" in text]
    assert "Reason: Tom is ill" in told[0]
    await w.commands("noor", "oncall")
    assert "Lea on support from 2026-11-02 18:00 until 2026-11-03 08:00" in whispered(w)


async def test_in_one_line_it_is_the_same_and_who_stands_in_is_called(w):
    await w.commands("lea", 'oncall override support Lea from 2026-11-02T10:00+00:00 until "2026-11-03 08:00" because Tom is ill')
    await w.asks("mara", "#security my key leaked")
    assert [str(post.target) for post in w.posts(Purpose.PAGE)] == ["direct:local/main/lea"]


async def test_what_is_past_is_left_out_of_the_list(w):
    await w.commands("lea", "oncall override support Lea from 2026-11-02T10:00+00:00 until 2026-11-02T12:00+00:00")
    await w.wait(hours=3)
    await w.commands("lea", "oncall override support Noor from 2026-11-02T14:00+00:00 until 2026-11-02T15:00+00:00")
    assert [stands.person for stands in (await w.policy.current()).oncall.overrides] == ["Noor"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        pytest.param({"person": "Mara"}, "person", id="somebody who is not of the team"),
        pytest.param({"start": "soon"}, "start", id="a beginning that is none"),
        pytest.param({"until": "2026-11-02 17:00"}, "until", id="an end before the beginning"),
    ],
)
async def test_a_wrong_form_says_what_is_wrong_with_which_field(w, values, field):
    given = {"rota": "support", "person": "Lea", "start": "2026-11-02 18:00", "until": "2026-11-03 08:00", **values}
    assert list(await Views(w.services).check(query("lea", "oncall override support"), given)) == [field]


async def test_two_shifts_are_swapped(w):
    asked = await form(w, "oncall swap")
    first, second = (field for field in asked.fields if field.name in ("first", "second"))
    assert [option.label for option in first.options][:2] == [
        "2026-11-02 11:00 until 2026-11-09 09:00: Tom", "2026-11-09 09:00 until 2026-11-16 09:00: Noor",
    ]  # fmt: skip
    await w.commands("lea", "oncall swap", rota="support", first=first.value, second=second.value)
    assert {(o.person, f"{o.start:%m-%d}") for o in (await w.policy.current()).oncall.overrides} == {("Noor", "11-02"), ("Tom", "11-09")}
    await w.commands("noor", "oncall")
    assert "support: Noor until" in whispered(w)


async def test_a_shift_is_not_swapped_with_itself(w):
    asked = await form(w, "oncall swap")
    value = next(field.value for field in asked.fields if field.name == "first")
    assert await Views(w.services).check(query("lea", "oncall swap"), {"rota": "support", "first": value, "second": value})
    await w.commands("lea", "oncall swap", rota="support", first="x", second="y")
    assert (await w.policy.current()).oncall.overrides == ()


@pytest.mark.parametrize("text", ["oncall override support", "oncall swap support"])
async def test_only_leads_change_who_is_on_call(w, text):
    await w.commands("noor", text, rota="support", person="Noor", start="2026-11-02 18:00", until="2026-11-03 08:00")
    assert (await w.policy.current()).oncall.overrides == ()
    assert "leads" in whispered(w)


async def test_a_page_is_taken_up_by_command(w):
    await w.asks("mara", "#security my key leaked")
    ticket = await w.ticket()
    await w.commands("noor", f"oncall ack {ticket.id[:6]}")
    (escalation,) = await w.store.open_escalations()
    assert (escalation.status, escalation.by_name) == (EscalationStatus.ACKNOWLEDGED, "Noor")
    await w.commands("noor", "oncall")
    assert f"{ticket.id}: security, Noor has it" in whispered(w)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("oncall ack", "Name the ticket", id="no ticket"),
        pytest.param("oncall ack t-nothing", "Nobody is called about a ticket that begins with 't-nothing'.", id="a ticket nobody is called about"),
        pytest.param("oncall overide", "did you mean override?", id="a slip"),
        pytest.param("oncall override support Lea tomorrow", "from 2026-11-02T18:00 until", id="a time that is not written out"),
        pytest.param("oncall override support Mara from 2026-11-02T18:00 until 2026-11-03T18:00", "expects", id="a stranger"),
        pytest.param(
            "oncall override support Lea from 2026-11-04T18:00 until 2026-11-03T18:00",
            "It has to end after it begins.",
            id="an end before the beginning",
        ),
        pytest.param("oncall override other", "expects support", id="a rota that is not there"),
    ],
)
async def test_what_is_wrong_is_said_in_a_sentence(w, text, said):
    await w.commands("lea", text)
    assert said in whispered(w)


async def test_escalations_without_a_verdict_are_listed(w):
    await w.asks("mara", "When does my refund arrive?")
    await w.clicks("mara", "Get a human")
    await w.clicks("mara", "Solved")
    ticket = await w.ticket()
    await w.commands("noor", "oncall")
    assert "1 escalation without a verdict" in whispered(w)
    assert f"{ticket.id}, Mara: asks_human" in whispered(w)
    await w.clicks("noor", "Needed")
    await w.wait(hours=1)
    await w.commands("noor", "oncall")
    assert "without a verdict" not in whispered(w)
