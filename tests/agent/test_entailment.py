import pytest

from agent.claims import check
from agent.entailment import translated, weighed
from agent.memo import Memo
from desk.audience import PUBLIC
from desk.draft import Evidence, Part, Proposal

QUOTE = "A refund reaches your card within 5 to 7 working days after we approve it. Press **Refresh now** to read the bank feed again."
SOURCE = Evidence(1, "passage", "c", PUBLIC, QUOTE, title="Refund times")


@pytest.fixture(scope="module")
def memo(embedder):
    return Memo(embedder)


async def weigh(memo, text, *, names=(), language="en"):
    proposal = check(Proposal((Part(PUBLIC, f"{text} [1]"),), evidence=(SOURCE,), language=language))
    return (await weighed(proposal, memo, names=names)).claims[0]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("A refund reaches your card within 5 to 7 working days after we approve it.", id="word for word"),
        pytest.param("Once approved, your refund arrives on the card within 5 to 7 working days.", id="in other words"),
        pytest.param("To read the bank feed again, press Refresh now.", id="turned around"),
    ],
)
async def test_what_the_evidence_says_in_any_words_is_supported(memo, text):
    assert (await weigh(memo, text)).supported


@pytest.mark.parametrize(
    ("text", "why"),
    [
        pytest.param("A refund reaches your card within 3 working days.", "3 working days", id="another figure"),
        pytest.param("A refund does not reach your card after we approve it.", "opposite", id="the opposite"),
        pytest.param("Our office in Lisbon is closed on Fridays.", "does not say", id="something else"),
        pytest.param("A refund reaches your Visa card after we approve it.", "Visa", id="a name that is not there"),
        pytest.param("A refund reaches your card after Nordbank approves it.", "Nordbank", id="a product that is not there"),
    ],
)
async def test_what_the_evidence_does_not_say_is_marked_with_why(memo, text, why):
    claim = await weigh(memo, text)
    assert not claim.supported
    assert why in claim.why


async def test_the_readers_own_name_is_no_foreign_term(memo):
    assert (await weigh(memo, "A refund reaches your card, Poppy, within 5 to 7 working days.", names=["Poppy Lane"])).supported


def test_german_nouns_are_no_names():
    said = "A refund reaches your card after we approve it."
    assert judged("Danach ist die Erstattung auf der Karte.", said).claims[0].supported


GERMAN = "Eine Erstattung ist nach 5 bis 7 Werktagen auf der Karte."
ENGLISH = "A refund reaches your card within 5 to 7 working days."


def judged(text, translation):
    proposal = check(Proposal((Part(PUBLIC, f"{text} [1]"),), evidence=(SOURCE,), language="de"))
    return translated(proposal, translation)


@pytest.mark.parametrize(
    ("text", "translation", "supported"),
    [
        pytest.param(GERMAN, ENGLISH, True, id="the translation is carried"),
        pytest.param(GERMAN, "We send you a present.", False, id="the translation says something else"),
        pytest.param("Eine Erstattung ist nach 3 Werktagen auf der Karte.", ENGLISH, False, id="the reply has another figure than its translation"),
        pytest.param(GERMAN, f"{ENGLISH} And you get a present.", False, id="the translation has more sentences"),
    ],
)
def test_a_reply_in_another_language_is_judged_by_its_translation(text, translation, supported):
    assert judged(text, translation).claims[0].supported is supported
