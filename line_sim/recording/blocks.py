"""Columns to CSV text: the same bytes as row by row, in a fraction of the time.

Every field of a block is a column of bytes, padded with NUL to the width of its longest value; the
columns stand side by side in one matrix, and leaving the padding out gives the text. Written times
are most of what recording costs, and here their digits are made by whole columns.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from line_sim.line.fields import Kind
from line_sim.recording.columns import NONE, Integers, Values
from line_sim.recording.csvtext import LINE_END, score_field, text_field
from line_sim.recording.store import Block
from line_sim.recording.tables import Column, Table

FEWEST = 64
"""Below so many records, going row by row is as quick."""

Bytes: TypeAlias = npt.NDArray[np.uint8]
_BILLION = 1_000_000_000
_PAD = b"\0"
_ZERO = ord("0")
_WIDEST = 1024  # bytes: every row takes as much as the longest text
_FOUR = np.array([f"{number:04d}" for number in range(10_000)], dtype="S4").view(np.uint32)
"""The four digits of a number as one of their own."""


class NotABlockError(Exception):
    """A value stands in the way of going by blocks, such as a NUL in a text: go row by row."""


def block_text(values: Values, columns: Block, table: Table[Any], words: Sequence[str]) -> bytes:
    """Write rows, given as values and as columns; `words` are those of the columns' codes.

    Raises NotABlockError.
    """
    for column, told in zip(table.recorded, values, strict=True):
        _refuse_negative(columns[column.name], told)
    fields = [_field(column, columns, words) for column in table.columns]
    return _joined(fields, len(values[0]))


def _refuse_negative(numbers: npt.NDArray[Any], values: Sequence[Any]) -> None:
    """A negative number has no place in a block: there it means that there is none."""
    if numbers.dtype != np.int64 or numbers.min() >= 0:
        return
    if np.count_nonzero(numbers < 0) != values.count(None):
        raise NotABlockError


def _field(column: Column, columns: Block, words: Sequence[str]) -> Bytes:
    """Return the fields of a column: one row for all where they are all the same."""
    if column.between is not None:
        return _between(*(columns[name] for name in column.between))
    told = columns[column.name]
    match column.kind:
        case Kind.COUNT | Kind.ORDINAL:
            told = _or_first(told)
            return _blanked(_whole(told), told)
        case Kind.MOMENT | Kind.DURATION | Kind.LAG:
            return _times(_or_first(told))
        case Kind.WORD:
            return _looked_up(told, lambda code: text_field(words[code]))
        case Kind.SCORE:
            return _scores(told)


def _or_first(numbers: Integers) -> Integers:
    return numbers[:1] if numbers.min() == numbers.max() else numbers


def _between(last: Integers, first: Integers) -> Bytes:
    times = last - first
    missing = last == NONE
    if np.any((times < 0) & ~missing):
        raise NotABlockError
    return _times(np.where(missing, NONE, times))


def _joined(columns: Sequence[Bytes], rows: int) -> bytes:
    """Put the columns side by side, commas between them, and leave the padding out."""
    width = sum(column.shape[1] + 1 for column in columns) + 1
    matrix = np.full((rows, width), ord(","), dtype=np.uint8)
    place = 0
    for column in columns:
        matrix[:, place : place + column.shape[1]] = column
        place += column.shape[1] + 1
    matrix[:, -2:] = np.frombuffer(LINE_END.encode(), dtype=np.uint8)  # over the last comma
    return matrix.tobytes().translate(None, _PAD)


def _times(times: Integers) -> Bytes:
    """Write nanoseconds as seconds with nine places, NONE as nothing."""
    seconds = times // _BILLION
    rest = (times - seconds * _BILLION).astype(np.uint32)
    whole = _whole(seconds)
    places = whole.shape[1]
    column = np.empty((len(times), places + 10), dtype=np.uint8)
    column[:, :places] = whole
    column[:, places] = ord(".")
    five = rest // 10**4
    first = five // 10**4
    column[:, places + 1] = first + _ZERO
    column[:, places + 2 : places + 6] = _four(five - first * 10**4)
    column[:, places + 6 :] = _four(rest - five * 10**4)
    return _blanked(column, times)


def _four(numbers: npt.NDArray[Any]) -> Bytes:
    return np.asarray(_FOUR[numbers].view(np.uint8).reshape(-1, 4))


def _whole(numbers: Integers) -> Bytes:
    """Write whole numbers without leading zeros, right-aligned."""
    width = len(str(max(int(numbers.max()), 0)))
    column = np.empty((len(numbers), width), dtype=np.uint8)
    rest = np.maximum(numbers, 0)
    if width <= 9:
        rest = rest.astype(np.uint32)
    for place in range(width - 1, -1, -1):
        shorter = rest // 10
        digit = rest - shorter * 10 + _ZERO
        column[:, place] = digit if place == width - 1 else np.where(rest == 0, 0, digit)
        rest = shorter
    return column


def _blanked(column: Bytes, numbers: Integers) -> Bytes:
    """Leave a field empty where there is no number."""
    if numbers.min() < 0:
        column[numbers < 0] = 0
    return column


def _scores(scores: npt.NDArray[np.float64]) -> Bytes:
    different, which = np.unique(scores.view(np.int64), return_inverse=True)  # -0.0 is another than 0.0
    told = different.view(np.float64).tolist()
    return _looked_up(which, lambda code: "" if math.isnan(told[code]) else score_field(told[code]))


def _looked_up(codes: npt.NDArray[Any], text: Callable[[int], str]) -> Bytes:
    """Write the texts that codes stand for, of which there are few different ones."""
    used = np.flatnonzero(np.bincount(codes))
    encoded = [text(code).encode() for code in used.tolist()]
    width = max(1, *map(len, encoded))
    if width > _WIDEST or any(_PAD in each for each in encoded):
        raise NotABlockError
    padded = np.frombuffer(b"".join(each.ljust(width, _PAD) for each in encoded), dtype=np.uint8)
    padded = padded.reshape(len(encoded), width)
    if len(used) == 1:
        return padded
    table = np.empty((int(used[-1]) + 1, width), dtype=np.uint8)
    table[used] = padded
    return np.asarray(table[codes])
