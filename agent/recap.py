"""Recap: a conversation in a few points without a language model: what was asked, what was tried, who said what last; quoted, never written."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import chain

from agent.untrusted import cleaned, named
from agent.vault import Vault
from agent.wording import question_of, topical
from desk.audience import INTERNAL
from desk.customer import TEAM, Role
from desk.draft import Draft, DraftStatus
from desk.summary import MOST, Point, SummaryKind, Talk
from desk.ticket import Status
from desk.timeline import SPOKEN, Message, Timeline

QUOTED = 200
"""Characters of somebody's words in a point."""
TRIED = 2
"""Answers that are told of, the latest ones."""
TIMES = {1: "once", 2: "twice"}
ENDED = {Status.SOLVED: "Ended: solved, the customer says.", Status.CLOSED: "Ended: closed, and the customer did not say that it is solved."}
SCANNED = 4000
CITED = re.compile(r"\s*\[\d{1,3}\]")


def recap(kind: SummaryKind, talk: Talk) -> tuple[Point, ...]:
    """Return a conversation in points, none where nothing was said or all of it was erased."""
    said = told(talk.timeline)
    return RECAPS[kind](said, talk) if said else ()


def told(timeline: Timeline) -> Timeline:
    """Return what people and the bot said to one another, without the desk's fixed sentences and what is internal."""
    return tuple(m for m in timeline if (m.text.strip() or m.files) and not m.deleted and m.audience != INTERNAL and _is_talk(m))


def words(message: Message, talk: Talk) -> str:
    """Return what a message says; of an answer of ours without its sources and the line that says who wrote it."""
    draft = _draft_of(message, talk)
    return (CITED.sub("", _posted(draft)[str(message.id)]) if draft else "") or message.text


def quote(text: str) -> str:
    """Return somebody's words on one line, without cards, keys and passwords, and cut to what a card can show."""
    vault = Vault(())
    bare = " ".join(cleaned(vault.restore(vault.beginning(text, most=SCANNED), private=True), most=SCANNED).split())
    return bare if len(bare) <= QUOTED else f"{bare[: QUOTED - 1].rstrip()}…"


def _handover(said: Timeline, talk: Talk) -> tuple[Point, ...]:
    asked, last = _asked(said), _last(said)
    points = [*asked, *chain.from_iterable(_tried(draft, talk) for draft in _sent(talk)[-TRIED:]), *_unsolved(talk), *_team(said)]
    latest = [point for point in last if point.messages != (asked or last)[0].messages]
    return (*points[: MOST - len(latest)], *latest, *_files(said))[:MOST]


def _note(said: Timeline, talk: Talk) -> tuple[Point, ...]:
    asked, last = _asked(said), _last(said)
    answers = [m for m in said if m.role is Role.BOT or m.role in TEAM]
    answered = [Point(f'{_answerer(m, talk)}: "{quote(words(m, talk))}"', (m.id,)) for m in answers[-1:]]
    latest = [point for point in last if point.messages != (asked or last)[0].messages]
    ended = [Point(ENDED[talk.ticket.status])] if talk.ticket.status in ENDED else []
    return (*asked, *answered, *latest, *_unsolved(talk), *ended)


RECAPS: Mapping[SummaryKind, Callable[[Timeline, Talk], tuple[Point, ...]]] = {SummaryKind.HANDOVER: _handover, SummaryKind.CRM_NOTE: _note}


def _asked(said: Timeline) -> list[Point]:
    """Return the first words that say what it is about; people begin with a greeting alone."""
    worded = _worded(said)
    return [Point(f'Asked: "{quote(m.text)}"', (m.id,)) for m in ([m for m in worded if topical(question_of(m.text))] or worded)[:1]]


def _last(said: Timeline) -> list[Point]:
    return [Point(f'Said last: "{quote(m.text)}"', (m.id,)) for m in _worded(said)[-1:]]


def _sent(talk: Talk) -> list[Draft]:
    return [draft for draft in talk.drafts if draft.status is DraftStatus.SENT]


def _tried(draft: Draft, talk: Talk) -> list[Point]:
    """Return what a draft told the customer, by what it rests on where it rests on anything."""
    proposal = draft.proposal
    posts = set(map(str, draft.posts))
    messages = tuple(m.id for m in told(talk.timeline) if str(m.id) in posts)
    text = CITED.sub("", next((part.text for part in proposal.parts if part.text), ""))
    if not text:
        return []
    used = {n for claim in proposal.claims for n in claim.evidence}
    titles = tuple(dict.fromkeys(named(item.title) for item in proposal.evidence if item.n in used and item.title))
    by = _by(draft)
    if proposal.question:
        return [Point(f'Asked back: "{quote(text)}"', messages)]
    if not titles:
        return [Point(f'{by}: "{quote(text)}"', messages)]
    return [Point(f"{by} from {_listed(titles)}.", messages, sources=titles)]


def _answerer(message: Message, talk: Talk) -> str:
    if message.role is not Role.BOT:
        return f"{named(message.author_name)} answered"
    draft = _draft_of(message, talk)
    return _by(draft) if draft else "Answered"


def _by(draft: Draft) -> str:
    return f"{named(draft.decided_by_name)} answered" if draft.decided_by_name else "Answered automatically"


def _draft_of(message: Message, talk: Talk) -> Draft | None:
    return next((draft for draft in talk.drafts if str(message.id) in map(str, draft.posts)), None)


def _posted(draft: Draft) -> Mapping[str, str]:
    """Return what each post of a draft says: the first carries the thread's parts, each further one a part of its own."""
    thread = "\n\n".join(part.text for part in draft.proposal.parts if part.to is None)
    alone = [part.text for part in draft.proposal.parts if part.to is not None]
    return dict(zip(map(str, draft.posts), (thread, *alone), strict=False))


def _unsolved(talk: Talk) -> list[Point]:
    times = talk.ticket.not_solved
    return [Point(f"The customer said {TIMES.get(times, f'{times} times')} that it is not solved.")] if times else []


def _team(said: Timeline) -> list[Point]:
    ours = [m for m in said if m.role in TEAM]
    return [Point(f'{named(m.author_name)} wrote: "{quote(m.text)}"', (m.id,)) for m in ours[-1:]]


def _files(said: Timeline) -> list[Point]:
    sent = [m for m in said if m.is_customers and m.files]
    names = [f"{named(file.name)}{'' if file.text else ' (not read)'}" for m in sent for file in m.files]
    return [Point(f"Sent: {', '.join(names)}.", tuple(m.id for m in sent))] if names else []


def _worded(said: Timeline) -> list[Message]:
    """Return what customers put in words."""
    return [m for m in said if m.is_customers and m.text.strip()]


def _is_talk(message: Message) -> bool:
    return message.role in TEAM | {Role.CUSTOMER, Role.COLLEAGUE} or message.purpose in SPOKEN


def _listed(titles: Sequence[str]) -> str:
    marked = [f"“{title}”" for title in titles]
    return " and ".join(filter(None, (", ".join(marked[:-1]), marked[-1])))
