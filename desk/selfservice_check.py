"""Checking declared actions: what the types cannot say, above all that nothing which says who asks is left to a model."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import pairwise
from urllib.parse import urlsplit

from desk.audience import Scope
from desk.customer import Trust
from desk.selfservice import BUILTIN, BUILTINS, SOURCES, Confirm, Effect, Parameter, ParameterKind, SelfService

Found = tuple[str, object, str]
"""A key path below `actions`, what stands there, and what to write instead."""
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
VARIABLE = re.compile(r"[A-Z][A-Z0-9_]{0,63}")
NESTED = re.compile(r"[+*}]\s*\)\s*[+*{]")
"""A repetition of a repetition, whose matching may never end."""
LONGEST_TIMEOUT = timedelta(seconds=60)
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
AUDIENCES = (Scope.PUBLIC.value, Scope.ACCOUNT.value, Scope.PERSON.value)
NEEDED = {Scope.ACCOUNT.value: Trust.ACCOUNT, Scope.PERSON.value: Trust.PERSON}
"""How well somebody must be known before an audience of this kind is theirs."""
WHO = (
    r"to|cc|bcc|mail|email|phone|mobile|telephone|address|addressee|login|user|username|person|people|member|employee|customer|client|contact|account|tenant"
    r"|company|org|organi[sz]ation|workspace|owner|principal|sender|recipient|receiver|payer|payee|subscriber|subscription"
)
"""Words that say whom something is about or where it goes."""
SAYS_WHO = re.compile(rf"(?:{WHO})(?:s|es|id|ids|no|nr|num|number|name|address|ref|key|uuid|code)*")


def problems(actions: Sequence[SelfService], *, macros: Mapping[str, object]) -> Iterator[Found]:
    """Yield what is wrong with declared actions; `macros` are the policy's named texts."""
    names = [action.name for action in actions]
    for n, action in enumerate(actions):
        if names.index(action.name) < n:
            yield f"{n}.name", action.name, "two actions have this name: give each its own"
        for rule in RULES:
            yield from ((f"{n}.{key}", value, fix) for key, value, fix in rule(action))
        if action.builtin == "known_answer":
            yield from ((f"{n}.{key}", value, fix) for key, value, fix in _macros(action, macros))


def says_who(name: str) -> bool:
    """Tell whether a parameter's name says whom something is about: `customer_id`, `toEmail`, `account_number`."""
    words = re.findall(r"[a-z]+", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower())
    # "to" says where something goes at the beginning only: convert_to_csv is no address.
    words = [word for n, word in enumerate(words) if word != "to" or n == 0]
    return any(SAYS_WHO.fullmatch(word) for word in (*words, *map("".join, pairwise(words))))


def _named(action: SelfService) -> Iterator[Found]:
    if not NAME.fullmatch(action.name):
        yield "name", action.name, "write a name of lower-case letters, digits and _, such as restart_integration"
    for key in ("when", "says"):
        if not getattr(action, key).strip():
            yield key, getattr(action, key), f"write {'when it helps' if key == 'when' else 'what the customer is told once it has run'}"
    if action.audience not in AUDIENCES:
        yield "audience", action.audience, f"write one of {', '.join(AUDIENCES)}"
    if action.trust < NEEDED.get(action.audience, Trust.NONE):
        yield "trust", action.trust.name.lower(), f"an action for an audience of {action.audience} needs trust = {action.audience!r}"
    if action.entitlement and action.trust < Trust.PERSON:
        yield "trust", action.trust.name.lower(), 'only somebody we know is entitled to anything: write trust = "person"'


def _target(action: SelfService) -> Iterator[Found]:
    if not action.run.startswith(BUILTIN) and (fix := _address(action.run)):
        yield "run", action.run, f"{fix}, or one of {', '.join(BUILTIN + name for name in BUILTINS)}"
    if action.run.startswith(BUILTIN) and action.builtin not in BUILTINS:
        yield "run", action.run, f"there is no such built-in action: write one of {', '.join(BUILTIN + name for name in BUILTINS)}"
    for key in ("undo", "address", "link"):
        if (value := getattr(action, key)) and (fix := _address(value)):
            yield key, value, fix
    if action.address and not action.builtin:
        yield "address", action.address, "only a built-in action takes an address: write it in run"


def _secret(action: SelfService) -> Iterator[Found]:
    calls = [address for address in (action.address, action.undo, "" if action.builtin else action.run) if address]
    if action.secret and not VARIABLE.fullmatch(action.secret):
        yield (
            "secret",
            "(not shown)",
            "write the name of an environment variable that holds the key, such as FRONTDESK_ACTIONS_KEY, never the key itself",
        )
    if calls and not action.secret and action.effect is Effect.WRITE:
        yield "secret", "", "a call that changes something is signed: write the name of the environment variable that holds its key"


def _agreed(action: SelfService) -> Iterator[Found]:
    if action.effect is Effect.READ and action.confirm is not Confirm.NONE:
        yield "confirm", action.confirm.value, "looking something up needs nobody's word: leave it out"
    if action.effect is Effect.READ and action.undo:
        yield "undo", action.undo, "what changes nothing cannot be undone: leave it out"
    if action.confirm is Confirm.CUSTOMER and not action.asks.strip():
        yield "asks", action.asks, "write what the customer is asked before it runs, such as Shall I restart the {integration} integration now?"
    choices = {parameter.name for parameter in action.parameters if parameter.kind is ParameterKind.CHOICE}
    for name in re.findall(r"{([^}]*)}", action.asks):
        if name not in choices:
            yield "asks", action.asks, f"{{{name}}} is no choice of this action: only what policy itself wrote may stand in the question"
    if not timedelta() < action.timeout <= LONGEST_TIMEOUT:
        yield "timeout", action.timeout, "write a time of at most 60s"
    if not action.limits.within > timedelta():
        yield "limits.within", action.limits.within, "write a time such as 1d"


