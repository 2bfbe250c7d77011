"""Loop: the agent that answers by calling tools, within its bounds, and hands over to whoever can go on when it cannot."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from pydantic import ValidationError

from agent import layout, toolbox, worth
from agent.extractive import ExtractiveAnswerer
from agent.inputs import Handover, Question, Reply, mistakes
from agent.layout import Found
from agent.memo import Memo
from agent.metered import Bill, Metered
from agent.model import Block, Completion, Fault, ModelFault, Request, ToolUse
from agent.noted import Noted
from agent.recent import Recent, key_of
from agent.session import Session, Told, failed, use
from agent.submission import MODEL, Answering
from agent.toolbox import ENDS, TOOLS
from agent.vault import Vault
from agent.wording import content, share
from desk import macros
from desk.answering import Brief, Tools
from desk.draft import Evidence, Passage, Proposal
from desk.facts import HARD
from desk.library import Embedder
from desk.writing import ModelPolicy

NUDGE = "Nobody reads this. End the turn with submit_reply, ask_customer or hand_over."
SHORT = 6
"""Messages of the ticket, and passages, that a shorter prompt shows."""
MACROS = 1
"""Texts that the team saved."""
ABOUT = 0.3
"""The share of a question's words from which a saved text is about it."""
PERSONS = frozenset({Fault.BUDGET, Fault.REFUSED})
"""Faults after which a person goes on, with what is known; after any other the quoting answerer serves."""


@dataclass(slots=True)
class Turn:
    """A conversation with the model about one turn of a ticket."""

    session: Session
    bill: Bill
    policy: ModelPolicy
    system: tuple[Block, ...]
    tools: tuple[Block, ...]
    messages: list[Block] = field(default_factory=list)
    submitted: Proposal | None = None
    """The first reply that had a flaw, which stands if no better one comes."""
    nudged: bool = False

    def request(self) -> Request:
        """Return the next call."""
        bounds = self.policy.bounds
        return Request(
            self.policy.answers,
            self.system,
            tuple(self.messages),
            self.tools,
            tool="any",
            output=bounds.output,
            effort=self.policy.effort,
            timeout=bounds.call,
        )

    def say(self, message: Block) -> None:
        """Add a message; of what is of this turn only, the latest alone carries a mark."""
        self.messages = [*map(layout.unmarked, self.messages), message]


class OutOfBounds(Exception):
    """A bound of policy was reached; its name says which."""


@dataclass(frozen=True, slots=True)
class Work:
    """What one answer is made from: the brief, what was looked up for it, and what the quoting answerer made of that."""

    brief: Brief
    policy: ModelPolicy
    noted: Noted
    reading: Proposal
    passages: tuple[Passage, ...]
    bill: Bill

    def begun(self, *, history: int = layout.HISTORY, passages: int = worth.MOST) -> Turn:
        """Return a turn with its first message: what was said, what was found, and the fields of the record that the reading used."""
        session = Session(self.brief, self.noted, Vault(self.policy.redact))
        read = {item.id for item in self.reading.evidence if item.source == "record"}
        facts = [fact for fact in self.noted.facts if fact.key in read]
        turn = Turn(session, self.bill, self.policy, layout.system(session), layout.tools(session))
        found = Found(self.passages[:passages], facts, self._macros())
        turn.messages.append(layout.first(session, found, self.reading, history=history))
        return turn

    def _macros(self) -> tuple[Evidence, ...]:
        """Return the texts the team saved that fit, of those that need nothing from the record: what is in a macro cannot grow old unnoticed."""
        brief = self.brief
        if brief.policy is None:
            return ()
        about, language = brief.classification.category, brief.language
        found = macros.offers(brief.policy, author=brief.author, facts=(), place=brief.place, category=about, language=language)
        asked = content(brief.asked or brief.text)
        near = sorted(found, key=lambda offer: -share(asked, content(f"{offer.title} {offer.filled.text}")))
        fitting = [offer for offer in near if share(asked, content(f"{offer.title} {offer.filled.text}")) >= ABOUT]
        return tuple(macros.as_evidence(offer, 0) for offer in fitting[:MACROS])


