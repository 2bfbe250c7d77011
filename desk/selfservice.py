"""Self-service: what policy lets the desk do for a customer, and what was asked to be done; what became of it is in `desk.runs`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated

from desk import audience
from desk.audience import Audience, Scope
from desk.customer import Author, Fact, Trust
from desk.errors import InvalidInput
from desk.space import UserRef

Count = Annotated[int, "count"]
NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6})?")


class ParameterKind(StrEnum):
    """Who fills a parameter in: `identity` only code, `record` the model from the author's own record, the others the model freely."""

    IDENTITY = "identity"
    RECORD = "record"
    CHOICE = "choice"
    TEXT = "text"
    NUMBER = "number"


class Confirm(StrEnum):
    """Who has to agree before an action runs, beyond what the mode asks for; the strictest last."""

    NONE = "none"
    CUSTOMER = "customer"
    TEAMMATE = "teammate"
    LEAD = "lead"


class Effect(StrEnum):
    """What an action does to the world: it only looks something up, or it changes something."""

    READ = "read"
    WRITE = "write"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One value an action is given.

    `source` says where an identity value comes from (person, email, account, user, ticket) or which kind of record field a `record`
    value must be one of (invoice). `pattern` is a regular expression that a whole text must match, `most` its longest length.
    """

    name: str
    kind: ParameterKind
    source: str = ""
    choices: tuple[str, ...] = ()
    pattern: str = ""
    most: Count = 200
    description: str = ""


@dataclass(frozen=True, slots=True)
class RunLimits:
    """How often one person, and everybody together, may have it run within `within`."""

    person: Count = 3
    all: Count = 100
    within: timedelta = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SelfService:
    """An action that policy declares.

    `when` tells the model when it helps, `says` is what the customer may be told once it has run: the evidence of the sentence that says so.
    `run` is `builtin:NAME` or the https address of a signed call, whose key is in the environment variable `secret`. `audience` (public,
    account, person) is who may hear of it, `trust` how well the author must be known, `entitlement` what they must be entitled to.
    `undo` is the address that takes it back, "" where nothing can.
    """

    name: str
    when: str
    says: str
    run: str
    effect: Effect = Effect.WRITE
    secret: str = ""
    parameters: tuple[Parameter, ...] = ()
    audience: str = "person"
    trust: Trust = Trust.PERSON
    entitlement: str = ""
    confirm: Confirm = Confirm.NONE
    limits: RunLimits = field(default_factory=RunLimits)
    undo: str = ""
    timeout: timedelta = timedelta(seconds=10)
    asks: str = ""
    """What the customer is asked before it runs, where `confirm` is customer; {name} stands for a choice."""
    exact: bool = False
    """The reply is `says` and nothing else, so that it tells nothing of who asks."""
    address: str = ""
    """Where a built-in action makes its signed call, "" for none."""
    link: str = ""
    """The public page that a built-in action tells of."""

    @property
    def builtin(self) -> str:
        """Return the name of the built-in action it is, "" for a signed call."""
        return self.run.removeprefix(BUILTIN) if self.run.startswith(BUILTIN) else ""


@dataclass(frozen=True, slots=True)
class Builtin:
    """A built-in action: its effect, and by name the kind and the source of each parameter it takes."""

    effect: Effect
    parameters: Mapping[str, tuple[ParameterKind, str]]


BUILTIN = "builtin:"
BUILTINS: Mapping[str, Builtin] = MappingProxyType(
    {
        "documentation_link": Builtin(Effect.READ, {"query": (ParameterKind.TEXT, "")}),
        "known_answer": Builtin(Effect.READ, {"name": (ParameterKind.CHOICE, "")}),
        "resend_invoice": Builtin(Effect.WRITE, {"number": (ParameterKind.RECORD, "invoice")}),
        "password_reset_link": Builtin(Effect.WRITE, {"email": (ParameterKind.IDENTITY, "email")}),
    }
)
"""What `run = "builtin:NAME"` may name, and the parameters each takes."""
SOURCES: Mapping[str, Callable[[Author, str], str]] = MappingProxyType(
    {
        "person": lambda author, _: str(author.person.id) if author.person and author.verified else "",
        "email": lambda author, _: author.person.email if author.person and author.verified else "",
        "account": lambda author, _: str(author.account.id) if author.account else "",
        "user": lambda author, _: str(author.user),
        "ticket": lambda _, ticket: ticket,
    }
)
"""Where code finds an identity value; what nobody knows is empty."""


@dataclass(frozen=True, slots=True)
class ActionRequest:
    """What an answer asks to be done: an action by name, with every parameter filled and checked.

    `parameters` are what the answer chose; `bound` is what code filled in of who asks, which nobody is shown. `user` is who asks and
    `person` who counts for the limits: our id of them, or the platform user of somebody we do not know.
    """

    action: str
    parameters: tuple[tuple[str, str], ...] = ()
    confirm: Confirm = Confirm.NONE
    bound: tuple[tuple[str, str], ...] = ()
    user: UserRef | None = None
    person: str = ""

    @property
    def values(self) -> dict[str, str]:
        """Return every parameter by name."""
        return dict((*self.parameters, *self.bound))


def fill(spec: SelfService, given: Mapping[str, str], *, author: Author, facts: Sequence[Fact], ticket: str = "") -> ActionRequest:
    """Return a request with what was given checked, and everything that says who asks filled in from the bound author.

    Raises InvalidInput with a sentence that says what to write instead; it names parameters, never a value of the record.
    """
    own = {parameter.name: parameter for parameter in spec.parameters if parameter.kind is not ParameterKind.IDENTITY}
    if unknown := sorted(given.keys() - own.keys()):
        raise InvalidInput(_refusal(spec, unknown[0], own))
    if missing := [name for name in own if name not in given]:
        raise InvalidInput(f"{spec.name} needs {missing[0]!r}: {_wanted(own[missing[0]], facts)}")
    parameters = tuple((name, _checked(parameter, given[name], facts)) for name, parameter in own.items())
    bound = tuple((p.name, SOURCES[p.source](author, ticket)) for p in spec.parameters if p.kind is ParameterKind.IDENTITY)
    return ActionRequest(spec.name, parameters, spec.confirm, bound, author.user, SOURCES["person"](author, ticket) or str(author.user))


def audience_of(spec: SelfService, author: Author) -> Audience:
    """Return who may hear of an action of this author's; of somebody nobody knows there is nothing that is not public."""
    if spec.audience == Scope.ACCOUNT and author.account:
        return audience.account(author.account.id)
    if spec.audience == Scope.PERSON and author.verified and author.person:
        return audience.person(author.person.id)
    return audience.PUBLIC


