"""Rows straight into columns: no object a row. Whatever is odd about a piece is left to the row reader.

What this takes it takes exactly as the row reader would; the tests hold the two against each other.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from line_sim.line.fields import Kind
from line_sim.recording.columns import NONE, score_column
from line_sim.recording.csvtext import score_value
from line_sim.recording.store import Column as Stored
from line_sim.recording.store import ColumnStore
from line_sim.recording.tables import Table

Bytes: TypeAlias = npt.NDArray[np.uint8]
Places: TypeAlias = npt.NDArray[np.int64]

_WIDEST_NUMBER = 18  # digits that an int64 holds, whatever they are
_PLACES = 9  # decimal places of a time
_WIDEST_WORD = 256
_COMMA, _LINE_FEED, _RETURN, _DOT, _ZERO = (ord(sign) for sign in ",\n\r.0")


class _Odd(Exception):  # noqa: N818 - no failure: the sign that the row reader must have a look
    """Something that is not written as we write it."""


def parse_rows(data: bytes, table: Table[Any], store: ColumnStore) -> dict[str, Stored] | None:
    """Return the columns of some whole rows; None where the row reader must have a look at them."""
    if b'"' in data or not _is_text(data):
        return None
    try:
        return _parse(np.frombuffer(data, dtype=np.uint8), table, store)
    except _Odd:
        return None


def _is_text(data: bytes) -> bool:
    try:
        return data.isascii() or bool(data.decode("utf-8"))
    except UnicodeDecodeError:
        return False


def _parse(data: Bytes, table: Table[Any], store: ColumnStore) -> dict[str, Stored]:
    starts, ends = _fields(data, len(table.columns))
    columns: dict[str, Stored] = {}
    for column, begin, end in zip(table.columns, starts, ends, strict=True):
        read = _READERS[column.kind]
        if column.optional and column.kind is not Kind.SCORE:
            columns[column.name] = _where_told(read, data, begin, end, store)
        else:
            columns[column.name] = read(data, begin, end, store)
        if column.allowed:
            _require(np.isin(columns[column.name], store.learn(column.allowed)))
    for column in table.columns:
        if column.between is not None:
            _check_between(columns.pop(column.name), *(columns[name] for name in column.between))
    return columns


def _fields(data: Bytes, columns: int) -> tuple[Places, Places]:
    """Return where each field begins and ends, a row of places for each column."""
    line_ends = np.flatnonzero(data == _LINE_FEED)
    all_commas = np.flatnonzero(data == _COMMA)
    _require(len(all_commas) == len(line_ends) * (columns - 1))
    commas = all_commas.reshape(len(line_ends), columns - 1)
    first = np.append(0, line_ends[:-1] + 1)[: len(line_ends)]
    returns = data[line_ends - 1] == _RETURN
    _require(np.count_nonzero(data == _RETURN) == np.count_nonzero(returns))
    last = line_ends - returns
    starts = np.vstack((first, (commas + 1).T))
    ends = np.vstack((commas.T, last))
    _require(starts[-1] <= ends[-1])
    _require(starts[0] <= ends[0])
    return starts, ends


def _require(holds: Any) -> None:
    if not np.all(holds):
        raise _Odd


def _digits(data: Bytes, starts: Places, ends: Places, widest: int) -> npt.NDArray[np.int64]:
    """Return each field's characters as digits, flush right, 0 before them; a row for each place."""
    width = int((ends - starts).max(initial=0))
    _require(width <= widest)
    places = ends - np.arange(width, 0, -1, dtype=np.int64)[:, None]
    signs = data[np.maximum(places, 0)]
    return np.where(places < starts, np.uint8(_ZERO), signs).astype(np.int64) - _ZERO


def _number(digits: npt.NDArray[np.int64]) -> Places:
    _require((digits >= 0) & (digits <= 9))
    value = np.zeros(digits.shape[1], dtype=np.int64)
    for row in digits:
        value = value * 10 + row
    return value


def _counts(data: Bytes, starts: Places, ends: Places, _: ColumnStore) -> Stored:
    _require(ends > starts)
    return _number(_digits(data, starts, ends, _WIDEST_NUMBER))


def _ordinals(data: Bytes, starts: Places, ends: Places, store: ColumnStore) -> Stored:
    numbers = _counts(data, starts, ends, store)
    _require(numbers >= 1)
    return numbers


def _times(data: Bytes, starts: Places, ends: Places, _: ColumnStore) -> Stored:
    """Read seconds with nine places, as we write them."""
    _require(ends - starts >= _PLACES + 2)
    digits = _digits(data, starts, ends, _WIDEST_NUMBER + 1)
    if not len(digits):
        return np.zeros(0, dtype=np.int64)
    point = len(digits) - _PLACES - 1
    _require(digits[point] == _DOT - _ZERO)
    return _number(np.delete(digits, point, axis=0))


def _where_told(
    read: "Reader", data: Bytes, starts: Places, ends: Places, store: ColumnStore
) -> npt.NDArray[np.int64]:
    """Read what is there; an empty field is NONE."""
    told = ends > starts
    if told.all():
        return np.asarray(read(data, starts, ends, store))
    values = np.full(len(starts), NONE, dtype=np.int64)
    values[told] = read(data, starts[told], ends[told], store)
    return values


def _words(data: Bytes, starts: Places, ends: Places, store: ColumnStore) -> Stored:
    words, which = _distinct(data, starts, ends)
    return store.learn(words)[which]


def _scores(data: Bytes, starts: Places, ends: Places, _: ColumnStore) -> Stored:
    words, which = _distinct(data, starts, ends)
    try:
        scores = [score_value(word) for word in words]
    except ValueError as error:
        raise _Odd from error
    return score_column(scores)[which] if words else np.zeros(0, dtype=np.float64)


def _distinct(data: Bytes, starts: Places, ends: Places) -> tuple[list[str], Places]:
    """Return the different texts of a column, and for each row which of them it holds.

    Eight letters at a time make a number; numbers are mixed, so two texts may meet in one: then the
    comparison of all rows with the text that stands for them finds it.
    """
    lengths = ends - starts
    width = -(-int(lengths.max(initial=0)) // 8) * 8 or 8
    _require(width <= _WIDEST_WORD)
    places = starts[:, None] + np.arange(width, dtype=np.int64)
    letters = data[np.minimum(places, len(data) - 1)] if len(starts) else np.zeros((0, width), np.uint8)
    letters = np.where(places < ends[:, None], letters, np.uint8(0))
    numbers = np.ascontiguousarray(letters).view(np.uint64)
    mixed = numbers[:, 0].copy()
    for column in range(1, numbers.shape[1]):
        mixed = mixed * np.uint64(0x9E3779B97F4A7C15) ^ numbers[:, column]
    _, first, which = np.unique(mixed, return_index=True, return_inverse=True)
    _require(numbers == numbers[first][which])
    _require(lengths == lengths[first][which])
    return [data[starts[row] : ends[row]].tobytes().decode("utf-8") for row in first.tolist()], which


def _check_between(told: Stored, last: Stored, first: Stored) -> None:
    """A computed column must be what the moments beside it say."""
    _require(told == np.where(last == NONE, NONE, last - first))


Reader: TypeAlias = Callable[[Bytes, Places, Places, ColumnStore], Stored]

_READERS: dict[Kind, Reader] = {
    Kind.COUNT: _counts,
    Kind.ORDINAL: _ordinals,
    Kind.MOMENT: _times,
    Kind.DURATION: _times,
    Kind.LAG: _times,
    Kind.WORD: _words,
    Kind.SCORE: _scores,
}
