"""Actions: what policy lets the desk do for customers, what was done, and taking it back."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import AsJson
from cli.output import print_value, say
from cli.shapes import instant
from cli.start import records, run_async

if TYPE_CHECKING:
    from desk.runs import ActionRun, RunId
    from desk.selfservice import SelfService
    from desk.store import Store

BY = "the command line"
Most = Annotated[int, typer.Option("--last", min=0, help="How many of the latest runs are shown.")]


def register(app: typer.Typer) -> None:
    """Add the group; without a subcommand it lists."""
    group = typer.Typer(help="See what may be done for customers and what was done, and take it back.", invoke_without_command=True)
    group.callback()(_by_default)
    group.command("list")(show)
    group.command("undo")(undo)
    app.add_typer(group, name="actions")


def _by_default(context: typer.Context, last: Most = 20, as_json: AsJson = False) -> None:
    if context.invoked_subcommand is None:
        show(last, as_json)


def show(last: Most = 20, as_json: AsJson = False) -> None:
    """List the declared actions and the latest runs."""
    print_value(run_async(_show(last)), as_json=as_json, text=_told)


def undo(run: Annotated[str, typer.Argument(help="A run's id, or the beginning of one.")], as_json: AsJson = False) -> None:
    """Have what was done taken back, once, at the address that policy names; the server on this home does it."""
    print_value(run_async(_undo(run)), as_json=as_json, text=lambda made: f"{made['action']} is going to be undone as {made['id']}.")
    say("It is done by the server that runs on this home, within a second or at its next start.")


async def _show(last: int) -> dict[str, Any]:
    async with records() as kept:
        policy = await kept.policy.current()
        runs = list(await kept.store.runs())
        return {"actions": [_declared(action, os.environ) for action in policy.actions], "runs": [_run(run) for run in runs[::-1][:last]]}


async def _undo(name: str) -> dict[str, Any]:
    from desk.changes import QueueRun, write
    from desk.ids import EventId, derived
    from handlers.undoing import taking_back
    from runtime import SystemClock

    now = SystemClock().now()
    async with records() as kept:
        run = await _named(name, kept.store)
        back = await taking_back(run, kept.store, await kept.policy.current(), by=None, by_name=BY, at=now)
        await kept.store.commit(EventId(derived("ev", "undo", run)), write(QueueRun(back)), at=now)
        return _run(back)


async def _named(name: str, store: Store) -> RunId:
    from desk.errors import InvalidInput

    found = [run.id for run in await store.runs() if not run.undoes and (run.id.startswith(name) or run.id.removeprefix("run-").startswith(name))]
    if len(found) == 1 or name in found:
        return found[0] if len(found) == 1 else next(id for id in found if id == name)
    if found:
        raise InvalidInput(f"{len(found)} runs begin with {name!r}: write more of the id, such as {found[0]!r}")
    raise InvalidInput(f"there is no run {name!r}; `frontdesk actions` lists them")


def _declared(action: SelfService, environment: Mapping[str, str]) -> dict[str, Any]:
    return {
        "name": action.name,
        "when": action.when,
        "run": action.run,
        "effect": action.effect.value,
        "confirm": action.confirm.value,
        "trust": action.trust.name.lower(),
        "audience": action.audience,
        "parameters": [{"name": p.name, "kind": p.kind.value, "source": p.source, "choices": list(p.choices)} for p in action.parameters],
        "limits": {"person": action.limits.person, "all": action.limits.all, "within": action.limits.within.total_seconds()},
        "undo": bool(action.undo),
        "secret": action.secret or None,
        "ready": not action.secret or bool(environment.get(action.secret)),
    }


def _run(run: ActionRun) -> dict[str, Any]:
    return {
        "id": run.id,
        "at": instant(run.at),
        "action": run.request.action,
        "parameters": dict(run.request.parameters),
        "ticket": run.ticket,
        "draft": run.draft,
        "status": run.status.value,
        "finished": instant(run.finished),
        "attempts": run.attempts,
        "by": run.by_name or None,
        "result": run.result,
        "undoes": run.undoes,
    }


def _told(found: dict[str, Any]) -> str:
    actions = [_line(action) for action in found["actions"]] or ["No action is declared: see [[actions]] in docs/actions.md."]
    runs = [_row(run) for run in found["runs"]] or ["Nothing was done yet."]
    return "\n".join([*actions, "", *runs])


def _line(action: dict[str, Any]) -> str:
    parts = [action["name"], action["run"], action["effect"], f"confirm {action['confirm']}", f"trust {action['trust']}"]
    return "  ".join([*parts, *([] if action["ready"] else [f"(!) {action['secret']} is not set: its calls will fail"])])


def _row(run: dict[str, Any]) -> str:
    from desk.selfservice import described

    name = described(run["action"], tuple(run["parameters"].items()))
    what = f"undo of {run['undoes']}" if run["undoes"] else name
    by = f"by {run['by']}" if run["by"] else ""
    return "  ".join(filter(None, (run["id"], run["at"], run["status"], what, f"ticket {run['ticket']}", by, run["result"])))
