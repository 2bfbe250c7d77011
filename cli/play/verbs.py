"""Verbs: what a step can be, as a table of the keys it has and how the driver performs it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

from cli.play.discord.people import CHANGES as ON_DISCORD
from cli.play.discord.people import TURNS
from cli.play.keys import TABLE, TEXT, YES, Check, Keys, duration, one_of, texts, times
from cli.play.slack.people import CHANGES as ON_SLACK
from cli.play.step import Step

SYSTEMS = ("model", "crm", "kb", "platform", "actions", "pager", "mail", "quota")
POINTS = ("now", "acknowledged", "committed", "sent", "ran")

CODE = "{code}"
"""In a form: the code of the last mail."""


class Stage(Protocol):
    """The driver, as verbs see it."""

    async def tell(self, act: str, step: Step, **values: Any) -> Any:
        """Have the desk's process perform an act; raises InvalidInput naming the step when it cannot be done."""
        ...

    def spot(self, step_id: str) -> dict[str, str]:
        """Return where an earlier step's message stands: channel, ref and thread."""
        ...

    def remember(self, step: Step, spot: dict[str, str]) -> None:
        """Keep where this step's message stands."""
        ...

    def channel(self, step: Step) -> str:
        """Return the channel a step happens in: its own, else where this person last was, else the first that is open to them."""
        ...

    def files(self, step: Step) -> list[str]:
        """Return the step's files as absolute paths."""
        ...

    def note(self, step: Step, sentences: list[str]) -> None:
        """Tell the script's writer something though the play goes on."""
        ...

    async def pass_time(self, step: Step) -> None:
        """Move the clock from one due instant to the next, settling at each."""
        ...

    async def switch(self, step: Step, system: str, *, up: bool) -> None:
        """Take a system down or bring it up; it stays so across a crash."""
        ...

    async def become(self, step: Step, channel: str, what: str) -> None:
        """Have an admin of the platform change a channel, behind the desk's back."""
        ...

    async def turn(self, step: Step, who: str, what: str) -> None:
        """Have somebody change how they can be reached."""
        ...

    async def join(self, step: Step, who: str, channel: str) -> None:
        """Have somebody come into a channel of the platform's."""
        ...

    async def arm(self, step: Step, point: str) -> None:
        """Have the desk killed at a point of its next work."""
        ...


