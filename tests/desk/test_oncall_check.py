"""On call as policy writes it: what is read, and what is told where it cannot be right."""

import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desk.codec import decode, encode
from desk.errors import InvalidInput
from desk.oncall import Chain, Handover, Span, StepKind, read_handover, read_span
from desk.policy_check import PolicyError, merged, read_policy
from escalation.chain import frozen

SHIPPED = tomllib.loads((Path(__file__).parents[2] / "policy.toml").read_text(encoding="utf-8"))
LAYER = {"people": ["Jonas Reed"], "handover": "weekly mon 09:00", "start": "2026-11-02"}
ROTA = {"name": "support", "zone": "Europe/Berlin", "layers": [LAYER]}


def read(**oncall):
    return read_policy(merged(SHIPPED, {"oncall": oncall})).oncall


def problem(**oncall) -> str:
    with pytest.raises(PolicyError) as raised:
        read(**oncall)
    return str(raised.value)


def test_a_fresh_desk_has_a_chain_that_ends_with_a_manager_and_a_channel():
    chain = frozen(read(), "default", hold=timedelta(minutes=30))
    assert [step.kind for step in chain.steps][-2:] == [StepKind.MANAGER, StepKind.CHANNEL]


def test_a_whole_rota_is_read():
    nights = {**LAYER, "hours": {"sat": ["20:00-08:00"], "sun": ["00:00-24:00"]}}
    stands = {"rota": "support", "person": "Priya Dale", "start": "2026-11-02T18:00:00+01:00", "until": "2026-11-03T08:00:00+01:00"}
    found = read(rotas=[{**ROTA, "layers": [LAYER, nights]}], overrides=[stands])
    assert found.rotas[0].layers[1].hours == {"sat": (Span(1200, 480),), "sun": (Span(0, 1440),)}
    assert found.overrides[0].start == datetime(2026, 11, 2, 17, tzinfo=UTC)


def test_days_and_instants_may_stand_without_quotes():
    text = 'start = 2026-11-02\n[stands]\nrota = "support"\nperson = "Priya"\nstart = 2026-11-02T18:00:00+01:00\nuntil = 2026-11-03T08:00:00+01:00'
    raw = tomllib.loads(text)
    found = read(rotas=[{**ROTA, "layers": [{**LAYER, "start": raw["start"]}]}], overrides=[raw["stands"]])
    assert (found.rotas[0].layers[0].start.isoformat(), found.overrides[0].until.hour) == ("2026-11-02", 7)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("weekly mon 09:00", Handover(days=7, weekday=0, minute=540), id="weekly"),
        pytest.param("Weekly  SUN 9:30", Handover(days=7, weekday=6, minute=570), id="weekly, however it is written"),
        pytest.param("daily 00:00", Handover(days=1), id="daily"),
        pytest.param("every 12h", Handover(hours=12), id="every so many hours"),
    ],
)
def test_a_hand_over_is_read_and_written_again(text, expected):
    assert read_handover(text) == expected
    assert read_handover(str(expected)) == expected


@pytest.mark.parametrize("text", ["", "weekly", "weekly mon", "monthly 09:00", "weekly noday 09:00", "daily 25:00", "every 0h", "every 12", 7])
def test_what_is_no_hand_over_is_said_so(text):
    with pytest.raises(InvalidInput, match="weekly mon 09:00, daily 09:00 or every 12h"):
        read_handover(text)


@pytest.mark.parametrize("text", ["", "20:00", "20:00-", "20-08", "20:00-25:00", "late", 8])
def test_what_is_no_part_of_a_day_is_said_so(text):
    with pytest.raises(InvalidInput, match="20:00-08:00"):
        read_span(text)


@pytest.mark.parametrize(
    ("zone", "at", "holds"),
    [
        pytest.param("UTC", "2026-11-03T20:00", True, id="from its beginning"),
        pytest.param("UTC", "2026-11-03T07:59", True, id="after midnight"),
        pytest.param("UTC", "2026-11-03T08:00", False, id="not at its end"),
        pytest.param("Europe/Berlin", "2026-11-03T07:30", False, id="by the clock of the zone"),
        pytest.param("America/New_York", "2026-11-03T01:00", True, id="of another zone"),
    ],
)
def test_a_night_is_by_the_clock_of_the_person(zone, at, holds):
    assert read_span("20:00-08:00").holds(datetime.fromisoformat(at).replace(tzinfo=UTC), zone) is holds


