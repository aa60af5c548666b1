"""The rows of a run as the page needs them; the one place of the page that reads tables."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from line_sim.layout import Layout
from line_sim.recording.reader import read_columns
from line_sim.recording.run_columns import RunColumns, columns_of
from line_sim.units import Nanoseconds


@contextmanager
def rows_of(folder: Path, layout: Layout, end: Nanoseconds) -> Generator[RunColumns]:
    """Open a run's tables as columns; `end` is the end of the run. Raises RunFileError."""
    with read_columns(folder) as tables:
        yield columns_of(tables, layout, end)
