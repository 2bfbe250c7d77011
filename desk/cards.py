"""Cards: what people see, as a platform-neutral tree that each platform draws its own way.

A button carries ids only; who may press it is checked when it is pressed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from desk import instants
from desk.draft import Evidence
from desk.ids import CardId, DraftId, OutboxId, TicketId
from desk.space import Place

POINTING = re.compile(r"\[([^\]\n]*)\]\(message:[^)\s]*\)")
"""A link to a message of the same platform, which small print holds for whoever can press it: as plain text it is its words."""


class Style(StrEnum):
    """How a button or a line stands out."""

    PLAIN = "plain"
    PRIMARY = "primary"
    DANGER = "danger"
    QUIET = "quiet"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Header:
    """A card's first line, with what belongs at its right edge."""

    text: str
    aside: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph of Markdown; a quiet one is small print, a warning is marked (!)."""

    text: str
    style: Style = Style.PLAIN


@dataclass(frozen=True, slots=True)
class Quote:
    """Somebody's words, shown as theirs and never as markup."""

    text: str
    author: str = ""


@dataclass(frozen=True, slots=True)
class Notes:
    """Lines for the team under a title. They may repeat what others wrote: they are shown whole, as they are, and never as markup."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fields:
    """Short labelled values."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Sources:
    """Numbered evidence. With `title` alone it is a list of links for a customer; teammates also see quote, audience and date."""

    items: tuple[Evidence, ...]
    detailed: bool = False


def dates(item: Evidence) -> str:
    """Return when an article was last changed and reviewed, as small print beside it; "" for what is no article."""
    if item.source != "passage":
        return ""
    known = (("changed", item.updated), ("reviewed", item.reviewed), ("expires", item.expires))
    return ", ".join(f"{what} {on}" for what, on in known if on) or "undated"


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a field; `shows` is the text that choosing it puts in."""

    value: str
    label: str
    shows: str = ""


class Pick(StrEnum):
    """What of the platform's own a field picks; its value is then the platform's id, several are joined by commas."""

    CHANNEL = "channel"
    PERSON = "person"
    PEOPLE = "people"


@dataclass(frozen=True, slots=True)
class Field:
    """One input of a form: a line, a text area (`lines` above 1) or a choice (`options`), with small print below (`note`).

    `picks` asks for somebody or something of the platform: it is drawn as a picker where there is one, as a line elsewhere.
    """

    name: str
    label: str
    value: str = ""
    lines: int = 1
    options: tuple[Option, ...] = ()
    required: bool = True
    note: str = ""
    picks: Pick | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """What a button asks before it acts."""

    title: str
    fields: tuple[Field, ...]
    submit: str = "Send"
    intro: str = ""
    """Markdown above the fields: what is set now, and what speaks for a change."""


@dataclass(frozen=True, slots=True)
class Button:
    """A button. `label` is shown, `english` is the label in English, by which stories and tests name it.

    `basis` is what the card was drawn from: a draft id, or a ticket's revision.
    """

    action: str
    label: str
    ticket: TicketId
    subject: str = ""
    basis: str = ""
    english: str = ""
    style: Style = Style.PLAIN
    form: Form | None = None

    @property
    def name(self) -> str:
        """Return the English label."""
        return self.english or self.label


@dataclass(frozen=True, slots=True)
class Buttons:
    """Buttons side by side; a phone wraps them. `more` stand behind a menu: what is needed less often."""

    items: tuple[Button, ...]
    more: tuple[Button, ...] = ()


Block = Header | Text | Quote | Notes | Fields | Sources | Buttons


@dataclass(frozen=True, slots=True)
class Card:
    """A tree of blocks."""

    blocks: tuple[Block, ...] = ()

    @property
    def buttons(self) -> tuple[Button, ...]:
        """Return the buttons in order."""
        return tuple(button for block in self.blocks if isinstance(block, Buttons) for button in (*block.items, *block.more))

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """Return the evidence shown."""
        return tuple(item for block in self.blocks if isinstance(block, Sources) for item in block.items)


class CardKind(StrEnum):
    """Which function of `handlers/views` draws a card."""

    DRAFT = "draft"
    ESCALATION = "escalation"
    AUTO = "auto"
    DAILY = "daily"
    INCIDENT = "incident"
    PAGE = "page"


@dataclass(frozen=True, slots=True)
class CardRecord:
    """Where a card stands: the outbox row that posts it. `subject` is the draft, escalation or day it shows."""

    id: CardId
    kind: CardKind
    ticket: TicketId | None
    subject: str
    outbox: OutboxId
    place: Place
    draft: DraftId | None = None
    observed: bool = False
    context: tuple[str, ...] = field(default_factory=tuple)
    under: OutboxId | None = None
    """The row of the ticket's first card there, below which it stands where the platform keeps one thread a ticket."""
    moved: str = ""
    """The name of the channel in which it stands by now; "" while it stands here."""


def plain(card: Card) -> str:
    """Return a card as plain text: for notifications, transcripts and screen readers. Buttons are left out."""
    return instants.plain("\n".join(filter(None, (_plain(block) for block in card.blocks))))


def english(label: str) -> str:
    """Return a label in the form labels are compared in: lower case, without trailing dots."""
    return label.strip().rstrip(".… ").lower()


def find_button(card: Card, label: str) -> Button | None:
    """Return the button with this English label, ignoring case and trailing dots."""
    return next((button for button in card.buttons if english(label) in (english(button.name), english(button.label))), None)


def numbered(items: Sequence[Evidence], *, dated: bool = False) -> str:
    """Return evidence as lines `[1] title (address)`, for teammates with the articles' dates."""
    return "\n".join(
        f"[{item.n}] {item.title or item.quote}{f' ({item.url})' if item.url else ''}{f'  {dates(item)}' if dated and dates(item) else ''}"
        for item in items
    )


def _plain(block: Block) -> str:
    match block:
        case Header(text=text, aside=aside):
            return f"{text}   {aside}".rstrip()
        case Text(text=text, style=style):
            said = POINTING.sub(r"\1", text) if style is Style.QUIET else text
            return f"(!) {said}" if style is Style.WARNING else said
        case Quote(text=text, author=author):
            return f'{author + ": " if author else ""}"{text}"'
        case Notes(title=title, lines=lines):
            return "\n".join((f"{title}:", *lines))
        case Fields(pairs=pairs):
            return "\n".join(f"{label}: {value}" for label, value in pairs)
        case Sources(items=items, detailed=detailed):
            return numbered(items, dated=detailed)
        case Buttons():
            return ""
