"""Agreement: how often the team that routing named is the one that really took a ticket."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from desk.routing import Route, Switch
from insights.shares import interval


@dataclass(frozen=True, slots=True)
class Agreement:
    """What became of a category's routes: how many were taken, by the team that was named, and of those with a person by that very one."""

    category: str
    switch: Switch
    routed: int
    taken: int
    team: int
    named: int
    person: int
    instead: tuple[tuple[str, int], ...] = ()
    """The other teams whose people took them, most often first; "" are people of none."""

    @property
    def share(self) -> float | None:
        """Return the share of the taken ones that the named team took, None where none was taken."""
        return self.team / self.taken if self.taken else None

    @property
    def interval(self) -> tuple[float, float]:
        """Return the 95 % interval of the share."""
        return interval(self.team, self.taken)


def agreements(routes: Iterable[Route]) -> tuple[Agreement, ...]:
    """Return how well routes agree with who took their tickets, by category, what was only kept before what was done."""
    found: dict[tuple[str, Switch], list[Route]] = {}
    for route in routes:
        if route.wanted:
            found.setdefault((route.category, route.switch), []).append(route)
    ordered = sorted(found.items(), key=lambda item: (item[0][0], item[0][1] is not Switch.SHADOW))
    return tuple(_agreement(category, switch, those) for (category, switch), those in ordered)


def _agreement(category: str, switch: Switch, routes: Sequence[Route]) -> Agreement:
    taken = [route for route in routes if route.took]
    named = [route for route in taken if route.person]
    others = Counter(route.took_team for route in taken if route.took_team != route.team)
    return Agreement(
        category,
        switch,
        routed=len(routes),
        taken=len(taken),
        team=len(taken) - others.total(),
        named=len(named),
        person=sum(route.person == route.took for route in named),
        instead=tuple(sorted(others.items(), key=lambda item: (-item[1], item[0]))),
    )
