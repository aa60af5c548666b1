"""The rows that a line tells: the fields are those of `line_sim.line.records`, words are codes."""

import numpy as np

from line_sim.compiled.kernel.tables.numbers import WHOLE

WORD = np.int32

ITEM = np.dtype(
    [
        ("item_id", WHOLE),
        ("true_state", WORD),
        ("defect", WORD),
        ("arrived_at", WHOLE),
        ("left_at", WHOLE),
        ("evaluation", WORD),
        ("label", WORD),
        ("score", np.float64),
        ("inference_outcome", WORD),
        ("inference", WHOLE),
        ("lane", WORD),
        ("disposition", WORD),
        ("reworked", WHOLE),
        ("made_at", WORD),
        ("variant", WORD),
    ]
)
VISIT = np.dtype(
    [
        ("item_id", WHOLE),
        ("station", WORD),
        ("unit", WHOLE),
        ("queued_at", WHOLE),
        ("started_at", WHOLE),
        ("finished_at", WHOLE),
        ("left_at", WHOLE),
        ("down", WHOLE),
        ("visit", WHOLE),
        ("reworked", WHOLE),
        ("changeover", WHOLE),
    ]
)
CALL = np.dtype(
    [
        ("item_id", WHOLE),
        ("station", WORD),
        ("unit", WHOLE),
        ("attempt", WHOLE),
        ("issued_at", WHOLE),
        ("latency", WHOLE),
        ("outcome", WORD),
        ("status", WORD),
        ("label", WORD),
        ("score", np.float64),
        ("skew", WHOLE),
        ("request_bytes", WHOLE),
        ("visit", WHOLE),
        ("true_state", WORD),
    ]
)
OUTAGE = np.dtype(
    [("station", WORD), ("unit", WHOLE), ("failed_at", WHOLE), ("repaired_at", WHOLE), ("name", WORD)]
)

MOST_OF_AN_EVENT = 4
"""No event tells of more than that in any table."""
