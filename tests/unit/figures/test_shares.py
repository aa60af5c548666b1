"""What became of the parts, told with the denominators."""

from recorded import PRESS_AND_CAMERA, call, item, ns, run, visit

from line_sim.figures.catalogue import (
    ESCAPE_RATE,
    FIRST_PASS_YIELD,
    OVERKILL_LATENCY,
    OVERKILL_MODEL,
    OVERKILL_RATE,
    TIMEOUT_RATE,
    USELESS_RATE,
)
from line_sim.figures.counts import Counts, counts
from line_sim.figures.populations import Settled
from line_sim.figures.statistics.rates import Rate
from line_sim.figures.window import Window
from line_sim.recording.run_columns import columns_of

REVIEWED = {"lane": "review", "evaluation": "NotOK"}
NO_ANSWER = {"lane": "review", "evaluation": "Undefined", "outcome": "timed_out"}

PARTS = [
    item(1, 0, 11),  # good, shipped at once
    item(2, 0, 12, good=False),  # escaped the camera
    item(3, 0, 13, good=False, **REVIEWED, disposition="scrapped"),  # caught
    item(4, 0, 14, good=False, **REVIEWED),  # escaped the reviewer
    item(5, 0, 15, **REVIEWED),  # overkill of the model
    item(6, 0, 16, **NO_ANSWER),  # overkill for want of an answer
    item(7, 0, 17, **NO_ANSWER, disposition="scrapped"),  # the same, and the reviewer erred too
    item(8, 0, 18, evaluation="Undefined", outcome="timed_out"),  # on_no_result: ship
    item(9, 0, None, evaluation="", outcome="", lane="", disposition="on_line"),  # not inspected so far
    item(10, 19, 19, evaluation="", outcome="", lane="", disposition="lost"),
]
VISITS = [visit(n, "camera", n, n, n + 1, n + 1) for n in range(1, 9)] + [visit(9, "camera", 9, 9)]
COLUMNS = columns_of(run(PARTS, VISITS), PRESS_AND_CAMERA)


def share(figure, columns, *window):
    """Return a share of a run in a window: when it starts, when it ends, when the run does (s)."""
    return figure.fold.measure(Settled(columns, PRESS_AND_CAMERA, Window(*map(ns, window))))


def test_escapes_overkill_and_first_pass_yield():
    """Six shipped with 2 escapes; 5 good parts inspected, 1 + 2 overkill; 2 of 8 right first time."""
    assert share(ESCAPE_RATE, COLUMNS, 0, 20, 20) == Rate(2, 6)
    assert share(OVERKILL_RATE, COLUMNS, 0, 20, 20) == Rate(3, 5)
    assert share(OVERKILL_MODEL, COLUMNS, 0, 20, 20) == Rate(1, 5)
    assert share(OVERKILL_LATENCY, COLUMNS, 0, 20, 20) == Rate(2, 5)
    assert share(FIRST_PASS_YIELD, COLUMNS, 0, 20, 20) == Rate(2, 8)


def test_parts_of_the_warm_up_are_left_out():
    """From 7.5 s: parts 7 and 8 were inspected since; all shipped ones left since."""
    assert share(OVERKILL_RATE, COLUMNS, 7.5, 20, 20) == Rate(1, 2)
    assert share(FIRST_PASS_YIELD, COLUMNS, 7.5, 20, 20) == Rate(1, 2)
    assert share(ESCAPE_RATE, COLUMNS, 7.5, 20, 20) == Rate(2, 6)


def test_a_good_part_scrapped_by_the_inspection_is_overkill():
    """on_no_result: scrap, without anybody looking again."""
    scrapped = item(1, 0, 2, evaluation="Undefined", outcome="timed_out", lane="", disposition="scrapped")
    columns = columns_of(run([scrapped], [visit(1, "camera", 1, 1, 2, 2)]), PRESS_AND_CAMERA)
    assert share(OVERKILL_LATENCY, columns, 0, 2, 2) == Rate(1, 1)
    assert share(FIRST_PASS_YIELD, columns, 0, 2, 2) == Rate(0, 1)


def test_the_last_inspection_decides():
    """A part of two cameras is judged once, when the second has looked."""
    visits = [visit(1, "camera", 1, 1, 2, 2), visit(1, "camera", 8, 8, 9, 9)]
    columns = columns_of(run([item(1, 0, 9)], visits), PRESS_AND_CAMERA)
    assert share(FIRST_PASS_YIELD, columns, 5, 9, 9) == Rate(1, 1)
    assert share(FIRST_PASS_YIELD, columns, 0, 5, 5) == Rate(0, 0)


def test_every_part_is_somewhere():
    """Ten in: 1 lost, 6 shipped, 2 scrapped, 1 on the line; 3 by the ship lane, 5 by review."""
    assert counts(COLUMNS) == Counts(10, 1, 6, 2, 1, 3, 5)


def test_parts_of_a_killed_run_without_a_story_are_on_the_line():
    """Two parts are known from their visits alone."""
    columns = columns_of(run(PARTS[:1], VISITS[:3]), PRESS_AND_CAMERA)
    assert counts(columns) == Counts(3, 0, 1, 0, 2, 1, 0)


def test_calls_that_came_to_nothing():
    """Of four calls since the warm-up one timed out and two met no server or no sense."""
    outcomes = ["timed_out", "answered", "timed_out", "unavailable", "unreadable"]
    columns = columns_of(run(calls=[call(n, n, 0.1, o) for n, o in enumerate(outcomes)]), PRESS_AND_CAMERA)
    assert share(TIMEOUT_RATE, columns, 0.5, 2, 9) == Rate(1, 4)
    assert share(USELESS_RATE, columns, 0.5, 2, 9) == Rate(2, 4)
