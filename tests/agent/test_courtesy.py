import pytest

from agent.courtesy import courteous, unsaluted

NAMES = ("Mara Voss", "Pelican Ledger")


@pytest.mark.parametrize(
    "sentence",
    [
        "Hi Mara,",
        "Sorry for the trouble.",
        "I understand how frustrating this is.",
        "Let me know if anything else is unclear.",
        "Happy to help!",
        "I've sent you the details privately.",
        "Thank you for your patience, Mara.",
        "Danke für deine Geduld!",
        "Merci beaucoup pour votre message.",
        "Gracias por tu paciencia.",
        "Obrigada pela sua mensagem.",
    ],
)
def test_a_courtesy_claims_nothing(sentence):
    assert courteous(sentence, names=NAMES)


@pytest.mark.parametrize(
    "sentence",
    [
        "Your invoice is paid.",
        "You will get a refund.",
        "We guarantee this.",
        "Call 5551234.",
        "Your account manager is Leo.",
        "Thanks, the sync is fixed.",
        "Sorry, we deleted your data.",
        "Please wait 3 days.",
        "Hi Tom,",
    ],
)
def test_what_says_anything_is_no_courtesy(sentence):
    assert not courteous(sentence, names=NAMES)


def test_a_long_sentence_says_more_than_a_courtesy():
    assert not courteous("thanks " * 30)


@pytest.mark.parametrize(
    ("sentence", "rest"),
    [
        pytest.param("Hello Mara, a refund takes 5 days.", "a refund takes 5 days.", id="a greeting"),
        pytest.param("Guten Tag Mara Voss, die Erstattung ist da.", "die Erstattung ist da.", id="in German"),
        pytest.param("Mara, your plan is Team.", "your plan is Team.", id="a name alone"),
        pytest.param("Hello Tom, a refund takes 5 days.", "Hello Tom, a refund takes 5 days.", id="somebody else's name"),
        pytest.param("A refund takes 5 days, Mara.", "A refund takes 5 days, Mara.", id="no greeting"),
    ],
)
def test_a_greeting_by_name_claims_nothing(sentence, rest):
    assert unsaluted(sentence, NAMES) == rest
