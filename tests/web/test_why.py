"""Why: a ticket's page tells what was decided where it was decided."""

from dataclasses import replace

from bot.web.why import history
from desk.customer import Role
from desk.decision import Decision, Ignore
from desk.facts import Facts
from desk.ids import MessageId
from desk.modes import Mode
from desk.ports import Query, TicketView
from desk.ticket import Reason
from desk.timeline import Message
from desk.usage import ModelCall
from tests.fakes import START
from tests.web.scene import TICKET, ticket_view


def view(**changes) -> TicketView:
    found = ticket_view(Query("ticket", TICKET))
    assert isinstance(found, TicketView)
    return replace(found, **changes)


def test_of_one_instant_the_question_comes_first_and_the_answer_last() -> None:
    asked = view().timeline[0]
    answered = Message(MessageId("m-0"), None, asked.place, None, "frontdesk", Role.BOT, "Yes.", START)
    decided = Decision("x-9", TICKET, START, 1, 1, Facts(), Ignore(), ())
    told = history(view(timeline=(answered, asked), decisions=(decided,)))
    assert [moment.message or moment.decision for moment in told] == [asked, decided, answered]


def test_a_reason_without_a_sentence_is_told_by_its_code() -> None:
    decided = Decision("x-9", TICKET, START, 1, 1, Facts(), Ignore(), (Reason("not_a_request"),))
    assert history(view(timeline=(), decisions=(decided,), sentences=None))[0].sentences == ("not a request",)


def test_facts_are_told_in_words_and_only_those_that_say_something() -> None:
    facts = Facts(mode=Mode.AUTO, confidence=0.5, is_request=False, triggers=("vip", "legal"), pages=frozenset({"b", "a"}))
    decided = Decision("x-9", TICKET, START, 1, 1, facts, Ignore(), ())
    told = dict(history(view(timeline=(), decisions=(decided,)))[0].facts)
    assert told == {"mode": "auto", "confidence": "0.50", "is request": "no", "triggers": "vip, legal", "pages": "a, b"}


def test_what_calls_of_a_model_took_is_told_in_one_line() -> None:
    one, failed = ModelCall("answer", "big", price=0.01, seconds=1.5), ModelCall("answer", "big", "slow", seconds=30)
    decided = [Decision(f"x-{n}", TICKET, START, n, 1, Facts(), Ignore(), (), calls=calls) for n, calls in enumerate([(), (one,), (one, failed)])]
    assert [moment.took for moment in history(view(timeline=(), decisions=tuple(decided)))] == [
        "",
        "1 call of the language model: USD 0.0100, 1.5 s",
        "2 calls of the language model, 1 failed: USD 0.0100, 31.5 s",
    ]
