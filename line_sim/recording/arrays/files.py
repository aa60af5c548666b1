"""Rows that come as arrays, into the files of a run. Only compiled lines import this."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from line_sim.compiled.telling import TakesRows
from line_sim.recording.arrays.columns import Rows, by_step, columns_of_rows
from line_sim.recording.arrays.text import TextWriter
from line_sim.recording.tables import Table
from line_sim.recording.writer import RunFolder


class RowFiles(TakesRows):
    """Leaves rows in a run's folder, the same bytes as record by record.

    While they become text, another thread keeps them as columns; at the end of a round both are done.
    """

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder
        self._tables = by_step(folder.of_line)
        self._writer = TextWriter()
        self._thread = ThreadPoolExecutor(1)
        self._kept: list[Future[None]] = []

    def on_rows(self, kind: str, rows: Rows, words: Sequence[str]) -> None:
        """Take rows of the step `kind`."""
        if len(rows):
            table = self._tables[kind]
            self._kept.append(self._thread.submit(self._keep, table, rows, words))
            self._folder.keep_text(table.file, self._writer.text(rows, words, table))

    def on_round(self) -> None:
        """Write out what has come: with every story of a part the visits that it had."""
        try:
            self._folder.flush()
        finally:
            kept, self._kept = self._kept, []
            for each in kept:
                each.result()

    def on_end(self) -> None:
        """Nothing more comes."""
        self._thread.shutdown()

    def _keep(self, table: Table[Any], rows: Rows, words: Sequence[str]) -> None:
        self._folder.keep_columns(table, columns_of_rows(rows, words, table, self._folder.store))
