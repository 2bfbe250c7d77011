"""Modes by command: how much the bot may do, per category, kind of channel and tier, and what speaks for more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from desk.cards import Card, Field, Form, Notes, Option
from desk.changes import NOTHING, Changes
from desk.errors import InvalidInput
from desk.events import CommandInvoked
from desk.modes import Mode, ModeRule, Modes
from desk.ports import Query
from desk.space import ChannelKind
from handlers.commands.changes import set_policy
from handlers.commands.measured import Scope, measured, observed_lines
from handlers.commands.tiers import tiers
from handlers.commands.words import ADMINS, expected, named, only, split, without_reason
from handlers.services import Services

USAGE = "mode [observe|draft|auto]"
KINDS = (ChannelKind.COMMUNITY, ChannelKind.SHARED, ChannelKind.DIRECT)
WAYS = (
    "mode",
    "mode observe|draft|auto [CATEGORY] [community|shared|direct] [TIER] [because REASON]",
    "mode clear [CATEGORY] [community|shared|direct] [TIER] [because REASON]",
)
CLEAR = "clear"
"""Takes a rule away, so that the more general one is in force again."""
WORDS = (*(mode.word for mode in Mode), CLEAR)
MOST = 100
"""Choices that a select holds on every platform."""
LONGEST = 2800
"""Letters that every platform shows above a form."""
WHY = "Say why the bot may answer alone here: what was measured, or who agreed to it."


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be set: a mode or `clear`, for whom, and why."""

    mode: str
    scope: Scope
    reason: str = ""


async def mode(event: CommandInvoked, services: Services) -> tuple[Card, Changes]:
    """Show or set how much the bot may do: observe, draft or auto.

    A mode is set everywhere, or for a category, a kind of channel and a tier in any combination: `mode auto billing shared enterprise because ...`.
    The most specific one counts. `clear` takes one away. Letting the bot answer alone needs a reason, and shows what was measured.
    """
    if event.role not in ADMINS:
        if len(split(event.text)) > 1:
            only(ADMINS, event.role, "mode " + split(event.text)[1])
        return Card((Notes("Modes", await _now(services)), Notes("Observed since yesterday", await _observed(event, services)))), NOTHING
    wanted = _filled(event.form) if event.form else await _written(event.text, services)
    modes = (await services.policy.current()).modes
    if _raises(wanted, modes) and not wanted.reason:
        raise InvalidInput(WHY)
    return await set_policy(event, _values(wanted, modes), services, reason=wanted.reason, said=_said(wanted, modes))


async def form(query: Query, services: Services) -> Form | None:
    """Return the form of `mode`, with what is set now; also where the bot would answer alone and nobody said why."""
    if query.role not in ADMINS:
        return None
    text, _ = without_reason(query.subject)
    wanted = await _written(query.subject, services) if len(split(text)) > 1 else None
    modes = (await services.policy.current()).modes
    if wanted and (not _raises(wanted, modes) or wanted.reason):
        return None
    scope = wanted.scope if wanted else Scope()
    return Form("Mode", await _fields(wanted, scope, services), "Set", intro=await _intro(wanted, scope, services))


async def check(query: Query, values: Mapping[str, str], services: Services) -> Mapping[str, str]:
    """Return what is wrong with the form of `mode`."""
    policy = await services.policy.current()
    for field, choices in (("mode", WORDS), ("category", ("", *policy.triage.categories)), ("kind", ("", *KINDS))):
        if values.get(field, "").strip() not in choices:
            return {field: str(expected("mode", [choice for choice in choices if choice], values.get(field, "")))}
    wanted = _filled(values)
    if wanted.mode == CLEAR and wanted.scope == Scope():
        return {"mode": "Say for which category, kind or tier: what is set everywhere can be changed, but not taken away."}
    return {"reason": WHY} if _raises(wanted, policy.modes) and not wanted.reason else {}


def standing(modes: Modes, scope: Scope) -> Mode:
    """Return the mode that holds for a scope as a whole: that of the most specific rule which covers it."""
    covering = [
        (rule.weight, n, rule.mode)
        for n, rule in enumerate(modes.rules)
        if rule.category in ("", scope.category) and rule.kind in (None, scope.kind) and rule.tier in ("", scope.tier)
    ]
    return max(covering)[2] if covering else modes.default


def called(scope: Scope) -> str:
    """Return a scope in words."""
    parts = (scope.category, f"in {scope.kind} channels" if scope.kind else "", f"for {scope.tier}" if scope.tier else "")
    return " ".join(filter(None, parts)) or "everything"


def lines(modes: Modes, categories: Sequence[str]) -> tuple[str, ...]:
    """Return what is set: the mode of everything, a line for each category, and the rules that say more than a category."""
    own = (f"{category}: {standing(modes, Scope(category)).word}" for category in categories)
    rest = [rule for rule in modes.rules if rule.kind or rule.tier or rule.category not in categories]
    return (f"everything: {modes.default.word}", *own, *(f"{called(_scope(rule))}: {rule.mode.word}" for rule in rest))


