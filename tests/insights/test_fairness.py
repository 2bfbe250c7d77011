"""The fairness report: who waits how long for a person, with what chance alone would do."""

from dataclasses import replace
from datetime import timedelta

import pytest

from desk.audience import INTERNAL
from desk.customer import Role
from desk.decision import Decision, Escalate, Ignore, Observe
from desk.draft import DraftStatus, Verdict
from desk.facts import Facts
from desk.ids import AccountId
from desk.mood import Mood
from desk.ticket import Containment, Status
from insights.fairness import FEWEST, Seen, Wait, first_person, gaps, group, loudness, quantile, report, wait_of
from tests.store.samples import JONAS, MARA, NOW, YUKI, draft, message, minutes, ticket

LATER = NOW + timedelta(days=1)


def decided(action, id="x-1", **facts):
    return Decision(id, ticket().id, NOW, 1, 1, Facts(**facts), action, ())


AGAIN = decided(Escalate(()), weighed=(("contacts", "1"),))
"""A turn of a ticket that is about what an earlier one was about."""


def seen(*, id="t-1", answered=None, peak=0.0, tier="", text="Where is it?", messages=1, account=None, **fields):
    """Return a ticket that wanted a person, who came after so many minutes or not at all."""
    own = replace(ticket(id, **fields), mood=Mood(peak, peak), account=AccountId(account) if account else None)
    said = [message(f"{id}-{n}", text, at=NOW + minutes(n)) for n in range(messages)]
    theirs = [message(f"{id}-a", "Here it is.", by=JONAS, role=Role.TEAMMATE, at=NOW + minutes(answered))] if answered is not None else []
    return Seen(own, (*said, *theirs), (), (decided(Escalate(())),), tier, account or "Mara Voss")


def waits(*spans):
    """Return waits of so many minutes; a negative one is of a ticket on which nobody came."""
    return [Wait(minutes(abs(n)), n > 0, {}) for n in spans]


def test_a_teammates_words_are_the_first_person():
    assert first_person(seen(answered=30)) == NOW + minutes(30)


def test_a_note_among_ourselves_and_a_mention_of_the_bot_are_nobody():
    note = message("m-n", "look at that", by=JONAS, role=Role.TEAMMATE, audience=INTERNAL, at=NOW)
    call = message("m-c", "@bot go on", by=JONAS, role=Role.TEAMMATE, mentions_bot=True, at=NOW)
    assert first_person(replace(seen(), timeline=(note, call))) is None


@pytest.mark.parametrize(
    ("verdict", "counts"),
    [
        pytest.param(Verdict.APPROVE, True, id="an approved draft"),
        pytest.param(Verdict.EDIT, True, id="an edited draft"),
        pytest.param(Verdict.REJECT, False, id="a rejected draft reaches nobody"),
        pytest.param(Verdict.REGENERATE, False, id="a draft that was asked for anew reaches nobody"),
    ],
)
def test_a_draft_that_a_person_let_out_is_a_person(verdict, counts):
    judged = replace(draft(), verdict=verdict, decided_by=JONAS, decided_at=NOW + minutes(12), status=DraftStatus.SENT)
    assert first_person(replace(seen(), drafts=(judged,))) == (NOW + minutes(12) if counts else None)


def test_an_automatic_answer_is_no_person():
    assert first_person(replace(seen(), drafts=(replace(draft(), automatic=True, status=DraftStatus.SENT),))) is None


def test_who_wanted_no_person_does_not_wait():
    assert wait_of(replace(seen(), decisions=(decided(Ignore()),)), until=LATER) is None


def test_what_the_bot_solved_alone_does_not_wait():
    assert wait_of(seen(status=Status.SOLVED), until=LATER) is None


def test_in_observe_mode_it_counts_what_would_have_been_decided():
    assert wait_of(replace(seen(), decisions=(decided(Observe(Escalate(()))),)), until=LATER) is not None


def test_on_whom_nobody_came_waits_until_now_or_until_closed():
    still, closed = wait_of(seen(), until=LATER), wait_of(seen(status=Status.CLOSED, closed=NOW + minutes(90)), until=LATER)
    assert (still.waited, still.ended) == (timedelta(days=1), False)
    assert (closed.waited, closed.ended) == (minutes(90), False)


@pytest.mark.parametrize(
    ("spans", "share", "expected"),
    [
        pytest.param((10, 20, 30), 0.5, 20, id="with a person on each it is the middle one"),
        pytest.param((10, 20, 30, 40), 0.5, 20, id="of an even number the lower middle"),
        pytest.param((10, -15, 30, 40), 0.5, 30, id="who gave up early makes the rest wait no shorter"),
        pytest.param((10, -60, -60, -60), 0.5, None, id="where most still wait there is no median yet"),
        pytest.param((-10, -20), 0.5, None, id="where all wait neither"),
        pytest.param((10, 20, 30, 40, 50, 60, 70, 80, 90, 100), 0.9, 90, id="nine of ten"),
        pytest.param((20, -20), 0.5, 20, id="of two at one instant the answered one comes first"),
    ],
)
def test_quantiles_heed_those_who_still_wait(spans, share, expected):
    found = quantile(waits(*spans), share)
    assert found == (None if expected is None else minutes(expected))


