"""Policy by command: what is in force, who changed it, and changing it key by key."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime

from desk.cards import Block, Card, Field, Fields, Form, Header, Notes, Style, Text
from desk.changes import NOTHING, Changes
from desk.customer import TEAM, Role
from desk.errors import InvalidInput
from desk.events import CommandInvoked
from desk.layers import Override, PolicyVersion, Tables, back_to, is_below, leaves
from desk.ports import Query
from handlers.commands.changes import difference, set_policy, value_at
from handlers.commands.keys import LETTERS, checked, known, literal, short, shown, spoken, unquoted
from handlers.commands.reserved import guard
from handlers.commands.words import ADMINS, expected, near, only, without_reason
from handlers.services import Services
from handlers.times import brief

USAGE = "policy show|set|history|diff|revert"
WAYS = (
    "policy show [SECTION]",
    "policy set KEY VALUE [because REASON]",
    "policy history",
    "policy diff",
    "policy revert VERSION|KEY [because REASON]",
)
LINES, KEPT = 60, 12
"""Keys and versions that a card shows."""
WHOLE = 1000
"""Letters of the one value that a card is about."""
SHORTEST = 4
"""Digits that name a version."""
Verb = Callable[[CommandInvoked, Services, str], Awaitable[tuple[Card, Changes]]]


async def policy(event: CommandInvoked, services: Services) -> tuple[Card, Changes]:
    """See how the desk behaves, and change it.

    A key is written with dots, such as `answers.threshold`; a value is checked before it is set, and `because` says why.
    `diff` shows what is not as shipped, and by whom. `revert` goes back to a version of `history`, or takes away what commands set at a key.
    """
    verb, rest = _verb(event.text)
    if verb not in VERBS:
        raise expected("policy", list(VERBS), verb)
    run, roles = VERBS[verb]
    only(roles, event.role, f"policy {verb}")
    return await run(event, services, rest)


async def form(query: Query, services: Services) -> Form | None:
    """Return what `policy set` asks when it names no value: the key with what is set now."""
    verb, rest = _verb(query.subject)
    key, value, reason = spoken(rest)
    if verb != "set" or value:
        return None
    only(ADMINS, query.role, "policy set")
    tables = await services.policy.resolved()
    if key:
        known(key, tables)
    now = value_at(tables, key) if key else None
    named = () if key else (Field("key", "Key", note="With dots, such as answers.threshold; policy show lists them."),)
    asked = Field("value", "Value", "" if now is None else literal(now), lines=1 if len(literal(now)) <= LETTERS else 6, required=False)
    intro = f"{key} is {shown(now) or 'nothing'} now{await _whose(key, services)}." if key else ""
    return Form(
        f"Set {key}"[:60] if key else "Set a policy key", (*named, asked, Field("reason", "Why?", reason, required=False)), "Set", intro=intro
    )


async def check(query: Query, values: Mapping[str, str], services: Services) -> Mapping[str, str]:
    """Return the checker's sentence for a value that would be wrong."""
    key, _, _ = spoken(_verb(query.subject)[1])
    try:
        await checked(key or values.get("key", ""), values.get("value", ""), services)
    except InvalidInput as error:
        return {"value": str(error)}
    return {}


async def _show(event: CommandInvoked, services: Services, rest: str) -> tuple[Card, Changes]:
    tables, key = await services.policy.resolved(), unquoted(rest)
    version = (await services.policy.current()).version
    if not key:
        return Card((Header("Policy", f"version {version}"), Notes("Sections", await _sections(tables, services)), Text(MORE, Style.QUIET))), NOTHING
    known(key, tables)
    found = value_at(tables, key)
    if not isinstance(found, Mapping):
        return Card((Header(key, f"version {version}"), Fields(await _layers(key, services)))), NOTHING
    lines = [f"{path} = {shown(value)}" for path, value in leaves(found, f"{key}.")]
    return Card((Header(key, f"{len(lines)} keys"), Notes("In force", _some(lines)))), NOTHING


