"""The rows of a table by their parts, so that some parts after others can be looked at."""

from typing import Generic, NamedTuple, TypeVar

import numpy as np

from line_sim.recording.rows import PIECE, Columns, IntArray
from line_sim.recording.run_columns import Parts

T = TypeVar("T", bound=Columns)

TOGETHER = 2**15
"""Parts whose rows in all tables are looked at together: a megabyte a table, and not above 2^16."""

_PIECE = 2**13
"""Rows of which is known about which parts they may be: few, as those at the edges are read for nothing."""


class OfSome(NamedTuple, Generic[T]):
    """The rows of a table that are about some parts: which of its rows they are, and about which parts."""

    table: T
    rows: IntArray
    who: IntArray


def _ends(numbers: IntArray) -> tuple[IntArray, IntArray]:
    """Return the least and the largest of each few numbers."""
    begins = np.arange(0, len(numbers), _PIECE)
    return np.minimum.reduceat(numbers, begins), np.maximum.reduceat(numbers, begins)


class ByPart(Generic[T]):
    """A table of which the rows about some parts are found without reading all of it.

    Where each row is about the part behind that of the row before, as in most runs, all is known from the
    first. Elsewhere parts come by nearly in the order of their numbers; where they do not, more is read, and
    as much is found.
    """

    def __init__(self, table: T, parts: Parts) -> None:
        self._table = table
        self._parts = parts
        self._lead = _lead(table, parts)
        pieces = table.pieces() if self._lead is None else ()
        ends = [_ends(piece.item) for piece in pieces] or [_ends(np.empty(0, dtype=np.int64))]
        self._least, self._most = (parts.place(np.concatenate(some)) for some in zip(*ends, strict=True))

    def of(self, these: range) -> OfSome[T]:
        """Return the rows about parts, told by their places among all."""
        if self._lead is not None:
            first, last = (min(max(at - self._lead, 0), len(self._table)) for at in (these.start, these.stop))
            rows = np.arange(first, last)
            return OfSome(self._table.stretch(first, last), rows, rows + self._lead)
        hit = np.flatnonzero((self._least < these.stop) & (self._most >= these.start))
        begin, end = (int(hit[0]) * _PIECE, (int(hit[-1]) + 1) * _PIECE) if len(hit) else (0, 0)
        near = self._table.stretch(begin, end)
        who = self._parts.place(near.item)
        rows = np.flatnonzero((who >= these.start) & (who < these.stop))
        if len(rows) and rows[-1] - rows[0] == len(rows) - 1:  # as most stand
            first, last = int(rows[0]), int(rows[-1]) + 1
            return OfSome(near.stretch(first, last), begin + rows, who[first:last])
        return OfSome(near.rows_at(rows), begin + rows, who[rows])


def _lead(table: Columns, parts: Parts) -> int | None:
    """Return the place of the first row's part where each row is about the next part, None elsewhere."""
    if not len(table):
        return None
    first: int | None = None
    for number, piece in enumerate(table.pieces(PIECE)):
        items = piece.item
        first = int(items[0]) if first is None else first
        begin = first + number * PIECE
        if not np.array_equal(items, np.arange(begin, begin + len(items))):
            return None
    return int(parts.place(np.array([first]))[0])
