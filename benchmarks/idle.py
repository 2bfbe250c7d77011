"""Idle: CPU that a server uses while nobody writes, with 10,000 chunks. Run with `python -m benchmarks.idle [SECONDS]`."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.serving import QUESTION, served, stock

SECONDS = 30.0
CALM_DOWN = 5.0
MOST = 0.03


def main(seconds: float) -> int:
    with tempfile.TemporaryDirectory(prefix="frontdesk-idle-") as folder:
        home = Path(folder)
        asyncio.run(stock(home))
        with served(home) as server:
            server.ask(QUESTION)
            time.sleep(CALM_DOWN)
            began, before = time.monotonic(), server.cpu()
            time.sleep(seconds)
            share = (server.cpu() - before) / (time.monotonic() - began)
    print(f"{share:.2%} of one core over {seconds:.0f} s (under {MOST:.0%})")
    return int(share >= MOST)


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS))
