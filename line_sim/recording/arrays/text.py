"""Rows to CSV text by compiled code: the same bytes as record by record. Only compiled lines import this."""

import math
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from line_sim.compiled.text import (
    ADDRESS,
    BEYOND,
    NUMBER,
    SINCE,
    STEP,
    TEXT,
    TIME,
    WIDEST_NUMBER,
    Bytes,
    Integers,
    write_rows,
)
from line_sim.line.fields import Kind
from line_sim.recording.arrays.columns import Rows
from line_sim.recording.columns import NONE
from line_sim.recording.csvtext import score_field, text_field
from line_sim.recording.tables import Table

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
    """Writes rows of any table. What it returns is written over when it is asked for more of that table."""

    def __init__(self) -> None:
        self._words: Sequence[str] = ()
        self._encoded: list[bytes] = []
        self._rooms: dict[str, Bytes] = {}

    def text(self, rows: Rows, words: Sequence[str], table: Table[Any]) -> memoryview:
        """Return rows as the text of a table's file; their codes are places in `words`, which may grow."""
        if words is not self._words:
            self._words, self._encoded = words, []
        self._encoded += [text_field(word).encode() for word in words[len(self._encoded) :]]
        encoded = self._encoded.copy()
        fields, begins = _fields(table, rows.dtype).copy(), rows.ctypes.data
        fields[:, ADDRESS] += begins
        fields[:, STEP] = rows.strides[0]
        fields[:, SINCE] += np.where(fields[:, SINCE] == NONE, -NONE, begins)
        scores = {place: _codes(rows[field], encoded) for place, field in _scores(table)}
        for place, codes in scores.items():
            fields[place, [ADDRESS, STEP]] = codes.ctypes.data, codes.strides[0]
        return self._written(table.file, fields, len(rows), encoded)

    def _written(self, file: str, fields: Integers, rows: int, encoded: list[bytes]) -> memoryview:
        lengths = [len(text) for text in encoded]
        starts = np.cumsum([0, 0, *lengths], dtype=np.int64)
        texts = np.frombuffer(b"".join(encoded) + bytes(BEYOND), dtype=np.uint8)
        widest = len(fields) * max(WIDEST_NUMBER, 1 + max(lengths, default=0)) + 1
        if file not in self._rooms:
            self._rooms[file] = np.empty(_ROOM, dtype=np.uint8)
        room = self._rooms[file]
        row = length = 0
        while row < rows:
            if len(room) - length < widest + BEYOND:
                more = np.empty(2 * len(room) + widest + BEYOND, dtype=np.uint8)
                more[:length] = room[:length]
                room = self._rooms[file] = more
            row, written = write_rows(fields, rows, texts, starts, row, room[length:], widest)
            length += written
        return room[:length].data


@cache
def _fields(table: Table[Any], dtype: np.dtype[Any]) -> Integers:
    """Return for each column of a table what the compiled code must know, addresses from a row's begin on."""
    of_record = dict(zip((column.name for column in table.recorded), table.fields, strict=True))
    begins = {name: dtype.fields[field][1] for name, field in of_record.items()} if dtype.fields else {}
    told = []
    for column in table.columns:
        last, first = column.between or (column.name, None)
        may_be_none = (column.optional or first is not None) and column.kind is not Kind.SCORE
        since = NONE if first is None else begins[first]
        told.append((_KINDS[column.kind], NONE if may_be_none else _NEVER, begins[last], 0, since))
    return np.array(told, dtype=np.int64)


@cache
def _scores(table: Table[Any]) -> tuple[tuple[int, str], ...]:
    """Return the place of each column of scores, and what the record calls it."""
    of_record = dict(zip((column.name for column in table.recorded), table.fields, strict=True))
    return tuple(
        (place, of_record[column.name])
        for place, column in enumerate(table.columns)
        if column.kind is Kind.SCORE
    )


def _codes(scores: npt.NDArray[np.float64], encoded: list[bytes]) -> npt.NDArray[np.int32]:
    """Return the codes of scores as texts, which are added to those that there are."""
    bits = np.ascontiguousarray(scores).view(np.int64)  # 0.0 is not -0.0
    if np.all(bits == bits[0]):  # there is nothing to sort
        different, codes = bits[:1], np.broadcast_to(np.int32(len(encoded)), len(bits))
    else:
        different, which = np.unique(bits, return_inverse=True)
        codes = (which + len(encoded)).astype(np.int32)
    told = different.view(np.float64).tolist()
    encoded += [score_field(None if math.isnan(score) else score).encode() for score in told]
    return codes
