"""Toolbox: the tools of the agent as a table. Each is bound to the author being answered and says what it may show and to whom it is offered."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from pydantic import BaseModel, ValidationError

from agent import inputs
from agent.inputs import Article, Empty, Handover, Query, Question, Reply, RunAction
from agent.model import Block, ToolUse
from agent.register import Register
from agent.untrusted import quoted
from agent.vault import Vault
from desk.audience import INTERNAL, Audience, may_show
from desk.customer import Fact, Trust
from desk.draft import Evidence, Passage
from desk.errors import FrontdeskError, InvalidInput, Unavailable
from desk.ports import Brief, PastTicket, Tools
from desk.selfservice import ActionRequest, Effect, fill

FOUND = 6
"""Passages that one search shows."""
PASSAGE = 2400
"""Characters of a passage that are shown."""
ARTICLE = 12000
"""Characters of an article that are shown."""
SUBSCRIPTION = frozenset({"plan", "contract", "seats", "renewal", "status", "subscription"})
INVOICES = frozenset({"invoice", "payment"})
USAGE = frozenset({"usage", "quota", "limit", "integration", "sync", "storage", "api"})


@dataclass(frozen=True, slots=True)
class Told:
    """What a tool answers: blocks for the model, and whether it failed."""

    blocks: tuple[Block, ...]
    failed: bool = False


@dataclass(slots=True)
class Session:
    """One turn of the agent: whom it answers, what it was shown, what it asked to be done, and how often it looked something up."""

    brief: Brief
    tools: Tools
    vault: Vault
    register: Register = field(default_factory=Register)
    requests: list[ActionRequest] = field(default_factory=list)
    lookups: int = 0

    @property
    def place(self) -> frozenset[Audience]:
        """Return what some part of the answer may show."""
        return self.brief.place | (self.brief.private or frozenset())

    def where(self, audience: Audience) -> str:
        """Say where a fact of this audience may be told."""
        if may_show(self.brief.place, audience):
            return "thread"
        return "private" if may_show(self.place, audience) else "nowhere"


Run = Callable[[Session, Any], Awaitable[Told]]


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool. `effect` is what it does to the world, `shows` the most that it can show (public, account, person); below `needs` it is not offered.

    A tool without `run` ends the turn.
    """

    name: str
    says: str
    takes: type[BaseModel]
    effect: Effect = Effect.READ
    shows: str = "public"
    needs: Trust = Trust.NONE
    run: Run | None = None


def offered(session: Session) -> tuple[Tool, ...]:
    """Return the tools for this author, in an order that never changes, so that the prompt's beginning stays the same."""
    trust = session.brief.author.trust
    return tuple(tool for tool in TOOLS.values() if trust >= tool.needs and (tool.name != "run_action" or session.brief.actions))


def described(tool: Tool) -> Block:
    """Return a tool as the API takes it."""
    mark = f"[{tool.effect.upper()}{', ends the turn' if tool.run is None else ''}] "
    return {"name": tool.name, "description": mark + tool.says, "input_schema": inputs.schema(tool.takes)}


async def use(call: ToolUse, session: Session, *, timeout: timedelta, most: int) -> Told:
    """Run one tool; whatever goes wrong is told in words that the model can act on."""
    tool = next((tool for tool in offered(session) if tool.name == call.name), None)
    if tool is None or tool.run is None:
        return failed(f"There is no tool {call.name[:40]!r} for this customer. Use those that are listed, or hand_over.")
    if session.lookups >= most:
        return failed("You have looked up enough for this turn: end it with submit_reply, ask_customer or hand_over.")
    session.lookups += 1
    try:
        given = tool.takes.model_validate(dict(call.input))
        async with asyncio.timeout(timeout.total_seconds()):
            return await tool.run(session, given)
    except ValidationError as error:
        return failed(inputs.mistakes(error))
    except InvalidInput as error:
        return failed(str(error))
    except TimeoutError:
        return failed("This took too long. Go on without it, or hand_over and say that it could not be looked up.")
    except (Unavailable, FrontdeskError) as error:
        system = error.system if isinstance(error, Unavailable) else "it"
        return failed(f"Nothing can be looked up right now: {system} does not answer. Do not try again; go on without it, or hand_over.")


