"""A run's columns back to its records."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from line_sim.line.fields import Kind
from line_sim.recording.columns import LINE, NONE
from line_sim.recording.reader import RunRecords, RunTables
from line_sim.recording.store import Column as Stored
from line_sim.recording.store import ColumnStore, Key
from line_sim.recording.tables import WHOLE, Column, Table


def records_of(tables: RunTables) -> RunRecords:
    """Turn columns into records, in the order of the files' rows: the way back from `tables_of`."""
    items, visits, calls, outages, jobs = (_records(table, tables.store) for table in WHOLE)
    return RunRecords(items, visits, calls, outages, tables.partial, jobs)


def _records(table: Table[Any], store: ColumnStore) -> tuple[Any, ...]:
    keys = [(table.file, station) for station in store.stations(table.file)]
    if not keys:
        return ()
    order = np.argsort(_together(store, keys, LINE))
    told = [_values(column, store, keys, order) for column in table.recorded]
    return tuple(map(table.record, *told))


def _together(store: ColumnStore, keys: list[Key], name: str) -> Stored:
    return np.concatenate([store.column(key, name) for key in keys])


def _values(column: Column, store: ColumnStore, keys: list[Key], order: Stored) -> list[Any]:
    if column.extra is not None and not store.has(keys[0][0], column.name):
        return [column.extra.usual] * len(order)
    told = _together(store, keys, column.name)[order].tolist()
    return told if (value := _value(column, store.words)) is None else [value(each) for each in told]


def _value(column: Column, words: list[str]) -> Callable[[Any], Any] | None:
    """Return how a number of a column becomes the value of a field; None: it is that already."""
    if column.kind is Kind.WORD:
        return words.__getitem__
    if not column.optional:
        return None
    if column.kind is Kind.SCORE:
        return lambda score: None if math.isnan(score) else score
    return lambda number: None if number == NONE else number
