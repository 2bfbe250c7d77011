"""Submission: what the agent ends a turn with becomes a proposal, and only as far as code finds that it may be said."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from agent import claims, disclosure
from agent.courtesy import courteous, unsaluted
from agent.entailment import translated, weighed
from agent.inputs import Handover, Question, Reply
from agent.language import detect
from agent.links import links_of
from agent.memo import Memo
from agent.outgoing import safe
from agent.session import Session
from desk import audience
from desk.audience import PUBLIC, Audience, Audiences, Scope, may_show
from desk.draft import Evidence, Part, Proposal
from desk.space import ChannelKind

MODEL = "agent-1"
NUMBER = re.compile(r" ?\[(\d{1,3})\]")
IN_PRIVATE = re.compile(r"\bpriv[aé]", re.IGNORECASE)
UNPROVEN = 0.5
"""The most that a reply is believed in which a sentence has no evidence."""
SURE_OF_LANGUAGE = 0.75
QUIET = frozenset({"action", "macro"})
"""Evidence that a customer is not shown as a source."""


class Answering:
    """Makes proposals of one turn's endings. `reading` is what the quoting answerer made of the same words."""

    def __init__(self, session: Session, memo: Memo, reading: Proposal) -> None:
        self._session = session
        self._brief = session.brief
        self._memo = memo
        self._reading = reading
        self._told = _worded(reading)

    def handed_over(self, given: Handover) -> Proposal:
        """Return a proposal to bring in a person, with a summary that only the team sees and what it may rest on."""
        summary = self._outgoing(given.summary, private=False)
        return replace(self._empty(), abstained=f"handed_over_{given.reason}", summary=summary, evidence=self._session.register.usable)

    async def asked(self, given: Question) -> Proposal:
        """Return a question back; where the model's own may not stand in the place, policy's fixed one asks."""
        brief = self._brief
        asked = self._outgoing(given.question, private=False)
        if asked and disclosure.question_may_stand(asked, brief, self._session.register.shown):
            translation = self._outgoing(given.translation, private=False)
            return replace(self._empty(), parts=(Part(PUBLIC, asked),), confidence=1.0, question=True, translation=translation)
        return replace(
            self._empty(), parts=(Part(PUBLIC, brief.phrases["clarify"]),), confidence=1.0, question=True, fixed=True, doubts=("question_replaced",)
        )

    async def replied(self, reply: Reply) -> Proposal:
        """Return a reply in parts with its claims, each checked by code; what may not stand in the thread is not in it."""
        brief, shown = self._brief, self._session.register.shown
        divided = disclosure.divided(self._numbered(reply.thread, reply), self._numbered(reply.private, reply), brief=brief, shown=shown)
        thread, private = self._outgoing(divided.thread, private=self._is_direct), self._outgoing(divided.private, private=True)
        if private and self._brief.author.person is not None and self._only_points_on(thread):
            # The thread is told in policy's words that a private message was sent; nobody needs to read it twice.
            thread = ""
        parts, evidence = self._parts(thread, private, self._session.register.usable)
        if not parts:
            return replace(self._empty(), abstained="nothing_may_be_said", doubts=divided.doubts)
        language = self._language(f"{thread}\n{private}", reply)
        bare = replace(self._empty(), parts=parts, evidence=evidence, language=language)
        checked = await self._checked(bare, reply)
        return replace(
            checked,
            confidence=round(min(reply.confidence, UNPROVEN if checked.unsupported else 1.0), 4),
            requests=tuple(self._session.requests),
            resolves=reply.resolves,
            translation=self._translation(reply, language),
            doubts=tuple(dict.fromkeys((*divided.doubts, *self._doubts(language)))),
        )

    def flaws(self, proposal: Proposal) -> str:
        """Return what the model has to mend in a reply, "" for nothing."""
        said = [f'- "{claim.text[:200]}": {claim.why or "no evidence"}' for claim in proposal.claims if not claim.supported]
        moved = [f"- {disclosure.SENTENCES[doubt]}" for doubt in proposal.doubts if doubt in disclosure.SENTENCES]
        if proposal.abstained == "nothing_may_be_said":
            moved.append("- Nothing of it may stand in the thread, and there is no private part: answer in general, or hand_over.")
        if not said and not moved:
            return ""
        head = "The reply was not sent. Mend this and submit it again, once; leave out what has no evidence, or hand_over:"
        return "\n".join([head, *said, *moved])

    @property
    def _is_direct(self) -> bool:
        return self._brief.kind is ChannelKind.DIRECT and self._brief.author.verified

    async def _checked(self, bare: Proposal, reply: Reply) -> Proposal:
        """Tie every sentence to its evidence; what only greets or thanks claims nothing."""
        brief = self._brief
        names = [brief.author.name, *([brief.policy.company.name, brief.policy.company.bot] if brief.policy else [])]
        fixed = [sentence for part in bare.parts for sentence in claims.cut(part.text) if courteous(NUMBER.sub("", sentence), names=names)]
        fixed += [phrase for phrase in brief.phrases.values() if "{" not in phrase]
        found = claims.check(bare, hosts=brief.hosts, fixed=fixed, bared=lambda sentence: unsaluted(sentence, names), told=self._told)
        checked = await weighed(found, self._memo, names=names)
        if checked.unsupported and reply.translation:
            checked = translated(checked, reply.translation, hosts=brief.hosts, names=names, told=self._told)
        cited = {n for claim in checked.claims for n in claim.evidence}
        kept = tuple(item for item in checked.evidence if item.n in cited)
        return _compact(replace(checked, evidence=kept, parts=tuple(replace(part, text=_told(part.text, kept)) for part in checked.parts)))

    def _numbered(self, text: str, reply: Reply) -> str:
        """Return a text in which every claim carries the numbers that the model gave it, and none that nobody was shown."""
        known = {item.n for item in self._session.register.usable}
        text = NUMBER.sub(lambda found: found[0] if int(found[1]) in known else "", text)
        for claim in reply.claims:
            bare = NUMBER.sub("", claim.text).strip()
            numbers = "".join(f" [{n}]" for n in claim.evidence if n in known)
            at = text.find(bare)
            if numbers and at >= 0 and not NUMBER.match(text[at + len(bare) :]):
                text = f"{text[: at + len(bare)]}{numbers}{text[at + len(bare) :]}"
        return text

    def _outgoing(self, text: str, *, private: bool) -> str:
        """Return a text as it may leave: personal data back where only its owner reads it, no mention, no link to a host that is not ours."""
        if not text.strip():
            return ""
        known = links_of(text for item in self._session.register.shown for text in (item.url, item.quote))
        return safe(self._session.vault.restore(text, private=private, language=self._brief.language), hosts=self._brief.hosts, known=known).strip()

    def _parts(self, thread: str, private: str, shown: Sequence[Evidence]) -> tuple[tuple[Part, ...], tuple[Evidence, ...]]:
        """Return the parts with the audience that their evidence makes of them, and the evidence as they cite it."""
        brief, evidence, parts = self._brief, list(shown), []
        if thread:
            text = self._retied(thread, shown, brief.place)
            text = self._narrowed(text, evidence) if self._is_direct else text
            parts.append(Part(_highest(text, evidence), text))
        if private and brief.author.person is not None:
            text = self._narrowed(self._retied(private, shown, brief.private or frozenset()), evidence)
            parts.append(Part(audience.person(brief.author.person.id), text, to=brief.author.user))
        return tuple(parts), tuple(evidence)

    def _retied(self, text: str, shown: Sequence[Evidence], place: Audiences) -> str:
        """Return a text in which a sentence whose evidence does not carry it is tied to what does, if anything that may be told there does."""
        known = {item.n: item for item in shown if may_show(place, item.audience)}
        for sentence in claims.cut(text):
            bare, own = (
                unsaluted(NUMBER.sub("", sentence).strip(), [self._brief.author.name]),
                [known[int(n)] for n in NUMBER.findall(sentence) if int(n) in known],
            )
            if not own or not self._unsupported(bare, own):
                continue
            carrying = next((item for item in known.values() if not self._unsupported(bare, [item])), None)
            text = text.replace(sentence, f"{NUMBER.sub('', sentence).strip()} [{carrying.n}]", 1) if carrying else text
        return text

    def _only_points_on(self, text: str) -> bool:
        """Tell whether a thread says no more than that something was sent in private."""
        return bool(IN_PRIVATE.search(text)) and all(
            courteous(NUMBER.sub("", sentence), names=[self._brief.author.name]) for sentence in claims.cut(text)
        )

    def _unsupported(self, sentence: str, grounds: Sequence[Evidence]) -> str:
        return claims.unsupported(sentence, grounds, hosts=self._brief.hosts, told=self._told)

    def _narrowed(self, text: str, evidence: list[Evidence]) -> str:
        """Return a text for the author alone in which what their whole account may see counts as theirs: under numbers of its own."""
        person = self._brief.author.person
        cited = {int(n) for n in NUMBER.findall(text)}
        of_account = [item for item in evidence if item.n in cited and item.audience.scope is Scope.ACCOUNT]
        if person is None or not of_account:
            return text
        renamed: dict[int, int] = {}
        for item in of_account:
            renamed[item.n] = max(other.n for other in evidence) + 1
            evidence.append(replace(item, n=renamed[item.n], audience=audience.person(person.id)))
        return _renumbered(text, renamed)

    def _language(self, text: str, reply: Reply) -> str:
        """Return the language a reply is in: what can be heard in it, else what the model says, as far as that is a language."""
        said = reply.language[:2].lower() if reply.language[:2].isalpha() else self._brief.language
        return detect(NUMBER.sub("", text), sure=SURE_OF_LANGUAGE) or said

    def _translation(self, reply: Reply, language: str) -> str:
        team = self._brief.policy.model.team_language if self._brief.policy else "en"
        return self._outgoing(NUMBER.sub("", reply.translation), private=False) if language != team else ""

    def _doubts(self, language: str) -> tuple[str, ...]:
        brief = self._brief
        team = brief.policy.model.team_language if brief.policy else "en"
        doubts = {
            "reply_language": language != brief.language,
            "translated": language != team,
            "internal_knowledge": self._reading.abstained == "internal_knowledge",
            "unread_file": bool(brief.files),
        }
        return tuple(doubt for doubt, holds in doubts.items() if holds)

    def _empty(self) -> Proposal:
        return Proposal(language=self._brief.language, related=self._reading.related, model=MODEL, lacks=self._reading.lacks)


