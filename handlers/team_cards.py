"""Team cards: what teammates see in the agents channel, drawn from the present state; pure functions of a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from desk.cards import Block, Button, Buttons, Card, Fields, Header, Quote, Sources, Style, Text
from desk.customer import Trust
from desk.decision import Decision
from desk.draft import Draft, DraftStatus, Part, Verdict, sent_in_place
from desk.escalation import Escalation, EscalationStatus
from desk.ticket import Reason, Status
from desk.timeline import File, Message
from handlers import dues, evidenced, package, reading, routed, run_cards, snoozing, spokesman, step_lines, verdicts
from handlers import team_buttons as buttons
from handlers.dossier import Dossier
from handlers.reasons import render
from handlers.times import since, timed

COMPANY_ONLY = "their company only: nobody says which of its people this is"
QUOTED = 300
"""How many characters of the customer's words a card shows."""
SENTENCE = 120
"""How many of a sentence that nothing carries, so that it is found in the draft above."""
UNMARKED = str.maketrans({"[": "(", "]": ")", "<": "(", ">": ")", **dict.fromkeys("`*~|\\!#@＠", " ")})
"""What could be markup or call somebody in a file's name, and what is shown in its place."""
DONE = {
    DraftStatus.SENT: "Sent",
    DraftStatus.REJECTED: "Rejected",
    DraftStatus.STALE: "Replaced by a newer draft",
    DraftStatus.RETRACTED: "Retracted",
    DraftStatus.OBSERVED: "Observed",
    DraftStatus.ASKED: "Waits for the customer's word",
    DraftStatus.RUNNING: "Sent once it is done",
    DraftStatus.FAILED: "Not sent, because what it asks for was not certainly done",
    DraftStatus.DECLINED: "The customer did not want it",
}

VERDICTS = {
    Verdict.APPROVE: "Approved",
    Verdict.APPROVE_ANYWAY: "Approved without full evidence",
    Verdict.EDIT: "Edited and sent",
    Verdict.REJECT: "Rejected",
    Verdict.REGENERATE: "Drafted again",
}
OVER = {Status.SOLVED: "solved, the customer says", Status.CLOSED: "the ticket is closed"}
"""What a card says of an escalation whose ticket ended before anybody closed it with a verdict."""


def draft_card(draft: Draft, d: Dossier) -> Card:
    """Draw a draft: in full while it waits, in a line once it was decided."""
    if not draft.is_open:
        return _decided(draft, d)
    if d.ticket.snoozed_until:
        return _aside_line(d)
    title = "Quiet draft" if draft.status is DraftStatus.QUIET else "Draft"
    # Whoever holds the ticket took it over from somebody, and reads the rest of the conversation here.
    story = reading.so_far(d) if d.ticket.owner else ()
    blocks: list[Block] = [Header(f"{title}  for {_who(d)}", _aside(d)), *_words(d), *story, *_parts(draft, d)]
    blocks += [Sources(draft.proposal.evidence, detailed=True)] if draft.proposal.evidence else []
    blocks += [Text(f"Waits because {doubt}", Style.QUIET) for doubt in _doubts(draft, d)]
    about = (("Category", d.ticket.category or "-"), ("Priority", _priority(d)), ("Ticket", str(d.ticket.id)))
    blocks.append(Fields((*about, *known_by(d), *_promises(d), *_incident(d), *_holder(d), *_told(d))))
    return Card((*blocks, buttons.row((*buttons.review(draft, d), *buttons.hold(d), buttons.why(d)), d)))


def escalation_card(escalation: Escalation, d: Dossier) -> Card:
    """Draw why a human is needed, with everything tried so far and the draft there is."""
    if escalation.status is EscalationStatus.CLOSED:
        if spokesman.is_collapsed(escalation):
            return Card((Header(f"Called for with its incident: {_why(escalation)}  for {_who(d)}", d.incident.title if d.incident else ""),))
        verdict = f", {escalation.verdict.value.replace('_', ' ')}" if escalation.verdict else ""
        late = buttons.why_late(d) if "sla_breached" in escalation.rules else ()
        row = (*(verdicts.buttons(escalation) if verdicts.is_asked(escalation, d.ticket) else ()), *late)
        asks = (Buttons(row),) if row else ()
        return Card((Header(f"Closed{verdict}: {_why(escalation)}  for {_who(d)}", escalation.by_name), *asks))
    if d.ticket.snoozed_until:
        return _aside_line(d)
    draft = next((x for x in d.drafts if x.id == escalation.package.draft), None)
    head = Header(f"Needs a human: {_why(escalation)}  for {_who(d)}", _aside(d))
    next_ = package.suggested(escalation, d)
    blocks: list[Block] = [head, package.why(escalation), *_words(d), Text(f"**Next:** {next_.sentence}")]
    row = (*next_.buttons, *buttons.escalation(escalation, d))
    if draft is not None and draft.is_open:
        blocks += [*_parts(draft, d), *([Sources(draft.proposal.evidence, detailed=True)] if draft.proposal.evidence else [])]
        blocks += [Text(f"Unsure because {doubt}", Style.QUIET) for doubt in _unsure(draft)]
        row = (*next_.buttons, *buttons.review(draft, d), *buttons.escalation(escalation, d))
    elif draft is not None:
        blocks += [Text(_line(draft, d), Style.QUIET), *run_cards.lines(draft, d)]
    blocks += [*reading.so_far(d), *package.known(escalation, d), Fields(_context(escalation, d))]
    return Card((*blocks, buttons.row(row, d, also=() if d.ticket.status.is_over else (buttons.whole(d),))))


