"""Policy by command: seen by the team, changed by admins, key by key, and taken back."""

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from desk.cards import plain
from desk.customer import Role
from desk.ports import Query
from desk.space import Place
from desk.timeline import Purpose
from handlers.commands import table
from store.policy import FilePolicySource
from tests.fakes import START
from tests.world import channel, user

FILE = '[tickets]\nwindow = "30m"\n\n[answers.thresholds]\nbilling = 0.9\n'


@pytest.fixture
def p(w, tmp_path: Path):
    """A world whose policy has a file."""
    shipped, file = tmp_path / "shipped.toml", tmp_path / "own.toml"
    shipped.write_bytes(Path("policy.toml").read_bytes())
    file.write_text(FILE, "utf-8")
    for each in (shipped, file):
        os.utime(each, (START.timestamp() - 60,) * 2)
    w.services = replace(w.services, policy=FilePolicySource(shipped, file, w.policy.overrides))
    w.file = file
    return w


async def answer(w, words, *, by="ada", **form):
    """Give a command, with the values of its form if it has one, and return what was whispered."""
    await w.commands(by, words, **form)
    return [plain(post.card) for post in w.posts(Purpose.NOTICE) if post.to == (user(by),) and post.card][-1]


async def ask(w, words, *, role=Role.ADMIN):
    """Return the form that a command opens."""
    return await table.form_of(Query("command", words, user("ada"), role, place=Place(channel("agents"))), w.services)


async def told(w):
    """Return what stands in the agents channel for everybody."""
    return [plain(post.card) for post in w.posts(Purpose.NOTICE, where="agents") if not post.to and post.card]


async def test_without_a_section_show_lists_them_with_what_differs(p):
    shown = await answer(p, "policy show", by="noor")
    assert "answers: " in shown
    assert "tickets: 7 keys, 1 not as shipped" in shown


async def test_a_section_is_shown_key_by_key(p):
    shown = await answer(p, "policy show tickets", by="noor")
    assert "tickets.window = 30m" in shown
    assert "tickets.reopen = 14d" in shown


async def test_a_key_is_shown_with_every_layer_that_sets_it_and_who_did(p):
    await answer(p, "policy set tickets.window 10m because busy week")
    shown = await answer(p, "policy show tickets.window")
    assert [line for line in shown.splitlines()[1:] if not line.startswith("By command")] == ["In force: 10m", "Shipped: 60m", "policy.toml: 30m"]
    assert "By command: Ada, on 2026-11-02: busy week" in shown


async def test_a_long_value_is_cut_and_an_address_shows_no_key(p):
    p.file.write_text(
        '[[knowledge.sources]]\nname = "help"\nkind = "web"\nat = "https://me:hunter2@help.example/a?token=hunter2"\n'
        + f'[phrases.en]\nsolved = "{"long " * 100}"\n',
        "utf-8",
    )
    sources, phrases = await answer(p, "policy show knowledge"), await answer(p, "policy show phrases.en")
    assert "help.example" in sources
    assert "hunter2" not in sources
    assert max(map(len, phrases.splitlines())) < 250


async def test_a_key_that_is_not_there_is_named_with_the_one_that_was_meant(p):
    assert await answer(p, "policy show tickets.windw") == "The policy has no key 'tickets.windw': did you mean tickets.window?"


@pytest.mark.parametrize(
    ("words", "path", "value"),
    [
        pytest.param("answers.threshold 0.7", "answers.threshold", 0.7, id="a number"),
        pytest.param("tickets.window 45m because of the holidays", "tickets.window", "45m", id="a duration, with a reason"),
        pytest.param("csat.ask false", "csat.ask", False, id="a switch"),
        pytest.param("company.name Pelican Ledger Ltd because we grew", "company.name", "Pelican Ledger Ltd", id="a text of several words"),
        pytest.param('company.name "Pelican Ledger"', "company.name", "Pelican Ledger", id="a text in quotes"),
        pytest.param("company.name “Pelican Ledger”", "company.name", "Pelican Ledger", id="a text in a phone's quotes"),
        pytest.param("company.name 1984", "company.name", "1984", id="a text that looks like a number"),
        pytest.param('team.admins ["a@pelican.example"]', "team.admins", ["a@pelican.example"], id="a list"),
        pytest.param('modes.rules [{category = "billing", mode = "auto"}]', "modes.rules", [{"category": "billing", "mode": "auto"}], id="tables"),
        pytest.param('answers.thresholds."account access" 0.8', "answers.thresholds.account access", 0.8, id="a name of several words"),
        pytest.param("daily.at 18:30", "daily.at", "18:30", id="a time"),
        pytest.param('hours.holidays ["2026-12-25"]', "hours.holidays", ["2026-12-25"], id="a list of days"),
    ],
)
async def test_a_value_is_read_as_what_the_key_takes(p, words, path, value):
    await answer(p, f"policy set {words}")
    (override,) = await p.services.policy.overrides()
    assert (override.path, override.value) == (path, value)


