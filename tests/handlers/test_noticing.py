"""Noticing: somebody of ours is told that a rule fired while the bot goes on, once, and while it is silent owner and lead are."""

import pytest

from desk.cards import plain
from desk.escalation import EscalationStatus
from desk.post import Op
from desk.timeline import Purpose

QUESTION = "When does my refund arrive?"
VIP = {"accounts": ["acme"]}


def notices(w):
    """Return what was said to the team beside the cards."""
    return w.texts(Purpose.NOTICE, where="agents")


async def recorded(w):
    """Return the rules of each escalation of the ticket."""
    return [e.rules for e in await w.store.escalations((await w.ticket()).id)]


async def test_a_vip_is_answered_and_a_lead_is_told(w):
    w.policy.change(vip=VIP)
    await w.asks("mara", QUESTION)
    assert (await w.decisions())[-1] == "reply"
    (line,) = notices(w)
    assert "they must not wait: account acme" in line
    assert "The bot goes on." in line
    assert "Priority high 75 (+30 enterprise account, +20 vip, +5 health 62 and falling)" in line
    assert await recorded(w) == [("vip",)]


async def test_the_accounts_manager_is_mentioned(w):
    w.policy.change(vip=VIP)
    await w.asks("mara", QUESTION)
    (post,) = [post for post in w.posts(Purpose.NOTICE) if "must not wait" in plain(post.card)]
    assert [str(user).rsplit("/", 1)[1] for user in post.to] == ["lea"]


async def test_an_account_with_many_tickets_mentions_its_manager_once_in_a_while(w):
    w.policy.change(vip=VIP)
    for who, question in (("mara", QUESTION), ("jon", "How do I get a refund?"), ("mara", "And when does the other refund arrive?")):
        await w.asks(who, question)
        await w.wait(minutes=65)
    await w.wait(hours=4)
    await w.asks("jon", "When does my other refund arrive?")
    told = [bool(post.to) for post in w.posts(Purpose.NOTICE) if "must not wait" in plain(post.card)]
    assert told == [True, False, False, True]


async def test_another_account_is_mentioned_all_the_same(w):
    w.policy.change(vip={"accounts": ["acme", "globex"]})
    await w.asks("mara", QUESTION)
    await w.asks("ina", QUESTION)
    assert [bool(post.to) for post in w.posts(Purpose.NOTICE) if "must not wait" in plain(post.card)] == [True, True]


async def test_a_page_that_policy_asks_for_comes_for_each_ticket(w):
    w.policy.change(vip=VIP, escalation={"levels": {"vip": 3}})
    await w.asks("mara", QUESTION)
    await w.wait(minutes=65)
    await w.asks("jon", "How do I get a refund?")
    assert [e.level for e in await w.store.open_escalations() if e.rules == ("vip",)] == [3, 3]


async def test_a_draft_on_its_card_needs_no_line_beside_it(drafting):
    drafting.policy.change(escalation={"money": {"limit": 400}})
    await drafting.asks("mara", "When does the refund of INV-204 arrive?")
    assert notices(drafting) == []
    assert await recorded(drafting) == [("money",)]
    assert "Told of: much money is at stake: EUR 420" in drafting.texts(Purpose.DRAFT_CARD)[-1]


async def test_what_stands_is_told_once(w):
    w.policy.change(vip=VIP)
    asked = await w.asks("mara", QUESTION)
    await w.wait(hours=5)
    await w.asks("mara", "And when does the other refund arrive?", under=asked)
    assert len(notices(w)) == 1


async def test_thanks_in_between_do_not_make_it_news(w):
    w.policy.change(vip=VIP)
    asked = await w.asks("mara", QUESTION)
    await w.wait(hours=5)
    await w.asks("mara", "thanks a lot", under=asked)
    await w.asks("mara", "And when does the other refund arrive?", under=asked)
    assert len(notices(w)) == 1


async def test_nobody_outside_hears_of_it(w):
    w.policy.change(vip=VIP)
    await w.asks("mara", QUESTION)
    assert not [text for text in w.texts(where="community") if "must not wait" in text]


async def test_one_that_only_tells_needs_nobody_and_a_page_does(w):
    w.policy.change(vip=VIP)
    await w.asks("mara", QUESTION)
    assert [e.status for e in await w.store.escalations((await w.ticket()).id)] == [EscalationStatus.CLOSED]
    w.policy.change(escalation={"levels": {"money": 3}, "money": {"limit": 100}})
    await w.asks("ina", "You charged me 500 EUR, when does my refund arrive?")
    (page,) = w.posts(Purpose.PAGE)
    assert "money" in plain(page.card)
    assert [e.status for e in await w.store.open_escalations()] == [EscalationStatus.OPEN]


async def test_policy_makes_a_rule_bring_in_a_person(w):
    w.policy.change(vip=VIP, escalation={"does": {"vip": "hand_over"}})
    await w.asks("mara", QUESTION)
    assert (await w.decisions())[-1] == "escalate"
    assert notices(w) == []


