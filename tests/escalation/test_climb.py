"""Climbing: a chain as policy has it is walked step by step, whoever can be reached, and never ends with nobody."""

from dataclasses import replace
from datetime import timedelta

import pytest

from desk.customer import Role
from desk.escalation import Trigger
from desk.oncall import Override, StepKind, Use
from desk.space import Platform
from escalation.chain import chosen, ended, frozen, is_urgent, wait_before
from escalation.climb import armed, climb
from tests.escalation.oncall_kit import DAY, NIGHT, PAGER, ROLES, WEEKLY, ground, page, policy, raised, step, user

COOL = timedelta(hours=4)


def walk(oncall, *pages, record=None, at=NIGHT, **more):
    return climb(record or raised(oncall), ground(oncall, *pages, **more), at=at, cool_down=COOL)


def course(oncall, **more):
    """Everybody who is told, in minutes from the start, when nobody takes it up."""
    record, at, told, pages = raised(oncall), NIGHT, [], []
    while at is not None:
        walked = climb(record, ground(oncall, *pages, **more), at=at, cool_down=COOL)
        pages += [p for attempt in walked.attempts for p in attempt.pages]
        minutes = round((at - NIGHT).total_seconds() / 60)
        told += [(minutes, p.name) for attempt in walked.attempts for p in attempt.pages]
        told += [(minutes, f"#{attempt.channel}") for attempt in walked.attempts if attempt.channel is not None]
        told += [(minutes, attempt.pager.name) for attempt in walked.attempts if attempt.pager]
        record, at = walked.record, walked.due
    return told


def codes(walked):
    return [note.code for attempt in walked.attempts for note in attempt.notes]


END = [(10, "ada"), (10, "#")]


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        pytest.param([step("rota"), step("wait", minutes=10)], [(0, "ana"), *END], id="who is on call, and the end that nobody wrote"),
        pytest.param([step("rota")], [(0, "ana"), *END], id="somebody has ten minutes where no wait is written"),
        pytest.param([step("person", "BEN"), step("wait", minutes=10)], [(0, "ben"), *END], id="a person by name in any case"),
        pytest.param([step("group", "leads"), step("wait", minutes=10)], [(0, "lea"), (0, "ada"), *END], id="all leads"),
        pytest.param([step("group", "pair"), step("wait", minutes=10)], [(0, "ana"), (0, "lea"), *END], id="a group of policy"),
        pytest.param([step("account_manager"), step("wait", minutes=10)], [(0, "lea"), *END], id="the account's manager"),
        pytest.param([step("webhook"), step("wait", minutes=10)], [(0, "phones"), *END], id="a pager"),
        pytest.param([step("channel", "#war-room"), step("wait", minutes=10)], [(0, "#war-room"), *END], id="a channel by name"),
        pytest.param([step("manager"), step("channel")], [(0, "ada"), (0, "#")], id="an end of its own is the end"),
        pytest.param(
            [step("rota"), step("wait", minutes=5), step("repeat", times=2)],
            [(0, "ana"), (5, "ana"), (10, "ana"), (15, "ada"), (15, "#")],
            id="everybody again, twice",
        ),
        pytest.param([], [(0, "ada"), (0, "#")], id="an empty chain is its end"),
    ],
)
def test_everybody_is_told_in_turn(steps, expected):
    assert course(policy(*steps, groups={"pair": ("ana", "lea")}), manager="Lea") == expected


def test_a_step_that_reaches_nobody_is_recorded_and_the_next_comes_at_once():
    oncall = policy(step("person", "nobody at all"), step("wait", minutes=30), step("account_manager"), step("wait", minutes=30), step("rota"))
    walked = walk(oncall)
    assert codes(walked) == ["unreachable", "skipped", "no_account_manager", "skipped", "paged", "waits"]
    assert walked.due == NIGHT + timedelta(minutes=10)
    assert [note.code for note in walked.record.steps] == codes(walked)


def test_with_nobody_at_all_only_the_channel_is_told_and_without_one_even_that_is_recorded():
    oncall = policy(step("rota"), step("wait", minutes=10), rotas=())
    assert codes(walk(oncall, team={})) == ["no_rota", "skipped", "no_manager", "told_channel", "end_of_chain"]
    assert codes(walk(oncall, team={}, channels=frozenset())) == ["no_rota", "skipped", "no_manager", "no_channel", "end_of_chain"]


def test_a_gap_in_the_rota_is_a_failed_step():
    empty = replace(WEEKLY, layers=(replace(WEEKLY.layers[0], start=(NIGHT + timedelta(days=9)).date()),))
    walked = walk(policy(step("rota"), step("wait", minutes=10), step("group", "leads"), step("wait", minutes=10), rotas=(empty,)))
    assert codes(walked) == ["gap", "skipped", "paged", "paged", "waits"]


def test_who_stands_in_is_called():
    stands = Override("support", "ben", NIGHT - timedelta(hours=1), NIGHT + timedelta(hours=1))
    assert course(policy(step("rota"), overrides=(stands,)))[0] == (0, "ben")


def test_what_is_too_much_for_one_person_goes_to_the_next_in_turn():
    before = [page("ana", NIGHT - timedelta(minutes=9 * (n + 1)), n) for n in range(4)]
    walked = walk(policy(step("rota")), *before)
    assert codes(walked)[:2] == ["passed_on", "paged"]
    assert [p.name for p in walked.attempts[0].pages] == ["ben"]


