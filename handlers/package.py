"""The package: what whoever steps in needs to know, each part short enough for a phone. It is for the team, and stands on internal cards only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from desk.cards import Block, Button, Notes, Style, Text
from desk.customer import Invoice, Role
from desk.draft import Draft, DraftStatus
from desk.escalation import Escalation
from desk.facts import HARD
from desk.runs import ActionRun, RunStatus
from desk.ticket import Reason
from desk.timeline import Message, Purpose
from handlers import dues, team_buttons
from handlers.dossier import Dossier
from handlers.reasons import render
from handlers.times import brief

TURNS, SAID = 6, 64
"""Lines of the timeline, and characters of what was said in each."""
FEW = 2
"""Turns that need no timeline: the quoted words, and that somebody was called."""
INVOICES, ANSWERS, RUNS = 3, 3, 3
WHY = 240
STATES = {RunStatus.DONE: "was done", RunStatus.FAILED: "could not be done", RunStatus.UNKNOWN: "may or may not have been done"}
SPOKE = {
    Purpose.ANSWER: "answered",
    Purpose.PART: "answered in private",
    Purpose.QUESTION: "asked back",
    Purpose.HOLDING: "said when to expect an answer",
    Purpose.REMINDER: "reminded them",
    Purpose.CSAT: "asked how it was",
}
PERSONAL = frozenset({"churn", "displeased", "worsening", "vip", "money", "repeated", "contractual_sla"})
"""Rules for which whoever looks after the account is the one to ask."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What to do next, in a sentence, with the buttons that do it."""

    sentence: str
    buttons: tuple[Button, ...] = ()


def why(escalation: Escalation) -> Block:
    """Say in one line why somebody is needed: what each rule saw."""
    reasons = dict.fromkeys(render(Reason(trigger.rule, trigger.values)) for trigger in escalation.triggers)
    return Text(_cut(f"Because {'; '.join(reasons)}.", WHY))


def suggested(escalation: Escalation, d: Dossier) -> Suggestion:
    """Return the most sensible next step, as things stand."""
    if d.ticket.status.is_over:
        return Suggestion("Say whether a human was needed: the ticket is over.")
    if d.incident and not d.incident.status.is_over and not HARD & set(escalation.rules):
        return Suggestion("Answer all of its customers at once, on the incident's card.")
    if (draft := _waiting(escalation, d)) is not None:
        return _about_draft(draft, d)
    return _about_people(escalation, d)


def known(escalation: Escalation, d: Dossier) -> tuple[Block, ...]:
    """Return what there is to know, the most needed first; a part without anything is left out."""
    parts = (
        ("Customer", customer(d)),
        ("Due", _due(d)),
        ("Tried", tried(d)),
        ("Solved before", similar(d)),
        ("Timeline", timeline(d)),
    )
    return tuple(Notes(title, lines) for title, lines in parts if lines)


def customer(d: Dossier) -> tuple[str, ...]:
    """Return the record: account, contract, value, who looks after it, who writes, and what is not paid."""
    if d.record is None or d.record.down:
        return ("(!) The customer record cannot be reached right now.",) if d.record else ()
    account, person = d.account, d.record.person
    if account is None:
        return ("Nobody the customer record knows.",)
    value = f"EUR {account.value:,.0f} a year" if account.value is not None else ""
    manager = f"looked after by {account.manager}" if account.manager else ""
    who = ", ".join(filter(None, (*sorted(person.entitlements), person.language, person.zone))) if person else "not verified"
    first = ", ".join(filter(None, (account.name, account.tier, account.contract, value, manager)))
    return (first, f"{person.name if person else d.ticket.customer_name}: {who or 'no more is known'}", *_invoices(d))


def tried(d: Dossier) -> tuple[str, ...]:
    """Return what was answered, by whom and from which articles, and what was done for them."""
    answers = [_answered(draft, d) for draft in d.drafts if draft.status is DraftStatus.SENT][-ANSWERS:]
    runs = [_ran(run, d) for run in d.runs if run.status in STATES][-RUNS:]
    return (*answers, *runs)


def similar(d: Dossier) -> tuple[str, ...]:
    """Return what solved the like before: ids and titles, never another customer's words or name."""
    return tuple(f"• {each.ticket}, {each.category or 'no category'}, {_at(each.at, d)}: {each.by}" for each in d.similar)


def timeline(d: Dossier) -> tuple[str, ...]:
    """Return the last turns, one short line each, but for the one that the card quotes; the card has a button for the rest."""
    quoted = next((m for m in reversed(d.timeline) if m.is_customers), None)
    said = [m for m in d.timeline if not m.deleted and m.text and not (m.role is Role.BOT and m.purpose is Purpose.NOTICE)]
    if len(said) <= FEW:
        return ()
    said = [m for m in said if m != quoted]
    left = len(said) - TURNS
    return (*((f"({left} before)",) if left > 0 else ()), *(_turn(message, d) for message in said[-TURNS:]))