def _builtin(action: SelfService) -> Iterator[Found]:
    """A built-in action is what it is: its effect and its parameters are known."""
    known = BUILTINS.get(action.builtin)
    if known is None:
        return
    if action.effect is not known.effect:
        yield "effect", action.effect.value, f"{action.run} is a {known.effect} action"
    given = {p.name: (p.kind, p.source) for p in action.parameters}
    if given != known.parameters:
        wanted = ", ".join(
            " ".join(filter(None, (name, f"(kind {kind}", f"source {source})" if source else ")")))
            for name, (kind, source) in known.parameters.items()
        )
        yield "parameters", sorted(given), f"{action.run} takes {wanted} and nothing else"
    if action.builtin == "password_reset_link":
        yield from _reset(action)


def _reset(action: SelfService) -> Iterator[Found]:
    """Nobody learns from a password reset whether an account exists: it is for everybody, in the same words."""
    if action.trust is not Trust.NONE or action.audience != Scope.PUBLIC or not action.exact:
        yield "trust", action.trust.name.lower(), 'it must not tell who has an account: write trust = "none", audience = "public" and exact = true'
    if bool(action.address) == bool(action.link):
        yield "link", action.link, "write either link, the public page where a password is reset, or address, where the signed call goes"


def _macros(action: SelfService, macros: Mapping[str, object]) -> Iterator[Found]:
    for n, parameter in enumerate(action.parameters):
        for choice in parameter.choices:
            if choice not in macros:
                yield f"parameters.{n}.choices", choice, "there is no macro of this name under [macros]"


def _parameters(action: SelfService) -> Iterator[Found]:
    names = [parameter.name for parameter in action.parameters]
    for n, parameter in enumerate(action.parameters):
        if names.index(parameter.name) < n:
            yield f"parameters.{n}.name", parameter.name, "two parameters have this name: give each its own"
        if not NAME.fullmatch(parameter.name):
            yield f"parameters.{n}.name", parameter.name, "write a name of lower-case letters, digits and _, such as integration"
        if parameter.kind is not ParameterKind.IDENTITY and says_who(parameter.name):
            yield (
                f"parameters.{n}.kind",
                parameter.kind.value,
                f'{parameter.name!r} says who asks, which no model may fill in: write kind = "identity" and source = one of {", ".join(SOURCES)}',
            )
        yield from ((f"parameters.{n}.{key}", value, fix) for key, value, fix in KINDS[parameter.kind](parameter))


def _identity(p: Parameter) -> Iterator[Found]:
    if p.source not in SOURCES:
        yield "source", p.source, f"write where the value comes from, one of {', '.join(SOURCES)}"
    if p.choices or p.pattern:
        yield "kind", p.kind.value, "a parameter that code fills in has no choices and no pattern: leave them out"


def _record(p: Parameter) -> Iterator[Found]:
    if not p.source:
        yield "source", p.source, "write which kind of record field it must be one of, such as invoice"


def _choice(p: Parameter) -> Iterator[Found]:
    if not p.choices or not all(choice.strip() for choice in p.choices):
        yield "choices", list(p.choices), 'write the values it may have, such as ["bank feed", "payroll"]'
    if p.source:
        yield "source", p.source, "only kinds identity and record have a source: leave it out"


def _text(p: Parameter) -> Iterator[Found]:
    if p.source or p.choices:
        yield "kind", p.kind.value, 'a text has neither source nor choices: leave them out, or write kind = "choice"'
    if not 0 < p.most <= 2000:
        yield "most", p.most, "write how long it may be, from 1 to 2000 characters"
    if NESTED.search(p.pattern):
        yield "pattern", p.pattern, "a repetition inside a repetition may never end: write it without"
    try:
        re.compile(p.pattern)
    except re.error as error:
        yield "pattern", p.pattern, f"this is no regular expression: {error}"


def _number(p: Parameter) -> Iterator[Found]:
    if p.source or p.choices or p.pattern:
        yield "kind", p.kind.value, "a number has no source, choices or pattern: leave them out"


def _address(url: str) -> str:
    """Return what is wrong with an address, "" for nothing: https, or http on this machine alone."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "write an https address"
    if not host or parts.username or parts.password or parts.fragment or re.search(r"\s", url):
        return "write an https address with a host, and neither a password nor blanks in it"
    return "" if parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK) else "write an https address (http only for this machine)"


KINDS: Mapping[ParameterKind, Callable[[Parameter], Iterator[Found]]] = {
    ParameterKind.IDENTITY: _identity,
    ParameterKind.RECORD: _record,
    ParameterKind.CHOICE: _choice,
    ParameterKind.TEXT: _text,
    ParameterKind.NUMBER: _number,
}
RULES: tuple[Callable[[SelfService], Iterator[Found]], ...] = (_named, _target, _secret, _agreed, _builtin, _parameters)
