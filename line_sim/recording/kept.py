"""The columns of all that a run has written so far, so that the analysis need not read its files."""

from collections import defaultdict
from typing import Any

import numpy as np

from line_sim.errors import RunFileError
from line_sim.line.fields import Kind
from line_sim.recording.columns import FIRST_LINE, LINE, columns_of_records, lines_of
from line_sim.recording.csvtext import LARGEST, LATEST
from line_sim.recording.store import Block, ColumnStore
from line_sim.recording.tables import TABLES, Table

MANY_ROWS = 2**12
"""So many go to the store at once: the fewer pieces there, the quicker a column is read."""

MANY_BLOCKS = 2**8
"""So many at most wait for it: a live run brings a row now and then."""

_LARGEST = {
    Kind.COUNT: LARGEST,
    Kind.ORDINAL: LARGEST,
    Kind.MOMENT: LATEST,
    Kind.DURATION: LATEST,
    Kind.LAG: LATEST,
}


class Kept:
    """Blocks of rows, kept in a store in the order in which they were written.

    What cannot be kept, or would not be read back, is given up: then the files tell it, with their words.
    """

    def __init__(self) -> None:
        self.store = ColumnStore()
        self._whole = True
        self._blocks: dict[str, list[Block]] = defaultdict(list)
        self._next_line = dict.fromkeys((table.file for table in TABLES), FIRST_LINE)
        for table in TABLES:
            for column in table.columns:
                self.store.learn(column.allowed)
            self.add(table, columns_of_records((), table, self.store))  # an empty table has its columns, too

    def add(self, table: Table[Any], columns: Block | None) -> None:
        """Keep the rows that were written to a table next; None: they have no place in columns."""
        if not self._whole:
            return
        if columns is None or not _is_read_back(table, columns):
            self._give_up()
            return
        lines = lines_of(columns, table, self.store, self._next_line[table.file])
        self._next_line[table.file] = int(lines[-1])
        waiting = self._blocks[table.file]
        waiting.append({**columns, LINE: lines[:-1]})
        if len(waiting) >= MANY_BLOCKS or sum(len(block[LINE]) for block in waiting) >= MANY_ROWS:
            self._put_away(table.file)

    def settled(self) -> ColumnStore | None:
        """Return the store with all that was added in it, None where something is missing."""
        for file in list(self._blocks):
            self._put_away(file)
        return self.store if self._whole else None

    def _put_away(self, file: str) -> None:
        """Hand the blocks of a table on to the store; where that has no room, they are given up."""
        blocks = self._blocks.pop(file, [])
        if blocks:
            whole = {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}
            try:
                self.store.append(file, whole)
            except RunFileError:
                self._give_up()

    def _give_up(self) -> None:
        """Keep nothing any more."""
        self._whole = False
        self._blocks.clear()
        self.store.close()


def _is_read_back(table: Table[Any], columns: Block) -> bool:
    """Whether the reader would take it all, and not say that a number is too large."""
    return all(
        np.max(columns[column.name], initial=0) <= _LARGEST[column.kind]
        for column in table.recorded
        if column.kind in _LARGEST
    )
