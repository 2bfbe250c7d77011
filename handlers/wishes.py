"""Wishes: how a teammate wants a draft made again, as a form asks it and an answerer is told it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from desk.audience import INTERNAL
from desk.cards import Field, Form, Option
from desk.changes import NOTHING, Changes, SaveDraft
from desk.draft import Draft
from desk.events import ButtonClicked
from desk.policy import Policy
from handlers import say
from handlers.reading import language as named

SAME = "same"
TONES: Mapping[str, tuple[str, str]] = {
    "warmer": ("warmer", "Make the tone warmer: show that you understand, and thank them where that fits."),
    "plainer": ("plainer", "Use plain words and short sentences; explain every term that a newcomer would not know."),
    "formal": ("more formal", "Make the tone more formal: the polite form, no exclamation marks, nothing colloquial."),
    "direct": ("more direct", "Come to the point: the answer first, no opening and no closing courtesies."),
}
"""What may be asked of the tone: how the form calls it, and what the answerer is told."""
SHORTER = "Make it shorter: at most half the length, and only what was asked."
QUOTED = "This draft is quoted from articles and records, word for word: {what} cannot be changed without a language model. A hint was searched for."


@dataclass(frozen=True, slots=True)
class Wishes:
    """What should be different: the teammate's own words, another language to write in ("" for the customer's), and the wording."""

    hint: str = ""
    language: str = ""
    tone: str = ""
    shorter: bool = False

    @property
    def sentences(self) -> tuple[str, ...]:
        """Return the wishes that are no search words, as the answerer is told them."""
        return tuple(self._sentences())

    def _sentences(self) -> Iterator[str]:
        if self.tone:
            yield TONES[self.tone][1]
        if self.shorter:
            yield SHORTER
        if self.language:
            yield f"Write in {named(self.language)}, whatever language the customer wrote in."


NONE = Wishes()


def form(draft: Draft, languages: tuple[str, ...]) -> Form:
    """Return the form that asks how to draft again, with what the draft is now."""
    tones = tuple(Option(code, label) for code, (label, _) in TONES.items())
    spoken = draft.proposal.language
    others = tuple(Option(code, named(code)) for code in languages if code != spoken)
    fields = (
        Field("tone", "Tone", SAME, options=(Option(SAME, "as it is"), *tones), required=False),
        Field("shorter", "Length", "no", options=(Option("no", "as it is"), Option("yes", "shorter")), required=False),
        Field("language", "Language", SAME, options=(Option(SAME, f"as it is ({named(spoken)})"), *others), required=False),
        Field("hint", "What should be different?", lines=2, required=False),
    )
    return Form("Draft again", fields, "Draft")


def read(given: Mapping[str, str], policy: Policy) -> Wishes:
    """Return what a filled-in form wishes; what it offers no more is left out."""
    tone, language = given.get("tone", ""), given.get("language", "")
    return Wishes(
        given.get("hint", "").strip(),
        language if language in policy.phrases else "",
        tone if tone in TONES else "",
        given.get("shorter") == "yes",
    )


def unfulfilled(wishes: Wishes, event: ButtonClicked, made: Changes) -> Changes:
    """Tell who asked what the new draft is not: one that nobody wrote is worded as its sources are."""
    draft = next((write.draft for write in made.writes if isinstance(write, SaveDraft) and write.draft.is_open), None)
    if draft is None or not wishes.sentences:
        return NOTHING
    spoken = draft.proposal.language
    quoted = not draft.proposal.calls or bool(draft.proposal.degraded)
    lacks = [what for what, wanted in (("its tone", wishes.tone), ("its length", wishes.shorter)) if wanted and quoted]
    lacks += [f"its language ({named(spoken)})"] if wishes.language not in ("", spoken) else []
    if not lacks:
        return NOTHING
    listed = " and ".join(filter(None, (", ".join(lacks[:-1]), lacks[-1])))
    sentence = QUOTED.format(what=listed) if quoted else f"The new draft is still in {named(spoken)}: look at it first."
    return say.whisper(sentence, to=event.by, place=event.place, cause=event.id, at=event.at, audience=INTERNAL, label="wishes")
