import pytest

from agent.courtesy import courteous

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
