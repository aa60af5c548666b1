"""Machines, the ways in which they stop, and calendars; the rows of each table."""

import numpy as np

from line_sim.compiled.kernel.tables.numbers import WHOLE

MACHINE = np.dtype(
    [
        ("place", WHOLE),
        ("unit", WHOLE),
        ("rank", WHOLE),
        ("part", WHOLE),
        ("queued_at", WHOLE),
        ("started_at", WHOLE),
        ("finished_at", WHOLE),
        ("down", WHOLE),
        ("changeover", WHOLE),
        ("visit", WHOLE),
        ("waits", WHOLE),  # whether it waits for a part, and who does behind it
        ("next_taker", WHOLE),
        ("set_up_for", WHOLE),  # a variant
        ("asked_at", WHOLE),  # of the call about its part, and below
        ("latency", WHOLE),
        ("verdict", WHOLE),
        ("lane", WHOLE),
        ("stops", WHOLE),  # whether it has ways to stop, or shifts, and below
        ("first_way", WHOLE),
        ("ways", WHOLE),
        ("shifts", WHOLE),
        ("hours", WHOLE),
        ("off", WHOLE),
        ("under_repair", WHOLE),
        ("down_since", WHOLE),
        ("left_to_do", WHOLE),
    ]
)

WAY = np.dtype(
    [
        ("machine", WHOLE),
        ("counts", WHOLE),
        ("name", WHOLE),  # a word
        ("failed_at", WHOLE),
        ("left", WHOLE),  # of the up time, or parts
        ("due", WHOLE),  # when the up time is used up, if the work at hand does that
        ("fails_at", WHOLE),  # by the calendar
        ("ups", WHOLE),  # drawn so far of those at hand
        ("repairs", WHOLE),
    ]
)

HOURS = np.dtype(
    [
        ("first", WHOLE),  # of its stretches
        ("count", WHOLE),
        ("week", WHOLE),  # what it works in a week
        ("first_change", WHOLE),
        ("changes", WHOLE),
    ]
)

STRETCH = np.dtype([("start", WHOLE), ("end", WHOLE), ("before", WHOLE)])
"""A stretch on which somebody works, and how much was worked before it."""
