"""Rearming: deadlines move with the policy, a page of tickets at a time, also when it changed while nothing ran."""

from datetime import timedelta

from desk.deadlines import DeadlineKind
from handlers import rearming
from handlers.rearming import Rearming

QUESTION = "How long does a refund take?"


async def breaches_due(w):
    """Return when each promise is to be looked at next."""
    return [d.due for d in await w.store.due(w.clock.now() + timedelta(days=30)) if d.kind is DeadlineKind.SLA]


async def test_a_policy_that_did_not_change_is_no_news(drafting):
    watch = Rearming(drafting.services, drafting.submit, seen=(await drafting.policy.current()).version)
    assert not await watch.look()
    drafting.policy.change(sla={"first_response": "1h"})
    assert await watch.look()
    assert not await watch.look()


async def test_what_changed_while_nothing_ran_is_found_at_the_start(drafting):
    await drafting.asks("ina", QUESTION)
    (before,) = await breaches_due(drafting)
    drafting.policy.change(sla={"first_response": "1h"})
    watch = Rearming(drafting.services, drafting.submit)
    assert await watch.look()
    await drafting.settle()
    (after,) = await breaches_due(drafting)
    assert before - after == timedelta(hours=2, minutes=15)


async def test_a_policy_taken_back_is_news_again(drafting):
    watch = Rearming(drafting.services, drafting.submit)
    for span in ("1h", "4h", "1h"):
        drafting.clock.at += timedelta(seconds=1)
        drafting.policy.change(sla={"first_response": span})
        assert await watch.look()
    assert len({event.id for event in drafting.queue}) == 3


async def test_every_open_ticket_is_reached_a_page_at_a_time(drafting, monkeypatch):
    monkeypatch.setattr(rearming, "MOST", 2)
    for who in ("ina", "mara", "jon", "stranger", "visitor"):
        await drafting.asks(who, QUESTION)
    drafting.policy.change(sla={"first_response": "30m", "tiers": {"enterprise": "30m"}})
    await drafting.settle()
    assert all(due - drafting.clock.now() < timedelta(minutes=23) for due in await breaches_due(drafting))
    assert len(await breaches_due(drafting)) == 5
