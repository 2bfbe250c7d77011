"""Undoing: a teammate has taken back what an action did, once, where policy says how."""

from __future__ import annotations

from datetime import datetime

from desk.audience import INTERNAL
from desk.changes import Changes, Feedback, QueueRun, RecordFeedback, write
from desk.errors import NotAllowed
from desk.events import ButtonClicked
from desk.ids import derived
from desk.policy import Policy
from desk.runs import ActionRun, RunId, RunStatus, undo_id
from desk.selfservice import described
from desk.space import UserRef
from desk.store import Store
from desk.ticket import Ticket
from handlers import internal, requests, say
from handlers.services import Services
from handlers.situation import load_anyway


async def undo(event: ButtonClicked, ticket: Ticket, services: Services) -> Changes:
    """Have a run taken back; what comes of it stands on the card."""
    s = await load_anyway(ticket, services, cause=event.id)
    back = await taking_back(RunId(event.subject), services.store, s.policy, by=event.by, by_name=event.by_name, at=s.now)
    if back.ticket != ticket.id:
        raise NotAllowed("This action belongs to another ticket.")
    label = RecordFeedback(Feedback(derived("f", event.id), ticket.id, "undo", event.by, event.at, subject=back.draft))
    told = say.whisper("It is being undone.", to=event.by, place=event.place, cause=event.id, at=event.at, audience=INTERNAL)
    return write(QueueRun(back), label) + internal.refreshed(s) + told


async def taking_back(id: RunId, store: Store, policy: Policy, *, by: UserRef | None, by_name: str, at: datetime) -> ActionRun:
    """Return the run that takes another back; raise NotAllowed where nothing can, or somebody did before."""
    run = await store.run(id)
    if run is None or run.undoes:
        raise NotAllowed("There is no such run of an action.")
    name = described(run.request.action, run.request.parameters)
    if before := await store.run(undo_id(run.id)):
        raise NotAllowed(f"{before.by_name or 'Somebody'} had {name} undone before: {before.status}.")
    spec = requests.spec_of(run.request, policy)
    if spec is None or not spec.undo:
        raise NotAllowed(f"Policy does not say how {name} is undone.")
    if run.status is not RunStatus.DONE:
        raise NotAllowed(f"Only what was done can be undone, and {name} is {run.status}.")
    return ActionRun(undo_id(run.id), run.ticket, run.draft, run.request, run.user, at, by=by, by_name=by_name, undoes=run.id)
