import json
from dataclasses import replace
from datetime import timedelta

import pytest

from agent.extractive import ExtractiveAnswerer
from desk.audience import PUBLIC
from desk.errors import Unavailable
from desk.space import Platform, UserRef
from desk.triage import Signal
from desk.usage import ModelCall, Payer
from tests.agent.pen import PAST, REFUND, Pen, calls, reply
from tests.agent.test_extractive import DIRECT, IN_SCOPE, PERSON, RECORD
from tests.agent.test_record import COLLEAGUE, MARA, NOBODY

GOOD = reply(f"{REFUND} [1]", resolves=True)
SEARCH = ("search_knowledge", {"query": "duplicate charge"})


@pytest.fixture(scope="module")
def quoting(embedder, heads):
    return ExtractiveAnswerer(embedder, heads)


@pytest.fixture
def pen(quoting, embedder):
    return lambda *replies, **more: Pen(quoting, embedder, list(replies), **more)


def last_texts(body) -> str:
    return json.dumps(body["messages"][-1], ensure_ascii=False)


async def test_what_was_found_is_in_the_first_call_so_that_one_call_is_enough(pen):
    agent = pen(GOOD)
    proposal = await agent.writes()
    assert len(agent.bodies) == 1
    assert "search_result" in {block["type"] for block in agent.bodies[0]["messages"][0]["content"]}
    assert proposal.parts[0].text == f"{REFUND} [1]"
    assert (proposal.parts[0].audience, proposal.confidence, proposal.resolves) == (PUBLIC, 0.9, True)
    assert [(claim.supported, claim.evidence) for claim in proposal.claims] == [(True, (1,))]
    assert proposal.model == "agent-1 claude-sonnet-5-5"
    assert proposal.prompt


async def test_a_tool_is_run_and_its_answer_is_in_the_next_call(pen):
    agent = pen(
        calls(("search_knowledge", {"query": "verify webhook signatures"}), n=1),
        reply("Compare the header with a digest. [cite(Compare the header)]"),
    )
    proposal = await agent.writes()
    assert len(agent.bodies) == 2
    assert "Compare the header with a digest" in last_texts(agent.bodies[1])
    assert proposal.evidence[0].document == "webhooks"
    assert [call.outcome for call in proposal.calls] == ["ok", "ok"]


async def test_the_same_piece_keeps_its_number_however_often_it_is_found(pen):
    agent = pen(calls(SEARCH, ("search_knowledge", {"query": "refund card"}), n=1), GOOD)
    await agent.writes()
    numbers = [
        block["title"] for answer in agent.bodies[1]["messages"][-1]["content"] for block in answer["content"] if block["type"] == "search_result"
    ]
    assert len({title.split("]")[0] for title in numbers}) == len(set(numbers))


async def test_text_alone_is_asked_for_once_more_and_then_quotes_serve(pen):
    agent = pen({"text": "Refunds take a week."})
    proposal = await agent.writes()
    assert len(agent.bodies) == 2
    assert "Nobody reads this" in last_texts(agent.bodies[1])
    assert (proposal.model, proposal.degraded) == ("extractive-2", ("model_cut",))


async def test_a_flaw_goes_back_once_with_what_is_wrong(pen):
    agent = pen({**reply("You get EUR 50 as a present."), "n": 1}, {**GOOD, "when": "not sent"})
    proposal = await agent.writes()
    assert "You get EUR 50 as a present." in last_texts(agent.bodies[1])
    assert proposal.unsupported == 0


async def test_a_flaw_that_stays_is_marked_and_the_reply_is_believed_less(pen):
    agent = pen(reply(f"{REFUND} [1] You get EUR 50 as a present.", confidence=1.0))
    proposal = await agent.writes()
    assert len(agent.bodies) == 2
    assert [claim.supported for claim in proposal.claims] == [True, False]
    assert proposal.confidence == 0.5


