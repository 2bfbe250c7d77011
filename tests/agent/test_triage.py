import time
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.heads import Heads
from agent.triage import LocalTriager, may_sense
from desk.errors import Misconfigured
from desk.triage import CATEGORIES, Sentiment, Signal
from tests.agent.conftest import THRESHOLDS


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("Our credit card was charged for two extra seats", "billing"),
        ("The API answers with status 503 since noon", "technical issue"),
        ("It would be nice to have a calendar view", "feature request"),
        ("I can't sign in with my new phone", "account access"),
        ("The total is wrong when I add a discount", "bug report"),
        ("We have just signed up, what should we do first?", "onboarding"),
    ],
)
async def test_a_message_gets_its_category(triager, text, category):
    found = await triager.triage(text)
    assert found.category == category
    assert found.labels[0].category == category
    assert found.is_request
    assert not found.out_of_scope


async def test_a_second_topic_becomes_a_second_label(triager):
    found = await triager.triage("How do I download last year's invoices? Also, I forgot my password and cannot log in.")
    assert {"billing", "account access"} <= {label.category for label in found.labels}


@pytest.mark.parametrize(
    "text", ["thanks!", "good morning everyone", "ok, will do", "see you on Monday", "haha, same here", "perfect, that was it, cheers"]
)
async def test_chat_asks_nothing(triager, text):
    assert not (await triager.triage(text)).is_request


@pytest.mark.parametrize(
    "text",
    [
        "I am Mara Voss from Acme Robotics. What is the status of my invoice INV-205?",
        "Hi, I'm Tom from Globex. How do I reset my password?",
        "This is Mara at Acme. The bank feed is stuck.",
    ],
)
async def test_saying_who_one_is_asks_for_nobody(triager, text):
    assert Signal.ASKS_HUMAN not in (await triager.triage(text)).signals


async def test_after_an_introduction_a_wish_for_a_person_is_still_heard(triager):
    assert Signal.ASKS_HUMAN in (await triager.triage("I'm Tom from Globex, let me talk to a real person")).signals


@pytest.mark.parametrize("text", ["", "   \n ", "🎉🎉", "👍", "...", "!!!", "—"])
async def test_without_a_letter_or_digit_nothing_is_asked(triager, text):
    found = await triager.triage(text)
    assert not found.is_request
    assert found.is_request_confidence == 1
    assert not found.signals


@pytest.mark.parametrize(
    "text",
    ["You are thieves and your service is a disgrace", "still not working", "this is ridiculous, I am fed up", "Ihr seid Betrüger, eine Frechheit"],
)
async def test_an_angry_complaint_is_always_a_request(triager, text):
    assert (await triager.triage(text)).is_request


@pytest.mark.parametrize(
    "text", ["What's a good recipe for lentil soup?", "Who won the world cup?", "Write a poem about the sea", "How do I get a visa for Brazil?"]
)
async def test_what_has_nothing_to_do_with_us_is_out_of_scope(triager, text):
    found = await triager.triage(text)
    assert found.out_of_scope
    assert found.out_of_scope_score >= THRESHOLDS.out_of_scope


@pytest.mark.parametrize(
    ("text", "signal"),
    [
        ("I've had it with this machine, is anybody real there?", Signal.ASKS_HUMAN),
        ("Some stranger is using our workspace and reads our invoices", Signal.SECURITY),
        ("I open the app and all of our projects have vanished", Signal.DATA_LOSS),
        ("We are going to sue your company", Signal.LEGAL),
        ("I can't go on and want to end it all, I want to die", Signal.SAFETY),
        ("My mail is mara@acme.example", Signal.PERSONAL_DATA),
        ("That did not solve it", Signal.NOT_SOLVED),
    ],
)
async def test_signals_are_heard_by_pattern_or_head(triager, text, signal):
    assert signal in (await triager.triage(text)).signals


