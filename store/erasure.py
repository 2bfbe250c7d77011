"""Erasure: emptying what people wrote, when they ask for it and when it has been kept for long enough."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, exists, not_, or_, select, update

from desk.customer import Role
from desk.decision import WORDS, Ignore
from desk.draft import Draft, Evidence, Proposal
from desk.linking import DAY, WINDOW
from desk.policy import Retention
from desk.post import RowStatus
from desk.runs import ActionRun
from desk.source import PREFIX
from desk.space import ChannelKind, UserRef
from desk.ticket import Ticket
from desk.timeline import Message
from store.challenges import drop_challenges, drop_old_challenges
from store.ledger import drop_calls, forget_payers
from store.library import drop
from store.meanings import drop_meanings
from store.messages import find_messages, store_message
from store.rows import all_of, pack
from store.schema import action_runs, candidates, channels, decisions, documents, drafts, early, handled, messages, outbox, staged, summaries, tickets
from store.summaries import empty_summaries


def erase(connection: Connection, users: Sequence[UserRef]) -> int:
    """Empty what these users wrote, the drafts and posts of ours in their tickets and the cards that show them; return how many rows."""
    names = [str(user) for user in users]
    theirs = set(connection.execute(select(tickets.c.id).where(tickets.c.customer.in_(names))).scalars())
    theirs |= set(connection.execute(select(messages.c.ticket).where(messages.c.author.in_(names), messages.c.ticket.is_not(None))).scalars())
    ours = messages.c.ticket.in_(theirs) & (messages.c.role == Role.BOT)
    return (
        _empty_messages(connection, or_(messages.c.author.in_(names), ours))
        + _empty_drafts(connection, drafts.c.ticket.in_(theirs))
        + empty_summaries(connection, summaries.c.ticket.in_(theirs))
        + _empty_cards(connection, outbox.c.ticket.in_(theirs))
        + _empty_results(connection, action_runs.c.ticket.in_(theirs))
        + _forget_names(connection, theirs, names)
        + _drop_answers(connection, theirs)
        + forget_payers(connection, names)
        + drop_challenges(connection, users=names)
    )


def purge(connection: Connection, now: datetime, keep: Retention) -> int:
    """Drop what was kept for long enough; return how many rows."""
    chatter = select(messages.c.ticket).where(messages.c.at < now - keep.chat, messages.c.ticket.is_not(None), *_chatter())
    return (
        empty_summaries(connection, summaries.c.ticket.in_(chatter))
        + _empty_messages(connection, messages.c.at < now - keep.chat, *_chatter())
        + connection.execute(delete(early).where(early.c.at < now - keep.chat)).rowcount
        + connection.execute(delete(handled).where(handled.c.at < now - keep.handled)).rowcount
        + _empty_cards(connection, outbox.c.status == RowStatus.FAILED, outbox.c.at < now - keep.chat)
        + drop_calls(connection, now - keep.calls)
        + drop_old_challenges(connection, now - DAY - WINDOW)
    )


def _chatter() -> tuple[ColumnElement[bool], ...]:
    """What was said in a community channel and asked nothing: nobody ever did more about it than ignore it."""
    community = messages.c.channel.in_(select(channels.c.ref).where(channels.c.kind == ChannelKind.COMMUNITY))
    about = exists().where(decisions.c.ticket == messages.c.ticket)
    ignored = about & not_(about.where(decisions.c.action != WORDS[Ignore]))
    return community, or_(messages.c.ticket.is_(None), ignored)


def _empty_messages(connection: Connection, *conditions: ColumnElement[bool]) -> int:
    found = [message for message in find_messages(connection, *conditions) if _emptied(message) != message]
    for message in found:
        store_message(connection, _emptied(message))
    drop_meanings(connection, [message.id for message in found])
    return len(found)


def _emptied(message: Message) -> Message:
    return replace(message, text="", files=(), author_name=message.author_name if message.role is Role.BOT else "")


def _empty_drafts(connection: Connection, *conditions: ColumnElement[bool]) -> int:
    found = all_of(connection, Draft, select(drafts.c.doc).where(*conditions))
    for draft in found:
        bare = replace(draft, proposal=_bare(draft.proposal), why="")
        connection.execute(update(drafts).where(drafts.c.id == draft.id).values(doc=pack(bare)))
    return len(found)


def _bare(proposal: Proposal) -> Proposal:
    return replace(
        proposal,
        parts=tuple(replace(part, text="") for part in proposal.parts),
        claims=tuple(replace(claim, text="", why="") for claim in proposal.claims),
        evidence=tuple(map(_unquoted, proposal.evidence)),
        related=tuple(map(_unquoted, proposal.related)),
        requests=tuple(replace(request, parameters=(), bound=()) for request in proposal.requests),
        translation="",
        summary="",
    )


def _unquoted(evidence: Evidence) -> Evidence:
    return replace(evidence, quote="")


def _empty_cards(connection: Connection, *conditions: ColumnElement[bool]) -> int:
    """A row that still waited with words in it has nothing left to say."""
    worded = outbox.c.card.is_not(None)
    waiting = outbox.c.status.in_((RowStatus.QUEUED, RowStatus.SENDING, RowStatus.HELD))
    connection.execute(update(outbox).where(*conditions, worded, waiting).values(status=RowStatus.DROPPED))
    return connection.execute(update(outbox).where(*conditions, worded).values(card=None)).rowcount


def _empty_results(connection: Connection, *conditions: ColumnElement[bool]) -> int:
    """What a run was given went with its draft; what the other side said of it goes here."""
    found = [run for run in all_of(connection, ActionRun, select(action_runs.c.doc).where(*conditions)) if run.result]
    for run in found:
        connection.execute(update(action_runs).where(action_runs.c.id == run.id).values(doc=pack(replace(run, result=""))))
    return len(found)


def _drop_answers(connection: Connection, theirs: Collection[str]) -> int:
    """Drop what was offered of tickets, and the articles made of it, also those that a sync has read and not put yet."""
    offered = sorted(connection.execute(select(candidates.c.ticket).where(candidates.c.ticket.in_(theirs))).scalars())
    for ticket in offered:
        made = documents.c.source.startswith(PREFIX, autoescape=True) & documents.c.id.endswith(f"/{ticket}", autoescape=True)
        drop(connection, connection.execute(select(documents.c.id).where(made)).scalars().all())
        connection.execute(delete(staged).where(staged.c.doc.contains(f'"{ticket}"', autoescape=True)))
    return connection.execute(delete(candidates).where(candidates.c.ticket.in_(offered))).rowcount


def _forget_names(connection: Connection, theirs: Collection[str], names: Collection[str]) -> int:
    """The next revision of every ticket they wrote in: who read their name or words before must not write them back, and a model takes its time."""
    found = all_of(connection, Ticket, select(tickets.c.doc).where(tickets.c.id.in_(theirs)))
    for ticket in found:
        name = "" if str(ticket.customer) in names else ticket.customer_name
        bare = replace(ticket, customer_name=name, felt=(), revision=ticket.revision + 1)
        connection.execute(update(tickets).where(tickets.c.id == ticket.id).values(revision=bare.revision, doc=pack(bare)))
    return sum(str(ticket.customer) in names for ticket in found)
