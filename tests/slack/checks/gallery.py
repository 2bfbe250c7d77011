"""The gallery: every card and form that the desk makes while its stories are played, with the languages it speaks and the pages it shows."""

from dataclasses import dataclass, field
from pathlib import Path

from desk.cards import Card, Form
from desk.customer import Role
from desk.errors import InvalidInput, NotAllowed
from desk.policy import Policy
from desk.ports import Query
from desk.space import Place
from desk.ticket import Ticket
from handlers import replies
from handlers.commands.table import COMMANDS, form_of
from handlers.views import Views
from tests.slack.test_mrkdwn import HOSTILE
from tests.world import CHUNK, World, channel, passage, user, world

QUESTION = "When does my refund arrive?"
LANGUAGES = ("en", "de", "fr", "es", "pt")
SCENES = ("answers", "reviews", "hand", "observed", "hostile", "commands")
UNRUN = frozenset({"forget", "policy", "kb"})
"""Commands that this world has not all the ports for; their forms are kept all the same."""


@dataclass
class Gallery:
    """What was made: cards with the story they are of, forms with the button or command that opens them, and pages."""

    cards: list[tuple[str, Card]] = field(default_factory=list)
    forms: list[tuple[str, Form]] = field(default_factory=list)
    homes: list[tuple[str, Card]] = field(default_factory=list)

    def hang(self, story: str, w: World) -> None:
        """Keep everything that was posted in a story."""
        seen = [post.card for post in w.chat.sent if post.card]
        self.cards += [(story, card) for card in seen]
        self.forms += [(f"{story}: {button.name}", button.form) for card in seen for button in card.buttons if button.form]


async def gallery(folder: Path) -> Gallery:
    """Play every story and return what it made."""
    made = Gallery()
    for name in SCENES:
        (folder / name).mkdir()
        await _SCENES[name](folder / name, made)
    return made


async def _answers(folder: Path, made: Gallery) -> None:
    async with world(folder, mode="auto") as w:
        await w.asks("ina", QUESTION)
        await w.clicks("noor", "Wrong")
        await w.clicks("ina", "Not solved")
        await w.clicks("ina", "Get a human")
        await w.clicks("lea", "Acknowledge")
        await w.clicks("lea", "Why")
        await w.asks("mara", QUESTION, where="shared")
        await w.clicks("mara", "Solved")
        await w.wait(days=5)
        await _homes(w, made)
        made.hang("answers", w)


async def _reviews(folder: Path, made: Gallery) -> None:
    async with world(folder, mode="draft") as w:
        await w.asks("mara", "refund for my invoice?", where="shared")
        await w.clicks("noor", "Regenerate...", hint="shorter")
        await w.clicks("noor", "Edit", text="Dear **Mara**,\n\n1. wait\n2. see [there](https://help.example)")
        await w.clicks("tom", "Correct...", text="It was 6 days.")
        await w.clicks("tom", "Retract")
        w.answerer.unsupported = True
        await w.asks("ina", QUESTION)
        await w.clicks("noor", "Approve anyway...", reason="I asked billing")
        await w.asks("jon", QUESTION)
        await w.clicks("noor", "Reject...", reason="tone")
        await _homes(w, made)
        made.hang("reviews", w)


async def _hand(folder: Path, made: Gallery) -> None:
    async with world(folder, mode="draft") as w:
        await w.asks("mara", "I am furious and want a human: my invoice is wrong", where="shared")
        await w.clicks("noor", "Take over")
        await w.clicks("noor", "Reply...", text="I am on it.")
        await w.asks("mara", "thank you, and when does my refund arrive?", where="shared")
        await w.clicks("noor", "Mute")
        await w.clicks("noor", "Unmute")
        await w.clicks("noor", "Resolve...", verdict="needed")
        await w.wait(days=5)
        made.hang("hand", w)


async def _observed(folder: Path, made: Gallery) -> None:
    async with world(folder, mode="observe") as w:
        for who in ("ina", "jon", "mara"):
            await w.asks(who, QUESTION)
        await w.asks("ina", "I found a security hole in your login")
        await w.wait(days=1)
        await w.clicks("noor", "Right")
        made.hang("observed", w)


async def _hostile(folder: Path, made: Gallery) -> None:
    async with world(folder, mode="draft") as w:
        await w.asks("mara", f"refund for my invoice? {' '.join(HOSTILE)}".replace("\ud800", ""), where="shared")
        await w.clicks("noor", "Reject...", reason="<!here> *because* <@U1>")
        await w.asks("ina", "refund? " + "word " * 3000)
        await w.clicks("noor", "Edit", text="answer. " * 2000)
        made.hang("hostile", w)


async def _commands(folder: Path, made: Gallery) -> None:
    async with world(folder, mode="draft") as w:
        await w.asks("mara", "refund for my invoice?", where="shared")
        ticket = (await w.ticket()).id
        written = [line for command in COMMANDS.values() for line in (command.usage, *command.ways)]
        words = dict.fromkeys((*COMMANDS, *(" ".join(word for word in line.split() if word.islower() and "|" not in word) for line in written)))
        for text in (
            *words,
            *(f"{name} {ticket}" for name in ("ticket", "why", "take", "mute", "unmute", "handback")),
            *(f"help {n}" for n in COMMANDS),
        ):
            await _asked(text, w, made)
            if text.split()[0] not in UNRUN:
                await w.commands("ada", text)
        await _homes(w, made)
        made.hang("commands", w)
        _languages(await w.policy.current(), await w.ticket(), made)


async def _asked(text: str, w: World, made: Gallery) -> None:
    """Keep the form that a command opens."""
    query = Query("command", text, user("ada"), Role.ADMIN, place=Place(channel("agents")), name="Ada")
    try:
        form = await form_of(query, w.services)
    except (InvalidInput, NotAllowed):
        return
    made.forms += [(f"/frontdesk {text}", form)] if form else []


async def _homes(w: World, made: Gallery) -> None:
    """Keep the page of everybody."""
    for who, role in (("ina", Role.CUSTOMER), ("noor", Role.TEAMMATE), ("lea", Role.LEAD), ("ada", Role.ADMIN)):
        page = await Views(w.services).view(Query("home", "", user(who), role))
        made.homes += [(who, page)] if isinstance(page, Card) else []


def _languages(policy: Policy, ticket: Ticket, made: Gallery) -> None:
    """Keep what customers read, in every language: each fixed sentence, an answer and the question how it was."""
    source = replies.cited(0, _proposal())
    for language in LANGUAGES:
        phrases = policy.phrases_in(language).values()
        answer = replies.answer(
            "**Yes**, it is.",
            sources=source,
            byline=policy.phrase("answer_by_ai", language),
            ticket=ticket,
            subject="o-1",
            policy=policy,
            language=language,
        )
        cards = [answer, replies.csat(policy.phrase("csat_ask", language), ticket=ticket, policy=policy, language=language)]
        cards += [replies.with_help(text, ticket=ticket, subject="o-1", policy=policy, language=language) for text in phrases]
        made.cards += [(language, card) for card in cards]
        made.forms += [(language, button.form) for card in cards for button in card.buttons if button.form]


def _proposal():
    from desk.draft import Claim, Evidence, Proposal

    chunk = passage(CHUNK)
    item = Evidence(1, "passage", chunk.id, chunk.audience, chunk.text, chunk.title, url=chunk.url)
    return Proposal(claims=(Claim("Yes", True, (1,)),), evidence=(item,))


_SCENES = {"answers": _answers, "reviews": _reviews, "hand": _hand, "observed": _observed, "hostile": _hostile, "commands": _commands}
