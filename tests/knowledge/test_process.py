"""Programs that are run within bounds."""

import asyncio
import fcntl
import sys

import pytest

from knowledge.repository.process import Bounds, run


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code)


@pytest.mark.parametrize(
    ("code", "bounds", "why"),
    [
        pytest.param("import time; time.sleep(60)", {"seconds": 0.3}, "takes longer", id="time"),
        pytest.param("while True: print('x' * 10000)", {"output": 100_000}, "writes more", id="output"),
        pytest.param("import time; open('big', 'wb').write(b'x' * 200_000); time.sleep(60)", {"disk": 100_000}, "on the disk", id="disk"),
    ],
)
async def test_a_program_beyond_its_bounds_is_stopped(tmp_path, code, bounds, why):
    code = code.replace("'big'", repr(str(tmp_path / "big")))
    done = await run(python(code), Bounds(tmp_path, **bounds), env={})
    assert why in done.stopped
    assert done.code < 0


async def test_what_a_program_started_dies_with_it(tmp_path):
    """Its child holds a lock for as long as it lives."""
    hold = f"held = open({str(tmp_path / 'lock')!r}, 'w'); fcntl.flock(held, fcntl.LOCK_EX); print('locked', flush=True)"
    child = f"import fcntl, time; {hold}; time.sleep(60)"
    code = f"import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', {child!r}], stdout=subprocess.PIPE).stdout.readline())"
    done = await run(python(code), Bounds(tmp_path), env={})
    assert b"locked" in done.output
    with (tmp_path / "lock").open() as lock:
        await asyncio.wait_for(asyncio.to_thread(fcntl.flock, lock, fcntl.LOCK_EX), 10)


async def test_a_program_gets_what_it_is_given(tmp_path):
    done = await run(
        python("import sys; print(sys.stdin.read().upper()); print('said', file=sys.stderr); sys.exit(3)"), Bounds(tmp_path), env={}, given=b"abc"
    )
    assert (done.code, done.output, done.said, done.stopped) == (3, b"ABC\n", "said\n", "")
