"""Late answers: those that arrive behind what was said after them are put into a ticket's clock where they belong."""

from __future__ import annotations

from collections.abc import Sequence

from desk.sla import Mark, Side
from desk.timeline import Message, Timeline


def inserted(marks: tuple[Mark, ...], answers: Sequence[Message], timeline: Timeline) -> tuple[Mark, ...]:
    """Return a clock with a mark for each answer of a person that it does not have, and for what a customer wrote after it.

    The clock covers what lies between its first mark and its last; what comes later is marked as it comes.
    """
    for answer in sorted(answers, key=lambda message: message.at):
        if marks[0].at < answer.at <= marks[-1].at and not any(mark.answered and mark.at == answer.at for mark in marks):
            marks = _with(marks, answer, timeline)
    return marks


def _with(marks: tuple[Mark, ...], answer: Message, timeline: Timeline) -> tuple[Mark, ...]:
    before = tuple(mark for mark in marks if mark.at < answer.at)
    after = marks[len(before) :]
    # Where it was not our move, the answer takes nothing from anybody.
    side = Side.CUSTOMER if before[-1].side is Side.OURS else before[-1].side
    given = Mark(answer.at, side, answered=True, turn=before[-1].turn)
    again = next((m.at for m in timeline if m.is_customers and answer.at < m.at < after[0].at), None)
    ours = (Mark(again, Side.OURS, turn=before[-1].turn),) if again and side is Side.CUSTOMER else ()
    return (*before, given, *ours, *after)
