"""Policy: behaviour as data, resolved and checked. The shipped values are in `policy.toml`; none are in code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated

from desk.audience import Audience
from desk.deadlines import Hours
from desk.escalation_policy import EscalationPolicy, PriorityPolicy, VipPolicy
from desk.incident import IncidentPolicy
from desk.linking import IdentityPolicy
from desk.modes import Modes
from desk.mood import MoodPolicy
from desk.oncall import OnCall
from desk.routing import Routing
from desk.selfservice import SelfService
from desk.sla_check import ALWAYS
from desk.sla_policy import Sla
from desk.source import Source
from desk.writing import Macro, ModelPolicy, Tone

Share = Annotated[float, "share"]
Threshold = Annotated[float | None, "threshold"]
UNCALIBRATED = 0.6
"""The confidence that an answerer needs whose wrong answers nobody counted."""
"""A number from 0 to 1."""
Count = Annotated[int, "count"]
"""A whole number that is not negative."""
Classifier = Annotated[str, "classifier"]
"""Who classifies messages: local or model."""


@dataclass(frozen=True, slots=True)
class Company:
    """How the desk speaks of itself and of the home company."""

    name: str
    bot: str


@dataclass(frozen=True, slots=True)
class Pause:
    """How long a customer must have been quiet before the bot answers, and the most it waits."""

    quiet: timedelta
    most: timedelta


@dataclass(frozen=True, slots=True)
class Tickets:
    """Which messages make one ticket, and how a ticket ends. `gap` is the age from which a late message only gets a draft."""

    window: timedelta
    same_topic: Share
    reopen: timedelta
    remind: timedelta
    close: timedelta
    recontact: timedelta
    gap: timedelta


@dataclass(frozen=True, slots=True)
class Answers:
    """When an answer may go out alone. `thresholds` are by category and win over `threshold`.

    `threshold` None is written `calibrated`: the confidence from which at most `wrong_rate` of the answers were wrong where that was measured.
    `hosts` are the hosts that links may lead to (none given: all).
    """

    wrong_rate: Share
    threshold: Threshold
    thresholds: Mapping[str, Share]
    in_a_row: Count
    questions_in_a_row: Count
    draft_age: timedelta
    hosts: tuple[str, ...]

    def threshold_of(self, category: str, *, calibrated: float | None = None) -> float:
        """Return the confidence an answer of this category needs to go out alone; `calibrated` is what its answerer measured, if anybody did."""
        own = self.thresholds.get(category, self.threshold)
        return own if own is not None else UNCALIBRATED if calibrated is None else calibrated


@dataclass(frozen=True, slots=True)
class HoldingAnswer:
    """How the time in a holding answer is estimated: a percentile of recent approvals, or the SLA when there were too few.

    `notify` is the age from which the answer in its place also mentions the author, because an edit notifies nobody.
    """

    percentile: Share
    approvals: Count
    within: timedelta
    around: timedelta
    notify: timedelta


@dataclass(frozen=True, slots=True)
class Csat:
    """When satisfaction is asked, and which scores the team sees at once."""

    ask: bool
    every: timedelta
    low: Count


@dataclass(frozen=True, slots=True)
class Visibility:
    """Who may see what: record fields by kind (public, account, person, internal) and folders of articles by their path below the ingested one."""

    fields: Mapping[str, str]
    folders: Mapping[str, Audience]
    billing: tuple[str, ...]
    """Kinds that a contact with the `billing` entitlement sees of the whole account."""


@dataclass(frozen=True, slots=True)
class Triage:
    """Thresholds of the local classification.

    Below `request` a message asks nothing, from `out_of_scope` on it is none of ours, from `signal` on a rule listens, and from
    `language` on the language counts as known.
    """

    categories: tuple[str, ...]
    request: Share
    out_of_scope: Share
    signal: Share
    language: Share
    order: tuple[Classifier, ...]
    """Who classifies, in order: `local` and `model`; after `local`, the model is asked where that is less sure than `sure` or has nothing to say."""
    sure: Share


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Where articles come from, and how long after its last review or change one is due again."""

    review: timedelta
    sources: tuple[Source, ...]


Members = Annotated[str, "members"]
"""What the members of a workspace are to the desk: colleagues or customers."""


@dataclass(frozen=True, slots=True)
class TeamPolicy:
    """Who is of the team on chat platforms: whoever is in the agents channel (`channel`), and whom these lists name.

    An entry is a user (`slack/T0ACME/U0MARA`), a user group (`slack/T0ACME/S0LEADS`) or an e-mail address.
    """

    channel: bool
    agents: tuple[str, ...]
    leads: tuple[str, ...]
    admins: tuple[str, ...]
    skills: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What somebody can do, by their user, e-mail address or name, beside what the customer record says."""


@dataclass(frozen=True, slots=True)
class IntakePolicy:
    """Whose messages are taken in, and how a ticket is asked for.

    `emoji` opens a ticket from the message it is put on. `bots` are other bots whose messages are taken in, by the platform's id.
    `members` says what a workspace's own members are who are not of the team; those with an address at `domains` are colleagues all the same.
    On Discord, where everybody is a member, `colleagues` are the roles and users of the company who are not of the team.
    After an outage messages back to `history` are read.
    """

    emoji: str
    bots: tuple[str, ...]
    members: Members
    domains: tuple[str, ...]
    history: timedelta
    colleagues: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Delivery:
    """How posts go out: how long after an attempt of unknown fate it is looked up, and the waits between tries."""

    look_after: timedelta
    retries: tuple[timedelta, ...]


@dataclass(frozen=True, slots=True)
class Down:
    """How often a turn is tried again while something it needs is down, and the time the customer is told."""

    retry: timedelta
    expect: timedelta


@dataclass(frozen=True, slots=True)
class Daily:
    """When the daily card of mode observe is posted (local time of `hours.zone`, HH:MM)."""

    at: str


@dataclass(frozen=True, slots=True)
class Retention:
    """How long things are kept: community messages that ask nothing, handled event ids, the engine's finished rows, what calls of a model took."""

    chat: timedelta
    handled: timedelta
    engine: timedelta
    calls: timedelta


