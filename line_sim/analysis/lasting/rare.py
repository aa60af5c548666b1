"""What changes the output and was too rare in a run to know its cost: outages, a review that is full."""

from collections.abc import Sequence

import numpy as np

from line_sim.analysis.growth.means import PlaceMeans
from line_sim.figures.statistics.batch_means import BATCHES
from line_sim.figures.window import Window
from line_sim.layout import Layout
from line_sim.recording.run_columns import NONE, BoolArray, IntArray, RunColumns, find

FEWEST_OUTAGES = 5
"""Outages, of all stations together, below which what one of them costs is not known."""
FEWEST_FILLED = BATCHES // 4
"""Stretches in which review must have been full, where it is at times; of fewer the run knows too little."""
_NEVER_FULL = 0.5
"""The load of review up to which it is hardly ever full."""


def too_rare(
    run: RunColumns, layout: Layout, window: Window, means: Sequence[PlaceMeans], loads: Sequence[float]
) -> str:
    """Say what was too rare; empty where nothing was. `means` and `loads` are by place."""
    if any(mean.stops for mean in means) and _outages(run, means, window) < FEWEST_OUTAGES:
        return f"fewer than {FEWEST_OUTAGES} outages were seen"
    bench = layout.bench
    if bench is not None and loads[bench] > _NEVER_FULL and _filled(run, layout, window) < FEWEST_FILLED:
        return "review may fill, and was full too seldom to tell what that costs"
    return ""


def _outages(run: RunColumns, means: Sequence[PlaceMeans], window: Window) -> int:
    """Return how many outages of all stations began in the window."""
    failed = [run.outages(place).failed for place, mean in enumerate(means) if mean.stops]
    return sum(int(np.count_nonzero((each >= window.start) & (each <= window.end))) for each in failed)


def _filled(run: RunColumns, layout: Layout, window: Window) -> int:
    """Return in how many of 20 stretches an inspection could not hand a part to review at once."""
    edges = np.array(window.stretches(BATCHES) or [window.start])
    moments = np.concatenate([_held_up(run, place) for place, at in enumerate(layout.line) if at.decides])
    within: BoolArray = (moments >= window.start) & (moments < window.end)
    return len(np.unique(np.searchsorted(edges, moments[within], side="right")))


def _held_up(run: RunColumns, place: int) -> IntArray:
    """Return when parts were finished at an inspection that review had no room for."""
    visits = run.visits(place)
    visits = visits.where((visits.finished != NONE) & (visits.left > visits.finished))
    items = run.items.sorted_by(run.items.item)
    at, there = find(items.item, visits.item)
    return np.asarray(visits.finished[items.reviewed[at] & there], dtype=np.int64)
