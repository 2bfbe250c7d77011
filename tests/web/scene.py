"""A scene: a workspace in the middle of a working day, with every kind of card, for the tests of the page and for looking at it."""

from dataclasses import dataclass, replace

from bot.web.workspace import LocalWorkspace
from desk.audience import INTERNAL, PUBLIC, account, person
from desk.cards import Block, Button, Buttons, Card, Field, Fields, Form, Header, Option, Quote, Sources, Style, Text
from desk.customer import Role
from desk.decision import Decision, Reply, Suggest, Versions
from desk.draft import Evidence
from desk.facts import Facts, Occasion
from desk.ids import AccountId, CardId, DraftId, MessageId, OutboxId, TicketId
from desk.modes import Mode
from desk.ports import Query, TicketView, View
from desk.post import Direct, Op, Post
from desk.space import MessageRef, Place
from desk.summary import Point, Summary, SummaryKind
from desk.ticket import Level, Priority, Reason, Status, Ticket
from desk.timeline import Message, Purpose
from desk.usage import ModelCall
from tests.fakes import START
from tests.web.conftest import ACME, AGENTS, COMMUNITY, MARA, TIM

TICKET = TicketId("t-h2k4m6p8r2t4v")
PUBLIC_SOURCE = Evidence(
    2, "passage", "c-2", PUBLIC, "Refunds reach the card within 5 to 7 working days of our confirmation.", "Refund times", "refunds",
    url="https://help.pelicanledger.example/refunds", updated="2026-09-14",
)  # fmt: skip
INVOICE = Evidence(1, "record", "invoice:INV-204", person("p-mara"), "Invoice INV-204: EUR 420.00, paid twice on 3 November", "Invoice INV-204")
RULE = "Refund duplicates at once; no approval is needed under EUR 1,000."
RUNBOOK = Evidence(3, "passage", "c-7", INTERNAL, RULE, "Internal: duplicate charges", "runbook")
SHARED = Evidence(4, "record", "plan", account("acme"), "Enterprise, until 31 January 2027", "Plan")


@dataclass(frozen=True)
class Scene:
    """Where the things of the scene stand."""

    question: MessageRef
    draft: MessageRef
    escalation: MessageRef
    line: MessageRef


def press(action: str, label: str, form: Form | None = None, style: Style = Style.PLAIN) -> Button:
    return Button(action, label, TICKET, "d-1", "d-1", form=form, style=style)


def form(title: str, *fields: Field, submit: str = "Send") -> Form:
    return Form(title, fields, submit)


