"""Review: a teammate approves, edits, rejects or regenerates a draft, corrects or retracts an answer."""

from __future__ import annotations

from dataclasses import replace

from desk.article import is_expired
from desk.audience import INTERNAL
from desk.changes import NOTHING, Changes, Expect, ExpectBasis, Feedback, RecordFeedback, SaveDraft, write
from desk.draft import Draft, DraftStatus, Part, Proposal, Verdict
from desk.errors import NotAllowed
from desk.events import ButtonClicked
from desk.facts import Facts, Occasion
from desk.ids import DraftId, derived
from desk.macros import Offer
from desk.ticket import Ticket
from handlers import act, answering, drafting, feedback, internal, replies, requests, returned, saved_texts, say, steering, turn, wishes
from handlers.deed import Deed
from handlers.services import Services
from handlers.situation import Situation, load
from handlers.wishes import Wishes


async def approve(event: ButtonClicked, ticket: Ticket, services: Services) -> Changes:
    """Send exactly what was seen, if everything it rests on still holds; otherwise offer the new draft."""
    s, draft = await _open(event, ticket, services)
    if draft.proposal.unsupported and event.action == "approve":
        raise NotAllowed("Some sentences have no evidence: edit the draft, or approve it anyway with a reason.")
    if not await holds(draft, s, services):
        return await _renew(event, s, draft, services=services)
    if event.action == "approve_anyway" and not event.form.get("reason", "").strip():
        raise NotAllowed("Write why it may go out without evidence.")
    await requests.allowed(draft, event, s, services)
    verdict = Verdict.APPROVE_ANYWAY if event.action == "approve_anyway" else Verdict.APPROVE
    return _send(event, s, _decided(draft, event, s, verdict=verdict))


async def edit(event: ButtonClicked, ticket: Ticket, services: Services) -> Changes:
    """Send a teammate's wording in place of the draft's; one that came too late is handed back to its writer."""
    try:
        s, draft = await _open(event, ticket, services)
    except NotAllowed as error:
        return returned.edit(event, str(error))
    if draft.basis.turn != s.ticket.turn or await services.store.waiting(s.channel.ref, s.ticket.group):
        return returned.edit(event, "The customer wrote again meanwhile, so this was not sent.") + await _renew(event, s, draft, services=services)
    try:
        await requests.allowed(draft, event, s, services)
        saved = await saved_texts.chosen(event, draft, s, services)
    except NotAllowed as error:
        return returned.edit(event, str(error))
    mine = replace(draft, id=DraftId(derived("r", event.id)), proposal=reworded(draft.proposal, event, saved), edited_from=draft.id)
    mine = replace(mine, basis=saved_texts.rested(draft.basis, saved, s.policy)) if saved else mine
    old = replace(_decided(draft, event, s, verdict=Verdict.EDIT), status=DraftStatus.STALE)
    s = replace(s, drafts=tuple(d for d in s.drafts if d.id != old.id))
    return write(SaveDraft(old, was=draft.status)) + _send(event, s, _decided(mine, event, s, verdict=Verdict.EDIT), was=None)


async def reject(event: ButtonClicked, ticket: Ticket, services: Services) -> Changes:
    """Keep a draft from the customer, with a reason; the ticket stays the team's to answer."""
    s, draft = await _open(event, ticket, services)
    rejected = replace(_decided(draft, event, s, verdict=Verdict.REJECT), status=DraftStatus.REJECTED)
    saved = write(SaveDraft(rejected, was=draft.status))
    return saved + act.perform(_facts(event, s, Occasion.REJECTED, draft=rejected), s, Deed(draft=rejected)) + internal.refreshed(s)


async def regenerate(event: ButtonClicked, ticket: Ticket, services: Services) -> Changes:
    """Draft again, as the form wishes it; what the new draft could not be is said to who asked."""
    s, draft = await _open(event, ticket, services)
    stale = replace(_decided(draft, event, s, verdict=Verdict.REGENERATE), status=DraftStatus.STALE)
    wanted = wishes.read(event.form, s.policy)
    again = await _again(event, s, services, wanted=wanted)
    return write(SaveDraft(stale, was=draft.status)) + again + wishes.unfulfilled(wanted, event, again)


