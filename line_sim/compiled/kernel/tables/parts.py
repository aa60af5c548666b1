"""Parts on the line; the rows of their table, whose number is called a slot."""

import numpy as np

from line_sim.compiled.kernel.tables.numbers import WHOLE

PART = np.dtype(
    [
        ("item", WHOLE),
        ("alive", WHOLE),  # whether it is on the line
        ("arrived_at", WHOLE),
        ("queued_at", WHOLE),
        ("visit", WHOLE),
        ("reviews", WHOLE),  # how often it came to the review bench
        ("is_defective", WHOLE),
        ("defect", WHOLE),  # a word
        ("made_at", WHOLE),  # a word
        ("variant", WHOLE),
        ("evaluation", WHOLE),  # a word
        ("label", WHOLE),  # a word
        ("score", np.float64),
        ("outcome", WHOLE),  # a word
        ("inference", WHOLE),
        ("reviewed", WHOLE),  # whether an inspection has sent it to review
        ("sent_by", WHOLE),  # the place that did last
        ("next_waiting", WHOLE),  # behind it in the waiting places
        ("next_blocked", WHOLE),  # behind it among those that wait for room
        ("blocked_at", WHOLE),  # the place where it waits for room
        ("mover", WHOLE),  # who is told when it has found room
        ("gate", WHOLE),  # the machine of the gate that it rides to
        ("asked_at", WHOLE),  # of its call meanwhile, and below
        ("asked_by", WHOLE),  # the camera's unit
        ("latency", WHOLE),
        ("verdict", WHOLE),
        ("lane", WHOLE),  # that the answer has earned it, NONE until then
    ]
)
