"""Prompting: the prompts in `agent/prompts/*.md`, read once, versioned by their content."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "prompts"
HEADING = re.compile(r"^## (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt: its whole text, its sections by the words of their headings (`## tier enterprise`), and the hash of its content."""

    name: str
    text: str
    sections: Mapping[str, str]
    hash: str

    def section(self, heading: str) -> str:
        """Return a section's text, "" where there is none of this heading."""
        return self.sections.get(heading.lower(), "")

    def headed(self, heading: str) -> str:
        """Return a section under its heading; raise KeyError where there is none."""
        return f"## {heading.capitalize()}\n\n{self.sections[heading]}"


@cache
def prompt(name: str) -> Prompt:
    """Return a prompt by the name of its file; raise FileNotFoundError for one that does not ship."""
    text = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    parts = HEADING.split(text)
    sections = {heading.strip().lower(): body.strip() for heading, body in zip(parts[1::2], parts[2::2], strict=True)}
    return Prompt(name, text.strip(), sections, hashlib.blake2b(text.encode(), digest_size=6).hexdigest())


def version(*prompts: Prompt) -> str:
    """Return one hash for several prompts."""
    return hashlib.blake2b("".join(p.hash for p in prompts).encode(), digest_size=6).hexdigest()
