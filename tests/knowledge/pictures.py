"""Pictures for the tests, made by the library that reads them."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image

ORIENTATION, DESCRIPTION = 0x0112, 0x010E


def image(width: int = 40, height: int = 20, *, mode: str = "RGB", color: Any = None) -> Image.Image:
    """Return a picture of one color."""
    return Image.new(mode, (width, height), color if color is not None else 0)


def saved(picture: Image.Image, form: str = "PNG", **more: Any) -> bytes:
    """Return a picture as a file of a form."""
    file = io.BytesIO()
    picture.save(file, form, **more)
    return file.getvalue()


def png(width: int = 40, height: int = 20) -> bytes:
    """Return a small PNG."""
    return saved(image(width, height))


def photo(width: int = 40, height: int = 20, *, turned: int = 6, said: str = "taken at home") -> bytes:
    """Return a JPEG that says where it was taken and that it lies on its side."""
    exif = Image.Exif()
    exif[ORIENTATION], exif[DESCRIPTION] = turned, said
    return saved(image(width, height), "JPEG", exif=exif)


def opened(content: bytes) -> Image.Image:
    """Return a file as a picture."""
    return Image.open(io.BytesIO(content))
