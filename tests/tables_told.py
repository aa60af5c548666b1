"""A run's columns as plain lists, so that two of them can be compared."""

import numpy as np

from line_sim.recording import RunTables
from line_sim.recording.columns import LINE
from line_sim.recording.store import NO_STATION
from line_sim.recording.tables import WHOLE


def told(tables: RunTables) -> dict[tuple[str, str], list[list[str]]]:
    """Return every table as lists by station, codes as words."""
    store = tables.store
    found = {}
    for table in WHOLE:
        there = [column for column in table.recorded if store.has(table.file, column.name)]
        kinds = {LINE: None, **{column.name: column.kind for column in there}}
        for station in store.stations(table.file):
            rows = {}
            for name, kind in kinds.items():
                column = store.column((table.file, station), name).tolist()
                rows[name] = [store.words[code] for code in column] if kind == "word" else column
            where = "" if station == NO_STATION else store.words[station]
            found[table.file, where] = np.array(list(rows.values()), dtype=object).astype(str).tolist()
    return found
