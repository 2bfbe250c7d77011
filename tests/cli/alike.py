"""Alike: what of a story must be the same on every platform."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.cli.told import Told


def decided(story: Told) -> list[dict[str, Any]]:
    """Return what was decided, without what names a platform: ids, instants and versions."""
    kept = ("action", "would", "mode", "category", "confidence")
    return [{**{key: found[key] for key in kept}, "reasons": [reason["code"] for reason in found["reasons"]]} for found in story.decisions]


def ended(story: Told) -> list[dict[str, Any]]:
    """Return what became of each ticket."""
    kept = ("status", "containment", "attention", "owner", "customer", "account", "channel", "thread", "category")
    return [{**{key: found[key] for key in kept}, "level": found["priority"]["level"]} for found in story.tickets]


def heard(story: Told) -> list[tuple[Any, ...]]:
    """Return what customers were told, by purpose, place and people."""
    return sorted((post["purpose"], post["op"], post["channel_kind"], tuple(post["to"])) for post in story.bot())


def as_drawn(own: Callable[[Told], None], story: Told) -> None:
    """Hold a story to its own test, with or without what is bold on a platform alone."""
    try:
        own(story)
    except (AssertionError, LookupError, ValueError):
        own(replace(story, posts=[{**post, "text": post["text"].replace("**", "")} for post in story.posts]))
