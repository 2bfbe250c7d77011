"""The table of slash commands, and how one is run: permission, form, function, whisper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from desk.audience import INTERNAL, PUBLIC
from desk.cards import Button, Buttons, Card, Fields, Form, Header, Style, Text
from desk.catalog import Catalog, Listed
from desk.changes import NOTHING, Changes
from desk.customer import LEADS, TEAM, Role
from desk.errors import InvalidInput, Misconfigured, NotAllowed, Rejected, Unavailable
from desk.events import CommandInvoked
from desk.ids import TicketId
from desk.ports import Query
from handlers import say
from handlers.commands import (
    assign,
    category,
    channel,
    customer,
    forget,
    incident,
    kb,
    macro,
    mode,
    oncall,
    policy,
    queue,
    route,
    rules,
    setup,
    sla,
    status,
    stop,
    team,
    ticket,
    tickets,
    trying,
    vip,
)
from handlers.commands.command import Command, Group
from handlers.commands.words import ADMINS, near, only, split
from handlers.services import Services

COMMAND = "command"
"""The action of a button that stands for the command in its subject."""
FOR_CUSTOMERS = "You need no command here: write your question, and it is answered. Commands are for the support team only."
FOR_COLLEAGUES = "Commands are for the support team only."
DOWN = {"crm": "The customer record", "kb": "The search in articles", "model": "The language model", "actions": "What does things for customers"}


async def help_(event: CommandInvoked, services: Services) -> tuple[Card, Changes]:
    """List what you may do here, or say everything about one command."""
    words = split(event.text)
    if len(words) > 1:
        return _page_of(words[1].lower(), event.role), NOTHING
    mine = [command for command in COMMANDS.values() if event.role in command.roles]
    grouped = ((group, [command for command in mine if command.group is group]) for group in Group)
    blocks = [Text("\n".join((f"**{group}**", *map(_line, found)))) for group, found in grouped if found]
    return Card((*blocks, Text("`/frontdesk help COMMAND` says more about one.", Style.QUIET))), NOTHING


COMMANDS: dict[str, Command] = {
    "help": Command(help_, TEAM, "help [COMMAND]", group=Group.OTHER),
    "next": Command(queue.next_, TEAM, "next", group=Group.QUEUE),
    "queue": Command(queue.queue, TEAM, queue.USAGE, group=Group.QUEUE, ways=queue.WAYS),
    "why": Command(tickets.why, TEAM, "why TICKET", group=Group.TICKETS),
    "take": Command(tickets.take, TEAM, "take TICKET", group=Group.TICKETS),
    "handback": Command(tickets.hand_back, TEAM, "handback TICKET", group=Group.TICKETS),
    "mute": Command(tickets.mute, TEAM, "mute TICKET", group=Group.TICKETS),
    "unmute": Command(tickets.unmute, TEAM, "unmute TICKET", group=Group.TICKETS),
    "merge": Command(tickets.merge, TEAM, "merge TICKET into TICKET", group=Group.TICKETS),
    "split": Command(tickets.split, TEAM, "split TICKET", group=Group.TICKETS),
    "ticket": Command(ticket.ticket, TEAM, "ticket TICKET", group=Group.TICKETS),
    "assign": Command(assign.assign, TEAM, assign.USAGE, assign.form, assign.check, group=Group.TICKETS, ways=assign.WAYS),
    "route": Command(route.route, TEAM, route.USAGE, route.form, route.check, group=Group.POLICY, ways=route.WAYS),
    "customer": Command(customer.customer, TEAM, customer.USAGE, customer.form, customer.check, group=Group.ASK, ways=customer.WAYS),
    "try": Command(trying.try_, TEAM, trying.USAGE, trying.form, group=Group.ASK, ways=trying.WAYS),
    "kb": Command(kb.kb, TEAM, kb.USAGE, kb.form, kb.check, group=Group.SETUP, ways=kb.WAYS),
    "policy": Command(policy.policy, TEAM, policy.USAGE, policy.form, policy.check, group=Group.POLICY, ways=policy.WAYS),
    "forget": Command(forget.forget, ADMINS, forget.USAGE, forget.form, forget.check, group=Group.SETUP, ways=forget.WAYS),
    "setup": Command(
        setup.setup,
        ADMINS,
        "setup [agents #channel]",
        setup.setup_form,
        setup.setup_check,
        group=Group.SETUP,
        ways=("setup", "setup agents CHANNEL"),
    ),
    "channel": Command(
        channel.channel,
        TEAM,
        "channel add|remove|list",
        channel.channel_form,
        channel.channel_check,
        group=Group.SETUP,
        ways=("channel list", "channel add [CHANNEL] community|shared|internal [ACCOUNT] [all|questions|mentions]", "channel remove CHANNEL"),
    ),
    "status": Command(status.status, TEAM, "status", group=Group.QUEUE),
    "oncall": Command(oncall.oncall, TEAM, oncall.USAGE, oncall.form, oncall.check, group=Group.QUEUE, ways=oncall.WAYS),
    "team": Command(team.team, TEAM, team.USAGE, team.form, team.check, group=Group.SETUP, ways=team.WAYS),
    "mode": Command(mode.mode, TEAM, mode.USAGE, mode.form, mode.check, group=Group.POLICY, ways=mode.WAYS),
    "category": Command(category.category, TEAM, category.USAGE, category.form, category.check, group=Group.POLICY, ways=category.WAYS),
    "macro": Command(macro.macro, TEAM, macro.USAGE, macro.form, macro.check, group=Group.POLICY, ways=macro.WAYS),
    "incident": Command(incident.incident, TEAM, incident.USAGE, incident.form, group=Group.TICKETS, ways=incident.WAYS),
    "rules": Command(rules.rules, TEAM, rules.USAGE, rules.form, rules.check, group=Group.POLICY, ways=rules.WAYS),
    "sla": Command(sla.sla, TEAM, sla.USAGE, sla.form, sla.check, group=Group.POLICY, ways=sla.WAYS),
    "vip": Command(vip.vip, TEAM, vip.USAGE, vip.form, vip.check, group=Group.POLICY, ways=vip.WAYS),
    "pause": Command(stop.pause, LEADS, stop.USAGE[0], group=Group.POLICY, ways=stop.WAYS[0]),
    "resume": Command(stop.resume, LEADS, stop.USAGE[1], group=Group.POLICY, ways=stop.WAYS[1]),
}


def catalog() -> Catalog:
    """Return every command there is, for a platform that lists commands; who may give one is asked when it is given."""
    found = COMMANDS.items()
    return Catalog(tuple(Listed(name, c.usage, c.help, str(c.group), c.ways, tuple(sorted(c.roles)), c.form is not None) for name, c in found))


async def command_invoked(event: CommandInvoked, services: Services) -> Changes:
    """Run a command and whisper its card to who gave it; a wrong or forbidden one is answered with a sentence."""
    try:
        card, changes = await _run(event, services)
    except (Rejected, Misconfigured) as error:
        card, changes = Card((Text(str(error)),)), NOTHING
    except Unavailable as error:
        if error.system not in DOWN:
            raise
        card, changes = Card((Text(f"{DOWN[error.system]} cannot be reached right now, so nothing was done. Try again in a moment."),)), NOTHING
    audience = INTERNAL if event.role in TEAM else PUBLIC
    return changes + say.whisper("", to=event.by, place=event.place, cause=event.id, at=event.at, audience=audience, card=card)


async def form_of(query: Query, services: Services) -> Form | None:
    """Return the form that a command opens as it is written; None for one that is run at once, also to be told what is wrong with it."""
    try:
        command = _named(query.subject, query.role)
        return await command.form(query, services) if command.form else None
    except (InvalidInput, NotAllowed):
        return None


async def checked(query: Query, values: Mapping[str, str], services: Services) -> Mapping[str, str]:
    """Return what is wrong with the values of a command's form, as sentences by field."""
    command = _named(query.subject, query.role)
    return await command.check(query, values, services) if command.check else {}


