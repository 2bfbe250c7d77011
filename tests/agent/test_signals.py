"""Sentences that bring in a human, and those that only sound like it. None of them is among the examples."""

import pytest

from agent.signals import heard, plain
from desk.triage import Signal

HEARD = {
    Signal.ASKS_HUMAN: (
        "Can I talk to somebody, please?",
        "I want to speak with your support team",
        "let me talk to a real person",
        "agent please",
        "Agent!",
        "human",
        "I don't want to talk to a bot",
        "stop with the automated answers",
        "could someone call me back?",
        "put me through to an operator",
        "is there a human I can chat with",
        "escalate this",
        "I'd like a person to look at this",
        "I need a human",
        "Please give me a human, the bank feed import fails.",
        "get me your manager",
        "no more bots",
        "Ich will mit einem echten Menschen sprechen",
        "Können Sie mich bitte mit einem Mitarbeiter verbinden?",
        "Bitte rufen Sie mich zurück",
        "kein Bot bitte",
        "Je souhaite parler avec un conseiller",
        "Passez-moi quelqu'un de votre équipe",
        "je ne veux pas de robot",
        "Quisiera hablar con un agente",
        "no quiero hablar con un bot",
        "que alguien me llame por favor",
        "Gostava de falar com alguém",
        "quero falar com um atendente",
        "me passa para uma pessoa",
    ),
    Signal.SECURITY: (
        "My account has been hacked",
        "I got a phishing mail in your name",
        "someone logged in to our account last night",
        "I see another customer's data",
        "Our API key was leaked on GitHub",
        "we found a vulnerability in your app",
        "there was unauthorized access to our books",
        "Unser Konto wurde gehackt",
        "Ich sehe Daten von anderen Kunden",
        "Notre compte a été piraté",
        "J'ai trouvé une faille de sécurité",
        "Nuestra cuenta ha sido hackeada",
        "veo datos de otra empresa",
        "A nossa conta foi invadida",
        "vejo faturas de outro cliente",
    ),
    Signal.DATA_LOSS: (
        "All our invoices have disappeared",
        "everything is gone",
        "our data was wiped",
        "we lost all our records",
        "Alle Rechnungen sind weg",
        "Unsere Daten wurden gelöscht und sind verschwunden",
        "Toutes nos données ont disparu",
        "nous avons perdu toutes les factures",
        "Han desaparecido todas nuestras facturas",
        "hemos perdido todos los datos",
        "Todos os nossos dados desapareceram",
        "perdemos tudo",
    ),
    Signal.LEGAL: (
        "You will hear from our lawyers",
        "we will take legal action",
        "I'm going to sue you",
        "this is a GDPR violation and a complaint to the data protection authority follows",
        "we demand compensation",
        "Sie hören von meinem Anwalt",
        "Ich werde rechtliche Schritte einleiten",
        "Mon avocat va vous contacter",
        "nous vous envoyons une mise en demeure",
        "Vamos a emprender acciones legales",
        "mi abogado se pondrá en contacto",
        "O meu advogado vai contactar-vos",
        "vou apresentar queixa no livro de reclamações",
    ),
    Signal.SAFETY: (
        "I want to kill myself",
        "I'm going to hurt somebody",
        "there is a bomb threat",
        "I want to end my life",
        "Ich will mich umbringen",
        "es gibt eine Bombendrohung",
        "je veux me suicider",
        "j'ai envie de mourir",
        "quiero suicidarme",
        "no quiero vivir",
        "quero matar-me",
        "não quero viver",
    ),
    Signal.NOT_SOLVED: (
        "It is still not working",
        "that didn't help",
        "this does not solve it",
        "same error as before",
        "I tried that, no change",
        "the problem persists",
        "es geht immer noch nicht",
        "das hat nicht geholfen",
        "ça ne marche toujours pas",
        "le problème n'est pas résolu",
        "sigue sin funcionar",
        "eso no me ayudó",
        "continua sem funcionar",
        "isso não resolveu",
    ),
}
UNHEARD = {
    Signal.ASKS_HUMAN: (
        "How do I add an agent to my team?",
        "human resources needs access",
        "Where is the human readable export?",
        "Our agents cannot log in",
        "How can our customers talk to an agent in the widget?",
        "the user agent is blocked",
        "which role does an agent have",
        "Is there a limit on people per workspace?",
        "anyone here using the new dashboard?",
        "I spoke to a person at my bank",
        "How do I assign a person to a project?",
        "does the bot know German?",
        "Wie füge ich einen Mitarbeiter hinzu?",
        "Wo sehe ich alle Mitarbeiter?",
        "Comment ajouter une personne à mon équipe ?",
        "¿Cómo añado a una persona al equipo?",
        "Como adiciono uma pessoa à equipa?",
    ),
    Signal.SECURITY: (
        "How do I turn on two-factor?",
        "where are the security settings",
        "I forgot my password",
        "how do I create an API key",
        "do you have a security certificate",
        "Wo finde ich die Sicherheitseinstellungen?",
        "Où sont les réglages de sécurité ?",
        "¿Cómo cambio mi contraseña?",
        "Como mudo a palavra-passe?",
    ),
    Signal.DATA_LOSS: (
        "Can I delete all invoices?",
        "How long is my data kept?",
        "where do I find the deleted drafts",
        "the logo is missing",
        "Kann ich alle Rechnungen löschen?",
        "Comment supprimer toutes les factures ?",
        "¿Puedo borrar todas las facturas?",
        "Posso apagar todas as faturas?",
    ),
    Signal.LEGAL: (
        "we are a law firm",
        "our lawyer needs a login",
        "where are your terms",
        "is this GDPR compliant?",
        "Wo ist eure Datenschutzerklärung?",
        "Où sont vos conditions générales ?",
        "¿Dónde está el aviso legal?",
        "Onde estão os termos?",
    ),
    Signal.SAFETY: (
        "this bug is killing me",
        "how do I kill a session",
        "the server died",
        "suicide prevention charity here",
        "Das bringt mich noch um den Verstand",
        "je meurs d'impatience",
        "me muero de ganas",
        "estou morto de cansaço",
    ),
    Signal.NOT_SOLVED: (
        "Can I still get a copy from last year?",
        "does it work offline?",
        "how do I solve a conflict?",
        "Wie löse ich das?",
        "Comment résoudre cela ?",
    ),
}


def _table(sentences):
    return [pytest.param(signal, text, id=f"{signal.value}: {text}") for signal, texts in sentences.items() for text in texts]


@pytest.mark.parametrize(("signal", "text"), _table(HEARD))
def test_a_signal_is_heard_in_any_of_the_five_languages(signal, text):
    assert signal in heard(text)


@pytest.mark.parametrize(("signal", "text"), _table(UNHEARD))
def test_what_only_sounds_like_a_signal_is_not_heard(signal, text):
    assert signal not in heard(text)


def test_accents_capitals_and_apostrophes_make_no_difference():
    assert plain("  Ça N’EST pas  résolu, Straße ") == " ca n'est pas resolu, strasse "
    assert Signal.ASKS_HUMAN in heard("ICH MÖCHTE MIT EINEM MENSCHEN SPRECHEN")
    assert Signal.ASKS_HUMAN in heard("Ich mo\u0308chte mit einem Menschen sprechen")


def test_one_sentence_may_say_several_things():
    assert {Signal.SECURITY, Signal.ASKS_HUMAN} <= heard("my account was hacked, let me talk to a human")
