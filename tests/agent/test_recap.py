"""Recap: what is told of a conversation without a model."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.recap import QUOTED, recap
from desk.customer import Role
from desk.draft import DraftStatus
from desk.summary import MOST, SummaryKind
from desk.ticket import Status
from desk.timeline import File
from tests.agent.talks import AGAIN, ASKED, TEAM, WHOLE, answer, said, talk

HANDOVER, NOTE = SummaryKind.HANDOVER, SummaryKind.CRM_NOTE


def lines(kind=HANDOVER, *timeline, **more) -> list[str]:
    return [point.text for point in recap(kind, talk(*timeline, **more))]


def test_a_handover_tells_what_was_asked_tried_written_and_said_last():
    assert lines() == [
        f'Asked: "{ASKED}"',
        "Answered automatically from “How long a refund takes”.",
        f'Noor wrote: "{TEAM}"',
        f'Said last: "{AGAIN}"',
    ]


def test_each_point_names_the_messages_it_rests_on():
    assert [point.messages for point in recap(HANDOVER, talk())] == [("m-1",), ("m-2",), ("m-5",), ("m-6",)]


def test_a_note_tells_what_was_asked_answered_and_how_it_ended():
    assert lines(NOTE, ticket={"status": Status.SOLVED}) == [
        f'Asked: "{ASKED}"',
        f'Noor answered: "{TEAM}"',
        f'Said last: "{AGAIN}"',
        "Ended: solved, the customer says.",
    ]


def test_a_note_of_a_silent_end_does_not_call_it_solved():
    assert lines(NOTE, ticket={"status": Status.CLOSED})[-1] == "Ended: closed, and the customer did not say that it is solved."


def test_a_greeting_alone_is_not_what_was_asked():
    assert lines(HANDOVER, said(1, "Hello there!"), said(2, ASKED)) == [f'Asked: "{ASKED}"']
    assert lines(HANDOVER, said(1, "Hello there!")) == ['Asked: "Hello there!"']


def test_of_our_answers_only_the_words_are_told_and_not_their_sources():
    posted = "It is done. [1]\n\nSources\n[1] Refund times\nWritten by AI."
    told = lines(NOTE, said(1, ASKED), said(2, posted, "Frontdesk", Role.BOT), drafts=(answer(2, "It is done. [1]"),))
    assert 'Answered automatically: "It is done."' in told


def test_one_message_is_one_point():
    assert lines(HANDOVER, said(1, ASKED)) == [f'Asked: "{ASKED}"']


def test_of_many_answers_the_last_two_are_told():
    drafts = tuple(answer(n, status=status) for n, status in enumerate([DraftStatus.SENT, DraftStatus.REJECTED, DraftStatus.SENT, DraftStatus.SENT]))
    assert [line for line in lines(HANDOVER, said(1, ASKED), drafts=drafts) if line.startswith("Answered")] == [
        "Answered automatically from “How long a refund takes”.",
        "Answered automatically from “How long a refund takes”.",
    ]


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        pytest.param({"decided_by_name": "Noor"}, "Noor answered from “How long a refund takes”.", id="approved by a teammate"),
        pytest.param({"text": "", "n": 2}, None, id="erased"),
    ],
)
def test_who_answered_is_told(changes, line):
    found = [told for told in lines(HANDOVER, said(1, ASKED), drafts=(answer(**{"n": 2, **changes}),)) if "answered" in told.lower()]
    assert found == ([line] if line else [])


def test_an_answer_without_sources_is_quoted():
    bare = answer(2, "It is done.")
    assert 'Answered automatically: "It is done."' in lines(
        HANDOVER, said(1, ASKED), drafts=(replace(bare, proposal=replace(bare.proposal, claims=())),)
    )


def test_a_question_back_is_quoted():
    asking = answer(2, "Which card was it?")
    told = lines(HANDOVER, said(1, ASKED), drafts=(replace(asking, proposal=replace(asking.proposal, question=True)),))
    assert told[1] == 'Asked back: "Which card was it?"'


@pytest.mark.parametrize(("times", "how"), [(1, "once"), (2, "twice"), (5, "5 times")])
def test_how_often_it_did_not_help_is_told(times, how):
    assert f"The customer said {how} that it is not solved." in lines(ticket={"not_solved": times})


def test_files_are_named_and_whether_they_were_read():
    files = (File("log.txt", "text/plain", 10, text="boom"), File("shot <b>.png", "image/png", 10))
    assert lines(HANDOVER, said(1, "", files=files)) == ["Sent: log.txt, shot b .png (not read)."]


@pytest.mark.parametrize(
    "timeline",
    [
        pytest.param((said(1, ""),), id="erased"),
        pytest.param((replace(said(1, ASKED), deleted=True),), id="taken back"),
        pytest.param((WHOLE[2], WHOLE[3]), id="fixed sentences and internal notes only"),
    ],
)
def test_nothing_said_gives_no_points(timeline):
    assert lines(HANDOVER, *timeline) == []


def test_cards_keys_and_passwords_do_not_stand_in_a_point():
    (line,) = lines(HANDOVER, said(1, "My card 4111 1111 1111 1111 was charged, my password is hunter2hunter2"))
    assert "4111" not in line
    assert "hunter2" not in line


def test_long_words_are_cut_and_put_on_one_line():
    (line,) = lines(HANDOVER, said(1, "it fails\n\n" * 200))
    assert len(line) <= QUOTED + len('Asked: ""')
    assert "\n" not in line


@given(st.lists(st.tuples(st.text(max_size=60), st.sampled_from([Role.CUSTOMER, Role.TEAMMATE, Role.BOT, Role.COLLEAGUE])), max_size=12))
def test_any_conversation_makes_a_few_points_on_one_line_each(told):
    timeline = [said(n, text, role=role) for n, (text, role) in enumerate(told)] or [said(1, "")]
    for kind in SummaryKind:
        points = recap(kind, talk(*timeline))
        assert len(points) <= MOST
        assert not [point for point in points if "\n" in point.text]