async def test_the_first_reply_stands_when_the_mended_one_never_comes(pen):
    agent = pen({**reply(f"{REFUND} [1] You get EUR 50 as a present."), "n": 1}, {"error": 529})
    proposal = await agent.writes()
    assert "EUR 50" in proposal.parts[0].text
    assert proposal.unsupported == 1
    assert proposal.degraded == ("model_busy",)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        pytest.param(529, "model_busy", id="overloaded"),
        pytest.param(429, "model_busy", id="rate limited"),
        pytest.param(500, "model_busy", id="a server error"),
        pytest.param("dropped", "model_dropped", id="a connection that breaks"),
        pytest.param("stalled", "model_slow", id="a stream that stalls"),
        pytest.param("cut", "model_cut", id="a stream that ends early"),
        pytest.param("garbled", "model_dropped", id="a garbled chunk"),
        pytest.param("overloaded", "model_dropped", id="an error within the stream, which the SDK does not try again"),
        pytest.param("max_tokens", "model_cut", id="a reply that is cut off"),
        pytest.param("too_long", "model_too_long", id="a prompt that does not fit, even shortened"),
        pytest.param(401, "model_key", id="a wrong key"),
        pytest.param(404, "model_unknown_model", id="a model that is gone"),
        pytest.param(400, "model_rejected", id="a request that is refused"),
    ],
)
async def test_when_the_model_cannot_quotes_serve_and_it_is_said_why(pen, error, code):
    proposal = await pen({"error": error}).writes()
    assert (proposal.model, proposal.degraded) == ("extractive-2", (code,))
    assert REFUND in proposal.parts[0].text
    assert "model_refused" not in proposal.doubts


async def test_a_tool_whose_input_never_came_is_asked_for_again(pen):
    agent = pen({"error": "truncated", "n": 1}, {**GOOD, "when": "cut off"})
    proposal = await agent.writes()
    assert proposal.parts[0].text == f"{REFUND} [1]"
    assert len(agent.bodies) == 2


async def test_a_refusal_brings_in_a_person(pen):
    proposal = await pen({"error": "refusal"}).writes()
    assert "model_refused" in proposal.doubts


async def test_another_model_is_asked_when_the_first_one_cannot(pen):
    agent = pen({"error": 529, "n": 1}, GOOD)
    proposal = await agent.writes()
    assert [body["model"] for body in agent.bodies] == ["claude-sonnet-5-5", "claude-haiku-5-5"]
    assert proposal.model == "agent-1 claude-haiku-5-5"


async def test_a_prompt_that_is_too_long_is_made_shorter(pen):
    agent = pen({"error": "too_long", "n": 1}, GOOD)
    proposal = await agent.writes("How long does a refund take? How do I verify webhook signatures? What becomes of a duplicate charge?")
    sizes = [sum(block["type"] == "search_result" for block in body["messages"][0]["content"]) for body in agent.bodies]
    assert sizes[0] > sizes[-1] == 2
    assert proposal.model.startswith("agent-1")


@pytest.mark.parametrize(
    ("bounds", "code"),
    [
        pytest.param({"turns": 2}, "bound_turns", id="calls"),
        pytest.param({"tokens": 4000}, "bound_tokens", id="tokens"),
    ],
)
async def test_at_a_bound_a_person_goes_on_with_what_is_known(pen, bounds, code):
    agent = pen(calls(SEARCH), policy={"model": {"bounds": bounds}})
    proposal = await agent.writes()
    assert proposal.degraded == (code,)
    assert "bound" in proposal.doubts
    assert REFUND in proposal.parts[0].text


async def test_too_many_look_ups_are_refused_in_words(pen):
    agent = pen({**calls(*[SEARCH] * 3), "n": 1}, GOOD, policy={"model": {"bounds": {"lookups": 2}}})
    await agent.writes()
    assert "You have looked up enough" in last_texts(agent.bodies[1])


async def test_a_budget_that_is_used_up_brings_in_a_person(pen):
    agent = pen(GOOD)
    await agent.ledger.book(ModelCall("answer", "m", price=99.0), Payer(), at=agent.clock.now() - timedelta(hours=1))
    proposal = await agent.writes()
    assert agent.bodies == []
    assert proposal.degraded == ("budget_day",)
    assert "bound" in proposal.doubts