async def correct(event: ButtonClicked, ticket: Ticket, services: Services) -> Changes:
    """Replace what was answered; the customer is told that it is a correction."""
    s, draft = await _sent(event, ticket, services)
    text = event.form.get("text", "").strip()
    if not text:
        raise NotAllowed("Write the corrected answer first.")
    phrase = s.policy.phrase("corrected", s.language, who=event.by_name)
    part = replace(draft.proposal.parts[0], text=f"{phrase}\n\n{text}") if draft.proposal.parts else Part(next(iter(s.place)), text)
    corrected = replace(
        draft, id=DraftId(derived("r", event.id)), proposal=Proposal((part,), language=draft.proposal.language), edited_from=draft.id, automatic=False
    )
    old = write(SaveDraft(replace(draft, status=DraftStatus.STALE, why="corrected"))) + answering.overwritten(
        s, draft, replies.sentence(s.policy.phrase("replaced", s.language))
    )
    sent = _send(event, s, _decided(corrected, event, s, verdict=Verdict.EDIT), was=None, occasion=Occasion.CORRECTED)
    return _label(event, ticket, kind="correct") + sent + old


async def retract(event: ButtonClicked, ticket: Ticket, services: Services) -> Changes:
    """Take an answer back: its posts say so and a person goes on."""
    s, draft = await _sent(event, ticket, services)
    s = replace(s, ticket=replace(ticket, owner=event.by, owner_name=event.by_name))
    return _label(event, ticket, kind="retract") + act.perform(
        _facts(event, s, Occasion.RETRACTED, draft=draft), s, Deed(draft=draft, who=event.by_name)
    )


def reworded(proposal: Proposal, event: ButtonClicked, saved: Offer | None = None) -> Proposal:
    """Return the proposal with the form's wording (`text`, `text1`, ...); a part that was emptied is left out, with the claims in it.

    A saved text takes the place of the thread's first part, or follows the thread's parts where that was changed; private ones stay as they are.
    """
    texts = [event.form.get(field_name(n), part.text).strip() for n, part in enumerate(proposal.parts)]
    spoken = next((n for n, part in enumerate(proposal.parts) if part.to is None), None)
    replaced = saved is not None and spoken is not None and texts[spoken].split() == proposal.parts[spoken].text.split()
    kept = [n for n, text in enumerate(texts) if text and not (replaced and n == spoken)]
    if not (kept or saved):
        raise NotAllowed("Nothing is left to send: reject the draft instead.")
    parts = tuple(replace(proposal.parts[n], text=texts[n]) for n in kept)
    claims = tuple(replace(claim, part=kept.index(claim.part)) for claim in proposal.claims if claim.part in kept)
    # A translation is of the words that were there before.
    translation = proposal.translation if parts == proposal.parts else ""
    worded = replace(proposal, parts=parts, claims=claims, translation=translation)
    return saved_texts.put(worded, saved, first=replaced) if saved else worded


def field_name(n: int) -> str:
    """Return the name of a part's field in the edit form."""
    return f"text{n or ''}"


async def _open(event: ButtonClicked, ticket: Ticket, services: Services) -> tuple[Situation, Draft]:
    """Load the draft a button stands under; raise NotAllowed when somebody decided it before."""
    s = await load(ticket, services, cause=event.id)
    draft = next((d for d in s.drafts if d.id == event.subject), None)
    if draft is None:
        raise NotAllowed("This draft is not there any more.")
    if draft.decided_by_name and not draft.is_open:
        raise NotAllowed(s.policy.phrase("already_decided", "en", who=draft.decided_by_name))
    if not draft.is_open:
        raise NotAllowed("This draft was replaced by a newer one, because the conversation went on.")
    return s, draft


async def _sent(event: ButtonClicked, ticket: Ticket, services: Services) -> tuple[Situation, Draft]:
    s = await load(ticket, services, cause=event.id)
    draft = next((d for d in s.drafts if d.id == event.subject), None)
    if draft is None or draft.status is not DraftStatus.SENT:
        raise NotAllowed("This answer was already taken back or replaced.")
    return s, draft


