"""Shapes that a request may name, checked before anything is made of them."""

import math
from collections.abc import Sequence

MOST_DIMENSIONS = 16
"""Of a tensor. TensorFlow's Python binding ends the process with SIGSEGV at a string tensor of 33; the rest
is room for what a graph adds."""

MOST_FILLED = 64 << 20
"""Bytes of a tensor that is written as one value to be repeated, and of what an empty tensor's other
dimensions would hold: 48 bytes on the wire must not ask for gigabytes."""


class LimitError(ValueError):
    """A shape beyond the limits; the text says which, and how large it may be."""


def checked_shape(shape: Sequence[int], itemsize: int) -> tuple[int, ...]:
    """Give a shape, of known sizes, that an array may have. Raises LimitError.

    The bytes that a full tensor takes are not limited here: they came over the wire.
    """
    if len(shape) > MOST_DIMENSIONS:
        raise LimitError(f"{len(shape)} dimensions, at most {MOST_DIMENSIONS} are read")
    if 0 in shape:  # no elements, but the runtime computes with the other dimensions
        others = math.prod(size for size in shape if size) * itemsize
        if others > MOST_FILLED:
            raise LimitError(f"an empty tensor whose other dimensions hold {others:,} bytes, at most {LIMIT}")
    return tuple(shape)


def check_filled(size: int, itemsize: int, values: int) -> None:
    """Refuse a tensor that would be made large by repeating its last value. Raises LimitError."""
    if size * itemsize > MOST_FILLED:
        raise LimitError(f"{values} values cannot stand for {size:,} of {itemsize} bytes, at most {LIMIT}")


LIMIT = f"{MOST_FILLED:,}"
