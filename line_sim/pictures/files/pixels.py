"""A JPEG decoded and brought to the size that a network looks at, as levels of 0 to 255."""

import io
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from line_sim.pictures.files.decoding import decoding, opened
from line_sim.scenario.gateways.asking.pixels import Resize

Levels: TypeAlias = NDArray[np.uint8]
"""A picture as levels: rows, columns, channels."""

_RESIZE: dict[Resize, Image.Resampling] = {
    "bilinear": Image.Resampling.BILINEAR,
    "nearest": Image.Resampling.NEAREST,
    "bicubic": Image.Resampling.BICUBIC,
}


def levels_of(jpeg: bytes, height: int, width: int, channels: int, resize: Resize) -> Levels:
    """Decode a picture to RGB (3 channels) or grey (1), stretched to this size.

    Raises PictureError where it cannot be decoded.
    """
    with decoding():
        picture = opened(io.BytesIO(jpeg)).convert("L" if channels == 1 else "RGB")
        if picture.size != (width, height):
            picture = picture.resize((width, height), _RESIZE[resize])
    return np.asarray(picture).reshape(height, width, channels)