class ModelAnswerer:
    """An `Answerer` that writes with a language model. `quoting` reads first, and serves when the model cannot.

    Raises what `quoting` raises, so a knowledge base or a customer record that is down is told as before.
    """

    def __init__(self, quoting: ExtractiveAnswerer, metered: Metered, embedder: Embedder) -> None:
        self._quoting = quoting
        self._metered = metered
        self._memo = Memo(embedder)
        self._recent = Recent()

    async def propose(self, brief: Brief, tools: Tools) -> Proposal:
        """Return a reply the model wrote and code checked, a question, or neither and why; what could not be used is in `degraded`."""
        noted = Noted(tools)
        read = await self._quoting.read(brief, noted)
        if brief.policy is None or read.proposal.abstained == "empty" or _waits_for_nobody(brief):
            return read.proposal
        work = Work(brief, brief.policy.model, noted, read.proposal, read.passages, Bill(brief.payer, "answer"))
        first = work.begun()
        key = key_of(brief, noted.facts, (first.system, first.tools, first.messages))
        written = self._recent.get(key) or await self._bounded(work, first)
        if not written.degraded:
            self._recent.keep(key, written)
        return written

    async def _bounded(self, work: Work, first: Turn) -> Proposal:
        """Return what comes of a turn within its time; what it cost is on it, however it ended."""
        turns, bill = [first], work.bill
        try:
            async with asyncio.timeout(work.policy.bounds.turn.total_seconds()):
                written = await self._written(work, turns)
        except (ModelFault, OutOfBounds, TimeoutError) as error:
            submitted = next((turn.submitted for turn in turns if turn.submitted), None)
            written = replace(submitted, degraded=(_code(error),)) if submitted else _without(work.reading, error)
        writer = next((call.model for call in reversed(bill.calls) if call.outcome == "ok"), "")
        model = f"{MODEL} {writer}" if written.model == MODEL else written.model
        return replace(written, model=model, calls=tuple(bill.calls), prompt=layout.prompts() if bill.calls else "")

    async def _written(self, work: Work, turns: list[Turn]) -> Proposal:
        try:
            return await self._conversed(turns[-1], work.reading)
        except ModelFault as error:
            if error.fault is not Fault.TOO_LONG:
                raise
        # The prompt did not fit: once more with the end of the conversation and the best passages.
        turns.append(work.begun(history=SHORT, passages=2))
        return await self._conversed(turns[-1], work.reading)

    async def _conversed(self, turn: Turn, reading: Proposal) -> Proposal:
        bounds = turn.policy.bounds
        for _ in range(bounds.turns):
            request = turn.request()
            if turn.bill.tokens + layout.tokens(*request.messages, *request.system, *request.tools) > bounds.tokens:
                raise OutOfBounds("bound_tokens")
            reply = await self._metered.call(request, turn.bill, turn.policy)
            ended = await self._ended(turn, reply, reading)
            if ended is not None:
                return ended
        raise OutOfBounds("bound_turns")

    async def _ended(self, turn: Turn, reply: Completion, reading: Proposal) -> Proposal | None:
        """Act on a reply of the model; return the proposal it ends with, None when it goes on."""
        answering = Answering(turn.session, self._memo, reading)
        end = next((use for use in reply.uses if use.name in ENDS), None)
        if not reply.uses:
            _nudge(turn, reply)
            return None
        looked = await _looked([use for use in reply.uses if use is not end], turn)
        told: Told | None = None
        if end is not None:
            proposal, told = await self._finished(end, answering, turn, after_lookups=bool(looked))
            if proposal is not None:
                return proposal
        answers = {**looked, **({end.id: told} if end is not None and told is not None else {})}
        turn.say({"role": "assistant", "content": list(reply.content)})
        turn.say(layout.answered([(use.id, answers[use.id]) for use in reply.uses if use.id in answers]))
        return None

    async def _finished(self, use: ToolUse, answering: Answering, turn: Turn, *, after_lookups: bool) -> tuple[Proposal | None, Told | None]:
        """Return what a tool that ends the turn comes to, or what the model has to mend first."""
        if after_lookups:
            return None, failed("Read what you looked up first, then end the turn.")
        try:
            given: Reply | Question | Handover = TOOLS[use.name].takes.model_validate(dict(use.input))  # type: ignore[assignment]
        except ValidationError as error:
            return None, failed(mistakes(error))
        if isinstance(given, Reply):
            return await self._submitted(given, answering, turn)
        return (await answering.asked(given) if isinstance(given, Question) else answering.handed_over(given)), None

    async def _submitted(self, reply: Reply, answering: Answering, turn: Turn) -> tuple[Proposal | None, Told | None]:
        """Check a reply; the first one with a flaw goes back once, the next one is taken as it is and waits for a person."""
        proposal = await answering.replied(reply)
        flaws = answering.flaws(proposal)
        if flaws and turn.submitted is None:
            turn.submitted = proposal
            return None, failed(flaws)
        return proposal, None


async def _looked(uses: Sequence[ToolUse], turn: Turn) -> dict[str, Told]:
    bounds, offered = turn.policy.bounds, toolbox.offered(turn.session)
    told = await asyncio.gather(*(use(call, turn.session, offered, timeout=bounds.tool, most=bounds.lookups) for call in uses))
    return {call.id: answer for call, answer in zip(uses, told, strict=True)}


def _waits_for_nobody(brief: Brief) -> bool:
    """Tell whether a person is called at once whatever is written, so that no model is waited for; unless a teammate wants a draft after all."""
    return bool({str(signal) for signal in brief.classification.signals} & HARD) and not (brief.hint or brief.wishes)


def _nudge(turn: Turn, reply: Completion) -> None:
    """Tell the model once that text alone reaches nobody; the second time it is a reply that never came."""
    if turn.nudged:
        raise ModelFault(Fault.CUT, "it never called submit_reply")
    turn.nudged = True
    turn.say({"role": "assistant", "content": list(reply.content) or [{"type": "text", "text": "..."}]})
    turn.say({"role": "user", "content": [{"type": "text", "text": NUDGE}]})


def _without(reading: Proposal, error: Exception) -> Proposal:
    """Return what was read without the model. A bound brings in a person, with what is known; a fault lets the quoting answerer serve."""
    code = _code(error)
    if isinstance(error, ModelFault) and error.fault not in PERSONS:
        return replace(reading, degraded=(code,))
    return replace(reading, degraded=(code,), doubts=(*reading.doubts, "model_refused" if code == "model_refused" else "bound"))


def _code(error: Exception) -> str:
    """Return a fault or a bound as decisions name it."""
    if isinstance(error, ModelFault):
        return error.code
    return "bound_time" if isinstance(error, TimeoutError) else str(error)
