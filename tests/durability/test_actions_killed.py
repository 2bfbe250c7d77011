"""A desk that is killed at every point of doing something for a customer does it at most once, and says that it was done only when it was."""

import asyncio
import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


async def lives(folder: Path, story: str, *, step: int = 1) -> list[dict]:
    """Return what became of a desk for each point at which it was killed, the last one of a desk that nobody killed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.durability.acting", str(folder), story, "1", str(step),
        cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()[-3000:]
    return [json.loads(line) for line in out.decode().splitlines()]


def wrong(life: dict) -> list[str]:
    """Return everything that no desk may end with."""
    (status,) = life["runs"] or ["none"]
    told = {
        "the call was made more than once": life["calls"] > 1,
        "it says that it was done and nobody did it": life["answers"] > life["calls"],
        "it was done and nothing was said": status == "done" and life["answers"] != 1,
        "nobody knows and no person came": status == "unknown" and (life["answers"], life["handed_over"]) != (0, 1),
        f"it ended {status}": status not in ("done", "unknown"),
        "the customer read something twice": any(count > 1 for count in life["posts"].values()),
        "an event was given up": bool(life["failed"]),
        "a decision is another now": bool(life["undecided"]),
    }
    return [f"killed at {life['at']}: {sentence}" for sentence, holds in told.items() if holds]


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("story", "step", "least"),
    [
        pytest.param("auto", 1, 30, id="alone, at every point"),
        pytest.param("confirmed", 3, 12, id="after its customer confirmed, at every third point"),
        pytest.param("approved", 3, 12, id="after a teammate approved, at every third point"),
    ],
)
async def test_whenever_it_is_killed_it_is_done_at_most_once_and_told_only_when_it_was(tmp_path, story, step, least):
    ended = await lives(tmp_path, story, step=step)
    assert [sentence for life in ended for sentence in wrong(life)] == []
    assert sum(life["killed"] for life in ended) >= least
    assert not ended[-1]["killed"]
    unknown = [life["at"] for life in ended if life["runs"] == ["unknown"]]
    # Only between taking a run and hearing what became of it is its fate unknown: a few points in a row.
    assert unknown == list(range(unknown[0], unknown[-1] + 1, step))
    assert len(unknown) <= 4
