"""The summarizer contract: what the desk may rely on when it asks what a conversation came to, whoever answers. The quoting one needs no fake."""

import json

import pytest

from agent.metered import Metered
from agent.model import Completion, Fault, ModelFault, Request
from agent.summary import ExtractiveSummarizer, ModelSummarizer
from desk.answering import Summarizer
from desk.customer import Role
from desk.summary import MOST, SummaryKind
from tests.agent.talks import TICKET, WHOLE, said, talk
from tests.fakes import FakeClock, MemoryLedger

SAYS = json.dumps({"points": [{"text": "Noor promised to write on Thursday.", "messages": [3], "quote": "write on Thursday"}]})


class Saying:
    """A model that says one thing, or fails."""

    def __init__(self, says: str | Fault) -> None:
        self._says = says

    async def complete(self, request: Request) -> Completion:
        if isinstance(self._says, Fault):
            raise ModelFault(self._says)
        return Completion(self._says, (), (), "end_turn", request.model, input=10, output=10)

    async def models(self) -> tuple[str, ...]:
        return ()


def with_model(says: str | Fault) -> ModelSummarizer:
    return ModelSummarizer(Metered(Saying(says), MemoryLedger(), FakeClock()))


@pytest.fixture(
    params=[
        pytest.param(ExtractiveSummarizer, id="quoting"),
        pytest.param(lambda: with_model(SAYS), id="by a model"),
        pytest.param(lambda: with_model(Fault.BUSY), id="by a model that is busy"),
        pytest.param(lambda: with_model("no"), id="by a model that says nothing"),
    ]
)
def summarizer(request) -> Summarizer:
    return request.param()


pytestmark = pytest.mark.parametrize("kind", list(SummaryKind))


async def test_a_summary_says_what_of_as_of_when_and_by_whom(summarizer, kind):
    made = await summarizer.summarize(kind, talk())
    assert (made.ticket, made.kind, made.at, made.turn, bool(made.by)) == (TICKET.id, kind, talk().at, TICKET.turn, True)


async def test_its_points_are_few_and_rest_on_messages_of_the_conversation(summarizer, kind):
    made = await summarizer.summarize(kind, talk())
    assert 0 < len(made.points) <= MOST
    assert {id for point in made.points for id in point.messages} <= {message.id for message in WHOLE}


async def test_nothing_internal_is_in_it(summarizer, kind):
    assert "card number may be wrong" not in str(await summarizer.summarize(kind, talk()))


@pytest.mark.parametrize(
    "timeline",
    [
        pytest.param((said(1, ""), said(2, "", "Frontdesk", Role.BOT)), id="emptied"),
        pytest.param((said(1, "A person has this now.", "Frontdesk", Role.BOT, purpose=WHOLE[2].purpose),), id="only fixed sentences"),
    ],
)
async def test_where_nothing_was_said_there_are_no_points(summarizer, kind, timeline):
    assert (await summarizer.summarize(kind, talk(*timeline))).points == ()


async def test_the_same_conversation_gives_the_same_points(summarizer, kind):
    assert (await summarizer.summarize(kind, talk())).points == (await summarizer.summarize(kind, talk())).points