def _worded(reading: Proposal) -> dict[str, list[str]]:
    """Return the sentences that policy words for fields of the record, by the field's id: what the quoting answerer made of them."""
    ids = {item.n: item.id for item in reading.evidence if item.source == claims.RECORD}
    told: dict[str, list[str]] = {}
    for claim in reading.claims:
        for n in claim.evidence:
            if n in ids:
                told.setdefault(ids[n], []).append(claim.text)
    return told


def _compact(proposal: Proposal) -> Proposal:
    """Return a proposal whose evidence is numbered from 1, in the order in which its claims rest on it."""
    order = dict.fromkeys(n for claim in proposal.claims for n in claim.evidence)
    new = {old: n for n, old in enumerate(order, start=1)}
    return replace(
        proposal,
        evidence=tuple(sorted((replace(item, n=new[item.n]) for item in proposal.evidence), key=lambda item: item.n)),
        claims=tuple(replace(claim, evidence=tuple(new[n] for n in claim.evidence)) for claim in proposal.claims),
        parts=tuple(replace(part, text=_renumbered(part.text, new)) for part in proposal.parts),
    )


def _highest(text: str, evidence: Sequence[Evidence]) -> Audience:
    """Return the audience of a text: the narrowest of what it cites."""
    cited = {int(n) for n in NUMBER.findall(text)}
    found = [item.audience for item in evidence if item.n in cited and item.audience != PUBLIC]
    return next((a for a in found if a.scope is Scope.PERSON), found[0] if found else PUBLIC)


def _told(text: str, evidence: Sequence[Evidence]) -> str:
    """Return a text without the numbers of what a customer is not shown as a source."""
    shown = {item.n for item in evidence if item.source not in QUIET}
    return NUMBER.sub(lambda found: found[0] if int(found[1]) in shown else "", text)


def _renumbered(text: str, numbers: Mapping[int, int]) -> str:
    return NUMBER.sub(lambda found: found[0].replace(found[1], str(numbers.get(int(found[1]), int(found[1])))), text)
