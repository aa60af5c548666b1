"""Columns to CSV text by compiled code: the same bytes as row by row. Only compiled lines import this."""

import math
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from line_sim.compiled.text import NUMBER, TEXT, TIME, WIDEST_NUMBER, write_rows
from line_sim.line.fields import Kind
from line_sim.recording.columns import NONE, Integers
from line_sim.recording.csvtext import score_field, text_field
from line_sim.recording.store import Block
from line_sim.recording.tables import Column, Table

_ROOM = 2**22  # bytes: more than a batch of rows
_NEVER = np.iinfo(np.int64).min
"""No number of a run: it stands for an empty field where NONE may be a number."""

_KINDS = {
    Kind.COUNT: NUMBER,
    Kind.ORDINAL: NUMBER,
    Kind.MOMENT: TIME,
    Kind.DURATION: TIME,
    Kind.LAG: TIME,
    Kind.WORD: TEXT,
    Kind.SCORE: TEXT,
}


class TextWriter:
    """Writes rows of any table; `words` are those that the columns' codes stand for, and may become more."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = words
        self._encoded: list[bytes] = []
        self._room = np.empty(_ROOM, dtype=np.uint8)
        self._numbers = np.empty(0, dtype=np.int64)

    def text(self, columns: Block, table: Table[Any]) -> bytes:
        """Return rows, given as columns, as the text of a table's file."""
        self._encoded += [text_field(word).encode() for word in self._words[len(self._encoded) :]]
        encoded = self._encoded.copy()
        numbers = self._room_for(len(table.columns), len(columns[table.recorded[0].name]))
        for place, column in enumerate(table.columns):
            numbers[place] = _numbers(column, columns, encoded)
        return self._written(numbers, _kinds(table), encoded)

    def _room_for(self, columns: int, rows: int) -> Integers:
        if columns * rows > len(self._numbers):
            self._numbers = np.empty(columns * rows, dtype=np.int64)
        return self._numbers[: columns * rows].reshape(columns, rows)

    def _written(self, numbers: Integers, kinds: Integers, encoded: list[bytes]) -> bytes:
        lengths = [len(text) for text in encoded]
        starts = np.cumsum([0, *lengths], dtype=np.int64)
        texts = np.frombuffer(b"".join(encoded), dtype=np.uint8)
        widest = len(kinds) * max(WIDEST_NUMBER, 1 + max(lengths, default=0)) + 1
        if widest > len(self._room):
            self._room = np.empty(widest, dtype=np.uint8)
        pieces = []
        row = 0
        while row < numbers.shape[1]:
            row, length = write_rows(numbers, kinds, texts, starts, row, self._room, widest)
            pieces.append(self._room[:length].tobytes())
        return b"".join(pieces)


@cache
def _kinds(table: Table[Any]) -> Integers:
    """Return for each column of a table what the compiled code must know of it."""
    told = [(_KINDS[column.kind], NONE if _may_be_none(column) else _NEVER) for column in table.columns]
    return np.array(told, dtype=np.int64)


def _may_be_none(column: Column) -> bool:
    return column.optional and column.between is None and column.kind is not Kind.SCORE


def _numbers(column: Column, columns: Block, encoded: list[bytes]) -> npt.NDArray[Any]:
    """Return a column as numbers or as codes of texts; new texts are added to those that there are."""
    if column.between is not None:
        last, first = (columns[name] for name in column.between)
        return np.where(last == NONE, _NEVER, last - first)
    if column.kind is not Kind.SCORE:
        return columns[column.name]
    different, which = np.unique(columns[column.name].view(np.int64), return_inverse=True)  # 0.0 is not -0.0
    which += len(encoded)
    told = different.view(np.float64).tolist()
    encoded += [score_field(None if math.isnan(score) else score).encode() for score in told]
    return which
