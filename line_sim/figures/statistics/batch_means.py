"""The interval of a rate from one long run: means of equal stretches of time, as if independent.

Law, Simulation Modeling and Analysis (5th ed.), section 9.5.3.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from statistics import fmean

import numpy as np

from line_sim.recording.run_columns import FloatArray, IntArray

BATCHES = 20
FEWEST_IN_BATCHES = 40  # two a batch: below that the counts say more about luck than about the line


@dataclass(frozen=True, slots=True)
class BatchMeans:
    """The mean of the batches, its 95 % interval, and how much a batch resembles the next (lag 1).

    `autocorrelation` is None when all batches are equal.
    """

    mean: float
    low: float
    high: float
    autocorrelation: float | None

    @property
    def effective(self) -> float:
        """How many independent batches these are worth: b (1 - r) / (1 + r), r the lag-1 autocorrelation.

        At most as many as there are (a negative r is not taken for more); Law, section 4.4, for a process
        whose correlation fades geometrically.
        """
        r = max(0.0, self.autocorrelation or 0.0)
        return BATCHES * (1 - r) / (1 + r)

    @property
    def resembling(self) -> bool:
        """Whether neighbours resemble each other so much that the interval is too narrow.

        A one-sided test at 5 %: the lag-1 autocorrelation of b independent batches has a standard
        deviation of about 1/sqrt(b).
        """
        return self.autocorrelation is not None and self.autocorrelation > 1.645 / sqrt(BATCHES)


def batch_means(batches: Sequence[float]) -> BatchMeans:
    """Return the Student-t interval over the means of the batches; there must be two at least."""
    from scipy.special import stdtrit  # noqa: PLC0415 - a tenth of a second that only reports pay

    n = len(batches)
    mean = fmean(batches)
    deviations = [value - mean for value in batches]
    squares = sum(deviation**2 for deviation in deviations)
    half = float(stdtrit(n - 1, 0.975)) * sqrt(squares / (n - 1) / n)
    products = sum(one * other for one, other in pairwise(deviations))
    return BatchMeans(mean, mean - half, mean + half, products / squares if squares > 0 else None)


def means_of_batches(observations: IntArray) -> FloatArray | None:
    """Return the means of 20 batches of neighbours, as equal as they can be; None of too few observations."""
    n = len(observations)
    if n < FEWEST_IN_BATCHES:
        return None
    firsts = [n * number // BATCHES for number in range(BATCHES + 1)]
    sums = np.add.reduceat(observations, firsts[:-1], dtype=np.float64)
    return np.asarray(sums / np.diff(firsts), dtype=np.float64)


def interval_of_mean(mean: float, batches: FloatArray | None) -> tuple[float, float] | None:
    """Return the interval of a mean that is never below 0.

    None where there are too few observations, and where one batch resembles the next: such an interval
    would be too narrow.
    """
    if batches is None:
        return None
    found = batch_means(batches.tolist())
    if found.resembling:
        return None
    half = (found.high - found.low) / 2
    return max(0.0, mean - half), mean + half
