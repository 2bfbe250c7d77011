"""Services: the ports a handler is given, in one frozen bundle."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from desk.answering import Answerer, FileReader, Summarizer, Triager
from desk.decision import Versions
from desk.errors import Misconfigured
from desk.inquiry import Advisor
from desk.library import KnowledgeBase
from desk.linking import DIGITS
from desk.ports import Actions, Calendars, ChatPlatform, Clock, Crm, Mailer, Pager, PolicyLayers
from desk.space import Platform
from desk.store import Store
from desk.tending import Erasers, Librarian
from handlers.catching_up import Behind, never
from handlers.opened import Opened
from handlers.pace import Pace
from handlers.styles import Styles


@dataclass(frozen=True, slots=True)
class Bells:
    """Rung after a commit, so that nobody has to poll: the sweeper waits on `deadlines`, the sender on `outbox`, the runner on `runs`."""

    deadlines: asyncio.Event = field(default_factory=asyncio.Event)
    outbox: asyncio.Event = field(default_factory=asyncio.Event)
    runs: asyncio.Event = field(default_factory=asyncio.Event)

    def ring(self) -> None:
        """Wake all."""
        self.deadlines.set()
        self.outbox.set()
        self.runs.set()


def random_code() -> str:
    """Return a code that nobody can guess."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"


@dataclass(frozen=True, slots=True)
class Services:
    """Everything the use cases need from the world."""

    store: Store
    clock: Clock
    crm: Crm
    knowledge: KnowledgeBase
    triager: Triager
    answerer: Answerer
    chat: Mapping[Platform, ChatPlatform]
    policy: PolicyLayers
    styles: Styles
    summarizer: Summarizer
    advisor: Advisor
    versions: Versions = field(default_factory=Versions)
    bells: Bells = field(default_factory=Bells)
    behind: Behind = never
    crowded: Behind = never
    """Tells whether so much is said in a channel that what was said there is not known for a while."""
    slots: Pace = field(default_factory=Pace)
    """When whom a crowd held is answered, one after another in a channel."""
    files: FileReader | None = None
    looks: bool = False
    """A language model is there that looks at pictures."""
    opened: Opened = field(default_factory=Opened)
    actions: Actions | None = None
    """None where nothing can be done for customers: what an answer asks for then fails, and a person comes."""
    pager: Pager | None = None
    """None where nothing can wake a phone: a step that would then fails, and the next one comes."""
    mailer: Mailer | None = None
    """None where no mail can be sent: the team then connects a customer's account."""
    new_code: Callable[[], str] = random_code
    """Makes a one-time code."""
    calendars: Calendars | None = None
    """None where no rota's calendar is read."""
    librarian: Librarian | None = None
    """None where nobody tends the articles by command."""
    erasers: Erasers = field(default_factory=dict)

    def platform(self, platform: Platform) -> ChatPlatform:
        """Return the adapter of a platform; raise Misconfigured when it is not running."""
        if platform not in self.chat:
            raise Misconfigured(f"nothing is connected to {platform.value!r}: set its tokens and start again")
        return self.chat[platform]