async def _search(session: Session, given: Query) -> Told:
    found = await session.tools.search(session.vault.plain(given.query), k=FOUND)
    return _passages(session, found) if found else Told((_text("Nothing was found. Try other words once, or hand_over."),))


async def _article(session: Session, given: Article) -> Told:
    found = await session.tools.article(given.document)
    if not found:
        return failed(f"There is no article {given.document[:80]!r} that may be shown. Take its `document` from a search result.")
    shown: list[Passage] = []
    for passage in found:
        if sum(len(other.text) for other in shown) + len(passage.text) > ARTICLE:
            break
        shown.append(passage)
    return _passages(session, shown)


def passages(session: Session, found: Sequence[Passage]) -> tuple[Block, ...]:
    """Return passages as search results with citations, each under its number; what may be shown nowhere is left out here too."""
    usable = [p for p in found if p.audience != INTERNAL and may_show(session.place, p.audience)]
    return tuple(_result(session, passage) for passage in usable)


def _passages(session: Session, found: Sequence[Passage]) -> Told:
    return Told(passages(session, found))


def _result(session: Session, passage: Passage) -> Block:
    item = session.register.passage(passage)
    title = " > ".join(filter(None, (passage.title, passage.heading)))
    head = f"[{item.n}] document {passage.document} | may be told in: {session.where(item.audience)} | {_dates(item)}"
    body = quoted(session.vault.hide(passage.text), label="article", most=PASSAGE)
    return {
        "type": "search_result",
        "source": passage.url or passage.document,
        "title": f"[{item.n}] {title}"[:200],
        "content": [_text(head), _text(body)],
        "citations": {"enabled": True},
    }


def _dates(item: Evidence) -> str:
    known = (("changed", item.updated), ("reviewed", item.reviewed))
    return ", ".join(f"{what} {on}" for what, on in known if on) or "undated"


def _record(kinds: Callable[[str], bool], nothing: str) -> Run:
    async def run(session: Session, _: Empty) -> Told:
        found = facts(session, [fact for fact in await session.tools.record() if kinds(fact.kind)])
        return Told(found) if found else Told((_text(nothing),))

    return run


def facts(session: Session, found: Sequence[Fact]) -> tuple[Block, ...]:
    """Return fields of the record, each under its number with where it may be told; none that may be told nowhere."""
    usable = [fact for fact in found if fact.audience != INTERNAL and may_show(session.place, fact.audience)]
    return tuple(_field(session, fact) for fact in usable)


def _field(session: Session, fact: Fact) -> Block:
    item = session.register.fact(fact)
    where = f"may be told in: {session.where(item.audience)}"
    link = f" | link {item.url}" if item.url else ""
    return _text(f"[{item.n}] {fact.label} | {where}{link}\n{quoted(session.vault.hide(item.quote), label='field', most=1000)}")


async def _past(session: Session, _: Empty) -> Told:
    found = await session.tools.past_tickets()
    if not found:
        return Told((_text("This person had no tickets before."),))
    private = _audience_of(session, "person")
    for past in found:
        session.register.past(past, private)
    return Told(tuple(_text(_told_of(session, past)) for past in found))


def _told_of(session: Session, past: PastTicket) -> str:
    head = f"{past.opened:%Y-%m-%d} {past.category or 'no category'}, {past.status}. For orientation only: it is no evidence."
    said = [quoted(session.vault.hide(text), label=label, most=400) for label, text in (("asked", past.asked), ("answered", past.answered)) if text]
    return "\n".join([head, *said])


