"""Rows as an array of a record's fields to the columns that a store keeps.

Such an array has the fields of a record by their names: whole numbers, -1 for None; scores, NaN for None;
and for a text its place in a list of words.
"""

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

import numpy.typing as npt

from line_sim.line.fields import Kind
from line_sim.line.records import Call, Item, Job, Outage, Visit
from line_sim.recording.store import Block, ColumnStore
from line_sim.recording.tables import Table

Rows: TypeAlias = npt.NDArray[Any]

_STEPS = {Item: "item", Visit: "visit", Call: "call", Outage: "outage", Job: "job"}


def by_step(tables: Iterable[Table[Any]]) -> dict[str, Table[Any]]:
    """Return tables by the step of the line in which it tells their rows."""
    return {_STEPS[table.record]: table for table in tables}


def columns_of_rows(rows: Rows, words: Sequence[str], table: Table[Any], store: ColumnStore) -> Block:
    """Return what a table's file tells of the rows, as columns; numbers are those of the rows, not copied."""
    codes = store.learn([*words, ""])  # the last is what -1 picks
    return {
        column.name: codes.take(rows[field]) if column.kind is Kind.WORD else rows[field]
        for column, field in zip(table.recorded, table.fields, strict=True)
    }
