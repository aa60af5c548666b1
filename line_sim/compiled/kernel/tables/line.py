"""The one row of all that there is one of: counts, codes of words, columns, and where each table begins."""

import numpy as np

from line_sim.compiled.kernel.tables.numbers import WHOLE

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
        ("word_good", WHOLE),  # words of the true state
        ("word_defective", WHOLE),
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
