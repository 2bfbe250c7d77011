"""Refit the heads that ship: `python -m benchmarks.refit`, after any change to agent/examples/."""

from __future__ import annotations

import asyncio
import time

from agent import fit, heads
from agent.examples import lessons
from knowledge.embeddings import OnnxEmbedder


async def main() -> None:
    start = time.perf_counter()
    fitted = await fit.fit_all(lessons(), OnnxEmbedder())
    heads.save(fitted, fit.FITTED)
    print(f"fitted {len(fitted.by_name)} heads to {fitted.embedder} in {time.perf_counter() - start:.1f} s: {fitted.version}")


if __name__ == "__main__":
    asyncio.run(main())