async def test_once_it_brought_in_a_person_none_is_called_again_and_the_bot_does_not_answer_alone(w):
    w.policy.change(vip=VIP, escalation={"does": {"vip": "hand_over"}})
    asked = await w.asks("mara", QUESTION)
    await w.clicks("noor", "Approve")
    await w.wait(minutes=5)
    await w.asks("mara", "And where is my invoice of that refund?", under=asked)
    assert (await w.decisions())[1:] == ["reply", "suggest"]
    assert await recorded(w) == [("vip",)]
    assert "Waits because they must not wait" in w.texts(Purpose.DRAFT_CARD)[-1]


async def test_policy_turns_a_rule_off(w):
    w.policy.change(vip=VIP, escalation={"does": {"vip": "off"}})
    await w.asks("mara", QUESTION)
    assert notices(w) == []
    assert await recorded(w) == []


async def test_where_a_person_comes_anyway_one_card_says_all(w):
    w.policy.change(vip=VIP)
    await w.asks("mara", "#human please")
    assert notices(w) == []
    assert await recorded(w) == [("vip", "asks_human")]


@pytest.mark.parametrize("silence", ["Take over", "Mute"])
async def test_while_the_bot_is_silent_owner_and_lead_are_told_once(w, silence):
    asked = await w.asks("mara", QUESTION)
    await w.clicks("noor", silence)
    for _ in range(2):
        await w.asks("mara", "It is about 4,000 EUR, where is my refund?", under=asked)
    # A page is drawn again where it stands when there is a newer draft: that calls nobody.
    told = sorted(str(post.target).rsplit("/", 1)[1] for post in w.posts(Purpose.PAGE) if post.op is Op.POST)
    assert told == (["lea", "noor"] if silence == "Take over" else ["lea"])
    assert await recorded(w) == [("loop", "money")]
    assert notices(w) == []


async def test_while_only_observing_nobody_is_told_but_of_what_policy_names(w):
    w.policy.change(modes={"default": "observe"}, vip=VIP)
    await w.asks("mara", QUESTION)
    assert notices(w) == []
    w.policy.change(escalation={"observe_pages": ["money"]})
    await w.asks("ina", "You charged me 5000 EUR, when does my refund arrive?")
    (line,) = notices(w)
    assert "much money is at stake: EUR 5,000" in line


async def test_while_only_observing_who_is_on_it_is_not_called_either(w):
    w.policy.change(modes={"default": "observe"}, vip=VIP)
    asked = await w.asks("mara", QUESTION)
    await w.says("noor", "I will look at it", under=asked)
    await w.asks("mara", "It is about 4,000 EUR, where is my refund?", under=asked)
    assert [post for post in w.posts(Purpose.PAGE) if "money" in plain(post.card)] == []


async def test_in_somebody_elses_thread_a_lead_is_told_and_the_bot_stays_silent(w):
    w.policy.change(vip={"accounts": ["globex"]})
    begun = await w.says("kim", "I am trying something out here")
    await w.asks("ina", "It is about 4,000 EUR with us, where is our refund?", under=begun)
    assert (await w.decisions())[-1] == "stand_by"
    told = [post for post in w.posts(Purpose.PAGE) if post.op is Op.POST]
    assert [str(post.target).rsplit("/", 1)[1] for post in told] == ["lea"]
    assert "vip" in plain(told[0].card)
    assert "money" in plain(told[0].card)


async def test_an_invoices_amount_counts_where_only_its_number_is_named(w):
    w.policy.change(escalation={"money": {"limit": 400}})
    await w.asks("mara", "When does the refund of INV-204 arrive?")
    (line,) = notices(w)
    assert "much money is at stake: EUR 420" in line


async def test_nobody_learns_the_amount_of_another_accounts_invoice(w):
    w.policy.change(escalation={"money": {"limit": 400}})
    await w.asks("ina", "When does the refund of INV-204 arrive?")
    assert notices(w) == []


async def test_who_comes_back_twice_about_one_problem_is_told_of(w):
    for _ in range(3):
        await w.asks("ina", "My refund is not there")
        await w.wait(days=5)
    (line,) = notices(w)
    assert "2 earlier tickets about the same were not solved" in line


async def test_who_said_that_it_was_solved_does_not_come_back(w):
    for _ in range(3):
        await w.asks("ina", QUESTION)
        await w.clicks("ina", "Solved")
        await w.wait(days=5)
    assert notices(w) == []


async def test_another_problem_is_another_matter(w):
    for topic in ("refund", "login", "export"):
        await w.asks("ina", f"My {topic} refuses to work")
        await w.wait(days=5)
    assert notices(w) == []


async def test_the_decision_remembers_what_was_weighed_and_decides_the_same_again(w):
    w.policy.change(vip=VIP)
    await w.asks("mara", QUESTION)
    facts = (await w.all_decisions())[0].facts
    assert facts.notices == ("vip",)
    assert dict(facts.weighed)["tier"] == "enterprise"
    assert "Mara" not in str(facts.weighed)
