"""The SLA by command: what is promised to whom and how it stands, a ticket's clock, and changing what is promised."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from desk.cards import Button, Buttons, Card, Field, Form, Header, Notes, Option, Text
from desk.changes import NOTHING, Changes
from desk.errors import InvalidInput
from desk.events import CommandInvoked
from desk.ids import TicketId
from desk.policy import Policy
from desk.policy_values import read_duration
from desk.ports import Query
from desk.sla import Owed, Standing, Target
from desk.sla_policy import Sla, SlaRule, span_of
from desk.ticket import Ticket
from escalation.clock import courses
from handlers import clockwork, dues
from handlers.clock_words import explained, lines
from handlers.commands.changes import set_policy
from handlers.commands.tiers import tiers
from handlers.commands.words import ADMINS, one_of, only, split, without_reason
from handlers.services import Services

USAGE = "sla [TICKET|set]"
WAYS = ("sla", "sla TICKET", "sla set [TIER] first_response|next_response|resolution TIME [because REASON]")
SET, NONE = "set", "none"
"""`none` takes a promise away."""
MOST = 15
"""Promises at risk that the card lists."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be promised to a tier, "" for everybody; an empty time promises nothing."""

    tier: str
    target: Target
    time: str
    reason: str = ""


async def sla(event: CommandInvoked, services: Services) -> tuple[Card, Changes]:
    """Say what is promised to whom and what is at risk; explain a ticket's clock; or change what is promised.

    `sla set enterprise next_response 30m` promises it to a tier, without a tier to everybody; `none` takes a promise away. Times run in business
    hours. Rules by category, channel or contract are written in the policy file.
    """
    words = split(event.text)[1:]
    if event.form or (words and words[0].lower() == SET):
        only(ADMINS, event.role, "sla set")
        wanted = _wanted(event.form) if event.form else await _written(event.text, services)
        return await set_policy(event, _values(wanted, (await services.policy.current()).sla), services, reason=wanted.reason)
    if words:
        return await _ticket(words[0], services), NOTHING
    return await _overview(event, services), NOTHING


async def form(query: Query, services: Services) -> Form | None:
    """Return the form of `sla set`, with what is promised now; None where everything was written."""
    text, reason = without_reason(query.subject)
    words = split(text)[1:]
    if not words or words[0].lower() != SET or len(words) > 2:
        return None
    only(ADMINS, query.role, "sla set")
    policy, known = await services.policy.current(), await tiers(services)
    tier = one_of("sla set", known, words[1]) if len(words) > 1 else ""
    return Form(
        "What is promised",
        (
            Field("tier", "To whom", tier, options=(Option("", "everybody"), *(Option(name, name) for name in known)), required=False),
            Field("target", "What", Target.FIRST_RESPONSE.value, options=tuple(Option(t.value, t.replace("_", " ")) for t in Target)),
            Field("time", "Time", note="Business time such as 30m, 4h or 3d; none takes the promise away."),
            Field("reason", "Why?", reason, required=False),
        ),
        "Set",
        intro="\n".join(("Promised now:", *(f"- {line}" for line in promised_lines(policy, known)))),
    )


async def check(query: Query, values: Mapping[str, str], services: Services) -> Mapping[str, str]:
    """Return what is wrong with the form of `sla set`."""
    del query, services
    try:
        _wanted(values)
    except InvalidInput as error:
        return {"time": str(error)}
    return {}


def promised_lines(policy: Policy, known: Sequence[str]) -> tuple[str, ...]:
    """Return what is promised, to everybody, to each tier and by each rule."""
    sla = policy.sla
    general = ", ".join(f"{t.replace('_', ' ')} {_span(span)}" for t in Target if (span := span_of(t, sla)))
    own = (f"{tier}: first response {_span(sla.tiers[tier])}" for tier in known if tier in sla.tiers)
    return (f"everybody: {general}", *own, *(_rule(rule) for rule in sla.rules))


def _rule(rule: SlaRule) -> str:
    whom = ", ".join(filter(None, (rule.tier, rule.category, rule.kind, rule.contract, rule.account))) or "everybody"
    times = [f"{t.replace('_', ' ')} {_span(span)}" for t in Target if (span := span_of(t, rule))]
    return f"{whom}: {', '.join([*times, *([f'hours {rule.hours}'] if rule.hours else [])])}"


