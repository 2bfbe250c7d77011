"""Minds: who classifies, answers and sums up, with a language model where there is one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from agent.advisor import ModelAdvisor
from agent.alarm import Alarm
from agent.extractive import ExtractiveAnswerer
from agent.loop import ModelAnswerer
from agent.metered import Metered
from agent.model_triage import ModelTriager
from agent.shelf import Shelf
from agent.summary import ModelSummarizer
from agent.sureness import load
from agent.triage import LocalTriager
from desk.answering import Answerer, Summarizer, Triager
from desk.inquiry import Advisor
from desk.library import Embedder
from desk.ports import PolicySource


@dataclass(frozen=True, slots=True)
class Minds:
    """What this package gives the desk. Without a model, everything is decided on this machine and quoted."""

    triager: Triager
    answerer: Answerer
    summarizer: Summarizer
    advisor: Advisor
    metered: Metered | None = None
    alarm: Alarm | None = None

    def written(self, metered: Metered, alarm: Alarm, embedder: Embedder, *, policy: PolicySource, shelf: Shelf, measured: Path) -> Minds:
        """Return them with a model in front; what is here now serves when the model cannot. `measured` holds what its word at triage is worth."""
        assert isinstance(self.triager, LocalTriager), "only the local classifier stands behind the model"
        assert isinstance(self.answerer, ExtractiveAnswerer), "only who quotes stands behind the model"
        triager = ModelTriager(self.triager, metered, policy, shelf=shelf, sureness=load(measured))
        return Minds(triager, ModelAnswerer(self.answerer, metered, embedder), ModelSummarizer(metered), ModelAdvisor(metered), metered, alarm)
