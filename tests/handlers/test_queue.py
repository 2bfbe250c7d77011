"""The queue: next, merge, split, and an agents channel that others can read."""

import pytest

from desk.cards import plain
from desk.draft import DraftStatus
from desk.errors import Rejected
from desk.space import Place
from desk.ticket import Status
from desk.timeline import Purpose
from tests.world import channel, user

UNSURE = "unsure: when does my refund arrive?"


def whispers(w, who):
    """Return what was whispered to somebody in the agents channel."""
    return [plain(p.card) for p in w.posts(Purpose.NOTICE, where="agents") if p.to == (user(who),) and p.card]


async def test_next_opens_the_most_urgent_waiting_card_then_the_following_one(w):
    for who in ("ina", "mara", "max"):
        await w.asks(who, UNSURE)
    for _ in range(4):
        await w.commands("noor", "next")
    assert [text.split(",")[0].split(" (")[0] for text in whispers(w, "noor")] == [
        "Draft  for Mara",
        "Draft  for Ina",
        "Draft  for Max",
        "Draft  for Mara",
    ]


async def test_what_is_new_in_a_ticket_that_was_opened_before_comes_again(w):
    await w.asks("ina", UNSURE)
    asked = await w.asks("mara", UNSURE)
    await w.commands("noor", "next")
    await w.asks("mara", "unsure: and by transfer, the refund?", under=asked)
    await w.commands("noor", "next")
    assert ["Mara" in text for text in whispers(w, "noor")] == [True, True]


async def test_next_leaves_out_what_somebody_else_holds(w):
    await w.asks("ina", UNSURE)
    await w.clicks("tom", "Take over")
    await w.commands("noor", "next")
    await w.commands("tom", "next")
    assert whispers(w, "noor") == ["Nothing waits. Well done."]
    assert "for Ina" in whispers(w, "tom")[0]


async def test_a_card_opened_by_next_works_like_the_one_in_the_channel(w):
    await w.asks("ina", UNSURE)
    await w.commands("noor", "next")
    whispered = next(ref for ref, post in w.chat.standing.items() if post.purpose is Purpose.NOTICE)
    await w.clicks("noor", "Approve", ref=whispered)
    assert len(w.posts(Purpose.ANSWER)) == 1


async def test_the_queue_lists_what_waits_most_urgent_first(w):
    for who in ("ina", "mara"):
        await w.asks(who, UNSURE)
    await w.commands("noor", "queue")
    lines = whispers(w, "noor")[0].splitlines()
    assert ["Mara" in lines[1], "Ina" in lines[2]] == [True, True]


async def test_merge_makes_one_ticket_part_of_another(w):
    source, target = await _two(w)
    await w.commands("noor", f"merge {source.id} into {target.id}")
    source, target = await w.store.ticket(source.id), await w.store.ticket(target.id)
    assert (source.merged_into, source.status) == (target.id, Status.CLOSED)
    assert [m.text for m in await w.store.timeline(target.id) if m.author] == ["unsure: my refund?", "unsure: login?"]
    # The customer was told of one of the two that a human has it, so the other is a human's now too.
    assert [d.status for d in await w.store.drafts(target.id)][-1] is DraftStatus.QUIET


async def test_what_is_said_in_a_merged_tickets_thread_belongs_to_the_other_and_is_answered_there_with_a_link(w):
    source, target = await _two(w)
    await w.commands("noor", f"merge {source.id} into {target.id}")
    await w.asks("ina", "unsure: still that refund", under=source.anchor)
    assert len(await w.store.tickets()) == 2
    await w.clicks("noor", "Approve")
    assert [p.target for p in w.posts(Purpose.ANSWER)] == [target.place]
    assert source.place in [p.target for p in w.posts(Purpose.NOTICE)]


async def test_tickets_of_different_customers_are_never_merged(w):
    await w.asks("ina", UNSURE)
    await w.asks("mara", UNSURE)
    first, second = await w.store.tickets()
    await w.commands("noor", f"merge {first.id} into {second.id}")
    assert whispers(w, "noor")[0].startswith("Only two tickets of the same customer")
    assert all(t.merged_into is None for t in await w.store.tickets())


async def test_split_makes_the_last_message_a_ticket_of_its_own(w):
    await w.asks("ina", "unsure: my refund?")
    last = await w.asks("ina", "unsure: that refund, and my keys?")
    await w.commands("noor", f"split {(await w.ticket()).id}")
    first, second = await w.store.tickets()
    assert (second.previous, second.anchor, second.place) == (first.id, last, Place(channel("community"), last.id))
    assert [m.text for m in await w.store.timeline(first.id) if m.author] == ["unsure: my refund?"]
    assert len(await w.store.drafts(second.id)) == 1