@pytest.mark.parametrize(
    "text",
    [
        "How do I export my invoices?",
        "What does the Business plan cost?",
        "Where do I change my credit card?",
        "who is our account manager?",
        "we have an agent for human resources",
        "How do I add a colleague?",
        "The import fails with E104",
        "Can I delete an old draft?",
        "Do you support two-factor login?",
        "thank you very much",
    ],
)
async def test_everyday_messages_raise_no_signal(triager, text):
    assert not (await triager.triage(text)).signals


async def test_a_signal_is_heard_at_the_end_of_a_long_message(triager):
    found = await triager.triage("The report has columns and rows. " * 2000 + "I want to talk to a human.")
    assert Signal.ASKS_HUMAN in found.signals


async def test_a_signal_inside_pasted_code_or_a_quote_is_somebody_elses(triager):
    assert Signal.ASKS_HUMAN not in (await triager.triage("What does this log mean?\n```\nwarn: talk to a human\n```")).signals
    assert Signal.ASKS_HUMAN not in (await triager.triage("> I want to talk to a human\n\nHow do I change the logo?")).signals


async def test_a_fence_that_nobody_closed_hides_nothing(triager):
    found = await triager.triage("The import fails. ```\nline 1\nI can also see invoices of another company after logging in, a security hole.")
    assert Signal.SECURITY in found.signals


async def test_a_message_that_is_only_a_quote_is_read(triager):
    assert Signal.ASKS_HUMAN in (await triager.triage("> I want to talk to a human")).signals


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("Is invoice INV-204 already paid?", "invoice_status"),
        ("We were charged twice this month", "duplicate_charge"),
        ("Why is our account suspended?", "suspended"),
        ("Which plan are we on?", "plan"),
        ("Who is our account manager?", "account_manager"),
        ("How do I change my credit card?", ""),
        ("How long does a refund take?", ""),
    ],
)
async def test_questions_about_the_record_carry_their_intent(triager, text, intent):
    assert (await triager.triage(text)).intent == intent


async def test_mood_and_language_come_along(triager):
    found = await triager.triage("Das ist eine Frechheit, ich warte seit einer Woche auf die Rechnung!")
    assert (found.sentiment, found.language) == (Sentiment.FURIOUS, "de")
    assert found.model.startswith("heads-")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("word " * 2_000_000, id="ten megabytes of words"),
        pytest.param("x" * 10_000_000, id="ten megabytes without a space"),
        pytest.param(("y" * 5000 + " ") * 20, id="words of 5,000 characters"),
        pytest.param("كيف يمكنني تغيير كلمة المرور؟ " * 50, id="right to left"),
        pytest.param("👩‍👩‍👧‍👦 how do I invite my team? 🏳️‍🌈", id="joined emoji"),
        pytest.param("\x00\u202e\ufeff how do I log in?", id="control characters"),
        pytest.param("1." * 100_000, id="numbers and points"),
        pytest.param("(" * 50_000 + "]" * 50_000, id="brackets"),
    ],
)
async def test_monstrous_messages_are_triaged_quickly(triager, text):
    start = time.process_time()
    found = await triager.triage(text)
    assert 0 <= found.confidence <= 1
    assert time.process_time() - start < 5


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=200))
async def test_any_text_gets_a_valid_classification(triager, text):
    found = await triager.triage(text)
    assert found.category in ("", *CATEGORIES)
    assert 0.5 <= found.is_request_confidence <= 1
    assert 0 <= found.out_of_scope_score <= 1


async def test_topics_are_compared_by_meaning(triager):
    near = await triager.similarity("I want my money back", "How do I get a refund?")
    far = await triager.similarity("I want my money back", "The app crashes on Android")
    assert near > 0.35 > far
    assert await triager.similarity("", "refund") == 0


async def test_only_the_policys_categories_are_given(embedder, heads):
    two = LocalTriager(embedder, heads, replace(THRESHOLDS, categories=("billing", "onboarding")))
    found = await two.triage("The app crashes when I take a picture")
    assert {label.category for label in found.labels} <= {"billing", "onboarding"}


def test_heads_of_another_embedder_are_refused(embedder, heads):
    with pytest.raises(Misconfigured, match="fitted to the embedder 'other@1'"):
        LocalTriager(embedder, Heads(heads.by_name, heads.landmarks, "other@1", heads.examples), THRESHOLDS)


