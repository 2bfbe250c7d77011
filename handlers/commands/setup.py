"""Set-up by command: the steps from an empty workspace to a desk at work, what each lacks, and the agents channel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from desk.cards import Block, Button, Buttons, Card, Field, Form, Header, Pick, Style, Text
from desk.changes import NOTHING, Changes, SaveChannel, write
from desk.customer import Role
from desk.errors import InvalidInput, Misconfigured, Rejected, Retryable
from desk.events import CommandInvoked
from desk.ids import TicketId
from desk.policy import Policy
from desk.ports import Query
from desk.space import Channel, ChannelKind, ChannelRef, Place
from handlers.commands.changes import announced
from handlers.commands.places import declared, located
from handlers.commands.words import counted, listed, one_of, split
from handlers.services import Services
from handlers.situation import team_of


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the set-up: what is so now, what is missing ("" for nothing), and the command that changes it."""

    title: str
    state: str
    missing: str
    button: str
    command: str


async def setup(event: CommandInvoked, services: Services) -> tuple[Card, Changes]:
    """Lead through the set-up, and say what is missing.

    It can be given again at any time. `setup agents` chooses the channel where drafts and escalations are posted; it has to be private.
    """
    words = split(event.text)
    if len(words) > 1:
        one_of("setup", ["agents"], words[1])
        return await _agents(event, services)
    return _card(await steps(event.place, services)), NOTHING


async def setup_form(query: Query, services: Services) -> Form | None:
    """Return the form of `setup agents` unless a channel was named."""
    if split(query.subject)[1:] != ("agents",):
        return None
    now = await _marked(query.place.channel, services) if query.place else None
    note = "It must be private, with nobody of another company in it. Invite me there first."
    picked = Field("channel", "Agents channel", now.ref.id if now else "", picks=Pick.CHANNEL, note=note)
    return Form("Agents channel", (picked,), submit="Save", intro=f"Now it is #{now.name}." if now else "There is none yet.")


async def setup_check(query: Query, values: Mapping[str, str], services: Services) -> Mapping[str, str]:
    """Return what is wrong with the form of `setup agents`."""
    try:
        await _suitable(values.get("channel", "").strip(), query.place, services)
    except InvalidInput as error:
        return {"channel": str(error)}
    return {}


async def steps(place: Place, services: Services) -> tuple[Step, ...]:
    """Return the steps for a space, as they stand."""
    policy = await services.policy.current()
    return (
        await _agents_step(place.channel, services),
        await _team_step(policy, services),
        await _channels_step(services),
        await _knowledge_step(policy, services),
        _modes_step(policy),
    )


async def _agents(event: CommandInvoked, services: Services) -> tuple[Card, Changes]:
    """Make a channel the agents channel of its space, in place of the one that was."""
    words = split(event.text)[2:]
    ref, name = await _suitable(event.form.get("channel", "").strip() if event.form else " ".join(words), event.place, services)
    former, was = await _marked(ref, services), await services.store.channel(ref)
    if former is not None and former.ref == ref:
        return Card((Text(f"#{name} is the agents channel already."), _next())), NOTHING
    new = Channel(ref, name, ChannelKind.INTERNAL, was.declared_at if was else event.at, agents=True)
    unmarked = [SaveChannel(replace(former, agents=False))] if former else []
    said = Text(f"{event.by_name} made #{name} the agents channel{f', in place of #{former.name}' if former else ''}.")
    told = await announced(Card((said,)), event, services, place=Place(ref))
    return Card((said, _next())), write(*unmarked, SaveChannel(new)) + told


async def _suitable(word: str, place: Place | None, services: Services) -> tuple[ChannelRef, str]:
    """Return the channel that may become the agents channel; raise InvalidInput with what is in the way."""
    if not word:
        raise InvalidInput("`setup agents` expects a private channel: `/frontdesk setup agents #support-team`")
    was = await declared(word, place, services)
    if was is not None and was.kind is not ChannelKind.INTERNAL:
        raise InvalidInput(f"#{was.name} is declared as a channel of customers: take it away with `channel remove` first, or choose another.")
    ref, name = await located(word, place, services)
    if not await services.platform(ref.platform).is_private(ref):
        raise InvalidInput(
            f"#{name} is not private: others than your company can read it, and drafts show customers' data. Make it private, or choose another."
        )
    return ref, name


