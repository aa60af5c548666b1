"""What a picture of so many pixels takes when it is decoded for a network."""

from dataclasses import dataclass

FLOAT = 4
"""Bytes of a colour of a pixel once a network has it: float32, beside the bytes that the decoder gives."""


@dataclass(frozen=True, slots=True)
class PictureSize:
    """Width, height and frames in pixels, and the bytes that decoding takes."""

    width: int
    height: int
    decoded: int
    frames: int = 1
    name: str = ""

    def __str__(self) -> str:
        """Write it as a person says it."""
        if self.name:
            return self.name
        frames = f", {self.frames:,} frames" if self.frames > 1 else ""
        return f"a picture of {self.width:,} x {self.height:,} pixels{frames}"


UNTOLD = 1 << 62
"""Bytes of a picture that is not decoded, because its header does not tell what that would take."""

ENDLESS = PictureSize(0, 0, UNTOLD, name="a picture whose header has no end")
JPEG_XL = PictureSize(0, 0, UNTOLD, name="a picture in JPEG XL")
"""Fifteen bytes may hold a thousand million pixels, in thousands of channels; TensorFlow Serving has none."""


def reckoned(
    width: int, height: int, colours: int, *, depth: int = 1, extra: int = 0, frames: int = 1
) -> PictureSize:
    """Reckon what is decoded: of `depth` bytes a colour, and `extra` a pixel.

    A network has three colours made of one, and each becomes a float32.
    """
    pixel = max(3, colours) * (depth + FLOAT) + extra
    return PictureSize(width, height, width * height * frames * pixel, frames)
