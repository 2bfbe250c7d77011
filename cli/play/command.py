"""The command `play`, and the hidden one in which its desk runs."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cli.options import AsJson
from cli.output import print_value
from cli.start import run_async, settings
from desk.space import Platform


class Where(StrEnum):
    """The platforms that a play knows."""

    LOCAL = "local"
    SLACK = "slack"
    DISCORD = "discord"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(play)
    app.command("play-desk", hidden=True)(play_desk)


def play(
    script: Annotated[Path, typer.Argument(help="A conversation as TOML; demo/stories has some.", metavar="SCRIPT.toml")],
    keep: Annotated[bool, typer.Option("--keep", help="Keep the temporary home and say where it is.")] = False,
    on: Annotated[Where | None, typer.Option("--on", help="Put every channel and everybody on this platform.")] = None,
    as_json: AsJson = False,
) -> None:
    """Play a conversation through the whole desk, in an empty home and under a clock of its own, and print what was said and decided."""
    from cli.play.driver import play as perform
    from cli.play.places import moved
    from cli.play.script import read_script
    from cli.play.transcript import named, told

    told_as_written = read_script(script)
    dump, spots = run_async(perform(moved(told_as_written, Platform(on.value)) if on else told_as_written, keep=keep))
    print_value(named(dump, spots), as_json=as_json, text=told)


def play_desk() -> None:
    """Be the desk of a play: acts come in on standard input."""
    from cli.play.desk import serve

    run_async(serve(settings()))
