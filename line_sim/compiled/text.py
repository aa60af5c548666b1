"""Fields of rows to rows of CSV text. Nothing here knows what the fields are about.

A text is a code: its place in a list of texts, which are bytes already, quoted where they must be.
"""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from line_sim.compiled.code.entry import Entry

Bytes: TypeAlias = npt.NDArray[np.uint8]
Integers: TypeAlias = npt.NDArray[np.int64]

NUMBER, TIME, TEXT = range(3)
"""What a field holds: whole numbers, nanoseconds that are written as seconds with nine places, texts."""

KIND, EMPTY, ADDRESS, STEP, SINCE = range(5)
"""What must be known of a field: its kind, the number at which it is empty, where the first row's lies, how
far behind it the next row's, and where the first row's moment lies that is to be taken from it (0: none)."""
FACTS = 5

WIDEST_NUMBER = 22
"""Bytes of the longest number or time with what follows it."""
BEYOND = 8
"""Bytes that may be read beyond the last text, and written beyond the last row."""

writer = Entry("line_sim.compiled.writing", "write_rows", 11)
"""What writes them: `line_sim.compiled.writing.write_rows`."""


def write_rows(
    fields: Integers, rows: int, texts: Bytes, starts: Integers, first: int, room: Bytes, widest: int
) -> tuple[int, int]:
    """Write rows from the row `first` on into `room`, as many as find place there.

    `fields`, shape [fields, FACTS], tells of each what it is; numbers and times have eight bytes, codes of
    texts four. Text number n is the bytes of `texts` from `starts[n + 1]` to `starts[n + 2]`, so that -1 may
    be an empty one; a code beyond them is none. No row is longer than `widest`. All arrays are in one piece.
    Returns the first row that was not written, and how many bytes were.
    """
    written = np.zeros(1, np.int64)
    fields_at, texts_at, starts_at, room_at, written_at = (
        each.ctypes.data for each in (fields, texts, starts, room, written)
    )
    row = writer(
        *(fields_at, len(fields), rows, texts_at, starts_at, len(starts) - 2, first),
        *(room_at, len(room), widest + BEYOND, written_at),
    )
    return row, int(written[0])
