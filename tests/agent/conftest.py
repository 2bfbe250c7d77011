"""The real embedder and the shipped heads, loaded once for all tests of the agent."""

import asyncio
import tomllib
from pathlib import Path

import pytest

from agent.fit import ready
from agent.triage import LocalTriager
from desk.policy import Triage
from knowledge.embeddings import OnnxEmbedder

ROOT = Path(__file__).parents[2]
POLICY = tomllib.loads((ROOT / "policy.toml").read_text(encoding="utf-8"))
TOLD = POLICY["triage"]
THRESHOLDS = Triage(**{**TOLD, "categories": tuple(TOLD["categories"]), "order": tuple(TOLD["order"])})


@pytest.fixture(scope="session")
def embedder():
    return OnnxEmbedder()


@pytest.fixture(scope="session")
def heads(embedder, tmp_path_factory):
    return asyncio.run(ready(embedder, tmp_path_factory.mktemp("heads")))


@pytest.fixture(scope="session")
def triager(embedder, heads):
    return LocalTriager(embedder, heads, THRESHOLDS)