Perform = Callable[[Stage, Step], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Verb:
    """What may stand in a step with this verb, and what the step does."""

    keys: Keys
    perform: Perform


async def _say(stage: Stage, step: Step) -> None:
    post = {key: step.values[key] for key in ("title", "tags") if key in step.values}
    said = {"who": step.values["who"], "text": step.values["says"], "files": stage.files(step), **post}
    stage.remember(step, await stage.tell("say", step, **said, **_where(stage, step)))


async def _edit(stage: Stage, step: Step) -> None:
    await stage.tell("edit", step, who=step.values["who"], text=step.values["says"], **_at(stage, step.values["edits"]))


async def _delete(stage: Stage, step: Step) -> None:
    await stage.tell("delete", step, who=step.values["who"], **_at(stage, step.values["deletes"]))


async def _react(stage: Stage, step: Step) -> None:
    await stage.tell("react", step, who=step.values["who"], emoji=step.values["reacts"], **_at(stage, step.values["on"]))


async def _click(stage: Stage, step: Step) -> None:
    on = step.values.get("on", "latest")
    spot = None if on == "latest" else stage.spot(on)
    form = _form(step)
    if CODE in form.values():
        code = await stage.tell("code", step)
        form = {name: code if value == CODE else value for name, value in form.items()}
    await stage.tell("click", step, who=step.values["who"], label=step.values["clicks"], form=form, on=spot)


async def _choose(stage: Stage, step: Step) -> None:
    await stage.tell("choose", step, who=step.values["who"], label=step.values["chooses"], **_at(stage, step.values["on"]))


async def _command(stage: Stage, step: Step) -> None:
    await stage.tell("command", step, who=step.values["who"], channel=stage.channel(step), text=step.values["commands"], form=_form(step))


async def _wait(stage: Stage, step: Step) -> None:
    await stage.pass_time(step)


async def _down(stage: Stage, step: Step) -> None:
    await stage.switch(step, step.values["down"], up=False)


async def _up(stage: Stage, step: Step) -> None:
    await stage.switch(step, step.values["up"], up=True)


async def _change(stage: Stage, step: Step) -> None:
    stage.note(step, await stage.tell("change", step, what=step.values["changes"], set=step.values["set"]))


async def _become(stage: Stage, step: Step) -> None:
    await stage.become(step, step.values["channel"].lstrip("#"), step.values["becomes"])


async def _turn(stage: Stage, step: Step) -> None:
    await stage.turn(step, step.values["who"], step.values["turns"])


async def _join(stage: Stage, step: Step) -> None:
    await stage.join(step, step.values["who"], step.values["joins"].lstrip("#"))


async def _crash(stage: Stage, step: Step) -> None:
    await stage.arm(step, step.values["crash"])


def _where(stage: Stage, step: Step) -> dict[str, str | None]:
    """Return where somebody writes: under an earlier message, in the latest card's thread, or in a channel."""
    if "reply_to" in step.values:
        spot = stage.spot(step.values["reply_to"])
        return {"channel": spot["channel"], "thread": spot["thread"] or spot["ref"]}
    return {"on": step.values["on"]} if "on" in step.values else {"channel": stage.channel(step), "thread": None}


def _at(stage: Stage, step_id: str) -> dict[str, str]:
    spot = stage.spot(step_id)
    return {"channel": spot["channel"], "ref": spot["ref"]}


def _form(step: Step) -> dict[str, str]:
    return {name: str(value) for name, value in step.values.get("form", {}).items()}


def _verb(perform: Perform, needs: dict[str, Check], **may: Check) -> Verb:
    return Verb(Keys(needs, {"id": TEXT, "deliver": times, "settle": YES, **may}), perform)


VERBS: dict[str, Verb] = {
    "edits": _verb(_edit, {"who": TEXT, "edits": TEXT, "says": TEXT}),
    "says": _verb(_say, {"who": TEXT, "says": TEXT}, channel=TEXT, reply_to=TEXT, on=TEXT, files=texts, title=TEXT, tags=texts),
    "deletes": _verb(_delete, {"who": TEXT, "deletes": TEXT}),
    "reacts": _verb(_react, {"who": TEXT, "reacts": TEXT, "on": TEXT}),
    "clicks": _verb(_click, {"who": TEXT, "clicks": TEXT}, on=TEXT, form=TABLE),
    "chooses": _verb(_choose, {"who": TEXT, "chooses": TEXT, "on": TEXT}),
    "commands": _verb(_command, {"who": TEXT, "commands": TEXT}, channel=TEXT, form=TABLE),
    "wait": _verb(_wait, {"wait": duration}),
    "down": _verb(_down, {"down": one_of(*SYSTEMS)}),
    "up": _verb(_up, {"up": one_of(*SYSTEMS)}),
    "changes": _verb(_change, {"changes": one_of("kb", "crm", "policy"), "set": TABLE}),
    "joins": _verb(_join, {"who": TEXT, "joins": TEXT}),
    "becomes": _verb(_become, {"channel": TEXT, "becomes": one_of(*dict.fromkeys((*ON_SLACK, *ON_DISCORD)))}),
    "turns": _verb(_turn, {"who": TEXT, "turns": one_of(*TURNS)}),
    "crash": _verb(_crash, {"crash": one_of(*POINTS)}),
}
"""The verbs in the order in which they are recognized: an edit also has `says`."""
STEP = Keys({}, {key: check for verb in VERBS.values() for key, check in {**verb.keys.needs, **verb.keys.may}.items()})
"""Every key any step may have, so that a typo is told from a key at the wrong verb."""
