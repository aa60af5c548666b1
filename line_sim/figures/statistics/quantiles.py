"""Quantiles as order statistics, their distribution-free intervals, and observations cut off by a deadline.

David and Nagaraja, Order Statistics (3rd ed.), section 7.1: the number of observations at or below
the p-quantile is binomial, whatever the distribution is.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import count

import numpy as np

from line_sim.recording.run_columns import BoolArray, IntArray
from line_sim.units import Nanoseconds

QUANTILES = {
    "p50": Fraction(50, 100),
    "p90": Fraction(90, 100),
    "p95": Fraction(95, 100),
    "p99": Fraction(99, 100),
    "p99.9": Fraction(999, 1000),
}
TAIL = 0.025  # on either side of a 95 % interval


def rank(p: Fraction, n: int) -> int:
    """Return which observation, counted from 1, is the p-quantile of n: ceil(p n), computed exactly."""
    return max(1, -(-p.numerator * n // p.denominator))


def interval_ranks(p: Fraction, n: int) -> tuple[int, int] | None:
    """Return the ranks between which the true p-quantile lies in at least 95 % of all samples of n.

    At most 2.5 % of samples miss on either side. None when n is too small for such an interval.
    """
    if n < fewest_for_interval(p):
        return None
    from scipy.special import bdtr, bdtrc  # noqa: PLC0415 - a tenth of a second that only reports pay

    share = float(p)
    low = _last(lambda k: bool(bdtr(k - 1, n, share) <= TAIL), 1, n)
    high = _last(lambda k: bool(bdtrc(k - 1, n, share) > TAIL), 1, n) + 1
    return low, high


def fewest_for_interval(p: Fraction) -> int:
    """Return the least n for which both ends exist: p^n <= 2.5 % and (1-p)^n <= 2.5 %.

    That is 36 for p90, 72 for p95, 368 for p99 and 3688 for p99.9.
    """
    nearer = max(p, 1 - p)
    guess = int(np.log(TAIL) / np.log(float(nearer)))
    return next(n for n in count(max(1, guess - 1)) if float(nearer) ** n <= TAIL)


def _last(holds: Callable[[int], bool], first: int, last: int) -> int:
    """Return the last of the numbers from `first` for which a condition, true up to some point, holds."""
    low, high = first, last
    while low < high:
        middle = (low + high + 1) // 2
        if holds(middle):
            low = middle
        else:
            high = middle - 1
    return low


@dataclass(frozen=True, slots=True)
class Estimate:
    """A quantile and its 95 % interval in ns; None is what the observations cannot tell."""

    value: Nanoseconds | None
    low: Nanoseconds | None
    high: Nanoseconds | None


@dataclass(frozen=True, slots=True)
class Sample:
    """Observations, some of them only known to be at least so much (censored); both columns sorted.

    `exact` are the fully known ones, `at_least` all of them with the known part of the censored.
    """

    exact: IntArray
    at_least: IntArray

    @property
    def n(self) -> int:
        """The number of observations, censored ones included."""
        return len(self.at_least)

    @property
    def censored(self) -> int:
        """The number of observations of which only a part is known."""
        return len(self.at_least) - len(self.exact)

    def lowest(self, k: int) -> Nanoseconds:
        """Return the least that the k-th smallest observation can be."""
        return int(self.at_least[k - 1])

    def highest(self, k: int) -> Nanoseconds | None:
        """Return the most that the k-th smallest observation can be; None is without limit."""
        return int(self.exact[k - 1]) if k <= len(self.exact) else None

    def kth(self, k: int) -> Nanoseconds | None:
        """Return the k-th smallest observation, or None when the censored ones leave it open."""
        lowest, highest = self.lowest(k), self.highest(k)
        return lowest if lowest == highest else None

    def quantile(self, p: Fraction) -> Estimate:
        """Return the p-quantile: the smallest value with at least the share p at or below it."""
        ranks = interval_ranks(p, self.n)
        low = self.lowest(ranks[0]) if ranks else None
        high = self.highest(ranks[1]) if ranks else None
        return Estimate(self.kth(rank(p, self.n)), low, high)

    def mean(self) -> Nanoseconds:
        """Return the mean of what is known, to the nanosecond: the restricted mean where some is censored."""
        return round(Fraction(exact_sum(self.at_least), self.n))


def exact_sum(values: IntArray) -> int:
    """Add up without rounding and without an overflow: the upper and the lower 32 bits apart."""
    return (int(np.sum(values >> 32)) << 32) + int(np.sum(values & 0xFFFFFFFF))


def sample_of(values: IntArray, censored: BoolArray) -> Sample:
    """Make a sample of values, of which the censored ones are lower bounds."""
    return Sample(np.sort(values[~censored]), np.sort(values))