def auto_card(draft: Draft, d: Dossier) -> Card:
    """Draw the quiet line that an automatic answer leaves."""
    text = " ".join(part.text for part in draft.proposal.parts)
    stands = sent_in_place(draft, d.drafts)
    state = "" if stands is draft else f" (corrected by {stands.decided_by_name})" if stands else f" ({DONE[draft.status].lower()})"
    judged = d.judged.get(draft.id, "")
    head = Header(f"Answered automatically{state}{f', called {judged}' if judged else ''}: {_who(d)}", f"confidence {draft.proposal.confidence:.2f}")
    told = (Text(_cut(text, 160), Style.QUIET), *reading.translated(draft.proposal, d, most=160), *_files(d), *run_cards.lines(draft, d))
    row = (*run_cards.undo(draft, d), *buttons.after(stands or draft, d, automatic=True))
    return Card((head, *told, Buttons(row, () if d.ticket.status.is_over else (buttons.waits(d), buttons.change(d), buttons.mute(d)))))


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
    more = f"(+{len(said) - 1} message{'s' if len(said) > 2 else ''})   " if len(said) > 1 else ""
    where = _linked(f"#{d.channel}", said[-1])
    return (Quote(_cut(said[-1].text, QUOTED), said[-1].author_name), Text(f"{more}{where}", Style.QUIET), *_files(d))


def _files(d: Dossier) -> tuple[Block, ...]:
    """Return the customers' files, each with a link to the message that it came with."""
    names = [f"{_linked(named(file), m)} ({_reading(file)})" for m in d.timeline if m.is_customers for file in m.files]
    return (Text("Files: " + ", ".join(names), Style.QUIET),) if names else ()


def named(file: File) -> str:
    """Return a file's name, which its sender chose, as words that are no markup."""
    return " ".join(file.name.translate(UNMARKED).split()) or "a file without a name"


def _linked(label: str, message: Message) -> str:
    """Return a link to a message, which each platform turns into its own kind of address."""
    return f"[{label}](message:{message.ref})" if message.ref else label


def _reading(file: File) -> str:
    if file.text is not None:
        return "read"
    return "shown to the model" if file.shown else "not read by the bot"


def _parts(draft: Draft, d: Dossier) -> tuple[Block, ...]:
    """Return every part with where it will go, each sentence that nothing carries, and all of it in the team's language."""
    blocks: list[Block] = []
    for n, part in enumerate(draft.proposal.parts):
        shown = replace(part, text=evidenced.text(n, draft.proposal))
        blocks.append(Text(_placed(shown, d.names.get(str(part.to), d.ticket.customer_name))))
        missing = [claim for claim in draft.proposal.claims if claim.part == n and not claim.supported]
        blocks += [Text(f"“{_cut(' '.join(claim.text.split()), SENTENCE)}”: {claim.why or 'no evidence'}", Style.WARNING) for claim in missing]
    return (*blocks, *reading.translated(draft.proposal, d), *run_cards.lines(draft, d))


def _placed(part: Part, name: str) -> str:
    return f"to {name or 'the customer'} alone: {part.text}" if part.to is not None else f"in the thread: {part.text}"


def _doubts(draft: Draft, d: Dossier) -> tuple[str, ...]:
    decision = next((x for x in reversed(d.decisions) if x.facts.draft == draft.id), None)
    return tuple(render(reason, decision.facts) for reason in decision.reasons) if decision else ()


def _unsure(draft: Draft) -> tuple[str, ...]:
    """Return what keeps the draft of an escalation from being sure."""
    return tuple(render(Reason(doubt)) for doubt in draft.proposal.doubts)


