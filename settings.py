"""Settings: where state lives and what is listened on, read once from the environment."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError, ValidationInfo
from pydantic_settings import BaseSettings, SettingsConfigDict

from desk.errors import Misconfigured

PREFIX = "FRONTDESK_"
LEVELS = ("debug", "info", "warning", "error")
TOKEN = re.compile(r"[!-~]{16,}")
"""Long enough that guessing it is hopeless; a header takes no other characters."""
NAMES = re.compile(r"[\w.-]+(\s*,\s*[\w.-]+)*")
DATABASES = ("sqlite", "postgresql")
KEY = re.compile(r"[!-~]+")
"""What fits into a header: a key that was pasted with spaces or with a line's end does not."""
SLACK_TOKENS = {"slack_bot_token": "xoxb-", "slack_app_token": "xapp-"}
"""What Slack's tokens begin with."""
SNOWFLAKE = re.compile(r"\d{17,20}")
"""An id of Discord's."""
ADDRESS = re.compile(r"[^@\s<>]+@[^@\s<>]+")
PROVIDERS = ("anthropic", "bedrock", "vertex", "none")
VARIABLES = {"model_key": "ANTHROPIC_API_KEY", "model_token": "ANTHROPIC_AUTH_TOKEN", "model_url": "ANTHROPIC_BASE_URL"}
"""Settings that go by the name which the vendor's own tools use."""
HINTS = {
    "home": "a folder that you may write to, such as ~/.local/share/frontdesk",
    "database_url": "sqlite:////path/to/file or postgresql://user:password@host/name, or leave it unset for SQLite in FRONTDESK_HOME",
    "policy": "the path of a policy.toml that exists, or leave it unset",
    "host": "an address to listen on, such as 127.0.0.1",
    "port": "a number from 0 (any free port) to 65535, such as 8080",
    "token": "at least 16 letters, digits or signs that nobody can guess, such as what `openssl rand -hex 24` prints",
    "qdrant_url": "the address of a Qdrant server, such as http://127.0.0.1:6333, or leave it unset for an index in FRONTDESK_HOME",
    "embedder": "a folder with a text model as transformers saves it, or leave it unset for the model that ships",
    "reranker": "a folder with a cross encoder as transformers saves it, or leave it unset for none",
    "allowed_hosts": "the names people open the page by, with commas between them and without ports, such as desk.example.com",
    "heartbeat_url": "an address that is asked every minute, such as https://health.example.com/ping/ID; http:// is for this machine only",
    "log_level": "one of " + ", ".join(LEVELS),
    "slack_bot_token": "the Bot User OAuth Token of your Slack app, which begins with xoxb-",
    "slack_app_token": "an app-level token of your Slack app with connections:write, which begins with xapp-, or leave it unset for HTTP",
    "slack_signing_secret": "the signing secret of your Slack app as its Basic Information page shows it",
    "slack_url": "the address of Slack's Web API, such as https://slack.com/api/, or leave it unset; http:// is for this machine only",
    "discord_token": "the token on the Bot page of your Discord application, or leave it unset where nobody writes on Discord",
    "discord_guild": "the id of your Discord server, a number of 17 to 20 digits, or leave it unset where the bot is in one server only",
    "discord_url": "the address of Discord's API, such as https://discord.com/api/v10, or leave it unset; http:// is for this machine only",
    "discord_shards": "which shards this process serves and of how many, such as 0,1/4, or leave it unset",
    "smtp_url": "smtps://user:password@mail.example.com:465 or smtp://user:password@mail.example.com:587, or leave it unset to send no mail",
    "smtp_from": "the address that mail is sent from, such as support@example.com",
    "model_provider": "one of " + ", ".join(PROVIDERS) + ", or leave it unset to use Anthropic where there is a key",
    "model_key": "the key as the vendor shows it, without spaces or quotes",
    "model_token": "the token as your gateway shows it, without spaces or quotes",
    "model_url": (
        "the address of a gateway that speaks Anthropic's API, such as https://models.example.net, without user, password or query; "
        "http:// is for this machine only, unless FRONTDESK_MODEL_PLAIN_HTTP is true"
    ),
    "model_plain_http": "true or false",
}


def default_home() -> Path:
    """Return the folder for state when FRONTDESK_HOME is not set, by the XDG rules."""
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "frontdesk"


def _absolute(path: Path) -> Path:
    return path.expanduser().absolute()


def _database(url: SecretStr) -> SecretStr:
    scheme = url.get_secret_value().partition(":")[0].partition("+")[0]
    if url.get_secret_value() and scheme not in DATABASES:
        raise ValueError("unknown database")
    return url


def _file(path: Path | None) -> Path | None:
    if path and not _absolute(path).is_file():
        raise ValueError("no such file")
    return path and _absolute(path)


def _folder(path: Path | None) -> Path | None:
    if path and not _absolute(path).is_dir():
        raise ValueError("no such folder")
    return path and _absolute(path)


