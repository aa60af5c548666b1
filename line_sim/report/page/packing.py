"""Whole numbers packed small for the page: differences as bytes of seven bits, then base64.

A run of 10,000 parts has some 100,000 moments; as decimal text they would take megabytes.
"""

import base64
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from line_sim.recording.run_columns import IntArray
from line_sim.units import MICROSECOND


def pack(columns: Sequence[IntArray]) -> str:
    """Return rows of numbers of at least 0 as text: row by row, little end first (LEB128), in base64.

    Raises ValueError for a negative number.
    """
    numbers = np.stack(columns, axis=1).ravel() if columns else np.zeros(0, dtype=np.int64)
    if len(numbers) and int(numbers.min()) < 0:
        raise ValueError(f"{int(numbers.min())} cannot be packed; it must be at least 0")
    return base64.b64encode(_octets(numbers).tobytes()).decode("ascii")


def _octets(numbers: IntArray) -> npt.NDArray[np.uint8]:
    """Return the bytes of numbers: first the lowest seven bits of each, then the next of what has more."""
    length = np.ones(len(numbers), dtype=np.int64)
    for bits in range(7, int(numbers.max(initial=0)).bit_length(), 7):
        length += numbers >> bits > 0
    octets = np.empty(int(length.sum()), dtype=np.uint8)
    place, rest = np.cumsum(length) - length, numbers
    while len(rest):
        goes_on = rest > 0x7F
        octets[place] = (rest & 0x7F) | np.where(goes_on, 0x80, 0)
        place, rest = place[goes_on] + 1, rest[goes_on] >> 7
    return octets


def steps(values: IntArray) -> IntArray:
    """Return the differences from one value to the next, the first from 0."""
    return np.diff(values, prepend=np.int64(0))


def signed(values: IntArray) -> IntArray:
    """Fold numbers of either sign into numbers of at least 0: 0, -1, 1, -2 become 0, 1, 2, 3."""
    return np.where(values >= 0, 2 * values, -2 * values - 1)


def microseconds(times: IntArray) -> IntArray:
    """Return times of whole nanoseconds as whole microseconds, finer than any screen."""
    return times // MICROSECOND
