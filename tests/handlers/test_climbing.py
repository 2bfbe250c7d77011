"""Chains at work: whoever is called takes it up, puts it off or hands it over, and what failed is recorded."""

from dataclasses import replace

import pytest

from desk.cards import plain
from desk.changes import SaveEscalation, write
from desk.escalation import EscalationStatus
from desk.ids import EventId
from desk.post import Op
from desk.timeline import Purpose
from tests.fakes import FakePager
from tests.world import ACCOUNTS, PEOPLE, channel, user, world

ASKED = "#security my key leaked"
ROTA = {"name": "support", "layers": [{"people": ["Noor", "Tom"], "handover": "weekly mon 09:00", "start": "2026-11-02"}]}
STEPS = [{"kind": "rota"}, {"kind": "wait", "span": "10m"}, {"kind": "group", "who": "leads"}, {"kind": "wait", "span": "10m"}]
PAGER = {"name": "phones", "kind": "pagerduty", "secret": "PAGER_KEY"}
PHONES = {"pagers": [PAGER], "chains": {"default": [{"kind": "webhook"}, {"kind": "wait", "span": "10m"}, {"kind": "rota"}]}}


@pytest.fixture
async def w(tmp_path):
    """A world with a rota of two."""
    async with world(tmp_path / "rota", oncall={"rotas": [ROTA], "chains": {"default": STEPS}}) as made:
        yield made


@pytest.fixture
async def phones(tmp_path):
    """A world whose chain wakes a phone first."""
    async with world(tmp_path / "phones", oncall={"rotas": [ROTA], **PHONES}) as made:
        made.services = replace(made.services, pager=FakePager())
        made.__post_init__()
        yield made


def called(w):
    """Whom a page of its own called, in order."""
    return [str(post.target).removeprefix("direct:local/main/") for post in w.posts(Purpose.PAGE) if post.op is Op.POST]


def page_of(w, name):
    """Where the page of somebody stands."""
    return next(ref for ref, post in reversed(w.chat.standing.items()) if post.purpose is Purpose.PAGE and ref.channel.id == f"dm-{name}")


def reads(w, name):
    return plain(w.chat.standing[page_of(w, name)].card)


async def raised(w):
    return (await w.store.open_escalations())[-1]


async def codes(w):
    (ticket,) = {escalation.ticket for escalation in await w.store.open_escalations()} or {(await w.ticket()).id}
    return [step.code for escalation in await w.store.escalations(ticket) for step in escalation.steps]


async def test_an_escalation_keeps_its_chain_and_every_step_with_its_reason(w):
    await w.asks("mara", ASKED)
    escalation = await raised(w)
    assert (escalation.chain.name, escalation.next) == ("default", 2)
    assert [step.code for step in escalation.steps] == ["chain", "paged", "waits"]
    assert all("at" in dict(step.values) for step in escalation.steps)


async def test_whoever_takes_it_up_is_named_on_every_copy(w):
    await w.asks("mara", ASKED)
    await w.wait(minutes=11)
    assert sorted(called(w)) == ["ada", "lea", "noor"]
    await w.clicks("lea", "Acknowledge", ref=page_of(w, "lea"))
    assert [reads(w, name).split(":")[0] for name in ("noor", "lea", "ada")] == ["Lea has it"] * 3
    assert "Nobody else is called until" in reads(w, "noor")


async def test_acknowledged_it_is_armed_again_and_goes_on_where_it_stood(w):
    await w.asks("mara", ASKED)
    await w.clicks("noor", "Acknowledge", ref=page_of(w, "noor"))
    await w.wait(minutes=29)
    assert called(w) == ["noor"]
    await w.wait(minutes=2)
    assert called(w) == ["noor", "noor"]
    await w.wait(minutes=10)
    assert called(w)[:2] == ["noor", "noor"]
    assert sorted(called(w)[2:]) == ["ada", "lea"]


