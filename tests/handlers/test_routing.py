"""Routing through the door: tickets find their team, its channel and somebody of it, and who really took them is kept."""

from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from desk.changes import SaveChannel, write
from desk.ids import EventId
from desk.post import Op
from desk.space import Channel, ChannelKind
from desk.timeline import Purpose
from tests.world import channel, user, world

QUESTION = "When does my unsure refund arrive?"
WEEK = {day: ["09:00-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
SKILLS = {"Noor": ["billing"], "Tom": ["billing", "de"]}
FINANCE = {"channel": "finance", "members": ["Noor", "Tom"], "assign": "round_robin", "fallback": ""}
TIER2 = {"channel": "tier2", "skills": ["tier2"], "assign": "load", "fallback": ""}


@asynccontextmanager
async def routed(folder, *, mode="draft", default="on", teams=None, skills=SKILLS, **more):
    """Open a world that routes, with a channel of finance's and one of tier 2's."""
    routing = {"default": default, "teams": {"finance": FINANCE, "tier2": TIER2, **(teams or {})}, **more.pop("routing", {})}
    async with world(folder, mode=mode, routing=routing, team={"skills": skills}, **more) as w:
        rooms = [Channel(channel(name), name, ChannelKind.INTERNAL, w.clock.now() - timedelta(days=1)) for name in ("finance", "tier2")]
        w.chat.internal |= {room.ref for room in rooms}
        await w.store.commit(EventId("rooms"), write(*map(SaveChannel, rooms)), at=w.clock.now())
        yield w


@pytest.fixture
async def w(tmp_path):
    async with routed(tmp_path) as made:
        yield made


def mentioned(w, where="finance"):
    """Return who was called in a channel, in order."""
    return [to.id for post in w.posts(where=where) for to in post.to if post.op is Op.POST]


async def test_off_changes_nothing_and_keeps_nothing(tmp_path):
    async with routed(tmp_path, default="off") as w:
        await w.asks("mara", QUESTION)
        ticket = await w.ticket()
        assert (ticket.team, ticket.tags, ticket.offered) == ("", (), None)
        assert await w.store.routes() == []
        assert w.posts(Purpose.DRAFT_CARD, where="agents")


async def test_shadow_keeps_where_it_would_go_and_who_took_it_and_changes_nothing(tmp_path):
    async with routed(tmp_path, default="shadow") as w:
        await w.asks("mara", QUESTION)
        assert w.posts(Purpose.DRAFT_CARD, where="agents")
        assert (await w.ticket()).team == ""
        (route,) = await w.store.routes()
        assert (route.team, route.person, route.took) == ("finance", user("noor"), None)
        await w.clicks("tom", "Take over")
        (route,) = await w.store.routes()
        assert (route.took, route.took_team) == (user("tom"), "finance")


async def test_who_approves_took_it(tmp_path):
    async with routed(tmp_path, default="shadow") as w:
        await w.asks("mara", QUESTION)
        await w.clicks("lea", "Approve")
        (route,) = await w.store.routes()
        assert (route.took, route.took_team) == (user("lea"), "support")


async def test_who_writes_in_the_thread_took_it(tmp_path):
    async with routed(tmp_path, default="shadow") as w:
        asked = await w.asks("mara", QUESTION)
        await w.says("noor", "I am on it", under=asked)
        (route,) = await w.store.routes()
        assert route.took == user("noor")


async def test_observing_keeps_where_it_would_go_and_routes_nothing(tmp_path):
    async with routed(tmp_path, mode="observe") as w:
        await w.asks("mara", QUESTION)
        (route,) = await w.store.routes()
        assert (route.team, route.switch) == ("finance", "shadow")
        assert (await w.ticket()).team == ""
        assert w.posts() == []


async def test_on_the_card_stands_in_the_teams_channel_and_mentions_whom_it_is_offered_to(w):
    await w.asks("mara", QUESTION)
    (card,) = w.posts(Purpose.DRAFT_CARD)
    assert card.target.channel == channel("finance")
    assert card.to == (user("noor"),)
    ticket = await w.ticket()
    assert (ticket.team, ticket.offered, ticket.offered_name) == ("finance", user("noor"), "Noor")
    shown = w.standing(where="finance")[0]
    assert "Team: finance" in shown
    assert "Offered to: Noor" in shown


async def test_accepting_takes_it(w):
    await w.asks("mara", QUESTION)
    await w.clicks("noor", "Accept")
    ticket = await w.ticket()
    assert (ticket.owner, ticket.offered) == (user("noor"), None)
    (route,) = await w.store.routes()
    assert (route.took, route.took_team, route.given_back) == (user("noor"), "finance", False)
    await w.wait(minutes=30)
    assert len(await w.store.routes()) == 1


async def test_only_whom_it_is_offered_to_may_accept_it(w):
    await w.asks("mara", QUESTION)
    await w.clicks("tom", "Accept")
    assert (await w.ticket()).owner is None
    assert "It is offered to Noor: take it over if you want it now." in w.texts(Purpose.NOTICE)


async def test_anybody_may_take_over_what_is_offered_to_another(w):
    await w.asks("mara", QUESTION)
    await w.clicks("tom", "Take over")
    ticket = await w.ticket()
    assert (ticket.owner, ticket.offered) == (user("tom"), None)


async def test_giving_back_asks_the_next_one_and_keeps_the_reason_among_us(w):
    await w.asks("mara", QUESTION)
    await w.clicks("noor", "Give back", reason="I am at lunch")
    assert (await w.ticket()).offered == user("tom")
    assert mentioned(w)[:2] == ["noor", "tom"]
    notes = [m for m in await w.store.timeline((await w.ticket()).id) if "at lunch" in m.text]
    assert [str(note.audience) for note in notes] == ["internal"]
    assert not [text for text in w.texts(where="community") if "lunch" in text]


async def test_giving_back_needs_a_reason(w):
    await w.asks("mara", QUESTION)
    await w.clicks("noor", "Give back", reason=" ")
    assert (await w.ticket()).offered == user("noor")


async def test_what_nobody_accepts_is_offered_to_the_next_and_then_is_everybodys(w):
    await w.asks("mara", QUESTION)
    await w.wait(minutes=14)
    assert (await w.ticket()).offered == user("noor")
    await w.wait(minutes=2)
    assert (await w.ticket()).offered == user("tom")
    assert "Noor did not take it" in w.texts(Purpose.NOTICE, where="finance")[-1]
    await w.wait(minutes=16)
    ticket = await w.ticket()
    assert (ticket.offered, ticket.team) == (None, "finance")
    assert w.texts(Purpose.NOTICE, where="finance")[-1].startswith("Nobody accepted it, so it is everybody's: Mara")
    await w.wait(hours=3)
    assert [who for who in mentioned(w) if who != "lea"] == ["noor", "tom"]


async def test_the_time_to_accept_runs_in_business_hours_only(tmp_path):
    async with routed(tmp_path) as w:
        w.clock.at = datetime(2026, 11, 2, 16, 50, tzinfo=UTC)
        await w.asks("mara", QUESTION)
        await w.wait(hours=16, minutes=14)
        assert (await w.ticket()).offered == user("noor")
        await w.wait(minutes=2)
        assert (await w.ticket()).offered == user("tom")


async def test_who_gives_back_what_they_hold_is_not_asked_again(w):
    await w.asks("mara", QUESTION)
    await w.clicks("noor", "Accept")
    await w.clicks("noor", "Give back", reason="not my field")
    ticket = await w.ticket()
    assert (ticket.owner, ticket.offered) == (None, user("tom"))
    assert ticket.is_queued


async def test_handing_over_tells_the_next_with_the_note_and_customers_nothing(w):
    await w.asks("mara", QUESTION)
    await w.clicks("noor", "Accept")
    await w.clicks("noor", "Hand over", teammate="local/main/tom", note="Bank confirmed, only the date is missing")
    assert (await w.ticket()).owner == user("tom")
    (page,) = w.posts(Purpose.PAGE)
    assert page.target.user == user("tom")
    assert "only the date is missing" in w.texts(Purpose.PAGE)[0]
    assert not [text for text in w.texts(where="community") if "Bank" in text]
    notes = [m for m in await w.store.timeline((await w.ticket()).id) if "date is missing" in m.text]
    assert [str(note.audience) for note in notes] == ["internal"]


@pytest.mark.parametrize(("who", "holder"), [pytest.param("tom", "noor", id="another teammate may not"), pytest.param("lea", "tom", id="a lead may")])
async def test_who_may_hand_over_what_somebody_holds(w, who, holder):
    await w.asks("mara", QUESTION)
    await w.clicks("noor", "Accept")
    await w.clicks(who, "Hand over", teammate="local/main/tom", note="please")
    assert (await w.ticket()).owner == user(holder)


async def test_handing_over_needs_a_note(w):
    await w.asks("mara", QUESTION)
    await w.clicks("noor", "Accept")
    await w.clicks("noor", "Hand over", teammate="local/main/tom", note="")
    assert (await w.ticket()).owner == user("noor")


async def test_round_robin_goes_round_whatever_was_restarted(w):
    for n in range(4):
        await w.asks("mara" if n % 2 else "ina", f"{QUESTION} number {n} {'login' if n > 1 else 'export'}")
        await w.wait(hours=2)
    offered = [route.person.id for route in await w.store.routes() if route.person]
    assert set(offered[:2]) == {"noor", "tom"}
    assert abs(offered.count("noor") - offered.count("tom")) <= 1


async def test_of_a_burst_not_all_go_to_who_holds_the_fewest(tmp_path):
    async with routed(tmp_path, teams={"finance": FINANCE | {"assign": "load"}}) as w:
        for who in ("ina", "mara", "max", "zoe"):
            await w.asks(who, QUESTION)
        offered = [ticket.offered.id for ticket in await w.store.tickets()]
        assert sorted(offered) == ["noor", "noor", "tom", "tom"]


async def test_who_holds_fewer_is_asked_first(tmp_path):
    async with routed(tmp_path, teams={"finance": FINANCE | {"assign": "load"}}) as w:
        await w.asks("ina", QUESTION)
        await w.clicks("noor", "Take over")
        await w.wait(minutes=20)
        await w.asks("max", QUESTION)
        assert (await w.store.tickets())[-1].offered == user("tom")


async def test_another_category_moves_the_cards_and_leaves_a_line(w):
    w.policy.change(team={"skills": {"Lea": ["tier2"]}})
    await w.asks("mara", QUESTION)
    await w.clicks("noor", "Change category or priority", category="bug report", priority="normal")
    ticket = await w.ticket()
    assert (ticket.team, ticket.tags, ticket.offered) == ("tier2", ("engineering",), user("lea"))
    assert next(text.split(":")[0] for text in w.standing(where="finance")) == "Moved to #tier2"
    (moved,) = w.posts(Purpose.DRAFT_CARD, where="tier2")
    assert moved.to == (user("lea"),)
    await w.clicks("lea", "Approve")
    assert (await w.decisions())[-1] == "reply"


async def test_a_channel_that_others_can_read_gets_no_card(w):
    w.chat.internal -= {channel("finance")}
    await w.asks("mara", QUESTION)
    assert w.posts(where="finance") == []
    assert [text for text in w.texts(Purpose.PAGE) if text.startswith("Others than the team can read")]
    w.chat.internal |= {channel("finance")}
    await w.wait(minutes=10)
    assert w.posts(Purpose.DRAFT_CARD, where="finance")


async def test_a_channel_that_is_declared_for_customers_is_never_a_teams(tmp_path):
    async with routed(tmp_path, teams={"finance": FINANCE | {"channel": "community"}}) as w:
        await w.asks("mara", QUESTION)
        assert w.posts(Purpose.DRAFT_CARD, where="agents")
        assert not w.posts(Purpose.DRAFT_CARD, where="community")


async def test_when_nobody_is_there_everybody_sees_why_and_the_team_gets_it_in_the_morning(tmp_path):
    async with routed(tmp_path, hours={"week": WEEK}) as w:
        w.clock.at = datetime(2026, 11, 7, 10, 0, tzinfo=UTC)
        await w.asks("mara", QUESTION)
        card = w.standing(where="agents")[0]
        assert "Not routed: billing: finance, finance is not there at this hour, nobody is there" in card
        assert (await w.ticket()).offered is None
        await w.wait(days=1, hours=22, minutes=59)
        assert w.posts(where="finance") == []
        await w.wait(minutes=2)
        assert (await w.ticket()).offered == user("noor")
        assert w.posts(Purpose.DRAFT_CARD, where="finance")
        assert w.standing(where="agents")[0].startswith("Moved to #finance")


async def test_a_language_is_answered_by_who_speaks_it(w):
    await w.asks("mara", "Wann kommt unsure refund, bitte?")
    assert (await w.ticket()).offered == user("tom")


async def test_the_account_manager_comes_before_the_turn(tmp_path):
    async with routed(tmp_path, teams={"finance": FINANCE | {"members": ["Noor", "Tom", "Lea"]}}) as w:
        await w.asks("mara", QUESTION)
        assert (await w.ticket()).offered == user("lea")


async def test_what_was_given_back_to_the_queue_is_offered_anew(w):
    await w.asks("mara", QUESTION)
    await w.clicks("noor", "Accept")
    await w.clicks("noor", "Assign", teammate="nobody")
    ticket = await w.ticket()
    assert ticket.owner is None
    assert ticket.offered == user("tom")


async def test_a_customer_who_asks_for_a_human_is_routed_too(tmp_path):
    async with routed(tmp_path, mode="auto") as w:
        await w.asks("mara", "When does my refund arrive?")
        assert (await w.ticket()).offered is None
        await w.clicks("mara", "Get a human")
        (card,) = w.posts(Purpose.ESCALATION_CARD)
        assert card.target.channel == channel("finance")
        assert user("noor") in card.to
