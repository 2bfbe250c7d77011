"""Macros by command: written, changed, shown and taken away, checked before they stand."""

import pytest

from desk.audience import INTERNAL, PUBLIC
from desk.customer import Role
from handlers.commands.table import checked
from tests.handlers.told import announced, form, query, told, values

HELLO = 'macro add hello public "A greeting" Hello {name}, thanks for writing.'
FORM = {"name": "hello", "title": "A greeting", "text": "Hello {name}.", "audience": "public", "categories": "", "language": "en", "reason": ""}


async def macros(w):
    return (await w.policy.current()).macros


async def test_a_macro_is_written_in_one_line(w):
    await w.commands("ada", HELLO)
    found = (await macros(w))["hello"]
    assert (found.title, found.text, found.audience) == ("A greeting", "Hello {name}, thanks for writing.", PUBLIC)
    assert announced(w) == ["Ada changed the policy:\nmacro hello: new -> A greeting: Hello {name}, thanks for writing.\nReason: by command"]


async def test_it_is_written_by_its_form_with_categories_and_a_reason(w):
    await w.commands("ada", "macro add", **{**FORM, "categories": "billing, onboarding", "audience": "internal", "reason": "asked often"})
    found = (await macros(w))["hello"]
    assert (found.categories, found.audience) == (("billing", "onboarding"), INTERNAL)
    assert announced(w)[0].endswith("Reason: asked often")


async def test_one_whose_name_is_taken_is_changed_and_the_form_shows_it(w):
    await w.commands("ada", HELLO)
    found = await form(w, "macro add hello")
    assert found.title == "Change the macro hello"
    assert values(found) == {**FORM, "text": "Hello {name}, thanks for writing."}
    await w.commands("ada", "macro add hello", **FORM)
    assert (await macros(w))["hello"].text == "Hello {name}."
    assert "A greeting: Hello {name}, thanks for writing. -> A greeting: Hello {name}." in announced(w)[-1]


async def test_a_draft_can_be_replaced_by_it_at_once(drafting):
    await drafting.commands("ada", HELLO)
    await drafting.asks("ina", "When does my refund arrive?")
    await drafting.clicks("noor", "Edit", macro="hello")
    assert "Hello Ina, thanks for writing." in drafting.texts()[-1] or any("Hello Ina, thanks" in text for text in drafting.texts())


async def test_macros_are_listed_and_shown(w):
    await w.commands("noor", "macro list")
    assert "none yet" in told(w)
    await w.commands("ada", HELLO)
    await w.commands("noor", "macro")
    assert told(w) == "Saved texts:\nhello: A greeting (public, en)"
    await w.commands("noor", "macro show hello")
    assert told(w).splitlines()[:3] == ["A greeting", '"Hello {name}, thanks for writing."', "Name: hello"]


async def test_a_macro_is_taken_away(w):
    await w.commands("ada", HELLO)
    await w.commands("ada", "macro remove hello because nobody uses it")
    assert await macros(w) == {}
    assert announced(w)[-1].endswith("-> gone\nReason: nobody uses it")


async def test_one_of_the_policy_file_is_left_there(w):
    w.policy.change(macros={"hi": {"title": "Hi", "text": "Hi.", "audience": "public"}})
    await w.commands("ada", "macro remove hi")
    assert told(w) == "hi stands in policy.toml, which I don't write: take it out there."
    await w.commands("ada", 'macro add hi public "Hi" Hello!')
    await w.commands("ada", "macro remove hi")
    assert (await macros(w))["hi"].text == "Hi."
    assert "Hi: Hello! -> Hi: Hi., as policy.toml says" in announced(w)[-1]


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        pytest.param('macro add hello public "Hi" Hello {nam}', "{nam} is no field of a macro", id="a field that is none"),
        pytest.param(
            'macro add hello everybody "Hi" Hello', "`macro add` expects public or internal; you wrote 'everybody'", id="a reader that is none"
        ),
        pytest.param('macro add hel.lo public "Hi" Hello', "`macro add` expects a name: write a short name", id="a name that is none"),
        pytest.param("macro add hello public Hi", "`macro add` expects NAME, public or internal", id="no text"),
        pytest.param("macro show helo", "`macro show` expects a macro: there is none yet; you wrote 'helo'.", id="none to show"),
        pytest.param("macro shw", "did you mean show?", id="no such subcommand"),
    ],
)
async def test_what_is_wrong_is_refused_with_a_sentence_and_changes_nothing(w, words, answer):
    await w.commands("ada", words)
    assert answer in told(w)
    assert await macros(w) == {}


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        pytest.param({"text": "Hello {nam}."}, {"text"}, id="a field that is none"),
        pytest.param({"title": "x" * 80}, {"title"}, id="a title that is too long"),
        pytest.param({"name": "hel lo"}, {"name"}, id="a name of two words"),
        pytest.param({}, set(), id="nothing"),
    ],
)
async def test_the_form_is_checked_by_field(w, given, wrong):
    found = await checked(query("macro add"), {**FORM, **given}, w.services)
    assert set(found) == wrong
    assert all((sentence.endswith(".") and sentence[0].isupper()) or sentence.startswith("{") for sentence in found.values())


@pytest.mark.parametrize("words", [HELLO, "macro add", "macro remove hello"])
async def test_only_admins_change_macros(w, words):
    await w.commands("lea", words)
    assert told(w).endswith("is for admins only.")
    assert await form(w, "macro add", role=Role.LEAD) is None