async def _set(event: CommandInvoked, services: Services, rest: str) -> tuple[Card, Changes]:
    key, value, reason = spoken(rest)
    if event.form:
        key, value, reason = key or unquoted(event.form.get("key", "")), event.form.get("value", ""), event.form.get("reason", "")
    if not key:
        raise InvalidInput("Write a key and a value: `/frontdesk policy set answers.threshold 0.7 because we saw no mistakes`.")
    return await set_policy(event, {key: await checked(key, value, services)}, services, reason=reason)


async def _history(event: CommandInvoked, services: Services, rest: str) -> tuple[Card, Changes]:
    versions, zone, now = await services.policy.versions(), (await services.policy.current()).hours.zone, services.clock.now()
    force = (await services.policy.current()).version
    entries = [(v.at, f"{v.version}{' (in force)' if v.version == force else ''}  {v.by}: {v.reason}") for v in versions]
    # A change back to what was before makes no new version, and is told all the same.
    entries += [(at, f"no new version  {by}: {reason}") for at, by, reason in _returns(versions, await services.policy.history())]
    lines = [f"{brief(at, now=now, zone=zone)}  {said}" for at, said in sorted(entries, reverse=True)]
    more = (Text(f"and {len(lines) - KEPT} earlier ones", Style.QUIET),) if len(lines) > KEPT else ()
    return Card((Header("Versions of the policy", str(len(versions))), Notes("Newest first", tuple(map(short, lines[:KEPT]))), *more)), NOTHING


async def _diff(event: CommandInvoked, services: Services, rest: str) -> tuple[Card, Changes]:
    by = {override.path: override for override in await services.policy.overrides()}
    found = await services.policy.diff()
    filed = [
        f"{each.path}: {shown(each.file)} (shipped {shown(each.shipped) or 'nothing'})" for each in found if each.file not in (None, each.shipped)
    ]
    given = [
        f"{each.path}: {shown(each.override)} (shipped {shown(each.shipped) or 'nothing'}), by {by[each.path].by}: {by[each.path].reason}"
        for each in found
        if each.override not in (None, each.shipped)
    ]
    blocks: list[Block] = [Header("Not as shipped", str(len(found)))]
    blocks += [Notes(title, _some(lines)) for title, lines in (("By command", given), ("By policy.toml", filed)) if lines]
    return Card(tuple(blocks) if len(blocks) > 1 else (Text("Nothing differs from the shipped policy."),)), NOTHING


async def _revert(event: CommandInvoked, services: Services, rest: str) -> tuple[Card, Changes]:
    wanted, reason = without_reason(rest)
    key = unquoted(wanted)
    if not key:
        raise InvalidInput(
            "Write a version of `/frontdesk policy history`, or a key that a command set: `/frontdesk policy revert answers.threshold`."
        )
    overrides = await services.policy.overrides()
    if any(is_below(override.path, key) for override in overrides):
        return await set_policy(event, {key: None}, services, reason=reason or f"policy revert {key}")
    return await _back(event, _version(key, overrides, await services.policy.versions()), services, reason)


async def _back(event: CommandInvoked, version: PolicyVersion, services: Services, reason: str) -> tuple[Card, Changes]:
    """Go back to a version that was in force, by what commands set: the policy file stays as it is."""
    if version.version == (await services.policy.current()).version:
        raise InvalidInput(f"Version {version.version} is in force now.")
    paths = [override.path for override in await services.policy.overrides()]
    now = await services.policy.resolved()
    found, stay = back_to(version.resolved, beneath=await services.policy.beneath(), overrides=paths)
    # A pause is no setting: going back must neither end one nor begin an old one again.
    values = {path: value for path, value in found.items() if not is_below(path, "paused")}
    if not values:
        newer = f": {short(', '.join(stay))}" if stay else ""
        raise InvalidInput(f"Commands can take nothing back here: what differs is a pause, or newer keys of policy.toml{newer}.")
    guard(now, version.resolved)
    then = {path: value_at(version.resolved, path) for path in values}
    said = [difference(path, value_at(now, path), then[path]) for path in values if value_at(now, path) != then[path]]
    head = f"back to version {version.version}"
    card, changes = await set_policy(event, values, services, reason=reason or f"policy revert {version.version}", said=(head, *said[:LINES]))
    left = (Text(f"These keys are newer than that version, and stay as policy.toml has them: {short(', '.join(stay))}", Style.QUIET),) if stay else ()
    return Card((*card.blocks, *left)), changes


