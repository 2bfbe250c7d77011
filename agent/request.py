"""Request: whether a message wants anything of the desk, by what a head says and by the words it holds."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Mapping
from functools import cache

from agent.sentiment import feelings
from agent.signals import WORDS, plain

BIAS = 1.18
HEARD = {"head": 0.85, "matter": 1.75, "question": 0.62, "asks": 1.27, "social": -3.03, "aside": -3.92, "thanked": -1.82, "addressed": -3.52}
"""The weights of the evidence, as `python -m benchmarks.heard --fit` prints them. What is not heard is silence, the worst answer of all, so in
the fit a request weighs three times what a line of chat does: 0.5 here is a probability of about a quarter."""
MATTERS = 2
"""From so many words of the trade on, more of them add nothing."""
SCANNED = 4000
NAMED = 5
"""The most words of thanks that may end in a name: "Thanks a lot, Priya"."""
ADDRESSED = re.compile(r"(?:^|\s)@\w|, [^\W\d_a-z]\w+ ?[?!.]*$")
MENTIONED = re.compile(r"(?:^|\s)@\w+|:\w+:")
WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")
COMPLAINS = re.compile(
    r"\b(?:it|this|that|nothing|app|page|site|system|login|export|import|sync|api)\b[^.!?]{0,40}"
    r"\b(?:doesn'?t|does not|isn'?t|won'?t|not|never|no longer|stopped) \w*work"
    r"|^\W*(?:please )?(?:help|(?:not|stopped|isn'?t) working|broken)(?: (?:me|us|please|again))*\W*$"
    r"|\b(?:is|are|it'?s|seems|still|completely|totally) (?:broken|stuck|down)\b"
    r"|\bsame (?:problem|issue|error|bug) (?:here|too|again)\b|\bworks\b[^.!?]{0,30}\bbut not\b|\b(?:pending|under review|waiting) since\b"
    r"|\b(?:no|nao) (?:me |nos |se )?(?:funciona|carga|abre|carrega|da)\b(?! nada)"
)
"""What is a complaint in whatever mood it is said: too few words for a head to be sure of."""
PLEADS = re.compile(
    r"^\W*(?:any (?:updates?|news|progress|answers?|repl(?:y|ies))|bump|ping|hello\W*\?|hey\W*\?|any(?:body|one) (?:there|here)"
    r"|(?:(?:hi|hello|hey|hallo|hola|ola|bonjour)(?: all| zusammen| a todos| a tous)?\W+)?"
    r"(?:quick (?:one|question)|kurze frage|petite question|una (?:pregunta|duda)"
    r"|uma (?:pergunta|duvida)|urgente?|dringend|asap|hilfe|ayuda|socorro|ajuda|aiuto|a l.?aide|au secours)"
    r"(?:\W+(?:please|pls|bitte|svp|por favor))*"
    r"|gibt es (?:was )?neues|des nouvelles|alguna? novedad|alguma novidade)\W*$"
    r"|\bhelp (?:me|us)\b(?! (?:out )?(?:last|yesterday|already))"
    r"|\b(?:have|got) (?:a|an|another|one|two|some|the same)(?: \w+)? (?:question|problem|issue|request)s?\b"
    r"|\b(?:habe|hatte|haben) (?:eine|ein|noch|da)(?: \w+)? (?:frage|problem)\w*|\b(?:ai|avons|aurais) une? (?:\w+ )?(?:question|probleme)"
    r"|\b(?:tengo|tenemos) una? (?:\w+ )?(?:pregunta|duda|problema)|\b(?:tenho|temos) uma? (?:\w+ )?(?:pergunta|duvida|problema)"
)
"""What begins a request that may follow in the next message, and what people write who wait for an answer to one."""


def chance(text: str, head: float) -> float:
    """Return how likely a text asks for something, 0 to 1; `head` is the log-odds that a head gives it."""
    strength = BIAS + sum(HEARD[name] * value for name, value in evidence(text, head).items())
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, strength))))


def evidence(text: str, head: float) -> Mapping[str, float]:
    """Return what speaks for a request and against one, by name.

    The embedder knows English, and of a fragment a head knows little; words of the trade ("factura", "seats") speak for themselves there.
    """
    said = plain(text[:SCANNED])
    matters = min(len(set(words()["matter"].findall(said))), MATTERS) / MATTERS
    social = bool(words()["social"].search(said))
    thanked = bool(words()["thanks"].search(said) or feelings()["relief"].search(said))
    return {
        "head": head,
        "matter": matters,
        # "Who is in for pizza?" has a question mark too.
        "question": float("?" in said and not social),
        "asks": float(bool(words()["asks"].search(said))),
        # "I was on vacation and my password expired" is about the password.
        "social": float(social and not matters),
        "aside": float(not matters and bool(words()["aside"].search(said))),
        "thanked": float(thanked),
        "addressed": float(bool(ADDRESSED.search(text[:SCANNED]))),
    }


def speaks(piece: str) -> bool:
    """Tell whether a sentence of a longer message may ask by itself; "Kind regards, Mara" may not, whatever a head thinks of it."""
    said = plain(piece)
    return "?" in said or bool(words()["asks"].search(said) or words()["matter"].search(said))


def complains(piece: str) -> bool:
    """Tell whether a sentence says in so many words that something does not work, or that its author has something to ask."""
    said = plain(piece)
    return bool(COMPLAINS.search(said) or PLEADS.search(said))


def courteous(text: str) -> bool:
    """Tell whether a text is thanks or a greeting and nothing else: its words are those of courtesy, or too small to matter.

    One unknown word behind a few words of thanks is taken for a name.
    """
    if "?" in text or len(text) > SCANNED:
        return False
    told = words()
    found = WORD.findall(told["thanked_for"].sub(" thanks ", plain(MENTIONED.sub(" ", text))))
    strange = [word for word in found if not told["small"].fullmatch(word) and not told["courtesy"].fullmatch(word)]
    if not any(told["courtesy"].fullmatch(word) for word in found):
        return bool(found) and all(told["greeting"].fullmatch(word) for word in found)
    return not strange or (len(found) <= NAMED and strange == found[-1:] and _is_name(text, found[-1]))


def _is_name(text: str, word: str) -> bool:
    """Tell whether a plain word is written like a name and is none of the trade: "Danke, Rechnung" thanks nobody."""
    if words()["matter"].fullmatch(word):
        return False
    return any(said[0].isupper() and said[1:].islower() and plain(said) == word for said in WORD.findall(text)[1:])


@cache
def words() -> Mapping[str, re.Pattern[str]]:
    """Read the words on first use."""
    table = tomllib.loads((WORDS / "request.toml").read_text(encoding="utf-8"))
    return {name: re.compile(rf"\b(?:{'|'.join(told)})(?!\w)") for name, told in table.items()}