def test_a_night_begins_and_ends_where_clocks_change_too():
    night, at = read_span("20:00-08:00"), datetime(2026, 10, 25, 3, tzinfo=UTC)
    assert night.began(at, "Europe/Berlin") == datetime(2026, 10, 24, 18, tzinfo=UTC)
    assert night.ends(at, "Europe/Berlin") == datetime(2026, 10, 25, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("oncall", "path", "fix"),
    [
        pytest.param({"night": "late"}, "oncall.night", "20:00-08:00", id="a night that is none"),
        pytest.param({"budget": -1}, "oncall.budget", "0 or more", id="a budget below none"),
        pytest.param({"rotas": [{"name": "support"}]}, "oncall.rotas.0", "nobody is ever on call", id="a rota of nobody"),
        pytest.param({"rotas": [ROTA, ROTA]}, "oncall.rotas", "two have this name", id="two rotas of a name"),
        pytest.param({"rotas": [{**ROTA, "zone": "Mars"}]}, "oncall.rotas.0.zone", "no such time zone", id="a zone that is none"),
        pytest.param({"rotas": [{**ROTA, "layers": [{**LAYER, "people": []}]}]}, "layers.0.people", "at least one person", id="a layer of nobody"),
        pytest.param({"rotas": [{**ROTA, "layers": [{**LAYER, "start": "soon"}]}]}, "layers.0.start", "2026-11-02", id="a day that is none"),
        pytest.param(
            {"rotas": [{**ROTA, "layers": [{**LAYER, "hours": {"someday": ["09:00-17:00"]}}]}]}, "hours.someday", "one of mon",
            id="a weekday that is none",
        ),
        pytest.param({"chains": {"x": [{"kind": "phone"}]}}, "oncall.chains.x.0.kind", "write one of wait", id="a step that is none"),
        pytest.param({"chains": {"x": [{"kind": "wait"}]}}, "oncall.chains.x.0.span", "how long", id="a wait without end"),
        pytest.param({"chains": {"x": [{"kind": "person"}]}}, "oncall.chains.x.0.who", "name a person", id="a person without a name"),
        pytest.param({"chains": {"x": [{"kind": "rota", "who": "other"}]}}, "oncall.chains.x.0.who", "a rota", id="a rota that is not there"),
        pytest.param({"chains": {"x": [{"kind": "group", "who": "other"}]}}, "chains.x.0.who", "admins, leads, team", id="a group that is not there"),
        pytest.param({"chains": {"x": [{"kind": "webhook", "who": "other"}]}}, "oncall.chains.x.0.who", "a pager", id="a pager that is not there"),
        pytest.param({"use": [{"chain": "other"}]}, "oncall.use.0.chain", "a chain that there is: default", id="a chain that is not there"),
        pytest.param(
            {"pagers": [{"name": "p", "kind": "pagerduty", "secret": "abc-123"}]}, "oncall.pagers.0.secret", "environment variable",
            id="a key in the policy",
        ),
        pytest.param(
            {"pagers": [{"name": "p", "kind": "opsgenie", "secret": "KEY", "at": "http://api.example"}]}, "pagers.0.at", "https://", id="in the open"
        ),
        pytest.param(
            {"overrides": [{"rota": "support", "person": "x", "start": "2026-11-02T18:00Z", "until": "2026-11-02T18:00Z"}], "rotas": [ROTA]},
            "oncall.overrides.0.until", "after its start", id="an override of no time",
        ),
        pytest.param(
            {"overrides": [{"rota": "other", "person": "x", "start": "2026-11-02T18:00Z", "until": "2026-11-03T18:00Z"}]},
            "oncall.overrides.0.rota", "a rota", id="an override of no rota",
        ),
        pytest.param(
            {"overrides": [{"rota": "support", "person": "x", "start": "2026-11-02T18:00", "until": "2026-11-03T18:00Z"}], "rotas": [ROTA]},
            "oncall.overrides.0.start", "with its offset", id="an instant of no zone",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_right_is_told_at_its_key(oncall, path, fix):
    said = problem(**oncall)
    assert path in said
    assert fix in said


def test_a_kept_chain_is_read_as_it_was_written():
    nights = {**LAYER, "hours": {"sat": ["20:00-08:00"]}}
    found = read(
        rotas=[{**ROTA, "layers": [LAYER, nights]}], groups={"pair": ["a", "b"]}, managers=["Ruth Calder"],
        pagers=[{"name": "phones", "kind": "pagerduty", "secret": "PAGER_KEY"}],
        chains={"x": [{"kind": "rota"}, {"kind": "wait", "span": "5m"}, {"kind": "group", "who": "pair"}, {"kind": "webhook"}]},
    )  # fmt: skip
    chain = frozen(found, "x", hold=timedelta(minutes=30))
    assert decode(Chain, encode(chain)) == chain
