"""The rows of a run as the page needs them; the one place of the page that reads tables."""

from dataclasses import dataclass
from pathlib import Path

from line_sim.analysis.columns import RunColumns, columns_of
from line_sim.analysis.facts import LineFacts
from line_sim.recording.reader import read_run
from line_sim.units import Nanoseconds


@dataclass(frozen=True, slots=True)
class Rows:
    """A run's tables as columns, and the kind of each part's defect, in the order of `columns.items`."""

    columns: RunColumns
    defects: tuple[str, ...]


def read_rows(folder: Path, facts: LineFacts, end: Nanoseconds) -> Rows:
    """Read a run's tables; `end` is the end of the run. Raises RunFileError."""
    records = read_run(folder)
    return Rows(columns_of(records, facts, end), tuple(item.defect for item in records.items))
