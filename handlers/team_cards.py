"""Team cards: what teammates see in the agents channel, drawn from the present state; pure functions of a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from desk.cards import Block, Button, Buttons, Card, Field, Fields, Form, Header, Option, Quote, Sources, Style, Text
from desk.customer import Account
from desk.decision import Decision
from desk.draft import Draft, DraftStatus, Part, Verdict
from desk.escalation import Escalation, EscalationStatus, EscalationVerdict
from desk.ticket import Status, Ticket
from desk.timeline import Timeline
from handlers.reasons import render

QUOTED = 300
"""How many characters of the customer's words a card shows."""
DONE = {
    DraftStatus.SENT: "Sent",
    DraftStatus.REJECTED: "Rejected",
    DraftStatus.STALE: "Replaced by a newer draft",
    DraftStatus.RETRACTED: "Retracted",
    DraftStatus.OBSERVED: "Observed",
}
REASON = Field("reason", "Reason", lines=2)


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything the cards of one ticket are drawn from."""

    ticket: Ticket
    timeline: Timeline
    channel: str
    account: Account | None
    drafts: tuple[Draft, ...]
    escalations: tuple[Escalation, ...]
    decisions: tuple[Decision, ...]
    due: str = ""
    names: Mapping[str, str] = field(default_factory=dict)


def draft_card(draft: Draft, d: Dossier) -> Card:
    """Draw a draft: in full while it waits, in a line once it was decided."""
    if not draft.is_open:
        return _decided(draft, d)
    title = "Quiet draft" if draft.status is DraftStatus.QUIET else "Draft"
    blocks: list[Block] = [Header(f"{title}  for {_who(d)}", _aside(d)), *_words(d), *_parts(draft, d)]
    blocks += [Sources(draft.proposal.evidence, detailed=True)] if draft.proposal.evidence else []
    blocks += [Text(f"Not sure: {doubt}", Style.QUIET) for doubt in _doubts(draft, d)]
    return Card((*blocks, Buttons(_review_buttons(draft, d))))


def escalation_card(escalation: Escalation, d: Dossier) -> Card:
    """Draw why a human is needed, with everything tried so far and the draft there is."""
    if escalation.status is EscalationStatus.CLOSED:
        verdict = f", {escalation.verdict.value.replace('_', ' ')}" if escalation.verdict else ""
        return Card((Header(f"Closed{verdict}: {_why(escalation)}  for {_who(d)}", escalation.by_name),))
    draft = next((x for x in d.drafts if x.id == escalation.package.draft), None)
    blocks: list[Block] = [Header(f"Needs a human: {_why(escalation)}  for {_who(d)}", _aside(d)), *_words(d), Fields(_context(escalation, d))]
    buttons = _escalation_buttons(escalation, d)
    if draft is not None and draft.is_open:
        blocks += [*_parts(draft, d), *([Sources(draft.proposal.evidence, detailed=True)] if draft.proposal.evidence else [])]
        buttons = (*_review_buttons(draft, d)[:-2], *buttons)
    elif draft is not None:
        blocks.append(Text(_line(draft), Style.QUIET))
    return Card((*blocks, Buttons(_unique(buttons))))


def auto_card(draft: Draft, d: Dossier) -> Card:
    """Draw the quiet line that an automatic answer leaves."""
    text = " ".join(part.text for part in draft.proposal.parts)
    state = "" if draft.status is DraftStatus.SENT else f" ({DONE[draft.status].lower()})"
    judged = d.names.get(draft.id, "")
    head = Header(f"Answered automatically{state}{f', called {judged}' if judged else ''}: {_who(d)}", f"confidence {draft.proposal.confidence:.2f}")
    return Card((head, Text(_cut(text, 160), Style.QUIET), *_files(d), Buttons(_after_buttons(draft, d, automatic=True))))


def daily_card(decisions: Sequence[Decision], words: Mapping[str, str], drafts: Mapping[str, Draft], judged: Mapping[str, str]) -> Card:
    """Draw what the bot would have said on a day, each for a teammate to call right or wrong."""
    blocks: list[Block] = [Header("What I would have said today", f"{len(decisions)} answers observed")]
    for decision in decisions:
        draft = drafts.get(str(decision.facts.draft))
        text = "\n".join(_placed(part, "") for part in draft.proposal.parts) if draft else ""
        blocks += [Quote(_cut(words.get(decision.id, ""), QUOTED)), Text(f"{decision.would}: {_cut(text, 600)}")]
        if decision.id in judged:
            blocks.append(Text(f"Called {judged[decision.id]}.", Style.QUIET))
        else:
            pair = (
                Button("right", "Right", decision.ticket, subject=decision.id),
                Button("wrong", "Wrong", decision.ticket, subject=decision.id, style=Style.DANGER),
            )
            blocks.append(Buttons(pair))
    return Card(tuple(blocks))


def _who(d: Dossier) -> str:
    if d.account is None:
        return f"{d.ticket.customer_name} (unknown)"
    health = f", health {d.account.health} {d.account.health_trend}".rstrip() if d.account.health is not None else ""
    return f"{d.ticket.customer_name}, {d.account.name} ({d.account.tier or 'no tier'}{health})"


def _aside(d: Dossier) -> str:
    return "   ".join(filter(None, (f"{d.ticket.priority.level} {d.ticket.priority.score}", d.due)))


def _words(d: Dossier) -> tuple[Block, ...]:
    """Return the customer's last words, how many more there are, and their files."""
    said = [m for m in d.timeline if m.is_customers]
    if not said:
        return (Text(f"The customer took their words back.   #{d.channel}", Style.QUIET),)
    more = f"(+{len(said) - 1} messages)   " if len(said) > 1 else ""
    return (Quote(_cut(said[-1].text, QUOTED), said[-1].author_name), Text(f"{more}#{d.channel}", Style.QUIET), *_files(d))


