"""Rows that come many at a time are the tables of the records that they are of."""

from dataclasses import fields

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from rows import calls_again, items_again, jobs, outages, visits_again

from line_sim.recording.memory import TablesInMemory
from line_sim.recording.reader import RunRecords, tables_of
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
