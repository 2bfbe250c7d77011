"""Categories by command: how sure an answer must be to go out alone, and what is set for each."""

from __future__ import annotations

from collections.abc import Mapping

from desk.cards import Card, Field, Form, Header, Notes, Option, Style, Text
from desk.changes import NOTHING, Changes
from desk.errors import InvalidInput
from desk.events import CommandInvoked
from desk.policy import Policy
from desk.policy_check import PolicyError
from desk.ports import Query
from handlers.commands import mode
from handlers.commands.changes import set_policy
from handlers.commands.measured import Scope, measured
from handlers.commands.words import ADMINS, expected, named, one_of, only, split, without_reason
from handlers.services import Services

USAGE = "category [CATEGORY] [threshold NUMBER]"
WAYS = (
    "category",
    "category CATEGORY",
    "category CATEGORY threshold NUMBER [because REASON]",
    "category CATEGORY threshold default [because REASON]",
    "category add|remove CATEGORY",
)
DEFAULT = "default"
"""Takes a category's own threshold away."""
NEEDS = {
    "add": "A category has to be learned before messages can be put into it: write examples of it into a table with those of the others, and have it "
    "trained with `./frontdesk train FILE.csv`. It replaces `triage.categories`, and is used from the next message on.",
    "remove": "Categories are what the classifier was trained on: leave it out of the table, and train again with `./frontdesk train FILE.csv`. "
    "`./frontdesk train --use shipped` goes back to the six that ship.",
}


async def category(event: CommandInvoked, services: Services) -> tuple[Card, Changes]:
    """Show the categories with their modes and thresholds, or set how sure an answer must be to go out alone.

    A threshold is a number from 0 to 1, or `default` for the one that counts everywhere. Categories themselves are trained, not set.
    """
    text, reason = without_reason(event.text)
    words = split(text)[1:]
    if words and words[0].lower() in NEEDS:
        return Card((Text(NEEDS[words[0].lower()]), *_named_by(" ".join(words[1:]), await services.policy.current()))), NOTHING
    if not words and not event.form:
        return await _overview(services), NOTHING
    which, threshold = await _wanted(event.text, event.form, services)
    if not threshold:
        return await _one(which, services), NOTHING
    only(ADMINS, event.role, "category threshold")
    policy = await services.policy.current()
    why = event.form.get("reason", "") if event.form else reason
    said = f"threshold of {which}: {_threshold(which, policy)} -> {threshold if threshold != DEFAULT else _default(policy)}"
    return await set_policy(event, {_path(which): _value(threshold)}, services, reason=why, said=(said,))


async def form(query: Query, services: Services) -> Form | None:
    """Return the form of one category, for admins who wrote no threshold."""
    text, reason = without_reason(query.subject)
    words = split(text)[1:]
    if not words or words[0].lower() in NEEDS or query.role not in ADMINS:
        return None
    which, threshold = await _wanted(query.subject, {}, services)
    if threshold:
        return None
    policy = await services.policy.current()
    own = policy.answers.thresholds.get(which)
    intro = "\n".join(f"- {line}" for line in await _lines(which, services))
    return Form(
        f"Category {which}"[:60],
        (
            Field("category", "Category", which, options=(Option(which, which),)),
            Field("threshold", "Threshold", f"{own:g}" if own is not None else DEFAULT, note=f"From 0 to 1, or default: {_default(policy)}."),
            Field("reason", "Why?", reason, required=False),
        ),
        "Set",
        intro=intro,
    )


async def check(query: Query, values: Mapping[str, str], services: Services) -> Mapping[str, str]:
    """Return the checker's sentence for a threshold that would be wrong."""
    try:
        which, threshold = await _wanted(query.subject, values, services)
        await services.policy.preview({_path(which): _value(threshold)})
    except PolicyError as error:
        return {"threshold": error.problems[0].fix}
    except InvalidInput as error:
        return {"threshold": str(error)}
    return {}


async def _wanted(text: str, values: Mapping[str, str], services: Services) -> tuple[str, str]:
    """Return the category, and its new threshold if there is one."""
    known = (await services.policy.current()).triage.categories
    if values:
        return one_of("category", known, values.get("category", "").strip()), values.get("threshold", "").strip() or DEFAULT
    words = split(without_reason(text)[0])[1:]
    at = next((n for n, word in enumerate(words) if word.lower() == "threshold"), len(words))
    which = named("category", words[:at], {"category": known}).get("category", "")
    if not which:
        raise expected("category", known, words[0] if words else "")
    if at < len(words) and at + 2 != len(words):
        raise expected("category threshold", ("a number from 0 to 1", DEFAULT), " ".join(words[at + 1 :]))
    return which, words[-1] if at < len(words) else ""


def _path(which: str) -> str:
    if "." in which:
        raise InvalidInput(f"A name with a dot can't be a key here: set the threshold of {which!r} in policy.toml, under answers.thresholds.")
    return f"answers.thresholds.{which}"


def _value(threshold: str) -> object:
    """Return a number as policies hold it; what is none is left to the checker."""
    if threshold == DEFAULT:
        return None
    try:
        return float(threshold.replace(",", ".").removesuffix("%")) / (100 if threshold.endswith("%") else 1)
    except ValueError:
        return threshold


def _threshold(which: str, policy: Policy) -> str:
    own = policy.answers.thresholds.get(which)
    return f"{own:g}" if own is not None else f"{_default(policy)} as everywhere"


def _default(policy: Policy) -> str:
    return f"{policy.answers.threshold:g}" if policy.answers.threshold is not None else "calibrated"


async def _overview(services: Services) -> Card:
    policy = await services.policy.current()
    lines = tuple(
        f"{which}: {mode.standing(policy.modes, Scope(which)).word}, threshold {_threshold(which, policy)}" for which in policy.triage.categories
    )
    return Card((Notes("Categories", lines), Text("`/frontdesk category CATEGORY` says more about one.", Style.QUIET)))


async def _one(which: str, services: Services) -> Card:
    return Card((Header(which), Notes("Set, and measured in the last 30 days", await _lines(which, services))))


async def _lines(which: str, services: Services) -> tuple[str, ...]:
    policy = await services.policy.current()
    kinds = (f"{kind} channels: {mode.standing(policy.modes, Scope(which, kind)).word}" for kind in mode.KINDS)
    tiers = (f"{mode.called(Scope(r.category, r.kind, r.tier))}: {r.mode.word}" for r in policy.modes.rules if r.tier and r.category in ("", which))
    counted = await measured(Scope(which), services, now=services.clock.now())
    return (*kinds, *tiers, f"threshold {_threshold(which, policy)}", *counted.sentences)


def _named_by(which: str, policy: Policy) -> tuple[Notes, ...]:
    """Return what in the policy names a category, and would name nothing without it."""
    found = [
        *("a mode" for rule in policy.modes.rules if which and rule.category == which),
        *("a threshold" for name in policy.answers.thresholds if name == which),
        *(f"the macro {name}" for name, macro in policy.macros.items() if which in macro.categories),
        *("a pause" for name in policy.paused.categories if name == which),
    ]
    return (Notes(f"In the policy {which} is named by", tuple(found)),) if found else ()