async def _run_action(session: Session, given: RunAction) -> Told:
    spec = next((spec for spec in session.brief.actions if spec.name == given.action), None)
    if spec is None:
        known = ", ".join(spec.name for spec in session.brief.actions)
        raise InvalidInput(f"there is no action {given.action[:40]!r}; there are {known}")
    values = {name: session.vault.plain(value) for name, value in given.parameters.items()}
    request = fill(spec, values, author=session.brief.author, facts=await session.tools.record(), ticket=session.brief.payer.ticket)
    if spec.effect is Effect.READ:
        return await _looked(session, spec.name, request)
    if request not in session.requests:
        session.requests.append(request)
    audience = _audience_of(session, spec.audience)
    item = session.register.action(spec.name, spec.says, audience)
    where = session.where(audience)
    return Told((_text(f'Accepted: it runs before the reply is sent. You may say, in {where}: "{spec.says}" [{item.n}] Nothing more of it.'),))


async def _looked(session: Session, name: str, request: ActionRequest) -> Told:
    found = await session.tools.look_up(request)
    blocks = passages(session, [item for item in found if isinstance(item, Passage)])
    added = [session.register.add(item) for item in found if isinstance(item, Evidence) and may_show(session.place, item.audience)]
    texts = tuple(_text(f"[{item.n}] {item.title}\n{quoted(item.quote, label='text', most=PASSAGE)}") for item in added)
    return Told(blocks + texts) if blocks or texts else Told((_text(f"{name} found nothing. Search, or hand_over."),))


def _audience_of(session: Session, word: str) -> Audience:
    from desk import audience

    author = session.brief.author
    if word == "public":
        return audience.PUBLIC
    if word == "account" and author.account:
        return audience.account(author.account.id)
    # Of somebody we do not know nothing is private: what is said must be the same as to anybody.
    return audience.person(author.person.id) if author.person and author.verified else audience.PUBLIC


def _text(text: str) -> Block:
    return {"type": "text", "text": text}


def failed(text: str) -> Told:
    """Return a failure in words that the model can act on."""
    return Told((_text(text),), failed=True)


def _table(*tools: Tool) -> Mapping[str, Tool]:
    table = {tool.name: tool for tool in tools}
    if len(table) != len(tools):
        raise ValueError("two tools have one name")
    return table


TOOLS: Mapping[str, Tool] = _table(
    Tool("search_knowledge", "Search the articles. Use the words an article would use.", Query, run=_search),
    Tool("read_article", "Read one article whole, by the `document` of a search result.", Article, run=_article),
    Tool(
        "get_customer",
        "Who the author is to us: contact, manager, other fields of their record.",
        Empty,
        shows="person",
        needs=Trust.ACCOUNT,
        run=_record(lambda kind: kind not in SUBSCRIPTION | INVOICES | USAGE, "The record has nothing more that may be told."),
    ),
    Tool(
        "get_subscription",
        "The plan and contract of the author's account.",
        Empty,
        shows="account",
        needs=Trust.ACCOUNT,
        run=_record(SUBSCRIPTION.__contains__, "The record has no subscription that may be told."),
    ),
    Tool(
        "get_invoices",
        "The author's invoices and payments, if they are entitled to see them.",
        Empty,
        shows="person",
        needs=Trust.PERSON,
        run=_record(INVOICES.__contains__, "There are no invoices that this person may see. Do not say whether there are any."),
    ),
    Tool(
        "get_usage",
        "What the record says of the account's usage and integrations.",
        Empty,
        shows="account",
        needs=Trust.ACCOUNT,
        run=_record(USAGE.__contains__, "The record has nothing about usage."),
    ),
    Tool("get_past_tickets", "The author's own earlier tickets.", Empty, shows="person", needs=Trust.PERSON, run=_past),
    Tool("run_action", "Ask for one of the listed actions to be done, by name.", RunAction, effect=Effect.WRITE, shows="person", run=_run_action),
    Tool("ask_customer", "Ask the customer one question, for what only they know.", Question, effect=Effect.WRITE),
    Tool("hand_over", "Give the conversation to a person, with a reason and a summary for them.", Handover, effect=Effect.WRITE),
    Tool("submit_reply", "Send the reply: its text, and apart from it the claims with their evidence.", Reply, effect=Effect.WRITE),
)
"""All tools, in the order they are always listed."""
ENDS = frozenset(tool.name for tool in TOOLS.values() if tool.run is None)
