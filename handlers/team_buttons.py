"""Team buttons: what a teammate may press under a card, and what each asks first."""

from __future__ import annotations

from collections.abc import Sequence

from desk.cards import Button, Buttons, Field, Form, Option, Style
from desk.draft import Draft, DraftStatus
from desk.escalation import Escalation, EscalationStatus, EscalationVerdict
from handlers import assigning, causes, filing, joining, routed, saved_texts, snoozing, verdicts, waiting_on, wishes
from handlers.dossier import Dossier

REASON = Field("reason", "Reason", lines=2)
REJECT = Form("Reject the draft", (REASON,), "Reject")
ANYWAY = Form("Approve without evidence", (REASON,), "Approve")
REPLY = Form("Reply to the customer", (Field("text", "Reply", lines=6),), "Send")
VERDICTS = tuple(Option(verdict.value, verdict.value.replace("_", " ")) for verdict in EscalationVerdict)
VERDICT = Field("verdict", "Was a human needed?", "needed", options=VERDICTS)
NOTE = Field("note", "What solved it? For the team only.", lines=2, required=False)


def review(draft: Draft, d: Dossier) -> tuple[Button, ...]:
    """Return the buttons of a draft: Approve, unless a sentence has no evidence: then only Edit, or Approve anyway with a reason."""
    edit = _about(draft, d, "edit", "Edit", form=_edit_form(draft, d))
    approve = _about(draft, d, "approve", "Approve", style=Style.PRIMARY)
    anyway = _about(draft, d, "approve_anyway", "Approve anyway...", form=ANYWAY)
    first = (edit, anyway) if draft.proposal.unsupported else (approve, edit)
    reject = _about(draft, d, "reject", "Reject...", form=REJECT, style=Style.DANGER)
    return (*first, reject, _about(draft, d, "regenerate", "Regenerate...", form=wishes.form(draft, d.languages)))


def hold(d: Dossier) -> tuple[Button, ...]:
    """Return Take over, or what may be done with a ticket somebody holds."""
    if d.ticket.owner is None:
        return (*offered(d), _of(d, "take_over", "Take over"))
    return (_of(d, "reply", "Reply...", form=REPLY), _of(d, "hand_back", "Hand back"))


def offered(d: Dossier) -> tuple[Button, ...]:
    """Return what whoever is offered a ticket may do with it."""
    if d.ticket.offered is None or d.ticket.status.is_over:
        return ()
    accept = Button("accept", "Accept", d.ticket.id, subject=str(d.ticket.id), style=Style.PRIMARY)
    return (accept, _of(d, "give_back", "Give back...", form=routed.GIVE_BACK))


def on(d: Dossier) -> tuple[Button, ...]:
    """Return how whoever has a ticket passes it on."""
    if d.ticket.owner is None and d.ticket.offered is None:
        return ()
    hand_over = _of(d, "hand_over", "Hand over...", basis=str(d.ticket.owner or ""), form=assigning.hand_over_form(d))
    return (hand_over, *((_of(d, "give_back", "Give back...", form=routed.GIVE_BACK),) if d.ticket.owner else ()))


def mute(d: Dossier) -> Button:
    """Return the button that silences the bot in the thread, or lets it speak again."""
    return _of(d, "unmute", "Unmute") if d.ticket.muted else _of(d, "mute", "Mute")


def more(d: Dossier) -> tuple[Button, ...]:
    """Return what is needed less often and is always the same for a ticket: who holds it, when it comes back, what it is about."""
    if d.ticket.status.is_over:
        return why_late(d)
    merge = (_of(d, "merge", "Merge...", form=joining.merge_form(d)),) if d.others else ()
    split = (_of(d, "split", "Split...", form=joining.split_form(d)),) if joining.may_split(d.timeline) else ()
    return (
        _of(d, "assign", "Assign...", basis=str(d.ticket.owner or ""), form=assigning.form(d)),
        *on(d),
        aside(d),
        waits(d),
        *why_late(d),
        change(d),
        *merge,
        *split,
        mute(d),
        _of(d, "resolve", "Resolve...", form=_resolve_form(d)),
    )


def change(d: Dossier) -> Button:
    """Return the button that says what a ticket is about and how urgent it is."""
    return _of(d, "change", "Change category or priority...", basis=filing.basis(d.ticket), form=filing.form(d))


def aside(d: Dossier) -> Button:
    """Return the button that puts a ticket aside, or brings it back."""
    return _of(d, "wake", "Wake") if d.ticket.snoozed_until else _of(d, "snooze", "Snooze...", form=snoozing.FORM)


def waits(d: Dossier) -> Button:
    """Return the button that says a ticket waits on somebody else, or no longer does."""
    return _of(d, "waiting_over", "No longer waiting") if d.ticket.third_party else _of(d, "waiting_on", "Waiting on...", form=waiting_on.FORM)


def why_late(d: Dossier) -> tuple[Button, ...]:
    """Return the buttons that ask why promises were broken of which nobody said so yet."""
    return tuple(causes.button(d.ticket, breach, d.causes) for breach in d.breaches if d.causes and not breach.cause)


def row(often: Sequence[Button], d: Dossier, *, also: Sequence[Button] = ()) -> Buttons:
    """Return buttons with the menu behind them, each action once, as it stands first; what stands in front is not repeated in the menu."""
    front: dict[str, Button] = {}
    for button in often:
        front.setdefault(button.action, button)
    return Buttons(tuple(front.values()), tuple(button for button in (*also, *more(d)) if button.action not in front))


def whole(d: Dossier) -> Button:
    """Return the button that shows everything about a ticket."""
    return Button("command", "Show all", d.ticket.id, subject=f"ticket {d.ticket.id}", english="Show all")


def why(d: Dossier) -> Button:
    """Return the button that explains."""
    return _of(d, "why", "Why")


def escalation(raised: Escalation, d: Dossier) -> tuple[Button, ...]:
    """Return the buttons of an escalation."""
    acknowledge = Button("acknowledge", "Acknowledge", d.ticket.id, subject=raised.id, style=Style.PRIMARY)
    resolve = Button("resolve", "Resolve...", d.ticket.id, subject=raised.id, form=_resolve_form(d))
    if d.ticket.status.is_over:
        return (*verdicts.buttons(raised), why(d))
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


def _resolve_form(d: Dossier) -> Form:
    """Ask whether a human was needed where one was called."""
    called = any(raised.status is not EscalationStatus.CLOSED for raised in d.escalations)
    return Form("Close it", (VERDICT, NOTE) if called else (NOTE,), "Close")


def _edit_form(draft: Draft, d: Dossier) -> Form:
    """One field a part, named as `review.field_name` reads them, and the saved texts that fit."""
    labels = ("In the thread" if part.to is None else "To the customer alone" for part in draft.proposal.parts)
    fields = (Field(f"text{n or ''}", label, part.text, lines=8) for n, (part, label) in enumerate(zip(draft.proposal.parts, labels, strict=True)))
    saved = (saved_texts.field(d.offers[draft.id]),) if d.offers.get(draft.id) else ()
    return Form("Edit and send", (*fields, *saved), "Send")


def _about(draft: Draft, d: Dossier, action: str, label: str, *, style: Style = Style.PLAIN, form: Form | None = None) -> Button:
    return Button(action, label, d.ticket.id, subject=draft.id, basis=draft.id, style=style, form=form)


def _of(d: Dossier, action: str, label: str, *, basis: str = "", form: Form | None = None) -> Button:
    return Button(action, label, d.ticket.id, subject=str(d.ticket.id), basis=basis, form=form)
