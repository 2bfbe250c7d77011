"""Scenes: the cards that the pictures show, drawn as the desk draws them, with the demo's company."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from desk.audience import INTERNAL, PUBLIC, person
from desk.cards import Button, Buttons, Card, Field, Form, Header, Pick, Style, Text
from desk.customer import Account, Identity, Role, Trust
from desk.decision import Decision, Suggest, Versions
from desk.draft import Basis, Claim, Draft, DraftStatus, Evidence, Part, Proposal
from desk.escalation import Escalation, Trigger
from desk.explaining import explain
from desk.facts import Facts, Occasion
from desk.ids import AccountId, DraftId, MessageId, PersonId, TicketId
from desk.modes import Mode
from desk.policy_check import read_policy
from desk.space import ChannelRef, MessageRef, Place, Platform, UserRef
from desk.ticket import Level, Priority, Reason, Status, Ticket
from desk.timeline import Message
from handlers import replies, team_cards
from handlers.commands import setup
from handlers.dossier import Dossier
from handlers.times import timed

POLICY = read_policy(tomllib.loads((Path(__file__).parents[3] / "policy.toml").read_text()))
NOW = datetime(2026, 11, 3, 12, 42, tzinfo=UTC)
CHANNEL = ChannelRef(Platform.SLACK, "T0PELICAN", "C0ACMESHARED")
MARA, SAM = UserRef(Platform.SLACK, "T0PELICAN", "U0MARA"), UserRef(Platform.SLACK, "T0PELICAN", "U0POPPY")
ACME = Account(AccountId("acme"), "Acme Robotics", tier="enterprise", health=62, health_trend="falling", manager="Leo Marsh")
ASKED = "We were charged twice this morning, EUR 420.00 each time. Can you sort that out before our finance meeting?"
HOLE = "I can see invoices of another company after logging in. I think this is a security hole."
INVOICE = Evidence(1, "record", "invoice", person("mara"), "EUR 420.00, refunding", "Invoice INV-205")
TIMES = Evidence(
    2, "passage", "c-2", PUBLIC, "Refunds reach the card within 5 to 7 working days of our confirmation.", "Refund times", "refunds",
    url="https://help.pelicanledger.example/refunds", updated="2026-09-14", reviewed="2026-09-20",
)  # fmt: skip
HOLES = Evidence(
    1, "passage", "c-9", INTERNAL, "Ask for the account and the time, and page whoever is on call.", "Runbook: data of others", "runbook"
)


def _ticket(who: UserRef, name: str, *, level: Level, score: int, category: str, reason: str) -> Ticket:
    anchor = MessageRef(CHANNEL, "1793709600.000100")
    return Ticket(
        TicketId("t-h2k4m6p8r2t4v"), Place(CHANNEL, anchor.id), anchor, "account:acme", who, name, NOW, Status.WAITING_TEAM, turn=1,
        category=category, priority=Priority(score, level, (Reason(reason),)),
    )  # fmt: skip


def _dossier(ticket: Ticket, text: str, *drafts: Draft, of: Account | None, channel: str, raised: tuple[Escalation, ...] = ()) -> Dossier:
    said = Message(MessageId("m-1"), ticket.anchor, Place(CHANNEL), ticket.customer, ticket.customer_name, Role.CUSTOMER, text, NOW)
    due = NOW + timedelta(minutes=38)
    told = f"first response due {timed(due, now=NOW, zone='Europe/Amsterdam')}, in 38 min"
    return Dossier(ticket, (said,), channel, of, drafts, raised, (), told, {str(ticket.customer): ticket.customer_name}, zone="Europe/Amsterdam",
                   categories=POLICY.triage.categories, languages=tuple(POLICY.phrases), now=NOW)  # fmt: skip


PROPOSAL = Proposal(
    (
        Part(PUBLIC, "Hi Mara, refunds reach the card within **5 working days** of our confirmation. [2]"),
        Part(person("mara"), "You were charged twice on 3 November; the second charge of EUR 420.00 (INV-205) is being refunded. [1]", MARA),
    ),
    (
        Claim("refunds reach the card within 5 working days", False, (2,), 0, "the evidence says 5 to 7"),
        Claim("the second charge of EUR 420.00 is being refunded", True, (1,), 1),
    ),
    (INVOICE, TIMES),
    0.71,
)


def _draft(proposal: Proposal, ticket: Ticket, status: DraftStatus = DraftStatus.WAITING) -> Draft:
    return Draft(DraftId("r-3c5e7g9j3l5n7"), ticket.id, proposal, Basis(1), NOW, status)


def _case() -> tuple[Draft, Dossier]:
    ticket = _ticket(MARA, "Mara Voss", level=Level.HIGH, score=71, category="billing", reason="tier")
    draft = _draft(PROPOSAL, ticket)
    facts = Facts(Occasion.MESSAGE, Mode.DRAFT, draft=draft.id, confidence=0.71, threshold=0.8, claims=2, unsupported=1)
    decision = Decision("d-1", ticket.id, NOW, 1, 1, facts, Suggest(draft.id), explain(facts), Versions())
    known = Identity(MARA, PersonId("mara"), Trust.PERSON, "code to m***@acme-robotics.example", NOW - timedelta(days=12))
    return draft, replace(_dossier(ticket, ASKED, draft, of=ACME, channel="acme-shared"), decisions=(decision,), identity=known)


def draft_card() -> Card:
    """Return a draft that waits for the team, with a sentence that its evidence does not carry."""
    return team_cards.draft_card(*_case())


def edit_form() -> Button:
    """Return the button that opens the editor."""
    return next(button for button in draft_card().buttons if button.action == "edit")


def escalation_card() -> Card:
    """Return a report of a security hole, with nothing drafted."""
    ticket = _ticket(SAM, "Poppy Lane", level=Level.URGENT, score=94, category="technical issue", reason="security")
    raised = Escalation("x-1", ticket.id, (Trigger("security", 3),), NOW, "v1", level=3)
    return team_cards.escalation_card(raised, _dossier(ticket, HOLE, of=None, channel="community", raised=(raised,)))


def auto_card() -> Card:
    """Return the quiet line of an automatic answer."""
    ticket = _ticket(SAM, "Poppy Lane", level=Level.NORMAL, score=30, category="billing", reason="tier")
    text = "Hi Poppy, once we confirm a refund it reaches your card within 5 to 7 working days; a bank transfer takes 2 days."
    draft = replace(_draft(Proposal((Part(PUBLIC, text),), confidence=0.91), ticket, DraftStatus.SENT), automatic=True)
    return team_cards.auto_card(draft, _dossier(ticket, "How long does a refund take?", draft, of=None, channel="community"))


def answer() -> Card:
    """Return an answer as a customer reads it."""
    ticket = _ticket(MARA, "Mara Voss", level=Level.NORMAL, score=30, category="billing", reason="tier")
    text = (
        "Hi Mara, once we confirm a refund it reaches you within **5 to 7 working days**: [1]\n\n- cards: 5 to 7 days\n- bank transfer: 2 days\n\n"
        "You can see where it is:\n\n```\npelican refunds show INV-205\n```"
    )
    return replies.answer(text, sources=(replace(TIMES, n=1),), byline=POLICY.phrase("answer_by_ai", "en"), ticket=ticket, subject="o-1",
                          policy=POLICY, language="en")  # fmt: skip


def holding() -> Card:
    """Return a holding answer, whose time is the reader's own."""
    by = timed(NOW + timedelta(minutes=38), now=NOW, zone="Europe/Amsterdam")
    return replies.sentence(POLICY.phrase("holding", "en", time=by))