async def test_of_two_who_acknowledge_the_first_has_it(w):
    await w.asks("mara", ASKED)
    await w.wait(minutes=11)
    await w.clicks("lea", "Acknowledge", ref=page_of(w, "lea"))
    _, button = w.button("Snooze", ref=page_of(w, "ada"))
    assert button.action == "page_snooze"
    assert (await raised(w)).by_name == "Lea"


async def test_put_off_with_a_reason_it_comes_back_to_who_put_it_off(w):
    await w.asks("mara", ASKED)
    await w.clicks("noor", "Snooze", ref=page_of(w, "noor"), until="30m", reason="they test their alarms")
    await w.wait(minutes=29)
    assert called(w) == ["noor"]
    await w.wait(minutes=2)
    assert called(w) == ["noor", "noor"]
    escalation = await raised(w)
    noted = next(step for step in escalation.steps if step.code == "snoozed")
    note = next(message for message in await w.store.timeline(escalation.ticket) if message.id == dict(noted.values)["note"])
    assert note.text == "they test their alarms"
    assert "alarms" not in str(escalation.steps)


@pytest.mark.parametrize(
    ("form", "said"),
    [
        pytest.param({"until": "1h"}, "Say why it can wait.", id="without a reason"),
        pytest.param({"until": "9y", "reason": "x"}, "Say how long: 15m, 30m, 1h, 2h, morning.", id="for a time that is none"),
    ],
)
async def test_it_is_not_put_off(w, form, said):
    await w.asks("mara", ASKED)
    await w.clicks("noor", "Snooze", ref=page_of(w, "noor"), **form)
    assert said in w.texts(Purpose.NOTICE)
    assert (await raised(w)).status is EscalationStatus.OPEN


async def test_handed_over_somebody_else_is_called_at_once_and_it_climbs_when_they_do_not_take_it(w):
    await w.asks("mara", ASKED)
    await w.clicks("noor", "Hand over", ref=page_of(w, "noor"), teammate="Tom", note="you know exports")
    assert called(w) == ["noor", "tom"]
    assert reads(w, "tom").startswith("Page: security")
    await w.wait(minutes=11)
    assert sorted(called(w)[2:]) == ["ada", "lea"]
    assert "handed_over" in await codes(w)


@pytest.mark.parametrize("name", ["", "Mara", "nobody"])
async def test_it_is_handed_to_nobody_who_is_not_of_the_team(w, name):
    await w.asks("mara", ASKED)
    await w.clicks("noor", "Hand over", ref=page_of(w, "noor"), teammate=name)
    assert "Say who of the support team should take it." in w.texts(Purpose.NOTICE)
    assert called(w) == ["noor"]


async def test_what_is_over_cannot_be_put_off_or_handed_over(w):
    await w.asks("mara", ASKED)
    ref, snooze = w.button("Snooze", ref=page_of(w, "noor"))
    await w.clicks("noor", "Resolve", verdict="needed")
    await w.press("noor", snooze, ref, until="1h", reason="late")
    assert "It is over: there is nothing to put off or to hand over any more." in w.texts(Purpose.NOTICE)
    assert reads(w, "noor").startswith("Closed, needed: security")


@pytest.mark.parametrize("end", ["answered", "solved", "closed", "muted"])
async def test_a_chain_calls_nobody_once_somebody_saw_to_it(w, end):
    asked = await w.asks("mara", ASKED)
    if end == "answered":
        await w.says("noor", "We have revoked it", under=asked)
    if end == "solved":
        await w.clicks("noor", "Take over")
        await w.clicks("noor", "Resolve", verdict="needed")
    if end == "closed":
        await w.clicks("noor", "Resolve", verdict="not_needed")
    if end == "muted":
        await w.clicks("noor", "Acknowledge", ref=page_of(w, "noor"))
        await w.clicks("noor", "Resolve", verdict="too_late")
    await w.wait(hours=2)
    assert called(w) == ["noor"]


