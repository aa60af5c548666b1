"""Whole numbers packed small for the page: differences as bytes of seven bits, then base64.

A run of 10,000 parts has some 100,000 moments; as decimal text they would take megabytes.
"""

import base64
from collections.abc import Sequence

import numpy as np

from line_sim.recording.run_columns import IntArray
from line_sim.units import MICROSECOND

_MOST_BYTES = 9  # seven bits each: every whole number a column can hold, or a browser count exactly


def pack(columns: Sequence[IntArray]) -> str:
    """Return rows of numbers of at least 0 as text: row by row, little end first (LEB128), in base64.

    Raises ValueError for a negative number.
    """
    numbers = np.stack(columns, axis=1).ravel() if columns else np.zeros(0, dtype=np.int64)
    if len(numbers) and int(numbers.min()) < 0:
        raise ValueError(f"{int(numbers.min())} cannot be packed; it must be at least 0")
    shifts = 7 * np.arange(_MOST_BYTES, dtype=np.int64)
    parts = numbers[:, None] >> shifts
    needed = np.maximum((parts > 0).sum(axis=1), 1)
    place = np.arange(_MOST_BYTES)
    goes_on = place < (needed - 1)[:, None]
    octets = (parts & 0x7F) | np.where(goes_on, 0x80, 0)
    return base64.b64encode(octets[place < needed[:, None]].astype(np.uint8).tobytes()).decode("ascii")


def steps(values: IntArray) -> IntArray:
    """Return the differences from one value to the next, the first from 0."""
    return np.diff(values, prepend=np.int64(0))


def signed(values: IntArray) -> IntArray:
    """Fold numbers of either sign into numbers of at least 0: 0, -1, 1, -2 become 0, 1, 2, 3."""
    return np.where(values >= 0, 2 * values, -2 * values - 1)


def microseconds(times: IntArray) -> IntArray:
    """Return times of whole nanoseconds as whole microseconds, finer than any screen."""
    return times // MICROSECOND
