"""Columns of numbers to rows of CSV text. Nothing here knows what the columns are about.

A text is a code: its place in a list of texts, which are bytes already, quoted where they must be.
"""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from line_sim.compiled.code.entry import Entry

Bytes: TypeAlias = npt.NDArray[np.uint8]
Integers: TypeAlias = npt.NDArray[np.int64]

NUMBER, TIME, TEXT = range(3)
"""What a column holds: whole numbers, nanoseconds that are written as seconds with nine places, texts."""

WIDEST_NUMBER = 22
"""Bytes of the longest number or time with what follows it."""

_write_rows = Entry("line_sim.compiled.writing", "write_rows", 11)


def write_rows(
    columns: Integers, kinds: Integers, texts: Bytes, starts: Integers, first: int, room: Bytes, widest: int
) -> tuple[int, int]:
    """Write rows from the row `first` on into `room`, as many as find place there.

    For each column, shape [columns, rows], `kinds` has what it holds, and the number at which its field is
    empty. Text number n is the bytes of `texts` from `starts[n]` to `starts[n + 1]`: every code must have
    one. No row is longer than `widest`. All arrays are in one piece. Returns the first row that was not
    written, and how many bytes were.
    """
    written = np.zeros(1, np.int64)
    where = (each.ctypes.data for each in (columns, kinds, texts, starts, room, written))
    columns_at, kinds_at, texts_at, starts_at, room_at, written_at = where
    row = _write_rows(
        *(columns_at, columns.shape[1], kinds_at, len(kinds), texts_at, starts_at, first),
        *(room_at, len(room), widest, written_at),
    )
    return row, int(written[0])
