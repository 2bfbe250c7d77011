"""The contract of pagers: a word told twice is told once, and whoever calls knows whether to try again. Run on the fake and over the wire."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest
import pytest_asyncio

from desk.alert import Alert, Word
from desk.errors import Misconfigured, Rejected, Unavailable
from desk.ids import TicketId
from desk.oncall import PagerKind, PagerSpec
from desk.ports import Pager
from pagers.phones import Phones
from tests.fakes import FakePager
from tests.pagers.services import KEY, dropping, opsgenie, pagerduty, service, silent


@dataclass
class Stage:
    """A pager, what it is called in policy, what it knows of each alert, and ways to say how it answers."""

    pager: Pager
    spec: PagerSpec
    alerts: Mapping[str, str]
    busy: Callable[[], None]
    silent: Callable[[], None]
    drops: Callable[[], None]
    refuses: Callable[[], None]
    wrong: list[str]

    def alert(self, word: Word, **more) -> Alert:
        known = {"rules": ("security",), "level": 3, "tier": "enterprise", "account": "acme", "category": "billing", "by": "Jonas Reed"}
        return Alert(self.spec, word, "x-1", TicketId("t-1"), **{**known, **more})


@asynccontextmanager
async def faked() -> AsyncIterator[Stage]:
    fake = FakePager()
    spec = PagerSpec("phones", PagerKind.PAGERDUTY, "PAGER_KEY")
    yield Stage(fake, spec, fake.alerts, fake.fail, fake.fail, fake.fail, fake.refuse, [])


def wired(kind: PagerKind, check):
    @asynccontextmanager
    async def stage() -> AsyncIterator[Stage]:
        async with service(check) as there:
            spec = PagerSpec("phones", kind, "PAGER_KEY", there.at, timedelta(seconds=0.4))
            answers = there.answers
            yield Stage(
                Phones({"PAGER_KEY": KEY}), spec, there.alerts, lambda: answers.append(429), lambda: answers.append(silent),
                lambda: answers.append(dropping), lambda: answers.append(400), there.wrong,
            )  # fmt: skip

    return stage


STAGES = {"the fake": faked, "PagerDuty": wired(PagerKind.PAGERDUTY, pagerduty), "Opsgenie": wired(PagerKind.OPSGENIE, opsgenie)}


@pytest_asyncio.fixture(params=STAGES)
async def stage(request) -> AsyncIterator[Stage]:
    async with STAGES[request.param]() as made:
        yield made


@pytest.mark.parametrize("word", [pytest.param(word, id=f"that it is to {word}") for word in Word])
async def test_a_word_arrives_as_the_service_documents_it(stage, word):
    await stage.pager.tell(stage.alert(Word.TRIGGER))
    await stage.pager.tell(stage.alert(word))
    assert stage.alerts == {"x-1": word.value}
    assert stage.wrong == []


async def test_a_word_told_twice_is_told_once(stage):
    await stage.pager.tell(stage.alert(Word.TRIGGER))
    await stage.pager.tell(stage.alert(Word.TRIGGER))
    assert stage.alerts == {"x-1": "trigger"}


@pytest.mark.parametrize("level", [1, 2, 3, 7])
async def test_every_level_has_a_loudness_there(stage, level):
    await stage.pager.tell(stage.alert(Word.TRIGGER, level=level, rules=("security", "x" * 3), category="", tier="", account=""))
    assert stage.wrong == []


@pytest.mark.parametrize("trouble", ["busy", "silent", "drops"])
async def test_what_may_be_tried_again_is_unavailable(stage, trouble):
    getattr(stage, trouble)()
    with pytest.raises(Unavailable, match="pager"):
        await stage.pager.tell(stage.alert(Word.TRIGGER))
    await stage.pager.tell(stage.alert(Word.TRIGGER))
    assert stage.alerts == {"x-1": "trigger"}


async def test_a_refusal_is_final(stage):
    stage.refuses()
    with pytest.raises(Rejected):
        await stage.pager.tell(stage.alert(Word.TRIGGER))


async def test_without_its_key_it_says_which_variable_is_missing():
    spec = PagerSpec("phones", PagerKind.OPSGENIE, "PAGER_KEY", "http://127.0.0.1:9")
    with pytest.raises(Misconfigured, match="PAGER_KEY"):
        await Phones({}).tell(Alert(spec, Word.TRIGGER, "x-1", TicketId("t-1")))


async def test_a_key_crosses_no_network_in_the_open():
    spec = PagerSpec("phones", PagerKind.PAGERDUTY, "PAGER_KEY", "http://events.example/v2/enqueue")
    with pytest.raises(Misconfigured, match="https"):
        await Phones({"PAGER_KEY": KEY}).tell(Alert(spec, Word.TRIGGER, "x-1", TicketId("t-1")))


async def test_nobody_there_may_be_tried_again():
    spec = PagerSpec("phones", PagerKind.PAGERDUTY, "PAGER_KEY", "http://127.0.0.1:9/v2/enqueue")
    with pytest.raises(Unavailable):
        await Phones({"PAGER_KEY": KEY}).tell(Alert(spec, Word.TRIGGER, "x-1", TicketId("t-1")))


async def test_a_redirect_does_not_carry_the_key_elsewhere():
    async with service(pagerduty) as there:
        there.answers.append(307)
        spec = PagerSpec("phones", PagerKind.PAGERDUTY, "PAGER_KEY", there.at)
        with pytest.raises(Rejected):
            await Phones({"PAGER_KEY": KEY}).tell(Alert(spec, Word.TRIGGER, "x-1", TicketId("t-1")))
        assert len(there.bodies) == 1