async def test_a_page_shows_the_draft_that_waits_and_approve_sends_it(tmp_path):
    async with world(tmp_path / "draft", mode="draft", oncall={"rotas": [ROTA]}) as w:
        await w.asks("mara", "#security refund of what was stolen?")
        assert "in the thread: Refunds reach the card within 5 to 7 working days." in reads(w, "noor")
        await w.clicks("noor", "Approve", ref=page_of(w, "noor"))
        assert [text for text in w.texts(Purpose.ANSWER) if "5 to 7 working days" in text]
        assert (await raised(w)).by_name == "Noor"


async def test_a_page_that_the_platform_refuses_is_a_failed_step_and_the_next_comes_at_once(w):
    w.chat.gone.add(channel("dm-noor"))
    await w.asks("mara", ASKED)
    assert sorted(called(w)) == ["ada", "lea"]
    assert "not_delivered" in await codes(w)
    await w.wait(hours=1)
    assert sorted(called(w)[2:]) == ["ada", "local/main/agents"]


async def test_of_several_who_are_called_one_who_is_not_reached_keeps_the_others_their_time(w):
    w.chat.gone.add(channel("dm-ada"))
    await w.asks("mara", ASKED)
    await w.wait(minutes=15)
    assert called(w) == ["noor", "lea"]
    await w.wait(minutes=6)
    assert called(w) == ["noor", "lea", "local/main/agents"]


async def test_while_a_human_holds_it_the_owner_and_a_lead_are_told_and_the_chain_waits_as_long_as_an_acknowledgement(w):
    asked = await w.asks("mara", "When does my refund arrive?")
    await w.says("tom", "Let me see", under=asked)
    await w.asks("mara", ASKED, under=asked)
    assert sorted(called(w)) == ["lea", "tom"]
    await w.wait(minutes=29)
    assert sorted(called(w)) == ["lea", "tom"]
    await w.wait(minutes=2)
    assert called(w)[2:] == ["noor"]


async def test_an_account_manager_who_is_a_colleague_is_told_and_cannot_take_it_up(tmp_path):
    steps = [{"kind": "account_manager"}, {"kind": "wait", "span": "10m"}]
    async with world(tmp_path / "manager", oncall={"chains": {"default": steps}}) as w:
        await w.customers.save(accounts=[replace(ACCOUNTS[0], manager="Kim")])
        await w.asks("mara", ASKED)
        assert called(w) == ["kim"]
        await w.clicks("kim", "Acknowledge", ref=page_of(w, "kim"))
        assert (await raised(w)).status is EscalationStatus.OPEN


async def test_two_tickets_of_one_moment_are_one_message(w):
    for name in ("mara", "ina"):
        await w.says(name, ASKED)
    await w.wait(seconds=9)
    assert called(w) == ["noor"]
    assert reads(w, "noor").startswith("2 pages in one")
    assert {page.status.value for page in await w.store.pages(user("noor"), since=w.clock.now().replace(hour=0))} == {"sent", "bundled"}


async def test_two_events_at_once_do_not_call_somebody_past_their_budget(w):
    await w.asks("mara", ASKED)

    async def meanwhile():
        page = (await w.store.pages(user("lea"), since=w.clock.now().replace(hour=0)))[-1:]
        assert page == []
        await w.services.store.commit(EventId("beside"), write(SaveEscalation(await raised(w))), at=w.clock.now())

    w.store.meanwhile.append(meanwhile)
    await w.wait(minutes=11)
    assert sorted(called(w)) == ["ada", "lea", "noor"]


async def test_a_merged_ticket_takes_its_chain_along(w):
    await w.asks("mara", ASKED)
    await w.asks("mara", "#human about the export please", where="mentions")
    first, second = await w.store.tickets()
    await w.commands("noor", f"merge {first.id} into {second.id}")
    before = called(w)
    await w.wait(minutes=11)
    assert sorted(called(w)[len(before) :]) == ["ada", "lea"]


