"""Requests: what an answer asks to be done, filled in anew for the bound author and weighed, before anybody decides about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from desk.audience import PUBLIC
from desk.customer import LEADS, Author, Fact, content_hash
from desk.draft import Claim, Draft, Evidence, Part, Proposal
from desk.errors import InvalidInput, NotAllowed
from desk.events import ButtonClicked
from desk.ids import TicketId
from desk.policy import Policy
from desk.runs import ActionRun, RunStatus, run_id
from desk.selfservice import ActionRequest, Confirm, Effect, SelfService, described, fill
from desk.space import UserRef
from handlers.services import Services
from handlers.situation import Situation


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks for actions, with what they may have done, their record, and the fixed sentences in their language."""

    author: Author
    actions: Sequence[SelfService]
    facts: Sequence[Fact]
    phrases: Mapping[str, str]
    ticket: TicketId | None = None


def sealed(proposal: Proposal, asking: Asking) -> Proposal:
    """Return a proposal whose requests are this author's own and permitted, with the words that belong to them.

    An answer is not trusted to have filled them in: whatever says who asks is bound here again. Where one may not run, none does.
    """
    if not proposal.requests:
        return proposal
    if proposal.question or not proposal.parts:
        return replace(proposal, requests=())
    writes = {action.name: action for action in asking.actions if action.effect is Effect.WRITE}
    try:
        filled = [_filled(writes, request, asking) for request in proposal.requests]
    except InvalidInput:
        return _refused(proposal)
    requests = tuple(dict.fromkeys(filled))
    specs = [writes[request.action] for request in requests]
    proposal = replace(proposal, requests=requests)
    proposal = _exactly(proposal, specs, asking.phrases) if any(spec.exact for spec in specs) else proposal
    for spec, request in zip(specs, requests, strict=True):
        told = TELLS[spec.builtin](spec, request, asking) if spec.builtin in TELLS else None
        proposal = _with_part(proposal, *told) if told else proposal
    return proposal


async def weighed(proposal: Proposal, s: Situation, services: Services) -> Proposal:
    """Return a proposal with the doubts about what it asks for: a limit is used up, or nobody knows whether it was done before."""
    doubts = [doubt for request in proposal.requests for doubt in await doubts_about(request, s, services)]
    return replace(proposal, doubts=tuple(dict.fromkeys((*proposal.doubts, *doubts))))


async def doubts_about(request: ActionRequest, s: Situation, services: Services) -> Sequence[str]:
    """Return why a request should not run without a person's look, as codes."""
    spec = spec_of(request, s.policy)
    if spec is None:
        return ["action_refused"]
    found = ["action_limit"] if await _used_up(spec, request, s, services) else []
    same = [run for run in s.runs if not run.undoes and (run.request.action, run.request.values) == (request.action, request.values)]
    return found + (["action_unknown"] if any(run.status is RunStatus.UNKNOWN for run in same) else [])


async def allowed(draft: Draft, event: ButtonClicked, s: Situation, services: Services) -> None:
    """Raise NotAllowed when this person's word does not make a draft's actions run, or when a limit of theirs is used up."""
    if Confirm.LEAD in consents(draft, s.runs, s.ticket.customer) and event.role not in LEADS:
        raise NotAllowed("What this draft wants done needs a lead: ask one to approve it.")
    if not await hold(draft, s, services):
        raise NotAllowed("Who asked may not have this done as it stands any more: draft again, or reply yourself.")
    for request in pending(draft, s.runs):
        found = await doubts_about(request, s, services)
        if code := next((code for code in REFUSALS if code in found), None):
            raise NotAllowed(REFUSALS[code].format(what=described(request.action, request.parameters)))


async def hold(draft: Draft, s: Situation, services: Services) -> bool:
    """Tell whether every request would be filled in the same way now: who asked is known as well, entitled and bound as they were."""
    return all([await _holds(request, s, services) for request in draft.proposal.requests])


async def _holds(request: ActionRequest, s: Situation, services: Services) -> bool:
    author = next((author for author in (*s.authors, s.customer) if author.user == request.user), None)
    if author is None:
        return False
    asking = Asking(author, permitted(s.policy, author), await services.crm.record(author), {}, s.ticket.id)
    try:
        return _filled({action.name: action for action in asking.actions}, request, asking) == request
    except InvalidInput:
        return False


def permitted(policy: Policy, author: Author) -> tuple[SelfService, ...]:
    """Return the actions that policy lets this author have done."""
    entitlements = author.person.entitlements if author.person and author.verified else frozenset()
    return tuple(a for a in policy.actions if author.trust >= a.trust and (not a.entitlement or a.entitlement in entitlements))


def spec_of(request: ActionRequest, policy: Policy) -> SelfService | None:
    """Return what policy says of a requested action now, None where it says nothing any more."""
    return next((action for action in policy.actions if action.name == request.action), None)