EDIT = form(
    "Send something else",
    Field("part0", "In the thread", "Refunds reach the card within 5 working days.", lines=4),
    Field("part1", "To Mara alone", "You were charged twice on 3 November; the second charge of EUR 420.00 is being refunded.", lines=4),
)
REASONS = tuple(Option(value, label) for value, label in (("wrong", "It is wrong"), ("tone", "The tone is off"), ("other", "Something else")))
REJECT = form("Why not?", Field("why", "Reason", options=REASONS), Field("note", "Note", required=False), submit="Reject")
ANYWAY = form("Approve without full evidence", Field("why", "Why it is right all the same"), submit="Approve")
REVIEW = (
    press("edit", "Edit", EDIT),
    press("approve_anyway", "Approve anyway...", ANYWAY),
    press("reject", "Reject...", REJECT, Style.DANGER),
    press("regenerate", "Regenerate...", form("Draft it again", Field("hint", "What should be different?", lines=2))),
    press("take_over", "Take over"),
    press("why", "Why", style=Style.QUIET),
)
ASSIGN = form("Assign", Field("teammate", "Who?", options=(Option("tim", "Tim"), Option("lea", "Lea"))), submit="Assign")
MENU = (press("assign", "Assign...", ASSIGN), press("mute", "Mute"))
DRAFT: tuple[Block, ...] = (
    Header("Draft  for Mara Voss, Acme Robotics (enterprise, health 62 falling)", "high 71   first response due 14:20, in 38 min"),
    Quote("We were charged twice this morning, EUR 420.00 each time. Can you sort that out?", "Mara Voss"),
    Text("(+2 messages)   #acme-shared", Style.QUIET),
    Text("in the thread: Refunds reach the card within 5 working days. [2]"),
    Text('"5 working days": the evidence says 5 to 7', Style.WARNING),
    Text("to Mara Voss alone: You were charged twice on 3 November; the second charge of **EUR 420.00** is being refunded. [1]"),
    Sources((INVOICE, PUBLIC_SOURCE, RUNBOOK, SHARED), detailed=True),
    Buttons(REVIEW, MENU),
)
ESCALATION: tuple[Block, ...] = (
    Header("Needs a human: security  for Sam Quill (unknown)", "urgent 94   answer due 11:00, in 58 min"),
    Quote("I can see invoices of another company after logging in. I think this is a security hole.", "Sam Quill"),
    Fields((("Category", "technical_issue"), ("Priority", "urgent 94 (a security report)"), ("Tried", "nothing yet"), ("State", "open"))),
    Buttons((press("acknowledge", "Acknowledge", style=Style.PRIMARY), press("snooze", "Snooze"), press("why", "Why", style=Style.QUIET))),
)
CODE = "```\nfrontdesk refund --status INV-178 --verbose --this-is-a-long-line-that-scrolls-inside-its-own-box-and-not-the-page\n```"
TIMES = "Once we confirm a refund it reaches your card within **5 to 7 working days**:\n\n- cards: 5 to 7 days\n- bank transfer: 2 days\n\n" + CODE
ANSWER: tuple[Block, ...] = (
    Text(TIMES),
    Text("Sources", Style.QUIET),
    Sources((replace(PUBLIC_SOURCE, n=1),)),
    Text("Written by AI from the sources above; no person has checked it.", Style.QUIET),
    Buttons((press("solved", "Solved"), press("not_solved", "Not solved"), press("get_human", "Get a human"))),
)
WHY = press("why", "Why", style=Style.QUIET)
LINE: tuple[Block, ...] = (Header("Approved by Lea at 10:04  for Yuki Tan, Acme Robotics (enterprise)"), Buttons((press("correct", "Correct"), WHY)))
AUTO: tuple[Block, ...] = (
    Header("Answered automatically: Poppy Lane, Bluebird Bakery (team)", "confidence 0.91"),
    Text("Hi Poppy, once we confirm a refund it reaches your card within 5 to 7 working days…", Style.QUIET),
    Buttons((press("correct", "Correct..."), press("retract", "Retract"), press("wrong", "Wrong", style=Style.DANGER), WHY)),
)
COMMENT = form("Anything to add?", Field("comment", "Anything to add?", lines=3, required=False))
CSAT: tuple[Block, ...] = (
    Text("How was this support? 1 is very bad, 5 is very good."),
    Buttons(tuple(press(f"csat_{n}", str(n), COMMENT) for n in range(1, 6))),
)


def post(id: str, where: Place | Direct, purpose: Purpose, blocks: tuple[Block, ...], **more) -> Post:
    made = Post(OutboxId(id), where, purpose, INTERNAL if purpose.value.endswith("_card") else PUBLIC, START, card=Card(blocks), ticket=TICKET)
    return replace(made, **more)


async def scene(workspace: LocalWorkspace) -> Scene:
    """Play the day."""
    question, _ = await workspace.say(MARA, Place(COMMUNITY), "Hi! How long does a refund take until it is **back on my card**?")
    await workspace.react(question, "eyes")
    await workspace.send(post("o-1", Place(COMMUNITY, question.id), Purpose.ANSWER, ANSWER, to=(MARA,)))
    await workspace.say(MARA, Place(COMMUNITY, question.id), "Thanks a lot, that helps.")
    await workspace.send(post("o-2", Place(COMMUNITY, question.id), Purpose.CSAT, CSAT, op=Op.WHISPER, to=(MARA,)))
    await workspace.mark(Ticket(TICKET, Place(COMMUNITY, question.id), question, "u", MARA, "Mara Voss", START, Status.SOLVED))
    asked, _ = await workspace.say(MARA, Place(ACME), "We were charged twice this morning, EUR 420.00 each time. Can you sort that out?")
    holding = "Thanks, I have your question. A teammate is checking the answer; you can expect it by 14:20."
    await workspace.send(post("o-3", Place(ACME, asked.id), Purpose.HOLDING, (Text(holding),)))
    line = await workspace.send(post("o-4", Place(AGENTS), Purpose.DRAFT_CARD, LINE, card_id=CardId("k-1")))
    await workspace.send(post("o-5", Place(AGENTS), Purpose.AUTO_CARD, AUTO))
    escalation = await workspace.send(post("o-6", Place(AGENTS), Purpose.ESCALATION_CARD, ESCALATION))
    draft = await workspace.send(post("o-7", Place(AGENTS), Purpose.DRAFT_CARD, DRAFT, card_id=CardId("k-2")))
    await workspace.say(TIM, Place(AGENTS, draft.id), "I know this one: billing ran twice for a few accounts.")
    return Scene(question, draft, escalation, line)


