"""Alike: what of a story must be the same on every platform."""

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any

from tests.cli.areas import own_test
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


def hold_alike(name: str, there: Told, here: Told, *, otherwise: Collection[str], heard_otherwise: Collection[str]) -> None:
    """Hold a story that was told on a platform to the workspace's, and to its own test where every word of it holds there."""
    assert decided(there) == decided(here)
    assert ended(there) == ended(here)
    if name not in heard_otherwise:
        assert heard(there) == heard(here)
    own = own_test(name)
    if own and name not in otherwise:
        as_drawn(own, there)
