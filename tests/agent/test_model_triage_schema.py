"""What a model says of a message is read without believing it."""

import json

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.triage_schema import LONGEST, MISSING_LETTERS, Opinion, Said, Terms, read, schema, stands
from desk.triage import Sentiment
from tests.agent.judge import reply

TERMS = Terms(("billing", "bug report"), ("plan", "suspended"))
TEXT = "I was charged twice.\nGet me a REAL person, s'il vous plaît! Payroll is due tomorrow."


def told(**fields):
    """Return what is read of a reply."""
    return read(reply(**fields), TERMS, text=TEXT)


def raw(**fields):
    """Return what is read of a usual reply with fields of any shape."""
    return read(json.dumps({**json.loads(reply()), **fields}), TERMS, text=TEXT)


def test_a_reply_of_the_schema_is_read_whole():
    found = told(
        category="bug report",
        also=["billing"],
        intent="plan",
        sentiment="furious",
        trend="worse",
        language="fr",
        signals=[("asks_human", "Get me a REAL person")],
        urgency=[("deadline", "due tomorrow")],
        missing=["invoice number"],
    )
    assert found == Opinion(
        Said(True, 0.9),
        Said("bug report", 0.9),
        (Said("billing", 0.9),),
        Said(False, 0.9),
        Said("plan", 0.9),
        Said(Sentiment.FURIOUS, 0.9),
        Said("worse", 0.9),
        Said("fr", 0.9),
        (Said("asks_human", 0.9),),
        (Said("deadline", 0.9),),
        Said(("invoice number",), 0.9),
    )


def test_a_usual_reply_is_of_the_schema_and_the_schema_is_one_the_api_takes():
    shape = schema(TERMS)
    jsonschema.Draft202012Validator.check_schema(shape)
    jsonschema.validate(json.loads(reply(signals=[("legal", "x")], also=["billing"])), shape)
    assert not {"minimum", "maximum", "minItems", "maxItems", "maxLength", "pattern"} & set(_keys(shape))
    assert all(part["additionalProperties"] is False and part["required"] == list(part["properties"]) for part in _objects(shape))


def _objects(shape):
    if isinstance(shape, dict):
        yield from [shape] if shape.get("type") == "object" else []
        for value in shape.values():
            yield from _objects(value)


def _keys(shape):
    if isinstance(shape, dict):
        for key, value in shape.items():
            yield key
            yield from _keys(value)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("category", "vip escalation", id="a category that policy does not know"),
        pytest.param("category", ["billing"], id="a list for a category"),
        pytest.param("intent", "all_invoices", id="an entry of the record that there is not"),
        pytest.param("sentiment", "ecstatic", id="a mood that is none of the five"),
        pytest.param("trend", "unknown", id="no trend"),
        pytest.param("trend", "much worse", id="a trend that is no code"),
        pytest.param("language", "English", id="a language in words"),
        pytest.param("language", "", id="no language"),
        pytest.param("language", "<x", id="markup for a language"),
        pytest.param("request", "false", id="text for yes or no"),
        pytest.param("request", 0, id="a number for yes or no"),
        pytest.param("out_of_scope", None, id="nothing for yes or no"),
    ],
)
def test_what_is_not_on_the_list_of_its_field_was_not_said(field, value):
    assert getattr(told(**{field: value}), field) is None


@pytest.mark.parametrize(
    "pair",
    [
        pytest.param({"value": "billing"}, id="no confidence"),
        pytest.param({"confidence": 0.9}, id="no value"),
        pytest.param({"value": "billing", "confidence": "high"}, id="a word"),
        pytest.param({"value": "billing", "confidence": True}, id="yes"),
        pytest.param({"value": "billing", "confidence": float("nan")}, id="no number"),
        pytest.param({"value": "billing", "confidence": None}, id="nothing"),
        pytest.param("billing", id="the value alone"),
        pytest.param(["billing", 0.9], id="a list"),
    ],
)
def test_a_value_without_a_confidence_was_not_said(pair):
    assert raw(category=pair).category is None


@pytest.mark.parametrize(
    ("stated", "taken"),
    [(1.7, 1), (-3, 0), (10**400, 1), (float("inf"), 1), (0.5, 0.5)],
)
def test_a_confidence_lies_between_0_and_1(stated, taken):
    assert raw(category={"value": "billing", "confidence": stated}).category == Said("billing", taken)


