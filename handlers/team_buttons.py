"""Team buttons: what a teammate may press under a card, and what each asks first."""

from __future__ import annotations

from collections.abc import Sequence

from desk.cards import Button, Field, Form, Option, Style
from desk.draft import Draft, DraftStatus
from desk.escalation import Escalation, EscalationStatus, EscalationVerdict
from handlers import saved_texts
from handlers.dossier import Dossier

REASON = Field("reason", "Reason", lines=2)
REJECT = Form("Reject the draft", (REASON,), "Reject")
ANYWAY = Form("Approve without evidence", (REASON,), "Approve")
AGAIN = Form("Draft again", (Field("hint", "What should be different?", lines=2, required=False),), "Draft")
REPLY = Form("Reply to the customer", (Field("text", "Reply", lines=6),), "Send")
VERDICTS = tuple(Option(verdict.value, verdict.value.replace("_", " ")) for verdict in EscalationVerdict)
RESOLVE = Form("Close it", (Field("verdict", "Was a human needed?", "needed", options=VERDICTS),), "Close")


def review(draft: Draft, d: Dossier) -> tuple[Button, ...]:
    """Return the buttons of a draft: Approve, unless a sentence has no evidence: then only Edit, or Approve anyway with a reason."""
    edit = _about(draft, d, "edit", "Edit", form=_edit_form(draft, d))
    approve = _about(draft, d, "approve", "Approve", style=Style.PRIMARY)
    anyway = _about(draft, d, "approve_anyway", "Approve anyway...", form=ANYWAY)
    first = (edit, anyway) if draft.proposal.unsupported else (approve, edit)
    reject = _about(draft, d, "reject", "Reject...", form=REJECT, style=Style.DANGER)
    return (*first, reject, _about(draft, d, "regenerate", "Regenerate...", form=AGAIN))


def hold(d: Dossier) -> tuple[Button, ...]:
    """Return Take over, or what may be done with a ticket somebody holds."""
    mute = _of(d, "unmute", "Unmute") if d.ticket.muted else _of(d, "mute", "Mute")
    if d.ticket.owner is None:
        return (_of(d, "take_over", "Take over"), mute)
    return (_of(d, "reply", "Reply...", form=REPLY), _of(d, "hand_back", "Hand back"), mute)


def why(d: Dossier) -> Button:
    """Return the button that explains."""
    return _of(d, "why", "Why")


def escalation(raised: Escalation, d: Dossier) -> tuple[Button, ...]:
    """Return the buttons of an escalation."""
    acknowledge = Button("acknowledge", "Acknowledge", d.ticket.id, subject=raised.id, style=Style.PRIMARY)
    resolve = Button("resolve", "Resolve...", d.ticket.id, subject=raised.id, form=RESOLVE)
    if d.ticket.status.is_over:
        return (resolve, why(d))
    first = (acknowledge,) if raised.status is EscalationStatus.OPEN else ()
    return (*first, *hold(d), _of(d, "hand_back", "Hand back"), resolve, why(d))


def after(draft: Draft, d: Dossier, *, automatic: bool) -> tuple[Button, ...]:
    """Return what remains possible once an answer was sent."""
    if draft.status is not DraftStatus.SENT:
        return (why(d),)
    text = "\n\n".join(part.text for part in draft.proposal.parts[:1])
    correct = _about(draft, d, "correct", "Correct...", form=Form("Correct the answer", (Field("text", "Corrected answer", text, lines=8),), "Send"))
    retract = _about(draft, d, "retract", "Retract", style=Style.DANGER)
    wrong = (_about(draft, d, "wrong", "Wrong"),) if draft.automatic and draft.id not in d.judged else ()
    return (correct, retract, *(hold(d) if automatic and not d.ticket.status.is_over else ()), *wrong, why(d))


def unique(buttons: Sequence[Button]) -> tuple[Button, ...]:
    """Return the buttons with each action once."""
    return tuple({button.action: button for button in buttons}.values())


def _edit_form(draft: Draft, d: Dossier) -> Form:
    """One field a part, named as `review.field_name` reads them, and the saved texts that fit."""
    labels = ("In the thread" if part.to is None else "To the customer alone" for part in draft.proposal.parts)
    fields = (Field(f"text{n or ''}", label, part.text, lines=8) for n, (part, label) in enumerate(zip(draft.proposal.parts, labels, strict=True)))
    saved = (saved_texts.field(d.offers[draft.id]),) if d.offers.get(draft.id) else ()
    return Form("Edit and send", (*fields, *saved), "Send")


def _about(draft: Draft, d: Dossier, action: str, label: str, *, style: Style = Style.PLAIN, form: Form | None = None) -> Button:
    return Button(action, label, d.ticket.id, subject=draft.id, basis=draft.id, style=style, form=form)


def _of(d: Dossier, action: str, label: str, *, form: Form | None = None) -> Button:
    return Button(action, label, d.ticket.id, subject=str(d.ticket.id), form=form)