async def _run(event: CommandInvoked, services: Services) -> tuple[Card, Changes]:
    command = _named(event.text, event.role)
    query = Query(COMMAND, event.text, event.by, event.role, place=event.place, name=event.by_name)
    if not event.form and command.form and (form := await command.form(query, services)):
        return _asking(form, event.text, command), NOTHING
    if event.form and command.check and (wrong := await command.check(query, event.form, services)):
        raise InvalidInput(" ".join(wrong.values()))
    return await command.run(event, services)


def _named(text: str, role: Role) -> Command:
    if role not in TEAM:
        raise NotAllowed(FOR_CUSTOMERS if role is Role.CUSTOMER else FOR_COLLEAGUES)
    word = next(iter(split(text)), "help").lower()
    command = COMMANDS.get(word)
    if command is None:
        meant = near(word, [name for name, known in COMMANDS.items() if role in known.roles])
        raise InvalidInput(f"There is no command {word!r}{f': did you mean {meant}?' if meant else ';'} `/frontdesk help` lists them.")
    only(command.roles, role, word)
    return command


def _asking(form: Form, text: str, command: Command) -> Card:
    """Show what a form would ask, with what is set now and how to write it, where nothing opened the form itself."""
    now = tuple((field.label, _set(field.value)) for field in form.fields if field.value)
    ways = "\n".join(f"`/frontdesk {way}`" for way in command.ways or (command.usage,))
    button = Button(COMMAND, f"{form.title}...", TicketId(""), subject=text, english=form.title, form=replace(form, intro=""))
    shown = (*((Text(form.intro),) if form.intro else ()), *((Fields(now),) if now else ()))
    return Card((Header(form.title), *shown, Buttons((button,)), Text(f"Or write it in one line:\n{ways}", Style.QUIET)))


def _set(value: str) -> str:
    return value if len(value) <= 200 else f"{value[:200]}..."


def _line(command: Command) -> str:
    return f"`/frontdesk {command.usage}` {command.help}"


def _page_of(word: str, role: Role) -> Card:
    """Say everything about one command."""
    command = _named(word, role)
    ways = "\n".join(f"`/frontdesk {way}`" for way in command.ways or (command.usage,))
    return Card((Header(f"/frontdesk {word}"), Text(command.about), Text(ways)))
