"""Intervals of means of few values that are not normal: skewed ones, and such as are mostly the same.

A queue's mean over a run is skewed: runs that happen to see no long queue have a low mean and little scatter
at once, and Student's interval ends too low. Willink, "A confidence interval and test for the mean of an
asymmetric distribution", Communications in Statistics - Theory and Methods 34 (2005), makes one of Johnson's
t (JASA 73, 1978) and Hall's transformation (JRSS B 54, 1992): its ends are mean - G(t) e and mean - G(-t) e,
with G(r) = (cbrt(1 + 6 a (r - a)) - 1) / (2 a), the standard error e and a = skewness / (6 sqrt(n)).

Something rare (a part that escapes in one run of ten) leaves most values the same. Then it is counted:
`by_counts`.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from math import cbrt, hypot, sqrt
from statistics import fmean

from line_sim.figures.statistics.rates import wilson
from line_sim.study.student import Estimate, critical, steps, student

_STRAIGHT = 1e-9
"""Below this G is a straight line, to the digits that there are."""


def of_runs(values: Sequence[float]) -> Estimate:
    """Return the mean of independent values, with the interval that their skewness asks for."""
    return by_counts(values, willink(values))


def of_pairs(ones: Sequence[float], others: Sequence[float]) -> Estimate:
    """Return the mean of other - one, pair by pair: what common random numbers are for.

    What skews both alike cancels, so that the interval is Student's, unless most differences are the same.
    """
    differences = steps(ones, others)
    return by_counts(differences, student(differences))


def willink(values: Sequence[float]) -> Estimate:
    """Return the mean with Willink's interval.

    The skewness is that of the values themselves. Without its bias, as in the paper, it is so uncertain that
    the interval of five normal values is a third wider, and no more often right.
    """
    found = student(values)
    if not found.error:
        return found
    deviation = found.error * sqrt(found.n)
    skewness = fmean(((value - found.mean) / deviation) ** 3 for value in values)
    a, t = skewness / (6 * sqrt(found.n)), critical(found.freedom)
    return replace(found, reach=(_straightened(t, a) * found.error, -_straightened(-t, a) * found.error))


def _straightened(r: float, a: float) -> float:
    return r if abs(a) < _STRAIGHT else (cbrt(1 + 6 * a * (r - a)) - 1) / (2 * a)


def by_counts(values: Sequence[float], found: Estimate) -> Estimate:
    """Return the estimate with an interval by counts where more than half of the values are the same.

    Those above and those below the usual value are counted apart, each count with Wilson's interval and their
    usual size; both are set against each other as Newcombe does with two shares (Statistics in Medicine 17,
    1998, method 10): as independent errors are. Of a side that was not seen, 0 of n were. The interval is
    no narrower than Student's.
    """
    usual, often = Counter(values).most_common(1)[0]
    if not found.error or 2 * often <= len(values):
        return found
    apart = [value - usual for value in values]
    usual_size = sum(each * each for each in apart) / sum(map(abs, apart))
    low, most, high = _counted([each for each in apart if each > 0], len(values), usual_size)
    down_low, down, down_high = _counted([-each for each in apart if each < 0], len(values), usual_size)
    half = critical(found.freedom) * found.error
    below, above = hypot(most - low, down_high - down), hypot(high - most, down - down_low)
    return replace(found, reach=(max(half, below), max(half, above)))


def _counted(sizes: Sequence[float], n: int, usual: float) -> tuple[float, float, float]:
    """Return the low end, the value and the high end of what some of n add to the mean.

    Their size is the one with which as many of them would scatter as they do; `usual` where there are none.
    """
    total = sum(sizes)
    size = sum(each * each for each in sizes) / total if total else usual
    low, high = wilson(total / size, n)
    return low * size, total / n, high * size
