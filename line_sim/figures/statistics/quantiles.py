"""Quantiles as order statistics, their distribution-free intervals, and observations cut off by a deadline.

David and Nagaraja, Order Statistics (3rd ed.), section 7.1: the number of observations at or below
the p-quantile is binomial, whatever the distribution is. Observations that resemble their neighbours are
worth fewer independent ones (`neighbours`), and the ranks are those of so many. Where the upper one is the
last of all, the interval goes beyond it (`Sample.quantile`).
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import lru_cache
from itertools import count
from math import inf

import numpy as np

from line_sim.figures.statistics.lack import WITHOUT_END, Lack, too_alike, too_few
from line_sim.figures.statistics.neighbours import Neighbours
from line_sim.recording.run_columns import BoolArray, IntArray
from line_sim.special import binomial
from line_sim.units import LONGEST, Nanoseconds

QUANTILES = {
    "p50": Fraction(50, 100),
    "p90": Fraction(90, 100),
    "p95": Fraction(95, 100),
    "p99": Fraction(99, 100),
    "p99.9": Fraction(999, 1000),
}
_LARGEST = np.iinfo(np.int64).max
TAIL = 0.025  # on either side of a 95 % interval


def rank(p: Fraction, n: int) -> int:
    """Return which observation, counted from 1, is the p-quantile of n: ceil(p n), computed exactly."""
    return max(1, -(-p.numerator * n // p.denominator))


def interval_ranks(p: Fraction, n: int, alike: float = 1.0) -> tuple[int, int] | None:
    """Return the ranks between which the true p-quantile lies in at least 95 % of all samples of n.

    At most 2.5 % of samples miss on either side. None when n is too small for such an interval. Where
    `alike` neighbours say as much as one, they are the ranks of n / alike, stretched to n, rounded outwards,
    and the first or last of all where n / alike has none.
    """
    independent = int(n / alike)
    if n < fewest_for_interval(p) or independent < (fewest_of_alike(p) if alike > 1 else 1):
        return None
    low, high = _independent_ranks(p, independent)
    first = 1 if low is None else max(1, low * n // independent)
    return first, n if high is None else min(n, -(-high * n // independent))


@lru_cache(maxsize=1024)
def _independent_ranks(p: Fraction, n: int) -> tuple[int | None, int | None]:
    """Return the ranks of n independent observations; None for an end that would lie beyond them all."""
    share = float(p)
    low = _last(lambda k: binomial.at_most(k - 1, n, share) <= TAIL, 0, n)
    high = _last(lambda k: binomial.more_than(k - 1, n, share) > TAIL, 0, n) + 1
    return low or None, high if high <= n else None


def fewest_for_interval(p: Fraction) -> int:
    """Return the least n for which both ends exist: p^n <= 2.5 % and (1-p)^n <= 2.5 %.

    That is 36 for p90, 72 for p95, 368 for p99 and 3688 for p99.9.
    """
    nearer = max(p, 1 - p)
    guess = int(np.log(TAIL) / np.log(float(nearer)))
    return next(n for n in count(max(1, guess - 1)) if float(nearer) ** n <= TAIL)


def fewest_of_alike(p: Fraction) -> int:
    """Return how many independent observations those of a dependent sample must be worth: half as many.

    What neighbours are worth is told by how the share scatters. Where they come in clusters of 1 / t on
    average (geometric), it scatters as that of n / (2 / t - 1), while the tail is missed as by n t.
    """
    return -(-fewest_for_interval(p) // 2)


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
    """A quantile and its 95 % interval in ns; None is what the observations cannot tell.

    `lack` says why there is no interval.
    """

    value: Nanoseconds | None
    low: Nanoseconds | None
    high: Nanoseconds | None
    lack: Lack | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Sample:
    """Observations, some of them only known to be at least so much (censored); both columns sorted.

    `exact` are the fully known ones, `at_least` all of them with the known part of the censored;
    `neighbours` are the same in the order of time. None of their kind is above `most`.
    """

    exact: IntArray
    at_least: IntArray
    neighbours: Neighbours
    most: Nanoseconds = LONGEST

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

    def value(self, p: Fraction) -> Nanoseconds | None:
        """Return the p-quantile alone: exactly that of `quantile`."""
        return self.kth(rank(p, self.n))

    def quantile(self, p: Fraction) -> Estimate:
        """Return the p-quantile: the smallest value with at least the share p at or below it.

        Dependent observations whose upper rank is the last saw so few excursions above it that the highest
        may well lie below the truth; and where so few seem to be enough, it was a calm run. The times of a
        queue grow together, the highest with the rest: it is raised by the factor quantile / lower end, to
        the power of needed / worth, which is 1 at least.
        """
        k = rank(p, self.n)
        if self.n < fewest_for_interval(p):
            return Estimate(self.kth(k), None, None, too_few(self.n, fewest_for_interval(p), "calls"))
        alike = self.neighbours.alike_at(self.lowest(k))
        ranks = interval_ranks(p, self.n, alike)
        if ranks is None:
            lack = too_alike(self.n, self.n / alike, fewest_of_alike(p), "calls")
            return Estimate(self.kth(k), None, None, lack)
        found = Estimate(self.kth(k), self.lowest(ranks[0]), self.highest(ranks[1]))
        own = alike == 1 or ranks[0] == 1 or ranks[1] < self.n
        return found if own else self._beyond(found, fewest_for_interval(p) * alike / self.n)

    def _beyond(self, found: Estimate, short: float) -> Estimate:
        """Return it with an upper end beyond the highest; needed are `short` times what they are worth."""
        if found.value is None or found.low is None or found.high is None:
            return found
        scale = found.value / found.low if found.low > 0 else inf
        high = min(found.high * scale ** max(1.0, short), self.most)
        if high >= LONGEST:
            return Estimate(found.value, None, None, WITHOUT_END)
        return replace(found, high=round(high))

    def mean(self) -> Nanoseconds:
        """Return the mean of what is known, to the nanosecond: the restricted mean where some is censored."""
        return round(Fraction(exact_sum(self.at_least), self.n))


def exact_sum(values: IntArray) -> int:
    """Add up without rounding and without an overflow: the upper and lower 32 bits apart where it may be."""
    if not len(values) or max(int(values.max()), -int(values.min())) <= _LARGEST // len(values):
        return int(np.sum(values))
    return (int(np.sum(values >> 32)) << 32) + int(np.sum(values & 0xFFFFFFFF))


def sample_of(values: IntArray, censored: BoolArray, most: Nanoseconds = LONGEST) -> Sample:
    """Make a sample of values in the order of time, of which the censored ones are lower bounds.

    None of their kind is above `most`.
    """
    at_least = np.sort(values)
    exact = np.sort(values[~censored]) if censored.any() else at_least
    return Sample(exact, at_least, Neighbours(values), most)