async def test_a_hand_over_carries_a_summary_for_the_team_alone(pen):
    proposal = await pen(calls(("hand_over", {"reason": "no_evidence", "summary": "Wants a refund for last year."}))).writes()
    assert (proposal.parts, proposal.abstained) == ((), "handed_over_no_evidence")
    assert proposal.summary == "Wants a refund for last year."


async def test_a_question_goes_back_to_the_customer(pen):
    proposal = await pen(calls(("ask_customer", {"question": "Which card was charged, the first or the second?"}))).writes()
    assert proposal.question
    assert proposal.parts[0].text == "Which card was charged, the first or the second?"


async def test_a_question_for_a_password_is_not_asked(pen):
    proposal = await pen(calls(("ask_customer", {"question": "Please tell me your password so that I can look?"}))).writes()
    assert "password" not in proposal.parts[0].text
    assert "question_replaced" in proposal.doubts


@pytest.mark.parametrize(
    ("author", "absent", "present"),
    [
        pytest.param(
            None, {"get_customer", "get_invoices", "get_subscription", "get_usage", "get_past_tickets"}, {"search_knowledge"}, id="a stranger"
        ),
        pytest.param(COLLEAGUE, {"get_invoices", "get_past_tickets"}, {"get_subscription", "get_customer"}, id="somebody of a known account"),
        pytest.param(MARA, set(), {"get_invoices", "get_past_tickets"}, id="a verified person"),
    ],
)
async def test_tools_are_absent_below_the_trust_they_need(pen, author, absent, present):
    agent = pen(GOOD)
    await (agent.writes(author=author) if author else agent.writes())
    names = {tool["name"] for tool in agent.bodies[0]["tools"]}
    assert not names & absent
    assert present <= names


async def test_a_tool_that_is_absent_cannot_be_called_either(pen):
    agent = pen({**calls(("get_invoices", {})), "n": 1}, GOOD, facts=RECORD)
    await agent.writes()
    assert "There is no tool" in last_texts(agent.bodies[1])
    assert "INV-206" not in json.dumps(agent.bodies[1])


async def test_no_argument_chooses_another_customer(pen):
    agent = pen({**calls(("get_invoices", {"customer": "globex"})), "n": 1}, GOOD, facts=RECORD)
    await agent.writes("When do we get the second charge back?", author=MARA, private=frozenset({PERSON}))
    assert "customer: Extra inputs are not permitted" in last_texts(agent.bodies[1])


async def test_a_record_that_is_down_is_told_in_words(pen):
    agent = pen({**calls(("get_invoices", {})), "n": 1}, GOOD, failing=Unavailable("crm"))
    await agent.writes(author=MARA)
    assert "crm does not answer" in last_texts(agent.bodies[1])
    assert agent.bodies[1]["messages"][-1]["content"][0]["is_error"] is True


async def test_fields_go_to_their_person_alone_and_the_thread_says_nothing_of_them(pen):
    agent = pen(
        {**calls(("get_invoices", {})), "n": 1},
        reply("A refund reaches your card within 5 to 7 working days after we approve it. [1]", private="INV-205: EUR 420.00, refunding. [5]"),
        facts=RECORD,
    )
    told = await agent.writes(author=MARA, private=frozenset({PERSON}))
    thread, private = told.parts
    assert (thread.to, private.to) == (None, MARA.user)
    assert "INV" not in thread.text
    assert private.audience == PERSON


async def test_what_a_private_field_says_is_moved_out_of_the_thread(pen):
    agent = pen({**calls(("get_invoices", {})), "n": 1}, reply("INV-205: EUR 420.00, refunding. [5]"), facts=RECORD)
    told = await agent.writes(author=MARA, private=frozenset({PERSON}))
    assert all("420" not in part.text for part in told.parts if part.to is None)
    assert "moved_private" in told.doubts


async def test_in_a_direct_message_what_the_account_may_see_and_what_the_person_may_see_stand_together(pen):
    from desk.space import ChannelKind

    agent = pen(
        {**calls(("get_invoices", {}), ("get_subscription", {})), "n": 1},
        reply("INV-205: EUR 420.00, refunding. [6] Plan: enterprise. [8]"),
        facts=RECORD,
    )
    told = await agent.writes(author=MARA, place=DIRECT, private=DIRECT, kind=ChannelKind.DIRECT)
    (part,) = told.parts
    assert part.audience == PERSON