async def _marked(near: ChannelRef, services: Services) -> Channel | None:
    """Return the agents channel of a space."""
    channels = [channel for channel in await services.store.channels() if channel.agents]
    return next((c for c in channels if (c.ref.platform, c.ref.space) == (near.platform, near.space)), None)


def _card(found: tuple[Step, ...]) -> Card:
    blocks: list[Block] = [Header("Set-up", f"{sum(not step.missing for step in found)} of {len(found)} steps done")]
    for n, step in enumerate(found, start=1):
        mark = f" Missing: {step.missing}." if step.missing else ""
        blocks += [Text(f"**{n}. {step.title}:** {step.state}.{mark}"), Buttons((_button(step),))]
    missing = [step.title.lower() for step in found if step.missing]
    end = f"Next: {listed(missing, last='and')}." if missing else "Everything is set up. `/frontdesk status` says how it goes."
    return Card((*blocks, Text(end, Style.QUIET)))


def _button(step: Step) -> Button:
    style = Style.PRIMARY if step.missing else Style.PLAIN
    return Button("command", f"{step.button}...", TicketId(""), subject=step.command, english=step.button, style=style)


def _next() -> Buttons:
    return Buttons((Button("command", "Go on with the set-up", TicketId(""), subject="setup"),))


async def _agents_step(near: ChannelRef, services: Services) -> Step:
    now = await _marked(near, services)
    state, missing = "none yet", "a private channel where your team sees drafts and escalations"
    if now is not None:
        state, missing = f"#{now.name}", await _in_the_way(now, services)
    return Step("Agents channel", state, missing, "Choose the agents channel", "setup agents")


async def _in_the_way(channel: Channel, services: Services) -> str:
    """Return what keeps internal posts out of a channel; nothing while its platform cannot be asked."""
    try:
        private = await services.platform(channel.ref.platform).is_private(channel.ref)
    except Retryable:
        return ""
    except (Rejected, Misconfigured) as error:
        return f"a way in: {error}"
    return "" if private else "privacy: others can read it, so I post nothing there"


async def _team_step(policy: Policy, services: Services) -> Step:
    roles = [person.role for person in (await team_of(services)).values()]
    counts = [(roles.count(role), role.value) for role in (Role.ADMIN, Role.LEAD, Role.TEAMMATE)]
    groups = len([entry for entry in (*policy.team.agents, *policy.team.leads, *policy.team.admins) if entry.split("/")[-1].startswith("S")])
    known = [counted(count, word) for count, word in counts if count] + ([counted(groups, "user group")] if groups else [])
    missing = "" if groups or any(role is not Role.ADMIN for role in roles) else "somebody beside the admins"
    return Step("Team", listed(known, last="and") or "nobody yet", missing, "Add to the team", "team add")


async def _channels_step(services: Services) -> Step:
    found = [channel for channel in await services.store.channels() if channel.kind in (ChannelKind.COMMUNITY, ChannelKind.SHARED)]
    shown = [f"#{channel.name} ({channel.kind}, {channel.intake})" for channel in found]
    missing = "" if found else "a channel where customers write; direct messages are heard in any case"
    return Step("Customer channels", listed(shown, last="and") or "none yet", missing, "Add a channel", "channel add")


async def _knowledge_step(policy: Policy, services: Services) -> Step:
    sources = listed([source.name for source in policy.knowledge.sources], last="and")
    held = sum([stock.holding.documents for stock in await services.librarian.stock()]) if services.librarian else 0
    state = f"{counted(held, 'article')}, {f'kept in step with {sources}' if sources else 'from no source of the policy'}"
    missing = "" if sources or held else "articles to answer from"
    return Step("Knowledge", state, missing, "Add a source", "kb add")


def _modes_step(policy: Policy) -> Step:
    rules = f", and {counted(len(policy.modes.rules), 'rule')} beside it" if policy.modes.rules else ""
    quiet = "" if policy.modes.speaks else "; I say nothing and show you each day what I would have said"
    return Step("Modes", f"{policy.modes.default.word} everywhere{rules}{quiet}", "", "Set modes", "mode")