async def holds(draft: Draft, s: Situation, services: Services) -> bool:
    """Compare a draft's basis with the world as it is: turn, passages, record fields, policy; an old draft is also made again."""
    basis = draft.basis
    if basis.turn != s.ticket.turn or await services.store.waiting(s.channel.ref, s.ticket.group):
        return False
    if not await _passages_hold(draft, s, services):
        return False
    if any(s.policy.hashes.get(section, "") != known for section, known in basis.policy.items()):
        return False
    if not await requests.hold(draft, s, services):
        return False
    return await _record_holds(draft, s, services) and (
        s.now - draft.created < s.policy.answers.draft_age
        # What a model wrote it would never write again word for word; all that it rests on was just compared.
        or bool(draft.proposal.calls)
        or await _would_be_same(draft, s, services)
    )


async def _passages_hold(draft: Draft, s: Situation, services: Services) -> bool:
    """Tell whether every passage says what it said and may still be quoted."""
    live = await services.knowledge.passages(list(draft.basis.passages))
    return all(id in live and live[id].hash == known and not is_expired(live[id].expires, s.now) for id, known in draft.basis.passages.items())


async def _record_holds(draft: Draft, s: Situation, services: Services) -> bool:
    """Compare the record fields with what the people they are of would be told now."""
    if not draft.basis.fields:
        return True
    facts = {fact.key: fact.hash for author in s.authors for fact in await services.crm.record(author)}
    return all(facts.get(key) == known for key, known in draft.basis.fields.items())


async def _would_be_same(draft: Draft, s: Situation, services: Services) -> bool:
    classification = await services.triager.triage(drafting.words_of(s.said))
    fresh = await drafting.propose(s, classification, services)
    return [part.text for part in fresh.parts] == [part.text for part in draft.proposal.parts]


async def _renew(event: ButtonClicked, s: Situation, draft: Draft, *, services: Services) -> Changes:
    """Mark a draft stale, say so to who pressed, and put the new one before the team."""
    changed = "Something this draft rests on has changed, so it was not sent. A new draft follows."
    told = say.whisper(
        changed if s.said else "Nothing is left to answer since this draft was made, so it was not sent.",
        to=event.by,
        place=event.place,
        cause=event.id,
        at=event.at,
        audience=INTERNAL,
    )
    stale = write(SaveDraft(replace(draft, status=DraftStatus.STALE), was=draft.status)) + told
    if await services.store.waiting(s.channel.ref, s.ticket.group):
        return stale + internal.refreshed(s)
    return stale + await _again(event, s, services)


async def _again(event: ButtonClicked, s: Situation, services: Services, *, wanted: Wishes = wishes.NONE) -> Changes:
    """Run the turn again for the team's eyes: a person asked, so it is a suggestion whatever the mode."""
    return await turn.take(s.ticket, services, cause=event.id, wanted=wanted, reviewed=True)


def _send(event: ButtonClicked, s: Situation, draft: Draft, *, was: str | None = "open", occasion: Occasion = Occasion.APPROVED) -> Changes:
    """Perform the approval, guarded in the same transaction by everything the draft rests on."""
    guards = write(Expect(str(s.channel.ref), s.ticket.group), ExpectBasis(draft.basis.passages)) if was else NOTHING
    if s.ticket.held:
        s = replace(s, ticket=replace(s.ticket, escalated=False))
    return guards + steering.acknowledged(s, event) + act.perform(_facts(event, s, occasion, draft=draft), s, Deed(draft=draft, who=event.by_name))


def _decided(draft: Draft, event: ButtonClicked, s: Situation, *, verdict: Verdict) -> Draft:
    why = event.form.get("reason", "")
    return replace(draft, decided_by=event.by, decided_by_name=event.by_name, decided_at=s.now, verdict=verdict, why=why)


def _facts(event: ButtonClicked, s: Situation, occasion: Occasion, *, draft: Draft) -> Facts:
    return replace(
        feedback.occasion_facts(s, occasion),
        draft=draft.id,
        confidence=draft.proposal.confidence,
        threshold=s.policy.answers.threshold_of(s.ticket.category, calibrated=draft.proposal.threshold),
        claims=len(draft.proposal.claims),
        unsupported=draft.proposal.unsupported,
        teammate=event.role.value,
        runs=requests.consents(draft, s.runs, s.ticket.customer),
    )


def _label(event: ButtonClicked, ticket: Ticket, *, kind: str) -> Changes:
    return write(RecordFeedback(Feedback(derived("f", event.id), ticket.id, kind, event.by, event.at, subject=event.subject)))
