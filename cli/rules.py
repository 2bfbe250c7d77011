"""Rules on the command line: what each does, and what others would have done in the past."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import AsJson
from cli.output import print_value
from cli.policy import checked
from cli.start import records, run_async

if TYPE_CHECKING:
    from desk.policy import Policy
    from escalation.case import Case
    from escalation.kept import Pairs
    from escalation.tried import Firing, Read, Tried
    from runtime import Records

Shape = dict[str, Any]
MOST = 20
"""Tickets of one rule that are listed as text; JSON has them all."""


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(help="See the escalation rules, and try others on the past.", no_args_is_help=True)
    group.command(name="list")(list_)
    group.command(name="try")(try_)
    app.add_typer(group, name="rules")


def list_(as_json: AsJson = False) -> None:
    """List the rules: what each is about, what it does, and how loud it is."""
    print_value(run_async(_listed()), as_json=as_json, text=_lines)


def try_(
    file: Annotated[Path, typer.Argument(help="A policy.toml; what it does not name stays as it is now.", exists=True, dir_okay=False)],
    since: Annotated[str, typer.Option(help="How far back, such as 30d.")] = "30d",
    as_json: AsJson = False,
) -> None:
    """Say who would have been escalated under another policy and who no longer, compared with the policy in force on the same past."""
    print_value(run_async(_tried(file, since)), as_json=as_json, text=_told)


async def _listed() -> list[Shape]:
    from escalation.rules import RULES, level_of

    async with records() as kept:
        policy = await kept.policy.current()
    return [
        {"rule": name, "does": str(policy.escalation.does.of(name)), "level": level_of(name, policy), "about": (function.__doc__ or "").strip()}
        for name, function in RULES.items()
    ]


async def _tried(file: Path, since: str) -> Shape:
    from desk.policy_values import read_duration
    from escalation.tried import tried
    from runtime import SystemClock

    await checked(file)
    async with records() as kept:
        now = await kept.policy.current()
        then = await _over(file, kept)
        start = SystemClock().now() - read_duration(since)
        decisions = await kept.store.decisions(since=start)
        found = tried(decisions, now, then, read=await _reader(kept))
    return _shape(found, since=since, versions=(now.version, then.version))


async def _over(file: Path, kept: Records) -> Policy:
    """Return the policy in force with what a file changes of it."""
    from desk.policy_check import merged, read_policy

    return read_policy(merged(await kept.policy.resolved(), tomllib.loads(file.read_text(encoding="utf-8"))))


async def _reader(kept: Records) -> Read:
    """Return what reads a kept case with the names that the customer record has for its account and person."""
    from escalation.kept import case_of
    from store.customers import SqlCustomers

    customers = SqlCustomers(kept.database)
    accounts = {str(account.id): account for account in await customers.accounts()}
    people = {str(person.id): person for person in await customers.people()}

    def read(pairs: Pairs) -> Case:
        known = dict(pairs)
        return case_of(pairs, account=accounts.get(known.get("account", "")), person=people.get(known.get("person", "")))

    return read


def _shape(found: Tried, *, since: str, versions: tuple[str, str]) -> Shape:
    groups = {"more": found.more, "fewer": found.fewer, "same": found.same}
    rules = dict.fromkeys(firing.rule for firings in groups.values() for firing in firings)
    return {
        "since": since,
        "policy": {"now": versions[0], "then": versions[1]},
        "judged": found.judged,
        "not_judged": found.not_judged,
        **{name: len(firings) for name, firings in groups.items()},
        "tickets": {"more": len({f.ticket for f in found.more}), "fewer": len({f.ticket for f in found.fewer})},
        "rules": [{"rule": rule, **{name: _of(rule, firings) for name, firings in groups.items()}} for rule in sorted(rules)],
    }


def _of(rule: str, firings: Sequence[Firing]) -> list[Shape]:
    from cli.shapes import instant

    return [{"ticket": str(f.ticket), "at": instant(f.at), "does": str(f.does), "level": f.level} for f in firings if f.rule == rule]


def _lines(found: Sequence[Shape]) -> str:
    return "\n".join(f"{row['rule']:<16} {row['does']:<10} level {row['level']}   {row['about']}" for row in found)


def _told(found: Shape) -> str:
    counts = f"{found['more']} more, {found['fewer']} fewer, {found['same']} as now"
    head = f"{_counted(found['judged'], 'decision')} of the last {found['since']} tried: {counts}."
    old = found["not_judged"]
    unknown = [f"{_counted(old, 'decision')} could not be judged: what rules look at was not kept then."] if old else []
    return "\n".join([head, *unknown, *(line for rule in found["rules"] for line in _paragraph(rule))])


def _paragraph(rule: Mapping[str, Any]) -> list[str]:
    counts = Counter({name: len(rule[name]) for name in ("more", "fewer", "same")})
    lines = [f"\n{rule['rule']}: {counts['more']} more, {counts['fewer']} fewer, {counts['same']} as now"]
    for sign, name in (("+", "more"), ("-", "fewer")):
        shown = rule[name][:MOST]
        lines += [f"  {sign} {row['ticket']}  {row['at']}  {row['does'].replace('_', ' ')}, level {row['level']}" for row in shown]
        lines += [f"  {sign} and {len(rule[name]) - MOST} more"] if len(rule[name]) > MOST else []
    return lines


def _counted(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"