def _aside_line(d: Dossier) -> Card:
    """Draw a ticket that is put aside: one line, until it comes back."""
    assert d.ticket.snoozed_until is not None, "only a ticket that is put aside is drawn so"
    until = timed(d.ticket.snoozed_until, now=d.now or d.ticket.snoozed_until, zone=d.zone)
    reason = next((f" ({_cut(note.text, SENTENCE)})" for note in d.timeline if note.id == snoozing.note_id(d.ticket)), "")
    head = Header(f"Put aside until {until} by {d.ticket.snoozed_by}{reason}  for {_who(d)}", d.ticket.priority.level)
    return Card((head, Buttons((buttons.aside(d), *buttons.hold(d), buttons.why(d)))))


def _decided(draft: Draft, d: Dossier) -> Card:
    sent = sent_in_place(draft, d.drafts)
    row = buttons.after(sent, d, automatic=False) if sent else (buttons.why(d),)
    # Who has answered may have to wait for somebody else before they can say more.
    waits = (buttons.waits(d),) if not d.ticket.status.is_over else ()
    later = (*buttons.why_late(d), *waits) if sent else ()
    return Card((Header(f"{_line(draft, d)}  for {_who(d)}"), *run_cards.lines(draft, d), Buttons((*run_cards.undo(draft, d), *row), later)))


def _line(draft: Draft, d: Dossier) -> str:
    """Return what became of a draft, by whom, when and why."""
    taken_back = draft.status in (DraftStatus.RETRACTED, DraftStatus.FAILED, DraftStatus.DECLINED) or draft.verdict is None
    done = DONE.get(draft.status, "") if taken_back else VERDICTS.get(draft.verdict, "") if draft.verdict else ""
    if draft.status is DraftStatus.STALE and draft.verdict is None:
        done = f"Part of {d.ticket.merged_into} now" if d.ticket.merged_into else "No longer up to date" if draft == d.drafts[-1] else done
    at = timed(draft.decided_at, now=draft.decided_at, zone=d.zone, lead="at ") if draft.decided_at else ""
    by = f"by {draft.decided_by_name}" if draft.decided_by_name else ""
    return " ".join(filter(None, (done, by, at, f"({draft.why})" if draft.why else "")))


def _context(escalation: Escalation, d: Dossier) -> tuple[tuple[str, str], ...]:
    """Return the context package: what is known without reading back."""
    tries = len(escalation.package.tried)
    tried = f"{tries} answer{'s' if tries > 1 else ''}" if tries else "nothing yet"
    state = f"acknowledged by {escalation.by_name}" if escalation.status is EscalationStatus.ACKNOWLEDGED else "open"
    state = OVER.get(d.ticket.status, state)
    called = step_lines.latest(escalation, now=d.now or escalation.at, zone=d.zone) if escalation.chain else ""
    return (
        ("Category", d.ticket.category or "-"),
        ("Priority", _priority(d)),
        ("Tried", tried),
        ("State", state),
        *((("Called", called),) if called else ()),
        ("Ticket", str(d.ticket.id)),
        *known_by(d),
        *_incident(d),
        *_holder(d),
        *_told(d),
    )


def known_by(d: Dossier) -> tuple[tuple[str, str], ...]:
    """Return how we know who the customer is, and for how long."""
    link = d.identity
    if link is None:
        return (("Known by", COMPANY_ONLY if d.ticket.account else "nothing: nobody says who this is"),)
    sure = "" if link.trust is Trust.PERSON else f", trust {link.trust.name.lower()}"
    return (("Known by", f"{link.how}, {since(link.at, d.now or link.at)}{sure}"),)


def _incident(d: Dossier) -> tuple[tuple[str, str], ...]:
    return (("Incident", f"{d.incident.title}, {len(d.incident.tickets)} tickets, {d.incident.status}"),) if d.incident else ()


def _told(d: Dossier) -> tuple[tuple[str, str], ...]:
    """Return what somebody was told of while the desk went on."""
    quiet = [e for e in d.escalations if any(step.code == "told" for step in e.steps)]
    why = {trigger.rule: render(Reason(trigger.rule, trigger.values)) for e in quiet for trigger in e.triggers}
    return (("Told of", "; ".join(why.values())),) if why else ()


def _holder(d: Dossier) -> tuple[tuple[str, str], ...]:
    return (*((("Held by", d.ticket.owner_name),) if d.ticket.owner else ()), *routed.fields(d.ticket, d.route))


def _priority(d: Dossier) -> str:
    reasons = ", ".join(render(reason) for reason in d.ticket.priority.reasons)
    return f"{d.ticket.priority.level} {d.ticket.priority.score}{f' ({reasons})' if reasons else ''}"


def _promises(d: Dossier) -> tuple[tuple[str, str], ...]:
    """Return what else is owed than what the head of the card says."""
    if d.now is None or len(d.owed) < 2:
        return ()
    return (("Promised", "; ".join(dues.told(item, d.ticket, now=d.now, zone=d.zone) for item in d.owed[1:])),)


def _why(escalation: Escalation) -> str:
    return ", ".join(rule.replace("_", " ") for rule in escalation.rules)


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
