"""Status: the mode, what is paused, what waits, and what does not answer, in a few lines."""

from datetime import timedelta

import pytest

from tests.handlers.told import told


def rows(w):
    return dict(line.split(": ", 1) for line in told(w).splitlines()[1:])


async def test_when_all_is_well_it_says_so(w):
    await w.commands("noor", "status")
    assert told(w).splitlines() == [
        "Status   all is well",
        "Mode: auto",
        "Paused: nothing",
        "Waiting: nothing; 0 open tickets",
        "Language model: ok",
        "Knowledge: ok",
        "Customer record: ok",
        "Local: ok",
        "Agents channel: ok, #agents",
    ]


async def test_it_counts_what_waits_and_since_when(w):
    await w.asks("ina", "unsure: my refund?")
    await w.wait(minutes=30)
    await w.commands("noor", "status")
    assert rows(w)["Waiting"] == "1 ticket for the team, 1 draft, the oldest draft for 30 min; 1 open ticket"


async def test_it_says_what_is_paused_and_until_when_and_not_what_was(w):
    await w.commands("ada", "pause #community for 2h")
    await w.commands("ada", "pause category billing")
    await w.commands("ada", "pause #mentions for 1m")
    await w.wait(minutes=5)
    await w.commands("noor", "status")
    assert rows(w)["Paused"] == "category billing until somebody resumes it and #community until 12:00"


async def test_it_says_how_many_modes_there_are_beside(w):
    await w.commands("ada", "mode draft billing")
    await w.commands("noor", "status")
    assert rows(w)["Mode"] == "auto, and 1 rule beside it (`/frontdesk mode`)"


@pytest.mark.parametrize(
    ("system", "row", "says"),
    [
        pytest.param("crm", "Customer record", "down: crm is unavailable", id="the customer record"),
        pytest.param("knowledge", "Knowledge", "down: ", id="the search"),
    ],
)
async def test_what_is_down_is_said(w, monkeypatch, system, row, says):
    from desk.errors import Unavailable

    if system == "crm":
        w.crm.down = True
    else:

        async def version():
            raise Unavailable("kb")

        monkeypatch.setattr(w.knowledge, "version", version)
    await w.commands("noor", "status")
    assert told(w).startswith("Status   something needs a look")
    assert rows(w)[row].startswith(says)


async def test_what_does_not_answer_is_not_waited_for(w, monkeypatch):
    import asyncio

    async def version():
        await asyncio.Event().wait()

    monkeypatch.setattr(w.knowledge, "version", version)
    monkeypatch.setattr("handlers.commands.status.PATIENCE", 0.01)
    await w.commands("noor", "status")
    assert rows(w)["Knowledge"] == "does not answer within 0.01 s"


async def test_a_model_that_was_down_within_the_hour_is_said(w):
    w.answerer.down = True
    await w.asks("ina", "When does my refund arrive?")
    await w.commands("noor", "status")
    assert rows(w)["Language model"] == "down for 1 of 1 decision within the hour"
    w.clock.at += timedelta(hours=2)
    w.answerer.down = False
    await w.settle()


async def test_an_agents_channel_that_others_can_read_is_said(w):
    w.chat.internal.clear()
    await w.commands("noor", "status")
    assert rows(w)["Agents channel"] == "down: others can read #agents, so I post nothing there"


async def test_it_is_for_the_team(w):
    await w.commands("ina", "status", where="community")
    assert "You need no command here" in told(w)
