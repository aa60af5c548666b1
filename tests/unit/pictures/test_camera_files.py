"""What industrial cameras write is sent as a person sees it, or is refused by name."""

import io
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from camera_files import (
    ORIENTATION,
    CameraFile,
    camera_files,
    colour_jpeg,
    deep,
    deep_png,
    differ,
    encoded,
    exif,
    grey_jpeg,
    scene,
    squeezed,
    turned_jpeg,
)
from hypothesis import given, settings
from PIL import Image

from line_sim.errors import PictureError
from line_sim.pictures.files.sending import prove, read_proven, sendable
from line_sim.pictures.folder import PictureFolder

LOSS = 5
"""A JPEG of quality 95 is off by less than this, as the mean of a small picture's samples."""


@settings(deadline=None, max_examples=200)
@given(camera_files)
def test_what_is_sent_is_what_a_person_sees(file: CameraFile) -> None:
    """Whatever its mode, depth, orientation and container, and a file that is sent is proven readable."""
    prove(file.content)
    with Image.open(io.BytesIO(sendable(file.content))) as sent:
        assert sent.format == "JPEG"
        assert sent.mode in {"L", "RGB"}
        assert sent.getexif().get(ORIENTATION, 1) == 1
        assert differ(np.asarray(sent), file.seen) < LOSS


@pytest.mark.parametrize("file", [grey_jpeg(1), colour_jpeg(2), colour_jpeg(3, progressive=True)], ids=repr)
def test_an_ordinary_jpeg_is_sent_byte_by_byte(file: CameraFile) -> None:
    """To encode it again would cost quality; also where EXIF says that it is upright."""
    assert sendable(file.content) == file.content
    upright = encoded(Image.fromarray(file.seen), "JPEG", exif=exif(1))
    assert sendable(upright) == upright


@pytest.mark.parametrize("bits", [10, 12, 14, 16])
def test_the_bits_are_the_fewest_that_hold_the_brightest_sample(bits: int) -> None:
    """A 12-bit camera's picture is not black, and one of 16 bits not bleached; grey stays grey."""
    with Image.open(io.BytesIO(sendable(deep(5, 1, bits, "PNG").content))) as sent:
        assert sent.mode == "L"
        low, high = sent.getextrema()
    assert isinstance(low, int)
    assert isinstance(high, int)
    assert low < 16
    assert high > 240


def test_deep_colours_keep_all_their_bits() -> None:
    """12 bits of RGB in 16, of which Pillow alone reads the upper 8, so 4: a ramp keeps its 256 steps."""
    ramp = np.tile(np.arange(4096)[None, ::16, None], (8, 1, 3))
    ramp[0, 0] = 4095
    with Image.open(io.BytesIO(sendable(deep_png(ramp)))) as sent:
        steps = np.asarray(sent)[4, :, 0].astype(int)
    assert np.abs(steps - np.arange(256)).max() <= 3


def test_one_colour_of_16_bits_may_be_transparent() -> None:
    """A grey and an RGB PNG with a tRNS: what has that very colour shows the paper."""
    grey = scene(3, 1, 2**16)
    key = int(grey[5, 5, 0])
    with Image.open(io.BytesIO(sendable(deep_png(grey, tRNS=struct.pack(">H", key))))) as sent:
        assert sent.getpixel((5, 5)) > 200  # type: ignore[operator] # of one band, it is a number
    colour = scene(3, 3, 2**16)
    colour[4:8, 4:8] = colour[5, 5]
    content = deep_png(colour, tRNS=struct.pack(">HHH", *colour[5, 5].tolist()))
    with Image.open(io.BytesIO(sendable(content))) as sent:
        assert min(sent.getpixel((5, 5))) > 200  # type: ignore[arg-type,type-var] # of three


def refusals() -> list[tuple[str, bytes, str]]:
    """Return files that nobody can show without being told more, with words of the refusal."""
    grey = Image.fromarray(squeezed(scene(1, 1)).astype(np.uint8))
    numbers = Image.fromarray(squeezed(scene(1, 1, 5000)).astype(np.float32))
    signed = Image.fromarray((squeezed(scene(1, 1, 5000)) - 100).astype(np.int32))
    pages: dict[str, Any] = {"save_all": True, "append_images": [grey.point(lambda value: 255 - value)]}
    ten_bits = encoded(grey, "TIFF").replace(
        b"\x02\x01\x03\0\x01\0\0\0\x08\0", b"\x02\x01\x03\0\x01\0\0\0\x0a\0"
    )
    return [
        ("animated GIF", encoded(grey, "GIF", **pages), "2 pages or frames"),
        ("animated PNG", encoded(grey, "PNG", **pages), "2 pages or frames"),
        ("animated WebP", encoded(grey, "WEBP", **pages), "2 pages or frames"),
        ("TIFF of two pages", encoded(grey, "TIFF", **pages), "save each by itself"),
        ("real numbers", encoded(numbers, "TIFF"), "not all within 0 (black) and 1 (white)"),
        ("negative samples", encoded(signed, "TIFF"), "reach from -100 to 4899"),
        ("CIELAB", encoded(Image.new("LAB", (8, 8)), "TIFF"), "its colours are CIELAB"),
        ("packed 10 bits", ten_bits, "a damaged TIFF, or one of a kind that cannot be read"),
        ("JPEG 2000", encoded(grey, "JPEG2000"), "its content is no JPEG, PNG, TIFF, BMP, WebP or GIF"),
        ("text", b"taken on a Tuesday", "its content is no JPEG"),
        ("nothing", b"", "its content is no JPEG"),
    ]


@pytest.mark.parametrize(("kind", "content", "words"), refusals(), ids=[kind for kind, *_ in refusals()])
def test_what_cannot_be_shown_is_refused_by_name(kind: str, content: bytes, words: str) -> None:
    """Several pictures in one file, numbers without a white, rare colours and packings."""
    for refusing in (prove, sendable):
        with pytest.raises(PictureError) as refused:
            refusing(content)
        assert words in str(refused.value)


def test_a_phone_s_jpeg_with_a_second_picture_behind_is_one_jpeg() -> None:
    """Its first picture is what every viewer shows; the file is sent as it is (Pillow calls it MPO)."""
    first = Image.fromarray(scene(1, 3).astype(np.uint8))
    content = encoded(first, "MPO", save_all=True, append_images=[first.rotate(180)])
    prove(content)
    assert sendable(content) == content


def test_damaged_exif_does_not_turn_a_picture() -> None:
    """Viewers show it as it is stored, and so it is sent as it is."""
    content = turned_jpeg(4, 6).content
    at = content.index(b"Exif\0\0") + 6
    damaged = content[:at] + b"XX" + content[at + 2 :]
    assert sendable(damaged) == damaged


@pytest.mark.parametrize(
    "file", [colour_jpeg(2), turned_jpeg(3, 6), deep(4, 1, 12, "PNG"), deep(5, 1, 10, "TIFF")], ids=repr
)
def test_every_way_in_sends_the_same(file: CameraFile, tmp_path: Path) -> None:
    """A run's folder, `classify`, and the export that a model is fitted by."""
    from line_sim_export.pictures.labelled_folder import looked_at

    for state in ("good", "defective"):
        (tmp_path / state).mkdir()
        (tmp_path / state / "1.jpg").write_bytes(file.content)  # it is the content that counts
    path = tmp_path / "good" / "1.jpg"
    item, reason = looked_at(path, "good", tmp_path)
    assert reason is None
    sent = sendable(file.content)
    assert PictureFolder(tmp_path, seed=1).picture(1, "good", "") == sent
    assert (read_proven(path), item.read()) == (sent, sent)
