"""What a run saw of the answers that no model foretells: how long they took, where they sent the parts."""

from collections.abc import Collection
from math import sqrt

import numpy as np

from line_sim.analysis.growth.means import Answers, Between
from line_sim.figures.defects.looks import looks_of
from line_sim.figures.statistics.batch_means import BATCHES, batch_means, means_of_batches
from line_sim.figures.statistics.rates import wilson
from line_sim.layout import Lane, Layout
from line_sim.recording.run_columns import BoolArray, FloatArray, RunColumns

FEWEST_SEEN = 10
"""Looks that an inspection must have had before anything is said of its answers."""


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
    """Return what an inspection did at each look; neighbours that resemble each other count as fewer."""
    looks = looks_of(run, layout, place)
    if len(looks.item) < FEWEST_SEEN:
        return None
    scraps = layout.places[place].on_no_result == Lane.SCRAP  # else what is neither stops the line
    scrapped = np.asarray(~looks.passed & ~looks.reviewed & scraps)
    return Answers(
        _wait(run, place),
        (_share(looks.reviewed, looks.good), _share(looks.reviewed, ~looks.good, 1.0)),
        (_share(scrapped, looks.good), _share(scrapped, ~looks.good)),
    )


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
