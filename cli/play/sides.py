"""Sides: the chat platforms of a play that are outside the desk. Each keeps the people of a script, and sends what they do to the desk's process."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from cli.play.step import Step
from desk.errors import FrontdeskError

Json = dict[str, Any]
Values = Mapping[str, Any]
ACTS = frozenset({"say", "edit", "delete", "react", "click", "choose", "command"})
"""What people do, by the names of a side's methods."""


class Lost(FrontdeskError):
    """The desk's process hung up before it had taken what was sent."""


class Side(Protocol):
    """One platform with the people of a script in it."""

    @property
    def environment(self) -> Mapping[str, str]:
        """Return what the desk's process needs to be the app of this platform."""
        ...

    @property
    def is_quiet(self) -> bool:
        """Tell whether nothing waits to be sent."""
        ...

    async def start(self) -> None:
        """Listen for the desk's process."""
        ...

    async def close(self) -> None:
        """Hang up."""
        ...

    async def listened(self, address: str) -> None:
        """Learn where the desk's process takes what is sent, "" where it is the one who calls: it is there when this returns."""
        ...

    async def flush(self) -> Sequence[Json]:
        """Send what waits; return what it was answered with. Raises Lost."""
        ...

    async def perform(self, act: str, stage: Stage, step: Step, values: Values) -> Any:
        """Have somebody do something; return where a message stands. Raises InvalidInput where they cannot."""
        ...

    async def release(self, stage: Stage, step: Step) -> None:
        """Send what somebody was about to send when the next step began."""
        ...

    def switch(self, system: str, *, up: bool) -> None:
        """Take the platform down or bring it up, or use up its quota and give it back."""
        ...

    def becomes(self, channel: str, what: str) -> None:
        """Have an admin change a channel. Raises InvalidInput where it cannot become that here."""
        ...

    def turns(self, who: str, what: str) -> None:
        """Have somebody change how they can be reached. Raises InvalidInput where that cannot be here."""
        ...

    def joins(self, who: str, channel: str) -> None:
        """Have somebody come into a channel."""
        ...

    def ref_of(self, spot: Mapping[str, str]) -> Json:
        """Return a spot as the desk's process finds it in its store."""
        ...

    def ended(self, dump: Json) -> Json:
        """Return the dump of the desk's process with what was said here in it, in order."""
        ...


class Stage(Protocol):
    """What a side needs of the driver."""

    async def hand_over(self, side: Side, step: Step) -> Sequence[Json]:
        """Send what waits at a side, also to a process that has to be started again first; return what it was answered with."""
        ...

    async def tell(self, act: str, step: Step, **values: Any) -> Any:
        """Have the desk's process perform an act."""
        ...

    def note(self, step: Step, sentences: list[str]) -> None:
        """Tell the script's writer something."""
        ...


Open = Callable[[Mapping[str, Any], Callable[[], datetime]], Side]
"""Makes a side of a script's setup, with the play's clock."""
