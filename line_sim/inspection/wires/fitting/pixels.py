"""A picture as the tensor of numbers that a network takes which does not decode it.

A decoded picture has 256 levels a channel, so what each level becomes is reckoned once, for a table. That
keeps the way of a picture short, and above all that of REST's text: 268,203 numbers for one of 299 x 299.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from line_sim.inspection.wires.classes import shape_text
from line_sim.inspection.wires.fitting.tensors import FLOAT, UINT8, TensorKind
from line_sim.scenario.gateways.asking.pixels import LARGEST_SIDE, Channels, Resize
from line_sim.units import counted

LAYOUTS: dict[str, np.dtype[Any]] = {FLOAT: np.dtype("<f4"), UINT8: np.dtype("u1")}
"""The types that pixels are sent in, and their raw form: little-endian."""

_CHANNELS: dict[Channels, int] = {"rgb": 3, "bgr": 3, "grey": 1}
_LAST_LEVEL = 255
_OPEN = (-1, 1)
"""Sizes that a batch of one picture may have there: any, or one."""


@dataclass(frozen=True, slots=True)
class Pixels:
    """How a picture is prepared: levels 0 to 255 go from `low` to `high`, less `mean`, through `std`.

    `size` is (height, width), None: the model says it. `channels` None: grey where the model takes one, else
    rgb. `mean` and `std` have a number for each channel, in the order in which they are sent.
    """

    low: float
    high: float
    size: tuple[int, int] | None = None
    channels: Channels | None = None
    resize: Resize = "bilinear"
    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class PixelForm:
    """How a model's input takes pictures: as pixels of this type, size and order of channels.

    `values` has what each level becomes, a row for each channel, and `texts` the same for JSON, with the
    brackets of a pixel. Making a tensor raises PictureError where a picture cannot be decoded.
    """

    dtype: str
    size: tuple[int, int]
    channels: Channels
    resize: Resize
    values: NDArray[Any] = field(compare=False)
    texts: tuple[tuple[str, ...], ...] = field(compare=False, repr=False)

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """The shape of one picture's tensor: one, rows, columns, channels."""
        return (1, *self.size, len(self.values))

    def content(self, jpeg: bytes) -> bytes:
        """Return a picture as the raw content of a tensor."""
        return self._tensor(jpeg).tobytes()

    def json(self, jpeg: bytes) -> str:
        """Return a picture as nested lists of JSON, every number as short as its type allows."""
        rows = (_row(self.texts, row.tobytes()) for row in self._levels(jpeg).reshape(self.size[0], -1))
        return f"[[{', '.join(rows)}]]"

    @property
    def words(self) -> str:
        """As an error's text shows it: `pixels, DT_FLOAT of shape [1, 224, 224, 3], rgb`."""
        return f"pixels, {self.dtype} of shape {shape_text(self.shape)}, {self.channels}"

    def _tensor(self, jpeg: bytes) -> NDArray[Any]:
        levels = self._levels(jpeg)
        made = np.empty(levels.shape, self.values.dtype)
        for place, channel in enumerate(self.values):
            made[..., place] = channel[levels[..., place]]
        return made

    def _levels(self, jpeg: bytes) -> NDArray[np.uint8]:
        from line_sim.pictures.files.pixels import levels_of  # noqa: PLC0415 - only who decodes loads Pillow

        levels = levels_of(jpeg, *self.size, len(self.values), self.resize)
        return levels[..., ::-1] if self.channels == "bgr" else levels


