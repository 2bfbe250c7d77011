"""The escalation rules by command: what each does, how loud it is, from where on it fires, and how often it did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta

from desk.cards import Button, Buttons, Card, Field, Form, Notes, Option, Style, Text
from desk.changes import NOTHING, Changes
from desk.errors import InvalidInput
from desk.escalation_policy import What
from desk.events import CommandInvoked
from desk.ids import TicketId
from desk.policy import Policy
from desk.policy_check import PolicyError
from desk.ports import Query
from escalation.hearing import SAID
from escalation.rules import RULES, level_of
from handlers.commands.changes import set_policy
from handlers.commands.words import ADMINS, counted, expected, one_of, only, split, without_reason
from handlers.services import Services

USAGE = "rules [RULE]"
WAYS = ("rules", "rules RULE", "rules set RULE level 1|2|3 [because REASON]", "rules set RULE does hand_over|tell|off [because REASON]")
LEVELS = {1: "a card or a line", 2: "also mentions somebody", 3: "calls somebody"}
LOOK_BACK = timedelta(days=30)
THRESHOLDS: Mapping[str, tuple[str, ...]] = {
    "not_solved": ("escalation.not_solved",),
    "loop": ("answers.in_a_row", "answers.questions_in_a_row"),
    "displeased": ("escalation.displeased",),
    "worsening": ("escalation.worsening",),
    "vip": ("vip.tiers", "vip.accounts", "vip.people"),
    "contractual_sla": ("escalation.contract_used",),
    "money": ("escalation.money.limit",),
    "churn": ("escalation.churn_health",),
    "low_confidence": ("escalation.top_tiers",),
    "repeated": ("escalation.repeat.times", "escalation.repeat.within", "escalation.repeat.alike"),
    "incident": ("escalation.affected",),
    **dict.fromkeys(("security", "data_loss", "safety", "legal", "asks_human"), ("triage.signal",)),
}
"""The keys of policy from which on each rule fires."""


async def rules(event: CommandInvoked, services: Services) -> tuple[Card, Changes]:
    """Show the rules that bring in or tell a person, and what fired in 30 days, or change what one does.

    A rule hands over to a person, tells one while the bot goes on, or is off; what asks for a human or speaks of harm cannot be turned off.
    Its level says how loud it is: 1 is a card or a line, 2 also mentions somebody, 3 calls them. `./frontdesk rules try` shows on the
    past what other rules would have done.
    """
    text, reason = without_reason(event.text)
    words = split(text)[1:]
    if not words and not event.form:
        return await _overview(event, services), NOTHING
    if not event.form and words[0].lower() != "set":
        return await _one(one_of("rules", list(RULES), words[0]), services), NOTHING
    only(ADMINS, event.role, "rules set")
    values = _filled(event.form, await services.policy.current()) if event.form else _written(words[1:])
    return await set_policy(event, values, services, reason=event.form.get("reason", "") if event.form else reason)


async def form(query: Query, services: Services) -> Form | None:
    """Return the form of one rule, with what is set now, for admins who did not write everything."""
    text, reason = without_reason(query.subject)
    words = split(text)[1:]
    if not words or words[0].lower() != "set" or len(words) > 2:
        return None
    only(ADMINS, query.role, "rules set")
    rule = one_of("rules set", list(RULES), words[1]) if len(words) > 1 else next(iter(RULES))
    policy = await services.policy.current()
    choices = (*(What.HAND_OVER, What.TELL),) if rule in SAID else tuple(What)
    return Form(
        "Rule",
        (
            Field("rule", "Rule", rule, options=tuple(Option(name, name.replace("_", " ")) for name in RULES)),
            Field("does", "What it does", policy.escalation.does.of(rule), options=tuple(Option(each, each.replace("_", " ")) for each in choices)),
            Field("level", "Level", str(level_of(rule, policy)), options=tuple(Option(str(n), f"{n}: {said}") for n, said in LEVELS.items())),
            Field("reason", "Why?", reason, required=False),
        ),
        "Set",
        intro="\n".join(f"- {line}" for line in await _lines(rule, services)),
    )


async def check(query: Query, values: Mapping[str, str], services: Services) -> Mapping[str, str]:
    """Return the checker's sentence for what a rule may not do."""
    try:
        await services.policy.preview(_filled(values, await services.policy.current()))
    except PolicyError as error:
        problem = error.problems[0]
        return {"does" if ".does." in problem.path else "level": problem.fix}
    except InvalidInput as error:
        return {"rule": str(error)}
    return {}


