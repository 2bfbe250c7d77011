"""Policy on the command line: what is in force, what was changed, and whether a file is right."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from cli.options import AsJson
from cli.output import print_value
from cli.start import records, run_async


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(help="See and check the policy.", no_args_is_help=True)
    group.command()(show)
    group.command()(diff)
    group.command()(check)
    app.add_typer(group, name="policy")


def show(version: Annotated[str, typer.Option(help="One that was in force, as decisions name it.")] = "", as_json: AsJson = False) -> None:
    """Show the policy in force, or one that was: what is shipped, with your file and the commands of admins on top."""
    print_value(run_async(_show(version)), as_json=as_json, text=_listed)


def diff(as_json: AsJson = False) -> None:
    """Show every key that differs from the shipped one, and who changed it: your file or a command."""
    print_value(run_async(_diff()), as_json=as_json, text=_compared)


def check(file: Annotated[Path, typer.Argument(help="A policy.toml.", exists=True, dir_okay=False)], as_json: AsJson = False) -> None:
    """Check a policy file without using it; every problem is told with its line."""
    found = {"file": str(file), "version": run_async(checked(file))}
    print_value(found, as_json=as_json, text=lambda found: f"{found['file']} is right; it makes version {found['version']}.")


async def _show(version: str) -> dict[str, Any]:
    from desk.errors import InvalidInput

    async with records() as kept:
        version = version or (await kept.policy.current()).version
        found = await kept.overrides.version(version)
        if found is None:
            raise InvalidInput(f"no policy of version {version!r} was ever in force here")
        return {"version": version, **found.resolved}


async def _diff() -> list[dict[str, Any]]:
    async with records() as kept:
        return [difference._asdict() for difference in await kept.policy.diff()]


async def checked(file: Path) -> str:
    """Return the version that a policy file makes; raise Misconfigured with the line of each mistake in it."""
    from bootstrap import SHIPPED
    from desk.layers import Override, PolicyVersion
    from escalation.calendars.days_off import with_days_off
    from store.overrides import SqlOverrides
    from store.policy import FilePolicySource

    class NoOverrides(SqlOverrides):
        """What commands set does not matter for a file on its own."""

        def __init__(self) -> None:
            pass

        async def number(self) -> int:
            return 0

        async def current(self) -> tuple[Override, ...]:
            return ()

        async def history(self) -> tuple[Override, ...]:
            return ()

        async def remember(self, version: PolicyVersion) -> None:
            pass

    return (await FilePolicySource(SHIPPED, file, NoOverrides(), complete=with_days_off).current()).version


def _listed(found: dict[str, Any]) -> str:
    return "\n".join(f"{path} = {value!r}" for path, value in _flat(found))


def _flat(table: dict[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    rows: list[tuple[str, Any]] = []
    for key, value in table.items():
        rows += _flat(value, f"{prefix}{key}.") if isinstance(value, dict) and value else [(f"{prefix}{key}", value)]
    return rows


def _compared(rows: list[dict[str, Any]]) -> str:
    def line(row: dict[str, Any]) -> str:
        changes = "".join(f", {layer} {row[layer]!r}" for layer in ("file", "override") if row[layer] is not None)
        return f"{row['path']}: shipped {row['shipped']!r}{changes}"

    return "\n".join(map(line, rows)) or "Nothing differs from the shipped policy."
