"""Confidence intervals of long runs: batch means, Student-t, control variates, one family-wise budget.

All checks of the suite together call a right line wrong once in 1,000 draws of the seeds (Bonferroni).
A check also says which relative error it would find: it fails when the run was too short for that.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

FAMILY_FALSE_ALARM = 1e-3
CHECKS = 120
"""At least as many as the suite makes; `conftest.py` counts them."""

LEVEL = FAMILY_FALSE_ALARM / CHECKS
BATCHES = 40
SURELY = 0.999
"""The probability with which an error of the stated size is found."""

Floats = NDArray[np.float64]


class Interval(NamedTuple):
    """An estimate, what is added to both sides of it, and the smallest error that is surely found."""

    estimate: float
    half_width: float
    detectable: float

    def contains(self, truth: float) -> bool:
        """Whether the truth lies inside."""
        return abs(self.estimate - truth) <= self.half_width


def batch_means(values: ArrayLike) -> Floats:
    """Return the means of consecutive batches of equal size; a remainder at the beginning is left out."""
    flat = np.asarray(values, dtype=np.float64)
    size = len(flat) // BATCHES
    means: Floats = flat[len(flat) - size * BATCHES :].reshape(BATCHES, size).mean(axis=1)
    return means


def interval_of(batches: Floats, controls: Sequence[Floats] = ()) -> Interval:
    """Return the interval of a mean from batch means that are as good as independent.

    `controls` are batch means of quantities whose true mean is 0, such as service times minus their
    mean: what they explain of the batches' scatter is taken out by regression (Law, Simulation
    Modeling and Analysis, control variates).
    """
    design = np.column_stack([np.ones(len(batches)), *controls])
    weights, *_ = np.linalg.lstsq(design, batches, rcond=None)
    freedom = len(batches) - design.shape[1]
    residual = batches - design @ weights
    variance = residual @ residual / freedom * np.linalg.inv(design.T @ design)[0, 0]
    error = float(np.sqrt(variance))
    critical = float(stats.t.isf(LEVEL / 2, freedom))
    return Interval(
        float(weights[0]), critical * error, (critical + float(stats.t.isf(1 - SURELY, freedom))) * error
    )


def ratio_interval(
    over_batches: Floats, under_batches: Floats, truth: float, controls: Sequence[Floats] = ()
) -> Interval:
    """Return the interval of mean(over) / mean(under), exact where the ratio is `truth` (Fieller)."""
    scale = float(under_batches.mean())
    residual = interval_of((over_batches - truth * under_batches) / scale, controls)
    return residual._replace(estimate=truth + residual.estimate)
