"""A whole desk that has something done by a company's own system, over the wire."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

import tomlkit

from bootstrap import open_runtime
from bot.web.log import messages
from bot.web.rooms import local_channel, local_user
from cli.play.clock import ControlledClock
from cli.seeding import enroll
from desk.answering import Answerer
from desk.cards import plain
from desk.selfservice import ActionRequest
from desk.space import Place
from runtime import Runtime, Wrappers
from settings import read_settings
from tests.durability.conversations import Plan
from tests.durability.driver import START
from tests.handlers.self_service import SAYS, asking
from tests.support.endpoint import Endpoint, endpoint
from tests.world import ScriptedAnswerer

KEY = "topsecret-key"


def declared(address: str) -> dict:
    """Return a policy with one action at this address."""
    parameters = [{"name": "integration", "kind": "choice", "choices": ["bank feed"]}, {"name": "user", "kind": "identity", "source": "user"}]
    restart = {"name": "restart", "when": "it is stuck", "says": SAYS, "run": address, "secret": "ACTIONS_KEY", "timeout": "2s"}
    return {"modes": {"default": "auto"}, "actions": [{**restart, "trust": "none", "audience": "public", "parameters": parameters}]}


@asynccontextmanager
async def desk(home: Path, there: Endpoint, *, background: bool = False) -> AsyncIterator[Runtime]:
    """Open a desk whose answers ask for the action."""
    home.mkdir()
    (home / "policy.toml").write_text(tomlkit.dumps(declared(there.url)))
    clock = ControlledClock(home / "clock", start=START)
    there.now = START.timestamp()
    answerer = ScriptedAnswerer(instead=asking(ActionRequest("restart", (("integration", "bank feed"),))))
    wrap = Wrappers(answerer=lambda _: cast(Answerer, answerer))
    async with open_runtime(read_settings(home=home), wrap=wrap, clock=clock, background=background) as runtime:
        await enroll(runtime, Plan(1).cast(START), at=START)
        await runtime.workspace.say(local_user("Customer 0"), Place(local_channel("community 0")), "My bank feed is stuck, please restart it.")
        await runtime.settle()
        clock.move(START.replace(second=50))
        yield runtime


async def said(runtime: Runtime) -> list[str]:
    """Return what stands of the bot's."""
    return [plain(entry.card) for entry in await runtime.workspace.log.run(lambda db: messages(db, "m.author IS NULL")) if entry.card]


async def test_the_other_side_can_verify_the_call_and_the_customer_hears_of_it_after_it(tmp_path, monkeypatch):
    monkeypatch.setenv("ACTIONS_KEY", KEY)
    async with endpoint(key=KEY) as there, desk(tmp_path / "home", there) as runtime:
        await runtime.settle()
        (posted,) = there.posted
        assert there.refused == []
        assert posted.json["parameters"] == {"integration": "bank feed", "user": "local/main/customer-0"}
        assert any(text.startswith(SAYS) for text in await said(runtime))


async def test_a_desk_at_work_does_it_as_soon_as_it_was_decided(tmp_path, monkeypatch):
    monkeypatch.setenv("ACTIONS_KEY", KEY)
    async with endpoint(key=KEY) as there, desk(tmp_path / "home", there, background=True) as runtime:
        runtime.services.bells.ring()
        async with asyncio.timeout(20):
            await there.arrived.wait()
        # The runner works beside this test: what it hands over during the first look is waited for by the second.
        await runtime.settle()
        await runtime.settle()
        assert len(there.posted) == 1
        assert any(text.startswith(SAYS) for text in await said(runtime))


async def test_a_side_that_never_answers_leaves_an_unknown_fate_and_a_person(tmp_path, monkeypatch):
    async def hangs(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(60)

    monkeypatch.setenv("ACTIONS_KEY", KEY)
    async with endpoint(key=KEY, answers=[hangs]) as there, desk(tmp_path / "home", there) as runtime:
        await runtime.settle()
        assert [run.status for run in await runtime.services.store.runs()] == ["unknown"]
        assert len(there.posted) == 1
        assert not any(text.startswith(SAYS) for text in await said(runtime))
        assert any("A person of our team has this now" in text for text in await said(runtime))


async def test_without_its_key_nothing_is_sent(tmp_path, monkeypatch):
    monkeypatch.delenv("ACTIONS_KEY", raising=False)
    async with endpoint(key=KEY) as there, desk(tmp_path / "home", there) as runtime:
        await runtime.settle()
        assert there.posted == []
        assert [run.result for run in await runtime.services.store.runs()] == [
            "the environment variable ACTIONS_KEY is not set: it holds the key that this call is signed with"
        ]
