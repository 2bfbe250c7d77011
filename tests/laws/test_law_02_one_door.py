"""Law 2: a customer hears the bot through `handlers/act.py` only, which performs an action and commits its decision with the ticket."""

import ast
from dataclasses import replace
from pathlib import Path

import pytest

from desk.changes import Enqueue, RecordDecision, SaveTicket, write
from desk.ids import EventId, OutboxId
from desk.timeline import Purpose
from tests.world import world

HANDLERS = Path(__file__).parents[2] / "handlers"
BEHIND_THE_DOOR = {"act", "answering", "ending", "performing", "say"}
SAYS = {"post", "answer", "tell_privately"}
"""What in `say` makes a post that a customer reads, but for the whispered answer to their own click."""


def calls(module):
    """Return the calls `name.attribute(...)` of a module."""
    tree = ast.parse((HANDLERS / f"{module}.py").read_text())
    found = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    return {(f.value.id, f.attr) for f in found if isinstance(f, ast.Attribute) and isinstance(f.value, ast.Name)}


def modules():
    """Return the modules of handlers by name, commands included."""
    return sorted(str(path.relative_to(HANDLERS)).removesuffix(".py") for path in HANDLERS.rglob("*.py") if path.stem != "__init__")


@pytest.mark.parametrize("module", [module for module in modules() if module not in BEHIND_THE_DOOR])
def test_no_other_module_makes_what_a_customer_reads(module):
    assert {attribute for name, attribute in calls(module) if name == "say"}.isdisjoint(SAYS)


def test_nobody_reaches_a_platform_but_the_outbox():
    sends = {module for module in modules() if {("chat", "send"), ("chat", "edit"), ("chat", "delete")} & calls(module)}
    assert sends == {"outbox"}


async def test_the_decision_is_committed_with_the_ticket_and_the_post(w):
    await w.asks("ina", "When does my refund arrive?")
    (answer,) = w.posts(Purpose.ANSWER)
    (spoken,) = [changes.writes for _, changes in w.store.committed if Enqueue(answer) in changes.writes]
    assert {RecordDecision, SaveTicket} <= {type(x) for x in spoken}


async def test_a_post_without_a_decision_would_be_noticed_in_every_world_of_the_suite(tmp_path):
    with pytest.raises(AssertionError, match="nobody decided"):
        await _told(tmp_path, _smuggles)


async def test_a_decision_that_decides_otherwise_would_be_noticed_too(tmp_path):
    with pytest.raises(AssertionError, match="decides otherwise"):
        await _told(tmp_path, _forges)


async def test_whatever_the_bot_does_or_leaves_undone_is_a_decision(w):
    asked = await w.asks("ina", "When does my refund arrive?")
    await w.asks("ina", "thanks", under=asked)
    await w.clicks("noor", "Take over")
    await w.asks("ina", "unsure: more refund?", under=asked)
    assert await w.decisions() == ["reply", "ignore", "stand_by"]
    assert all(decision.reasons for decision in await w.all_decisions())


async def _told(tmp_path, story):
    async with world(tmp_path) as w:
        await w.asks("ina", "When does my refund arrive?")
        await story(w)


async def _smuggles(w):
    post = replace(w.posts(Purpose.ANSWER)[0], id=OutboxId("o-smuggled"))
    await w.store.commit(EventId("smuggled"), write(Enqueue(post)), at=w.clock.now())


async def _forges(w):
    (decision,) = await w.all_decisions()
    forged = replace(decision, id="d-forged", facts=replace(decision.facts, held=True))
    await w.store.commit(EventId("forged"), write(RecordDecision(forged)), at=w.clock.now())
