"""How displeased a writer is: what shows it and what only seems to, and that the committed figures are those of the committed scale."""

import asyncio

import numpy as np
import pytest

from agent import displeasure
from agent.displeasure import CUES, Feeling, Scale, beside, cues_of, describe, places_of, save, shipped
from agent.examples import FOLDER, rows_of
from benchmarks import sentiment
from desk.triage import Sentiment

SOUR, CALM = 0.5, 0.4


@pytest.fixture(scope="module")
def told(triager):
    """Return a function that says how displeased the writer of a text is."""
    return lambda text: asyncio.run(triager.triage(text)).displeasure


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("This is the worst service I have ever had, I am furious", id="words of fury"),
        pytest.param("Great, it deleted everything again. Just what I needed.", id="sarcasm with a failure"),
        pytest.param("Oh wonderful, another error page. You make my day.", id="sarcasm in praise"),
        pytest.param("Thanks for nothing", id="thanks that are none"),
        pytest.param("fucking great, it's down again", id="profanity beside a failure"),
        pytest.param("I am disappointed that nobody answered for a week", id="sober disappointment"),
        pytest.param("Ich bin wirklich sauer, das ist eine Frechheit", id="German"),
        pytest.param("C'est scandaleux, j'en ai marre", id="French"),
        pytest.param("Esto es una vergüenza, estoy harto", id="Spanish"),
        pytest.param("Isto é inaceitável, estou farto", id="Portuguese"),
    ],
)
def test_displeasure_shows(told, text):
    assert told(text) >= SOUR


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("this is fucking great", id="profanity in praise"),
        pytest.param("holy shit that was fast, thank you", id="profanity in thanks"),
        pytest.param("damn good support, guys", id="a mild one"),
        pytest.param("Hello, sorry to bother you: we cannot log in since this morning. Thank you so much!", id="polite and blocked"),
        pytest.param("How do I download my invoices?", id="a question"),
        pytest.param("The export stops with error 500 at row 40", id="a report without a mood"),
        pytest.param("Could you please cancel my subscription at the end of the month?", id="a cancellation"),
        pytest.param("Wie ändere ich meine Adresse?", id="German"),
        pytest.param("Merci beaucoup, tout marche", id="French"),
        pytest.param("¿Cómo añado a un compañero?", id="Spanish"),
        pytest.param("Muito obrigado pela ajuda", id="Portuguese"),
        pytest.param("", id="nothing"),
        pytest.param("👍", id="a thumb"),
    ],
)
def test_what_is_no_displeasure(told, text):
    assert told(text) < CALM


def test_a_long_message_is_as_sour_as_its_sourest_sentence(told):
    filler = "We use the report every Monday. It has three pages. The first one shows the totals. The second one shows the open items. "
    assert told(filler + "Your support is a disgrace and I am sick of it. " + "Please see the attached file.") >= SOUR


@pytest.mark.parametrize(
    ("level", "displeasure", "expected"),
    [
        pytest.param(Sentiment.FURIOUS, 0.1, 0.7, id="fury is never calm"),
        pytest.param(Sentiment.UNHAPPY, 0.9, 0.9, id="what is sour already stays"),
        pytest.param(Sentiment.NEUTRAL, 0.9, 0.9, id="where no word decided nothing is bounded"),
        pytest.param(Sentiment.DELIGHTED, 0.9, 0.3, id="delight is never sour"),
    ],
)
def test_the_level_and_the_number_never_contradict(level, displeasure, expected):
    assert beside(level, displeasure) == expected


def test_swear_words_of_somebody_who_praises_leave_no_place():
    assert set(places_of("this is fucking great")) == set(places_of("this is great"))
    assert set(places_of("this is fucking slow")) > set(places_of("slow"))


def test_cues_stand_in_their_order():
    found = dict(zip(CUES, cues_of("THIS IS OUTRAGEOUS!!"), strict=True))
    assert (found["fury"], found["loud"], found["exclaims"], found["thanks"]) == (1, 1, 1, 0)


def test_a_text_without_a_word_has_a_place_too():
    assert list(places_of("   ")) == [0]


def test_another_embedder_reads_words_and_signs_only():
    feeling, vector = shipped(), np.ones(5, dtype=np.float32)
    angry, calm = (feeling.of(text, vector, embedder="letters@1") for text in ("you are thieves, this is outrageous", "where is the menu?"))
    assert calm < CALM < SOUR < angry


def test_what_is_saved_is_read_again(tmp_path, monkeypatch):
    scale = Scale(np.ones(3, dtype=np.float32), np.zeros(displeasure.WIDTH, dtype=np.float32), np.ones(len(CUES), dtype=np.float32), -0.5, 1.5, 0.25)
    monkeypatch.setattr(displeasure, "FITTED", tmp_path)
    save(Feeling(scale, scale, "letters@1"), {"learned_from": {"own": "ours"}}, tmp_path)
    shipped.cache_clear()
    try:
        found = shipped()
        vector = np.ones(3, dtype=np.float32)
        assert found.embedder == "letters@1"
        assert found.sighted.of("hello there", vector) == pytest.approx(scale.of("hello there", vector))
        assert describe()["learned_from"] == {"own": "ours"}
    finally:
        shipped.cache_clear()


def test_the_scale_is_for_the_embedder_that_ships_and_names_what_it_learned_from(embedder):
    about = describe()
    assert about["embedder"] == embedder.id
    assert "CC-BY-4.0" in about["learned_from"]["goemotions"]
    assert tuple(about["cues"]) == CUES


def test_nothing_was_learned_of_the_messages_that_it_is_measured_on():
    asked = {row["text"] for row in rows_of(sentiment.SUPPORT)}
    taught = {row["text"] for path in FOLDER.glob("*.jsonl") for row in rows_of(path)}
    assert len(asked) == 150
    assert not asked & taught


async def test_the_committed_figures_are_those_of_the_committed_scale(embedder):
    """Within a tolerance: the embedder's int8 arithmetic differs a little between processors."""
    kept, found = describe()["figures"]["support"], sentiment.figures_of(await sentiment.support(embedder))
    for name in ("auroc", "average_precision", "calibration_error"):
        assert found[name] == pytest.approx(kept[name], abs=0.02)
    assert (found["texts"], found["displeased"], found["vader"]) == (kept["texts"], kept["displeased"], kept["vader"])


@pytest.mark.parametrize("asked", ["support", "goemotions"])
@pytest.mark.parametrize("name", ["auroc", "average_precision"])
def test_it_tells_displeasure_better_than_vader(asked, name):
    kept = describe()["figures"][asked]
    assert kept[name] > kept["vader"][name]
    assert kept["without_vectors"][name] > kept["vader"][name]


def test_the_picture_is_drawn_of_the_same_figures():
    told = sentiment.PICTURE.read_text(encoding="utf-8")
    assert f"error {describe()['figures']['support']['calibration_error']:.3f}" in told