async def test_earlier_tickets_are_for_orientation_and_are_no_evidence(pen):
    agent = pen({**calls(("get_past_tickets", {})), "n": 1}, reply("Your refund of EUR 77.00 was sent on 3 September."), past=(PAST,))
    told = await agent.writes(author=MARA, private=frozenset({PERSON}))
    assert "EUR 77.00" in last_texts(agent.bodies[1])
    assert all("77" not in part.text for part in told.parts if part.to is None)
    assert told.unsupported or not told.parts


async def test_personal_data_of_a_message_never_reaches_the_model(pen):
    agent = pen(GOOD)
    await agent.writes("My card is 4111 1111 1111 1111, my mail is poppy@books.example: how long does a refund take?")
    sent = json.dumps(agent.bodies)
    assert "4111" not in sent
    assert "poppy@books.example" not in sent
    assert "[card-1]" in sent


async def test_an_answer_in_another_language_is_checked_by_its_translation_and_waits_for_a_person(pen):
    german = reply(
        "Eine Erstattung ist nach 5 bis 7 Werktagen auf der Karte. [1]",
        language="de",
        translation="A refund reaches your card within 5 to 7 working days.",
    )
    proposal = await pen(german).writes("Wie lange dauert eine Erstattung?", language="de")
    assert proposal.language == "de"
    assert "translated" in proposal.doubts
    assert proposal.translation == "A refund reaches your card within 5 to 7 working days."


MACRO = {"greeting": {"title": "Where refunds go", "text": "Hi {name}, refunds go to the card you paid with.", "audience": "public"}}


async def test_a_saved_text_that_fits_is_evidence(pen):
    agent = pen(reply("Hi Sam, refunds go to the card you paid with. [cite(refunds go to the card)]"), policy={"macros": MACRO})
    told = await agent.writes()
    assert told.unsupported == 0
    assert [(item.source, item.id) for item in told.evidence] == [("macro", "greeting")]
    # A customer is not shown a saved text as a source.
    assert told.parts[0].text == "Hi Sam, refunds go to the card you paid with."


ACTIONS = [
    {
        "name": "restart_integration",
        "when": "A bank feed is stuck.",
        "says": "I have restarted the bank feed.",
        "run": "https://api.example/restart",
        "secret": "RESTART_KEY",
        "audience": "public",
        "trust": "none",
        "parameters": [
            {"name": "integration", "kind": "choice", "choices": ["bank feed", "webhooks"]},
            {"name": "who", "kind": "identity", "source": "user"},
        ],
    }
]


async def test_an_action_is_requested_with_who_asks_filled_in_by_code_and_may_be_told_of(pen):
    wanted = calls(("run_action", {"action": "restart_integration", "parameters": {"integration": "bank feed"}}), n=1)
    agent = pen(wanted, reply("I have restarted the bank feed. [cite(I have restarted the bank feed)]"), policy={"actions": ACTIONS})
    told = await agent.writes("My bank feed is stuck")
    (request,) = told.requests
    assert dict(request.parameters) == {"integration": "bank feed"}
    assert dict(request.bound) == {"who": "local/s/mara"}
    assert (told.unsupported, told.parts[0].text) == (0, "I have restarted the bank feed.")


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(
            {"action": "restart_integration", "parameters": {"integration": "bank feed", "who": "local/s/ina"}}, id="an identity of somebody else"
        ),
        pytest.param({"action": "restart_integration", "parameters": {"integration": "the moon"}}, id="no choice of policy's"),
        pytest.param({"action": "delete_account", "parameters": {}}, id="an action that policy does not have"),
        pytest.param({"action": "restart_integration", "parameters": {"integration": "bank feed"}, "as_admin": True}, id="an argument of its own"),
    ],
)
async def test_what_policy_does_not_allow_is_not_requested(pen, given):
    agent = pen({**calls(("run_action", given)), "n": 1}, GOOD, policy={"actions": ACTIONS})
    told = await agent.writes()
    assert told.requests == ()
    assert agent.bodies[1]["messages"][-1]["content"][0]["is_error"] is True


