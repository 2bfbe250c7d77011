"""Keys: which keys each table of a script may have, and what their values are."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from desk.errors import InvalidInput
from desk.policy_values import read_duration
from desk.space import Intake

Check = Callable[[Any], str | None]
"""Returns what to write instead, None when the value is right."""


def kind_of(*kinds: type, fix: str) -> Check:
    """Return the check for values of these types; true and false are no numbers."""
    return lambda value: None if isinstance(value, kinds) and not (isinstance(value, bool) and bool not in kinds) else fix


def one_of(*words: str) -> Check:
    """Return the check for one of a few words."""
    return lambda value: None if value in words else "write one of " + ", ".join(words)


def texts(value: Any) -> str | None:
    """Check a list of texts."""
    return None if isinstance(value, list) and all(isinstance(item, str) for item in value) else 'write a list of texts, ["..."]'


def duration(value: Any) -> str | None:
    """Check a time such as 45m."""
    try:
        return None if read_duration(value) else "write a time above zero, such as 45m"
    except InvalidInput:
        return "write a number and s, m, h or d, such as 45m"


def times(value: Any) -> str | None:
    """Check how often something happens."""
    return None if isinstance(value, int) and not isinstance(value, bool) and value >= 1 else "write a whole number, 1 or more"


TEXT = kind_of(str, fix="write text in quotes")
NUMBER = kind_of(int, float, str, fix="write a number")
WHOLE = kind_of(int, fix="write a whole number")
YES = kind_of(bool, fix="write true or false")
TABLE = kind_of(dict, fix="write a table")
LIST = kind_of(list, fix="write a list")
DATE = kind_of(str, datetime, fix='write an instant such as "2026-11-02T10:00:00Z"')
ANY: Check = lambda _: None  # noqa: E731


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of one kind of table: those it needs, those it may have."""

    needs: Mapping[str, Check]
    may: Mapping[str, Check]

    def check(self, table: Any, where: str) -> None:
        """Raise InvalidInput, beginning with `where`, for an unknown, missing or wrong key."""
        if not isinstance(table, dict):
            raise InvalidInput(f"{where}: write a table")
        known = {**self.needs, **self.may}
        for key, value in table.items():
            if key not in known:
                raise InvalidInput(f"{where}: {_unknown(key, list(known))}")
            if fix := known[key](value):
                raise InvalidInput(f"{where}: {key} = {value!r}: {fix}")
        if missing := next((key for key in self.needs if key not in table), None):
            raise InvalidInput(f"{where}: {missing!r} is missing")


def _unknown(key: str, known: list[str]) -> str:
    near = difflib.get_close_matches(key, known, n=1)
    return f"there is no key {key!r} here; {f'did you mean {near[0]!r}?' if near else 'known keys are ' + ', '.join(known)}"


def keys(needs: Mapping[str, Check], **may: Check) -> Keys:
    """Return the keys of a kind of table."""
    return Keys(needs, may)


_LISTS = {"accounts": LIST, "people": LIST, "invoices": LIST, "channels": LIST}
SCRIPT = keys({}, setup=TABLE, step=LIST, **_LISTS)
SETUP = keys({}, start=DATE, seed=WHOLE, knowledge=texts, policy=TABLE, model=TEXT, mail=YES, message_content=YES, **_LISTS)
_PROMISED = {"first_response": duration, "next_response": duration, "resolution": duration, "hours": TEXT}
ACCOUNT = keys({"name": TEXT}, tier=TEXT, zone=TEXT, contract=ANY, health=WHOLE, value=NUMBER, manager=TEXT, fields=TABLE, **_PROMISED)
PERSON = keys({"name": TEXT}, role=TEXT, account=TEXT, trust=TEXT, zone=TEXT, language=TEXT, email=TEXT, entitlements=texts, skills=texts)
INVOICE = keys({"account": TEXT, "number": TEXT, "amount": NUMBER}, currency=TEXT, issued=ANY, due=ANY, status=TEXT, link=TEXT)
CHANNEL = keys(
    {"name": TEXT, "kind": TEXT}, account=TEXT, person=TEXT, platform=TEXT, intake=one_of(*map(str, Intake)), declared=duration, forum=YES, tags=texts
)
