"""Observers that keep everything in memory: record by record, or as columns whatever comes in rows."""

from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from line_sim.line.fields import Kind
from line_sim.line.records import Call, Item, Job, Outage, Visit
from line_sim.recording.columns import FIRST_LINE, LINE, lines_of
from line_sim.recording.reader import RunRecords, RunTables
from line_sim.recording.store import HeldStore
from line_sim.recording.tables import BREAKDOWNS, CALLS, CREWS, ITEMS, VISITS, Table


class Memory:
    """Keeps what it is told, in the order in which it is told."""

    def __init__(self) -> None:
        self._items: list[Item] = []
        self._visits: list[Visit] = []
        self._calls: list[Call] = []
        self._outages: list[Outage] = []
        self._jobs: list[Job] = []
        self.on_item = self._items.append
        self.on_visit = self._visits.append
        self.on_call = self._calls.append
        self.on_outage = self._outages.append
        self.on_job = self._jobs.append

    @property
    def records(self) -> RunRecords:
        """Everything kept so far."""
        items, visits, calls = tuple(self._items), tuple(self._visits), tuple(self._calls)
        return RunRecords(items, visits, calls, tuple(self._outages), jobs=tuple(self._jobs))


RowKind: TypeAlias = Literal["item", "visit", "call", "outage", "job"]

_KINDS: dict[RowKind, Table[Any]] = {
    "item": ITEMS,
    "visit": VISITS,
    "call": CALLS,
    "outage": BREAKDOWNS,
    "job": CREWS,
}
_TABLES = {kind: table.having(column.name for column in table.possible) for kind, table in _KINDS.items()}
"""Each with all of its extra columns: rows have every field."""


class TablesInMemory:
    """Keeps rows as columns, many at a time, in the order in which they come.

    A row is a record with its fields by name: times and numbers are whole, NONE where something has not
    happened; a text is the place of it in `words`, of which there come more, NONE for no text; a score that
    is not there is NaN. The rows are somebody else's, and of no use after the call.
    """

    def __init__(self) -> None:
        self._store = HeldStore()
        self._codes: npt.NDArray[np.int32] = self._store.learn([""])
        self._next = dict.fromkeys(_TABLES, FIRST_LINE)

    def on_rows(self, kind: RowKind, rows: npt.NDArray[Any], words: list[str]) -> None:
        """Keep rows of one kind."""
        known = len(self._codes) - 1
        if len(words) > known:  # the last code stands behind them all: NONE finds it, too
            self._codes = np.insert(self._codes, known, self._store.learn(words[known:]))
        table = _TABLES[kind]
        columns = {
            column.name: self._codes[rows[field]] if column.kind is Kind.WORD else rows[field]
            for field, column in zip(table.record._fields, table.recorded, strict=True)
        }
        lines = lines_of(columns, table, self._store, self._next[kind])
        self._next[kind] = int(lines[-1])
        self._store.append(table.file, {**columns, LINE: lines[:-1]})

    def on_round(self) -> None:
        """Nothing waits here."""

    @property
    def tables(self) -> RunTables:
        """Everything kept so far."""
        return RunTables(self._store)
