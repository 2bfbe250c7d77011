"""Traits: how a reply is made."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insights.traits import traits


@pytest.mark.parametrize(
    ("text", "hello", "named"),
    [
        pytest.param("Hi Mara,\n\nthe refund is on its way.", "hi", True, id="a first name"),
        pytest.param("Hi there, the refund is on its way.", "hi", False, id="nobody in particular"),
        pytest.param("Hello! The refund is on its way.", "hello", False, id="a greeting alone"),
        pytest.param("Guten Tag Jonas, die Erstattung läuft.", "guten tag", True, id="German"),
        pytest.param("Bonjour,\nvotre facture est là.", "bonjour", False, id="French without a name"),
        pytest.param("The refund is on its way.", "", False, id="none"),
        pytest.param("History is kept for a year.", "", False, id="a word that begins like one"),
    ],
)
def test_the_greeting(text, hello, named):
    assert (traits(text, "en").hello, traits(text, "en").named) == (hello, named)


@pytest.mark.parametrize(
    ("text", "bye"),
    [
        pytest.param("It is done.\n\nBest regards\nNoor", "best regards", id="with a name under it"),
        pytest.param("Erledigt.\n\nViele Grüße", "viele grüße", id="German"),
        pytest.param("Regards is a table in the export.", "", id="a word of the text"),
        pytest.param("It is done.", "", id="none"),
    ],
)
def test_the_closing(text, bye):
    assert traits(text, "en").bye == bye


@pytest.mark.parametrize(
    ("text", "language", "form"),
    [
        pytest.param("Öffnen Sie die Einstellungen.", "de", "Sie", id="polite German"),
        pytest.param("Du findest das in deinen Einstellungen.", "de", "du", id="familiar German"),
        pytest.param("Die Rechnungen sind da. Sie liegen im Archiv.", "de", "", id="they, not you"),
        pytest.param("Ouvrez vos paramètres.", "fr", "vous", id="polite French"),
        pytest.param("Abre tus ajustes.", "es", "tú", id="familiar Spanish"),
        pytest.param("Open your settings.", "en", "", id="a language with one form"),
    ],
)
def test_the_form_of_address(text, language, form):
    assert traits(text, language).form == form


def test_length_is_counted_without_citations():
    made = traits("Refunds take 5 to 7 days. [1] That is all. [2][3]", "en")
    assert (made.sentences, made.words) == (2, 9)


@pytest.mark.parametrize(
    ("text", "habit"),
    [
        pytest.param("Done 🎉", "emoji", id="a picture"),
        pytest.param("Done :tada:", "emoji", id="a picture by its name"),
        pytest.param("Great!", "exclaims", id="an exclamation mark"),
        pytest.param("Do this:\n1. Open it.\n2. Close it.", "lists", id="steps"),
    ],
)
def test_habits(text, habit):
    assert getattr(traits(text, "en"), habit)


def test_a_time_of_day_is_no_emoji():
    assert not traits("From 10:30:00 on.", "en").emoji


@given(st.text(max_size=300), st.sampled_from(["en", "de", "fr", "es", "pt", "xx"]))
def test_any_text_has_traits(text, language):
    assert traits(text, language).words >= 0
