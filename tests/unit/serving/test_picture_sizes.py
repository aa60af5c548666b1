"""What a picture is when it is decoded is read from its header, however it is wrapped."""

import base64
import io
import random

import pytest
from hostile import gif_header, jpeg_of, png_header
from hypothesis import given, settings
from hypothesis import strategies as st
from line_sim_serving.limits.picture_sizes import picture_size
from line_sim_serving.limits.strings import PER_PICTURE, pictures_in, strings_cost
from PIL import Image

WRITTEN = [
    ("jpeg", "RGB", {}),
    ("jpeg", "L", {"progressive": True}),
    ("jpeg", "CMYK", {}),
    ("jpeg", "RGB", {"exif": b"Exif\0\0" + bytes(60_000), "icc_profile": bytes(200_000)}),
    ("png", "L", {}),
    ("png", "RGBA", {}),
    ("png", "I;16", {}),
    ("gif", "P", {}),
    ("webp", "RGB", {}),
    ("webp", "RGBA", {"lossless": True}),
]


def written(form: str, mode: str, size: tuple[int, int], **options: object) -> bytes:
    """Write a picture as Pillow does."""
    content = io.BytesIO()
    Image.new(mode, size).save(content, form, **options)
    return content.getvalue()


@pytest.mark.parametrize(("form", "mode", "options"), WRITTEN)
@given(st.integers(1, 400), st.integers(1, 400))
@settings(deadline=None, max_examples=40)
def test_sizes_are_those_that_were_written(form: str, mode: str, options: dict, width: int, height: int):
    """Bare, in base64 of either alphabet, and in a message that begins as a tf.Example does."""
    picture = written(form, mode, (width, height), **options)
    wraps = [picture, base64.b64encode(picture), base64.urlsafe_b64encode(picture), b"\n\x05\n\x03" + picture]
    for wrapped in wraps:
        first = next(pictures_in(wrapped))
        assert (first.width, first.height) == (width, height)
        assert first.decoded >= width * height * 15


def test_what_is_no_picture_costs_nothing():
    """Text that begins as a BMP, and the beginning of pictures that go no further."""
    for string in (b"", b"BMW", b"GIF8", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF1234WEBP", b"x" * 99):
        assert list(pictures_in(string)) == []
    assert strings_cost([b"text"] * 1000, enough=1 << 40).size == 0


def test_every_picture_counts():
    """A network takes more for one than its pixels: 400 JPEGs of 343 bytes took 8.8 GB."""
    cost = strings_cost([jpeg_of(8, 8)] * 400, enough=1 << 40)
    assert cost.size >= 400 * PER_PICTURE
    assert cost.what == "400 pictures, the largest a picture of 8 x 8 pixels"


def test_frames_count_and_progressive_pictures_take_more():
    """All frames of a GIF are kept, all coefficients of a progressive JPEG."""
    still, moving = picture_size(gif_header(100, 100, 1)), picture_size(gif_header(100, 100, 50))
    assert moving.decoded == 50 * still.decoded
    plain, progressive = (written("jpeg", "RGB", (64, 64), progressive=flag) for flag in (False, True))
    assert picture_size(progressive).decoded > picture_size(plain).decoded


def test_jpeg_xl_is_named():
    """TensorFlow 2.21 decodes it, and its header does not tell what that takes."""
    for picture in (b"\xff\x0a\xff\xff\xff", b"\0\0\0\x0cJXL \r\n\x87\n"):
        assert str(picture_size(picture)) == "a picture in JPEG XL"


def test_a_header_without_an_end_is_named():
    """25 million empty segments are not gone through."""
    assert (
        str(picture_size(b"\xff\xd8\xff" + b"\xe0\0\2\xff" * 1_000_000))
        == "a picture whose header has no end"
    )


@pytest.mark.parametrize(
    "picture",
    [written("jpeg", "RGB", (9, 9)), png_header(9, 9), gif_header(9, 9, 3), written("webp", "RGB", (9, 9))],
)
def test_damaged_pictures_are_read_or_not(picture: bytes):
    """Whatever three bytes are changed, and wherever it is cut."""
    dice = random.Random(7)  # noqa: S311 - nonsense, not secrets
    for _ in range(2000):
        damaged = bytearray(picture)
        for _ in range(3):
            damaged[dice.randrange(len(damaged))] = dice.randrange(256)
        list(pictures_in(bytes(damaged[: dice.randrange(len(damaged) + 1)])))