def _span(span: timedelta) -> str:
    minutes = round(span / timedelta(minutes=1))
    parts = ((minutes // 60, "h"), (minutes % 60, "m"))
    return "".join(f"{count}{unit}" for count, unit in parts if count) or "0m"


async def _overview(event: CommandInvoked, services: Services) -> Card:
    policy, now = await services.policy.current(), services.clock.now()
    found = [(ticket, owed) for ticket in await services.store.tickets(open_only=True) if (owed := await dues.owed_to(ticket, services, now=now))]
    danger = [(ticket, owed) for ticket, owed in found if owed[0].standing in (Standing.AT_RISK, Standing.BREACHED)]
    danger.sort(key=lambda pair: dues.pressing(pair[1]))
    zone = policy.hours.zone
    shown = [_line(ticket, owed, dues.listed(owed, ticket, now=now, zone=zone)) for ticket, owed in danger[:MOST]]
    more = [f"and {len(danger) - MOST} more"] if len(danger) > MOST else []
    late = sum(owed[0].is_late for _, owed in danger)
    head = f"{len(found)} open promise{'s' if len(found) != 1 else ''}, {late} broken, {len(danger) - late} at risk"
    change = Buttons((Button("command", "Change...", TicketId(""), subject="sla set", english="Change"),))
    blocks = (Notes("Promised", promised_lines(policy, await tiers(services))), Notes(head, (*shown, *more) or ("Nothing is at risk.",)))
    return Card((*blocks, *([change] if event.role in ADMINS else [])))


def _line(ticket: Ticket, owed: Sequence[Owed], due: str) -> str:
    held = f", held by {ticket.owner_name}" if ticket.owner else ""
    contract = ", in their contract" if owed[0].promise.contractual else ""
    return f"{ticket.id}  {ticket.customer_name}: {due}{contract}{held}"


async def _ticket(name: str, services: Services) -> Card:
    ticket = await services.store.ticket(TicketId(name))
    if ticket is None:
        raise InvalidInput(f"There is no ticket {name!r}: `sla` shows those at risk, and `sla set` changes what is promised.")
    policy, now = await services.policy.current(), services.clock.now()
    account, kind = await clockwork.account_of(ticket, services), await clockwork.kind_of(ticket, services)
    found = courses(ticket, account, policy, now=now, kind=kind)
    told = lines(explained(ticket, found, policy, now=now, breaches=await services.store.breaches(ticket.id)))
    return Card((Header(f"The clock of {ticket.id}", ticket.customer_name), Text("\n".join(told[1:]).strip())))


async def _written(text: str, services: Services) -> Wanted:
    """Read `sla set [TIER] TARGET TIME [because ...]`."""
    rest, reason = without_reason(text)
    words = split(rest)[2:]
    if len(words) not in (2, 3):
        raise InvalidInput(f"Write it like this: `{WAYS[2]}`.")
    tier = one_of("sla set", await tiers(services), words[0]) if len(words) == 3 else ""
    return _wanted({"tier": tier, "target": words[-2], "time": words[-1], "reason": reason})


def _wanted(values: Mapping[str, str]) -> Wanted:
    target = Target(one_of("sla set", list(Target), values.get("target", "").strip()))
    time, tier = values.get("time", "").strip(), values.get("tier", "").strip()
    if time.lower() == NONE:
        time = ""
    elif read_duration(time) <= timedelta():
        raise InvalidInput(f"{time!r} is no time that can be promised: write one such as 30m, or none.")
    if target is Target.FIRST_RESPONSE and not tier and not time:
        raise InvalidInput("Everybody is promised a first response: write a time.")
    return Wanted(tier, target, time, values.get("reason", "").strip())


def _values(wanted: Wanted, sla: Sla) -> dict[str, object]:
    """Return the keys to set: everybody's time, a tier's first response, or a rule of the tier's."""
    if not wanted.tier:
        return {f"sla.{wanted.target}": wanted.time}
    if wanted.target is Target.FIRST_RESPONSE and not any(_is_tiers(rule, wanted.tier) and rule.first_response for rule in sla.rules):
        return {f"sla.tiers.{wanted.tier.lower()}": wanted.time or None}
    rules = [_table(rule) for rule in sla.rules]
    n = next((n for n, rule in enumerate(sla.rules) if _is_tiers(rule, wanted.tier)), len(rules))
    rules = rules if n < len(rules) else [*rules, {"tier": wanted.tier}]
    rules[n] = {key: value for key, value in {**rules[n], wanted.target.value: wanted.time}.items() if value}
    return {"sla.rules": [rule for rule in rules if set(rule) - {"tier"}]}


def _is_tiers(rule: SlaRule, tier: str) -> bool:
    return rule.weight == 1 and rule.tier.casefold() == tier.casefold()


def _table(rule: SlaRule) -> dict[str, str]:
    """Return a rule as a policy writes it."""
    words = {name: getattr(rule, name) for name in ("tier", "category", "kind", "contract", "account", "hours")}
    spans = {target.value: _span(span) for target in Target if (span := span_of(target, rule))}
    return {name: value for name, value in {**words, **spans}.items() if value}