async def test_without_actions_of_policy_there_is_no_tool_for_them(pen):
    agent = pen(GOOD)
    await agent.writes()
    assert "run_action" not in {tool["name"] for tool in agent.bodies[0]["tools"]}


async def test_what_was_not_requested_may_not_be_said_to_be_done(pen):
    agent = pen(reply("I have restarted the bank feed."), policy={"actions": ACTIONS})
    assert (await agent.writes()).unsupported == 1


async def test_a_sentence_tied_to_the_wrong_piece_is_tied_to_the_one_that_says_it(pen):
    said = reply("A duplicate charge is refunded in full. [1] The refund starts without you asking for it. [1]")
    told = await pen(said).writes("How long does a refund take? And what becomes of a duplicate charge?")
    assert told.unsupported == 0
    assert {item.document for item in told.evidence} == {"duplicate"}


async def test_each_tool_has_a_budget_of_its_own(pen):
    agent = pen({**calls(*[("get_invoices", {})] * 4), "n": 1}, GOOD, facts=RECORD)
    await agent.writes(author=MARA, private=frozenset({PERSON}))
    told = [answer["content"][0]["text"] for answer in agent.bodies[1]["messages"][-1]["content"]]
    assert [("looked up enough" in text) for text in told] == [False, False, False, True]


def test_every_tool_says_what_it_does_shows_and_needs():
    from agent.toolbox import TOOLS

    table = {name: (str(tool.effect), str(tool.shows), tool.needs.name.lower(), tool.run is None) for name, tool in TOOLS.items()}
    assert table == {
        "search_knowledge": ("read", "account", "none", False),
        "read_article": ("read", "account", "none", False),
        "get_customer": ("read", "person", "account", False),
        "get_subscription": ("read", "account", "account", False),
        "get_invoices": ("read", "person", "person", False),
        "get_usage": ("read", "account", "account", False),
        "get_past_tickets": ("read", "person", "person", False),
        "run_action": ("write", "person", "none", False),
        "ask_customer": ("write", "public", "none", True),
        "hand_over": ("write", "public", "none", True),
        "submit_reply": ("write", "public", "none", True),
    }


async def test_a_turn_that_is_computed_again_is_not_paid_for_again(pen):
    agent = pen(GOOD)
    first, again = [await agent.writes(payer=Payer(ticket="t-1")) for _ in range(2)]
    assert first == again
    assert len(agent.bodies) == 1


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"payer": Payer(ticket="t-2")}, id="another ticket"),
        pytest.param({"attempt": 1}, id="another draft that somebody wants"),
        pytest.param({"hint": "shorter"}, id="a hint"),
        pytest.param({"text": "How long does a refund take? It was in May."}, id="more that was said"),
        pytest.param({"author": replace(NOBODY, user=UserRef(Platform.LOCAL, "local", "another"))}, id="somebody else of the same name"),
    ],
)
async def test_anything_new_is_written_anew(pen, other):
    agent = pen(GOOD)
    await agent.writes(payer=Payer(ticket="t-1"))
    await agent.writes(**{"payer": Payer(ticket="t-1"), **other})
    assert len(agent.bodies) == 2


async def test_what_was_written_without_the_model_is_not_kept(pen):
    agent = pen({"error": 400, "n": 1}, GOOD)
    without, written = [await agent.writes(payer=Payer(ticket="t-1")) for _ in range(2)]
    assert (without.model, written.model) == ("extractive-2", "agent-1 claude-sonnet-5-5")


@pytest.mark.parametrize("signal", [Signal.SECURITY, Signal.ASKS_HUMAN, Signal.SAFETY])
async def test_where_a_person_is_called_at_once_no_model_is_waited_for(pen, signal):
    agent = pen(GOOD)
    heard = replace(IN_SCOPE, signals=frozenset({signal}))
    told = await agent.writes(classification=heard)
    assert (agent.bodies, told.model) == ([], "extractive-2")
    await agent.writes(classification=heard, hint="answer the question as well")
    assert len(agent.bodies) == 1
