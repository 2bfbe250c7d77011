"""Drafts, cards, ids and refs: the small functions everything else leans on."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk import audience
from desk.audience import INTERNAL, PUBLIC
from desk.cards import Button, Buttons, Card, Fields, Header, Notes, Quote, Sources, Style, Text, english, find_button, numbered, plain
from desk.draft import Basis, Claim, Draft, DraftStatus, Evidence, Part, Proposal, fits, leaks, sent_in_place
from desk.ids import derived
from desk.post import Direct, Post
from desk.space import ChannelRef, MessageRef, Place, Platform, UserRef, parse_channel, parse_user
from desk.timeline import Purpose

NOW = datetime(2026, 11, 2, tzinfo=UTC)
ACME = audience.account("acme")


def evidence(n, who=PUBLIC, **more):
    """Return a piece of evidence."""
    return Evidence(n, "passage", f"c-{n}", who, "quote", **more)


def draft(id, status=DraftStatus.SENT, **more):
    """Return a draft."""
    return Draft(id, "t-1", Proposal(), Basis(1), NOW, status, **more)


@pytest.mark.parametrize(
    ("part", "shown", "leaking"),
    [
        pytest.param(PUBLIC, PUBLIC, False, id="public evidence in a public part"),
        pytest.param(ACME, PUBLIC, False, id="public evidence in an account's part"),
        pytest.param(PUBLIC, ACME, True, id="an account's evidence in a public part"),
        pytest.param(audience.person("p"), ACME, True, id="an account's evidence in a person's part"),
        pytest.param(ACME, INTERNAL, True, id="internal evidence in anybody's part"),
    ],
)
def test_a_part_that_rests_on_what_its_readers_may_not_see_leaks(part, shown, leaking):
    proposal = Proposal((Part(part, "x"),), (Claim("x", True, (1,)),), (evidence(1, shown),))
    assert bool(leaks(proposal)) is leaking


def test_a_claim_that_cites_what_is_not_there_leaks_nothing():
    assert leaks(Proposal((Part(PUBLIC, "x"),), (Claim("x", True, (7,)),))) == ()


def test_a_part_fits_where_its_audience_may_be_shown():
    assert fits(Part(ACME, "x"), frozenset({ACME}))
    assert not fits(Part(ACME, "x"), frozenset({PUBLIC}))


def test_unsupported_sentences_are_counted():
    assert Proposal(claims=(Claim("a", True), Claim("b", False), Claim("c", False))).unsupported == 2


def test_what_was_sent_in_a_drafts_place_is_found_through_edits_and_corrections_in_any_order():
    first, edit, correction = (
        draft("r-1", DraftStatus.STALE),
        draft("r-2", DraftStatus.STALE, edited_from="r-1"),
        draft("r-3", edited_from="r-2"),
    )
    assert sent_in_place(first, (correction, edit, first)) is correction
    assert sent_in_place(correction, (correction, edit, first)) is correction
    assert sent_in_place(first, (first,)) is None


@pytest.mark.parametrize(("status", "open_"), [(status, status in (DraftStatus.WAITING, DraftStatus.QUIET)) for status in DraftStatus])
def test_only_a_waiting_or_quiet_draft_can_be_decided(status, open_):
    assert draft("r-1", status).is_open is open_


CARD = Card(
    (
        Header("Draft", "high 71"),
        Text("No source", Style.WARNING),
        Quote("words", "Mara"),
        Notes("So far", ("• one", "• two")),
        Fields((("Plan", "team"), ("Tier", "1"))),
        Sources((evidence(1, title="Refund times", url="https://x"), evidence(2))),
        Buttons((Button("approve_anyway", "Trotzdem...", "t-1", english="Approve anyway..."),)),
    )
)


def test_a_card_as_plain_text():
    assert plain(CARD).splitlines() == [
        "Draft   high 71",
        "(!) No source",
        'Mara: "words"',
        "So far:",
        "• one",
        "• two",
        "Plan: team",
        "Tier: 1",
        "[1] Refund times (https://x)",
        "[2] quote",
    ]


@pytest.mark.parametrize("label", ["Approve anyway...", "approve anyway", "APPROVE ANYWAY…", " trotzdem "])
def test_a_button_is_found_by_either_label_ignoring_case_and_trailing_dots(label):
    assert find_button(CARD, label) is CARD.buttons[0]


def test_a_button_of_another_name_is_not_found():
    assert find_button(CARD, "approve") is None
    assert english("Edit. . .") == "edit"


def test_what_a_card_shows_can_be_asked():
    assert [item.n for item in CARD.evidence] == [1, 2]
    assert numbered(()) == ""
    assert Button("x", "X", "t").name == "X"


@given(st.text(), st.text())
def test_ids_are_stable_short_and_different_for_different_causes(one, other):
    assert derived("t", one, other) == derived("t", one, other)
    assert len(derived("heard-twice", one)) <= 25
    assert derived("t", one, "x", other) != derived("t", one, "y", other)


def test_what_is_written_of_a_channel_or_user_is_read_back():
    channel, user = ChannelRef(Platform.SLACK, "T1", "C/1"), UserRef(Platform.DISCORD, "G1", "U1")
    assert parse_channel(str(channel)) == channel
    assert parse_user(str(user)) == user
    assert str(MessageRef(channel, "17.2")) == "slack/T1/C/1/17.2"


def test_posts_of_one_thread_wait_in_one_line():
    channel = ChannelRef(Platform.LOCAL, "main", "c")
    lanes = [
        Post("o", target, Purpose.NOTICE, PUBLIC, NOW).lane
        for target in (Place(channel), Place(channel, "1"), Place(channel, "1"), Direct(UserRef(Platform.LOCAL, "main", "u")))
    ]
    assert lanes == ["local/main/c", "local/main/c/1", "local/main/c/1", "direct:local/main/u"]


def test_small_print_points_to_messages_in_words_where_there_is_no_link():
    line = "[#acme](message:local/main/acme/5) and [a page](https://help.example)"
    assert plain(Card((Text(line, Style.QUIET),))) == "#acme and [a page](https://help.example)"
    assert plain(Card((Text(line),))) == line
