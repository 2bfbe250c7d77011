"""A world in each mode, for every test of this folder."""

from tests.world import drafting, observing, w

__all__ = ["drafting", "observing", "w"]
