"""Settings come from the environment, and a wrong one is told in a sentence."""

from pathlib import Path

import pytest

from desk.errors import Misconfigured
from settings import home_is_set, read_settings


@pytest.fixture(autouse=True)
def clean(monkeypatch, tmp_path):
    for name in (
        "HOME",
        "DATABASE_URL",
        "POLICY",
        "HOST",
        "PORT",
        "LOG_LEVEL",
        "TOKEN",
        "ALLOWED_HOSTS",
        "QDRANT_URL",
        "QDRANT_API_KEY",
        "EMBEDDER",
        "RERANKER",
    ):
        monkeypatch.delenv(f"FRONTDESK_{name}", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))


def test_the_home_is_in_the_users_data_directory_by_default(tmp_path):
    assert read_settings().home == tmp_path / "frontdesk"


def test_an_empty_variable_counts_as_unset(monkeypatch, tmp_path):
    monkeypatch.setenv("FRONTDESK_HOME", "")
    assert read_settings().home == tmp_path / "frontdesk"
    assert not home_is_set({"FRONTDESK_HOME": ""})


def test_what_is_given_wins_over_the_environment(monkeypatch):
    monkeypatch.setenv("FRONTDESK_PORT", "9000")
    assert read_settings(port=9001).port == 9001


def test_the_policy_is_the_homes_own_unless_another_is_named(monkeypatch, tmp_path):
    assert read_settings().policy_file == tmp_path / "frontdesk" / "policy.toml"
    named = tmp_path / "mine.toml"
    named.write_text("")
    monkeypatch.setenv("FRONTDESK_POLICY", str(named))
    assert read_settings().policy_file == named


def test_a_relative_home_does_not_move_with_the_working_directory(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FRONTDESK_HOME", "here")
    assert read_settings().home == Path(tmp_path / "here")


def test_the_database_address_is_never_shown(monkeypatch):
    monkeypatch.setenv("FRONTDESK_DATABASE_URL", "postgresql://desk:hunter2@localhost/desk")
    assert "hunter2" not in repr(read_settings())


def test_neither_the_qdrant_address_nor_its_key_is_shown(monkeypatch):
    monkeypatch.setenv("FRONTDESK_QDRANT_URL", "https://desk:hunter2@vectors.example.com")
    monkeypatch.setenv("FRONTDESK_QDRANT_API_KEY", "hunter3")
    assert "hunter" not in repr(read_settings())


def test_the_token_is_never_shown(monkeypatch):
    monkeypatch.setenv("FRONTDESK_TOKEN", "correct-horse-battery")
    assert "correct-horse" not in repr(read_settings())


def test_the_page_goes_by_its_address_and_by_the_names_it_was_given(monkeypatch):
    monkeypatch.setenv("FRONTDESK_HOST", "192.0.2.1")
    monkeypatch.setenv("FRONTDESK_ALLOWED_HOSTS", "Desk.example.com, support.example.com")
    assert read_settings().hosts == {"192.0.2.1", "desk.example.com", "support.example.com"}


@pytest.mark.parametrize(
    ("name", "value", "hint"),
    [
        pytest.param("PORT", "eighty", "a number from 0", id="a port that is no number"),
        pytest.param("PORT", "70000", "a number from 0", id="a port that does not exist"),
        pytest.param("POLICY", "/nowhere/policy.toml", "a policy.toml that exists", id="a policy that is not there"),
        pytest.param("QDRANT_URL", "localhost:6333", "the address of a Qdrant server", id="an address without its scheme"),
        pytest.param("EMBEDDER", "/nowhere/model", "a folder with a text model", id="a model that is not there"),
        pytest.param("RERANKER", "/nowhere/model", "a folder with a cross encoder", id="a reranker that is not there"),
        pytest.param("LOG_LEVEL", "loud", "one of debug, info", id="an unknown log level"),
        pytest.param("TOKEN", "hunter2hunter2!", "at least 16", id="a token that is short"),
        pytest.param("TOKEN", "a sentence with many words", "at least 16", id="a token that no header takes"),
        pytest.param("ALLOWED_HOSTS", "https://desk.example.com", "without ports", id="an address where a name belongs"),
        pytest.param("ALLOWED_HOSTS", "desk.example.com:8080", "without ports", id="a name with a port"),
        pytest.param("DATABASE_URL", "mysql://secret@host/db", "postgresql://", id="a database we do not speak"),
        pytest.param("SMTP_URL", "mail.example.org:2525", "smtps://user:password@", id="a mail server without its scheme"),
        pytest.param("SMTP_URL", "smtp://mail.example.com:99999", "smtps://user:password@", id="a mail server at a port that does not exist"),
        pytest.param("SMTP_URL", "smtp://desk:top#secret@mail.example.com", "smtps://user:password@", id="a password whose signs are not escaped"),
        pytest.param("SMTP_URL", "smtps://mail.example.com#465", "smtps://user:password@", id="a mail server with something behind it"),
    ],
)
def test_a_wrong_setting_is_named_with_what_to_write_and_without_its_value(monkeypatch, name, value, hint):
    monkeypatch.setenv(f"FRONTDESK_{name}", value)
    with pytest.raises(Misconfigured) as caught:
        read_settings()
    assert f"FRONTDESK_{name}" in str(caught.value)
    assert hint in str(caught.value)
    assert value not in str(caught.value)


def test_without_a_key_there_is_no_model():
    assert (read_settings().model_provider, read_settings().has_model) == ("none", False)


@pytest.mark.parametrize("name", ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"])
def test_a_key_or_a_token_is_enough_for_a_model(monkeypatch, name):
    monkeypatch.setenv(name, "sk-ant-1")
    assert (read_settings().model_provider, read_settings().has_model) == ("anthropic", True)


def test_a_gateway_is_enough_for_a_model(monkeypatch):
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "https://gateway.example.com/claude")
    assert (read_settings().model_provider, read_settings().has_model) == ("anthropic", True)


@pytest.mark.parametrize("name", ["bedrock", "Vertex"])
def test_a_provider_with_credentials_of_its_own_needs_no_key(monkeypatch, name):
    monkeypatch.setenv("FRONTDESK_MODEL_PROVIDER", name)
    assert (read_settings().model_provider, read_settings().has_model) == (name.lower(), True)


def test_none_is_none_even_with_a_key(monkeypatch):
    monkeypatch.setenv("FRONTDESK_MODEL_PROVIDER", "none")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-1")
    assert (read_settings().model_provider, read_settings().has_model) == ("none", False)


def test_anthropic_by_name_still_needs_a_key(monkeypatch):
    monkeypatch.setenv("FRONTDESK_MODEL_PROVIDER", "anthropic")
    assert (read_settings().model_provider, read_settings().has_model) == ("anthropic", False)


def test_neither_the_models_key_nor_its_token_is_shown(monkeypatch):
    monkeypatch.setenv("ANTHROPIC_API_KEY", "hunter2")
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "hunter3")
    assert "hunter" not in f"{read_settings()!r} {read_settings()!s}"
    assert read_settings().model_key.get_secret_value() == "hunter2"