def test_leaving_the_waiting_out_would_flatter():
    open_ones = (10, 10, 10, -500, -500, -500, -500)
    assert quantile(waits(*open_ones), 0.5) is None
    assert quantile(waits(*(n for n in open_ones if n > 0)), 0.5) == minutes(10)


def test_an_interval_is_the_same_each_time_and_holds_the_median():
    spans = waits(*range(5, 65, 3))
    first, second = group("tier", "team", spans), group("tier", "team", spans)
    assert first == second
    assert first.interval[0] <= first.median <= first.interval[1]


def test_an_interval_without_an_end_says_so():
    found = group("tier", "team", waits(10, 20, 30, 40, 50, -60, -60, -60, -60))
    assert found.interval is not None
    assert found.interval[1] is None


def test_groups_apart_are_told_and_groups_alike_are_not():
    quick, slow = group("tier", "enterprise", waits(*[5, 6, 7] * 5)), group("tier", "team", waits(*[90, 95, 99] * 5))
    like = group("tier", "starter", waits(*[5, 6, 8] * 5))
    assert [(gap.sooner, gap.later) for gap in gaps([quick, slow, like])] == [("enterprise", "team"), ("starter", "team")]


def test_a_group_on_which_nobody_came_is_later_than_one_with_answers():
    quick, never = group("language", "en", waits(*[5] * 10)), group("language", "de", waits(*[-900] * 10))
    assert [(gap.sooner, gap.later) for gap in gaps([quick, never])] == [("en", "de")]


def test_a_handful_of_tickets_is_compared_with_nothing():
    few = waits(*[5] * (FEWEST - 1))
    assert list(gaps([group("tier", "a", few), group("tier", "b", waits(*[900] * 20))])) == []


def test_traits_of_two_kinds_are_not_compared():
    assert list(gaps([group("tier", "a", waits(*[5] * 20)), group("language", "b", waits(*[900] * 20))])) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("WHERE IS MY INVOICE", "loud", id="capitals"),
        pytest.param("answer me!!", "loud", id="exclamation marks"),
        pytest.param("INV-204?", "quiet", id="a number is not shouted"),
        pytest.param("Hello! Where is it?", "quiet", id="a greeting"),
        pytest.param("", "unknown", id="erased words"),
    ],
)
def test_loudness(text, expected):
    assert loudness([message("m-1", text)]) == expected


def test_a_report_tells_tickets_apart_by_all_traits():
    found = report([seen(answered=5, peak=0.9, tier="enterprise"), seen(id="t-2", answered=50)], since=NOW, until=LATER)
    assert {(each.by, each.name, each.count) for each in found.groups} >= {
        ("tier", "enterprise", 1),
        ("tier", "none", 1),
        ("mood", "angry", 1),
        ("mood", "calm", 1),
        ("platform", "local", 2),
    }
    assert (found.counted, found.apart) == (2, 0)


def test_who_asks_politely_in_several_tickets_without_a_solution_is_listed():
    calm = [seen(id=f"t-{n}", account="acme", peak=0.1) for n in range(2)]
    (found,) = report([calm[0], replace(calm[1], decisions=(AGAIN,))], since=NOW, until=LATER).neglected
    assert (found.who, found.tickets, found.messages) == ("acme", ("t-0", "t-1"), 2)


def test_a_ticket_after_which_the_account_came_back_counts_as_a_return():
    first = seen(id="t-1", account="acme", containment=Containment.RECONTACTED)
    (found,) = report([first, seen(id="t-2", account="acme")], since=NOW, until=LATER).neglected
    assert found.tickets == ("t-1", "t-2")


def test_who_asks_of_two_things_did_not_ask_again():
    calm = [seen(id=f"t-{n}", account="acme", peak=0.1) for n in range(5)]
    assert report(calm, since=NOW, until=LATER).neglected == ()


def test_who_asks_politely_and_again_in_one_ticket_is_listed_too():
    (found,) = report([seen(messages=4, account="acme")], since=NOW, until=LATER).neglected
    assert found.messages == 4


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"peak": 0.9}, id="one of them is angry"),
        pytest.param({"status": Status.SOLVED}, id="one of them is solved"),
        pytest.param({"account": "globex"}, id="they are two accounts"),
    ],
)
def test_others_are_not_listed(other):
    second = seen(**{"id": "t-2", "account": "acme", **other})
    pair = [seen(id="t-1", account="acme"), replace(second, decisions=(AGAIN,))]
    assert report(pair, since=NOW, until=LATER).neglected == ()


def test_who_has_no_account_is_told_apart_by_user():
    pair = [seen(id="t-1", customer=MARA), replace(seen(id="t-2", customer=YUKI), decisions=(AGAIN,))]
    assert report(pair, since=NOW, until=LATER).neglected == ()
