import pytest

from agent.language import detect


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("How do I change my password?", "en", id="English"),
        pytest.param("Wie kann ich mein Passwort ändern?", "de", id="German"),
        pytest.param("Comment puis-je changer mon mot de passe ?", "fr", id="French"),
        pytest.param("¿Cómo puedo cambiar mi contraseña?", "es", id="Spanish"),
        pytest.param("Como é que eu mudo a minha palavra-passe?", "pt", id="Portuguese"),
        pytest.param("ok", None, id="too short"),
        pytest.param("merci !", None, id="one word"),
        pytest.param("export csv import json api", None, id="jargon is no French"),
        pytest.param("INV-204 INV-205 EUR 420", None, id="labels"),
        pytest.param("https://example.com/wie/kann/ich/das", None, id="an address"),
        pytest.param("`wie kann ich das hier ändern`", None, id="code"),
        pytest.param("مرحبا، كيف يمكنني تغيير كلمة المرور؟", None, id="Arabic is none of the five"),
        pytest.param("パスワードを変更するにはどうすればよいですか", None, id="nor is Japanese"),
        pytest.param("🎉🎉🎉", None, id="emoji"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_the_language_is_named_or_left_open(text, expected):
    assert detect(text, sure=0.75) == expected


def test_a_quoted_error_does_not_turn_the_language():
    assert detect("Wie behebe ich das?\n```\nThe file could not be opened because it is in use by you and the others\n```", sure=0.75) == "de"


def test_ten_megabytes_are_read_as_their_beginning():
    assert detect("Wie kann ich das ändern, und warum ist es so? " + "x" * 10_000_000, sure=0.75) == "de"