def _files(d: Dossier) -> tuple[Block, ...]:
    names = [f"{file.name} ({'read' if file.text else 'not read by the bot'})" for m in d.timeline if m.is_customers for file in m.files]
    return (Text("Files: " + ", ".join(names), Style.QUIET),) if names else ()


def _parts(draft: Draft, d: Dossier) -> tuple[Block, ...]:
    """Return every part with where it will go, and each sentence that nothing carries."""
    blocks: list[Block] = []
    for n, part in enumerate(draft.proposal.parts):
        blocks.append(Text(_placed(part, d.names.get(str(part.to), d.ticket.customer_name))))
        missing = [claim for claim in draft.proposal.claims if claim.part == n and not claim.supported]
        blocks += [Text(claim.why or f"no evidence for: {claim.text}", Style.WARNING) for claim in missing]
    return tuple(blocks)


def _placed(part: Part, name: str) -> str:
    return f"to {name or 'the customer'} alone: {part.text}" if part.to is not None else f"in the thread: {part.text}"


def _doubts(draft: Draft, d: Dossier) -> tuple[str, ...]:
    decision = next((x for x in reversed(d.decisions) if x.facts.draft == draft.id), None)
    return tuple(render(reason, decision.facts) for reason in decision.reasons) if decision else ()


def _review_buttons(draft: Draft, d: Dossier) -> tuple[Button, ...]:
    """Approve, unless a sentence has no evidence: then only Edit, or Approve anyway with a reason."""
    common = {"ticket": d.ticket.id, "subject": draft.id, "basis": draft.id}
    edit = Button("edit", "Edit", form=_edit_form(draft), **common)
    approve = Button("approve", "Approve", style=Style.PRIMARY, **common)
    anyway = Button("approve_anyway", "Approve anyway...", form=Form("Approve without evidence", (REASON,), "Approve"), **common)
    first = (edit, anyway) if draft.proposal.unsupported else (approve, edit)
    reject = Button("reject", "Reject...", form=Form("Reject the draft", (REASON,), "Reject"), style=Style.DANGER, **common)
    again = Button(
        "regenerate",
        "Regenerate...",
        form=Form("Draft again", (Field("hint", "What should be different?", lines=2, required=False),), "Draft"),
        **common,
    )
    return (*first, reject, again, *_holding_buttons(d), _why_button(d))


def _edit_form(draft: Draft) -> Form:
    fields = tuple(
        Field(f"text{n or ''}", "In the thread" if part.to is None else "To the customer alone", part.text, lines=8)
        for n, part in enumerate(draft.proposal.parts)
    )
    return Form("Edit and send", fields, "Send")


def _holding_buttons(d: Dossier) -> tuple[Button, ...]:
    """Take over, or what the one who holds it may do."""
    ticket = d.ticket
    if ticket.owner is None:
        return (Button("take_over", "Take over", ticket.id, subject=str(ticket.id)),)
    write = Form("Reply to the customer", (Field("text", "Reply", lines=6),), "Send")
    mute = (
        Button("unmute", "Unmute", ticket.id, subject=str(ticket.id)) if ticket.muted else Button("mute", "Mute", ticket.id, subject=str(ticket.id))
    )
    return (
        Button("reply", "Reply...", ticket.id, subject=str(ticket.id), form=write),
        Button("hand_back", "Hand back", ticket.id, subject=str(ticket.id)),
        mute,
    )