def described(name: str, parameters: Sequence[tuple[str, str]]) -> str:
    """Return an action as a card names it: with what was chosen for it, and nothing of who asks."""
    chosen = ", ".join(f"{key} = {value}" for key, value in parameters)
    return f"{name} ({chosen})" if chosen else name


def _refusal(spec: SelfService, name: str, own: Mapping[str, Parameter]) -> str:
    known = f"it takes {', '.join(own)}" if own else "it takes no parameters"
    if any(parameter.name == name for parameter in spec.parameters):
        return f"{spec.name}: {name!r} is filled in by the desk with who asks, and by nobody else: leave it out; {known}"
    return f"{spec.name} has no parameter {name[:40]!r}: {known}"


def _wanted(parameter: Parameter, facts: Sequence[Fact]) -> str:
    return WANTED[parameter.kind](parameter, facts)


def _checked(parameter: Parameter, value: str, facts: Sequence[Fact]) -> str:
    found = CHECKS[parameter.kind](parameter, str(value).strip(), facts)
    if found is None:
        raise InvalidInput(f"{parameter.name!r} cannot be this value: {_wanted(parameter, facts)}")
    return found


def _of_record(parameter: Parameter, value: str, facts: Sequence[Fact]) -> str | None:
    """Return a value as the record writes it: an invoice by its number, any other field by its value."""
    known = {
        name.casefold(): name for fact in facts if fact.kind == parameter.source for name in (dict(fact.attributes).get("number") or fact.value,)
    }
    return known.get(value.casefold())


def _choice(parameter: Parameter, value: str, _: Sequence[Fact]) -> str | None:
    return next((choice for choice in parameter.choices if choice.casefold() == value.casefold()), None)


def _text(parameter: Parameter, value: str, _: Sequence[Fact]) -> str | None:
    fits = 0 < len(value) <= parameter.most and (not parameter.pattern or re.fullmatch(parameter.pattern, value))
    return value if fits else None


def _number(_: Parameter, value: str, __: Sequence[Fact]) -> str | None:
    return value if NUMBER.fullmatch(value) else None


CHECKS: Mapping[ParameterKind, Callable[[Parameter, str, Sequence[Fact]], str | None]] = {
    ParameterKind.RECORD: _of_record,
    ParameterKind.CHOICE: _choice,
    ParameterKind.TEXT: _text,
    ParameterKind.NUMBER: _number,
}
WANTED: Mapping[ParameterKind, Callable[[Parameter, Sequence[Fact]], str]] = {
    ParameterKind.RECORD: lambda p, _: f"write one of the customer's own, from their record of kind {p.source!r}; if there is none, hand over",
    ParameterKind.CHOICE: lambda p, _: f"write one of {', '.join(p.choices)}",
    ParameterKind.TEXT: lambda p, _: f"write a text of at most {p.most} characters" + (f" that matches {p.pattern}" if p.pattern else ""),
    ParameterKind.NUMBER: lambda _, __: "write a number, such as 3 or 2.5",
}
