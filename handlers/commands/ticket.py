"""One ticket by command: where it stands, what was said, decided and drafted, and what may be done next."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from desk.cards import Block, Button, Buttons, Card, Fields, Header, Notes, Text
from desk.changes import NOTHING, Changes
from desk.customer import Role
from desk.decision import Decision
from desk.draft import Draft
from desk.errors import InvalidInput
from desk.events import CommandInvoked
from desk.ticket import Ticket
from desk.timeline import Message
from handlers import replies, routed, team_buttons
from handlers.dossier import Dossier, dossier
from handlers.reasons import told
from handlers.services import Services
from handlers.times import brief

SAID, MADE = 12, 6
"""Messages, and decisions and drafts, that a card shows: the last ones."""
LETTERS = 160
FIRST = "first response due "


async def ticket(event: CommandInvoked, services: Services) -> tuple[Card, Changes]:
    """Show one ticket: where it stands, what was said, what was decided and drafted."""
    found = await _found(event.text, services)
    d = await dossier(found.id, services)
    assert d is not None
    return drawn(d, now=services.clock.now()), NOTHING


def drawn(d: Dossier, *, now: datetime) -> Card:
    """Draw a ticket from its dossier."""
    t = d.ticket
    who = f"{t.customer_name or t.customer}{f', {d.account.name}' if d.account else ''}"
    blocks: list[Block] = [Header(f"{t.id}  {who}", f"{t.priority.level} {t.priority.score}"), Text(replies.message_link(t, f"in #{d.channel}"))]
    blocks.append(Fields(_fields(d, now=now)))
    blocks += _notes("Said", [_said(message, d, now=now) for message in d.timeline if not message.deleted], SAID)
    blocks += _notes("Decided", [_decided(decision, d, now=now) for decision in d.decisions], MADE)
    blocks += _notes("Drafted", [_drafted(draft, d, now=now) for draft in d.drafts], MADE)
    record = Button("command", "Customer", t.id, subject=f"customer {t.person or t.customer}")
    return Card((*blocks, Buttons((*team_buttons.hold(d), team_buttons.why(d), record))))


async def _found(text: str, services: Services) -> Ticket:
    """Return the ticket that the command names by its id or the beginning of it."""
    words = text.split()
    if len(words) < 2:
        raise InvalidInput("Name the ticket: `/frontdesk ticket t-...`")
    found = [each for each in await services.store.tickets() if each.id.startswith(words[1])]
    if len(found) != 1:
        raise InvalidInput(f"{'No' if not found else 'More than one'} ticket begins with {words[1]!r}.")
    return found[0]


def _fields(d: Dossier, *, now: datetime) -> tuple[tuple[str, str], ...]:
    t, at = d.ticket, partial(brief, now=now, zone=d.zone)
    over = f", {t.containment}" if t.containment else ""
    muted = ", muted" if t.muted else ""
    pairs = (
        ("State", f"{t.status.replace('_', ' ')}{over}{muted}"),
        ("Held by", t.owner_name),
        *routed.fields(t, d.route),
        ("Category", t.category),
        ("Language", t.language),
        ("Opened", at(t.opened)),
        ("Closed", at(t.closed) if t.closed else ""),
        ("First response due", d.due.removeprefix(FIRST)),
        ("Snoozed until", at(t.snoozed_until) if t.snoozed_until else ""),
        ("Before it", str(t.previous or "")),
        ("Part of", str(t.merged_into or "")),
        ("Escalated", ", ".join(rule.replace("_", " ") for e in d.escalations if e.closed_at is None for rule in e.rules)),
    )
    return tuple((label, value) for label, value in pairs if value)


def _notes(title: str, lines: list[str], most: int) -> list[Block]:
    left = len(lines) - most
    shown = (*((f"({left} more before)",) if left > 0 else ()), *lines[-most:])
    return [Notes(title, tuple(shown))] if lines else []


def _said(message: Message, d: Dossier, *, now: datetime) -> str:
    who = "the bot" if message.role is Role.BOT else message.author_name or str(message.author)
    inside = " (among us)" if message.audience.scope == "internal" else ""
    files = f" [{', '.join(file.name for file in message.files)}]" if message.files else ""
    return f"{brief(message.at, now=now, zone=d.zone)}  {who}{inside}: {_cut(message.text)}{files}"


def _decided(decision: Decision, d: Dossier, *, now: datetime) -> str:
    would = f" (would {decision.would})" if decision.would else ""
    return f"{brief(decision.at, now=now, zone=d.zone)}  {decision.word}{would}, mode {decision.facts.mode.word}: {_cut('; '.join(told(decision)))}"


def _drafted(draft: Draft, d: Dossier, *, now: datetime) -> str:
    by = f" by {draft.decided_by_name}" if draft.decided_by_name else ""
    text = " ".join(part.text for part in draft.proposal.parts)
    return f"{brief(draft.created, now=now, zone=d.zone)}  {draft.status}{by}, confidence {draft.proposal.confidence:.2f}: {_cut(text)}"


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LETTERS else f"{line[: LETTERS - 1].rstrip()}…"
