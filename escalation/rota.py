"""Rotas: who is on call at an instant, who is next, and when nobody is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from desk.oncall import DAYS, Layer, Override, Rota, Shift, Span

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


def on_call(rota: Rota, at: datetime, *, overrides: Sequence[Override] = (), imported: Sequence[Shift] = ()) -> str | None:
    """Return who is on call, by the name that policy, override or calendar says; None for a gap.

    Whoever stands in comes first, then the calendar (`imported`, its shifts around `at`), then the layers, the last one that is staffed.
    """
    standing_in = (o.person for o in reversed(overrides) if o.rota == rota.name and o.start <= at < o.until)
    if person := next(standing_in, None):
        return person
    in_calendar = (shift.person for shift in reversed(imported) if shift.person and shift.start <= at < shift.until)
    if person := next(in_calendar, None):
        return person
    staffed = (person for layer in reversed(rota.layers) if (person := of_layer(layer, at, zone=rota.zone)))
    return next(staffed, None)


def of_layer(layer: Layer, at: datetime, *, zone: str) -> str | None:
    """Return whose turn it is in a layer, None before it starts and outside its hours."""
    if layer.hours and not _within(layer, at, zone=zone):
        return None
    turn = _turn(layer, at, zone=zone)
    return layer.people[turn % len(layer.people)] if turn is not None and layer.people else None


def bench(rota: Rota, at: datetime, *, overrides: Sequence[Override] = (), imported: Sequence[Shift] = ()) -> tuple[str, ...]:
    """Return who is on call and then those who would be next, each once: to whom goes what is too much for one person. Nobody in a gap."""
    first = on_call(rota, at, overrides=overrides, imported=imported)
    if first is None:
        return ()
    others = [person for layer in reversed(rota.layers) for person in _in_turn(layer, first)]
    return tuple(dict.fromkeys((first, *others, *(shift.person for shift in imported if shift.person and shift.start >= at))))


def shifts(rota: Rota, start: datetime, until: datetime, *, overrides: Sequence[Override] = (), imported: Sequence[Shift] = ()) -> tuple[Shift, ...]:
    """Return who is on call from `start` to `until`, without a hole: gaps are shifts of None."""
    edges = sorted({start, until, *(edge for edge in _edges(rota, start, until, overrides=overrides, imported=imported) if start < edge < until)})
    found: list[Shift] = []
    for begins, ends in pairwise(edges):
        person = on_call(rota, begins, overrides=overrides, imported=imported)
        if found and found[-1].person == person:
            found[-1] = Shift(person, found[-1].start, ends)
        else:
            found.append(Shift(person, begins, ends))
    return tuple(found)


def _edges(rota: Rota, start: datetime, until: datetime, *, overrides: Sequence[Override], imported: Sequence[Shift]) -> Iterator[datetime]:
    """Yield every instant at which somebody else could be on call."""
    for override in overrides:
        yield from (override.start, override.until) if override.rota == rota.name else ()
    for shift in imported:
        yield from (shift.start, shift.until)
    for layer in rota.layers:
        yield _boundary(layer, 0, zone=rota.zone)
        first = _turn(layer, start, zone=rota.zone) or 0
        n = first + 1
        while (edge := _boundary(layer, n, zone=rota.zone)) < until:
            yield edge
            n += 1
        yield from _hour_edges(layer, start, until, zone=rota.zone)


def _hour_edges(layer: Layer, start: datetime, until: datetime, *, zone: str) -> Iterator[datetime]:
    day = start.astimezone(ZoneInfo(zone)).date() - DAY
    while layer.hours and datetime.combine(day, time(), UTC) < until + DAY:
        for span in layer.hours.get(DAYS[day.weekday()], ()):
            closes = span.closes if span.closes > span.opens else span.closes + 24 * 60
            for minute in (span.opens, closes):
                yield _instant(datetime.combine(day, time()) + minute * MINUTE, zone)
        day += DAY


def _within(layer: Layer, at: datetime, *, zone: str) -> bool:
    """Tell whether a layer is staffed: a span over midnight belongs to the weekday on which it begins."""
    local = at.astimezone(ZoneInfo(zone))
    minute = local.hour * 60 + local.minute
    today = layer.hours.get(DAYS[local.weekday()], ())
    yesterday = layer.hours.get(DAYS[(local.weekday() - 1) % len(DAYS)], ())
    return any(_opened(span, minute) for span in today) or any(span.closes <= span.opens and minute < span.closes for span in yesterday)


def _opened(span: Span, minute: int) -> bool:
    return minute >= span.opens and (minute < span.closes or span.closes <= span.opens)


def _turn(layer: Layer, at: datetime, *, zone: str) -> int | None:
    """Return how often a layer was handed over by then, None before its start."""
    length = DAY * layer.handover.days or timedelta(hours=layer.handover.hours)
    first = _boundary(layer, 0, zone=zone)
    if at < first:
        return None
    # Clocks that change make a turn an hour longer or shorter, so what division finds may be one off.
    turn = max(0, (at - first) // length)
    while turn and _boundary(layer, turn, zone=zone) > at:
        turn -= 1
    while _boundary(layer, turn + 1, zone=zone) <= at:
        turn += 1
    return turn


def _boundary(layer: Layer, n: int, *, zone: str) -> datetime:
    """Return when the `n`-th turn begins: by the clock on the wall, so that 09:00 is 09:00 all year."""
    handover = layer.handover
    begins = datetime.combine(layer.start, time())
    if handover.hours:
        return _instant(begins + n * timedelta(hours=handover.hours), zone)
    if n == 0:
        return _instant(begins, zone)
    # The hand-over on the first day is its start; the first one that changes anything comes on a later day.
    weekly = handover.days == len(DAYS)
    ahead = (handover.weekday - begins.weekday() - 1) % len(DAYS) + 1 if weekly else 1
    return _instant(begins + (ahead + (n - 1) * handover.days) * DAY + handover.minute * MINUTE, zone)


def _instant(local: datetime, zone: str) -> datetime:
    """Return when the clock shows a time; in the hour that comes twice the first, in the one that is skipped the moment after it."""
    return local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def _in_turn(layer: Layer, first: str) -> tuple[str, ...]:
    at = layer.people.index(first) if first in layer.people else -1
    return (*layer.people[at + 1 :], *layer.people[: max(at, 0)])
