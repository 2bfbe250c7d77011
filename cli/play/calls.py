"""Calls: a play reaches no network, so what an action would post is written down and answered with a yes."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from desk.alert import Alert
from desk.draft import Evidence, Passage
from desk.ports import Actions, Asker, Clock
from desk.runs import ActionResult, ActionRun, RunStatus
from desk.selfservice import ActionRequest, SelfService
from pagers.phones import FORMATS

FILE = "calls.jsonl"
SAID = "the play said yes"


class RecordedActions:
    """The port `Actions`: signed calls go to a file that outlives the process, what needs none is done as ever."""

    def __init__(self, actions: Actions, path: Path, clock: Clock) -> None:
        self._actions, self._path, self._clock = actions, path, clock

    async def run(self, spec: SelfService, run: ActionRun) -> ActionResult:
        """Write down the call of a run, if it has one."""
        address = spec.address if spec.builtin else spec.run
        return self._called(spec, run, address) if address else await self._actions.run(spec, run)

    async def undo(self, spec: SelfService, run: ActionRun) -> ActionResult:
        """Write down the call that takes a run back."""
        return self._called(spec, run, spec.undo)

    async def lookup(self, spec: SelfService, request: ActionRequest, asker: Asker) -> Sequence[Passage | Evidence]:
        """Look up what is here; nobody is asked outside."""
        return await self._actions.lookup(spec, request, asker) if spec.builtin else []

    def _called(self, spec: SelfService, run: ActionRun, address: str) -> ActionResult:
        call = {"at": _shown(self._clock), "address": address, "action": spec.name, "run": run.undoes or run.id, "parameters": run.request.values}
        _append(self._path, {**call, "undo": run.undoes is not None})
        return ActionResult(RunStatus.DONE, SAID)


class RecordedPager:
    """The port `Pager`: what would wake a phone goes to the same file, in the words of its service and without the key."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path, self._clock = path, clock

    async def tell(self, alert: Alert) -> None:
        """Write down an alert."""
        request = FORMATS[alert.pager.kind](alert, "")
        body = {name: value for name, value in request.body.items() if name != "routing_key"}
        _append(
            self._path, {"at": _shown(self._clock), "address": request.address, "pager": alert.pager.name, "word": alert.word.value, "body": body}
        )


class RecordedMailer:
    """The port `Mailer`: a mail goes to the same file, where a step of the play finds the code that it holds."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path, self._clock = path, clock

    async def send(self, *, to: str, subject: str, text: str) -> None:
        """Write down a mail."""
        _append(self._path, {"at": _shown(self._clock), "mail": to, "subject": subject, "text": text})


def code_of(path: Path) -> str:
    """Return the code of the last mail; "" where there is none."""
    mails = [call["text"] for call in recorded(path) if "mail" in call]
    found = re.search(r"\b\d{6}\b", mails[-1]) if mails else None
    return found[0] if found else ""


def recorded(path: Path) -> list[dict[str, Any]]:
    """Return the calls that were written down, in order."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [json.loads(line) for line in lines]


def _append(path: Path, call: Mapping[str, Any]) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(call, ensure_ascii=False) + "\n")
        file.flush()
        # The other side knows of a call, whatever becomes of this process.
        os.fsync(file.fileno())


def _shown(clock: Clock) -> str:
    return clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
