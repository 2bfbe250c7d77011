"""Asking: one question through triage, retrieval and decision, without a chat."""

from __future__ import annotations

from dataclasses import dataclass, replace

from desk import audience
from desk.answering import Heard
from desk.audience import Audiences
from desk.customer import Account, Author, Person, Trust
from desk.decision import Observe, decide, word
from desk.draft import Proposal
from desk.escalation import Trigger
from desk.explaining import explain
from desk.facts import Facts, Occasion
from desk.ids import AccountId, DraftId, PersonId
from desk.modes import Mode
from desk.policy import Policy
from desk.space import ChannelKind, Platform, UserRef
from desk.ticket import Reason
from desk.triage import Classification, Sentiment
from desk.usage import ModelCall, Payer
from escalation.case import Case
from escalation.hearing import apart
from escalation.rules import evaluate
from handlers import drafting
from handlers.reasons import render
from handlers.services import Services

ASKER = UserRef(Platform.LOCAL, "ask", "asker")
DRAFT = DraftId("draft")


@dataclass(frozen=True, slots=True)
class Question:
    """A question and who would have asked it where; `account` is an id, one that the record lacks is taken at its word; None for nobody we know."""

    text: str
    kind: ChannelKind = ChannelKind.COMMUNITY
    trust: Trust = Trust.NONE
    account: str | None = None
    tier: str = ""
    sentiment: Sentiment | None = None
    mode: Mode | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the desk would do, as INTERFACES prints it; `proposal` is None when there is no draft."""

    action: str
    mode: str
    would_in_auto: str
    category: str
    confidence: float
    threshold: float
    proposal: Proposal | None
    question: str | None
    triggers: tuple[str, ...]
    reasons: tuple[tuple[str, str], ...]
    abstained: str | None
    policy_version: str
    degraded: tuple[str, ...] = ()
    calls: tuple[ModelCall, ...] = ()
    """The calls of a language model that it took."""


async def ask(question: Question, services: Services) -> Answer:
    """Answer a question as a customer would meet it. Raises Unavailable when something is down."""
    policy = await services.policy.current()
    author = await _author(question, services)
    classification = await services.triager.triage(question.text, heard=Heard(Payer(person=str(ASKER))))
    if question.sentiment is not None:
        classification = replace(classification, sentiment=question.sentiment)
    proposal = await _proposal(question, author, classification, services=services, policy=policy)
    # Asked without a conversation, nothing stands from before.
    triggers, _ = apart(evaluate(Case(classification, author.account, person=author.person), policy), policy)
    facts = _facts(question, classification, proposal, triggers=triggers, author=author, policy=policy)
    return replace(_answer(facts, proposal, policy), degraded=facts.degraded, calls=classification.calls + proposal.calls)


async def _proposal(question: Question, author: Author, c: Classification, *, services: Services, policy: Policy) -> Proposal:
    if not question.text.strip() or not c.is_request:
        return Proposal(abstained="not_a_request")
    language = c.language if c.language in policy.phrases else "en"
    place = _place(question, author)
    return await drafting.propose_one(
        author, question.text, place=place, classification=c, policy=policy, services=services, language=language or "en", kind=question.kind
    )


async def _author(question: Question, services: Services) -> Author:
    """Return an author at the trust that was asked for; the CRM is asked only about the account, and need not know it."""
    if question.trust is Trust.NONE or question.account is None:
        return Author(ASKER, "asker", trust=question.trust if question.account else Trust.NONE, account=_made_up(question))
    known = await services.crm.account(AccountId(question.account))
    account = known or Account(AccountId(question.account), question.account, tier=question.tier)
    person = Person(PersonId("asker"), "asker", account=account.id) if question.trust is Trust.PERSON else None
    return Author(ASKER, "asker", person=person, account=replace(account, tier=question.tier or account.tier), trust=question.trust)


def _made_up(question: Question) -> Account | None:
    return Account(AccountId("asker"), "asker", tier=question.tier) if question.tier else None


def _place(question: Question, author: Author) -> Audiences:
    account = author.account.id if author.account else None
    person = author.person.id if author.person and author.verified else None
    return audience.of_place(question.kind, account_id=account, person_id=person)


def _facts(question: Question, c: Classification, proposal: Proposal, *, triggers: tuple[Trigger, ...], author: Author, policy: Policy) -> Facts:
    tier = question.tier or (author.account.tier if author.account else "")
    usable = drafting.usable(proposal)
    return Facts(
        occasion=Occasion.MESSAGE,
        mode=question.mode if question.mode is not None else policy.modes.of(c.category, question.kind, tier=tier),
        category=c.category,
        kind=question.kind,
        tier=tier,
        sentiment=str(c.sentiment),
        language=c.language or "",
        is_request=c.is_request and bool(question.text.strip()),
        is_request_confidence=c.is_request_confidence,
        out_of_scope=c.out_of_scope,
        triggers=tuple(trigger.rule for trigger in triggers),
        invited=question.kind is ChannelKind.DIRECT,
        draft=DRAFT if usable else None,
        asks=proposal.question,
        abstained=proposal.abstained,
        confidence=proposal.confidence,
        threshold=policy.answers.threshold_of(c.category, calibrated=proposal.threshold),
        claims=len(proposal.claims),
        unsupported=proposal.unsupported,
        fixed=proposal.fixed,
        doubts=proposal.doubts,
        pages=frozenset(policy.escalation.observe_pages),
        degraded=tuple(dict.fromkeys((*c.degraded, *proposal.degraded))),
        disagreed=c.disagreed,
        trend=c.trend,
        urgency=c.urgency,
        runs=tuple(str(request.confirm) for request in proposal.requests),
    )


def _answer(facts: Facts, proposal: Proposal, policy: Policy) -> Answer:
    action = decide(facts)
    in_auto = decide(replace(facts, mode=Mode.AUTO))
    reasons: tuple[Reason, ...] = explain(facts)
    asked = proposal.parts[0].text if proposal.question and proposal.parts else None
    return Answer(
        action=word(action),
        mode=facts.mode.word,
        would_in_auto=word(in_auto.would if isinstance(in_auto, Observe) else in_auto),
        category=facts.category,
        confidence=facts.confidence,
        threshold=facts.threshold,
        proposal=proposal if facts.draft else None,
        question=asked,
        triggers=facts.triggers,
        reasons=tuple((reason.code, render(reason, facts)) for reason in reasons),
        abstained=proposal.abstained,
        policy_version=policy.version,
    )