def _web(url: SecretStr) -> SecretStr:
    if url.get_secret_value() and not re.fullmatch(r"https?://\S+", url.get_secret_value()):
        raise ValueError("not an address")
    return url


def _token(token: SecretStr) -> SecretStr:
    if token.get_secret_value() and not TOKEN.fullmatch(token.get_secret_value()):
        raise ValueError("not a token")
    return token


def _names(text: str) -> str:
    if text and not NAMES.fullmatch(text.strip()):
        raise ValueError("not a list of names")
    return text


def _key(key: SecretStr) -> SecretStr:
    if key.get_secret_value() and not KEY.fullmatch(key.get_secret_value()):
        raise ValueError("not a key")
    return key


def _slack_token(token: SecretStr, info: ValidationInfo) -> SecretStr:
    if token.get_secret_value() and not (KEY.fullmatch(token.get_secret_value()) and token.get_secret_value().startswith(_beginning(info))):
        raise ValueError("not such a token")
    return token


def _beginning(info: ValidationInfo) -> str:
    return SLACK_TOKENS[str(info.field_name)]


def _api_url(url: str) -> str:
    parts = urlsplit(url)
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or parts.username
        or parts.query
        or (parts.scheme == "http" and not _is_here(parts))
    ):
        raise ValueError("not an address")
    return url.rstrip("/") + "/"


def _snowflake(id: str) -> str:
    if id and not SNOWFLAKE.fullmatch(id):
        raise ValueError("not an id")
    return id


def _shards(text: str) -> str:
    if text:
        named, _, count = text.partition("/")
        ids = [int(id) for id in named.split(",")]
        if not ids or len(set(ids)) < len(ids) or not all(0 <= id < int(count) for id in ids):
            raise ValueError("not shards")
    return text


def _smtp(url: SecretStr) -> SecretStr:
    parts = urlsplit(url.get_secret_value())
    # A port that is none raises by itself. What follows it is the rest of a password that was not escaped.
    rest = parts.path.strip("/") or parts.query or parts.fragment
    if url.get_secret_value() and (parts.scheme not in ("smtp", "smtps") or not parts.hostname or rest or parts.port == 0):
        raise ValueError("not an address")
    return url


def _sender(address: str) -> str:
    if address and not ADDRESS.fullmatch(address):
        raise ValueError("not an address")
    return address


def _heartbeat(url: SecretStr) -> SecretStr:
    parts = urlsplit(url.get_secret_value())
    if url.get_secret_value() and not (parts.hostname and (parts.scheme == "https" or (parts.scheme == "http" and _is_here(parts)))):
        raise ValueError("not an address")
    return url


def _gateway(url: str, info: ValidationInfo) -> str:
    parts = urlsplit(url)
    if url and (parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query or parts.port == 0):
        raise ValueError("not an address")
    # The key and what customers write would cross the network for everybody to read.
    if parts.scheme == "http" and not _is_here(parts) and not info.data.get("model_plain_http"):
        raise ValueError("not encrypted")
    return url


def _is_here(parts: SplitResult) -> bool:
    host = parts.hostname or ""
    return host in ("localhost", "::1") or bool(re.fullmatch(r"127(\.\d{1,3}){3}", host))


def _provider(word: str) -> str:
    if word.lower() not in PROVIDERS:
        raise ValueError("unknown provider")
    return word.lower()


def _by_credentials(known: dict[str, Any]) -> str:
    secrets = (known["model_key"].get_secret_value(), known["model_token"].get_secret_value())
    return "anthropic" if any(secrets) or known["model_url"] else "none"


def _level(word: str) -> str:
    if word.lower() not in LEVELS:
        raise ValueError("unknown level")
    return word.lower()


