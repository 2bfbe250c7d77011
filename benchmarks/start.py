"""Start: seconds from the command to a page that answers, and memory, with 10,000 chunks. Run with `python -m benchmarks.start`."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path
from statistics import median

from benchmarks.serving import CHUNKS, QUESTION, served, stock

ROUNDS = 3
MOST_SECONDS = 5.0
MOST_MEMORY = 700.0


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="frontdesk-start-") as folder:
        home = Path(folder)
        asyncio.run(stock(home))
        with served(home) as server:
            print(f"first start, which ingests the demo's articles: {server.ready:.1f} s", flush=True)
            server.ask(QUESTION)
        seconds, sizes = [], []
        for n in range(ROUNDS):
            with served(home) as server:
                seconds.append(server.ready)
                begun = server.memory()
                server.ask(QUESTION, who=f"visitor-{n}")
                sizes.append(server.memory())
                print(f"ready in {seconds[-1]:.2f} s with {begun:.0f} MB; {sizes[-1]:.0f} MB after an answer", flush=True)
    start, most = median(seconds), max(sizes)
    print(f"{CHUNKS} chunks: median start {start:.2f} s (under {MOST_SECONDS:.0f}), most memory {most:.0f} MB (under {MOST_MEMORY:.0f})")
    return int(start >= MOST_SECONDS or most >= MOST_MEMORY)


if __name__ == "__main__":
    sys.exit(main())
