"""Dispatch: one event, one function, one commit."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from desk.changes import NOTHING, Changes, DropDeadline, write
from desk.errors import Conflict, Retryable
from desk.events import (
    ActionFinished,
    AlertAsked,
    BotInvited,
    ButtonClicked,
    ChannelChanged,
    ChoreAsked,
    CommandInvoked,
    CustomerLeft,
    DeadlineReached,
    Event,
    IncidentChanged,
    IncidentTold,
    MessageDeleted,
    MessageEdited,
    MessageReceived,
    MessagesReceived,
    ModelStopped,
    PolicyChanged,
    ProblemReported,
    QuestionAsked,
    ReactionAdded,
    ReviewDue,
    SummaryAsked,
    TicketAsked,
    TurnStarted,
    TypingSeen,
)
from desk.instants import cleaned
from handlers import (
    alarms,
    alerting,
    asked,
    buttons,
    channels,
    chores,
    clockwork,
    failures,
    finishing,
    gone_customers,
    incident_replies,
    incidents,
    intake,
    offering,
    questions,
    rearming,
    reminding,
    summing,
    timers,
    turn,
)
from handlers.commands import table as commands
from handlers.services import Services

Handler = Callable[..., Awaitable[Changes]]
Submit = Callable[[Event], Awaitable[None]]

HANDLERS: dict[type[Event], Handler] = {
    MessageReceived: intake.message_received,
    MessagesReceived: intake.messages_received,
    MessageEdited: intake.message_edited,
    MessageDeleted: intake.message_deleted,
    TypingSeen: intake.typing_seen,
    ReactionAdded: asked.reaction_added,
    TicketAsked: asked.ticket_asked,
    QuestionAsked: questions.question_asked,
    BotInvited: channels.bot_invited,
    ChannelChanged: channels.channel_changed,
    CustomerLeft: gone_customers.customer_left,
    TurnStarted: turn.turn_started,
    ButtonClicked: buttons.button_clicked,
    CommandInvoked: commands.command_invoked,
    DeadlineReached: timers.deadline_reached,
    ReviewDue: reminding.review_due,
    SummaryAsked: summing.summary_asked,
    ModelStopped: alarms.model_stopped,
    ActionFinished: finishing.action_finished,
    ChoreAsked: chores.chore_asked,
    PolicyChanged: rearming.policy_changed,
    AlertAsked: alerting.alert_asked,
    ProblemReported: incidents.problem_reported,
    IncidentChanged: incidents.incident_changed,
    IncidentTold: incident_replies.incident_told,
}
COMMIT_TRIES = 12
"""How often a lost compare-and-set is computed again here before the engine is asked to come back later."""

log = logging.getLogger("frontdesk.dispatch")


async def dispatch(event: Event, services: Services, submit: Submit) -> None:
    """Handle an event once: read, compute, commit everything at once, then submit what follows.

    Safe to repeat: a handled event only submits its follow-ups again. Raises Retryable when it should be tried later.
    """
    follow_ups = await services.store.follow_ups(event.id)
    if follow_ups is None:
        follow_ups = await _told_of(event, services)
    for follow_up in follow_ups:
        await submit(follow_up)


async def _told_of(event: Event, services: Services) -> Sequence[Event]:
    """Handle an event; when a defect of ours stops it, the team is told before the error goes on to the engine, which keeps the event."""
    try:
        return await _handle(event, services)
    except Retryable:
        raise
    except Exception as error:
        await failures.told(event, error, services)
        raise


async def _handle(event: Event, services: Services) -> Sequence[Event]:
    """Compute and commit until the commit holds."""
    for attempt in range(COMMIT_TRIES):
        changes = await offering.settled(await _compute(event, services), services, cause=event.id)
        changes = await alerting.followed(changes, services)
        try:
            await services.store.commit(event.id, changes, at=services.clock.now())
        except Conflict:
            # Whoever won has written by now; a short, growing pause lets several losers pass one by one.
            await asyncio.sleep(0.002 * attempt)
            continue
        services.bells.ring()
        return changes.events
    raise Conflict(f"event {event.id!r} lost {COMMIT_TRIES} times")


async def _compute(event: Event, services: Services) -> Changes:
    changes = await (_deadline(event, services) if isinstance(event, DeadlineReached) else HANDLERS[type(event)](cleaned(event), services))
    return await clockwork.kept(changes, services, cause=event.id)


async def _deadline(event: DeadlineReached, services: Services) -> Changes:
    """A deadline that was dropped or set to another instant since then is not this one."""
    stands = await services.store.deadline(event.deadline)
    if stands is None or stands.due != event.at:
        return NOTHING
    return write(DropDeadline(event.deadline, event.at)) + await HANDLERS[DeadlineReached](event, services)
