"""Rows that come many at a time are the tables of the records that they are of."""

from dataclasses import fields
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rows import calls_again, items_again, jobs, outages, visits_again

from line_sim.recording.memory import TablesInMemory
from line_sim.recording.reader import RunRecords, tables_of
from line_sim.recording.store import NO_STATION, ColumnStore, HeldStore
from line_sim.study.running.differing import difference

KINDS = {"items": "item", "visits": "visit", "calls": "call", "outages": "outage", "jobs": "job"}
TIME = np.int64


def as_rows(records, words):
    """Records as an array with their fields by name; their texts go into `words`."""

    def value(told):
        if isinstance(told, str):
            if told not in words:
                words.append(told)
            return words.index(told)
        return -1 if told is None else told

    names = records[0]._fields
    types = [(name, np.float64 if name == "score" else TIME) for name in names]
    rows = np.zeros(len(records), dtype=types)
    for row, record in zip(rows, records, strict=True):
        for name in names:
            told = getattr(record, name)
            row[name] = np.nan if name == "score" and told is None else value(told)
    return rows


def a_few(rows):
    """Some rows, in a tuple."""
    return st.lists(rows, max_size=6).map(tuple)


@settings(deadline=None, max_examples=60)
@given(
    st.builds(
        RunRecords,
        *(
            st.lists(rows, max_size=6).map(tuple)
            for rows in (items_again, visits_again, calls_again, outages)
        ),
        jobs=st.lists(jobs, max_size=6).map(tuple),
    ),
    st.integers(1, 4),
)
def test_rows_in_any_portions_are_the_tables_of_their_records(run, at_a_time):
    """Field by field and line by line, also where a text has line ends; the rows are overwritten later."""
    kept, words = TablesInMemory(), []
    for kind in (each.name for each in fields(run) if each.name in KINDS):
        records = getattr(run, kind)
        for first in range(0, len(records), at_a_time):
            rows = as_rows(records[first : first + at_a_time], words)
            kept.on_rows(KINDS[kind], rows, words)
            rows[:] = np.zeros(len(rows), dtype=rows.dtype)
    assert difference(kept.tables, run) == ""
    assert difference(kept.tables, tables_of(run)) == ""


def test_no_text_is_the_empty_one():
    """Whoever counts codes may say so for a text that there is not."""
    rows = np.zeros(
        2, dtype=[(name, TIME) for name in ("station", "unit", "failed_at", "repaired_at", "name")]
    )
    rows["name"] = [-1, 0]
    kept = TablesInMemory()
    kept.on_rows("outage", rows, ["press"])
    store = kept.tables.store
    (station,) = store.stations("breakdowns.csv")
    assert [store.words[code] for code in store.column(("breakdowns.csv", station), "name")] == ["", "press"]


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 9)), max_size=12), st.integers(0, 400))
def test_columns_that_become_many_are_kept_as_all_others_are(told, most):
    """Whether they are read before or after."""
    held, other = HeldStore(), ColumnStore()
    with patch("line_sim.recording.store.MOST_HELD", most):
        for station, unit in told:
            for store in (held, other):
                columns = {"station": store.learn([station]), "unit": np.array([unit])}
                store.append("breakdowns.csv", columns)
                store.append("items.csv", {"item_id": columns["unit"]})
            assert held.stations("items.csv") == other.stations("items.csv")
            keys = [("breakdowns.csv", held.code(name)) for name in "ab"]
            of = {**dict.fromkeys(keys, ("station", "unit")), ("items.csv", NO_STATION): ("item_id",)}
            for key, names in of.items():
                assert held.rows(key) == other.rows(key)
                for name in names:
                    mine, theirs = held.column(key, name), other.column(key, name)
                    assert mine.dtype == theirs.dtype
                    assert mine.tolist() == theirs.tolist()


def test_a_reader_cannot_spoil_a_column_for_the_next_one():
    """Both read the same memory; it is said at once."""
    kept = HeldStore()
    kept.append("items.csv", {"item_id": np.array([3, 4])})
    with pytest.raises(ValueError, match="read-only"):
        kept.column(("items.csv", NO_STATION), "item_id")[0] = 5
