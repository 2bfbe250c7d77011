"""Manifest: what a chat platform is told of the app when it is installed there."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Annotated, Any

import typer

from desk.errors import InvalidInput

Name = Annotated[str, typer.Option(help="What the app is called there.")]
Url = Annotated[str, typer.Option(help="The desk's public address, for events over HTTP; without it they come over Socket Mode.")]
Groups = Annotated[bool, typer.Option(help="Take teammates from user groups too; leave them out without a paid plan.")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(manifest)


def manifest(platform: str, name: Name = "Frontdesk", url: Url = "", user_groups: Groups = True) -> None:
    """Print the app manifest of a platform (slack), to paste where an app is created."""
    if platform not in PLATFORMS:
        raise InvalidInput(f"there is no manifest for {platform!r}: choose {' or '.join(PLATFORMS)}")
    print(json.dumps(PLATFORMS[platform](name, url, user_groups), indent=2))


def _slack(name: str, url: str, user_groups: bool) -> dict[str, Any]:
    from bot.slack.manifest import manifest as drawn

    return drawn(name=name, url=url, user_groups=user_groups)


PLATFORMS: dict[str, Callable[[str, str, bool], dict[str, Any]]] = {"slack": _slack}
"""The platforms that an app is installed on."""
