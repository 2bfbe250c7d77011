"""What is at stake: heard by words in five languages, by meaning in English, and not in what only looks like it."""

import asyncio

import pytest

from agent.impact import heard, ordered
from desk.triage import Impact

OUTAGE, LOSS, ACCESS, BLOCKED = Impact.OUTAGE, Impact.DATA_LOSS, Impact.NO_ACCESS, Impact.BLOCKED
MONEY, DEADLINE, MANY, CHURN = Impact.MONEY, Impact.DEADLINE, Impact.MANY_USERS, Impact.CHURN


@pytest.fixture(scope="module")
def told(triager):
    """Return a function that says what is at stake in a text."""
    return lambda text: asyncio.run(triager.triage(text)).impact


@pytest.mark.parametrize(
    ("text", "impact"),
    [
        pytest.param("Your platform is down", OUTAGE, id="outage"),
        pytest.param("All our invoices have vanished", LOSS, id="data loss"),
        pytest.param("we can't log in any more", ACCESS, id="no access"),
        pytest.param("I can't ship orders", BLOCKED, id="blocked"),
        pytest.param("we were charged twice", MONEY, id="money"),
        pytest.param("payroll runs tomorrow and the file is empty", DEADLINE, id="deadline"),
        pytest.param("none of our users can open it", MANY, id="many users"),
        pytest.param("we are evaluating alternatives", CHURN, id="churn"),
        pytest.param("das System ist seit heute früh ausgefallen", OUTAGE, id="German outage"),
        pytest.param("alle unsere Rechnungen sind verschwunden", LOSS, id="German data loss"),
        pytest.param("wir kommen nicht mehr ins System", ACCESS, id="German access"),
        pytest.param("wir können keine Rechnungen mehr schreiben", BLOCKED, id="German blocked"),
        pytest.param("le site est en panne", OUTAGE, id="French outage"),
        pytest.param("toutes nos factures ont disparu", LOSS, id="French data loss"),
        pytest.param("nous ne pouvons plus facturer", BLOCKED, id="French blocked"),
        pytest.param("plus personne ne peut se connecter", ACCESS, id="French access"),
        pytest.param("el sistema está caído", OUTAGE, id="Spanish outage"),
        pytest.param("han desaparecido todos los pedidos", LOSS, id="Spanish data loss"),
        pytest.param("no podemos facturar", BLOCKED, id="Spanish blocked"),
        pytest.param("o sistema está fora do ar", OUTAGE, id="Portuguese outage"),
        pytest.param("todos os pedidos desapareceram", LOSS, id="Portuguese data loss"),
        pytest.param("não conseguimos entrar", ACCESS, id="Portuguese access"),
        pytest.param("none of us can log in", ACCESS, id="nobody of a team"),
        pytest.param("ninguno de nosotros puede entrar", ACCESS, id="nobody of a team, in Spanish"),
        pytest.param("nenhum de nós consegue entrar", ACCESS, id="nobody of a team, in Portuguese"),
        pytest.param("aucun de nous ne peut se connecter", MANY, id="nobody of a team, in French"),
    ],
)
def test_words_tell_what_is_at_stake(told, text, impact):
    assert impact in told(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("How do I download data?", id="a question about downloads"),
        pytest.param("Is there an outage page?", id="a question about outages"),
        pytest.param("What happens if I lose access?", id="a question what would happen"),
        pytest.param("If I delete a user, are all their files gone?", id="what only might happen"),
        pytest.param("The site is back up, thanks", id="what is over"),
        pytest.param("We found the missing invoices, all is well", id="what was found"),
        pytest.param("Our launch is tomorrow, fingers crossed!", id="a date without trouble"),
        pytest.param("Our whole team loves the new editor", id="a crowd without trouble"),
        pytest.param("We have 200 employees and want the business plan", id="a number of people"),
        pytest.param("Where is the shutdown button?", id="a word within a word"),
        pytest.param("Can I work offline?", id="offline on purpose"),
        pytest.param("all the best", id="a greeting"),
        pytest.param("What is the deadline for feedback?", id="a question about a date"),
        pytest.param("Wie lade ich meine Daten herunter?", id="German question"),
        pytest.param("Comment puis-je me connecter ?", id="French question"),
        pytest.param("¿Cómo puedo acceder a mis facturas?", id="Spanish question"),
        pytest.param("Como posso aceder às faturas?", id="Portuguese question"),
        pytest.param("thanks, see you tomorrow", id="chat"),
        pytest.param("", id="nothing"),
    ],
)
def test_false_alarms_are_none(told, text):
    assert told(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Hello, hope you are well! Our orders stopped arriving and we can't ship anything. No rush, thank you!", id="no rush"),
        pytest.param("Sorry to bother you, it seems that all contacts have disappeared. Many thanks for having a look", id="sorry to bother"),
    ],
)
def test_politeness_hides_no_damage(triager, text):
    found = asyncio.run(triager.triage(text))
    assert found.impact
    assert found.displeasure < 0.4
    assert found.is_request


@pytest.mark.parametrize(
    ("text", "impact"),
    [
        pytest.param("It throws me out the moment I type my name and then I stay outside", ACCESS, id="access in other words"),
        pytest.param("Everything that I typed during the last three days is simply not in there", LOSS, id="data loss in other words"),
        pytest.param("The staff stands around and waits until you repair this", BLOCKED, id="blocked in other words"),
    ],
)
def test_meaning_tells_what_no_word_does(told, text, impact):
    assert heard(text) == frozenset()
    assert impact in told(text)


def test_the_strongest_stands_first():
    assert ordered(frozenset({CHURN, MANY, OUTAGE}), "the site is down for all our users") == (OUTAGE, MANY, CHURN)


def test_an_if_softens_no_deadline_and_no_threat():
    assert heard("If this is not sorted by noon we will leave you") == frozenset({DEADLINE, CHURN})
    assert heard("If the site is down we use paper") == frozenset()


def test_a_date_or_a_crowd_needs_some_trouble_beside_it():
    assert ordered(frozenset({DEADLINE}), "our launch is tomorrow") == ()
    assert ordered(frozenset({DEADLINE}), "our launch is tomorrow and it still fails") == (DEADLINE,)
