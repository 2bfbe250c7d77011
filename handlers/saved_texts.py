"""Saved texts: the macros that a teammate may put in place of a draft's words, and the draft with one of them in it."""

from __future__ import annotations

from dataclasses import replace

from desk import macros
from desk.cards import Field, Option
from desk.draft import Basis, Claim, Draft, Evidence, Part, Proposal
from desk.errors import Misconfigured, NotAllowed, Unavailable
from desk.events import ButtonClicked
from desk.ids import EventId
from desk.macros import Offer
from desk.policy import Policy
from desk.ticket import Ticket
from handlers.services import Services
from handlers.situation import Situation, load_anyway

NAME = "macro"
"""The name of the field in the edit form."""
MOST = 20
"""Texts that are offered: more would be searched for, not chosen."""
NOTHING = Option("", "none")
NOTE = "It takes the place of the first text. If you changed that text, it is added to it instead."


async def offered(draft: Draft, ticket: Ticket, services: Services) -> tuple[Offer, ...]:
    """Return what fits this draft's customer and may stand in their thread, filled in as things are now."""
    if not (draft.is_open and (await services.policy.current()).macros):
        return ()
    try:
        return await _offers(draft, await load_anyway(ticket, services, cause=EventId("")), services)
    except (Misconfigured, Unavailable):
        # A card is drawn whatever is down or was taken away; without these it still does its work.
        return ()


async def chosen(event: ButtonClicked, draft: Draft, s: Situation, services: Services) -> Offer | None:
    """Return the text that was chosen in the edit form, None for none; raise NotAllowed when it may not stand there any more."""
    name = event.form.get(NAME, "")
    found = next((offer for offer in await _offers(draft, s, services) if offer.name == name), None) if name else None
    if name and found is None:
        raise NotAllowed("The saved text you chose was changed or does not fit here any more, so nothing was sent.")
    return found


def field(offers: tuple[Offer, ...]) -> Field:
    """Return the field that offers these texts."""
    options = (Option(offer.name, offer.title, shows=offer.filled.text) for offer in offers)
    return Field(NAME, "Use a saved text", options=(NOTHING, *options), required=False, note=NOTE)


def put(proposal: Proposal, offer: Offer, *, first: bool) -> Proposal:
    """Return a proposal with a text as a part of its thread, before the others or after them. What it rests on is added to the evidence."""
    at = 0 if first else sum(part.to is None for part in proposal.parts)
    n = max((item.n for item in proposal.evidence), default=0) + 1
    rests = (macros.as_evidence(offer, n), *_record(offer, n + 1))
    claim = Claim(offer.filled.text, True, (n,), at)
    moved = (replace(claim, part=claim.part + (claim.part >= at)) for claim in proposal.claims)
    return replace(
        proposal,
        parts=(*proposal.parts[:at], Part(offer.filled.audience, offer.filled.text), *proposal.parts[at:]),
        claims=(*moved, claim),
        evidence=(*proposal.evidence, *rests),
    )


def rested(basis: Basis, offer: Offer, policy: Policy) -> Basis:
    """Return a basis with the saved texts as they are now, and the fields that one took in."""
    fields = {fact.key: fact.hash for fact in offer.filled.facts}
    return replace(basis, fields={**basis.fields, **fields}, policy={**basis.policy, "macros": policy.hashes.get("macros", "")})


def _record(offer: Offer, n: int) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(n + i, "record", fact.key, fact.audience, fact.value, fact.label, hash=fact.hash) for i, fact in enumerate(offer.filled.facts)
    )


async def _offers(draft: Draft, s: Situation, services: Services) -> tuple[Offer, ...]:
    if not s.policy.macros or all(part.to is not None for part in draft.proposal.parts):
        return ()
    author = next((author for author in (*s.authors, s.customer) if author.user == draft.asked_by), s.customer)
    try:
        facts = await services.crm.record(author)
    except Unavailable:
        facts = ()
    fit = macros.offers(s.policy, author=author, facts=facts, place=s.place, category=s.ticket.category, language=s.language)
    return fit[:MOST]
