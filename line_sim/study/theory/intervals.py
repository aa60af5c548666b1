"""Confidence intervals of long runs: batch means, Student-t, control variates, ratios.

A check also says which relative error it would find: an interval that is wide contains anything.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from line_sim.special import students_t

BATCHES = 40
SURELY = 0.999
"""The probability with which an error of the stated size is found."""

Floats = NDArray[np.float64]


class Interval(NamedTuple):
    """An estimate, what is added to both sides of it, the smallest error surely found, the standard error."""

    estimate: float
    half_width: float
    detectable: float
    error: float

    def contains(self, truth: float) -> bool:
        """Whether the truth lies inside."""
        return abs(self.estimate - truth) <= self.half_width

    def z(self, truth: float) -> float:
        """Return how many standard errors the estimate lies from the truth."""
        return (self.estimate - truth) / self.error if self.error else 0.0


def batch_means(values: ArrayLike, batches: int = BATCHES) -> Floats:
    """Return the means of consecutive batches of equal size; a remainder at the beginning is left out."""
    flat = np.asarray(values, dtype=np.float64)
    size = len(flat) // batches
    means: Floats = flat[len(flat) - size * batches :].reshape(batches, size).mean(axis=1)
    return means


def interval_of(batches: Floats, controls: Sequence[Floats] = (), *, level: float) -> Interval:
    """Return the interval of a mean from batch means that are as good as independent.

    `level` is the probability with which it misses the truth, both sides together.
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
    critical = -students_t.quantile(freedom, level / 2)
    surely = critical + students_t.quantile(freedom, SURELY)
    return Interval(float(weights[0]), critical * error, surely * error, error)


def ratio_interval(
    over_batches: Floats,
    under_batches: Floats,
    truth: float,
    controls: Sequence[Floats] = (),
    *,
    level: float,
) -> Interval:
    """Return the interval of mean(over) / mean(under), exact where the ratio is `truth` (Fieller)."""
    scale = float(under_batches.mean())
    residual = interval_of((over_batches - truth * under_batches) / scale, controls, level=level)
    return residual._replace(estimate=truth + residual.estimate)
