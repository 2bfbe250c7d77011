"""Secrets are found by their form, their checksum or the words that tell them; what only looks like one is left alone."""

import pytest

from agent.secret import spans

ALL = ("card", "key", "password", "iban", "email", "phone")


def found(text: str) -> list[tuple[str, str]]:
    return [(span.kind, text[span.start : span.end]) for span in spans(text, ALL)]


@pytest.mark.parametrize(
    "key",
    [
        pytest.param("sk-" + "ant-api03-AbCdEf012345678901234567", id="of a language model"),
        pytest.param("sk-" + "proj-AbCdEf0123456789abcdef", id="of a project"),
        pytest.param("sk_" + "live_AbCdEf0123456789abcd", id="of a payment service"),
        pytest.param("AKIA" + "IOSFODNN7EXAMPLE", id="of a cloud"),
        pytest.param("wJalrXUtnFEMI/K7MDENG" + "/bPxRfiCYEXAMPLEKEY", id="secret of a cloud"),
        pytest.param("ghp_" + "abcdefghijklmnopqrstuvwxyz0123456789", id="of a code host"),
        pytest.param("glpat-" + "ABCdef123456_abcdefg", id="of another code host"),
        pytest.param("xoxb-" + "123456789012-abcdefABCDEF", id="of a chat"),
        pytest.param("AIza" + "SyA-1234567890abcdefghijklmnopqrstu", id="of a map"),
        pytest.param("eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N", id="a signed token"),
        pytest.param("-----BEGIN RSA " + "PRIVATE KEY-----\nMIIEow\nIBAAK\n-----END RSA PRIVATE KEY-----", id="a private key"),
        pytest.param("-----BEGIN OPENSSH " + "PRIVATE KEY-----\nb3BlbnNz", id="a private key without its end"),
        pytest.param("9f86d081884c7d659a2feaa0c55ad015", id="a row of hexadecimal digits"),
        pytest.param("h7Gd92kLm3Qz8Xv1Rt5Y", id="a random row"),
    ],
)
def test_keys_are_found_by_their_form(key):
    assert found(f"it is {key}") == [("key", key)]


@pytest.mark.parametrize(
    ("text", "kind", "secret"),
    [
        ("my password is hunter2", "password", "hunter2"),
        ("Password: sunshine", "password", "sunshine"),
        ("the password for the portal is S3cret!x.", "password", "S3cret!x"),
        ('password = "correct horse battery"', "password", "correct horse battery"),
        ("pw: geheim99", "password", "geheim99"),
        ("Mein Passwort lautet Sommer2024", "password", "Sommer2024"),
        ("Kennwort: Wintergarten", "password", "Wintergarten"),
        ("mon mot de passe est soleil99", "password", "soleil99"),
        ("mot de passe : soleil", "password", "soleil"),
        ("mi contrase\u00f1a es gato123", "password", "gato123"),
        ("a minha senha \u00e9 gato123", "password", "gato123"),
        ("palavra-passe: benfica", "password", "benfica"),
        ("my PIN is 1234", "password", "1234"),
        ("cvv 123", "password", "123"),
        ("the one-time code 445566", "password", "445566"),
        ("api key: 12345678-abcd", "key", "12345678-abcd"),
        ("API_KEY=a1b2c3d4", "key", "a1b2c3d4"),
        ("Authorization: Bearer abcdef1234", "key", "abcdef1234"),
        ("https://app.example/reset?token=abcdef", "key", "abcdef"),
        ("postgres://me:s3cr3t@db.example/x", "key", "s3cr3t"),
        ("token 550e8400-e29b-41d4-a716-446655440000", "key", "550e8400-e29b-41d4-a716-446655440000"),
        ("4111.1111.1111.1111 it was", "card", "4111.1111.1111.1111"),
        ("378282246310005", "card", "378282246310005"),
        ("GB29 NWBK 6016 1331 9268 19 please", "iban", "GB29 NWBK 6016 1331 9268 19"),
        ("mara.voss+x@acme.example", "email", "mara.voss+x@acme.example"),
        ("call me at 0171 998877", "phone", "0171 998877"),
    ],
)
def test_what_is_told_is_found(text, kind, secret):
    assert found(text) == [(kind, secret)]


@pytest.mark.parametrize(
    "text",
    [
        "my password is wrong",
        "The password is not accepted and was rejected.",
        "password: please help",
        "I forgot my password. How do I reset it?",
        "the password is being asked again",
        "Mein Passwort ist abgelaufen.",
        "mon mot de passe est incorrect",
        "mi contrase\u00f1a no funciona",
        "a minha senha expirou",
        "request 550e8400-e29b-41d4-a716-446655440000 failed",
        "see https://help.example/how-to-export-your-2fa-codes-to-a-file-2024",
        "invoice_2024_november_export_final.csv",
        "Order INV-2024-001 of 2026-11-30, EUR 1,234.50",
        "getUserSubscriptionByAccountIdAndRegion2",
        "version 2.10.3 build 20261130",
        "4111 1111 1111 1112 has a wrong check digit",
        "0000 0000 0000 0000",
        "the token expired yesterday",
        "a pinned message; the key point is speed",
    ],
)
def test_what_only_looks_like_a_secret_is_none(text):
    assert found(text) == []
