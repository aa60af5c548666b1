"""Rows as an array of a record's fields to the columns that a store keeps.

Such an array has the fields of a record by their names: whole numbers, -1 for None; scores, NaN for None;
and for a text its place in a list of words.
"""

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from line_sim.line.fields import Kind
from line_sim.line.records import Call, Item, Job, Outage, Visit
from line_sim.recording.store import Block, Column, ColumnStore
from line_sim.recording.tables import Table

Rows: TypeAlias = npt.NDArray[Any]

_STEPS = {Item: "item", Visit: "visit", Call: "call", Outage: "outage", Job: "job"}


def by_step(tables: Iterable[Table[Any]]) -> dict[str, Table[Any]]:
    """Return tables by the step of the line in which it tells their rows."""
    return {_STEPS[table.record]: table for table in tables}


def columns_of_rows(rows: Rows, words: Sequence[str], table: Table[Any], store: ColumnStore) -> Block:
    """Return what a table's file tells of the rows, as columns; nothing of the array is needed any more."""
    codes = store.learn([*words, ""])  # the last is what -1 picks
    return {
        column.name: _column(column.kind, rows[field], codes)
        for column, field in zip(table.recorded, table.fields, strict=True)
    }


def _column(kind: Kind, told: Rows, codes: npt.NDArray[np.int32]) -> Column:
    match kind:
        case Kind.WORD:
            return codes[told]
        case Kind.SCORE:
            return told.astype(np.float64)
        case _:
            return told.astype(np.int64)
