"""Thanks, greetings and chat stay out of the queue; an angry message is never taken for one of them, however it is dressed."""

import pytest

from agent.sentiment import after_praise, fails, weigh
from desk.triage import Sentiment

ANGRY = {
    "mocking thanks": (
        "thanks for nothing",
        "THANKS A LOT FOR DELETING MY REPORT",
        "thank you so much for ignoring me for three weeks",
        "thx for wasting my day",
        "still nothing. thanks.",
        "Thanks, but that did not help at all",
        "thanks, you made my day worse",
        "cheers for the useless reply",
        "k thanks bye, moving to your competitor",
    ),
    "mocking praise": (
        "great, broken again",
        "wonderful, it crashed again. love it.",
        "brilliant, now nothing works",
        "well done, the whole team is locked out",
        "Nice. Two hours of downtime.",
        "fantastic, lost an hour of work",
        "Great work team, invoices are wrong AGAIN",
        "Nice one, half my customers are missing",
        "love how you just closed my ticket",
        "Congrats, your patch took us offline",
        "great support, no reply since Monday",
    ),
    "behind a greeting": ("hi, third time I'm writing", "good morning, still broken", "Happy Friday, the site is down again", "hello?????"),
    "masked swearing": ("this is a f***ing joke", "sh*t service", "this s**ks", "what the f*** is going on", "ffs", "you've got to be f-ing kidding"),
    "shouting": ("ANSWER ME", "FIX THIS NOW", "HELLO IS ANYBODY THERE", "NO NO NO not again", "THIS IS THE FOURTH TIME"),
    "few words": (
        "unbelievable",
        "seriously???",
        "never again",
        "enough is enough",
        "what a joke",
        "pathetic",
        "omg again??",
        "I hate this",
        "slow clap",
    ),
    "German": (
        "danke für nichts",
        "Vielen Dank für gar nichts!",
        "super, wieder kaputt",
        "Prima, jetzt ist alles weg",
        "das ist doch ein Witz",
        "Ihr nervt",
    ),
    "French": ("merci pour rien", "génial, encore en panne", "bravo, ça ne marche toujours pas", "parfait, tout est perdu", "c'est une blague ?"),
    "Spanish": ("gracias por nada", "genial, otra vez caído", "qué desastre de servicio", "perfecto, se borró todo", "esto es una broma"),
    "Portuguese": ("obrigado por nada", "ótimo, avariou outra vez", "que vergonha de serviço", "estou farto disto", "uma piada este suporte"),
}
CHAT = {
    "thanks": (
        "thanks!",
        "tysm",
        "thank you very much for the quick help",
        "Thanks for fixing the crash so fast!",
        "thanks for the heads-up",
        "ok thanks",
    ),
    "solved": (
        "great, works now",
        "awesome, that did it!",
        "cool, it's back up",
        "brilliant, error is gone",
        "never mind, found it",
        "we fixed it ourselves, all good",
    ),
    "greetings": ("Good morning!", "hi all", "hello everyone, happy monday", "Good evening from Rome", "see you tomorrow", "bye"),
    "among people": (
        "@anna are you coming to lunch?",
        "who's in for pizza?",
        "Congrats on the launch!",
        "nice picture",
        "back in 10",
        "we have a new puppy",
    ),
    "German": ("danke!", "vielen Dank, hat geklappt", "guten Morgen zusammen", "schönes Wochenende", "läuft wieder, besten Dank"),
    "French": ("merci beaucoup", "super, merci, ça marche", "bonjour à tous", "bonne journée", "merci, c'est réglé"),
    "Spanish": ("gracias!", "muchas gracias, ya funciona", "buenos días", "nos vemos el lunes", "listo, gracias"),
    "Portuguese": ("obrigado!", "muito obrigada, já funciona", "bom dia a todos", "até amanhã", "valeu, resolvido"),
}


def cases(table):
    return [pytest.param(text, id=f"{kind}: {text}") for kind, texts in table.items() for text in texts]


@pytest.mark.parametrize("text", cases(ANGRY))
async def test_an_angry_message_is_a_request(triager, text):
    assert (await triager.triage(text)).is_request


@pytest.mark.parametrize("text", cases(CHAT))
async def test_thanks_greetings_and_chat_are_no_request(triager, text):
    assert not (await triager.triage(text)).is_request


@pytest.mark.parametrize("text", ["great, broken again", "thanks for nothing", "gracias por nada", "na toll, schon wieder abgestürzt"])
def test_mockery_is_displeasure(text):
    assert weigh(text) is Sentiment.UNHAPPY


@pytest.mark.parametrize("text", ["great, the crash is fixed", "thanks, it works again", "danke, läuft wieder", "super, the error is gone"])
def test_relief_is_no_mockery(text):
    assert weigh(text) in (Sentiment.PLEASED, Sentiment.DELIGHTED)


@pytest.mark.parametrize("text", ["f***ing bot", "this is sh*t", "what the f#@% is this", "cr@p"])
def test_a_swear_word_behind_signs_is_still_one(text):
    assert weigh(text) is Sentiment.FURIOUS


@pytest.mark.parametrize(
    "text", ["we use C# and F#", "see **it** here", "a*b is a product", "write to al@acme.example", "5 * 3 = 15", "the s3 bucket"]
)
def test_signs_of_other_trades_are_no_swearing(text):
    assert weigh(text) is not Sentiment.FURIOUS


@pytest.mark.parametrize(
    ("text", "failing"),
    [
        ("the checkout is broken", True),
        ("nothing works", True),
        ("la página se cayó", True),
        ("the outage is over", False),
        ("no work today, enjoy the holiday", False),
        ("not working on Friday", False),
        ("user error, ignore me", False),
    ],
)
def test_a_failure_counts_until_somebody_says_it_is_over(text, failing):
    assert fails(text) is failing


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("Nice one, half my customers are missing", "half my customers are missing"),
        ("Thanks! The printer on floor two", "The printer on floor two"),
        ("Thanks, it works again now", ""),
        ("great, thanks", ""),
        ("How do I export?", ""),
    ],
)
def test_what_follows_praise_is_looked_at_by_itself(text, rest):
    assert after_praise(text) == rest


def test_a_wall_of_praise_is_read_quickly():
    assert after_praise("oh wow so great nice " * 5000) == ""
    assert not fails("thanks " * 100_000)
