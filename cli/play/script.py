"""Script: a conversation as TOML, read and checked before anything runs."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cli.play.keys import ACCOUNT, CHANNEL, INVOICE, PERSON, SCRIPT, SETUP, Keys
from cli.play.step import Step
from cli.play.verbs import STEP, VERBS
from desk.customer import Role, Trust
from desk.errors import InvalidInput
from desk.policy_check import merged, read_policy
from desk.space import ChannelKind, Platform
from escalation.calendars.days_off import with_days_off

Table = Mapping[str, Any]
SHIPPED = Path(__file__).resolve().parents[2] / "policy.toml"
LATEST = "latest"
AGENTS = "agents"
"""The internal channel that is made when the script has none."""


@dataclass(frozen=True, slots=True)
class Script:
    """A whole conversation. Tables are as written but complete: every channel has a kind, every person a role and a trust."""

    folder: Path
    start: datetime
    seed: int = 1
    knowledge: tuple[Path, ...] = ()
    policy: Table = field(default_factory=dict)
    model: Path | None = None
    """The replies of a scripted language model, None for the one that the environment configures, if any."""
    mail: bool = True
    """Mail can be sent."""
    message_content: bool = True
    """Discord lets the bot read what does not name it."""
    accounts: tuple[Table, ...] = ()
    people: tuple[Table, ...] = ()
    invoices: tuple[Table, ...] = ()
    channels: tuple[Table, ...] = ()
    steps: tuple[Step, ...] = ()

    def person(self, name: str) -> Table:
        """Return a person by name."""
        return next(person for person in self.people if person["name"] == name)

    def file(self, name: str) -> Path:
        """Return a path that the script names relative to itself."""
        return self.folder / name


def read_script(path: Path) -> Script:
    """Read and check a script; raise InvalidInput that names the step or table which is wrong."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidInput(f"{str(path)!r} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{str(path)!r} is not TOML: {error}") from error
    return _script(raw, path.resolve().parent)


def _script(raw: Table, folder: Path) -> Script:
    SCRIPT.check(raw, "the script")
    setup = raw.get("setup", {})
    SETUP.check(setup, "setup")
    people = _named(_tables(raw, setup, "people"), PERSON, "person")
    script = Script(
        folder=folder,
        start=_instant(setup.get("start", "2026-11-02T10:00:00Z")),
        seed=setup.get("seed", 1),
        knowledge=tuple(_existing(folder, name) for name in setup.get("knowledge", [])),
        policy=_policy(setup.get("policy", {}), "setup"),
        model=_model(folder, setup.get("model", "")),
        mail=setup.get("mail", True),
        message_content=setup.get("message_content", True),
        accounts=_accounts(_tables(raw, setup, "accounts"), people),
        people=tuple(map(_person, people)),
        invoices=_tables(raw, setup, "invoices"),
        channels=_channels(_named(_tables(raw, setup, "channels"), CHANNEL, "channel")),
        steps=tuple(_step(n, step) for n, step in enumerate(raw.get("step", []), 1)),
    )
    _check_references(script)
    _check_steps(script)
    return script


def check_policy(overrides: Table) -> None:
    """Raise PolicyError when these overrides do not make a whole policy."""
    with_days_off(read_policy(merged(tomllib.loads(SHIPPED.read_text(encoding="utf-8")), overrides)))


def _policy(overrides: Table, where: str) -> Table:
    try:
        check_policy(overrides)
    except InvalidInput as error:
        raise InvalidInput(f"{where}: policy {error}") from error
    return overrides


def _model(folder: Path, name: str) -> Path | None:
    if not name:
        return None
    from cli.play.model import read_model

    path = _existing(folder, name, where="setup: model")
    read_model(path)
    return path


def _tables(raw: Table, setup: Table, name: str) -> tuple[Table, ...]:
    rows = (*setup.get(name, ()), *raw.get(name, ()))
    if not all(isinstance(row, dict) for row in rows):
        raise InvalidInput(f"{name}: write tables, [[{name}]]")
    return rows


def _named(rows: Iterable[Table], keys: Keys, noun: str) -> tuple[Table, ...]:
    seen: set[str] = set()
    rows = tuple(rows)
    for n, row in enumerate(rows, 1):
        keys.check(row, f"{noun} {n}")
        if row["name"] in seen:
            raise InvalidInput(f"{noun} {n}: there are two named {row['name']!r}")
        seen.add(row["name"])
    return rows


def _accounts(rows: Iterable[Table], people: Iterable[Table]) -> tuple[Table, ...]:
    """Check accounts, and make those that only people name."""
    known = _named(rows, ACCOUNT, "account")
    names = {row["name"] for row in known}
    others = dict.fromkeys(person["account"] for person in people if person.get("account"))
    return (*known, *({"name": name} for name in others if name not in names))


def _person(row: Table) -> Table:
    role = _word(Role, row.get("role", "customer"), f"person {row['name']!r}: role")
    _word({trust.name.lower() for trust in Trust}, row.get("trust", "person"), f"person {row['name']!r}: trust")
    return {"trust": "person", **row, "role": role}


