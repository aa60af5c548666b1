"""How much calls that follow each other say anew: they meet the same queue, and resemble each other.

The share of observations for which something holds has the variance p (1 - p) / n where they are independent.
What it really is, the means of 20 batches of neighbours tell (Law, section 9.5.3). The ratio of both is the
number of neighbours that say as much as a single independent observation.
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np

from line_sim.figures.statistics.batch_means import BATCHES, batch_means, means_of_batches
from line_sim.figures.statistics.ranks import ordered_at
from line_sim.recording.run_columns import BoolArray, FloatArray, IntArray
from line_sim.special import students_t

DEPENDENT = 2.3
"""The ratio above which neighbours are taken to depend on each other: of independent ones, 1 in 1,000 runs
shows it (chi squared of 19 degrees of freedom / 19)."""

_LEVELS = (Fraction(1, 2), Fraction(3, 4), Fraction(9, 10))
_NORMAL = 1.959964


def alike(holds: BoolArray) -> float:
    """Return how many observations, in the order of time, say as much as one independent; 1 at least.

    1 where the batches scatter no more than independent observations would, for fewer than 40, which are too
    few for batches, and where all are the same. Whether one batch resembles the next is asked only where
    neighbours depend on each other: 20 batches of independent ones often seem to.
    """
    batches, independent = means_of_batches(holds), _variance(holds)
    ratio = _ratio(batches, independent)
    if batches is None or ratio <= 1:
        return 1.0
    if ratio <= DEPENDENT:
        return ratio * (students_t.quantile(BATCHES - 1, 0.975) / _NORMAL) ** 2
    half = batch_means(batches.tolist()).half_width
    return float((half / _NORMAL) ** 2 / independent)


def _variance(holds: BoolArray) -> float:
    """Return the variance of a share of independent observations."""
    n = len(holds)
    share = np.count_nonzero(holds) / n if n else 0.0
    return share * (1 - share) / n if n else 0.0


def _ratio(batches: FloatArray | None, independent: float) -> float:
    """Return how the variance by batches compares with that of independent observations; 1 of too few."""
    if batches is None or not independent:
        return 1.0
    return float(batches.var(ddof=1)) / BATCHES / independent


@dataclass(frozen=True)
class Neighbours:
    """Observations in the order of time."""

    values: IntArray

    def alike_at(self, value: int) -> float:
        """Return how many say as much as one independent about the share at or below a value.

        Where they depend on each other, the levels that see most of it speak for all: a tail that hardly any
        batch has seen knows nothing of its own scatter.
        """
        return max(alike(self._at_or_below(value)), self.alike)

    @cached_property
    def alike(self) -> float:
        """The same of the middle and the upper end; 1 where they do not depend on each other."""
        if len(self.values) == 0:
            return 1.0
        n = len(self.values)
        ranks = [-(-level.numerator * n // level.denominator) - 1 for level in _LEVELS]
        levels = [self._at_or_below(value) for value in ordered_at(self.values, ranks)]
        if all(_ratio(means_of_batches(end), _variance(end)) <= DEPENDENT for end in (levels[0], levels[-1])):
            return 1.0
        return max(map(alike, levels))

    def _at_or_below(self, value: int) -> BoolArray:
        """Return which are at or below a value; which are below it where all are at or below."""
        at_most: BoolArray = self.values <= value
        return self.values < value if at_most.all() else at_most
