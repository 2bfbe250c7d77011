"""Pictures: what a stranger sent, drawn anew, so that nothing but what is seen of it goes on."""

from __future__ import annotations

import base64
import io
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desk.errors import InvalidInput

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_PIXELS = 40_000_000
"""Beyond what any screen or telephone takes; four bytes each while it is drawn."""
LONGEST = 1568
"""Pixels of the longer side that a model looks at; what is larger is made smaller before it reads it anyway."""
MOST_BYTES = 3_500_000
"""Of a picture that was drawn anew; APIs take 5 MB, a third of which their letters cost."""
QUALITY = 85
SIGNS = {"png": b"\x89PNG\r\n\x1a\n", "jpeg": b"\xff\xd8\xff", "gif": b"GIF8"}
FORMATS = ("PNG", "JPEG", "GIF", "WEBP")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture as the sandbox hands it out: `media_type`, and its bytes in base64."""

    media_type: str
    data: str


def kind_of(content: bytes) -> str | None:
    """Return what kind of picture bytes are by how they begin (png, jpeg, gif, webp), None for anything else."""
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "webp"
    return next((kind for kind, sign in SIGNS.items() if content.startswith(sign)), None)


def read(content: bytes) -> Drawn:
    """Return a picture's first frame, upright, at most as large as a model looks at, without what its file says of place, camera and author.

    Only the sandbox may call this. Raise InvalidInput for what is no picture, too large, or broken.
    """
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise InvalidInput(f"the picture has {opened.width} x {opened.height} points: make it smaller")
            opened.draft("RGB", (LONGEST, LONGEST))  # A JPEG can be decoded at a fraction of its size; the others ignore this.
            return _drawn(_plain(ImageOps.exif_transpose(opened)))
    except (SyntaxError, struct.error, Image.DecompressionBombError) as error:
        raise InvalidInput("the picture is broken") from error


def _plain(picture: Image) -> Image:
    """Return the points of a picture and nothing else, in few enough of them."""
    see_through = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
    bare = picture.convert("RGBA" if see_through else "RGB")
    bare.info.clear()
    bare.thumbnail((LONGEST, LONGEST))
    return bare


def _drawn(picture: Image) -> Drawn:
    """Write a picture as PNG, in which letters stay sharp, or as JPEG where that would be too much."""
    content = _written(picture, "PNG")
    if len(content) <= MOST_BYTES:
        return Drawn("image/png", base64.b64encode(content).decode())
    return Drawn("image/jpeg", base64.b64encode(_written(_on_white(picture), "JPEG")).decode())


def _written(picture: Image, form: str) -> bytes:
    file = io.BytesIO()
    picture.save(file, form, **({"quality": QUALITY} if form == "JPEG" else {}))
    return file.getvalue()


def _on_white(picture: Image) -> Image:
    from PIL import Image

    if picture.mode != "RGBA":
        return picture
    ground = Image.new("RGBA", picture.size, "white")
    ground.alpha_composite(picture)
    return ground.convert("RGB")
