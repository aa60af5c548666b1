"""The first field in which two runs differ that should be the same."""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from line_sim.line.fields import Kind
from line_sim.recording.reader import RunRecords, RunTables, tables_of
from line_sim.recording.rows import Calls, Columns, Items, Jobs, Outages, Visits
from line_sim.recording.store import NO_STATION, ColumnStore

_TABLES: tuple[type[Columns], ...] = (Items, Visits, Calls, Outages, Jobs)

Values: TypeAlias = npt.NDArray[Any]


def difference(one: RunRecords | RunTables, other: RunRecords | RunTables) -> str:
    """Say the first difference, `visits.csv:12: left is 5, and there 6`; nothing where there is none.

    Times are in ns, -1 where something has not happened.
    """
    ours, theirs = ((tables_of(run) if isinstance(run, RunRecords) else run).store for run in (one, other))
    found = (_in_table(table, ours, theirs) for table in _TABLES)
    return next(filter(None, found), "")


def _rows(table: type[Columns], store: ColumnStore) -> Columns:
    """Return all rows of a table in the order of its file."""
    file = table.table.file
    rows = table(store, tuple((file, station) for station in store.stations(file) or [NO_STATION]))
    return rows.sorted_by(rows.row)


def _in_table(table: type[Columns], ours: ColumnStore, theirs: ColumnStore) -> str:
    file, one, other = table.table.file, _rows(table, ours), _rows(table, theirs)
    first = both = min(len(one), len(other))
    told = ""
    for name, kind in table.kinds().items():
        if not (one.tells(name) and other.tells(name)):
            continue  # files leave columns out that memory has: of a line that has no use for them
        here = _values(one, name, kind, ours)[:first]
        there = _values(other, name, kind, theirs)[:first]
        differ = np.flatnonzero(_unlike(here, there))
        if len(differ):
            first = int(differ[0])
            told = f"{file}:{int(one.row[first])}: {name} is {here[first]!s}, and there {there[first]!s}"
    if told or len(one) == len(other):
        return told
    return f"{file} has {len(one)} rows, and there {len(other)}; the first {both} are the same"


def _values(rows: Columns, name: str, kind: Kind, store: ColumnStore) -> Values:
    column: Values = getattr(rows, name)
    if kind is not Kind.WORD:
        return column
    return np.array([*store.words, ""], dtype=object)[column]  # NO_WORD is the last of them: empty


def _unlike(here: Values, there: Values) -> Values:
    unlike: Values = here != there
    return unlike & ~(np.isnan(here) & np.isnan(there)) if here.dtype == np.float64 else unlike
