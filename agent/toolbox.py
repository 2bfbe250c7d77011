"""Toolbox: the tools of the agent as a table. Each is bound to the author being answered and says what it may show and to whom it is offered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from agent.inputs import Article, Empty, Handover, Query, Question, Reply, RunAction
from agent.session import Run, Session, Told, Tool, failed, text
from agent.showing import PASSAGE, facts, passages
from agent.untrusted import quoted
from desk import audience
from desk.answering import PastTicket
from desk.audience import Audience, Scope, may_show
from desk.customer import Trust
from desk.draft import Evidence, Passage
from desk.errors import InvalidInput
from desk.selfservice import ActionRequest, Effect, fill

FOUND = 5
"""Passages that one search shows."""
ARTICLE = 12000
"""Characters of an article that are shown."""
ASKED = 400
"""Characters of what was asked or answered in an earlier ticket."""
SUBSCRIPTION = frozenset({"plan", "contract", "seats", "renewal", "status", "subscription"})
INVOICES = frozenset({"invoice", "payment"})
USAGE = frozenset({"usage", "quota", "limit", "integration", "sync", "storage", "api"})


def offered(session: Session) -> tuple[Tool, ...]:
    """Return the tools for this author, in an order that never changes, so that the prompt's beginning stays the same."""
    trust = session.brief.author.trust
    return tuple(tool for tool in TOOLS.values() if trust >= tool.needs and (tool.name != "run_action" or session.brief.actions))


async def _search(session: Session, given: Query) -> Told:
    found = await session.tools.search(session.vault.plain(given.query), k=FOUND)
    return _passages(session, found) if found else Told((text("Nothing was found. Try other words once, or hand_over."),))


async def _article(session: Session, given: Article) -> Told:
    found = await session.tools.article(given.document)
    if not found:
        return failed(f"There is no article {given.document[:80]!r} that may be shown. Take it from the `source` of a search result.")
    shown: list[Passage] = []
    for passage in found:
        if sum(len(other.text) for other in shown) + len(passage.text) > ARTICLE:
            break
        shown.append(passage)
    return _passages(session, shown)


def _passages(session: Session, found: Sequence[Passage]) -> Told:
    return Told(passages(session, found))


def _record(kinds: Callable[[str], bool], nothing: str) -> Run:
    async def run(session: Session, _: Empty) -> Told:
        found = facts(session, [fact for fact in await session.tools.record() if kinds(fact.kind)])
        return Told(found) if found else Told((text(nothing),))

    return run


async def _past(session: Session, _: Empty) -> Told:
    found = await session.tools.past_tickets()
    if not found:
        return Told((text("This person had no tickets before."),))
    private = _audience_of(session, "person")
    for past in found:
        session.register.past(past, private)
    return Told(tuple(text(_told_of(session, past)) for past in found))


def _told_of(session: Session, past: PastTicket) -> str:
    head = f"{past.opened:%Y-%m-%d} {past.category or 'no category'}, {past.status}. For orientation only: it is no evidence."
    said = [quoted(session.vault.hide(text), label=label, most=ASKED) for label, text in (("asked", past.asked), ("answered", past.answered)) if text]
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
    shown = _audience_of(session, spec.audience)
    item = session.register.action(spec.name, spec.says, shown)
    where = session.where(shown)
    return Told((text(f'Accepted: it runs before the reply is sent. You may say, in {where}: "{spec.says}" [{item.n}] Nothing more of it.'),))


async def _looked(session: Session, name: str, request: ActionRequest) -> Told:
    found = await session.tools.look_up(request)
    blocks = passages(session, [item for item in found if isinstance(item, Passage)])
    added = [session.register.add(item) for item in found if isinstance(item, Evidence) and may_show(session.place, item.audience)]
    texts = tuple(text(f"[{item.n}] {item.title}\n{quoted(item.quote, label='text', most=PASSAGE)}") for item in added)
    return Told(blocks + texts) if blocks or texts else Told((text(f"{name} found nothing. Search, or hand_over."),))


def _audience_of(session: Session, word: str) -> Audience:
    author = session.brief.author
    if word == "public":
        return audience.PUBLIC
    if word == "account" and author.account:
        return audience.account(author.account.id)
    # Of somebody we do not know nothing is private: what is said must be the same as to anybody.
    return audience.person(author.person.id) if author.person and author.verified else audience.PUBLIC


def _table(*tools: Tool) -> Mapping[str, Tool]:
    table = {tool.name: tool for tool in tools}
    if len(table) != len(tools):
        raise ValueError("two tools have one name")
    return table


TOOLS: Mapping[str, Tool] = _table(
    Tool("search_knowledge", "Search the articles. Use the words an article would use.", Query, shows=Scope.ACCOUNT, most=5, run=_search),
    Tool("read_article", "Read one article whole, by the `source` of a search result.", Article, shows=Scope.ACCOUNT, run=_article),
    Tool("ask_customer", "Ask the customer one question, for what only they know.", Question, effect=Effect.WRITE),
    Tool(
        "hand_over",
        "Give the conversation to a person, with a reason and a summary for them.",
        Handover,
        effect=Effect.WRITE,
        guides=("asking and handing over",),
    ),
    Tool(
        "submit_reply",
        "Send the reply: its text, and apart from it the claims with their evidence.",
        Reply,
        effect=Effect.WRITE,
        guides=("evidence", "what goes where", "a good reply", "promises and actions", "confidence", "language"),
    ),
    Tool(
        "get_customer",
        "Who the author is to us: contact, manager, other fields of their record.",
        Empty,
        shows=Scope.PERSON,
        needs=Trust.ACCOUNT,
        run=_record(lambda kind: kind not in SUBSCRIPTION | INVOICES | USAGE, "The record has nothing more that may be told."),
    ),
    Tool(
        "get_subscription",
        "The plan and contract of the author's account.",
        Empty,
        shows=Scope.ACCOUNT,
        needs=Trust.ACCOUNT,
        run=_record(SUBSCRIPTION.__contains__, "The record has no subscription that may be told."),
    ),
    Tool(
        "get_invoices",
        "The author's invoices and payments, if they are entitled to see them.",
        Empty,
        shows=Scope.PERSON,
        needs=Trust.PERSON,
        run=_record(INVOICES.__contains__, "There are no invoices that this person may see. Do not say whether there are any."),
    ),
    Tool(
        "get_usage",
        "What the record says of the account's usage and integrations.",
        Empty,
        shows=Scope.ACCOUNT,
        needs=Trust.ACCOUNT,
        run=_record(USAGE.__contains__, "The record has nothing about usage."),
    ),
    Tool("get_past_tickets", "The author's own earlier tickets.", Empty, shows=Scope.PERSON, needs=Trust.PERSON, run=_past),
    Tool("run_action", "Ask for one of the listed actions to be done, by name.", RunAction, effect=Effect.WRITE, shows=Scope.PERSON, run=_run_action),
)
"""All tools, in the order they are always listed: first those that everybody gets, so that the longest part of a prompt is the same for all."""
SHARED = "submit_reply"
"""The last of those."""
ENDS = frozenset(tool.name for tool in TOOLS.values() if tool.run is None)
