"""Where a ticket goes and whom it is offered to: a table of requests, and what must hold for all of them."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from desk.customer import Person, Role
from desk.deadlines import Hours
from desk.ids import PersonId, TicketId
from desk.routing import Assign, RouteRule, Routing, Seniors, Switch, Team
from desk.space import Platform, UserRef
from desk.ticket import Level
from escalation.routing import Desk, Request, Teammate, chain, members, opens, route, rule_for, senior, teammate

MONDAY = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)
NIGHT = datetime(2026, 11, 2, 22, 0, tzinfo=UTC)
NINE_TO_FIVE = Hours("UTC", {day: ((time(9), time(17)),) for day in range(5)})


def user(name):
    return UserRef(Platform.LOCAL, "main", name)


def who(name, *skills):
    return Teammate(user(name), name.title(), f"{name}@pelicanledger.example", frozenset(skills))


JONAS, PRIYA, TOMAS, INES = who("jonas", "billing"), who("priya", "billing", "senior"), who("tomas", "tier2", "de"), who("ines", "billing", "pt")
PEOPLE = (INES, JONAS, PRIYA, TOMAS)
TEAMS = {
    "support": Team(hours="always"),
    "finance": Team(skills=("billing",), assign=Assign.LOAD, fallback="tier2"),
    "tier2": Team(skills=("tier2",), tags=("deep",), assign=Assign.LOAD),
}
RULES = (
    RouteRule("finance", category="billing"),
    RouteRule("tier2", category="bug report", tags=("engineering",)),
    RouteRule("tier2", category="billing", tier="enterprise"),
    RouteRule("support", kind="direct"),
    RouteRule("tier2", rule="security"),
    RouteRule("tier2", category="onboarding", level="high"),
    RouteRule("support", category="onboarding", language="pt"),
)
ROUTING = Routing(Switch.ON, teams=TEAMS, rules=RULES, seniors=Seniors("senior"))
DESK = Desk(PEOPLE, calendars={"": NINE_TO_FIVE, "always": Hours()})
BILLING = Request(TicketId("t-1"), "billing")


def routed(request=BILLING, routing=ROUTING, desk=DESK, now=MONDAY):
    return route(request, routing, desk, id="rt-1", switch=Switch.ON, now=now)


def codes(found):
    return [reason.code for reason in found.reasons]


@pytest.mark.parametrize(
    ("request_", "team", "tags"),
    [
        pytest.param(BILLING, "finance", (), id="by category"),
        pytest.param(replace(BILLING, tier="Enterprise"), "tier2", ("deep",), id="a rule that asks for more wins"),
        pytest.param(replace(BILLING, category="bug report"), "tier2", ("deep", "engineering"), id="with the tags of team and rule"),
        pytest.param(replace(BILLING, kind="direct"), "support", (), id="of equal ones the last"),
        pytest.param(replace(BILLING, category="", rules=frozenset({"security"})), "tier2", ("deep",), id="by a rule that fired"),
        pytest.param(replace(BILLING, category="onboarding", level=Level.URGENT), "tier2", ("deep",), id="by the least level"),
        pytest.param(replace(BILLING, category="onboarding", level=Level.NORMAL), "", (), id="below it nobody's in particular"),
        pytest.param(replace(BILLING, category="onboarding", language="pt"), "support", (), id="by language"),
        pytest.param(replace(BILLING, category="feature request"), "", (), id="no rule: everybody's"),
    ],
)
def test_the_most_specific_rule_names_the_team(request_, team, tags):
    found = routed(request_)
    assert (found.team, found.tags) == (team, tags)
    assert codes(found)[0] == ("route_rule" if team else "route_everybody")


def test_without_rules_everything_is_everybodys():
    assert rule_for(BILLING, Routing()) is None
    assert routed(routing=Routing()).reasons[0].code == "route_everybody"


@pytest.mark.parametrize(
    ("team", "people"),
    [
        pytest.param(Team(), PEOPLE, id="neither members nor skills: everybody"),
        pytest.param(Team(skills=("tier2", "pt")), (INES, TOMAS), id="whoever has one of the skills"),
        pytest.param(Team(members=("Jonas", "TOMAS@pelicanledger.example", "local/main/ines")), (INES, JONAS, TOMAS), id="by name, e-mail and user"),
        pytest.param(Team(members=("Jonas",), skills=("pt",)), (JONAS,), id="members win over skills"),
        pytest.param(Team(members=("nobody",)), (), id="nobody who is there"),
    ],
)
def test_who_is_of_a_team(team, people):
    assert members(team, PEOPLE) == people


def test_nobody_is_meant_by_an_empty_e_mail_address():
    assert not Teammate(user("x"), "X").is_called("")


def test_a_teammate_can_do_what_record_and_policy_say_and_speaks_their_language():
    person = Person(PersonId("p"), "Greta", Role.TEAMMATE, language="de", email="g@x.example", skills=frozenset({"Billing"}))
    found = teammate(user("greta"), person, {"Greta": ("senior",), "g@x.example": ("FR",), "Jonas": ("es",)})
    assert found.skills == {"billing", "senior", "fr", "de"}


def test_load_goes_to_who_holds_the_fewest_and_then_to_who_was_asked_longest_ago():
    assert routed(desk=replace(DESK, loads={INES.user: 2, JONAS.user: 1, PRIYA.user: 3})).person == JONAS.user
    last = {"finance": {INES.user: MONDAY, JONAS.user: MONDAY - timedelta(hours=1), PRIYA.user: MONDAY - timedelta(hours=2)}}
    assert routed(desk=replace(DESK, last=last)).person == PRIYA.user


def test_round_robin_asks_everybody_as_often():
    team = replace(TEAMS["finance"], assign=Assign.ROUND_ROBIN)
    routing, last, asked = replace(ROUTING, teams={**TEAMS, "finance": team}), {}, []
    for n in range(9):
        now = MONDAY + timedelta(minutes=n)
        found = routed(routing=routing, desk=replace(DESK, last={"finance": last}, loads={JONAS.user: 9}), now=now)
        last = {**last, found.person: now}
        asked.append(found.person_name)
    assert asked == ["Ines", "Jonas", "Priya"] * 3


def test_a_team_that_takes_for_itself_is_offered_to_nobody():
    found = routed(routing=replace(ROUTING, teams={**TEAMS, "finance": replace(TEAMS["finance"], assign=Assign.NOBODY)}))
    assert (found.team, found.person) == ("finance", None)


def test_what_is_pressing_goes_to_a_senior_of_the_team():
    found = routed(replace(BILLING, level=Level.HIGH), desk=replace(DESK, loads={PRIYA.user: 9}))
    assert found.person == PRIYA.user
    assert "route_senior" in codes(found)
    assert routed(replace(BILLING, level=Level.NORMAL), desk=replace(DESK, loads={PRIYA.user: 9})).person != PRIYA.user


def test_without_a_senior_it_goes_to_the_others():
    found = routed(replace(BILLING, level=Level.URGENT), desk=replace(DESK, people=(INES, JONAS)))
    assert found.person in (INES.user, JONAS.user)
    assert "route_senior" not in codes(found)


def test_the_named_manager_comes_first_if_of_the_team():
    found = routed(replace(BILLING, manager="Ines"), desk=replace(DESK, loads={INES.user: 9}))
    assert (found.person, codes(found)[-1]) == (INES.user, "route_manager")
    assert routed(replace(BILLING, manager="Tomas")).person != TOMAS.user


def test_a_language_finds_who_speaks_it():
    assert routed(replace(BILLING, language="pt")).person == INES.user


def test_a_language_that_nobody_of_the_team_speaks_goes_to_who_stands_in():
    found = routed(replace(BILLING, language="de"))
    assert (found.team, found.person) == ("tier2", TOMAS.user)
    assert codes(found) == ["route_rule", "route_no_language", "route_fallback", "route_language", "route_load"]


def test_a_language_that_nobody_speaks_stops_nothing():
    found = routed(replace(BILLING, language="fi"))
    assert (found.team, found.nobody) == ("finance", False)
    assert "route_unspoken" in codes(found)


def test_the_house_language_is_everybodys():
    assert "route_language" not in codes(routed(replace(BILLING, language="en")))


def test_outside_its_hours_the_team_that_stands_in_has_it():
    teams = {**TEAMS, "finance": replace(TEAMS["finance"], fallback="support")}
    found = routed(routing=replace(ROUTING, teams=teams), now=NIGHT)
    assert (found.team, found.wanted, found.nobody) == ("support", "finance", False)
    assert codes(found) == ["route_rule", "route_closed", "route_fallback"]


def test_when_nobody_is_there_it_says_so_and_when_somebody_is():
    found = routed(now=NIGHT)
    assert (found.team, found.person, found.nobody) == ("finance", None, True)
    assert codes(found) == ["route_rule", "route_closed", "route_closed", "route_nobody"]
    assert opens("finance", ROUTING, DESK, NIGHT) == datetime(2026, 11, 3, 9, 0, tzinfo=UTC)


def test_a_team_without_people_is_passed_over():
    found = routed(desk=replace(DESK, people=(TOMAS,)))
    assert (found.team, codes(found)[1]) == ("tier2", "route_nobody_of")
    assert opens("finance", ROUTING, DESK, MONDAY) is None


def test_hours_are_those_of_the_teams_own_zone():
    teams = {**TEAMS, "finance": replace(TEAMS["finance"], hours="lisbon", fallback="")}
    desk = replace(DESK, calendars={**DESK.calendars, "lisbon": Hours("Asia/Singapore", {0: ((time(9), time(17)),)})})
    assert routed(routing=replace(ROUTING, teams=teams), desk=desk).nobody
    assert not routed(routing=replace(ROUTING, teams=teams), desk=desk, now=datetime(2026, 11, 2, 2, 0, tzinfo=UTC)).nobody


def test_who_gave_it_back_is_not_asked_again_and_in_the_end_it_is_everybodys():
    asked = frozenset[UserRef]()
    for _ in range(3):
        asked |= {routed(replace(BILLING, passed=asked)).person}
    assert asked == {INES.user, JONAS.user, PRIYA.user}
    found = routed(replace(BILLING, passed=asked))
    assert (found.team, found.person, codes(found)[-1]) == ("finance", None, "route_passed")


def test_teams_that_stand_in_for_one_another_end():
    teams = {"a": Team(fallback="b"), "b": Team(fallback="a"), "c": Team(fallback="gone")}
    assert chain("a", Routing(teams=teams)) == ("a", "b")
    assert chain("c", Routing(teams=teams)) == ("c",)


def test_the_senior_who_holds_the_fewest_is_called():
    people = (*PEOPLE, who("ruth", "senior"))
    assert senior(ROUTING, Desk(people, {PRIYA.user: 2, user("ruth"): 1})).name == "Ruth"
    assert senior(ROUTING, Desk((JONAS,))) is None
    assert senior(Routing(), Desk(people)) is None


def test_the_same_request_is_always_routed_the_same():
    assert routed() == routed(desk=replace(DESK, people=tuple(reversed(PEOPLE))))


def test_what_is_pressing_at_night_goes_to_who_is_on_call():
    desk = replace(DESK, oncall=TOMAS)
    found = routed(replace(BILLING, level=Level.HIGH), desk=desk, now=NIGHT)
    assert (found.person, found.nobody, codes(found)[-1]) == (TOMAS.user, True, "route_oncall")
    assert routed(replace(BILLING, level=Level.NORMAL), desk=desk, now=NIGHT).person is None
    assert routed(replace(BILLING, level=Level.HIGH, passed=frozenset({TOMAS.user})), desk=desk, now=NIGHT).person is None
    assert routed(replace(BILLING, level=Level.HIGH), desk=desk).person != TOMAS.user
