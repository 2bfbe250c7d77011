"""Files: what customers attached is fetched and read, for the team's cards, for triage and for whoever answers."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from desk.answering import Attachment, Picture
from desk.changes import NOTHING, Changes, SaveReading, write
from desk.customer import Author
from desk.draft import Proposal
from desk.errors import FrontdeskError
from desk.policy import Policy
from desk.space import ChannelKind
from desk.timeline import File, Message, Timeline
from handlers.opened import Content
from handlers.services import Services
from handlers.situation import Situation

SECONDS = 15
"""How long a customer's turn waits for one file; all of them are waited for together."""
MOST = 8
"""Files of a turn that are fetched."""
LARGEST = 20_000_000
PICTURES = 4
SENSES = ("image/", "audio/", "video/")
"""What claims to be one of these holds no text."""


@dataclass(frozen=True, slots=True)
class Attached:
    """What an answerer gets: texts and pictures, the names of what nobody could read, and the refs of the pictures."""

    items: tuple[Attachment, ...] = ()
    unread: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()


async def read(s: Situation, services: Services) -> tuple[Situation, Changes]:
    """Return the situation with the text of the files that wait for an answer, and the note of it that makes this once for each file."""
    unread = [file for message in s.said for file in message.files if file.text is None and not file.media_type.startswith(SENSES)]
    found = await _opened(unread, s, services)
    texts = {ref: content for ref, content in found.items() if isinstance(content, str)}
    if not texts:
        return s, NOTHING
    timeline = tuple(_with(message, texts) for message in s.timeline)
    changed = [message for message, before in zip(timeline, s.timeline, strict=True) if message != before]
    return replace(s, timeline=timeline), write(*(SaveReading(m.id, {f.ref: texts[f.ref] for f in m.files if f.ref in texts}) for m in changed))


async def attached(said: Sequence[Message], author: Author, s: Situation, services: Services) -> Attached:
    """Return what an author attached to these messages; pictures only where policy lets a model see theirs, and one is there to look."""
    files = [file for message in said for file in message.files]
    seen = await _pictures(files, s, services) if services.looks and may_show(author, s.policy) else {}
    texts = [Attachment(file.name, file.media_type, file.text) for file in files if file.text]
    pictures = [Attachment(file.name, seen[file.ref].media_type, content=seen[file.ref].content) for file in files if file.ref in seen]
    unread = tuple(file.name for file in files if file.text is None and file.ref not in seen)
    return Attached((*texts, *pictures), unread, tuple(seen))


def may_show(author: Author, policy: Policy) -> bool:
    """Tell whether a model may see this author's pictures."""
    return policy.model.images == "always" or (policy.model.images == "verified" and author.verified)


def shown(proposal: Proposal, found: Attached) -> Proposal:
    """Return a proposal with the pictures that a model was shown for it: none where no call of a model succeeded."""
    asked = any(call.purpose == "answer" and call.outcome == "ok" for call in proposal.calls)
    return replace(proposal, shown=found.pictures if asked else ())


def noted(proposal: Proposal, said: Timeline) -> Changes:
    """Return the note of which pictures a model was shown, which the team's cards tell."""
    refs = frozenset(proposal.shown)
    return write(*(SaveReading(m.id, shown=refs & {f.ref for f in m.files}) for m in said if refs & {f.ref for f in m.files}))


def speak_for_themselves(s: Situation) -> bool:
    """Tell whether files without a word are a request: where somebody asks us, or answers us, and not among passers-by."""
    bare = any(message.files for message in s.said) and not any(message.text.strip() for message in s.said)
    return bare and (s.channel.kind is not ChannelKind.COMMUNITY or s.ticket.answered_at is not None or any(m.mentions_bot for m in s.said))


async def _pictures(files: Sequence[File], s: Situation, services: Services) -> dict[str, Picture]:
    """Return the first pictures by ref, whatever their names and types say they are."""
    found = await _opened([file for file in files if file.text is None], s, services)
    return dict([(ref, content) for ref, content in found.items() if isinstance(content, Picture)][:PICTURES])


async def _opened(files: Sequence[File], s: Situation, services: Services) -> dict[str, Content]:
    """Return what files hold, by ref; what cannot be fetched now is left out, and is tried again when it is asked for again."""
    if services.files is None:
        return {}
    wanted = [file for file in files if file.ref and file.size <= LARGEST][:MOST]
    found = await asyncio.gather(*(_content(file, s, services) for file in wanted))
    return {file.ref: content for file, content in zip(wanted, found, strict=True) if content is not None}


async def _content(file: File, s: Situation, services: Services) -> Content:
    key = f"{s.channel.ref.platform}:{file.ref}"
    if key in services.opened:
        return services.opened[key]
    try:
        async with asyncio.timeout(SECONDS):
            content = await _read(file, await services.platform(s.channel.ref.platform).fetch(file.ref), services)
    except (FrontdeskError, TimeoutError):
        # The file counts as unread, and the customer is told so: their question must not wait for it.
        return None
    services.opened.keep(key, content, now=s.now)
    return content


async def _read(file: File, content: bytes, services: Services) -> Content:
    if services.files is None or len(content) > LARGEST:
        return None
    text = await services.files.read(file.name, file.media_type, content)
    return await services.files.picture(content) if text is None and services.looks else text


def _with(message: Message, texts: dict[str, str]) -> Message:
    return replace(message, files=tuple(replace(f, text=texts[f.ref]) if f.ref in texts and f.text is None else f for f in message.files))