@pytest.mark.parametrize(
    ("quote", "there"),
    [
        pytest.param("Get me a REAL person", True, id="word by word"),
        pytest.param("get me a real person", True, id="in another case"),
        pytest.param("person, s'il vous plait!", True, id="without its accents"),
        pytest.param("charged twice. Get me", True, id="over the end of a line"),
        pytest.param("Get me a person", False, id="with a word left out"),
        pytest.param("want a human", False, id="in other words"),
        pytest.param("er", False, id="part of a word"),
        pytest.param("a", False, id="too short to say anything"),
        pytest.param("", False, id="empty"),
        pytest.param("!!!", False, id="signs alone"),
    ],
)
def test_a_quote_must_stand_in_the_text(quote, there):
    assert stands(quote, TEXT) is there
    assert told(signals=[("asks_human", quote)]).signals == ((Said("asks_human", 0.9),) if there else ())


@pytest.mark.parametrize(
    "signals",
    [
        pytest.param([{"value": "asks_human", "confidence": 0.9}], id="no quote"),
        pytest.param([{"value": "asks_human", "confidence": 0.9, "quote": ["Get me"]}], id="a list for a quote"),
        pytest.param([{"value": "page_everybody", "confidence": 0.9, "quote": "Get me"}], id="a signal that there is not"),
        pytest.param([{"value": "personal_data", "confidence": 0.9, "quote": "Get me"}], id="a signal that has a form of its own"),
        pytest.param("asks_human", id="text for a list"),
        pytest.param({"asks_human": True}, id="a table for a list"),
        pytest.param([None, 1, "asks_human"], id="a list of anything"),
    ],
)
def test_a_signal_that_is_not_of_its_form_was_not_said(signals):
    assert raw(signals=signals).signals == ()


def test_a_list_that_never_ends_is_read_at_its_beginning_and_each_value_once():
    entry = {"value": "legal", "confidence": 0.9, "quote": "charged twice"}
    assert read(json.dumps({"signals": [entry] * 60}), TERMS, text=TEXT).signals == (Said("legal", 0.9),)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        pytest.param(["invoice number", "invoice number"], ("invoice number",), id="twice is once"),
        pytest.param(["a", "b", "c", "d"], ("a", "b", "c"), id="three are the most"),
        pytest.param(["  exact\nerror   message "], ("exact error message",), id="on one line"),
        pytest.param(["<@U123> file", "@channel kind of file"], ("file", "kind of file"), id="no mention"),
        pytest.param(["see https://evil.example/x and www.evil.example"], ("see and",), id="no address"),
        pytest.param(["mail mara@acme.example"], ("mail",), id="no mail address"),
        pytest.param(["**bold** `code` [link](x) #1 _it_"], ("bold code link (x) 1 it",), id="no markup"),
        pytest.param(["\u202eevil\u200b file"], ("evil file",), id="nothing hidden"),
        pytest.param(["", "***", 7, None, ["x"]], (), id="nothing of words"),
        pytest.param(["Größe der Datei, ungefähr?"], ("Größe der Datei, ungefähr?",), id="words of other languages"),
    ],
)
def test_what_is_missing_is_a_few_plain_words(given, kept):
    assert told(missing=given).missing == Said(kept, 0.9)


def test_a_long_tale_of_what_is_missing_is_cut():
    (words,) = told(missing=["invoice " * 1000]).missing.value
    assert len(words) <= MISSING_LETTERS


def test_a_fence_around_the_reply_does_no_harm():
    assert read(f"Here it is:\n```json\n{reply()}\n```", TERMS, text=TEXT) == told()


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("I cannot do that.", id="words"),
        pytest.param(reply()[:-40], id="cut"),
        pytest.param("[" * 5000 + "]" * 5000, id="a deep list"),
        pytest.param('{"a":' * 3000 + "1" + "}" * 3000, id="a deep table"),
        pytest.param("{" + " " * LONGEST + "}", id="endless"),
        pytest.param("} {", id="braces the wrong way around"),
        pytest.param('{"request": 1' + "0" * 5000 + "}", id="a number of 5,000 digits"),
    ],
)
def test_what_is_no_json_object_is_no_opinion(text):
    assert read(text, TERMS, text=TEXT) is None


def test_an_empty_object_says_nothing():
    assert read("{}", TERMS, text=TEXT) == Opinion()


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20) | st.sampled_from(["billing", "legal", "worse", "charged twice"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["value", "confidence", "quote", "x"]), inner, max_size=4),
    max_leaves=12,
)


@given(table=st.dictionaries(st.sampled_from(list(Opinion.__slots__)), JSON))
def test_whatever_the_model_writes_only_known_values_come_out(table):
    found = read(json.dumps(table), TERMS, text=TEXT)
    assert found.category is None or found.category.value in TERMS.categories
    assert {item.value for item in found.also} <= set(TERMS.categories)
    assert {item.value for item in found.signals} <= {"asks_human", "security", "data_loss", "legal", "safety"}
    assert all(0 <= item.confidence <= 1 for item in (found.request, found.category, *found.also, *found.signals, *found.urgency) if item)
    assert found.missing is None or (len(found.missing.value) <= 3 and not any(set(words) & set("<>@`*[]{}\n") for words in found.missing.value))