def ticket_view(query: Query) -> View:
    """Show the scene's ticket, or the queue with it."""
    anchor = MessageRef(ACME, "a")
    where, level = Place(ACME, "a"), Priority(71, Level.HIGH, (Reason("tier"),))
    opened = Ticket(TICKET, where, anchor, "account:acme", MARA, "Mara Voss", START, account=AccountId("acme"), category="billing", priority=level)
    ticket = replace(opened, status=Status.WAITING_TEAM)
    said = Message(MessageId("m-1"), anchor, Place(ACME), MARA, "Mara Voss", Role.CUSTOMER, "We were charged *twice*.", START)
    view = TicketView(ticket, (said,), (SUGGESTED, REPLIED), sentences=SENTENCES)
    return (view,) if query.kind == "queue" else view if query.subject == TICKET else None


def called_view(query: Query) -> View:
    """Show the scene's ticket as a language model had a part in it."""
    view = ticket_view(query)
    assert isinstance(view, TicketView)
    sentences = {
        **SENTENCES,
        "x-1": (*UNSURE, "the language model that classifies has reached the spending limit at its vendor"),
    }
    return replace(view, decisions=(replace(SUGGESTED, calls=CALLS), REPLIED), sentences=sentences)


def summed_view(query: Query) -> View:
    """Show the scene's ticket with what it came to: a summary that holds but for a point, a note, and one whose words were erased."""
    view = ticket_view(query)
    assert isinstance(view, TicketView)
    handover = Summary(TICKET, SummaryKind.HANDOVER, START, 1, POINTS, "claude-small")
    note = Summary(TICKET, SummaryKind.CRM_NOTE, START, 1, POINTS[:1], "extractive")
    return replace(view, summaries=(note, handover, replace(handover, points=())))


POINTS = (Point("Charged twice, wants one charge back.", (MessageId("m-1"),)), Point("Refund promised.", supported=False))
CALLS = (
    ModelCall("triage", "claude-small", "spend_limit", seconds=0.4),
    ModelCall("answer", "claude-big", input=1200, output=210, cache_read=8000, cache_write=950, price=0.0312, seconds=2.1),
)
FACTS = Facts(Occasion.MESSAGE, Mode.AUTO, "billing", draft=DraftId("d-1"), confidence=0.48, threshold=0.6, claims=2, unsupported=1)
VERSIONS = Versions(policy="9f3a", model="extractive@1", knowledge="41")
BECAUSE = (Reason("unsupported"),)
EVIDENCE = (PUBLIC_SOURCE, INVOICE)
SUGGESTED = Decision("x-1", TICKET, START.replace(minute=1), 1, 2, FACTS, Suggest(DraftId("d-1")), BECAUSE, VERSIONS, evidence=EVIDENCE)
REPLIED = Decision("x-2", TICKET, START.replace(minute=9), 1, 3, Facts(Occasion.APPROVED, Mode.AUTO), Reply(DraftId("d-1")), (Reason("approved"),))
UNSURE = ("One sentence has no evidence.", "The answer is not sure enough: 0.48, and 0.60 is needed.")
SENTENCES = {"x-1": UNSURE, "x-2": ("Lea approved the draft.",)}
