"""Vectors as the library keeps them: little-endian float32 bytes."""

from __future__ import annotations

import struct
from collections.abc import Sequence


def packed(vector: Sequence[float]) -> bytes:
    """Return a vector as bytes, four a dimension."""
    return struct.pack(f"<{len(vector)}f", *vector)


def unpacked(content: bytes) -> list[float]:
    """Return the vector that `packed` wrote."""
    return list(struct.unpack(f"<{len(content) // 4}f", content))
