"""Two runs, part by part: the interval of a difference from one long run of each.

Each figure is a ratio of sums over the parts, R = sum(x) / sum(y). Its influence part by part is
z = (x - R y) / mean(y), so that R's scatter is that of the mean of z (the delta method; Law, 9.5.3,
for means of consecutive batches). With the same seed part 7 is the same part in both runs, so the
batches of the one are set against the same batches of the other, and what both runs share cancels.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import sqrt

import numpy as np

from line_sim.figures.catalogue import CATALOGUE
from line_sim.figures.folds import InStretches, Ratio, Terms
from line_sim.figures.populations import Settled
from line_sim.figures.statistics.batch_means import BATCHES, batch_means, lag_1, worth
from line_sim.recording.run_columns import FloatArray
from line_sim.study.student import Estimate, steps, student, unpaired

COMPARABLE = tuple(figure for figure in CATALOGUE if isinstance(figure.fold, InStretches | Ratio))
"""The figures that one run of each can be compared by."""


@dataclass(frozen=True, slots=True)
class Batched:
    """A figure of one run: its value, and what 20 batches of it scatter around 0."""

    value: float
    scatter: tuple[float, ...]


def batched_figures(settled: Settled, most: int) -> dict[str, Batched]:
    """Return the figures of a run that can be told, its parts batched by number from 1 to `most`."""
    found = {}
    for figure in COMPARABLE:
        value, scatter = figure.fold.measure(settled).value, None
        match figure.fold:
            case InStretches() as fold:
                stretches = fold.stretches(settled)
                scatter = None if stretches is None else stretches - stretches.mean()
            case Ratio() as fold if value is not None:
                scatter = _influence(fold.terms(settled), value, most)
        if value is not None and scatter is not None:
            found[figure.name] = Batched(value, tuple(scatter.tolist()))
    return found


def difference(one: Batched, other: Batched, *, paired: bool) -> Estimate:
    """Return other - one: batch by batch where the parts are the same ones, else as two samples.

    Batches that resemble each other count for as many independent ones as they are worth.
    """
    change = other.value - one.value
    if paired:
        return replace(_estimate(steps(one.scatter, other.scatter)), mean=change)
    return replace(unpaired(_estimate(one.scatter), _estimate(other.scatter)), mean=change)


def _estimate(batches: Sequence[float]) -> Estimate:
    found = student(batches)
    independent = worth(lag_1(batches), len(batches))
    error = None if found.error is None else found.error * sqrt(len(batches) / independent)
    return replace(found, error=error, freedom=max(1.0, independent - 1))


def batches_resemble(one: Batched, other: Batched, *, paired: bool) -> bool:
    """Whether neighbouring batches are so alike that a difference cannot be told from a drift."""
    series = [steps(one.scatter, other.scatter)] if paired else [one.scatter, other.scatter]
    return any(batch_means(batches).resembling for batches in series)


def _influence(terms: Terms, value: float, most: int) -> FloatArray:
    """Return what each batch of parts adds to the scatter of a ratio of sums."""
    influence = terms.over - value * terms.under
    batch = (terms.item - 1) * BATCHES // most
    sums = np.bincount(batch, weights=influence, minlength=BATCHES)[:BATCHES]
    return np.asarray(sums * BATCHES / terms.under.sum(), dtype=np.float64)
