"""Records to columns of numbers: what the analysis reads, and what the text of a file is made from.

`NONE` stands where something has not happened, NaN where there is no score; words are codes of the store.
"""

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from line_sim.line.fields import Kind
from line_sim.recording.store import Block, ColumnStore
from line_sim.recording.store import Column as Stored
from line_sim.recording.tables import Table

Integers: TypeAlias = npt.NDArray[np.int64]
Values: TypeAlias = Sequence[Sequence[Any]]
"""Records turned: for each field all its values."""

NONE = -1
"""Line time is never negative, machines count from 1: -1 is free to mean `not yet`."""

LINE = "line"
"""The column that says on which line of its file a row begins, as an editor counts."""

FIRST_LINE = 2  # below the header


class NotAColumnError(Exception):
    """A value has no place in a column: a whole number beyond 64 bit, or a score that is no number."""


def values_of(records: Sequence[tuple[Any, ...]], table: Table[Any]) -> Values:
    """Turn records of a table, and leave out what its file has no column for."""
    values = tuple(zip(*records, strict=True))
    return table.told(values) if values else ((),) * len(table.recorded)


def columns_of(values: Values, table: Table[Any], store: ColumnStore) -> Block:
    """Return values as columns. Raises NotAColumnError."""
    return {
        column.name: _column(column.kind, told, store)
        for column, told in zip(table.recorded, values, strict=True)
    }


def columns_of_records(records: Sequence[tuple[Any, ...]], table: Table[Any], store: ColumnStore) -> Block:
    """Return records as columns. Raises NotAColumnError."""
    return columns_of(values_of(records, table), table, store)


def _column(kind: Kind, values: Sequence[Any], store: ColumnStore) -> Stored:
    match kind:
        case Kind.WORD:
            return store.learn(values)
        case Kind.SCORE:
            return score_column(values)
        case _:
            return _integers(values)


def _integers(values: Sequence[int | None]) -> Integers:
    try:
        return np.fromiter(values, np.int64, len(values))
    except TypeError:
        return _integers([NONE if value is None else value for value in values])
    except OverflowError as error:
        raise NotAColumnError from error


def score_column(values: Sequence[float | None]) -> npt.NDArray[np.float64]:
    """Return a column of scores, NaN where there is none. Raises NotAColumnError."""
    told = [value for value in values if value is not None]
    if len(told) == len(values):
        column = np.array(values, dtype=np.float64)
    else:
        column = np.array([np.nan if value is None else value for value in values], dtype=np.float64)
    if np.count_nonzero(np.isfinite(column)) != len(told):
        raise NotAColumnError
    return column


def lines_of(columns: Block, table: Table[Any], store: ColumnStore, first: int = FIRST_LINE) -> Integers:
    """Return the line on which each row begins, and the one behind the last: texts may hold line ends."""
    rows = len(columns[table.recorded[0].name])
    lines = np.arange(first, first + rows + 1, dtype=np.int64)
    if any(store.line_ends):
        line_ends = np.array(store.line_ends, dtype=np.int64)
        for column in table.recorded:
            if column.kind is Kind.WORD:
                lines[1:] += np.cumsum(line_ends[columns[column.name]])
    return lines
