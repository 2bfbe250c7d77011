"""The command `play`, and the hidden one in which its desk runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.options import AsJson
from cli.output import print_value
from cli.start import run_async, settings


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(play)
    app.command("play-desk", hidden=True)(play_desk)


def play(
    script: Annotated[Path, typer.Argument(help="A conversation as TOML; demo/stories has some.", metavar="SCRIPT.toml")],
    keep: Annotated[bool, typer.Option("--keep", help="Keep the temporary home and say where it is.")] = False,
    as_json: AsJson = False,
) -> None:
    """Play a conversation through the whole desk, in an empty home and under a clock of its own, and print what was said and decided."""
    from cli.play.driver import play as perform
    from cli.play.script import read_script
    from cli.play.transcript import named, told

    dump, spots = run_async(perform(read_script(script), keep=keep))
    print_value(named(dump, spots), as_json=as_json, text=told)


def play_desk() -> None:
    """Be the desk of a play: acts come in on standard input."""
    from cli.play.desk import serve

    run_async(serve(settings()))