async def test_a_change_has_an_author_and_a_reason_and_is_told_to_the_team(p):
    await answer(p, "policy set tickets.window 45m because of the holidays")
    assert await told(p) == ["Ada changed the policy:\ntickets.window: 30m -> 45m\nReason: of the holidays"]
    assert (await p.services.policy.current()).tickets.window == timedelta(minutes=45)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        pytest.param("answers.threshold 7", "write a number from 0 to 1", id="out of bounds"),
        pytest.param("tickets.window soon", "write a number and s, m, h or d", id="no duration"),
        pytest.param("tickets.windw 5m", "did you mean 'window'?", id="no such key"),
        pytest.param("csat.ask perhaps", "write true or false", id="neither true nor false"),
        pytest.param("answers.threshold 0.7 0.8", "answers.threshold", id="two values"),
    ],
)
async def test_a_wrong_value_is_refused_with_the_checkers_sentence(p, words, sentence):
    assert sentence in await answer(p, f"policy set {words}")
    assert list(await p.services.policy.overrides()) == []
    assert await told(p) == []


@pytest.mark.parametrize("who", ["noor", "lea"])
@pytest.mark.parametrize("words", ["policy set csat.ask false", "policy revert csat.ask"])
async def test_only_admins_change_it(p, who, words):
    assert await answer(p, words, by=who) == f"`{' '.join(words.split()[:2])}` is for admins only."
    assert list(await p.services.policy.history()) == []


async def test_a_wrong_word_is_answered_with_what_was_expected(p):
    assert await answer(p, "policy sett") == "`policy` expects show, set, history, diff or revert; you wrote 'sett': did you mean set?"


async def test_without_a_value_a_form_shows_what_is_set_now_and_by_whom(p):
    await answer(p, "policy set tickets.window 10m because busy week")
    form = await ask(p, "policy set tickets.window")
    assert [(field.name, field.value) for field in form.fields] == [("value", "10m"), ("reason", "")]
    assert form.intro == "tickets.window is 10m now, set by Ada: busy week."


async def test_without_a_key_the_form_asks_for_one(p):
    form = await ask(p, "policy set")
    assert [field.name for field in form.fields] == ["key", "value", "reason"]


async def test_what_was_written_out_opens_no_form(p):
    assert await ask(p, "policy set tickets.window 5m") is None
    assert await ask(p, "policy show") is None


async def test_a_form_is_checked_before_it_is_sent(p):
    query = Query("command", "policy set tickets.window", user("ada"), Role.ADMIN)
    assert "write a number and s, m, h or d" in (await table.checked(query, {"value": "soon"}, p.services))["value"]
    assert await table.checked(query, {"value": "5m"}, p.services) == {}


async def test_a_form_sets_what_it_says(p):
    await answer(p, "policy set", key="csat.ask", value="false", reason="too many questions")
    (override,) = await p.services.policy.overrides()
    assert (override.path, override.value, override.reason) == ("csat.ask", False, "too many questions")


async def test_what_a_form_shows_of_a_list_can_be_sent_back_as_it_is(p):
    rules = [{"category": "account access", "mode": "auto"}, {"mode": "draft", "tier": 'the "best"'}]
    await answer(p, 'policy set modes.rules [{category = "account access", mode = "auto"}, {mode = "draft", tier = "the \\"best\\""}]')
    assert [override.value for override in await p.services.policy.overrides()] == [rules]
    form = await ask(p, "policy set modes.rules")
    assert (await answer(p, "policy set modes.rules", value=form.fields[0].value, reason="")).startswith("Nothing to change")


async def test_history_lists_versions_with_author_reason_and_time_newest_first(p):
    await answer(p, "policy set csat.ask false because of complaints")
    p.clock.advance(minutes=5)
    await answer(p, "policy set tickets.window 5m because it is Monday")
    lines = (await answer(p, "policy history", by="noor")).splitlines()
    assert "Ada: it is Monday" in lines[2]
    assert "(in force)" in lines[2]
    assert "Ada: of complaints" in lines[3]


async def test_history_also_tells_of_a_change_back_to_what_was_before(p):
    await answer(p, "policy set csat.ask false")
    p.clock.advance(minutes=5)
    await answer(p, "policy revert csat.ask because they asked")
    assert "Ada: they asked" in await answer(p, "policy history")


