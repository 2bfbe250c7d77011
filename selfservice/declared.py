"""Declared actions: each is done as policy says, by a built-in function or a signed call, and its outcome told in three words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from desk.audience import may_show
from desk.customer import content_hash
from desk.draft import Evidence, Passage
from desk.errors import Misconfigured, Unavailable
from desk.ports import Asker
from desk.runs import ActionResult, ActionRun, RunStatus
from desk.selfservice import ActionRequest, Effect, SelfService, audience_of
from selfservice.builtin import LOOKUPS, RUNS, Shelves
from selfservice.signed import Answered, Call, Lost, SignedCalls

LONGEST_NOTE = 200
LONGEST_TEXT = 2400
"""Characters of what a lookup told that go on to the model."""


class DeclaredActions:
    """The port `Actions`, over signed calls and built-in functions."""

    def __init__(self, calls: SignedCalls, around: Shelves) -> None:
        self._calls = calls
        self._around = around

    async def run(self, spec: SelfService, run: ActionRun) -> ActionResult:
        """Make one attempt at a run and return what became of it: done, failed (certainly not done) or unknown."""
        if not spec.builtin:
            return await self._post(spec, run, spec.run)
        if spec.builtin not in RUNS:
            return ActionResult(RunStatus.FAILED, f"{spec.run} changes nothing, so there is nothing to run")
        return await RUNS[spec.builtin](spec, run, lambda spec, run: self._post(spec, run, spec.address))

    async def undo(self, spec: SelfService, run: ActionRun) -> ActionResult:
        """Make one attempt at taking a run back, at the action's `undo` address."""
        return await self._post(spec, run, spec.undo, undo=True)

    async def lookup(self, spec: SelfService, request: ActionRequest, asker: Asker) -> Sequence[Passage | Evidence]:
        """Return what an action that only looks something up finds, nothing that no part of the answer may show."""
        if spec.effect is not Effect.READ:
            return []
        if spec.builtin:
            found = await LOOKUPS[spec.builtin](request, asker, self._around)
        else:
            found = await self._asked(spec, request, asker)
        return [item for item in found if may_show(asker.audiences, item.audience)]

    async def _post(self, spec: SelfService, run: ActionRun, address: str, *, undo: bool = False) -> ActionResult:
        body: dict[str, Any] = {
            "run": run.undoes or run.id,
            "action": spec.name,
            "parameters": run.request.values,
            "ticket": run.ticket,
            **({"undo": True} if undo else {}),
        }
        try:
            answered = await self._calls.post(Call(address, body, spec.secret, str(run.id), spec.timeout))
        except Lost as error:
            return ActionResult(RunStatus.UNKNOWN, str(error))
        except Misconfigured as error:
            return ActionResult(RunStatus.FAILED, str(error))
        return ActionResult(_status(answered.status), _note(answered))

    async def _asked(self, spec: SelfService, request: ActionRequest, asker: Asker) -> Sequence[Evidence]:
        body = {"action": spec.name, "parameters": request.values}
        try:
            answered = await self._calls.post(Call(spec.run, body, spec.secret, timeout=spec.timeout))
        except (Lost, Misconfigured) as error:
            raise Unavailable("actions", str(error)) from error
        text = answered.json.get("text")
        if _status(answered.status) is not RunStatus.DONE or not isinstance(text, str) or not text.strip():
            return []
        shown, quote = audience_of(spec, asker.author), " ".join(text.split())[:LONGEST_TEXT]
        return [Evidence(0, "action", spec.name, shown, quote, spec.name, hash=content_hash(quote))]


def _status(code: int) -> RunStatus:
    """Return what a status says: done, refused and so not done, or a failure in the middle of which nobody knows."""
    if code < 200 or code >= 500:
        return RunStatus.UNKNOWN
    return RunStatus.DONE if code < 300 else RunStatus.FAILED


def _note(answered: Answered) -> str:
    """Return the other side's own words for the team, on one line: its `note`, else its status."""
    note = answered.json.get("note")
    if isinstance(note, str) and note.strip():
        return " ".join(note.split())[:LONGEST_NOTE]
    return "" if _status(answered.status) is RunStatus.DONE else f"it answered {answered.status}"
