"""Stories of the tools: what the agent looks up and for whom, what it is told when that fails, and what the customer reads in the end."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from agent.toolbox import TOOLS
from desk.article import Chunk
from desk.audience import INTERNAL, PUBLIC
from desk.post import Direct
from desk.timeline import Purpose
from tests.wire import scripts
from tests.wire.scripts import calls, play, reply, search, submits, use
from tests.world import ACCOUNTS, PEOPLE, ScriptedKnowledge, World, user

REFUND = "How long does a refund take to reach my card?"
ANSWER = "Refunds reach the card within 5 to 7 working days. [1]"
ENDS = ["ask_customer", "hand_over", "submit_reply"]
EXPORTS = (
    Chunk("c-export-1", "exports", 0, "Exports", "Making one", "https://help.example/exports", PUBLIC, "Open Settings > Data and choose Export."),
    Chunk("c-export-2", "exports", 1, "Exports", "Keeping", "https://help.example/exports", PUBLIC, "Finished files are kept for 14 days."),
)
RUNBOOK = Chunk("c-runbook", "internal/runbook", 0, "Goodwill", "", "", INTERNAL, "A refund may be doubled up to EUR 50 when somebody is furious.")
RESTART = {
    "name": "restart_integration",
    "when": "the sync of an integration is stuck",
    "says": "The bank feed was restarted.",
    "run": "https://api.example/restart",
    "secret": "ACTIONS_KEY",
    "audience": "account",
    "trust": "account",
    "parameters": [
        {"name": "integration", "kind": "choice", "choices": ["bank feed", "payroll"]},
        {"name": "account_id", "kind": "identity", "source": "account"},
    ],
}


async def known(w: World) -> None:
    """Write more into the customer record: Acme's usage, Mara's address."""
    acme = replace(ACCOUNTS[0], fields=(("usage", "81 of 100 GB"),), contract="annual until 2027-03-01")
    mara = replace(PEOPLE["mara"], email="mara@acme.example")
    await w.customers.save(accounts=[acme], people=[mara])


async def test_an_answer_from_an_article_is_found_written_checked_and_sent(aimock, w):
    play(aimock, search("refund times"), submits(ANSWER))
    await w.asks("mara", REFUND)
    assert w.texts(where="community")[0].startswith("Refunds reach the card within 5 to 7 working days. [1]\nSources\n[1] Refund times")
    (decision,) = await w.all_decisions()
    assert (decision.word, decision.facts.claims, decision.facts.unsupported, decision.facts.degraded) == ("reply", 1, 0, ())
    assert [(call.purpose, call.outcome) for call in decision.calls] == [("answer", "ok"), ("answer", "ok")]
    assert "5 to 7 working days" in w.tap.seen()


async def test_what_the_first_search_found_is_there_before_the_model_asks(aimock, w):
    play(aimock, submits(ANSWER))
    await w.asks("mara", REFUND)
    assert "Refunds reach the card within 5 to 7 working days." in w.tap.prompt()
    assert await w.decisions() == ["reply"]
    assert len((await w.all_decisions())[0].calls) == 1


async def test_an_article_is_read_whole_when_its_passage_is_not_enough(aimock, w):
    await w.learns(*EXPORTS)
    play(aimock, calls(use("read_article", document="exports")), submits("Finished files are kept for 14 days. [2]"))
    await w.asks("mara", "Can I still download the archive next month that I made in Settings?")
    assert "Keeping" not in w.tap.prompt()
    assert w.texts(where="community")[0].startswith("Finished files are kept for 14 days. [1]")
    assert ("Making one" in w.tap.seen(), "Keeping" in w.tap.told()[0]) == (True, True)


async def test_an_article_that_is_not_for_the_customer_is_not_there(aimock, w):
    await w.learns(RUNBOOK)
    play(aimock, calls(use("read_article", document="internal/runbook")), search("goodwill doubled refund"), submits(ANSWER))
    await w.asks("mara", REFUND)
    assert w.tap.told(1) == ["There is no article 'internal/runbook' that may be shown. Take it from the `source` of a search result."]
    assert "EUR 50" not in w.tap.everything()


async def test_the_plan_of_an_account_is_told_in_its_own_channel(aimock, w):
    play(aimock, calls(use("get_subscription")), submits("Acme is on the enterprise plan. [1]"))
    await w.asks("mara", "Which plan are we on at the moment, please?", where="shared")
    assert "enterprise" in w.tap.told()[0]
    assert w.texts(where="shared")[0].startswith("Acme is on the enterprise plan. [1]")
    assert await w.decisions() == ["reply"]


async def test_invoices_are_told_to_the_entitled_person_alone_and_the_thread_says_so(aimock, w):
    play(aimock, calls(use("get_invoices")), submits("Happy to help!", "Invoice INV-204 over EUR 420.00 is refunding. [1]"))
    await w.asks("mara", "I was charged twice for invoice INV-204, where is my money?")
    assert "INV-204" in w.tap.told()[0]
    assert w.texts(Purpose.PART)[0].startswith("Invoice INV-204 over EUR 420.00 is refunding. [1]")
    assert w.texts(where="community")[0].startswith(
        "Happy to help!\n\nMara, part of the answer concerns your account only, so I sent it to you privately."
    )
    assert [post.target for post in w.posts(Purpose.PART)] == [Direct(user("mara"))]
    assert await w.decisions() == ["reply"]


async def test_who_is_not_entitled_is_not_told_whether_there_are_invoices(aimock, w):
    play(aimock, calls(use("get_invoices")), calls(use("hand_over", reason="not_allowed", summary="Jon asks for an invoice. [m1]")))
    await w.asks("jon", "Can you send me the latest invoice of our company?")
    assert w.tap.told() == ["There are no invoices that this person may see. Do not say whether there are any."]
    assert not [told for n in range(2) for told in w.tap.told(n) if "420" in told]
    assert "420" not in w.tap.prompt()


async def test_usage_comes_from_the_record(aimock, desk):
    async with desk(audience={"fields": {"usage": "account"}}) as w:
        await known(w)
        play(aimock, calls(use("get_usage")), submits("Your account uses 81 of 100 GB. [1]"))
        await w.asks("mara", "How much of our storage have we used up so far?", where="shared")
        assert "81 of 100 GB" in w.tap.told()[0]
        assert w.texts(where="shared")[0].startswith("Your account uses 81 of 100 GB. [1]")


async def test_who_the_customer_is_to_us_comes_from_the_record(aimock, w):
    play(aimock, calls(use("get_customer")), submits("Your account manager is Lea. [1]"))
    await w.asks("mara", "Who is our account manager these days?", where="shared")
    assert ("Lea" in w.tap.told()[0], "health" in w.tap.told()[0].lower()) == (True, False)
    assert w.texts(where="shared")[0].startswith("Your account manager is Lea. [1]")


async def test_earlier_tickets_are_the_authors_own_and_no_evidence(aimock, w):
    play(aimock, submits(ANSWER))
    await w.asks("mara", REFUND)
    await w.clicks("mara", "Solved")
    await w.asks("ina", "How long does a refund take in the Globex account?")
    await w.wait(hours=2)
    aimock.clear_fixtures()
    play(aimock, calls(use("get_past_tickets")), submits(ANSWER))
    await w.asks("mara", "And how long would a refund take for another card?")
    told = w.tap.told()[0]
    assert ("For orientation only: it is no evidence." in told, "to reach my card" in told, "Globex" in told) == (True, True, False)


async def test_a_question_back_is_asked_and_its_answer_answered(aimock, w):
    question = "On which day did you ask for the refund? Its time counts from then."
    play(aimock, calls(use("ask_customer", question=question)))
    first = await w.asks("mara", "My refund has not come, what happened to it?")
    assert w.texts(where="community")[0].startswith(question)
    aimock.clear_fixtures()
    play(aimock, search("refund times"), submits(ANSWER))
    await w.asks("mara", "I asked for it last Monday.", under=first)
    assert await w.decisions() == ["ask", "reply"]
    assert (question in w.tap.prompt(-1), "last Monday" in w.tap.prompt(-1)) == (True, True)


async def test_a_hand_over_brings_a_person_who_reads_the_summary(aimock, w):
    summary = "Mara wants an exception to the refund terms, which needs somebody to decide. Nothing was promised."
    play(aimock, calls(use("hand_over", reason="decision_needed", summary=summary)))
    await w.asks("mara", "Could you make an exception and refund this faster than usual?")
    (decision,) = await w.all_decisions()
    assert (decision.word, decision.facts.abstained, decision.reasons[0].code) == ("escalate", "handed_over_decision_needed", "handed_over")
    assert "needs somebody to decide" in "\n".join(w.standing(where="agents"))
    assert "needs somebody to decide" not in "\n".join(w.standing(where="community"))
    assert "A person of our team has this now" in w.texts(where="community")[0]


async def test_an_action_runs_once_and_then_the_reply_says_so(aimock, desk):
    async with desk(actions=[RESTART]) as w:
        play(
            aimock,
            calls(use("run_action", action="restart_integration", parameters={"integration": "bank feed"})),
            submits("The bank feed was restarted. [1]"),
        )
        await w.asks("mara", "The sync of our bank feed is stuck, can you restart it?", where="shared")
        assert w.tap.told()[0].startswith("Accepted: it runs before the reply is sent.")
        (run,) = w.actions.ran
        assert (run.request.action, run.request.values) == ("restart_integration", {"integration": "bank feed", "account_id": "acme"})
        assert w.texts(where="shared")[0].startswith("The bank feed was restarted.")


async def test_an_action_waits_for_approval_in_mode_draft(aimock, desk):
    async with desk(mode="draft", actions=[RESTART]) as w:
        play(
            aimock,
            calls(use("run_action", action="restart_integration", parameters={"integration": "bank feed"})),
            submits("The bank feed was restarted. [1]"),
        )
        await w.asks("mara", "The sync of our bank feed is stuck, can you restart it?", where="shared")
        assert (await w.decisions(), w.actions.ran) == (["suggest"], [])
        await w.clicks("noor", "Approve")
        await w.wait(seconds=1)
        assert [run.request.action for run in w.actions.ran] == ["restart_integration"]
        assert [text for text in w.standing(where="shared") if text.startswith("The bank feed was restarted.")]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        pytest.param({"action": "delete_account"}, "there is no action 'delete_account'", id="an action that nobody declared"),
        pytest.param({"action": "restart_integration", "parameters": {"integration": "coffee"}}, "bank feed", id="a choice there is not"),
        pytest.param(
            {"action": "restart_integration", "parameters": {"integration": "payroll", "account_id": "globex"}},
            "account_id",
            id="somebody else's account",
        ),
    ],
)
async def test_an_action_that_may_not_be_is_refused_in_words_and_not_run(given, says, aimock, desk):
    async with desk(actions=[RESTART]) as w:
        play(aimock, calls(use("run_action", **given)), calls(use("hand_over", reason="not_allowed", summary="Asks for a restart.")))
        await w.asks("mara", "The sync of our bank feed is stuck, can you restart it?", where="shared")
        assert says in w.tap.told()[0]
        assert (await w.decisions(), w.actions.ran) == (["escalate"], [])


async def test_a_stranger_is_offered_no_tool_of_the_record_and_cannot_call_one(aimock, w):
    play(aimock, calls(use("get_invoices"), use("get_past_tickets"), use("get_subscription")), submits(ANSWER))
    await w.asks("xaver", REFUND)
    assert w.tap.tools == ["search_knowledge", "read_article", *ENDS]
    assert [told.split(" for this customer")[0] for told in w.tap.told()] == [
        "There is no tool 'get_invoices'",
        "There is no tool 'get_past_tickets'",
        "There is no tool 'get_subscription'",
    ]
    assert await w.decisions() == ["reply"]


async def test_who_is_known_by_their_company_gets_the_tools_of_the_company_only(aimock, w):
    play(aimock, calls(use("get_subscription"), use("get_invoices")), submits("Acme is on the enterprise plan. [1]"))
    await w.asks("xaver", "Which plan are we on at the moment, please?", where="shared")
    assert w.tap.tools == ["search_knowledge", "read_article", *ENDS, "get_customer", "get_subscription", "get_usage"]
    assert ["enterprise" in told for told in w.tap.told()] == [True, False]


async def test_a_tool_that_does_not_exist_is_told_and_the_turn_goes_on(aimock, w):
    play(aimock, calls(use("drop_tables", now=True)), submits(ANSWER))
    await w.asks("mara", REFUND)
    assert w.tap.told() == ["There is no tool 'drop_tables' for this customer. Use those that are listed, or hand_over."]
    assert await w.decisions() == ["reply"]


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({"customer": "globex"}, id="a customer"),
        pytest.param({"account_id": "globex"}, id="an account"),
        pytest.param({"email": "ina@globex.example"}, id="an address"),
    ],
)
async def test_no_tool_of_the_record_takes_an_argument_that_says_whose(given, aimock, w):
    play(aimock, calls(use("get_subscription", **given)), submits(ANSWER))
    await w.asks("mara", REFUND, where="shared")
    (told,) = w.tap.told()
    assert (f"{next(iter(given))}: Extra inputs are not permitted" in told, "plan" in told.lower()) == (True, False)


async def test_several_look_ups_are_made_at_once_and_answered_together(aimock, w):
    await w.learns(*EXPORTS)
    play(
        aimock,
        calls(use("search_knowledge", query="export settings data"), use("get_subscription"), use("read_article", document="exports")),
        submits(ANSWER),
    )
    await w.asks("mara", REFUND, where="shared")
    first, plan, second = w.tap.told()
    assert ("Settings > Data" in first + second, "enterprise" in plan) == (True, True)


async def test_what_was_looked_up_is_read_before_the_turn_ends(aimock, w):
    play(aimock, calls(use("search_knowledge", query="refund"), use("submit_reply", **reply("Refunds take a day."))), submits(ANSWER))
    await w.asks("mara", REFUND)
    assert w.tap.told()[1] == "Read what you looked up first, then end the turn."
    assert w.texts(where="community")[0].startswith("Refunds reach the card")


async def test_a_search_that_finds_nothing_says_what_to_do(aimock, w):
    play(aimock, search("zebra crossing"), submits(ANSWER))
    await w.asks("mara", REFUND)
    assert w.tap.told() == ["Nothing was found. Try other words once, or hand_over."]


@pytest.mark.parametrize(("system", "tool"), [("crm", "get_subscription"), ("kb", "search_knowledge")])
async def test_a_system_that_goes_down_in_the_middle_is_told_and_the_turn_goes_on(system, tool, aimock, w):
    part = w.crm if system == "crm" else w.knowledge
    w.tap.meanwhile = {0: lambda: setattr(part, "down", True), 1: lambda: setattr(part, "down", False)}
    play(aimock, calls(use(tool, **({"query": "other words"} if system == "kb" else {}))), submits(ANSWER))
    await w.asks("mara", REFUND, where="shared")
    assert w.tap.told() == [f"Nothing can be looked up right now: {system} does not answer. Do not try again; go on without it, or hand_over."]
    assert await w.decisions() == ["reply"]


class SlowKnowledge(ScriptedKnowledge):
    """A knowledge base that never comes back from a search for a word."""

    async def search(self, query: str, *arguments, **named):
        if "glacier" in query:
            await asyncio.Event().wait()
        return await super().search(query, *arguments, **named)


async def test_a_tool_that_takes_too_long_is_given_up_and_the_turn_goes_on(aimock, desk, took):
    async with desk(model={"bounds": {"tool": "1s"}}) as w:
        w.services = replace(w.services, knowledge=SlowKnowledge(w.knowledge.passages_))
        play(aimock, search("glacier"), submits(ANSWER))
        await w.asks("mara", REFUND)
        assert w.tap.told() == ["This took too long. Go on without it, or hand_over and say that it could not be looked up."]
        assert await w.decisions() == ["reply"]
    assert took() < 30


def test_every_tool_of_the_table_has_a_story():
    told = Path(__file__).read_text() + Path(scripts.__file__).read_text()
    assert [name for name in TOOLS if f'use("{name}"' not in told] == []
