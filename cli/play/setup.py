"""Setup: what the desk's process is told of a script before the first step."""

from __future__ import annotations

from typing import Any

from cli.play.places import seats, uses
from cli.play.script import Script
from cli.play.slack.cast import policy_of
from desk.policy_check import merged
from desk.space import Platform


def setup_of(script: Script) -> dict[str, Any]:
    """Return a script's tables and paths as JSON; people with the platforms on which they have a seat."""
    places = seats(script)
    setup: dict[str, Any] = {
        "start": script.start.isoformat(),
        "seed": script.seed,
        "knowledge": [str(path.resolve()) for path in script.knowledge],
        "model": str(script.model.resolve()) if script.model else "",
        "accounts": script.accounts,
        "people": [{**person, "platforms": [platform.value for platform in places[person["name"]]]} for person in script.people],
        "invoices": script.invoices,
        "channels": script.channels,
    }
    named = policy_of(setup) if uses(script, Platform.SLACK) else {}
    return {**setup, "policy": merged(named, script.policy)}
