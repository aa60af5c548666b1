"""Places, the buffers in front of them, and the servers that some ask; the rows of each table."""

import numpy as np

from line_sim.compiled.kernel.tables.numbers import WHOLE

PLACE = np.dtype(
    [
        ("name", WHOLE),  # a word
        ("task", WHOLE),
        ("first_machine", WHOLE),
        ("units", WHOLE),
        ("rank", WHOLE),  # of parts that finish here
        ("ship_to", WHOLE),  # where the lanes lead
        ("review_to", WHOLE),
        ("cleared_to", WHOLE),  # where what it sent to review goes on
        ("time", WHOLE),  # columns of chance: cycle, acquisition or review time
        ("changeover", WHOLE),
        ("spoilt", WHOLE),
        ("spoilt_how", WHOLE),
        ("misses", WHOLE),  # of the network, or of reviewers
        ("alarms", WHOLE),
        ("service", WHOLE),
        ("camera", WHOLE),  # of a gate: its inspection
        ("gate", WHOLE),  # of an inspection: its gate
        ("deadline", WHOLE),
        ("server", WHOLE),
        ("known_latency", WHOLE),  # columns of answers that are known beforehand
        ("known_verdict", WHOLE),
        ("mends", WHOLE),  # whether what would be missing is right, at the deadline
        ("verdicts", WHOLE),  # the first of an inspection's, in the order below
    ]
)
"""Columns of chance of the review bench are those of a part's first visit there; the others' follow."""

VERDICT = np.dtype(
    [
        ("outcome", WHOLE),  # words
        ("status", WHOLE),
        ("label", WHOLE),
        ("score", np.float64),
        ("evaluation", WHOLE),
        ("lane", WHOLE),
        ("unanswered", WHOLE),
    ]
)
"""What an answer makes of a part: `evaluate` and `choose_lane`, worked out once."""

SERVER = np.dtype(
    [
        ("first", WHOLE),  # of its workers
        ("workers", WHOLE),
        ("keeps_computing", WHOLE),
        ("overhead", WHOLE),
    ]
)

BUFFER = np.dtype(
    [
        ("places", WHOLE),
        ("waiting", WHOLE),  # parts in the places, and the first and last of them
        ("first_waiting", WHOLE),
        ("last_waiting", WHOLE),
        ("blocked", WHOLE),  # parts that wait for room
        ("first_blocked", WHOLE),
        ("last_blocked", WHOLE),
        ("takers", WHOLE),  # machines that wait for a part
        ("first_taker", WHOLE),
        ("last_taker", WHOLE),
        ("kind", WHOLE),
        ("rank", WHOLE),  # of a belt, and below
        ("travel", WHOLE),
        ("cell", WHOLE),
        ("first_cell", WHOLE),
        ("accumulates", WHOLE),
        ("cells", WHOLE),  # where its cells begin among all belts'
        ("head", WHOLE),  # the cell of its first part
        ("free_from", WHOLE),
        ("taken_at", WHOLE),
        ("waits_since", WHOLE),
        ("stood", WHOLE),
        ("clears_at", WHOLE),
    ]
)

CELL = np.dtype([("part", WHOLE), ("on", WHOLE)])
