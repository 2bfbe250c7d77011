"""`invite` prints the address that lets the bot in, with what it may there and why; `doctor` says how Discord and the mail server are."""

import pytest

from bot.discord.rights import INTENTS, RIGHTS, invite, number
from cli.play.discord.names import APPLICATION, TOKEN


def test_the_token_says_which_application_it_is_of(call, monkeypatch):
    monkeypatch.setenv("FRONTDESK_DISCORD_TOKEN", TOKEN)
    code, out, _ = call("invite", "discord")
    assert (code, invite(APPLICATION) in out) == (0, True)


def test_every_right_and_every_intent_is_named_with_its_reason(call):
    _, out, _ = call("invite", "discord", "--application", "42")
    assert [text for right in RIGHTS for text in (right.name, right.why) if text not in out] == []
    assert [text for pair in INTENTS.items() for text in pair if text not in out] == []
    assert f"({number()})" in out


def test_the_home_server_is_chosen_where_it_is_set(call, monkeypatch):
    monkeypatch.setenv("FRONTDESK_DISCORD_GUILD", "1190000000000000001")
    assert "guild_id=1190000000000000001" in call("invite", "discord", "--application", "42")[1]


def test_the_token_is_not_printed(call, monkeypatch):
    monkeypatch.setenv("FRONTDESK_DISCORD_TOKEN", TOKEN)
    assert TOKEN not in "".join(map(str, call("invite", "discord")))


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        pytest.param(("slack",), 2, "choose discord", id="for a platform that has a manifest instead"),
        pytest.param(("discord",), 1, "FRONTDESK_DISCORD_TOKEN", id="without a token"),
        pytest.param(("discord", "--application", "mine"), 2, "no application's id", id="for a name"),
    ],
)
def test_nobody_is_invited(call, monkeypatch, arguments, code, says):
    monkeypatch.delenv("FRONTDESK_DISCORD_TOKEN", raising=False)
    found, _, said = call("invite", *arguments)
    assert (found, says in said) == (code, True)


def test_doctor_says_what_is_not_connected(call, monkeypatch):
    for name in ("FRONTDESK_DISCORD_TOKEN", "FRONTDESK_SMTP_URL", "FRONTDESK_SMTP_FROM"):
        monkeypatch.delenv(name, raising=False)
    lines = call("doctor")[1].splitlines()
    assert any("discord" in line and "no server is connected; docs/discord.md says how" in line for line in lines)
    assert any("mail" in line and "no mail server is set" in line for line in lines)


def test_doctor_names_the_half_of_a_mail_server_that_is_missing(call, monkeypatch):
    monkeypatch.setenv("FRONTDESK_SMTP_URL", "smtp://127.0.0.1:9")
    monkeypatch.delenv("FRONTDESK_SMTP_FROM", raising=False)
    code, out, _ = call("doctor")
    assert (code, "only one of FRONTDESK_SMTP_URL and FRONTDESK_SMTP_FROM is set" in out) == (1, True)


def test_doctor_names_a_mail_server_that_does_not_answer(call, monkeypatch):
    monkeypatch.setenv("FRONTDESK_SMTP_URL", "smtp://127.0.0.1:9")
    monkeypatch.setenv("FRONTDESK_SMTP_FROM", "support@pelicanledger.example")
    code, out, _ = call("doctor")
    assert (code, "mail is unavailable: nothing answers at its address" in out) == (1, True)
