"""What a run saw of the answers that no model foretells: how long they took, where they sent the parts."""

from collections.abc import Collection
from math import sqrt

import numpy as np

from line_sim.analysis.growth.means import Answers, Between
from line_sim.figures.defects.looks import good_when_seen
from line_sim.figures.statistics.batch_means import BATCHES, batch_means, means_of_batches
from line_sim.figures.statistics.rates import wilson
from line_sim.layout import Layout
from line_sim.recording.run_columns import NONE, BoolArray, FloatArray, IntArray, RunColumns, find

FEWEST_SEEN = 10
"""Parts of which an inspection must have sent some on before anything is said of its answers."""


def measured(run: RunColumns, layout: Layout, known: Collection[str] = ()) -> dict[str, Answers]:
    """Return what the inspections of a run were told and did, by name; nothing of those with few parts.

    Those that are `known` already are left out.
    """
    found = {}
    for place, station in enumerate(layout.places):
        if station.inspects and station.name not in known:
            seen = _seen(run, layout, place)
            if seen is not None:
                found[station.name] = seen
    return found


def _seen(run: RunColumns, layout: Layout, place: int) -> Answers | None:
    """Return what an inspection did; neighbouring parts that resemble each other count as fewer."""
    visits = run.visits(layout.decider_of(place))
    done = visits.where(visits.finished != NONE).sorted_by(visits.finished[visits.finished != NONE])
    if len(done) < FEWEST_SEEN:
        return None
    items = run.items.sorted_by(run.items.item)
    at, told = find(items.item, done.item)
    at, item = at[told], done.item[told]
    further = _went_on(run, layout, place, item)
    reviewed = items.reviewed[at] & ~further
    scrapped = items.scrapped[at] & ~items.reviewed[at] & ~further
    good = good_when_seen(run, layout, place, item) if layout.makes_defects else items.good[at]
    return Answers(
        _wait(run, place),
        (_share(reviewed, good), _share(reviewed, ~good, 1.0)),
        (_share(scrapped, good), _share(scrapped, ~good)),
    )


def _went_on(run: RunColumns, layout: Layout, place: int, items: IntArray) -> BoolArray:
    """Return which of the parts came to a later inspection, so that this one let them go on."""
    later = np.zeros(len(items), dtype=np.bool_)
    for other, station in enumerate(layout.line):
        if other > place and station.inspects:
            later |= np.isin(items, run.visits(other).item)
    return later


def _wait(run: RunColumns, place: int) -> Between:
    """Return the mean time that a part waited, its attempts together, with the interval of batch means."""
    calls = run.calls(place)
    parts = max(1, int(np.count_nonzero(calls.attempt == 1)))
    latencies = calls.latency.astype(np.float64)
    mean = float(latencies.sum()) / parts
    batches = means_of_batches(calls.latency)
    if batches is None:
        half = 2 * float(latencies.std()) / sqrt(parts)
    else:
        found = batch_means(batches.tolist())
        half = (found.high - found.low) / 2
    return Between(max(0.0, mean - half), mean, mean + half)


def _share(chosen: BoolArray, among: BoolArray, of_none: float = 0.0) -> Between:
    """Return the share of the chosen among some, with Wilson's interval over as many as they are worth.

    `of_none` is taken for it where there are none.
    """
    mine = chosen[among]
    n, count = len(mine), int(np.count_nonzero(mine))
    if not n:
        return Between(0.0, of_none, 1.0)
    worth = n / clumping(mine)
    low, high = wilson(round(count * worth / n), max(1, round(worth)))
    return Between(min(low, count / n), count / n, max(high, count / n))


def clumping(chosen: BoolArray) -> float:
    """Return how much more the counts of 20 batches vary than those of independent parts would; 1 or more."""
    share = float(chosen.mean())
    if len(chosen) < 2 * BATCHES or not 0 < share < 1:
        return 1.0
    batches: FloatArray = np.array([part.mean() for part in np.array_split(chosen, BATCHES)])
    return max(1.0, float(batches.var(ddof=1)) * len(chosen) / BATCHES / (share * (1 - share)))
