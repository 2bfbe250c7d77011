"""Changes by command: checked before they are written, with author and reason, and told to the whole team."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from desk.audience import INTERNAL
from desk.cards import Card, Notes
from desk.changes import NOTHING, Changes, Enqueue, ExpectPolicy, SetOverride, write
from desk.errors import InvalidInput, Misconfigured
from desk.events import CommandInvoked
from desk.ids import OutboxId, derived
from desk.layers import is_below
from desk.post import Post
from desk.space import Place
from desk.timeline import Purpose
from handlers.services import Services
from handlers.situation import agents_place

REASON = "by command"
"""What stands for a reason that nobody gave."""
LONGEST = 300
"""Letters that an announcement shows of one value."""


async def set_policy(
    event: CommandInvoked, values: Mapping[str, object], services: Services, *, reason: str = "", said: Sequence[str] = ()
) -> tuple[Card, Changes]:
    """Set policy keys (`tickets.window`; None takes the override away) and tell the team who changed what, from what to what, and why.

    `said` are lines that say the change better than its keys do. Raises InvalidInput with the checker's sentence for a policy that would be wrong.
    """
    before = await services.policy.number()
    was = await services.policy.resolved()
    await previewed(values, services)
    gone = [path for path, value in values.items() if value is None]
    changed = {path: value for path, value in values.items() if value_at(was, path) != value or any(is_below(path, above) for above in gone)}
    if not changed:
        return Card((Notes("Nothing to change", tuple(f"{path} is {written(value)} already" for path, value in values.items())),)), NOTHING
    why = reason.strip() or REASON
    lines = tuple(said) or tuple(difference(path, value_at(was, path), value) for path, value in changed.items())
    card = Card((Notes(f"{event.by_name} changed the policy", (*lines, f"Reason: {why}")),))
    overrides = [SetOverride(path, value, event.by_name, why, event.at) for path, value in changed.items()]
    return card, write(ExpectPolicy(before), *overrides) + await announced(card, event, services)


async def previewed(values: Mapping[str, object], services: Services) -> None:
    """Raise InvalidInput, with a sentence for each problem, when these keys would make the policy wrong."""
    try:
        await services.policy.preview(values)
    except Misconfigured as error:
        raise InvalidInput(f"The policy file has a mistake, and has to be mended first: {error}") from error


async def announced(card: Card, event: CommandInvoked, services: Services, *, place: Place | None = None) -> Changes:
    """Show the whole team what was done by command, in the agents channel or in `place`; nothing where there is no such channel yet."""
    place = place or await agents_place(services, event.place.channel)
    if place is None:
        return NOTHING
    return write(Enqueue(Post(OutboxId(derived("o", event.id, "announced")), place, Purpose.NOTICE, INTERNAL, event.at, card=card)))


def value_at(table: object, path: str) -> object:
    """Return what stands at a path (`tickets.window`) of tables; None for nothing."""
    for key in path.split("."):
        table = table.get(key) if isinstance(table, Mapping) else None
    return table


def difference(path: str, old: object, new: object) -> str:
    """Return what changed at a key; of a list, what was added and what was taken out."""
    if new is None:
        return f"{path}: {written(old)} -> as the policy file says"
    if not (isinstance(old, list) and isinstance(new, list)):
        return f"{path}: {written(old)} -> {written(new)}"
    added, gone = [item for item in new if item not in old], [item for item in old if item not in new]
    parts = [f"{word} {written(items)}" for word, items in (("added", added), ("took out", gone)) if items]
    return f"{path}: {'; '.join(parts) or 'in another order'}"


def written(value: object) -> str:
    """Return a value of a policy as people read it."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, Mapping):
        text = ", ".join(f"{key} {written(item)}" for key, item in value.items())
    elif isinstance(value, list | tuple):
        text = "; ".join(map(written, value))
    else:
        text = "" if value is None else str(value)
    return "nothing" if not text else f"{text[:LONGEST]}..." if len(text) > LONGEST else text
