"""What was seen to rise in a run, tested against its own noise.

The window is cut into 20 equal stretches, and of each queue the change over every stretch is taken: what
came less what went. A queue that only wanders has changes whose mean is 0, however far it has wandered,
while the levels of such a queue resemble a trend; so it is the changes that are tested, with Student's t,
one-sided. The first two stretches are left out, as every line fills at first. All queues together raise a
false alarm in at most about one of a hundred runs of a line whose load is 1, and in fewer of one with a
lower load.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt
from typing import TypeAlias

import numpy as np

from line_sim.figures.populations import LOST, those
from line_sim.figures.statistics.batch_means import BATCHES
from line_sim.figures.stops.outages import FEWEST_OUTAGES
from line_sim.figures.window import Window
from line_sim.layout import Layout
from line_sim.recording.rows import are_in_order
from line_sim.recording.run_columns import NONE, BoolArray, FloatArray, IntArray, RunColumns, or_end
from line_sim.special import students_t
from line_sim.units import HOUR, Nanoseconds

OUTSIDE = "outside"
FALSE_ALARMS = 0.01
FEWEST_MORE = 5
"""Parts that a queue must have grown by."""
_LEFT_OUT = 2
_FEWEST_STRETCHES = 10


@dataclass(frozen=True, slots=True)
class Rising:
    """A queue that was seen to rise, in front of a place or outside: by how many parts, and an hour."""

    place: str
    parts: int
    per_hour: float


def rising(run: RunColumns, layout: Layout, window: Window) -> tuple[Rising, ...]:
    """Return the queues that rose in the window by more than chance, up to the last arrival in it."""
    last = max(int(items.arrived.max(initial=0)) for items in run.items.pieces())
    until = min(window.end, last)
    edges = _stretches(layout, Window(window.start, until, window.last))
    if edges is None:
        return ()
    until = edges[-1]
    moments = np.array(edges, dtype=np.int64)
    counted = _undisturbed(run, layout, moments)
    queues = len(layout.places) + (not layout.saturated)
    return tuple(
        Rising(name, parts, parts * HOUR / (until - window.start))
        for name, came, went in _queues(run, layout)
        for parts in [_risen(_levels(came, moments) - _levels(went, moments), counted, queues)]
        if parts
    )


def _stretches(layout: Layout, window: Window) -> list[Nanoseconds] | None:
    """Return the edges of about 20 equal stretches; None where the window is too short for them.

    Where somebody keeps hours each is a whole number of days, or of weeks where one day is not like the next:
    what piles up over a weekend is gone again on Tuesday.
    """
    if not layout.calendars:
        return window.stretches(BATCHES)
    period = max(shifts.period for shifts in layout.calendars)
    periods = window.length // period
    if periods < _FEWEST_STRETCHES + _LEFT_OUT:
        return None
    each = -(-periods // BATCHES)
    return [window.start + period * each * number for number in range(periods // each + 1)]


_Moments: TypeAlias = Iterator[IntArray]


def _queues(run: RunColumns, layout: Layout) -> Iterator[tuple[str, _Moments, _Moments]]:
    """Yield each queue's name, when parts came to it, and when they went, piece by piece."""
    if not layout.saturated:
        arrived = (those(items.arrived, ~LOST.of(items)) for items in run.items.pieces())
        yield OUTSIDE, arrived, (visits.queued for visits in run.visits(layout.entry).pieces())
    for place, station in enumerate(layout.places):
        queued = (visits.queued for visits in run.visits(place).pieces())
        started = (visits.started for visits in run.visits(place).pieces())
        yield station.name, queued, (those(moments, moments != NONE) for moments in started)


def _levels(pieces: _Moments, edges: IntArray) -> IntArray:
    """Return how many of the moments there were up to each edge."""
    level = np.zeros(len(edges), dtype=np.int64)
    for moments in pieces:
        ordered = moments if are_in_order(moments) else np.sort(moments)
        level += np.searchsorted(ordered, edges, side="right")
    return level


def _risen(level: IntArray, counted: BoolArray, queues: int) -> int:
    """Return by how many parts a queue rose, 0 where that may be chance."""
    changes = np.diff(level)[counted].astype(np.float64)
    risen = int(level[-1] - level[0])
    if len(changes) < _FEWEST_STRETCHES or min(risen, float(changes.sum())) < FEWEST_MORE:
        return 0
    beyond = students_t.quantile(len(changes) - 1, 1 - FALSE_ALARMS / queues)
    return risen if student(changes) > beyond else 0


def student(changes: FloatArray) -> float:
    """Return the mean of the changes by its standard error."""
    error = float(changes.std(ddof=1)) / sqrt(len(changes))
    mean = float(changes.mean())
    return mean / error if error else (float("inf") if mean > 0 else 0.0)


def _undisturbed(run: RunColumns, layout: Layout, edges: IntArray) -> BoolArray:
    """Return which stretches count: not the first, and of a run with few outages none in which there was one.

    What a single outage piles up is gone again when the line has caught up; what many do to it is its load.
    """
    counted = np.arange(len(edges) - 1) >= _LEFT_OUT
    failed, repaired = [], []
    for place in range(len(layout.places)):
        outages = run.outages(place)
        failed.append(outages.failed)
        repaired.append(or_end(outages.repaired, run.end))
    starts, ends = np.concatenate(failed), np.concatenate(repaired)
    within = (ends > edges[0]) & (starts < edges[-1])
    if np.count_nonzero(within) < FEWEST_OUTAGES:
        for start, end in zip(starts[within].tolist(), ends[within].tolist(), strict=True):
            counted &= ~((edges[:-1] < end) & (edges[1:] > start))
    return counted