class Settings(BaseSettings):
    """What the environment says. Addresses with passwords are secret: they print as asterisks."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore", env_ignore_empty=True, populate_by_name=True)

    home: Annotated[Path, AfterValidator(_absolute)] = Field(default_factory=default_home)
    database_url: Annotated[SecretStr, AfterValidator(_database)] = SecretStr("")
    """Empty for SQLite in the home."""
    policy: Annotated[Path | None, AfterValidator(_file)] = None
    qdrant_url: Annotated[SecretStr, AfterValidator(_web)] = SecretStr("")
    """Empty for an index in the home."""
    qdrant_api_key: SecretStr = SecretStr("")
    embedder: Annotated[Path | None, AfterValidator(_folder)] = None
    """None for the model that ships."""
    reranker: Annotated[Path | None, AfterValidator(_folder)] = None
    host: str = Field(default="127.0.0.1", min_length=1)
    port: int = Field(default=8080, ge=0, le=65535)
    token: Annotated[SecretStr, AfterValidator(_token)] = SecretStr("")
    """What the page asks for; empty for none, and then only this machine reaches it."""
    allowed_hosts: Annotated[str, AfterValidator(_names)] = ""
    log_level: Annotated[str, AfterValidator(_level)] = "warning"
    heartbeat_url: Annotated[SecretStr, AfterValidator(_heartbeat)] = SecretStr("")
    """Asked every minute while the desk works, so that whoever misses it knows that it does not; empty for nobody."""
    model_plain_http: bool = False
    """Allows a gateway of a language model on another machine to be reached without encryption."""
    model_key: Annotated[SecretStr, AfterValidator(_key)] = Field(SecretStr(""), validation_alias=VARIABLES["model_key"])
    model_token: Annotated[SecretStr, AfterValidator(_key)] = Field(SecretStr(""), validation_alias=VARIABLES["model_token"])
    model_url: Annotated[str, AfterValidator(_gateway)] = Field("", validation_alias=VARIABLES["model_url"])
    """Empty for the vendor's own address."""
    model_provider: Annotated[str, AfterValidator(_provider)] = Field(default_factory=_by_credentials)
    """Who serves the language model: anthropic, bedrock, vertex, or none. Unless it is named, anthropic where the environment has a key for it."""

    slack_bot_token: Annotated[SecretStr, AfterValidator(_slack_token)] = SecretStr("")
    """Empty where nobody writes in Slack."""
    slack_app_token: Annotated[SecretStr, AfterValidator(_slack_token)] = SecretStr("")
    """With it events come over Socket Mode, without it over HTTP."""
    slack_signing_secret: Annotated[SecretStr, AfterValidator(_key)] = SecretStr("")
    slack_url: Annotated[str, AfterValidator(_api_url)] = "https://slack.com/api/"

    @property
    def has_slack(self) -> bool:
        """Tell whether there is a Slack workspace to connect to."""
        return bool(self.slack_bot_token.get_secret_value())

    discord_token: Annotated[SecretStr, AfterValidator(_key)] = SecretStr("")
    """Empty where nobody writes on Discord."""
    discord_guild: Annotated[str, AfterValidator(_snowflake)] = ""
    """The home server; empty where the bot is in one only."""
    discord_url: Annotated[str, AfterValidator(_api_url)] = "https://discord.com/api/v10/"
    discord_shards: Annotated[str, AfterValidator(_shards)] = ""
    """The shards this process serves, and of how many: `0,1/4`. Empty for as many as Discord says."""

    smtp_url: Annotated[SecretStr, AfterValidator(_smtp)] = SecretStr("")
    """Where one-time codes are mailed through; empty where an admin links people."""
    smtp_from: Annotated[str, AfterValidator(_sender)] = ""

    @property
    def has_discord(self) -> bool:
        """Tell whether there is a Discord server to connect to."""
        return bool(self.discord_token.get_secret_value())

    @property
    def has_mail(self) -> bool:
        """Tell whether mail can be sent."""
        return bool(self.smtp_url.get_secret_value() and self.smtp_from)

    @property
    def policy_file(self) -> Path:
        """Return the operator's policy.toml: the one that was named, else the home's own, which need not exist yet."""
        return self.policy or self.home / "policy.toml"

    @property
    def in_postgres(self) -> bool:
        """Tell whether tickets, articles and events are in Postgres rather than in files of the home."""
        return self.database_url.get_secret_value().startswith("postgresql")

    @property
    def has_model(self) -> bool:
        """Tell whether there is a language model to ask; Bedrock and Vertex have credentials of their own."""
        return self.model_provider in ("bedrock", "vertex") or (self.model_provider == "anthropic" and _by_credentials(dict(self)) == "anthropic")

    @property
    def hosts(self) -> frozenset[str]:
        """Return the names that the page may be opened by, besides this machine's own."""
        return frozenset({self.host.lower(), *(name.strip().lower() for name in self.allowed_hosts.split(",") if name.strip())})


def read_settings(**given: Any) -> Settings:
    """Read the environment; `given` wins over it. Raise Misconfigured with one sentence a problem."""
    try:
        return Settings(**given)
    except ValidationError as error:
        # A default that rests on a setting which is wrong is no problem of its own.
        problems = [problem for problem in error.errors() if problem["type"] != "default_factory_not_called"]
        raise Misconfigured(" ".join(map(_sentence, problems))) from None


def variable(setting: str) -> str:
    """Return the environment variable of a setting."""
    return VARIABLES.get(setting, PREFIX + setting.upper())


def home_is_set(environment: Mapping[str, str] = os.environ) -> bool:
    """Tell whether somebody named the home, so that no default may replace it."""
    return bool(environment.get(PREFIX + "HOME"))


def _sentence(problem: Any) -> str:
    told = str(problem["loc"][0])
    name = next((name for name, known in VARIABLES.items() if known == told), told.lower())
    return f"{variable(name)} is set to something that cannot be used: set it to {HINTS[name]}."
