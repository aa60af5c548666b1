"""What the pictures among a request's strings cost to decode, whatever they are wrapped in."""

import binascii
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from line_sim_serving.limits.picture_sizes import BEGINNINGS, picture_size
from line_sim_serving.limits.pixels import PictureSize

STRING = 64
"""Bytes of a string beside its own: Python's object, TensorFlow's, and what points to them."""

PER_PICTURE = 20 << 20
"""Bytes that a network takes for one picture of a batch beside its pixels: 17.5 MB of an InceptionV3."""

_BASE64 = re.compile(rb"/9j/|_9j_|iVBORw0KGgo|R0lGOD|UklGR|/w[o-r]|_w[o-r]|AAAADEpYTCA")
"""How pictures begin in base64, of either alphabet."""

_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_EXAMPLE = 0x0A
"""The first byte of a serialised tf.Example: the tag of its features."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Bytes that something takes, and what takes the most of them (empty: nothing in particular)."""

    size: int
    what: str = ""


def strings_cost(strings: Iterable[bytes], enough: int) -> Cost:
    """Reckon what the pictures among strings cost, and name the largest; stops where it is `enough`."""
    size, pictures, largest = 0, 0, None
    for string in strings:
        if size > enough:
            break
        for picture in pictures_in(string):
            size += PER_PICTURE + picture.decoded
            pictures += 1
            if largest is None or picture.decoded > largest.decoded:
                largest = picture
    if largest is None:
        return Cost(size)
    return Cost(size, str(largest) if pictures == 1 else f"{pictures:,} pictures, the largest {largest}")


def pictures_in(string: bytes) -> Iterator[PictureSize]:
    """Give the picture that a string is, as it is or in base64, or those that a tf.Example holds."""
    if not string:
        return
    if string[0] == _EXAMPLE:
        found = (picture_size(string, match.start()) for match in BEGINNINGS.finditer(string))
        yield from filter(None, found)
        return
    size = picture_size(_decoded(string) if _BASE64.match(string) else string)
    if size is not None:
        yield size


def _decoded(text: bytes) -> bytes:
    try:
        whole = text[: len(text) // 4 * 4]
        return binascii.a2b_base64(whole.translate(_URL_SAFE))
    except binascii.Error:
        return b""
