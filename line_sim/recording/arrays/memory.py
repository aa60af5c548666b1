"""Rows that come as arrays, kept as columns in memory."""

from collections.abc import Sequence
from typing import Any

from line_sim.compiled.telling import TakesRows
from line_sim.recording.arrays.columns import Rows, by_step, columns_of_rows
from line_sim.recording.columns import FIRST_LINE, LINE, columns_of_records, lines_of
from line_sim.recording.reader import IN_MEMORY, RunTables
from line_sim.recording.store import Block, ColumnStore
from line_sim.recording.tables import WHOLE, Table


class RowMemory(TakesRows):
    """Keeps what it is told, in the order in which it is told: the columns that `tables` have."""

    def __init__(self, tables: Sequence[Table[Any]] = WHOLE) -> None:
        self._store = ColumnStore(IN_MEMORY)
        self._tables = by_step(tables)
        self._next_line = dict.fromkeys((table.file for table in tables), FIRST_LINE)

    def on_rows(self, kind: str, rows: Rows, words: Sequence[str]) -> None:
        """Keep rows of the step `kind`; what is needed of them is copied."""
        table = self._tables[kind]
        self._keep(table, columns_of_rows(rows, words, table, self._store))

    @property
    def tables(self) -> RunTables:
        """Everything kept so far."""
        for table in self._tables.values():  # one without rows has its columns, too
            if not self._store.has(table.file, LINE):
                self._keep(table, columns_of_records((), table, self._store))
        return RunTables(self._store)

    def _keep(self, table: Table[Any], columns: Block) -> None:
        lines = lines_of(columns, table, self._store, self._next_line[table.file])
        self._next_line[table.file] = int(lines[-1])
        self._store.append(table.file, {**columns, LINE: lines[:-1]})
