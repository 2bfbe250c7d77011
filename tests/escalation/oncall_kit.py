"""What tests of on call begin with: a policy, a team, and an escalation with its chain."""

from datetime import UTC, date, datetime, timedelta

from desk.customer import Person, Role
from desk.escalation import Escalation, Trigger
from desk.ids import OutboxId, PersonId, TicketId
from desk.oncall import Layer, OnCall, PagerKind, PagerSpec, Rota, Step, StepKind, Use, read_handover, read_span
from desk.paging import Page, PageStatus
from desk.space import Platform, UserRef
from escalation.chain import frozen
from escalation.ground import Ground

NIGHT = datetime(2026, 11, 3, 2, tzinfo=UTC)
DAY = datetime(2026, 11, 3, 12, tzinfo=UTC)
ROLES = {"ana": Role.TEAMMATE, "ben": Role.TEAMMATE, "lea": Role.LEAD, "ada": Role.ADMIN}
PAGER = PagerSpec("phones", PagerKind.PAGERDUTY, "PAGER_KEY")
WEEKLY = Rota("support", "UTC", (Layer(("ana", "ben"), read_handover("weekly mon 09:00"), date(2026, 11, 2)),))


def user(name: str, platform: Platform = Platform.LOCAL) -> UserRef:
    return UserRef(platform, "main", name)


def step(kind: str, who: str = "", *, minutes: int = 0, times: int = 1) -> Step:
    return Step(StepKind(kind), who, timedelta(minutes=minutes), times)


def policy(*steps: Step, **more) -> OnCall:
    shipped = {
        "budget": 4, "night": read_span("20:00-08:00"), "bundle": timedelta(minutes=2), "calm": 2, "urgent": ("security",), "managers": (),
        "groups": {}, "rotas": (WEEKLY,), "overrides": (), "chains": {"chain": steps}, "use": (Use("chain", level=3),), "pagers": (PAGER,),
    }  # fmt: skip
    return OnCall(**{**shipped, **more})


def ground(oncall: OnCall, *pages: Page, team=ROLES, zone: str = "UTC", **more) -> Ground:
    people = {user(name): Person(PersonId(name), name, role, zone=zone) for name, role in team.items()}
    return Ground(oncall, people, pages, oncall.overrides, channels=more.pop("channels", frozenset({"", "war-room"})), **more)


def raised(oncall: OnCall, *, rule: str = "data_loss", level: int = 3, **more) -> Escalation:
    chain = frozen(oncall, "chain", hold=timedelta(minutes=30))
    return Escalation("x-1", TicketId("t-1"), (Trigger(rule, level),), NIGHT, "", level, chain=chain, **more)


def page(who: str, at: datetime, n: int = 0, *, escalation: str = "x-0", ticket: str = "t-0", rules=("data_loss",), urgent=False, **more) -> Page:
    status, outbox = more.get("status", PageStatus.SENT), OutboxId(f"o-{n}")
    return Page(f"pg-{who}-{n}", escalation, TicketId(ticket), user(who), at, rules, urgent, status, outbox, who)
