"""The roster: what somebody can do, as the platform, the customer record and policy each know it."""

from dataclasses import replace

import pytest

from desk.customer import Identity, Person, Role, Trust
from desk.ids import PersonId
from desk.space import Platform, UserRef
from handlers.roster import roster
from handlers.situation import team_of
from tests.fakes import START
from tests.world import PEOPLE, user

SLACK = UserRef(Platform.SLACK, "T0", "U0NOOR")


async def _skills(w, who):
    people = await roster(await w.policy.current(), w.services)
    return next((person.skills for person in people if person.user == who), None)


async def test_the_record_says_what_somebody_can_do(w):
    await w.customers.save(people=[replace(PEOPLE["noor"], skills=frozenset({"Billing"}), language="de")])
    assert await _skills(w, user("noor")) == {"billing", "de"}


async def test_policy_adds_to_it(w):
    w.policy.change(team={"skills": {"Noor": ["senior"], "local/main/noor": ["fr"]}})
    assert await _skills(w, user("noor")) == {"senior", "fr"}


@pytest.mark.parametrize("who", ["mara", "kim"])
async def test_customers_and_colleagues_are_not_on_it(w, who):
    assert await _skills(w, user(who)) is None


async def test_whom_a_platform_names_can_do_what_the_record_says_of_their_address(w):
    async def team():
        return [(SLACK, Person(PersonId(str(SLACK)), "Noor H.", Role.TEAMMATE, email="noor@pelicanledger.example"))]

    w.chat.team = team
    await w.customers.save(people=[replace(PEOPLE["noor"], skills=frozenset({"billing"}), email="Noor@pelicanledger.example", language="de")])
    assert await _skills(w, SLACK) == {"billing", "de"}


async def test_a_customer_who_has_the_address_lends_nobody_their_skills(w):
    async def team():
        return [(SLACK, Person(PersonId(str(SLACK)), "Noor H.", Role.TEAMMATE, email="jon@acme.example"))]

    w.chat.team = team
    await w.customers.save(people=[replace(PEOPLE["jon"], skills=frozenset({"senior"}), email="jon@acme.example")])
    assert await _skills(w, SLACK) == frozenset()


async def test_a_user_of_the_platform_who_is_linked_is_known_without_an_address(w):
    async def team():
        return [(SLACK, Person(PersonId(str(SLACK)), "Noor H.", Role.TEAMMATE))]

    w.chat.team = team
    people = [replace(PEOPLE["noor"], skills=frozenset({"billing"}))]
    await w.customers.save(people=people, identities=[Identity(SLACK, PEOPLE["noor"].id, Trust.PERSON, "test", START)])
    assert await _skills(w, SLACK) == {"billing"}


async def test_without_the_record_policy_still_counts(w):
    w.policy.change(team={"skills": {"Noor H.": ["senior"]}})

    async def team():
        return [(SLACK, Person(PersonId(str(SLACK)), "Noor H.", Role.TEAMMATE, email="noor@pelicanledger.example"))]

    w.chat.team, w.crm.down = team, True
    assert await _skills(w, SLACK) == {"senior"}


async def test_only_those_of_one_platform_where_the_team_works_there(w):
    people = await roster(await w.policy.current(), w.services, on=Platform.SLACK)
    assert people == ()


async def test_who_is_on_a_platform_without_zones_is_in_that_of_the_record(w):
    async def team():
        return [(user("noor"), Person(PersonId("x"), "Noor H.", Role.TEAMMATE))]

    w.chat.team = team
    await w.customers.save(people=[replace(PEOPLE["noor"], zone="Asia/Kolkata")])
    assert (await team_of(w.services))[user("noor")].zone == "Asia/Kolkata"
