"""Step lines: what was done about an escalation, one step after another, in words for the team."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from desk.escalation import Escalation
from desk.ticket import Reason
from handlers.times import brief

SENTENCES: Mapping[str, str] = {
    "acknowledged": "{who} acknowledged it",
    "armed_again": "armed again, because nobody closed it",
    "asked_pager": "{who} was asked to wake a phone",
    "bundled": "{who} was told in a message that stood already",
    "called_already": "{who} was called a moment before",
    "chain": "the chain {chain} began",
    "closed": "{who} closed it",
    "collapsed": "told of with its incident",
    "cooled_down": "{who} was called about the same a short while ago",
    "end_of_chain": "the end of the chain",
    "gap": "nobody is on call: the rota has a gap",
    "handed_over": "{who} handed it to {to}",
    "merged": "its ticket became part of {into}",
    "no_account_manager": "the account has no manager",
    "no_channel": "there is no such channel of the team's",
    "no_manager": "there is no manager",
    "no_pager": "there is no such pager",
    "no_rota": "there is no rota",
    "nobody_in_group": "nobody is in the group {who}",
    "not_delivered": "{who} was not reached: {why}",
    "paged": "{who} was paged",
    "pager_failed": "{who} woke nobody: {why}",
    "passed_on": "{who} had enough pages this night",
    "put_off": "{who} has quiet hours until {until}",
    "reopened": "called for by itself again",
    "resumed": "what was down is up again",
    "skipped": "no wait, because nobody was called",
    "snoozed": "{who} put it off until {until}",
    "told": "somebody was told",
    "told_channel": "the team's channel was told",
    "unreachable": "{who} cannot be reached",
    "waits": "waits until {until}",
}
LATEST = 4
"""How many of the steps a card shows."""


def line(step: Reason, *, now: datetime, zone: str) -> str:
    """Return one step with the time at which it was taken."""
    values = {name: _told(name, value, now=now, zone=zone) for name, value in step.values}
    known = {**dict.fromkeys(("who", "to", "until", "why", "into", "chain"), "somebody"), **values}
    said = SENTENCES.get(step.code, step.code.replace("_", " ")).format_map(known)
    return f"{values['at']} {said}" if "at" in values else said


def latest(record: Escalation, *, now: datetime, zone: str) -> str:
    """Return the last steps of an escalation as one line; "" where nothing was done yet."""
    told = [step for step in record.steps if step.code not in ("chain", "waits", "skipped")]
    return "; ".join(line(step, now=now, zone=zone) for step in told[-LATEST:])


def _told(name: str, value: str, *, now: datetime, zone: str) -> str:
    return brief(datetime.fromisoformat(value), now=now, zone=zone) if name in ("at", "until") and value else value