async def test_a_ticket_of_one_message_cannot_be_split(w):
    await w.asks("ina", UNSURE)
    await w.commands("noor", f"split {(await w.ticket()).id}")
    assert "nothing to split off" in whispers(w, "noor")[0]


@pytest.mark.parametrize("words", ["take", "handback", "mute", "unmute", "why"])
async def test_a_command_does_what_the_button_of_its_name_does(w, words):
    await w.asks("ina", UNSURE)
    await w.commands("noor", f"{words} {(await w.ticket()).id}")
    assert len(whispers(w, "noor")) == 1
    assert (await w.ticket()).owner == (user("noor") if words == "take" else None)
    assert (await w.ticket()).muted is (words == "mute")


@pytest.mark.parametrize(
    ("who", "words", "answer"),
    [
        ("noor", "fly", "There is no command 'fly'"),
        ("noor", "pause", "`pause` is for admins and leads only."),
        ("ina", "next", "only."),
        ("noor", "take", "Name the ticket"),
        ("noor", "take t-nothing", "No ticket begins with 't-nothing'."),
    ],
    ids=["unknown", "not for teammates", "not for customers", "without a ticket", "no such ticket"],
)
async def test_a_wrong_command_is_answered_with_a_sentence(w, who, words, answer):
    await w.commands(who, words)
    assert answer in plain(w.posts(Purpose.NOTICE)[0].card)


async def test_help_lists_what_one_may_do(w):
    await w.commands("noor", "help")
    await w.commands("lea", "")
    assert "/frontdesk next" in whispers(w, "noor")[0]
    assert "/frontdesk pause" not in whispers(w, "noor")[0]
    assert "/frontdesk pause" in whispers(w, "lea")[0]


@pytest.mark.parametrize("how", ["public", "with guests"])
async def test_if_the_agents_channel_becomes_public_or_open_to_guests_internal_posts_stop_and_admins_are_told(w, how):
    if how == "public":
        w.chat.internal.clear()
    else:
        w.chat.guests[channel("agents")] = [user("ina")]
    await w.asks("ina", UNSURE)
    assert w.posts(where="agents") == []
    assert [str(p.target) for p in w.posts(Purpose.PAGE)] == ["direct:local/main/ada"]
    assert len(w.posts(Purpose.HOLDING)) == 1


async def test_once_it_is_private_again_what_waited_is_posted(w):
    w.chat.internal.clear()
    await w.asks("ina", UNSURE)
    w.chat.internal.add(channel("agents"))
    await w.wait(minutes=6)
    assert len(w.posts(Purpose.DRAFT_CARD, where="agents")) == 1


async def test_a_post_that_the_platform_refuses_is_told_to_the_team(w):
    w.chat.gone.add(channel("community"))
    await w.asks("ina", "When does my refund arrive?")
    assert "could not be delivered" in w.texts(Purpose.NOTICE, where="agents")[0]


async def _refused(w, purpose):
    """Have the platform refuse what is posted for a purpose; return what the team is told of it."""
    send = w.chat.send

    async def refusing(post):
        if post.purpose is purpose:
            raise Rejected("it is more than fits")
        return await send(post)

    w.chat.send = refusing
    await w.asks("ina", "unsure: #human, and now" if purpose is Purpose.PAGE else UNSURE)
    return [text for text in w.texts(Purpose.NOTICE, where="agents") if "it is more than fits" in text]


async def test_a_card_that_the_platform_refuses_is_told_to_the_team_once(w):
    [told] = await _refused(w, Purpose.DRAFT_CARD)
    ticket = await w.ticket()
    assert told == f"A card of ticket {ticket.id} could not be shown: it is more than fits. `/frontdesk ticket {ticket.id}` says how it stands."
    await w.wait(hours=1)
    assert len([text for text in w.texts(Purpose.NOTICE, where="agents") if "could not be shown" in text]) == 1


async def test_a_page_that_reaches_nobody_is_told_to_the_team(w):
    w.policy.change(escalation={"levels": {"asks_human": 3}})
    told = await _refused(w, Purpose.PAGE)
    assert "did not reach local/main/lea: it is more than fits. Somebody else has to see to it." in told[0]


async def _two(w):
    await w.asks("ina", "unsure: my refund?")
    await w.asks("ina", "unsure: login?")
    return reversed(await w.store.tickets())
