"""What tests of this package begin with: an action, a run of it, and the adapter that does it."""

from datetime import timedelta
from pathlib import Path

from desk.ids import DraftId, TicketId
from desk.policy_check import merged, read_policy
from desk.runs import ActionRun, run_id, undo_id
from desk.selfservice import ActionRequest, SelfService
from desk.space import Platform, UserRef
from selfservice.builtin import Shelves
from selfservice.declared import DeclaredActions
from selfservice.signed import SignedCalls
from tests.fakes import START, FakeClock
from tests.world import ScriptedKnowledge

MARA = UserRef(Platform.LOCAL, "main", "mara")
KEY = "topsecret-key"
ENVIRONMENT = {"ACTIONS_KEY": KEY}
REQUEST = ActionRequest("restart", (("integration", "bank feed"),), bound=(("account_id", "acme"),), user=MARA, person="mara")


class Policies:
    """The shipped policy with changes."""

    def __init__(self, **changes):
        import tomllib

        self._policy = read_policy(merged(tomllib.loads((Path(__file__).parents[2] / "policy.toml").read_text()), changes))

    async def current(self):
        return self._policy


def spec(run: str, **more) -> SelfService:
    """Return an action that runs this way."""
    return SelfService("restart", "it is stuck", "It was restarted.", run, **{"secret": "ACTIONS_KEY", "timeout": timedelta(seconds=2), **more})


def run(request: ActionRequest = REQUEST, **fields) -> ActionRun:
    """Return a run of a request."""
    return ActionRun(run_id(DraftId("r-1"), request), TicketId("t-1"), DraftId("r-1"), request, MARA, START, **fields)


def back(of: ActionRun) -> ActionRun:
    """Return the run that takes another back."""
    return ActionRun(undo_id(of.id), of.ticket, of.draft, of.request, of.user, START, undoes=of.id)


def actions(environment=ENVIRONMENT, knowledge=None, policy=None) -> DeclaredActions:
    """Return the adapter."""
    clock = FakeClock()
    shelves = Shelves(knowledge or ScriptedKnowledge(), policy or Policies(), clock)
    return DeclaredActions(SignedCalls(environment, clock), shelves)
