"""The columns of all that a run has written so far, so that the analysis need not read its files."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np

from line_sim.errors import RunFileError
from line_sim.line.fields import Kind
from line_sim.recording.columns import (
    FIRST_LINE,
    LINE,
    NotAColumnError,
    columns_of_records,
    lines_of,
)
from line_sim.recording.csvtext import LARGEST
from line_sim.recording.store import Block, ColumnStore
from line_sim.recording.tables import TABLES, Table
from line_sim.units import LATEST

MANY_ROWS = 2**9
"""So many single rows become columns at once: a live run brings one now and then, and has little time."""

_LARGEST = {
    Kind.COUNT: LARGEST,
    Kind.ORDINAL: LARGEST,
    Kind.MOMENT: LATEST,
    Kind.DURATION: LATEST,
    Kind.LAG: LATEST,
}


class Kept:
    """Rows as columns, kept in a store in the order in which they were written.

    What cannot be kept, or would not be read back, is given up: then the files tell it, with their words.
    """

    def __init__(self, tables: Sequence[Table[Any]] = TABLES) -> None:
        self.store = ColumnStore()
        self._tables = tables
        self._whole = True
        self._waiting: dict[str, list[Any]] = defaultdict(list)
        self._next_line = dict.fromkeys((table.file for table in tables), FIRST_LINE)
        for table in tables:
            for column in table.columns:
                self.store.learn(column.allowed)
            self._keep(
                table, columns_of_records((), table, self.store)
            )  # an empty table has its columns, too

    def add(self, table: Table[Any], records: Sequence[Any], columns: Block | None = None) -> None:
        """Keep the rows that were written to a table next; `columns` say the same, if they were made."""
        if columns is not None:
            self._put_away(table)
            self._keep(table, columns)
        elif self._whole:
            self._waiting[table.file] += records
            if len(self._waiting[table.file]) >= MANY_ROWS:
                self._put_away(table)

    def settled(self) -> ColumnStore | None:
        """Return the store with all that was added in it, None where something is missing."""
        for table in self._tables:
            self._put_away(table)
        if not self._whole:
            return None
        try:
            self.store.settle()
        except RunFileError:
            self._give_up()
            return None
        if not all(_is_read_back(table, self.store) for table in self._tables):
            self._give_up()
        return self.store if self._whole else None

    def _put_away(self, table: Table[Any]) -> None:
        """Turn the rows that wait into columns."""
        records = self._waiting.pop(table.file, ())
        if records:
            try:
                self._keep(table, columns_of_records(records, table, self.store))
            except NotAColumnError:
                self._give_up()

    def _keep(self, table: Table[Any], columns: Block) -> None:
        if not self._whole:
            return
        lines = lines_of(columns, table, self.store, self._next_line[table.file])
        self._next_line[table.file] = int(lines[-1])
        scores = (columns[column.name] for column in table.recorded if column.kind is Kind.SCORE)
        if any(np.isinf(each).any() for each in scores):
            self._give_up()
            return
        try:
            self.store.append(table.file, {**columns, LINE: lines[:-1]})
        except RunFileError:  # there is no room for them
            self._give_up()

    def _give_up(self) -> None:
        """Keep nothing any more."""
        self._whole = False
        self._waiting.clear()
        self.store.close()


def _is_read_back(table: Table[Any], store: ColumnStore) -> bool:
    """Whether the reader would take all numbers, and not say that one is too large."""
    return all(
        store.most(table.file, column.name) <= _LARGEST[column.kind]
        for column in table.recorded
        if column.kind in _LARGEST
    )
