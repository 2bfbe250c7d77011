"""Replies: who waits is answered first, each once, and nobody by a token that died."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.discord.carried import Carried
from bot.discord.refs import channel_ref, user_ref
from bot.discord.replies import Replies
from desk.space import Place
from tests.fakes import FakeClock

ANA = user_ref("1", "7")
HERE = Place(channel_ref("1", "20"))


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def replies(tmp_path: Path, clock: FakeClock) -> AsyncIterator[Replies]:
    carried = await Carried.open(tmp_path / "discord.db", clock)
    yield Replies(carried, clock)
    await carried.close()


async def remember(replies: Replies, *tokens: str, waits: bool) -> None:
    for token in tokens:
        await replies.remember(ANA, HERE, application="9", token=token, waits=waits)


async def test_those_who_wait_are_answered_in_turn_and_once(replies: Replies) -> None:
    await remember(replies, "first", "second", waits=True)
    taken = [await replies.take(ANA, HERE) for _ in range(3)]

    assert [(reply.token, reply.waits) for reply in taken if reply] == [("first", True), ("second", True), ("second", False)]


async def test_a_press_is_answered_by_a_message_of_its_own_as_often_as_needed(replies: Replies) -> None:
    await remember(replies, "pressed", waits=False)
    one, two = await replies.take(ANA, HERE), await replies.take(ANA, HERE)

    assert one == two
    assert one is not None
    assert (one.application, one.token, one.waits) == ("9", "pressed", False)


async def test_the_answer_to_a_command_takes_the_place_of_what_says_that_it_comes(replies: Replies) -> None:
    await remember(replies, "asked", waits=True)
    reply = await replies.take(ANA, HERE)

    assert reply is not None
    assert reply.waits


async def test_nobody_is_answered_by_a_token_that_died(replies: Replies, clock: FakeClock) -> None:
    await remember(replies, "old", waits=True)
    clock.advance(minutes=15)

    assert await replies.take(ANA, HERE) is None


async def test_nobody_is_answered_elsewhere_or_in_somebody_elses_stead(replies: Replies) -> None:
    await remember(replies, "hers", waits=True)

    assert await replies.take(ANA, Place(channel_ref("1", "20"), "21")) is None
    assert await replies.take(user_ref("1", "8"), HERE) is None


async def test_a_token_that_discord_refuses_is_not_tried_again(replies: Replies) -> None:
    await remember(replies, "old", "new", waits=False)
    await replies.forget(ANA, HERE, "new")
    left = await replies.take(ANA, HERE)

    assert left is not None
    assert left.token == "old"


async def test_a_restart_forgets_no_token(tmp_path: Path, clock: FakeClock) -> None:
    first = await Carried.open(tmp_path / "discord.db", clock)
    await Replies(first, clock).remember(ANA, HERE, application="9", token="kept", waits=True)
    await first.close()
    second = await Carried.open(tmp_path / "discord.db", clock)
    reply = await Replies(second, clock).take(ANA, HERE)
    await second.close()

    assert reply is not None
    assert reply.token == "kept"


async def test_what_follows_at_once_waits_until_discord_was_answered(replies: Replies) -> None:
    async with replies.answering(ANA, HERE, application="9", token="asked", waits=True):
        early = asyncio.create_task(replies.take(ANA, HERE))
        await asyncio.wait([early], timeout=0.05)
        assert not early.done()
    reply = await early

    assert reply is not None
    assert reply.token == "asked"


async def test_a_token_whose_first_answer_was_refused_is_forgotten(replies: Replies) -> None:
    with pytest.raises(OSError, match="refused"):
        async with replies.answering(ANA, HERE, application="9", token="asked", waits=True):
            raise OSError("refused")

    assert await replies.take(ANA, HERE) is None
