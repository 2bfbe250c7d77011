"""Questions: teammates ask the desk about tickets and knowledge, directly or in a card's thread; what it answers stays with the team."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping, Sequence

from desk.article import is_expired
from desk.audience import INTERNAL
from desk.cards import Block, Card, Sources, Text
from desk.cards import Style as Look
from desk.changes import NOTHING, Changes, Enqueue, follow, write
from desk.customer import TEAM
from desk.draft import Passage
from desk.errors import FrontdeskError, Unavailable
from desk.events import QuestionAsked
from desk.ids import EventId, OutboxId, TicketId, derived
from desk.inquiry import Advice, Inquiry
from desk.post import Post
from desk.space import Place
from desk.summary import Talk
from desk.ticket import Ticket
from desk.timeline import Message, Purpose
from desk.usage import Payer
from handlers import say, shortfalls
from handlers.commands import queue
from handlers.services import Services

TICKETS = 3
"""How many tickets one question is answered from."""
LATEST = 300
"""How many of the latest tickets are looked through for a name."""
SEARCHED = 6
NEAR = 0.35
"""How near a passage must be to a question (cosine) to be shown beside it."""
SHORTEST_NAME = 3
TICKET = re.compile(r"\bt-[a-z2-7]{4,}", re.IGNORECASE)
WAITING = re.compile(
    r"\b(?:what(?:'s| is)? (?:waits|waiting|next|open)|who (?:waits|is waiting)|waits? for me|my queue|the queue|queue)\b", re.IGNORECASE
)
NOTHING_FOUND = "I found nothing about that, neither in the articles nor in the tickets I looked at."


def asked(message: Message, ticket: TicketId | None) -> Changes:
    """Show that a teammate's question was heard, and have it answered where it was asked; it is stored with the message, and nowhere else."""
    if message.role not in TEAM or message.author is None or message.ref is None or not message.text.strip():
        return NOTHING
    root = message.place.thread or message.ref.id
    id = EventId(derived("ev", "question", message.ref))
    place = Place(message.place.channel, root)
    asks = QuestionAsked(id=id, message=message.id, place=place, by=message.author, by_name=message.author_name, ticket=ticket, at=message.at)
    return say.heard(message, cause=id, at=message.at) + follow(asks)


async def question_asked(event: QuestionAsked, services: Services) -> Changes:
    """Answer a teammate, and show the answer while it is put down."""
    message = await services.store.message_by_id(event.message)
    if message is None or message.deleted or not message.text.strip():
        return NOTHING
    outbox = OutboxId(derived("o", event.id))
    card = await _answer(message, event, services)
    await _streamed(card, event, services, outbox=outbox)
    post = Post(outbox, event.place, Purpose.NOTICE, INTERNAL, services.clock.now(), card=card, ticket=event.ticket, streamed=True)
    return write(Enqueue(post))


async def _answer(message: Message, event: QuestionAsked, services: Services) -> Card:
    if event.ticket is None and WAITING.search(message.text):
        return await queue.waiting(services)
    try:
        passages = await _passages(message.text, services)
        unread = ""
    except Unavailable:
        passages, unread = (), "The articles could not be searched just now, so this is from the tickets alone."
    inquiry = await _inquiry(message, event, passages, services=services)
    advice = await services.advisor.advise(inquiry)
    return _drawn(advice, unread)


def _drawn(advice: Advice, unread: str) -> Card:
    notes = [unread, *(shortfalls.shortfall(code) for code in advice.degraded)]
    blocks: list[Block] = [Text(advice.text or NOTHING_FOUND)]
    blocks += [Sources(advice.evidence, detailed=True)] if advice.evidence else []
    return Card((*blocks, *(Text(note, Look.QUIET) for note in notes if note)))


async def _inquiry(message: Message, event: QuestionAsked, passages: Sequence[Passage], *, services: Services) -> Inquiry:
    policy, now = await services.policy.current(), services.clock.now()
    payer = Payer(str(event.ticket or ""), str(event.by), str(event.place.channel))
    talks = []
    for ticket in await _tickets(message.text, event, services):
        timeline, drafts = await services.store.timeline(ticket.id), await services.store.drafts(ticket.id)
        talks.append(Talk(ticket, timeline, tuple(drafts), policy, payer, now))
    return Inquiry(message.text, tuple(talks), tuple(passages), policy, payer, now)


async def _tickets(text: str, event: QuestionAsked, services: Services) -> list[Ticket]:
    """Return the tickets a question is about: the one whose card it was asked under, those it names by id, and the latest of whom it names."""
    everything = [ticket for ticket in await services.store.tickets() if ticket.merged_into is None]
    wanted = {*map(str.lower, TICKET.findall(text)), *([str(event.ticket)] if event.ticket else [])}
    by_id = [ticket for ticket in everything if any(str(ticket.id).startswith(id) for id in wanted)]
    latest = everything[::-1][:LATEST]
    accounts = await _account_names(latest, services)
    named = [ticket for ticket in latest if _is_named(text, ticket.customer_name, accounts.get(ticket.account or "", ""))]
    return list({ticket.id: ticket for ticket in (*by_id, *named)}.values())[:TICKETS]


def _is_named(text: str, customer: str, account: str) -> bool:
    names = (customer, *customer.split()[:1], account)
    return any(len(name) >= SHORTEST_NAME and re.search(rf"\b{re.escape(name)}\b", text, re.IGNORECASE) for name in names)


async def _account_names(tickets: Sequence[Ticket], services: Services) -> Mapping[str, str]:
    """Return the names of the tickets' accounts by id, none while the customer record is down."""
    found: dict[str, str] = {}
    try:
        for id in {ticket.account for ticket in tickets if ticket.account}:
            account = await services.crm.account(id)
            found |= {str(id): account.name} if account else {}
    except Unavailable:
        return found
    return found


async def _passages(text: str, services: Services) -> Sequence[Passage]:
    """Return what the articles say of it, internal ones too; nothing past its day, nothing far away."""
    found = (await services.knowledge.search(text, frozenset({INTERNAL}), k=SEARCHED)).passages
    now = services.clock.now()
    return [passage for passage in found if passage.dense >= NEAR and not is_expired(passage.expires, now)]


async def _streamed(card: Card, event: QuestionAsked, services: Services, *, outbox: OutboxId) -> None:
    """Show the answer as it is put down; that this fails harms nothing, because the post follows."""
    text = next((block.text for block in card.blocks if isinstance(block, Text)), "")
    try:
        chat = services.platform(event.place.channel.platform)
        if chat.can.streams and text:
            await chat.stream(event.place, _pieces(text), to=event.by, id=outbox)
    except FrontdeskError:
        return


async def _pieces(text: str) -> AsyncIterator[str]:
    for line in text.splitlines(keepends=True):
        yield line