@dataclass(frozen=True, slots=True)
class Pauses:
    """What an admin or lead paused: everything, categories, or channels by name, each until an instant (ISO 8601) or `on` for good."""

    everything: str
    categories: Mapping[str, str]
    channels: Mapping[str, str]

    def holds(self, category: str, channel: str, *, now: datetime) -> bool:
        """Tell whether the bot is paused for a category in a channel."""
        entries = (self.everything, self.categories.get(category, ""), self.channels.get(channel, ""))
        return any(entry == "on" or (entry and datetime.fromisoformat(entry) > now) for entry in entries)


@dataclass(frozen=True, slots=True)
class Policy:
    """The resolved whole. `version` hashes it, `hashes` each section; both are what decisions and drafts remember."""

    company: Company
    modes: Modes
    pause: Pause
    tickets: Tickets
    answers: Answers
    holding: HoldingAnswer
    csat: Csat
    hours: Hours
    sla: Sla
    escalation: EscalationPolicy
    mood: MoodPolicy
    priority: PriorityPolicy
    vip: VipPolicy
    audience: Visibility
    triage: Triage
    knowledge: Knowledge
    team: TeamPolicy
    intake: IntakePolicy
    delivery: Delivery
    down: Down
    incidents: IncidentPolicy
    oncall: OnCall
    daily: Daily
    retention: Retention
    paused: Pauses
    phrases: Mapping[str, Mapping[str, str]]
    model: ModelPolicy
    tone: Tone
    macros: Mapping[str, Macro]
    actions: tuple[SelfService, ...]
    routing: Routing = field(default_factory=Routing)
    calendars: Mapping[str, Hours] = field(default_factory=dict)
    """Other business hours than the desk's own, by name."""
    identity: IdentityPolicy = field(default_factory=IdentityPolicy)
    version: str = ""
    hashes: Mapping[str, str] = field(default_factory=dict)

    def calendar(self, name: str) -> Hours:
        """Return the business hours of this name: the desk's own for "" and for one that is not there any more, round the clock for `always`."""
        return Hours() if name == ALWAYS else self.calendars.get(name, self.hours)

    def phrase(self, code: str, language: str | None, **values: object) -> str:
        """Return a fixed sentence in a language, in English where that language lacks it."""
        spoken = self.phrases.get(language or "en", {})
        return (spoken.get(code) or self.phrases["en"][code]).format(**{"bot": self.company.bot, "company": self.company.name, **values})

    def phrases_in(self, language: str | None) -> Mapping[str, str]:
        """Return all fixed sentences in a language, English ones where it lacks them."""
        return {**self.phrases["en"], **self.phrases.get(language or "en", {})}


REQUIRED_PHRASES = frozenset(
    [
        "answer_by_ai",
        "answer_by_ai_alone",
        "answer_checked",
        "answer_written",
        "sources",
        "solved",
        "not_solved",
        "get_human",
        "working",
        "holding",
        "holding_read",
        "holding_renewed",
        "holding_replaced",
        "handed_over",
        "private_sent",
        "verify",
        "not_entitled",
        "personal_data",
        "private_offer",
        "show_privately",
        "how_to_reply",
        "linked",
        "observe",
        "down",
        "reminder",
        "closed_silent",
        "thanks_solved",
        "ask_more",
        "csat_ask",
        "csat_thanks",
        "csat_comment",
        "corrected",
        "replaced",
        "retracted",
        "unread_file",
        "already_decided",
        "not_yours",
        "clarify",
        "invoice_status",
        "invoice_none_open",
        "invoice_unknown",
        "duplicate_charge",
        "suspended",
        "not_suspended",
        "plan",
        "account_manager",
        "send",
        "related",
        "action_ask",
        "confirm",
        "no_thanks",
        "confirmed",
        "declined",
        "declined_by",
        "moved_on",
        "reset_link",
        "incident_update",
        "incident_fixed",
        "connect",
        "connect_address",
        "enter_code",
        "connect_code",
        "connect_sent",
        "connect_wrong",
        "connect_over",
        "connect_often",
        "connect_by_team",
        "connected",
        "connected_already",
        "disconnect",
        "disconnected",
        "code_subject",
        "code_mail",
    ]
)
"""The codes every policy needs in English."""
PLACEHOLDERS = frozenset(
    {
        "bot",
        "company",
        "name",
        "time",
        "links",
        "link",
        "list",
        "file",
        "who",
        "amount",
        "currency",
        "number",
        "numbers",
        "status",
        "due",
        "plan",
        "contract",
        "manager",
        "account",
        "count",
        "minutes",
    }
)
"""What a fixed sentence may fill in."""