@pytest.mark.parametrize("url", ["http://localhost:4010", "http://127.0.0.1", "http://127.8.0.1:80/v1", "http://[::1]:4010"])
def test_a_gateway_on_this_machine_needs_no_encryption(monkeypatch, url):
    monkeypatch.setenv("ANTHROPIC_BASE_URL", url)
    assert read_settings().model_url == url


def test_a_gateway_elsewhere_may_do_without_encryption_where_somebody_says_so(monkeypatch):
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "http://gateway.internal:4000")
    monkeypatch.setenv("FRONTDESK_MODEL_PLAIN_HTTP", "true")
    assert read_settings().model_url == "http://gateway.internal:4000"


@pytest.mark.parametrize(
    ("name", "value", "hint"),
    [
        pytest.param("FRONTDESK_MODEL_PROVIDER", "openai", "anthropic, bedrock, vertex, none", id="a provider that is not served"),
        pytest.param("FRONTDESK_MODEL_PLAIN_HTTP", "perhaps", "true or false", id="neither yes nor no"),
        pytest.param("ANTHROPIC_API_KEY", "sk-ant 1", "without spaces", id="a key with a space"),
        pytest.param("ANTHROPIC_API_KEY", "sk-ant-1\n", "without spaces", id="a key with a line's end"),
        pytest.param("ANTHROPIC_AUTH_TOKEN", "t\u00f6ken", "without spaces", id="a token that no header takes"),
        pytest.param("ANTHROPIC_BASE_URL", "gateway.example.com", "such as https://", id="an address without its scheme"),
        pytest.param("ANTHROPIC_BASE_URL", "ftp://gateway.example.com", "such as https://", id="an address of another kind"),
        pytest.param("ANTHROPIC_BASE_URL", "https://:443", "such as https://", id="an address of nobody"),
        pytest.param("ANTHROPIC_BASE_URL", "https://gateway.example.com:99999", "such as https://", id="a port that does not exist"),
        pytest.param("ANTHROPIC_BASE_URL", "https://me:hunter2@gateway.example.com", "without user", id="an address with a password"),
        pytest.param("ANTHROPIC_BASE_URL", "http://gateway.example.com", "for this machine only", id="another machine without encryption"),
        pytest.param("ANTHROPIC_BASE_URL", "http://127.0.0.1.example.com", "for this machine only", id="a name that only looks like this machine"),
    ],
)
def test_a_wrong_setting_of_the_model_is_told_in_one_sentence_by_the_name_it_goes_by(monkeypatch, name, value, hint):
    monkeypatch.setenv(name, value)
    with pytest.raises(Misconfigured) as caught:
        read_settings()
    told = str(caught.value)
    assert told.startswith(f"{name} is set to something that cannot be used: set it to ")
    assert hint in told
    assert value not in told
    assert told.count("cannot be used") == 1


def test_every_problem_is_told_at_once(monkeypatch):
    monkeypatch.setenv("FRONTDESK_PORT", "x")
    monkeypatch.setenv("FRONTDESK_LOG_LEVEL", "y")
    with pytest.raises(Misconfigured, match=r"FRONTDESK_PORT .*FRONTDESK_LOG_LEVEL"):
        read_settings()