@pytest.mark.parametrize(
    ("signal", "said", "may"),
    [
        (Signal.SECURITY, "how do i report a bug", False),
        (Signal.SECURITY, "somebody took our admin account", True),
        (Signal.DATA_LOSS, "can you confirm that deleted invoices cannot be restored?", False),
        (Signal.DATA_LOSS, "can you bring back what the import deleted?", True),
        (Signal.SAFETY, "what if i hurt myself", True),
        (Signal.ASKS_HUMAN, "how do i add a person to the list", False),
        (Signal.ASKS_HUMAN, "give me somebody who can decide", True),
    ],
)
def test_a_question_how_something_works_is_left_to_the_patterns(signal, said, may):
    assert may_sense(signal, said) is may


@pytest.mark.parametrize(
    ("text", "alarm"),
    [
        pytest.param("I am furious!!! You lost us 20,000 EUR with that broken import!", Signal.SAFETY, id="anger is no danger"),
        pytest.param("I am absolutely livid!", Signal.SAFETY, id="nor is it in other words"),
        pytest.param("Somebody is going to lose their job over this.", Signal.SAFETY, id="a job is no life"),
        pytest.param("You lost us 20,000 EUR because of your broken export.", Signal.DATA_LOSS, id="lost money is no lost data"),
        pytest.param("I lost two hours because of this.", Signal.DATA_LOSS, id="lost time is no lost data"),
        pytest.param("We lost our connection to the API.", Signal.DATA_LOSS, id="a lost connection is no lost data"),
        pytest.param("We lost a customer because of your bug.", Signal.SECURITY, id="a customer who left is no breach"),
        pytest.param("Can a human look at my account? I cannot close the year.", Signal.SECURITY, id="who may look is no intruder"),
        pytest.param("I found a vulnerability. I would like to report it responsibly.", Signal.LEGAL, id="who reports a weakness does not sue"),
    ],
)
async def test_nobody_is_woken_for_what_only_sounds_like_an_alarm(triager, text, alarm):
    assert alarm not in (await triager.triage(text)).signals


@pytest.mark.parametrize(
    ("text", "alarm"),
    [
        pytest.param("I am furious and I know where your office is.", Signal.SAFETY, id="anger with a threat"),
        pytest.param("I am so angry that I want to hurt someone.", Signal.SAFETY, id="anger that may do harm"),
        pytest.param("You lost our data and 5,000 EUR of orders!", Signal.DATA_LOSS, id="money and data"),
        pytest.param("Autosave lost two hours of my work", Signal.DATA_LOSS, id="hours of work"),
        pytest.param("We lost a customer because someone read their data here.", Signal.SECURITY, id="a customer who left after a breach"),
        pytest.param("I report it responsibly, and our lawyers will sue you if you do nothing.", Signal.LEGAL, id="a report with a threat"),
    ],
)
async def test_an_alarm_is_heard_beside_what_is_none(triager, text, alarm):
    assert alarm in (await triager.triage(text)).signals


@pytest.mark.parametrize("text", ["it doesn't work", "help", "the export is not working", "broken again", "Not working!"])
async def test_a_complaint_of_few_words_is_a_request_and_raises_no_alarm(triager, text):
    found = await triager.triage(text)
    assert found.is_request
    assert not found.signals


@pytest.mark.parametrize("text", ["everything is working now, thanks!", "no work today, enjoy the holiday"])
async def test_good_news_about_working_is_no_complaint(triager, text):
    assert not (await triager.triage(text)).is_request


async def test_thresholds_that_change_while_the_desk_runs_count_from_the_next_message(embedder, heads):
    told = [THRESHOLDS]

    async def current():
        return told[-1]

    triager = LocalTriager(embedder, heads, THRESHOLDS, current=current)
    asked = "Where do I change my credit card?"
    assert (await triager.triage(asked)).is_request
    told.append(replace(THRESHOLDS, request=1.01, categories=("onboarding",)))
    found = await triager.triage(asked)
    assert not found.is_request
    assert found.category == "onboarding"
