"""Rows straight into columns: no object a row. Whatever is odd about a piece is left to the row reader.

What this takes it takes exactly as the row reader would; the tests hold the two against each other.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from line_sim.recording.csvtext import score_value
from line_sim.recording.store import Column, ColumnStore
from line_sim.recording.tables import Table

NONE = -1
"""Line time is never negative, machines count from 1: -1 is free to mean `not yet`."""

Bytes: TypeAlias = npt.NDArray[np.uint8]
Places: TypeAlias = npt.NDArray[np.int64]

_WIDEST_NUMBER = 18  # digits that an int64 holds, whatever they are
_PLACES = 9  # decimal places of a time
_WIDEST_WORD = 256
_COMMA, _LINE_FEED, _RETURN, _DOT, _ZERO = (ord(sign) for sign in ",\n\r.0")


class _Odd(Exception):  # noqa: N818 - no failure: the sign that the row reader must have a look
    """Something that is not written as we write it."""


def parse_rows(data: bytes, table: Table[Any], store: ColumnStore) -> dict[str, Column] | None:
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


def _parse(data: Bytes, table: Table[Any], store: ColumnStore) -> dict[str, Column]:
    starts, ends = _fields(data, len(table.columns))
    columns: dict[str, Column] = {}
    for place, (name, kind) in enumerate(zip(table.columns, table.kinds, strict=True)):
        read = _READERS[kind]
        columns[name] = read(data, starts[place], ends[place], store)
        if name in table.allowed:
            _require(np.isin(columns[name], store.learn(table.allowed[name])))
    for name in table.computed:
        _check_computed(name, columns)
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


def _counts(data: Bytes, starts: Places, ends: Places, _: ColumnStore) -> Column:
    _require(ends > starts)
    return _number(_digits(data, starts, ends, _WIDEST_NUMBER))


def _ordinals(data: Bytes, starts: Places, ends: Places, store: ColumnStore) -> Column:
    numbers = _counts(data, starts, ends, store)
    _require(numbers >= 1)
    return numbers


def _units(data: Bytes, starts: Places, ends: Places, store: ColumnStore) -> Column:
    return _where_told(_ordinals, data, starts, ends, store)


def _times(data: Bytes, starts: Places, ends: Places, _: ColumnStore) -> Column:
    """Read seconds with nine places, as we write them."""
    _require(ends - starts >= _PLACES + 2)
    digits = _digits(data, starts, ends, _WIDEST_NUMBER + 1)
    if not len(digits):
        return np.zeros(0, dtype=np.int64)
    point = len(digits) - _PLACES - 1
    _require(digits[point] == _DOT - _ZERO)
    return _number(np.delete(digits, point, axis=0))


def _moments(data: Bytes, starts: Places, ends: Places, store: ColumnStore) -> Column:
    return _where_told(_times, data, starts, ends, store)


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


def _words(data: Bytes, starts: Places, ends: Places, store: ColumnStore) -> Column:
    words, which = _distinct(data, starts, ends)
    return np.array(store.learn(words), dtype=np.int32)[which] if words else np.zeros(0, dtype=np.int32)


def _scores(data: Bytes, starts: Places, ends: Places, _: ColumnStore) -> Column:
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


def _check_computed(name: str, columns: Mapping[str, Column]) -> None:
    """`flow_s` is the only one: it must be what the times beside it say, and is not kept."""
    left, arrived, told = columns["left_at"], columns["arrived_at"], columns[name]
    _require(told == np.where(left == NONE, NONE, left - arrived))


Reader: TypeAlias = Callable[[Bytes, Places, Places, ColumnStore], Column]

_READERS: dict[str, Reader] = {
    "count": _counts,
    "ordinal": _ordinals,
    "unit": _units,
    "time": _times,
    "moment": _moments,
    "word": _words,
    "score": _scores,
}


def columns_of_records(
    records: list[tuple[Any, ...]], table: Table[Any], store: ColumnStore
) -> dict[str, Column]:
    """Turn records into the same columns."""
    kinds = table.recorded
    values = zip(*records, strict=True) if records else ((),) * len(kinds)
    columns: dict[str, Column] = {}
    for (name, kind), column in zip(kinds.items(), values, strict=True):
        if kind == "word":
            columns[name] = np.array(store.learn(column), dtype=np.int32)
        elif kind == "score":
            columns[name] = score_column(column)
        else:
            columns[name] = np.array([NONE if value is None else value for value in column], dtype=np.int64)
    return columns


def score_column(scores: Any) -> npt.NDArray[np.float64]:
    """Return a column of scores, NaN where there is none."""
    return np.array([np.nan if score is None else score for score in scores], dtype=np.float64)
