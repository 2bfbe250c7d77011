"""Summaries: what a ticket came to, as its page shows it, with links to the messages that each point rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from desk.ports import TicketView
from desk.summary import TITLES, Point, Summary
from desk.timeline import Message

MADE = {"extractive": "quoted from the conversation", "agent": "written by the agent, checked against the conversation"}
"""What a summary says of who made it; any other is a model's name."""


@dataclass(frozen=True, slots=True)
class Told:
    """A point with the messages it rests on, those that are still there."""

    point: Point
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """A summary as it is drawn."""

    title: str
    made: str
    at: datetime
    points: tuple[Told, ...]


def summaries(view: TicketView) -> Sequence[Shown]:
    """Return a ticket's summaries that have any words left, the handover first."""
    order = list(TITLES)
    found = sorted(view.summaries, key=lambda summary: order.index(summary.kind))
    return [_shown(summary, view) for summary in found if summary.points]


def _shown(summary: Summary, view: TicketView) -> Shown:
    made = MADE.get(summary.by) or f"by {summary.by}, checked against the conversation"
    return Shown(TITLES[summary.kind], made, summary.at, tuple(_told(point, view) for point in summary.points))


def _told(point: Point, view: TicketView) -> Told:
    return Told(point, tuple(message for message in view.timeline if message.id in point.messages))
