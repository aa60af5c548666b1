"""How large a picture is when it is decoded, read from its header.

The formats are those that TensorFlow decodes, told apart as it tells them: by their first bytes. A BMP is
not among them, because it is never smaller than its pixels. What is a picture's beginning but tells no size
cannot be decoded either, and costs nothing.
"""

import re

from line_sim_serving.limits.pixels import ENDLESS, JPEG_XL, PictureSize, reckoned

MOST_STEPS = 100_000
"""Segments or blocks of a header that are looked at; one with more counts as endless."""

COEFFICIENTS = 6
"""Bytes of a pixel that a progressive JPEG's decoder keeps until the last scan."""

JPEG, PNG, GIF, RIFF = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8", b"RIFF"
XL = b"\xff\x0a", b"\x00\x00\x00\x0cJXL \r\n\x87\n"

BEGINNINGS = re.compile(
    rb"(?=\xff\xd8\xff|\x89PNG\r\n\x1a\n|GIF8[79]a|RIFF....WEBP|\x00\x00\x00\x0cJXL \r\n\x87\n)"
    rb"|(?<=\n[\x00-\x7f])(?=\xff\n)|(?<=[\x80-\xff][\x00-\x7f])(?=\xff\n)",
    re.DOTALL,
)
"""How a picture begins that stands somewhere in a string; JPEG XL's two bytes only behind a length."""

_SIZED = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_PROGRESSIVE = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
_BARE = frozenset({0x00, 0x01, *range(0xD0, 0xD9)})


def picture_size(content: bytes, at: int = 0) -> PictureSize | None:
    """Read the header of the picture that begins at a place; None: there is none, or it tells no size."""
    if content.startswith(JPEG, at):
        return _jpeg(content, at + 2)
    if content.startswith(PNG, at):
        return _png(content, at + 16)
    if content.startswith(GIF, at):
        return _gif(content, at + 6)
    if content.startswith(RIFF, at) and content.startswith(b"WEBP", at + 8):
        return _webp(content, at + 12)
    return JPEG_XL if content.startswith(XL, at) else None


def _jpeg(content: bytes, at: int) -> PictureSize | None:
    """Go from marker to marker as libjpeg does, which skips what is not one, to the frame's header."""
    for _ in range(MOST_STEPS):
        at = content.find(b"\xff", at)
        if at < 0:
            return None
        while content[at : at + 64] == _FILL:
            at += 64
        while content[at : at + 1] == b"\xff":
            at += 1
        marker = content[at : at + 1]
        if not marker or marker[0] in {0xD9, 0xDA}:  # it ends, or the pixels begin
            return None
        at += 1
        if marker[0] in _BARE:
            continue
        if marker[0] in _SIZED:
            if len(content) < at + 8:
                return None
            height, width = _big(content, at + 3, 2), _big(content, at + 5, 2)
            extra = COEFFICIENTS if marker[0] in _PROGRESSIVE else 0
            return reckoned(width, height, content[at + 7], extra=extra)
        at += max(2, _big(content, at, 2))
    return ENDLESS


_FILL = b"\xff" * 64


def _png(content: bytes, at: int) -> PictureSize | None:
    if len(content) < at + 10:
        return None
    width, height = _big(content, at, 4), _big(content, at + 4, 4)
    return reckoned(width, height, 4, depth=2 if content[at + 8] == 16 else 1)


def _gif(content: bytes, at: int) -> PictureSize | None:
    """Count the frames: each is kept, at the size of the screen or its own."""
    if len(content) < at + 7:
        return None
    width, height, frames = _little(content, at, 2), _little(content, at + 2, 2), 0
    at += 7 + _colour_table(content[at + 4])
    in_block = False
    for _ in range(MOST_STEPS):
        kind = content[at : at + 1]
        if in_block and kind:
            at += 1 + kind[0]
            in_block = kind != b"\0"
        elif kind == b"!":
            at += 2
            in_block = True
        elif kind == b"," and len(content) >= at + 10:
            frames += 1
            width, height = max(width, _little(content, at + 5, 2)), max(height, _little(content, at + 7, 2))
            at += 11 + _colour_table(content[at + 9])
            in_block = True
        else:
            return reckoned(width, height, 3, frames=max(1, frames))
    return ENDLESS


def _colour_table(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _webp(content: bytes, at: int) -> PictureSize | None:
    """Read the size from the first chunk: lossy, lossless, or extended."""
    kind, data = content[at : at + 4], content[at + 8 : at + 18]
    if len(data) < 10:
        return None
    if kind == b"VP8 ":
        return reckoned(_little(data, 6, 2) & 0x3FFF, _little(data, 8, 2) & 0x3FFF, 4)
    if kind == b"VP8L":
        bits = _little(data, 1, 4)
        return reckoned((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, 4)
    if kind == b"VP8X":
        frames = max(1, content.count(b"ANMF", at)) if data[0] & 2 else 1
        return reckoned(_little(data, 4, 3) + 1, _little(data, 7, 3) + 1, 4, frames=frames)
    return None


def _big(content: bytes, at: int, size: int) -> int:
    return int.from_bytes(content[at : at + size], "big")


def _little(content: bytes, at: int, size: int) -> int:
    return int.from_bytes(content[at : at + size], "little")