def pixel_form(pixels: Pixels, kind: TensorKind | None) -> PixelForm:
    """Return how a model's input takes pixels; None: the model does not say of which kind it is.

    Raises ValueError, with the way out, where it takes none.
    """
    told = kind or TensorKind(FLOAT)
    if told.dtype not in LAYOUTS:
        raise ValueError(
            f"is {told}, and pixels are {' or '.join(LAYOUTS)}: leave pixels out to send the JPEG itself"
        )
    height, width, depth = _sizes(told)
    size = _size(pixels, told, height, width)
    if max(size) > LARGEST_SIDE:
        raise ValueError(f"is {told}, and a side may have at most {LARGEST_SIDE:,} pixels")
    channels = pixels.channels or ("grey" if depth == 1 else "rgb")
    if depth not in {-1, _CHANNELS[channels]}:
        raise ValueError(
            f"is {told}, and a picture of the channels {channels} has {_CHANNELS[channels]} of them: "
            "see pixels.channels"
        )
    values = _table(pixels, told.dtype, channels)
    texts = tuple(_cells(channel, place, len(values)) for place, channel in enumerate(values))
    return PixelForm(told.dtype, size, channels, pixels.resize, values, texts)


def _sizes(kind: TensorKind) -> tuple[int, int, int]:
    """Return height, width and channels of a batch of one, -1 for what is open."""
    shape = (-1, -1, -1, -1) if kind.shape is None else kind.shape
    if len(shape) != 4 or shape[0] not in _OPEN or shape[3] not in {-1, 1, 3}:
        raise ValueError(
            f"is {kind}, and pixels are sent as [1, height, width, channels] with 3 channels or 1: export "
            "the model with such an input"
        )
    return shape[1], shape[2], shape[3]


def _size(pixels: Pixels, kind: TensorKind, height: int, width: int) -> tuple[int, int]:
    if pixels.size is None:
        if height < 1 or width < 1:
            raise ValueError(f"is {kind}, which leaves the size open: say pixels.size, [height, width]")
        return height, width
    if height not in {-1, pixels.size[0]} or width not in {-1, pixels.size[1]}:
        raise ValueError(f"is {kind}, and pixels.size is {shape_text(pixels.size)}: leave it out")
    return pixels.size


def _table(pixels: Pixels, dtype: str, channels: Channels) -> NDArray[Any]:
    """Return what each of the 256 levels becomes, a row for each channel."""
    depth, plain = _CHANNELS[channels], (pixels.low, pixels.high) == (0, _LAST_LEVEL)
    if dtype == UINT8 and not (plain and not pixels.mean and not pixels.std):
        raise ValueError(
            f"is {UINT8}, which holds whole levels: say pixels: {{range: 0..255}}, without mean and std"
        )
    step = (pixels.high - pixels.low) / _LAST_LEVEL
    levels = pixels.low + step * np.arange(_LAST_LEVEL + 1, dtype=np.float64)
    rows = [
        (levels - mean) / std
        for mean, std in zip(
            _for_each("mean", pixels.mean or (0.0,), depth),
            _for_each("std", pixels.std or (1.0,), depth),
            strict=True,
        )
    ]
    return np.array(rows).astype(LAYOUTS[dtype])


def _for_each(key: str, numbers: Sequence[float], depth: int) -> Sequence[float]:
    """Return a number for each channel; one alone is for all of them."""
    if len(numbers) not in {1, depth}:
        raise ValueError(f"takes {counted(depth, 'channels')}, and pixels.{key} has {len(numbers)} numbers")
    return tuple(numbers) * (depth // len(numbers))


def _cells(channel: NDArray[Any], place: int, depth: int) -> tuple[str, ...]:
    """Return the text of each level, with the brackets of a pixel around its first and last channel."""
    before, after = "[" if place == 0 else "", "], " if place == depth - 1 else ", "
    return tuple(f"{before}{_text(value)}{after}" for value in channel)


def _text(value: Any) -> str:
    """Write a number as short as its type allows; in JSON both `1.0` and `1e-05` are numbers."""
    return np.format_float_positional(value, trim="0") if value.dtype.kind == "f" else str(value)


def _row(texts: Sequence[Sequence[str]], levels: bytes) -> str:
    """Write a row of pixels."""
    depth = len(texts)
    columns = [map(text.__getitem__, levels[place::depth]) for place, text in enumerate(texts)]
    return f"[{''.join(chain.from_iterable(zip(*columns, strict=True)))[:-2]}]"