def _waiting(escalation: Escalation, d: Dossier) -> Draft | None:
    """Return the draft that somebody may approve: the escalation's own, else the latest."""
    open_ones = [draft for draft in d.drafts if draft.is_open]
    own = [draft for draft in open_ones if draft.id == escalation.package.draft]
    return next(reversed(own or open_ones), None)


def _about_draft(draft: Draft, d: Dossier) -> Suggestion:
    review = {button.action: button for button in team_buttons.review(draft, d)}
    if draft.proposal.unsupported:
        return Suggestion("Edit the draft below: a sentence in it has no evidence.", (_first(review["edit"]),))
    return Suggestion("Approve the draft below if it answers them, or edit it first.", (_first(review["approve"]), review["edit"]))


def _about_people(escalation: Escalation, d: Dossier) -> Suggestion:
    rules, holds = set(escalation.rules), {button.action: button for button in team_buttons.hold(d)}
    if "reply" in holds:
        return Suggestion(f"{d.ticket.owner_name} holds it: reply to them.", (_first(holds["reply"]),))
    take = (_first(holds["take_over"]),)
    if rules & (HARD - {"asks_human"}):
        return Suggestion("Take it over and answer in person; keep what it is about out of public.", take)
    if "asks_human" in rules:
        return Suggestion("Take it over and answer: they asked for a person.", take)
    if rules & PERSONAL and (assign := _to_manager(d)):
        return Suggestion(f"Give it to {_manager(d)}, who looks after {d.account.name if d.account else 'them'}.", (assign, *holds.values()))
    if not tried(d):
        return Suggestion("Take it over and ask for what is missing: nothing we know answers it.", take)
    return Suggestion("Take it over and answer: what was tried did not help.", take)


def _to_manager(d: Dossier) -> Button | None:
    """Return the button that assigns it to the account's manager, if they are of the team."""
    manager = next((user for user, person in d.team if person.name == _manager(d)), None)
    assign = next((button for button in team_buttons.more(d) if button.action == "assign"), None)
    if manager is None or assign is None or assign.form is None:
        return None
    fields = tuple(replace(field, value=str(manager)) if field.name == "teammate" else field for field in assign.form.fields)
    return replace(_first(assign), label=f"Assign to {_manager(d)}...", english="Assign...", form=replace(assign.form, fields=fields))


def _manager(d: Dossier) -> str:
    return d.account.manager if d.account else ""


def _first(button: Button) -> Button:
    return replace(button, style=Style.PRIMARY)


def _due(d: Dossier) -> tuple[str, ...]:
    """Return everything that is promised where the head of the card has room for the most pressing only."""
    return tuple(dues.told(item, d.ticket, now=d.now, zone=d.zone) for item in d.owed) if d.now and len(d.owed) > 1 else ()


def _invoices(d: Dossier) -> tuple[str, ...]:
    invoices = d.record.invoices if d.record else ()
    more = len(invoices) - INVOICES
    lines = [_invoice(invoice) for invoice in invoices[:INVOICES]]
    return (*lines, f"and {more} more open invoices") if more > 0 else tuple(lines)


def _invoice(invoice: Invoice) -> str:
    due = f", due {invoice.due:%-d %b %Y}" if invoice.due else ""
    return f"Open: {invoice.number}, {invoice.currency} {invoice.amount:,.2f}, {invoice.status}{due}"


def _answered(draft: Draft, d: Dossier) -> str:
    at = draft.decided_at or draft.created
    titles = dict.fromkeys(item.title for item in draft.proposal.evidence if item.title)
    by = "automatically" if draft.automatic else f"by {draft.decided_by_name}" if draft.decided_by_name else ""
    text = " ".join(" ".join(part.text for part in draft.proposal.parts).split())
    return f"• {_at(at, d)} answered {by}: {', '.join(titles) or _cut(text, SAID)}"


def _ran(run: ActionRun, d: Dossier) -> str:
    return f"• {_at(run.finished or run.at, d)} {run.request.action} {STATES[run.status]}{f': {_cut(run.result, SAID)}' if run.result else ''}"


def _turn(message: Message, d: Dossier) -> str:
    """Return one turn; of what we said it is enough what it was, for the customer's words are what one reads back for."""
    at = _at(message.at, d)
    if message.role is Role.BOT:
        return f"{at} the bot {SPOKE.get(message.purpose, 'told them how it goes on')}"
    inside = " (among us)" if message.audience.scope == "internal" else ""
    return f"{at} {message.author_name or 'a customer'}{inside}: {_cut(' '.join(message.text.split()), SAID)}"


def _at(instant: datetime, d: Dossier) -> str:
    return brief(instant, now=d.now or instant, zone=d.zone)


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
