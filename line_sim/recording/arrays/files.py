"""Rows that come as arrays, into the files of a run. Only compiled lines import this."""

from collections.abc import Sequence

from line_sim.compiled.telling import TakesRows
from line_sim.recording.arrays.columns import Rows, by_step, columns_of_rows
from line_sim.recording.arrays.text import TextWriter
from line_sim.recording.writer import RunFolder


class RowFiles(TakesRows):
    """Leaves rows in a run's folder, the same bytes as record by record."""

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder
        self._tables = by_step(folder.of_line)
        self._writer = TextWriter()

    def on_rows(self, kind: str, rows: Rows, words: Sequence[str]) -> None:
        """Keep rows of the step `kind` until the end of the round."""
        if len(rows):
            table = self._tables[kind]
            columns = columns_of_rows(rows, words, table, self._folder.store)
            self._folder.keep(table.file, self._writer.text(rows, words, table), columns)

    def on_round(self) -> None:
        """Write out what has come: with every story of a part the visits that it had."""
        self._folder.flush()
