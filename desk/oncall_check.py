"""Checking who is on call: every name that a chain, a use or an override says exists, and nobody's phone is called by an unsafe address."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from urllib.parse import urlsplit

from desk.oncall import DAYS, ROLES, OnCall, Override, PagerSpec, Rota, Step, StepKind

Found = tuple[str, object, str]
"""The path below `oncall`, what stands there, and what to write instead."""
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def problems(oncall: OnCall | None) -> Iterator[Found]:
    """Yield what is wrong beyond its types."""
    if oncall is None:
        return
    yield from _twice("rotas", [rota.name for rota in oncall.rotas])
    yield from _twice("pagers", [pager.name for pager in oncall.pagers])
    for n, rota in enumerate(oncall.rotas):
        yield from _of_rota(f"rotas.{n}", rota)
    for n, override in enumerate(oncall.overrides):
        yield from _of_override(f"overrides.{n}", override, oncall)
    for name, steps in oncall.chains.items():
        for n, step in enumerate(steps):
            yield from _of_step(f"chains.{name}.{n}", step, oncall)
    for n, use in enumerate(oncall.use):
        if use.chain and use.chain not in oncall.chains:
            yield f"use.{n}.chain", use.chain, _one_of("a chain", oncall.chains)
    for n, pager in enumerate(oncall.pagers):
        yield from _of_pager(f"pagers.{n}", pager)


def _twice(path: str, names: Collection[str]) -> Iterator[Found]:
    for name, count in Counter(names).items():
        if not name.strip():
            yield path, name, "give it a name"
        elif count > 1:
            yield path, name, "two have this name: give each its own"


def _of_rota(path: str, rota: Rota) -> Iterator[Found]:
    if not rota.layers and not rota.calendar:
        yield path, rota.name, "nobody is ever on call here: write [[oncall.rotas.layers]], or a calendar"
    for n, layer in enumerate(rota.layers):
        if not layer.people:
            yield f"{path}.layers.{n}.people", [], "name at least one person, by name or e-mail address"
        for day in layer.hours.keys() - set(DAYS):
            yield f"{path}.layers.{n}.hours.{day}", day, f"write one of {', '.join(DAYS)}"


def _of_override(path: str, override: Override, oncall: OnCall) -> Iterator[Found]:
    if oncall.rota(override.rota) is None or not override.rota:
        yield f"{path}.rota", override.rota, _one_of("a rota", [rota.name for rota in oncall.rotas])
    if override.until <= override.start:
        yield f"{path}.until", override.until.isoformat(), "write an instant after its start"


def _of_step(path: str, step: Step, oncall: OnCall) -> Iterator[Found]:
    if step.kind is StepKind.WAIT and not step.span:
        yield f"{path}.span", "", "say how long it waits, such as 10m"
    if step.kind is StepKind.PERSON and not step.who:
        yield f"{path}.who", "", "name a person, by name or e-mail address"
    if step.kind is StepKind.ROTA and step.who and oncall.rota(step.who) is None:
        yield f"{path}.who", step.who, _one_of("a rota", [rota.name for rota in oncall.rotas])
    if step.kind is StepKind.GROUP and step.who not in ROLES | oncall.groups.keys():
        yield f"{path}.who", step.who, _one_of("a group", sorted(ROLES | oncall.groups.keys()))
    if step.kind is StepKind.WEBHOOK and oncall.pager(step.who) is None:
        yield f"{path}.who", step.who, _one_of("a pager", [pager.name for pager in oncall.pagers])


def _of_pager(path: str, pager: PagerSpec) -> Iterator[Found]:
    parts = urlsplit(pager.at)
    if pager.at and not (parts.hostname and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK))):
        yield f"{path}.at", pager.at, "write an address that begins with https://"


def _one_of(what: str, names: Collection[str]) -> str:
    return f"write {what} that there is: {', '.join(map(str, names))}" if names else f"there is no such thing: {what} has to be set up first"