def pending(draft: Draft, runs: Sequence[ActionRun]) -> tuple[ActionRequest, ...]:
    """Return what still has to be done before a draft is true."""
    done = {run.id for run in runs if run.status in (RunStatus.DONE, RunStatus.UNDONE)}
    return () if draft.proposal.question else tuple(r for r in draft.proposal.requests if run_id(draft.id, r) not in done)


def consents(draft: Draft, runs: Sequence[ActionRun], customer: UserRef) -> tuple[str, ...]:
    """Return for each pending request who must agree; the ticket's customer cannot for somebody else, so a teammate does."""
    return tuple(
        str(Confirm.TEAMMATE if request.confirm is Confirm.CUSTOMER and request.user not in (None, customer) else request.confirm)
        for request in pending(draft, runs)
    )


def _filled(writes: Mapping[str, SelfService], request: ActionRequest, asking: Asking) -> ActionRequest:
    if request.action not in writes:
        raise InvalidInput(f"{request.action!r} is no action that may run for this author")
    spec = writes[request.action]
    return fill(spec, dict(request.parameters), author=asking.author, facts=asking.facts, ticket=str(asking.ticket or ""))


def _refused(proposal: Proposal) -> Proposal:
    """Nothing runs, so that nothing which says so is carried by anything."""
    acted = {item.n for item in proposal.evidence if item.source == "action"}
    claims = tuple(
        replace(claim, supported=False, why="the action that this speaks of may not run") if acted & set(claim.evidence) else claim
        for claim in proposal.claims
    )
    return replace(proposal, requests=(), claims=claims, doubts=(*proposal.doubts, "action_refused"))


def _exactly(proposal: Proposal, specs: Sequence[SelfService], phrases: Mapping[str, str]) -> Proposal:
    """Say what policy says of these actions and not a word more, whatever was written and however sure of it anybody was."""
    texts = [phrases.get(f"says_{spec.name}", spec.says) for spec in specs]
    evidence = tuple(
        Evidence(n, "action", spec.name, PUBLIC, text, spec.name, hash=content_hash(text))
        for n, (spec, text) in enumerate(zip(specs, texts, strict=True), 1)
    )
    claims = tuple(Claim(text, True, (n,)) for n, text in enumerate(texts, 1))
    bare = replace(proposal, related=(), doubts=(), translation="", summary="", threshold=None)
    return replace(bare, parts=(Part(PUBLIC, "\n\n".join(texts)),), claims=claims, evidence=evidence, confidence=1.0, fixed=True)


def _with_part(proposal: Proposal, part: Part, item: Evidence) -> Proposal:
    """Add what an action tells in private, so that it is seen on the card, approved and sent with the answer."""
    n = max((known.n for known in proposal.evidence), default=0) + 1
    claim = Claim(part.text, True, (n,), len(proposal.parts))
    return replace(proposal, parts=(*proposal.parts, part), claims=(*proposal.claims, claim), evidence=(*proposal.evidence, replace(item, n=n)))


def _invoice(_: SelfService, request: ActionRequest, asking: Asking) -> tuple[Part, Evidence] | None:
    """An invoice goes to the entitled person alone, as their own record has it."""
    number = request.values["number"]
    fact = next((f for f in asking.facts if f.kind == "invoice" and dict(f.attributes).get("number") == number), None)
    if fact is None:
        return None
    known = dict.fromkeys(("number", "amount", "currency", "status", "due", "link"), "") | dict(fact.attributes)
    text = " ".join(asking.phrases["invoice_status"].format(**known).split())
    return Part(fact.audience, text, asking.author.user), Evidence(0, "record", fact.key, fact.audience, fact.value, fact.label, hash=fact.hash)


def _reset_link(spec: SelfService, _: ActionRequest, asking: Asking) -> tuple[Part, Evidence] | None:
    """The page where anybody resets a password goes to whoever asks, known or not, in the same words."""
    if not spec.link:
        return None
    part = Part(PUBLIC, asking.phrases["reset_link"].format(link=spec.link), asking.author.user)
    return part, Evidence(0, "action", spec.name, PUBLIC, spec.link, spec.name, url=spec.link, hash=content_hash(spec.link))


async def _used_up(spec: SelfService, request: ActionRequest, s: Situation, services: Services) -> bool:
    person = request.person or str(request.user)
    mine, everybodys = await services.store.run_counts(spec.name, person, since=s.now - spec.limits.within)
    return mine >= spec.limits.person or everybodys >= spec.limits.all


REFUSALS: Mapping[str, str] = {
    "action_refused": "Policy does not declare {what} any more: draft again, or reply yourself.",
    "action_limit": "{what} was run as often as its limits allow: wait, change the limits, or reply yourself.",
}
TELLS: Mapping[str, Callable[[SelfService, ActionRequest, Asking], tuple[Part, Evidence] | None]] = {
    "resend_invoice": _invoice,
    "password_reset_link": _reset_link,
}
"""What a built-in action tells in private."""