def _channels(rows: tuple[Table, ...]) -> tuple[Table, ...]:
    for row in rows:
        _word(ChannelKind, row["kind"], f"channel {row['name']!r}: kind")
        platform = _word(Platform, row.get("platform", "local"), f"channel {row['name']!r}: platform")
        if platform != Platform.DISCORD and ("forum" in row or "tags" in row):
            raise InvalidInput(f"channel {row['name']!r}: only Discord has forums with tags")
    made = () if any(row["kind"] == ChannelKind.INTERNAL for row in rows) else ({"name": AGENTS, "kind": "internal"},)
    return (*rows, *made)


def _step(n: int, raw: Any) -> Step:
    where = f"step {n}"
    if not isinstance(raw, dict):
        raise InvalidInput(f"{where}: write a table, [[step]]")
    where = f"{where} ({raw['id']!r})" if raw.get("id") else where
    STEP.check(raw, where)
    verb = next((verb for verb in VERBS if verb in raw), None)
    if verb is None:
        raise InvalidInput(f"{where}: it has no verb; write one of {', '.join(VERBS)}")
    VERBS[verb].keys.check(raw, where)
    return Step(n, verb, raw, str(raw.get("id", "")))


def _check_references(script: Script) -> None:
    """Raise when a table names an account or a person that is not there."""
    accounts, people = ({row["name"] for row in rows} for rows in (script.accounts, script.people))
    for row in script.invoices:
        INVOICE.check(row, f"invoice {row.get('number', '')!r}")
        _known(row["account"], accounts, f"invoice {row['number']!r}: account")
    for row in script.channels:
        needs = {"shared": ("account", accounts), "direct": ("person", people)}.get(row["kind"])
        if needs and not row.get(needs[0]):
            raise InvalidInput(f'channel {row["name"]!r}: a {row["kind"]} channel needs {needs[0]} = "..."')
        if needs:
            _known(row[needs[0]], needs[1], f"channel {row['name']!r}: {needs[0]}")


def _check_steps(script: Script) -> None:
    """Raise when a step names somebody, a channel or an earlier step that is not there."""
    people, channels = ({row["name"] for row in rows} for rows in (script.people, script.channels))
    seen: dict[str, Step] = {}
    for step in script.steps:
        _check_step(step, seen, people=people, channels=channels)
        _check_entry(step, script)
        if step.id in seen:
            raise InvalidInput(f"{step.label}: there is an earlier step with this id")
        if step.id:
            seen[step.id] = step
    for step in script.steps:
        for name in step.values.get("files", ()):
            _existing(script.folder, name, where=step.label)


def _check_step(step: Step, seen: Mapping[str, Step], *, people: set[str], channels: set[str]) -> None:
    if "who" in step.values:
        _known(step.values["who"], people, f"{step.label}: who")
    for key in ("channel", "joins"):
        if key in step.values:
            _known(step.values[key].lstrip("#"), channels, f"{step.label}: {key}")
    for key in ("reply_to", "on", "edits", "deletes"):
        if step.values.get(key, LATEST) != LATEST:
            _check_target(step, key, seen)
    if step.verb == "changes" and step.values["changes"] == "kb" and not all(isinstance(text, str) for text in step.values["set"].values()):
        raise InvalidInput(f'{step.label}: [step.set] for the kb is path = "text"')


def _check_entry(step: Step, script: Script) -> None:
    """Raise when a customer's step happens where customers are not: among the team, or in somebody else's direct messages."""
    name = step.values.get("channel", "").lstrip("#")
    channel = next((channel for channel in script.channels if channel["name"] == name), None)
    if channel is None or "who" not in step.values or script.person(step.values["who"])["role"] != Role.CUSTOMER:
        return
    if channel["kind"] == ChannelKind.INTERNAL or channel.get("person", step.values["who"]) != step.values["who"]:
        raise InvalidInput(f"{step.label}: {step.values['who']} is not in the {channel['kind']} channel {name!r}")


def _check_target(step: Step, key: str, seen: Mapping[str, Step]) -> None:
    target = step.values[key]
    _known(target, seen, f"{step.label}: {key}", noun="earlier step")
    if seen[target].verb != "says":
        raise InvalidInput(f"{step.label}: {key} = {target!r} is not a step that says something")


def _known(name: str, names: Iterable[str], where: str, noun: str = "one") -> None:
    if name not in (known := sorted(names)):
        raise InvalidInput(f"{where} = {name!r}: there is no such {noun}{'; known are ' + ', '.join(map(repr, known)) if known else ''}")


def _word(words: Iterable[str], value: str, where: str) -> str:
    if value not in (known := sorted(map(str, words))):
        raise InvalidInput(f"{where} = {value!r}: write one of {', '.join(known)}")
    return value


def _existing(folder: Path, name: str, where: str = "setup: knowledge") -> Path:
    path = folder / name
    if not path.exists():
        raise InvalidInput(f"{where}: there is no file or folder {name!r} beside the script")
    return path


def _instant(value: Any) -> datetime:
    try:
        instant = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        raise InvalidInput(f'setup: start = {value!r}: write an instant such as "2026-11-02T10:00:00Z"') from None
    return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)