async def _written(text: str, services: Services) -> Wanted:
    """Read `mode MODE [category] [kind] [tier] [because ...]`; all but the mode in any order."""
    rest, reason = without_reason(text)
    words = split(rest)[1:]
    first = words[0].lower() if words else ""
    if first not in WORDS:
        raise expected("mode", WORDS[:3], words[0] if words else "")
    slots = {"category": (await services.policy.current()).triage.categories, "kind": KINDS, "tier": await tiers(services)}
    return _wanted({"mode": first, "reason": reason, **named(f"mode {first}", words[1:], slots)})


def _filled(values: Mapping[str, str]) -> Wanted:
    return _wanted({name: value.strip() for name, value in values.items()})


def _wanted(values: Mapping[str, str]) -> Wanted:
    kind = values.get("kind", "")
    return Wanted(
        values.get("mode", ""),
        Scope(values.get("category", ""), ChannelKind(kind) if kind else None, values.get("tier", "")),
        values.get("reason", ""),
    )


def _raises(wanted: Wanted, modes: Modes) -> bool:
    """Tell whether the bot would answer alone where it does not now."""
    return _after(wanted, modes) is Mode.AUTO and standing(modes, wanted.scope) is not Mode.AUTO


def _after(wanted: Wanted, modes: Modes) -> Mode:
    if wanted.mode != CLEAR:
        return Mode[wanted.mode.upper()] if wanted.mode in WORDS else modes.default
    return standing(Modes(modes.default, tuple(rule for rule in modes.rules if _scope(rule) != wanted.scope)), wanted.scope)


def _values(wanted: Wanted, modes: Modes) -> dict[str, object]:
    """Return the keys to set. Of two rules as specific as each other the last one counts, so the new one goes to the end."""
    if wanted.scope == Scope():
        return {"modes.default": wanted.mode}
    rules = [_table(rule) for rule in modes.rules if _scope(rule) != wanted.scope]
    if wanted.mode == CLEAR and len(rules) == len(modes.rules):
        raise InvalidInput(f"No mode is set for {called(wanted.scope)}, so there is none to take away.")
    new = [] if wanted.mode == CLEAR else [_table(ModeRule(_after(wanted, modes), wanted.scope.category, wanted.scope.kind, wanted.scope.tier))]
    return {"modes.rules": [*rules, *new]}


def _said(wanted: Wanted, modes: Modes) -> tuple[str, ...]:
    """Return the change in words, and what goes on to count beside it."""
    change = f"mode of {called(wanted.scope)}: {standing(modes, wanted.scope).word} -> {_after(wanted, modes).word}"
    inner = [rule for rule in modes.rules if _scope(rule) != wanted.scope and _is_inside(_scope(rule), wanted.scope)]
    rest = "; ".join(f"{called(_scope(rule))} stays {rule.mode.word}" for rule in inner)
    return (change, *([rest] if rest else []))


def _is_inside(inner: Scope, outer: Scope) -> bool:
    return outer.category in ("", inner.category) and outer.kind in (None, inner.kind) and outer.tier in ("", inner.tier)


def _scope(rule: ModeRule) -> Scope:
    return Scope(rule.category, rule.kind, rule.tier)


def _table(rule: ModeRule) -> dict[str, str]:
    """Return a rule as a policy writes it."""
    named = {"category": rule.category, "kind": str(rule.kind or ""), "tier": rule.tier}
    return {**{name: value for name, value in named.items() if value}, "mode": rule.mode.word}


async def _fields(wanted: Wanted | None, scope: Scope, services: Services) -> tuple[Field, ...]:
    policy = await services.policy.current()
    now = wanted.mode if wanted else standing(policy.modes, scope).word
    raised = wanted is not None
    everywhere = Option("", "all")
    # Beyond what a select holds, the category is written.
    categories = (everywhere, *(Option(c, c) for c in policy.triage.categories)) if len(policy.triage.categories) < MOST else ()
    return (
        Field("mode", "Mode", now, options=tuple(Option(word, word if word != CLEAR else "clear: as the rest") for word in WORDS)),
        Field("category", "Category", scope.category, options=categories, required=False),
        Field("kind", "Kind of channel", scope.kind or "", options=(everywhere, *(Option(kind, kind) for kind in KINDS)), required=False),
        Field("tier", "Tier", scope.tier, options=(everywhere, *(Option(tier, tier) for tier in await tiers(services))), required=False),
        Field("reason", "Why?", required=raised, lines=2, note="Needed to let the bot answer alone."),
    )


async def _intro(wanted: Wanted | None, scope: Scope, services: Services) -> str:
    """Return what is set now, and what was measured where the bot would answer alone."""
    now = services.clock.now()
    counted = (await measured(scope, services, now=now)).sentences
    observed = await observed_lines(services, now=now, scope=scope if wanted else None)
    head = f"Measured in the last 30 days for {called(scope)}:" if wanted else "Measured in the last 30 days:"
    parts = ["Set now:", *_listed(await _now(services)), head, *_listed(counted)]
    return "\n".join([*parts, *(["What observing would have sent:", *_listed(observed)] if observed else [])])[:LONGEST]


def _listed(found: Sequence[str]) -> list[str]:
    return [f"- {line}" for line in found]


async def _now(services: Services) -> tuple[str, ...]:
    policy = await services.policy.current()
    return lines(policy.modes, policy.triage.categories)


async def _observed(event: CommandInvoked, services: Services) -> tuple[str, ...]:
    return await observed_lines(services, now=event.at) or ("nothing",)
