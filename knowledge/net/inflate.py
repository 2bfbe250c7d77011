"""Inflating: compressed bytes unpacked up to a limit, however small they came."""

from __future__ import annotations

import zlib

from knowledge.net.links import Refused

WINDOWS = {"gzip": 31, "x-gzip": 31, "deflate": 15}
"""The window that zlib wants for each encoding; 16 more stand for the gzip header."""
PLAIN = ("", "identity")
RAW = -15


class Inflater:
    """Unpacks what comes in pieces and never holds more than `most` bytes of it; raises Refused beyond."""

    def __init__(self, encoding: str, *, most: int) -> None:
        self._encoding = encoding.strip().lower()
        self._left = most
        self._most = most
        if self._encoding not in PLAIN and self._encoding not in WINDOWS:
            raise Refused(f"it is encoded as {encoding!r}, which was not asked for")
        self._window = WINDOWS.get(self._encoding, 0)
        self._unpacker = zlib.decompressobj(self._window) if self._window else None

    def feed(self, piece: bytes) -> bytes:
        """Return what a piece unpacks to."""
        found = self._unpacked(piece) if self._unpacker else piece
        self._left -= len(found)
        if self._left < 0:
            raise Refused(f"it has more than {self._most / 1_000_000:.1f} MB unpacked")
        return found

    def _unpacked(self, piece: bytes) -> bytes:
        assert self._unpacker is not None
        try:
            # One byte more than is left tells "just enough" from "too much" without unpacking the rest.
            return self._unpacker.decompress(piece, self._left + 1)
        except zlib.error as error:
            if self._window != WINDOWS["deflate"]:
                raise Refused(f"it is not {self._encoding} as it says") from error
        # Some servers send bare deflate without the zlib header that the standard asks for.
        self._window, self._unpacker = RAW, zlib.decompressobj(RAW)
        try:
            return self._unpacker.decompress(piece, self._left + 1)
        except zlib.error as error:
            raise Refused("it is not deflate as it says") from error


def gunzip(data: bytes, *, most: int) -> bytes:
    """Unpack a .gz file; raise Refused when it is none or has more than `most` bytes."""
    return Inflater("gzip", most=most).feed(data)