def _filled(values: Mapping[str, str], policy: Policy) -> dict[str, object]:
    """Return what a form changes; what it leaves as it is is not set."""
    rule = one_of("rules set", list(RULES), values.get("rule", ""))
    wanted = _does(rule, values.get("does", policy.escalation.does.of(rule))) | _level(rule, values.get("level", str(level_of(rule, policy))))
    is_now = {f"escalation.does.{rule}": str(policy.escalation.does.of(rule)), f"escalation.levels.{rule}": level_of(rule, policy)}
    return {path: value for path, value in wanted.items() if is_now[path] != value} or wanted


def _written(words: tuple[str, ...]) -> dict[str, object]:
    rule = one_of("rules set", list(RULES), words[0] if words else "")
    key = one_of("rules set", list(SETS), words[1] if len(words) > 1 else "")
    if len(words) != 3:
        raise expected(f"rules set {rule} {key}", ("hand_over", "tell", "off") if key == "does" else ("1", "2", "3"), " ".join(words[2:]))
    return SETS[key](rule, words[2])


def _does(rule: str, value: str) -> dict[str, object]:
    return {f"escalation.does.{rule}": value.strip().lower().replace(" ", "_")}


def _level(rule: str, value: str) -> dict[str, object]:
    level = one_of("rules set", [str(n) for n in LEVELS], value.strip())
    return {f"escalation.levels.{rule}": int(level)}


SETS = {"does": _does, "level": _level}


async def _overview(event: CommandInvoked, services: Services) -> Card:
    policy, fired = await services.policy.current(), await _fired(services)
    lines = tuple(_line(rule, policy, fired) for rule in RULES)
    silent = Text(f"A rule about how things stand is told once, and again only after it did not stand for a while ({_hours(policy)}).", Style.QUIET)
    button = Buttons((Button("command", "Change a rule...", TicketId(""), subject="rules set", english="Change a rule"),))
    return Card((Notes("Rules, and how often each fired in 30 days", lines), silent, *([button] if event.role in ADMINS else [])))


async def _one(rule: str, services: Services) -> Card:
    return Card((Notes(rule.replace("_", " "), tuple(await _lines(rule, services))),))


async def _lines(rule: str, services: Services) -> list[str]:
    policy, fired = await services.policy.current(), await _fired(services)
    from_where = [f"{path} is {_shown(policy, path)}" for path in THRESHOLDS.get(rule, ())]
    return [(RULES[rule].__doc__ or "").strip(), _line(rule, policy, fired), *from_where]


def _line(rule: str, policy: Policy, fired: Mapping[str, int]) -> str:
    does = policy.escalation.does.of(rule)
    loud = f", level {level_of(rule, policy)}" if does is not What.OFF else ""
    return f"{rule}: {does.replace('_', ' ')}{loud}; {counted(fired.get(rule, 0), 'time')}"


async def _fired(services: Services) -> Mapping[str, int]:
    """Return how often each rule was raised lately."""
    raised = await services.store.escalations_since(services.clock.now() - LOOK_BACK)
    return Counter(rule for escalation in raised for rule in escalation.rules)


def _shown(policy: Policy, path: str) -> str:
    found: object = policy
    for name in path.split("."):
        found = getattr(found, name)
    if isinstance(found, timedelta):
        return f"{found.days} d" if found.days else f"{found.seconds // 3600} h"
    return ", ".join(map(str, found)) or "nobody" if isinstance(found, tuple) else f"{found}"


def _hours(policy: Policy) -> str:
    return f"{policy.escalation.cool_down.total_seconds() / 3600:g} h"
