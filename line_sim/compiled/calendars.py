"""The tables of calendars: the stretches of each in a week, and the moments at which it goes on or off."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from line_sim.compiled.kernel.tables.machines import HOURS, STRETCH
from line_sim.layout import Shifts


def calendar_tables(calendars: Sequence[Shifts]) -> dict[str, Any]:
    """Return the tables of a line's calendars, in their order."""
    rows: list[tuple[int, ...]] = []
    stretches: list[tuple[int, ...]] = []
    changes: list[int] = []
    for shifts in calendars:
        before, turns = 0, [moment for moment, _ in shifts.changes()]
        first = len(stretches)
        for start, end in shifts.on:
            stretches.append((start, end, before))
            before += end - start
        rows.append((first, len(shifts.on), before, len(changes), len(turns)))
        changes += turns
    return {
        "calendars": np.array(rows, HOURS),
        "stretches": np.array(stretches, STRETCH),
        "changes": np.array(changes, np.int64),
    }