def _why_button(d: Dossier) -> Button:
    return Button("why", "Why", d.ticket.id, subject=str(d.ticket.id))


def _escalation_buttons(escalation: Escalation, d: Dossier) -> tuple[Button, ...]:
    verdicts = tuple(Option(v.value, v.value.replace("_", " ")) for v in EscalationVerdict)
    resolve = Button(
        "resolve",
        "Resolve...",
        d.ticket.id,
        subject=escalation.id,
        form=Form("Close it", (Field("verdict", "Was a human needed?", "needed", options=verdicts),), "Close"),
    )
    acknowledge = (
        (Button("acknowledge", "Acknowledge", d.ticket.id, subject=escalation.id, style=Style.PRIMARY),)
        if escalation.status is EscalationStatus.OPEN
        else ()
    )
    back = () if d.ticket.owner is not None else (Button("hand_back", "Hand back", d.ticket.id, subject=str(d.ticket.id)),)
    return (*acknowledge, *_holding_buttons(d), *back, resolve, _why_button(d))


def _after_buttons(draft: Draft, d: Dossier, *, automatic: bool) -> tuple[Button, ...]:
    """What remains possible after an answer was sent."""
    if draft.status is not DraftStatus.SENT:
        return (_why_button(d),)
    text = "\n\n".join(part.text for part in draft.proposal.parts[:1])
    correct = Button(
        "correct",
        "Correct...",
        d.ticket.id,
        subject=draft.id,
        form=Form("Correct the answer", (Field("text", "Corrected answer", text, lines=8),), "Send"),
    )
    retract = Button("retract", "Retract", d.ticket.id, subject=draft.id, style=Style.DANGER)
    wrong = (Button("wrong", "Wrong", d.ticket.id, subject=draft.id),) if automatic and draft.id not in d.names else ()
    take = _holding_buttons(d) if automatic and d.ticket.status not in (Status.SOLVED, Status.CLOSED) else ()
    return (correct, retract, *take, *wrong, _why_button(d))


def _decided(draft: Draft, d: Dossier) -> Card:
    sent = draft.status is DraftStatus.SENT
    return Card((Header(f"{_line(draft)}  for {_who(d)}"), Buttons(_after_buttons(draft, d, automatic=False) if sent else (_why_button(d),))))


def _line(draft: Draft) -> str:
    verbs = {
        Verdict.APPROVE: "Approved",
        Verdict.APPROVE_ANYWAY: "Approved without full evidence",
        Verdict.EDIT: "Edited and sent",
        Verdict.REJECT: "Rejected",
        Verdict.REGENERATE: "Drafted again",
    }
    done = verbs.get(draft.verdict, DONE.get(draft.status, "")) if draft.verdict else DONE.get(draft.status, "")
    shown = DONE[draft.status] if draft.status is DraftStatus.RETRACTED else done
    return " ".join(
        filter(
            None,
            (
                shown,
                f"by {draft.decided_by_name}" if draft.decided_by_name else "",
                f"at {draft.decided_at:%H:%M}" if draft.decided_at else "",
                f"({draft.why})" if draft.why else "",
            ),
        )
    )


def _context(escalation: Escalation, d: Dossier) -> tuple[tuple[str, str], ...]:
    """Return the context package: what is known without reading back."""
    tried = f"{len(escalation.package.tried)} answers" if escalation.package.tried else "nothing yet"
    state = f"acknowledged by {escalation.by_name}" if escalation.status is EscalationStatus.ACKNOWLEDGED else "open"
    holder = (("Held by", d.ticket.owner_name),) if d.ticket.owner else ()
    return (
        ("Category", d.ticket.category or "-"),
        ("Priority", _priority(d)),
        ("Tried", tried),
        ("State", state),
        ("Ticket", str(d.ticket.id)),
        *holder,
    )


def _priority(d: Dossier) -> str:
    reasons = ", ".join(render(reason) for reason in d.ticket.priority.reasons)
    return f"{d.ticket.priority.level} {d.ticket.priority.score}{f' ({reasons})' if reasons else ''}"


def _why(escalation: Escalation) -> str:
    return ", ".join(rule.replace("_", " ") for rule in escalation.rules)


def _unique(buttons: Sequence[Button]) -> tuple[Button, ...]:
    return tuple({button.action: button for button in buttons}.values())


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
