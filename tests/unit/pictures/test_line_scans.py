"""Large line scans: taken up to limits of our own, looked up in the header, and within a bounded memory."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from commands import PEAK_KB
from PIL import Image

from line_sim.errors import PictureError
from line_sim.pictures.files.headers import LONGEST_SIDE, MOST_MEMORY, MOST_PIXELS, refuse

MEASURED = f"""
import json, sys
from line_sim.errors import PictureError
from line_sim.pictures.files.disk import content_of
from line_sim.pictures.files.sending import prove, sendable
from pathlib import Path

def peak():
    return {PEAK_KB}

before = peak()
try:
    content = content_of(Path(sys.argv[1]))
    prove(content)
    said = len(sendable(content))
except PictureError as error:
    said = str(error)
print(json.dumps([said, (peak() - before) * 1024]))
"""


def measured(path: Path) -> tuple[int | str, int]:
    """Return what a process of its own makes of a file, and how much its memory grew by it at most."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, str(path)], capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    said, grown = json.loads(done.stdout)
    return said, grown


def line_scan(path: Path, mode: str, size: tuple[int, int], **options: object) -> Path:
    """Write an even picture."""
    colours = {"L": 90, "I;16": 2000, "RGB": (90, 91, 92)}
    Image.new(mode, size, colours[mode]).save(path, **options)
    return path


@pytest.mark.slow
@pytest.mark.parametrize("size", [(12288, 8192), (16384, 12000)])
def test_a_line_scan_is_sent_as_it_is(tmp_path: Path, size: tuple[int, int]) -> None:
    """101 and 197 million pixels: no alarm of Pillow's, and a memory of far less than the pixels."""
    path = line_scan(tmp_path / "scan.jpg", "L", size, quality=30)
    said, grown = measured(path)
    assert said == path.stat().st_size
    assert grown < 40e6


@pytest.mark.slow
@pytest.mark.parametrize(("mode", "form"), [("I;16", "png"), ("I;16", "tif"), ("L", "png"), ("RGB", "png")])
def test_the_memory_of_a_conversion_is_bounded(tmp_path: Path, mode: str, form: str) -> None:
    """100 million pixels take no more than the header foretells, the file's bytes, and a band in numpy."""
    path = line_scan(tmp_path / f"scan.{form}", mode, (12500, 8000))
    said, grown = measured(path)
    assert isinstance(said, int)
    a_pixel = {"L": 2, "I;16": 6, "RGB": 8}[mode]
    assert grown < 100e6 * a_pixel + 3 * path.stat().st_size + 150e6
    assert 100e6 * a_pixel < MOST_MEMORY


def header(mode: str, size: tuple[int, int], form: str = "PNG") -> Image.Image:
    """Return a picture of which there is a header only."""
    picture = Image.new(mode, (1, 1))
    picture.format = form
    picture._size = size
    return picture


@pytest.mark.parametrize(
    ("picture", "words"),
    [
        (header("L", (20_001, 20_000)), f"at most {MOST_PIXELS:,} are taken"),
        (header("L", (70_000, 10)), f"has at most {LONGEST_SIDE:,} a side"),
        (header("RGBA", (16_000, 16_000)), "takes 3.8 GiB to read, and 2 GiB are allowed"),
    ],
)
def test_limits_are_told_in_our_words(picture: Image.Image, words: str) -> None:
    """Each says how large the picture is, and what is allowed."""
    with pytest.raises(PictureError, match=r"it has .* x .* pixels") as refused:
        refuse(picture)
    assert words in str(refused.value)


def test_what_is_within_the_limits_is_taken() -> None:
    """400 megapixels of grey in an ordinary JPEG; 268 of RGB to convert."""
    refuse(header("L", (20_000, 20_000), "JPEG"))
    refuse(header("RGB", (16_384, 16_384)))


def test_a_bomb_costs_nothing(tmp_path: Path) -> None:
    """A few bytes whose header says billions of pixels are refused by the header alone."""
    small = line_scan(tmp_path / "small.png", "L", (8, 8)).read_bytes()
    bomb = small[:16] + (2**31 - 1).to_bytes(4) * 2 + small[24:]
    path = tmp_path / "bomb.png"
    import struct
    import zlib

    path.write_bytes(bomb[:29] + struct.pack(">I", zlib.crc32(bomb[12:29])) + bomb[33:])
    said, grown = measured(path)
    assert isinstance(said, str)
    assert f"at most {MOST_PIXELS:,} are taken" in said
    assert grown < 20e6
