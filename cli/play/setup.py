"""Setup: what the desk's process is told of a script before the first step."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any

from cli.play.discord import cast as discord
from cli.play.places import seats, uses
from cli.play.script import Script
from cli.play.slack import cast as slack
from desk.policy_check import merged
from desk.space import Platform

Table = Mapping[str, Any]
POLICIES = {Platform.SLACK: slack.policy_of, Platform.DISCORD: discord.policy_of}
"""What a policy says of a script's team on each platform outside."""


def setup_of(script: Script) -> dict[str, Any]:
    """Return a script's tables and paths as JSON; people with the platforms on which they have a seat."""
    places = seats(script)
    setup: dict[str, Any] = {
        "start": script.start.isoformat(),
        "seed": script.seed,
        "knowledge": [str(path.resolve()) for path in script.knowledge],
        "model": str(script.model.resolve()) if script.model else "",
        "mail": script.mail,
        "message_content": script.message_content,
        "accounts": script.accounts,
        "people": [{**person, "platforms": [platform.value for platform in places[person["name"]]]} for person in script.people],
        "invoices": script.invoices,
        "channels": script.channels,
    }
    named = [policy_of(setup) for platform, policy_of in POLICIES.items() if uses(script, platform)]
    return {**setup, "policy": merged(reduce(_both, named, {}), script.policy)}


def _both(one: Table, other: Table) -> dict[str, Any]:
    """Return two policies as one whose lists have what either has."""
    sections = {name: {**one.get(name, {}), **other.get(name, {})} for name in (*one, *other)}
    return {
        name: {word: [*one.get(name, {}).get(word, ()), *other.get(name, {}).get(word, ())] for word in section} for name, section in sections.items()
    }