def test_a_rota_of_whom_all_had_enough_lets_the_chain_go_on_at_once():
    before = [page(who, NIGHT - timedelta(minutes=9 * (n + 1)), n) for who in ("ana", "ben") for n in range(4)]
    walked = walk(policy(step("rota"), step("wait", minutes=10), step("person", "lea")), *before)
    assert codes(walked) == ["passed_on", "passed_on", "skipped", "paged", "waits"]


def test_what_can_wait_stands_until_the_morning_and_comes_then():
    oncall = policy(step("rota"), step("wait", minutes=10))
    calm = raised(oncall, level=2)
    walked = walk(oncall, record=calm)
    assert (codes(walked), walked.due, walked.record.next) == (["put_off"], NIGHT.replace(hour=8), 0)
    assert codes(walk(oncall, record=walked.record, at=walked.due))[0] == "paged"


def test_on_several_platforms_somebody_is_called_where_the_team_works():
    oncall = policy(step("rota"))
    around = ground(oncall)
    both = {**around.team, user("U0ANA", Platform.SLACK): replace(around.team[user("ana")])}
    called = [climb(raised(oncall), replace(around, team=both, home=home), at=DAY, cool_down=COOL) for home in (Platform.LOCAL, Platform.SLACK)]
    assert [walked.attempts[0].pages[0].person for walked in called] == [user("ana"), user("U0ANA", Platform.SLACK)]


def test_a_chain_is_kept_as_it_was_with_all_it_names():
    oncall = policy(step("rota"), step("group", "pair"), step("webhook", "phones"), groups={"pair": ("ana",), "other": ("ben",)}, managers=("lea",))
    chain = frozen(oncall, "chain", hold=timedelta(minutes=30))
    assert chain is not None
    assert (chain.rotas, chain.groups, chain.managers, chain.pagers) == ((WEEKLY,), {"pair": ("ana",)}, ("lea",), (PAGER,))
    changed = policy(step("channel"), rotas=(), groups={}, managers=(), pagers=())
    assert [p.name for attempt in climb(raised(oncall), ground(changed), at=DAY, cool_down=COOL).attempts for p in attempt.pages] == ["ana"]


def test_a_step_that_names_no_rota_and_no_pager_means_the_first_of_the_policy_also_beside_others():
    second = replace(WEEKLY, name="second", layers=(replace(WEEKLY.layers[0], people=("lea",)),))
    other = replace(PAGER, name="other")
    oncall = policy(
        step("rota", "second"), step("webhook", "other"), step("wait", minutes=10), step("rota"), step("webhook"), rotas=(WEEKLY, second),
        pagers=(PAGER, other),
    )  # fmt: skip
    assert [told for told in course(oncall) if told[0] <= 10 and told[1] != "ada"][:4] == [(0, "lea"), (0, "other"), (10, "ana"), (10, "phones")]


def test_armed_again_it_goes_on_where_it_stood_and_from_its_end_the_end_comes_again():
    oncall = policy(step("rota"), step("wait", minutes=7), step("person", "lea"), step("wait", minutes=9), step("manager"), step("channel"))
    standing = walk(oncall).record
    assert armed(standing).next == standing.next
    assert wait_before(standing.chain, standing.next) == timedelta(minutes=7)
    over = replace(standing, next=6)
    again = climb(armed(over), ground(oncall), at=NIGHT, cool_down=COOL)
    assert again.due == NIGHT + timedelta(minutes=9)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param({"level": 1}, "", id="a card is enough"),
        pytest.param({"level": 2}, "calm", id="from its level on"),
        pytest.param({"level": 3}, "loud", id="the first entry that fits"),
        pytest.param({"level": 1, "rules": ("vip",)}, "vip", id="a rule of its own"),
        pytest.param({"level": 3, "tier": "Enterprise"}, "top", id="a tier in any case"),
        pytest.param({"level": 3, "category": "billing"}, "money", id="a category"),
    ],
)
def test_policy_says_which_chain_is_for_what(given, expected):
    use = [
        Use("vip", rule="vip"), Use("top", tier="enterprise", level=3), Use("money", category="billing"), Use("loud", level=3), Use("calm", level=2),
    ]  # fmt: skip
    assert chosen(use, **{"rules": ("data_loss",), "tier": "", "category": "", **given}) == expected


def test_a_broken_contract_is_urgent_whatever_the_rule():
    assert not is_urgent([Trigger("sla_breached")], ("security",))
    assert is_urgent([Trigger("sla_breached", 2, (("contractual", "yes"),))], ("security",))


@pytest.mark.parametrize("kinds", [["rota"], ["rota", "wait"], ["manager"], ["channel"], ["rota", "manager", "wait", "repeat"], []])
def test_every_chain_ends_with_a_manager_and_a_channel(kinds):
    steps = ended([step(kind, minutes=5) for kind in kinds])
    calling = [each.kind for each in steps if each.kind not in (StepKind.WAIT, StepKind.REPEAT)]
    assert set(calling[-2:]) == {StepKind.MANAGER, StepKind.CHANNEL}


def test_nobody_is_forgotten_where_there_are_leads_but_no_rota():
    assert course(policy(step("rota"), rotas=()), team={**ROLES, "zoe": Role.LEAD})[0] == (0, "lea")
