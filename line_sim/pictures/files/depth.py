"""More than eight bits a sample: read whole, and brought to eight by the bits that the picture uses.

Industrial cameras put 10, 12 or 14 bits into 16 and, in most formats, do not say so. Shown as 16 bits such
a picture is nearly black. So the bits are those that the file states where it does, else the fewest of
`DEPTHS` that hold its brightest sample; the upper eight of them are shown.
"""

import io
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFile, TiffImagePlugin

from line_sim.errors import PictureError
from line_sim.pictures.files.decoding import opened
from line_sim.pictures.files.headers import rawmode_of

T = TypeVar("T", bound=np.generic)
Samples: TypeAlias = npt.NDArray[np.uint16]
"""Some rows of a picture, (rows, width, channels)."""

DEPTHS = (10, 12, 14, 16)
FULL = 2**16 - 1

AT_ONCE = 2**22
"""Samples that are in numpy's hands at a time: the rest stays in Pillow's, which is closer packed."""

BITS_PER_SAMPLE, PHOTOMETRIC, MAX_SAMPLE_VALUE = 258, 262, 281  # TIFF's tags
WHITE_IS_ZERO = 0

OTHER_HALF = {"16B": "16L", "16L": "16B", "16N": "16B" if np.little_endian else "16L"}
"""Pillow reads the upper byte of a colour's 16 bits; told the other order of bytes, the lower one."""


class Deep(NamedTuple):
    """A picture of 16-bit samples: `rows` reads some of them, `bits` are those that the file states."""

    size: tuple[int, int]
    rows: Callable[[int, int], Samples]
    bits: int | None


def bands(
    size: tuple[int, int], rows: Callable[[int, int], npt.NDArray[T]]
) -> Iterator[tuple[int, npt.NDArray[T]]]:
    """Give a picture in bands of some rows, each with its first row's number."""
    width, height = size
    step = max(1, AT_ONCE // width)
    for top in range(0, height, step):
        yield top, rows(top, min(top + step, height))


def deep(content: bytes) -> Deep | None:
    """Return a picture's samples where they have more than eight bits, else None; within `decoding`."""
    picture = opened(io.BytesIO(content))
    rawmode = rawmode_of(picture)
    if picture.mode.startswith("I"):
        return _grey(picture)
    if rawmode.startswith("LA;16"):  # PNG's, and Pillow would read the upper bytes only
        return _grey_with_alpha(_loaded(picture, "RGBA"))
    if rawmode.startswith(("RGB;16", "RGBA;16", "RGBX;16")):
        other = opened(io.BytesIO(content))
        kind, order = rawmode.split(";")
        return _colour(picture, _loaded(other, f"{kind};{OTHER_HALF[order]}"))
    if ";16" in rawmode and not rawmode.startswith("BGR"):  # BMP's 16 bits are those of a whole pixel
        raise PictureError(f"16 bits a sample are taken of grey and RGB, not of {rawmode}")
    return None


def bits_of(brightest: int) -> int:
    """Return the fewest bits of `DEPTHS` that hold a sample."""
    return next(bits for bits in DEPTHS if brightest < 2**bits)


def eight_bits(samples: Samples, bits: int) -> npt.NDArray[np.uint8]:
    """Return the upper eight of so many bits."""
    return (samples >> (bits - 8)).astype(np.uint8)


def _grey(picture: Image.Image) -> Deep:
    """Read grey samples, signed ones where none is negative."""
    picture.load()
    least, most = _range(picture)
    if least < 0 or most > FULL:
        raise PictureError(f"its samples reach from {least} to {most}; they must lie within 0 and {FULL}")
    tags: Any = picture.tag_v2 if isinstance(picture, TiffImagePlugin.TiffImageFile) else {}
    bits = _stated(tags, most)
    turned = tags.get(PHOTOMETRIC) == WHITE_IS_ZERO
    if turned and bits is None:
        bits = 16  # of what is turned, the darkest sample is the largest
    clear = picture.info.get("transparency")

    def rows(top: int, bottom: int) -> Samples:
        grey = band_of(picture, top, bottom).astype(np.uint16)[..., None]
        if turned:
            grey = (2 ** (bits or 16) - 1) - grey
        return grey if clear is None else _with_alpha(grey, grey != clear)

    return Deep(picture.size, rows, bits)


def _range(picture: Image.Image) -> tuple[int, int]:
    """Return the least and the largest sample; Pillow itself tells them of some byte orders only."""
    ends = [(band.min(), band.max()) for _, band in bands(picture.size, partial(band_of, picture))]
    return int(min(least for least, _ in ends)), int(max(most for _, most in ends))


def _stated(tags: Any, most: int) -> int | None:
    """Return the bits that a TIFF's tags state, None where they state all 16 or less than there is."""
    largest = tags.get(MAX_SAMPLE_VALUE)
    largest = largest[0] if isinstance(largest, tuple) else largest
    if isinstance(largest, int) and max(most, 2**8) <= largest < FULL:
        return largest.bit_length()
    packed = tags.get(BITS_PER_SAMPLE, (16,))[0] if tags else 16
    return int(packed) if 8 < packed < 16 else None


def _grey_with_alpha(bytewise: Image.Image) -> Deep:
    def rows(top: int, bottom: int) -> Samples:
        samples: Samples = np.ascontiguousarray(band_of(bytewise, top, bottom)).view(">u2").astype(np.uint16)
        return samples

    return Deep(bytewise.size, rows, None)


def _colour(upper: Image.Image, lower: Image.Image) -> Deep:
    upper.load()
    clear = upper.info.get("transparency")

    def rows(top: int, bottom: int) -> Samples:
        high, low = band_of(upper, top, bottom), band_of(lower, top, bottom)
        samples: Samples = (high.astype(np.uint16) << 8) | low
        if clear is None:
            return samples
        return _with_alpha(samples, np.any(samples != np.array(clear, np.uint16), axis=2, keepdims=True))

    return Deep(upper.size, rows, None)


def _with_alpha(samples: Samples, shown: npt.NDArray[np.bool_]) -> Samples:
    return np.concatenate([samples, np.where(shown, np.uint16(FULL), np.uint16(0))], axis=2)


def band_of(picture: Image.Image, top: int, bottom: int) -> npt.NDArray[Any]:
    """Return some rows of a picture that is decoded."""
    return np.asarray(picture.crop((0, top, picture.width, bottom)))


def _loaded(picture: Image.Image, rawmode: str) -> Image.Image:
    """Decode a picture that is unpacked in another way; Pillow keeps its mode."""
    assert isinstance(picture, ImageFile.ImageFile)  # noqa: S101 - for the type checker: it comes from a file
    picture.tile = [
        tile._replace(args=(rawmode, *tile[3][1:]) if isinstance(tile[3], tuple) else rawmode)
        for tile in picture.tile
    ]
    picture.load()
    return picture
