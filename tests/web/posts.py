"""Posts for the tests of the workspace, as the desk would send them."""

from dataclasses import replace

from desk.audience import INTERNAL, PUBLIC
from desk.cards import Button, Buttons, Card, Field, Form, Option, Quote, Sources, Text
from desk.draft import Evidence
from desk.ids import CardId, OutboxId, TicketId
from desk.post import Direct, Op, Post
from desk.space import Place
from desk.timeline import Purpose
from tests.fakes import START
from tests.web.conftest import AGENTS, COMMUNITY

TICKET = TicketId("t-1")
SOURCE = Evidence(1, "passage", "c-1", PUBLIC, "Refunds take 5 days.", title="Refund times", document="refunds", url="https://help.example/refunds")
APPROVE = Button("approve", "Approve", TICKET, subject="d-1", basis="d-1")
WORDS = Field("part0", "In the thread", "Refunds take 5 days.", lines=4)
EDIT = Button("edit", "Bearbeiten", TICKET, "d-1", "d-1", "Edit", form=Form("Edit", (WORDS,)))
WHY = Field("why", "Why", options=(Option("wrong", "It is wrong"), Option("tone", "Its tone")))
REJECT = Button("reject", "Reject...", TICKET, "d-1", "d-1", form=Form("Reject", (WHY, Field("note", "Note", required=False))))
MARAS_WORDS = Quote("Where is my refund? It was promised", "Mara Voss")
DRAFT_CARD = Card((MARAS_WORDS, Text("Refunds take 5 days. [1]"), Sources((SOURCE,)), Buttons((APPROVE, EDIT, REJECT))))


def answer(text: str = "Refunds take 5 days.", id: str = "o-1", target: Place | Direct = Place(COMMUNITY), **more) -> Post:  # noqa: B008
    return replace(Post(OutboxId(id), target, Purpose.ANSWER, PUBLIC, START, card=Card((Text(text), Sources((SOURCE,)))), ticket=TICKET), **more)


def draft_card(card: Card = DRAFT_CARD, id: str = "o-9", **more) -> Post:
    post = Post(OutboxId(id), Place(AGENTS), Purpose.DRAFT_CARD, INTERNAL, START, card=card, card_id=CardId("card-1"), ticket=TICKET)
    return replace(post, **more)


def edit(text: str, id: str = "o-2", **more) -> Post:
    return answer(text, id, op=Op.EDIT, **more)
