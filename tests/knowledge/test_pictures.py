"""Pictures: drawn anew in the sandbox, small, upright and silent about everything but what is seen."""

import base64
from collections.abc import Iterator

import pytest
from PIL import Image

from desk.errors import InvalidInput
from knowledge.formats.picture import LONGEST, MOST_BYTES, kind_of
from knowledge.formats.sandbox import Sandbox
from tests.knowledge import pictures


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    sandbox = Sandbox()
    yield sandbox
    sandbox.close()


@pytest.fixture
def drawn(sandbox):
    def draw(content: bytes):
        made = sandbox.picture(content)
        return made.media_type, base64.b64decode(made.data)

    return draw


KINDS = {form.lower(): pictures.saved(pictures.image(), form) for form in ("PNG", "JPEG", "GIF", "WEBP")}


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_kind_is_known_by_how_it_begins_and_is_drawn(kind, drawn):
    assert kind_of(KINDS[kind]) == kind
    media_type, content = drawn(KINDS[kind])
    assert media_type == "image/png"
    assert pictures.opened(content).size == (40, 20)


@pytest.mark.parametrize("content", [b"", b"RIFF", b"hello", b"BM\0\0", b"<svg/>", b"%PDF-1.7"], ids=str)
def test_what_begins_otherwise_is_no_picture(content):
    assert kind_of(content) is None


def test_what_a_picture_says_of_itself_is_left_behind(drawn):
    file = pictures.photo()
    assert b"taken at home" in file
    _, content = drawn(file)
    assert b"taken at home" not in content
    assert dict(pictures.opened(content).getexif()) == {}


def test_a_photo_that_lies_on_its_side_is_put_upright(drawn):
    assert pictures.opened(drawn(pictures.photo(40, 20))[1]).size == (20, 40)


def test_a_large_picture_becomes_as_large_as_a_model_looks_at(drawn):
    assert pictures.opened(drawn(pictures.png(3000, 1500))[1]).size == (LONGEST, LONGEST // 2)


def test_of_moving_pictures_the_first_is_shown(drawn):
    frames = [pictures.image(color=color) for color in ("red", "blue")]
    moving = pictures.saved(frames[0], "GIF", save_all=True, append_images=frames[1:])
    red, _, blue = pictures.opened(drawn(moving)[1]).convert("RGB").getpixel((0, 0))
    assert red > blue


def test_what_can_be_seen_through_stays_so(drawn):
    assert pictures.opened(drawn(pictures.saved(pictures.image(mode="RGBA", color=(1, 2, 3, 0))))[1]).mode == "RGBA"


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK", "I;16"])
def test_every_kind_of_color_is_drawn(mode, drawn):
    form = "JPEG" if mode == "CMYK" else "PNG"
    assert pictures.opened(drawn(pictures.saved(pictures.image(mode=mode), form))[1]).mode == "RGB"


def test_a_picture_that_stays_too_large_as_png_becomes_a_jpeg(drawn):
    noise = Image.merge("RGB", [Image.effect_noise((1500, 1500), 90) for _ in range(3)])
    media_type, content = drawn(pictures.saved(noise))
    assert (media_type, len(content) <= MOST_BYTES) == ("image/jpeg", True)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        pytest.param(pictures.saved(pictures.image(9000, 9000, mode="1")), "9000 x 9000 points: make it smaller", id="a bomb"),
        pytest.param(pictures.saved(pictures.image(20000, 20000, mode="1")), "broken", id="a bomb that the library refuses"),
        pytest.param(pictures.png(500, 500)[:90], "broken", id="cut in two"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + b"\xff" * 200, "broken", id="nonsense behind a sign"),
        pytest.param(b"\xff\xd8\xff" + b"\xff" * 200, "broken", id="nonsense behind another sign"),
        pytest.param(b"not at all", "broken", id="no picture"),
    ],
)
def test_a_picture_that_cannot_be_drawn_says_why_and_the_next_is_drawn(content, why, drawn, sandbox):
    drawn(pictures.png())
    with pytest.raises(InvalidInput, match=why):
        drawn(content)
    assert drawn(pictures.png())[0] == "image/png"
