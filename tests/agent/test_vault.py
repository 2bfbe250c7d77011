"""The vault: what leaves for the model carries placeholders, and what comes back shows a value to nobody but its owner."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.vault import PLACEHOLDER, Vault, word

CARD = "4111 1111 1111 1111"
KINDS = ("email", "phone")


@pytest.fixture
def vault():
    return Vault(KINDS)


def test_the_same_value_has_the_same_placeholder_in_every_text(vault):
    assert vault.hide("card 4111 1111 1111 1111, mail Mara.V@acme.example") == "card [card-1], mail [email-1]"
    assert vault.hide("4111-1111-1111-1111 and 5500 0000 0000 0004, mara.v@ACME.example") == "[card-1] and [card-2], [email-1]"


@pytest.mark.parametrize(
    ("kinds", "hidden"), [((), "x@y.example +49 170 1234567"), (("email",), "[email-1] +49 170 1234567"), (KINDS, "[email-1] [phone-1]")]
)
def test_addresses_and_telephones_are_hidden_as_policy_says(kinds, hidden):
    assert Vault(kinds).hide("x@y.example +49 170 1234567") == hidden


def test_cards_keys_passwords_and_account_numbers_are_hidden_whatever_policy_says():
    key = "sk_" + "live_4eC39HqLyjWDarjtT1zdp7dc"
    text = f"{CARD} / {key} / my password is hunter2 / DE89 3704 0044 0532 0130 00"
    assert Vault(()).hide(text) == "[card-1] / [key-1] / my password is [password-1] / [iban-1]"


def test_a_password_once_told_is_found_again_wherever_it_stands(vault):
    assert vault.hide("my password is hunter2, and hunter2 does not work") == "my password is [password-1], and [password-1] does not work"
    assert vault.hide("I typed hunter2!") == "I typed [password-1]!"


def test_the_owner_alone_reads_an_address_again(vault):
    vault.hide("x@y.example, +49 170 1234567, DE89370400440532013000")
    said = "Sent to [email-1], called [phone-1], paid to [iban-1]."
    assert vault.restore(said, private=True) == "Sent to x@y.example, called +49 170 1234567, paid to DE89370400440532013000."
    assert vault.restore(said, private=False) == "Sent to your e-mail address, called your phone number, paid to your account number."


@pytest.mark.parametrize("private", [True, False])
def test_a_card_a_key_and_a_password_never_come_back(vault, private):
    vault.hide(f"{CARD}, token=abcDEF123456ghi, my password is hunter2")
    assert vault.restore("[card-1] [key-1] [password-1]", private=private) == "your card number your key your password"


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "pt"])
@pytest.mark.parametrize("kind", ["card", "key", "password", "iban", "email", "phone"])
def test_every_kind_has_its_words_in_every_language(kind, language):
    own, anybodys = word(kind, language, own=True), word(kind, language, own=False)
    assert own
    assert anybodys
    assert own != anybodys
    assert word(kind, "xx", own=True) == word(kind, "en", own=True)


def test_the_words_are_in_the_language_of_the_reply(vault):
    vault.hide("x@y.example")
    assert vault.restore("An [email-1] gesendet.", private=False, language="de") == "An Ihre E-Mail-Adresse gesendet."


def test_another_persons_address_comes_back_to_nobody(vault):
    vault.hide("I am jon@acme.example", own=False)
    assert vault.restore("Write to [email-1].", private=True) == "Write to the e-mail address."


def test_an_address_that_the_owner_wrote_too_is_theirs(vault):
    vault.hide("I am jon@acme.example", own=False)
    vault.hide("jon@acme.example is mine")
    assert vault.restore("[email-1]", private=True) == "jon@acme.example"


@pytest.mark.parametrize("said", ["[email-9]", "[card-1]", "[key-3]", "[password-2]", "[phone-1]", "[iban-1]", "[Email-2]"])
def test_a_placeholder_that_was_never_given_out_goes(vault, said):
    vault.hide("x@y.example")
    assert vault.restore(f"a {said} b", private=True) == "a  b"


@pytest.mark.parametrize("said", ["[email-1]", "[Email-1]", "[e-mail-1]", "[email 1]", "[ email-1 ]", "\\[email-1\\]", "[email\u20111]", "[EMAIL_1]"])
def test_a_placeholder_is_known_however_the_model_writes_it(vault, said):
    vault.hide("x@y.example")
    assert vault.restore(said, private=True) == "x@y.example"


def test_a_customer_cannot_write_a_placeholder(vault):
    hidden = vault.hide("x@y.example wants [email-1] and \\[card-1\\]")
    assert hidden == "[email-1] wants (email-1) and (card-1)"
    assert vault.restore(hidden, private=True) == "x@y.example wants (email-1) and (card-1)"


def test_one_vault_knows_nothing_of_another(vault):
    other = Vault(KINDS)
    other.hide("jon@acme.example")
    assert vault.restore("[email-1]", private=True) == ""


def test_a_value_that_looks_like_a_placeholder_is_not_replaced_twice(vault):
    vault.hide("my password is [email-1]x and a@b.example")
    assert vault.restore("[password-1] [email-1]", private=True).count("a@b.example") <= 1


def test_what_a_public_article_says_is_hidden_from_nobody(vault):
    vault.spare("Write to jane.doe@help.example or call +49 30 1234567.")
    assert vault.hide("jane.doe@help.example does not answer, I am x@y.example") == "jane.doe@help.example does not answer, I am [email-1]"


def test_the_address_of_a_role_is_personal_to_nobody(vault):
    assert vault.hide("support@help.example") == "support@help.example"


def test_a_look_up_gets_no_placeholder(vault):
    vault.hide("x@y.example")
    assert vault.plain("invoice for [email-1] and [card-7] missing") == "invoice for and missing"


def test_hidden_signs_hide_no_card(vault):
    assert vault.hide("4111\u200b 1111\u2060 1111 11\u00ad11") == "[card-1]"


@given(st.text(max_size=200), st.sampled_from([CARD, "x.y@acme.example", "DE89 3704 0044 0532 0130 00", "+49 170 1234567"]), st.text(max_size=200))
def test_a_value_among_other_words_never_leaves(before, value, after):
    hidden = Vault(KINDS).hide(f"{before} ; {value} ; {after}")
    assert value not in hidden


@given(
    st.lists(
        st.sampled_from([CARD, "x.y@acme.example", "[email-1]", "[card-1]", "my password is hunter2", "word", "[email-", "1]", "\\["]), max_size=8
    ).map(" ".join)
)
def test_what_comes_back_in_public_carries_no_value(text):
    vault = Vault(KINDS)
    restored = vault.restore(vault.hide(text), private=False)
    assert not any(value in restored for value in (CARD, "x.y@acme.example", "hunter2"))
    assert not PLACEHOLDER.search(restored)


@given(st.text(alphabet="[]email-card123 \\", max_size=60))
def test_no_writing_of_the_model_brings_back_a_card(text):
    vault = Vault(KINDS)
    vault.hide(f"{CARD} x.y@acme.example")
    assert not re.search(r"4111", vault.restore(text, private=True))
