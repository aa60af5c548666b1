"""The interval of a mean from one long run: means of equal stretches, and how alike neighbouring ones are.

Law, Simulation Modeling and Analysis (5th ed.), section 9.5.3. Batches that resemble their neighbours are
worth fewer independent ones, b (1 - r) / (1 + r) with the lag-1 autocorrelation r (section 4.4, for a process
whose correlation fades geometrically); the interval is that of so many. The r of b batches is too small by
(1 + 4 r) / b on average, which is added (Kendall, Biometrika 41, 1954; Marriott and Pope, same volume).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from statistics import fmean

import numpy as np

from line_sim.figures.statistics.lack import WITHOUT_END, Lack, drifting, too_few
from line_sim.figures.statistics.rates import Interval
from line_sim.recording.run_columns import BoolArray, FloatArray, IntArray
from line_sim.special import students_t

BATCHES = 20
FEWEST_IN_BATCHES = 40  # two a batch: below that the counts say more about luck than about the line
FEWEST_WORTH = 2.0
"""Fewer independent batches than these know nothing of their own scatter."""

_MOST_ALIKE = 0.9  # 20 batches cannot tell a larger autocorrelation from a trend


@dataclass(frozen=True, slots=True)
class BatchMeans:
    """The mean of the batches, its 95 % interval, and how much a batch resembles the next (lag 1).

    `autocorrelation` is None when all batches are equal. The interval allows for it.
    """

    mean: float
    low: float
    high: float
    autocorrelation: float | None
    batches: int = BATCHES

    @property
    def effective(self) -> float:
        """How many independent batches these are worth; at most as many as there are."""
        return worth(self.autocorrelation, self.batches)

    @property
    def resembling(self) -> bool:
        """Whether neighbours resemble each other more than chance alone would have it.

        A one-sided test at 5 %: the lag-1 autocorrelation of b independent batches has a standard
        deviation of about 1/sqrt(b).
        """
        return self.autocorrelation is not None and self.autocorrelation > 1.645 / sqrt(self.batches)

    @property
    def half_width(self) -> float:
        """Half the width of the interval."""
        return (self.high - self.low) / 2

    @property
    def lack(self) -> Lack | None:
        """Why the interval is not to be told: the batches are worth less than two."""
        if self.effective >= FEWEST_WORTH:
            return None
        return drifting(self.batches, self.effective, FEWEST_WORTH)


def worth(autocorrelation: float | None, batches: int) -> float:
    """Return how many independent batches so many are worth whose lag-1 autocorrelation is this."""
    if autocorrelation is None:
        return float(batches)
    r = min(_MOST_ALIKE, max(0.0, autocorrelation + (1 + 4 * autocorrelation) / batches))
    return batches * (1 - r) / (1 + r)


def lag_1(values: Sequence[float]) -> float | None:
    """Return how much each value resembles the next; None where all are equal."""
    mean = fmean(values)
    deviations = [value - mean for value in values]
    squares = sum(deviation**2 for deviation in deviations)
    products = sum(one * other for one, other in pairwise(deviations))
    return products / squares if squares > 0 else None


def batch_means(batches: Sequence[float]) -> BatchMeans:
    """Return the Student-t interval over the means of the batches; there must be two at least."""
    n = len(batches)
    mean, autocorrelation = fmean(batches), lag_1(batches)
    independent = worth(autocorrelation, n)
    variance = sum((value - mean) ** 2 for value in batches) / (n - 1)
    half = students_t.quantile(max(1.0, independent - 1), 0.975) * sqrt(variance / independent)
    return BatchMeans(mean, mean - half, mean + half, autocorrelation, n)


def means_of_batches(observations: IntArray | BoolArray) -> FloatArray | None:
    """Return the means of 20 batches of neighbours, as equal as they can be; None of too few observations."""
    n = len(observations)
    if n < FEWEST_IN_BATCHES:
        return None
    firsts = [n * number // BATCHES for number in range(BATCHES + 1)]
    if observations.dtype == np.bool_:
        sums = np.array([np.count_nonzero(observations[slice(*edges)]) for edges in pairwise(firsts)])
    else:
        sums = np.add.reduceat(observations, firsts[:-1], dtype=np.float64)
    return np.asarray(sums / np.diff(firsts), dtype=np.float64)


def interval_of_mean(
    mean: float, batches: FloatArray | None, n: int, of: str, *, dependent: bool = False
) -> Interval | Lack:
    """Return the interval of a mean that is never below 0, or why there is none.

    `n` observations, `of` what, are in it; they are `dependent` where neighbours meet the same queue. The
    scatter of times and of parts that wait grows with their mean: a run that saw little congestion has little
    of both. So the upper end is the mean m whose own half-width, h m / mean, reaches to the one measured:
    mean / (1 - h / mean).
    """
    if batches is None:
        return too_few(n, FEWEST_IN_BATCHES, of)
    found = batch_means(batches.tolist())
    half = max(found.half_width, _by_pairs(batches) if dependent else 0.0)
    if half == 0:
        return mean, mean
    if found.lack is not None:
        return found.lack
    if half >= mean:
        return WITHOUT_END
    return mean - half, mean / (1 - half / mean)


def _by_pairs(batches: FloatArray) -> float:
    """Return half the interval of 10 batches, two of the 20 each: they see more of what fades slowly."""
    return batch_means(batches.reshape(-1, 2).mean(axis=1).tolist()).half_width