async def test_the_pager_hears_what_becomes_of_it(phones):
    w = phones
    await w.asks("mara", ASKED)
    assert [alert.word for alert in w.services.pager.told] == ["trigger"]
    assert w.services.pager.told[0].title.startswith("security, ticket t-")
    await w.clicks("noor", "Acknowledge")
    await w.clicks("noor", "Resolve", verdict="needed")
    assert [alert.word for alert in w.services.pager.told] == ["trigger", "acknowledge", "resolve"]
    assert "leaked" not in str(w.services.pager.told)


async def test_a_pager_hears_that_it_is_over_when_the_bot_has_it_again(phones):
    w = phones
    asked = await w.asks("mara", ASKED)
    await w.edits(asked, "thanks, it was nothing")
    await w.clicks("noor", "Hand back")
    assert [alert.word for alert in w.services.pager.told] == ["trigger", "resolve"]


async def test_a_pager_that_does_not_answer_is_tried_again_and_then_the_next_step_comes_at_once(phones):
    w = phones
    w.services.pager.down = True
    await w.asks("mara", ASKED)
    assert called(w) == []
    await w.wait(seconds=26)
    assert called(w) == ["noor"]
    assert "pager_failed" in await codes(w)


async def test_a_pager_that_answers_the_second_time_is_told_once(phones):
    w = phones
    w.services.pager.fail()
    await w.asks("mara", ASKED)
    await w.wait(seconds=6)
    assert [alert.word for alert in w.services.pager.told] == ["trigger"]
    assert called(w) == []


async def test_a_pager_that_refuses_is_not_asked_again(phones):
    w = phones
    w.services.pager.refuses = True
    await w.asks("mara", ASKED)
    assert called(w) == ["noor"]


async def test_where_nothing_can_wake_a_phone_the_step_has_failed(tmp_path):
    async with world(tmp_path / "none", oncall={"rotas": [ROTA], **PHONES}) as w:
        await w.asks("mara", ASKED)
        assert called(w) == ["noor"]


async def test_solved_by_the_customer_the_card_asks_for_the_verdict_and_keeps_the_first_one(w):
    await w.asks("mara", "When does my refund arrive?")
    await w.clicks("mara", "Get a human")
    await w.clicks("mara", "Solved")
    await w.clicks("tom", "Too late")
    (escalation,) = await w.store.escalations((await w.ticket()).id)
    assert (escalation.status, escalation.verdict, escalation.by_name) == (EscalationStatus.CLOSED, "too_late", "Tom")
    assert "Closed, too late: asks human" in w.texts(Purpose.ESCALATION_CARD)[-1]


async def test_at_night_what_can_wait_is_told_in_the_morning(tmp_path):
    async with world(tmp_path / "night", oncall={"rotas": [ROTA], "use": [{"chain": "default", "level": 1}]}) as w:
        await w.customers.save(people=[replace(PEOPLE["noor"], zone="America/New_York")])
        await w.asks("mara", "#human please")
        assert called(w) == []
        await w.wait(hours=2, minutes=59)
        assert "noor" not in called(w)
        await w.wait(minutes=1)
        assert called(w)[-1] == "noor"


async def test_whoever_writes_again_while_a_chain_climbs_has_nobody_called_beside_it(w):
    asked = await w.asks("mara", ASKED)
    await w.wait(minutes=3)
    await w.asks("mara", "#security please, it is still open", under=asked)
    assert called(w) == ["noor"]
    await w.asks("mara", "#security #legal our lawyer will write", under=asked)
    assert called(w) == ["noor", "lea"]
    await w.wait(minutes=7)
    assert len([who for who in called(w) if who == "noor"]) == 1


async def test_of_two_who_acknowledge_the_second_hears_who_has_it(w):
    await w.asks("mara", ASKED)
    ref, button = w.button("Acknowledge")
    await w.clicks("noor", "Acknowledge", ref=page_of(w, "noor"))
    await w.wait(minutes=5)
    await w.press("tom", button, ref)
    assert (await raised(w)).by_name == "Noor"
    assert w.texts(Purpose.NOTICE)[-1].startswith("Noor has it already. Nobody else is paged until 10:30")
