"""Tickets: one working day at the demo company, told turn by turn, with what an answer needs and how each turn ends."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from desk.policy_values import read_duration

TOLD = Path(__file__).with_suffix(".toml")
DAY = datetime(2026, 11, 23, tzinfo=UTC)
NUMBER = re.compile(r" ?\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Need:
    """Words of an article that an answer rests on, what one would search for, and the article, "" where there is none."""

    words: str
    query: str
    article: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """Words of the customer's record that an answer rests on, and the tool that reads them."""

    words: str
    tool: str


@dataclass(frozen=True, slots=True)
class Turn:
    """What a customer says, and how an agent that knows its trade ends this turn: `reply`, `ask` or `hand_over`.

    The sentences of a reply carry numbers: of its needs first, then its fields, then its action. `desk` is the word our desk decides by.
    """

    ticket: str
    n: int
    at: datetime
    says: str
    ends: str
    desk: str
    category: str
    language: str
    needs: tuple[Need, ...] = ()
    fields: tuple[Field, ...] = ()
    action: Mapping[str, str] | None = None
    thread: tuple[str, ...] = ()
    private: tuple[str, ...] = ()
    translation: str = ""
    question: str = ""
    reason: str = ""
    summary: str = ""
    last: bool = True

    @property
    def words(self) -> tuple[str, ...]:
        """Return what has to stand in a prompt before this turn can end, in the order of its numbers."""
        return (*(need.words for need in self.needs), *(field.words for field in self.fields))

    @property
    def said(self) -> str:
        """Return the reply as a plain agent writes it: all of it, without numbers."""
        return " ".join(bare(sentence) for sentence in (*self.thread, *self.private)) or self.question


@dataclass(frozen=True, slots=True)
class Ticket:
    """Somebody's problem: who they are, where they write ("dm" is their own direct channel), and their turns."""

    id: str
    who: str
    channel: str
    turns: tuple[Turn, ...]

    @property
    def answered(self) -> bool:
        """Tell whether every turn ends with an answer or a question, none with a person."""
        return all(turn.ends != "hand_over" for turn in self.turns)


WORDS = {"reply": "reply", "ask": "ask", "hand_over": "escalate"}
"""What our desk decides where a turn ends so, by the words of its decisions."""


def read_tickets(path: Path = TOLD) -> tuple[Ticket, ...]:
    """Return the tickets in the order in which they begin."""
    return tuple(map(_ticket, tomllib.loads(path.read_text(encoding="utf-8"))["ticket"]))


def bare(sentence: str) -> str:
    """Return a sentence without the numbers of what it rests on."""
    return NUMBER.sub("", sentence)


def in_order(tickets: Sequence[Ticket]) -> list[tuple[Ticket, Turn]]:
    """Return all turns as the day brings them."""
    return sorted(((ticket, turn) for ticket in tickets for turn in ticket.turns), key=lambda pair: pair[1].at)


def _ticket(row: Mapping[str, Any]) -> Ticket:
    hour, minute = map(int, row["at"].split(":"))
    at, turns = DAY + timedelta(hours=hour, minutes=minute), []
    for n, said in enumerate(row["turn"]):
        at += read_duration(said.get("after", "0m"))
        turns.append(_turn(row, said, n, at=at, last=n == len(row["turn"]) - 1))
    return Ticket(row["id"], row["who"], row["channel"], tuple(turns))


def _turn(row: Mapping[str, Any], said: Mapping[str, Any], n: int, *, at: datetime, last: bool) -> Turn:
    texts = {name: said.get(name, "") for name in ("translation", "question", "reason", "summary")}
    return Turn(
        row["id"],
        n,
        at,
        said["says"],
        said["ends"],
        said.get("desk", WORDS[said["ends"]]),
        row["category"],
        row.get("language", "en"),
        needs=tuple(Need(*each) for each in said.get("needs", ())),
        fields=tuple(Field(*each) for each in said.get("fields", ())),
        action=said.get("action"),
        thread=tuple(said.get("thread", ())),
        private=tuple(said.get("private", ())),
        last=last,
        **texts,
    )
