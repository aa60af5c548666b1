"""Work in process: when each part was on the line, and how many were there at a moment."""

import numpy as np

from line_sim.figures.conditions import Condition
from line_sim.figures.populations import LOST
from line_sim.figures.statistics.quantiles import exact_sum
from line_sim.recording.run_columns import NONE, IntArray, RunColumns, Visits, or_end

ON_THE_LINE = ~LOST
"""The parts that came to the line: lost ones never did."""


def stays(run: RunColumns, of: Condition = ON_THE_LINE) -> tuple[IntArray, IntArray]:
    """Return when parts came and went, the end of the run for those that are still there.

    A part that waits outside for room has come. A killed run has parts without a story: they came when
    they first queued anywhere.
    """
    items = run.items
    items = items.where(of.of(items))
    without_story = _first_seen(run)
    came = np.concatenate([items.arrived, without_story])
    return came, np.append(or_end(items.left, run.end), np.full(len(without_story), run.end, dtype=np.int64))


def stayed_until(came: IntArray, went: IntArray, moment: int) -> int:
    """Return how long all parts together had been on the line up to a moment, in ns."""
    return exact_sum(np.minimum(went, moment) - np.minimum(came, moment))


def parts_on_line(run: RunColumns) -> tuple[IntArray, IntArray]:
    """Return moments, in order, and the parts on the line from each of them on, the first at 0."""
    items = run.items
    items = items.where(ON_THE_LINE.of(items))
    left = items.left
    came, went = np.concatenate([items.arrived, _first_seen(run)]), left[left != NONE]
    moments = np.concatenate([came, went])
    change = np.concatenate([np.ones(len(came), dtype=np.int64), -np.ones(len(went), dtype=np.int64)])
    order = np.lexsort([change, moments])
    moments, counts = moments[order], np.cumsum(change[order])
    last = np.append(moments[1:] != moments[:-1], True)[: len(moments)]
    start = np.zeros(1, dtype=np.int64)
    if len(moments) and moments[0] == 0:
        start = start[:0]
    return np.concatenate([start, moments[last]]), np.concatenate([start, counts[last]])


def _first_seen(run: RunColumns) -> IntArray:
    """Return when the parts without a story first queued anywhere."""
    seen = [_without_story(run.visits(place), run) for place in run.places]
    numbers, moments = (np.concatenate(columns) for columns in zip(*seen, strict=True))
    order = np.lexsort([moments, numbers])
    numbers, moments = numbers[order], moments[order]
    return np.asarray(moments[np.append(True, numbers[1:] != numbers[:-1])[: len(numbers)]], dtype=np.int64)


def _without_story(visits: Visits, run: RunColumns) -> tuple[IntArray, IntArray]:
    """Return part and queueing of the visits of parts without a story."""
    without_story = visits.where(~run.parts.told[run.parts.place(visits.item)])
    return without_story.item, without_story.queued
