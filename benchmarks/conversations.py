"""Conversations: a desk killed 50 times against a calm one. `python -m benchmarks.conversations [--conversations 200] [--kills 50] [--seed 1]`."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from tests.durability.conversations import Plan
from tests.durability.driver import Driver, Report, Weather
from tests.durability.outcome import Outcome, read_outcome

CALM = 7.0
"""At most so many seconds between two kills: on two cores the kills then span the whole conversation."""
SHOWN = 20


async def lived_through(home: Path, plan: Plan, weather: Weather) -> tuple[Report, Outcome]:
    home.mkdir()
    report = await Driver(home, plan, weather).run()
    return report, await read_outcome(home, report.events)


async def main(conversations: int, kills: int, seed: int) -> int:
    plan = Plan(conversations, seed=seed)
    with tempfile.TemporaryDirectory(prefix="frontdesk-kill-") as folder:
        told, calm = await lived_through(Path(folder, "calm"), plan, Weather())
        print(f"calm: {len(told.events)} events once, in order, in {told.seconds:.0f} s", flush=True)
        hit, storm = await lived_through(Path(folder, "storm"), plan, Weather(deliver=3, shuffle=True, kills=kills, calm=CALM, seed=seed))
    print(f"storm: {len(hit.events)} events, {hit.deliveries} deliveries in random order, {hit.kills} kill -9, in {hit.seconds:.0f} s")
    posts, decisions = (sum(map(len, kept.values())) for kept in (storm.posts, storm.decisions))
    print(f"{conversations} conversations, {len(storm.tickets)} tickets, {decisions} decisions, {posts} posts to customers")
    differences = storm.differences(calm)
    print(f"lost {len(storm.lost)}, said twice {len(storm.twice)}, out of order {len(storm.disordered)}, decided otherwise {len(storm.undecided)}")
    print(f"differences between the two: {len(differences)}")
    wrong = [*calm.wrong, *storm.wrong, *differences]
    print(*wrong[:SHOWN], sep="\n", end="")
    return len(wrong)


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    for name, value in (("conversations", 200), ("kills", 50), ("seed", 1)):
        options.add_argument(f"--{name}", type=int, default=value)
    sys.exit(asyncio.run(main(**vars(options.parse_args()))) > 0)
