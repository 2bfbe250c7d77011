import pytest

from agent.sentiment import weigh
from desk.triage import Sentiment


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("This is outrageous, you are thieves", Sentiment.FURIOUS, id="words of fury"),
        pytest.param("Third time it fails!!!", Sentiment.FURIOUS, id="displeasure, shouted"),
        pytest.param("THIS IS THE SECOND TIME IT HAPPENS", Sentiment.FURIOUS, id="displeasure in capitals"),
        pytest.param("thanks for nothing, this is ridiculous", Sentiment.FURIOUS, id="anger wins over thanks"),
        pytest.param("das ist eine Frechheit", Sentiment.FURIOUS, id="German fury"),
        pytest.param("c'est scandaleux", Sentiment.FURIOUS, id="French fury"),
        pytest.param("esto es una vergüenza", Sentiment.FURIOUS, id="Spanish fury"),
        pytest.param("isto é inaceitável", Sentiment.FURIOUS, id="Portuguese fury"),
        pytest.param("I'm disappointed, we are still waiting", Sentiment.UNHAPPY, id="displeasure"),
        pytest.param("it fails for the third time", Sentiment.UNHAPPY, id="the third time"),
        pytest.param("How do I change my card?", Sentiment.NEUTRAL, id="a question"),
        pytest.param("I hate to ask: where is the export?", Sentiment.NEUTRAL, id="a polite phrase"),
        pytest.param("Thanks, where do I find the export?", Sentiment.NEUTRAL, id="thanks before a question"),
        pytest.param("INV-204", Sentiment.NEUTRAL, id="a label is not shouted"),
        pytest.param("Hello!!!", Sentiment.NEUTRAL, id="exclamation marks alone mean nothing"),
        pytest.param("thanks, that helped", Sentiment.PLEASED, id="thanks"),
        pytest.param("merci, parfait", Sentiment.PLEASED, id="French thanks"),
        pytest.param("You are amazing, best support ever", Sentiment.DELIGHTED, id="delight"),
        pytest.param("", Sentiment.NEUTRAL, id="nothing"),
    ],
)
def test_the_level_follows_from_words_and_shape(text, expected):
    assert weigh(text) is expected


def test_a_sure_head_decides_where_no_word_does():
    assert weigh("my weekend went into this import", {"furious": 0.2, "unhappy": 0.7}) is Sentiment.UNHAPPY
    assert weigh("my weekend went into this import", {"neutral": 0.6, "unhappy": 0.4}) is Sentiment.NEUTRAL
    assert weigh("it simply runs", {"pleased": 0.6, "delighted": 0.3}) is Sentiment.PLEASED


def test_a_question_is_not_praise_whatever_the_head_says():
    assert weigh("can it run every night?", {"pleased": 0.9}) is Sentiment.NEUTRAL