def csat() -> Card:
    """Return the question how support was."""
    ticket = _ticket(MARA, "Mara Voss", level=Level.NORMAL, score=30, category="billing", reason="tier")
    return replies.csat(POLICY.phrase("csat_ask", "en"), ticket=ticket, policy=POLICY, language="en")


def set_up() -> Card:
    """Return the guided set-up, half done."""
    steps = (
        setup.Step("Agents channel", "#support-team", "", "Choose the agents channel", "setup agents"),
        setup.Step("Team", "1 admin, 1 lead and 2 teammates", "", "Add to the team", "team add"),
        setup.Step("Customer channels", "none yet", "a channel where customers write; direct messages are heard in any case", "Add a channel",
                   "channel add"),
        setup.Step("Knowledge", "help center", "", "Add a source", "kb add"),
        setup.Step("Modes", "observe everywhere; I say nothing and show you each day what I would have said", "", "Set modes", "mode"),
    )  # fmt: skip
    return setup._card(steps)


def set_up_form() -> Form:
    """Return the form that chooses the agents channel."""
    note = "It must be private, with nobody of another company in it. Invite me there first."
    return Form("Agents channel", (Field("channel", "Agents channel", picks=Pick.CHANNEL, note=note),), "Save", "There is none yet.")


def home_card() -> Card:
    """Return the page of an admin."""
    due = timed(NOW + timedelta(minutes=12), now=NOW, zone="Europe/Amsterdam")
    waiting = (
        "- **urgent** Poppy Lane, technical issue waits for a person (`t-c4e6g8j2l4n6q`)\n"
        "- **high** Mara Voss, billing waits for an approval (`t-h2k4m6p8r2t4v`)"
    )
    risky = f"- **urgent** Poppy Lane, technical issue waits for a first response by {due}, in 12 min (`t-c4e6g8j2l4n6q`)"
    row = Buttons((_command("Next", "next", Style.PRIMARY), _command("Queue", "queue")))
    return Card((
        Header("Waiting for you", "2"), Text(waiting), row, Header("At risk", "1"), Text(risky), Header("The desk", "draft, 2 rules"),
        Text("Nothing is missing in the set-up."), Buttons((_command("Set-up", "setup"), _command("Status", "status"))),
    ))  # fmt: skip


def _command(label: str, command: str, style: Style = Style.PLAIN) -> Button:
    return Button("command", label, TicketId(""), subject=command, style=style)
