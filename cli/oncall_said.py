"""What the on-call commands say, for people at a terminal."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from handlers.step_lines import SENTENCES

FIRST = {
    "card": "a card in the team's channel",
    "page": "a direct message, and the bot goes on",
    "line": "a line in the team's channel, and the bot goes on",
    "nothing": "nothing: the rule is off",
}
"""What happens in the team's channel when a rule fires."""
AHEAD = (("was ", "is "), ("had ", "has "))
"""How what happened is said of what would."""


def shown(found: dict[str, Any]) -> str:
    """Say who is on call on each rota, who is next, and when nobody is."""
    if not found["rotas"]:
        return "There is no rota: without one the leads are called. docs/oncall.md says how to write one."
    return "\n".join(line for rota in found["rotas"] for line in _rota_lines(rota, found["at"]))


def _rota_lines(rota: dict[str, Any], at: str) -> list[str]:
    until = f" until {_by(rota['until'], rota['zone'])}" if rota["until"] else ""
    lines = [f"{rota['name']}: {rota['person'] or 'nobody'} is on call{until} ({rota['zone']})"]
    lines += [f"  next: {rota['next']['person']}, from {_by(rota['next']['from'], rota['zone'])}"] if rota["next"] else []
    return lines + [f"  (!) nobody from {_by(gap['from'], rota['zone'])} until {_by(gap['until'], rota['zone'])}" for gap in rota["gaps"]]


def course(found: dict[str, Any]) -> str:
    """Say who would be told what and when."""
    zone = found["zone"]
    head = f"{found['rule']}, level {found['level']}{', urgent' if found['urgent'] else ''}, at {_by(found['at'], zone)} ({zone})"
    first, mentions = found["first"], found["first"]["mentions"]
    lines = [head, f"  {_by(found['at'], zone)}  {FIRST[first['what']]}{f', which mentions {mentions}' if mentions else ''}"]
    lines += [f"  {_by(step['at'], zone)}  {_sentence(step, zone)}" for step in found["steps"]]
    if not found["chain"]:
        why = "it only tells" if found["does"] == "tell" else "no entry of oncall.use fits"
        lines.append(f"  nobody is called: {why}")
    if not found["team"]:
        lines.append("  The customer record knows nobody of the team: leads and admins whom only a chat platform knows are not seen here.")
    return "\n".join(lines)


def _sentence(step: dict[str, Any], zone: str) -> str:
    values = {"who": step["who"], "until": _by(step["until"], zone) if step["until"] else "", "why": "", "to": "", "into": "", "chain": ""}
    said = str(SENTENCES.get(step["what"], step["what"])).format_map(values)
    via = f"  [{step['step'].replace('_', ' ')}]" if step["step"] and step["step"] != "wait" else ""
    for past, present in AHEAD:
        said = said.replace(past, present)
    unknown = "" if step["known"] else " (nobody the customer record knows)"
    return said + via + unknown


def tested(found: dict[str, Any]) -> str:
    """Say what became of each step of a test."""
    if not found["steps"]:
        return f"The chain {found['chain']} begins with a wait: there is nothing to test."
    lines = [f"  {step['step']}: {step['who'] or 'nobody'}: {step['result']} {step['why']}".rstrip() for step in found["steps"]]
    return "\n".join([f"chain {found['chain']}{'' if found['sent'] else ' (nothing was sent: add --send)'}", *lines])


def imported(found: dict[str, Any]) -> str:
    """Say what was taken in, and whom nobody knows."""
    lines = [f"{found['rota']}: {found['shifts']} shifts within {found['days']} days, of {', '.join(found['people']) or 'nobody'}"]
    return "\n".join([*lines, *(f"(!) {person!r} is nobody the customer record knows: they could not be called" for person in found["unknown"])])


def _by(text: str, zone: str) -> str:
    return f"{datetime.fromisoformat(str(text).replace('Z', '+00:00')).astimezone(ZoneInfo(zone)):%a %d %b %H:%M}"