async def test_diff_shows_what_is_not_as_shipped_by_layer(p):
    await answer(p, "policy set csat.ask false because of complaints")
    shown = await answer(p, "policy diff", by="noor")
    command, file = shown.split("By policy.toml:")
    assert "csat.ask: false (shipped true), by Ada: of complaints" in command
    assert "tickets.window: 30m (shipped 60m)" in file
    assert "answers.thresholds.billing: 0.9 (shipped nothing)" in file


async def test_diff_of_a_shipped_policy_is_nothing(p):
    p.file.unlink()
    assert await answer(p, "policy diff") == "Nothing differs from the shipped policy."


async def test_reverting_a_key_takes_away_what_commands_set_there_and_below(p):
    await answer(p, "policy set answers.threshold 0.7")
    await answer(p, "policy set answers.in_a_row 5")
    await answer(p, "policy set csat.ask false")
    await answer(p, "policy revert answers")
    assert [override.path for override in await p.services.policy.overrides()] == ["csat.ask"]


async def test_reverting_to_a_version_makes_the_policy_what_it_was(p):
    await answer(p, "policy set csat.ask false")
    await answer(p, "policy set tickets.window 5m")
    version = (await p.services.policy.current()).version
    await answer(p, "policy revert csat.ask")
    await answer(p, "policy set tickets.window 10m")
    await answer(p, "policy set answers.threshold 0.9")
    await answer(p, f"policy revert {version[:6]} because it was better")
    assert (await p.services.policy.current()).version == version
    assert f"back to version {version}" in (await told(p))[-1]
    assert "Reason: it was better" in (await told(p))[-1]


async def test_going_back_neither_ends_a_pause_nor_begins_an_old_one_again(p):
    before = (await p.services.policy.current()).version
    await answer(p, "pause")
    await answer(p, "policy set csat.ask false")
    await answer(p, f"policy revert {before}")
    now = await p.services.policy.current()
    assert (now.csat.ask, now.paused.everything) == (True, "on")


async def test_keys_that_the_file_has_had_since_are_named_and_stay(p):
    version = (await p.services.policy.current()).version
    p.file.write_text(FILE + '[sla.tiers]\ngold = "2h"\n', "utf-8")
    await answer(p, "policy set csat.ask false")
    assert "sla.tiers.gold" in await answer(p, f"policy revert {version}")
    assert (await p.services.policy.current()).csat.ask is True


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        pytest.param("policy revert csat.ask", "Nothing was set at 'csat.ask' by command", id="a key that nobody set"),
        pytest.param("policy revert abcdef", "there was no such version", id="a version there never was"),
        pytest.param("policy revert", "Write a version", id="nothing"),
    ],
)
async def test_what_cannot_be_reverted_is_said(p, words, sentence):
    assert sentence in await answer(p, words)


async def test_the_version_in_force_needs_no_revert(p):
    version = (await p.services.policy.current()).version
    assert await answer(p, f"policy revert {version}") == f"Version {version} is in force now."


@pytest.mark.parametrize(
    "value",
    [
        pytest.param('[{name = "x", kind = "zendesk", at = "https://evil.example", secret = "ANTHROPIC_API_KEY"}]', id="a token sent elsewhere"),
        pytest.param('[{name = "x", kind = "folder", at = "/etc"}]', id="a folder anywhere"),
        pytest.param('[{name = "x", kind = "folder", at = "articles/../../secrets"}]', id="a folder outside"),
        pytest.param('[{name = "x", kind = "folder", at = "."}]', id="the folder of the policy itself"),
        pytest.param('[{name = "x", kind = "web", at = "http://10.0.0.1", private_network = true}]', id="the inner network"),
    ],
)
async def test_commands_reach_for_no_more_of_the_machine_than_the_policy_file(p, value):
    assert "Only policy.toml may" in await answer(p, f"policy set knowledge.sources {value}")
    assert list(await p.services.policy.overrides()) == []


async def test_what_the_file_allows_may_stay_in_a_list_that_a_command_sets(p):
    p.file.write_text('[[knowledge.sources]]\nname = "z"\nkind = "zendesk"\nat = "https://acme.zendesk.com"\nsecret = "ZENDESK_TOKEN"\n', "utf-8")
    kept = 'name = "z", kind = "zendesk", at = "https://acme.zendesk.com", secret = "ZENDESK_TOKEN"'
    await answer(p, f'policy set knowledge.sources [{{{kept}, every = "1h"}}]')
    assert (await p.services.policy.current()).knowledge.sources[0].every == timedelta(hours=1)