def _returns(versions: Sequence[PolicyVersion], changes: Sequence[Override]) -> list[tuple[datetime, str, str]]:
    """Return the changes by command that made no version of their own: when, by whom and why, each once."""
    made = {(version.at, version.by) for version in versions}
    return list(dict.fromkeys((change.at, change.by, change.reason) for change in changes if (change.at, change.by) not in made))


def _version(word: str, overrides: Sequence[Override], versions: Sequence[PolicyVersion]) -> PolicyVersion:
    found = [version for version in versions if len(word) >= SHORTEST and version.version.startswith(word.lower())]
    if len(found) == 1:
        return found[0]
    if found:
        raise InvalidInput(f"{len(found)} versions begin with {word!r}: write more of it.")
    meant = near(word, [override.path for override in overrides])
    hint = f": did you mean {meant}?" if meant else "; `/frontdesk policy history` and `policy diff` list them."
    raise InvalidInput(f"Nothing was set at {word!r} by command, and there was no such version{hint}")


async def _sections(tables: Tables, services: Services) -> tuple[str, ...]:
    changed = [item.path for item in await services.policy.diff()]

    def line(section: str) -> str:
        content = tables[section]
        keys = len(list(leaves(content))) if isinstance(content, Mapping) else 1
        differing = sum(is_below(path, section) for path in changed)
        return f"{section}: {keys} key{'s' * (keys != 1)}{f', {differing} not as shipped' if differing else ''}"

    return tuple(map(line, tables))


async def _layers(key: str, services: Services) -> tuple[tuple[str, str], ...]:
    """Return what each layer says at a key."""
    now = value_at(await services.policy.resolved(), key)
    pairs = [("In force", shown(now, most=WHOLE))]
    if item := next((item for item in await services.policy.diff() if item.path == key), None):
        layers = (("Shipped", item.shipped), ("policy.toml", item.file))
        pairs += [(layer, shown(value)) for layer, value in layers if value is not None]
    if override := next((item for item in await services.policy.overrides() if item.path == key), None):
        pairs.append(("By command", f"{override.by}, on {override.at:%Y-%m-%d}: {override.reason}"))
    return tuple(pairs)


async def _whose(key: str, services: Services) -> str:
    found = next((item for item in await services.policy.overrides() if item.path == key), None)
    return f", set by {found.by}: {found.reason}" if found else ""


def _verb(text: str) -> tuple[str, str]:
    _, _, rest = text.strip().partition(" ")
    verb, _, rest = rest.strip().partition(" ")
    return verb.lower() or "show", rest.strip()


def _some(lines: Sequence[str]) -> tuple[str, ...]:
    return (*lines[:LINES], *((f"and {len(lines) - LINES} more",) if len(lines) > LINES else ()))


MORE = "`/frontdesk policy show SECTION` lists its keys, `policy show KEY` says what each layer has there."
VERBS: Mapping[str, tuple[Verb, frozenset[Role]]] = {
    "show": (_show, TEAM),
    "set": (_set, ADMINS),
    "history": (_history, TEAM),
    "diff": (_diff, TEAM),
    "revert": (_revert, ADMINS),
}
"""What follows `policy`, and who may say it."""
