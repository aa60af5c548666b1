"""The state of a line: one record for all that there is one of, and a table for what there are several of.

All are whole numbers but scores; `NONE` stands where there is nothing. What each means for the line stands in
the module that works with it.
"""

import numpy as np

from line_sim.compiled.kernel.numbers import WHOLE

LINE = np.dtype(
    [
        ("begun", WHOLE),
        ("now", WHOLE),  # line time
        ("number", WHOLE),  # of the next event that is entered
        ("to_come", WHOLE),  # events in the heap
        ("first_at_once", WHOLE),  # the place of the first event of this moment
        ("follow", WHOLE),  # events of this moment
        ("until", WHOLE),  # nothing happens later
        ("over", WHOLE),  # whether nothing happens that does not follow at once
        ("arrived", WHOLE),  # parts so far
        ("wanted", WHOLE),  # parts of the run (NONE: no limit)
        ("on_line", WHOLE),  # parts that have not left
        ("more_to_come", WHOLE),
        ("left", WHOLE),  # parts that have left, lost ones among them
        ("unanswered", WHOLE),  # calls without a usable answer
        ("saturated", WHOLE),
        ("loses", WHOLE),  # whether a part that finds no room is lost
        ("comes_in", WHOLE),  # the calendar of arrivals
        ("arrival_rank", WHOLE),
        ("outage_rank", WHOLE),
        ("shift_rank", WHOLE),
        ("entry", WHOLE),
        ("bench", WHOLE),
        ("leads_back", WHOLE),
        ("supplying", WHOLE),  # whether parts may come in at this moment still
        ("outside", WHOLE),  # the part that waits to come in to a saturated line
        ("moment", WHOLE),  # the last one in which parts came to a saturated line
        ("before", WHOLE),  # parts that had come before it
        ("most_at_once", WHOLE),
        ("stopped", WHOLE),  # why, NONE where it was not
        ("stopped_by", WHOLE),  # the part that did
        ("circle_length", WHOLE),  # places of the circle of a locked line, 0 where it has not locked up
        ("free", WHOLE),  # the first slot that no part has
        ("slots_free", WHOLE),
        ("drawn_from", WHOLE),  # the part that the first of the numbers at hand are of
        ("outages_short", WHOLE),  # whether a machine's numbers run out
        ("items_told", WHOLE),
        ("visits_told", WHOLE),
        ("calls_told", WHOLE),
        ("outages_told", WHOLE),
        ("no_word", WHOLE),  # the empty one
        ("good", WHOLE),  # words of the true state
        ("defective", WHOLE),
        ("ship", WHOLE),  # words of the lane
        ("review", WHOLE),
        ("dispositions", WHOLE),  # the first of their words, in the order of `parts`
        ("variants", WHOLE),  # the first of their words, in the order of the mix
        ("arrival", WHOLE),  # columns of chance
        ("true_state", WHOLE),
        ("defect", WHOLE),
        ("variant", WHOLE),
        # and where each table begins, and how many rows of those that grow there are
        ("later", WHOLE),
        ("at_once", WHOLE),
        ("places", WHOLE),
        ("buffers", WHOLE),
        ("machines", WHOLE),
        ("parts", WHOLE),
        ("cells", WHOLE),
        ("ways", WHOLE),
        ("calendars", WHOLE),
        ("stretches", WHOLE),
        ("servers", WHOLE),
        ("verdicts", WHOLE),
        ("item_rows", WHOLE),
        ("visit_rows", WHOLE),
        ("call_rows", WHOLE),
        ("outage_rows", WHOLE),
        ("drawn", WHOLE),
        ("columns", WHOLE),
        ("ups", WHOLE),
        ("repairs", WHOLE),
        ("free_at", WHOLE),
        ("changes", WHOLE),
        ("locked", WHOLE),
        ("circle", WHOLE),
        ("room_later", WHOLE),
        ("ring", WHOLE),
        ("places_count", WHOLE),
        ("ways_count", WHOLE),
        ("room_items", WHOLE),
        ("room_visits", WHOLE),
        ("room_calls", WHOLE),
        ("room_outages", WHOLE),
        ("kinds_of_numbers", WHOLE),
        ("parts_at_hand", WHOLE),
        ("outages_at_hand", WHOLE),
    ]
)

LATER = np.dtype([("moment", WHOLE), ("order", WHOLE), ("kind", WHOLE), ("whom", WHOLE)])
"""An event to come; `order` is its rank and, below that, its number."""

AT_ONCE = np.dtype([("kind", WHOLE), ("whom", WHOLE), ("brings", WHOLE)])
"""An event of this moment, and the part that it brings."""

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

PART = np.dtype(
    [
        ("item", WHOLE),
        ("alive", WHOLE),  # whether it is on the line
        ("arrived_at", WHOLE),
        ("queued_at", WHOLE),
        ("visit", WHOLE),
        ("reviews", WHOLE),  # how often it came to the review bench
        ("defective", WHOLE),
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

SERVER = np.dtype(
    [
        ("first", WHOLE),  # of its workers
        ("workers", WHOLE),
        ("keeps_computing", WHOLE),
        ("overhead", WHOLE),
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
