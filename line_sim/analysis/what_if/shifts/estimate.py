"""What is to be expected of another shift, from some that were tried: a mean and how sure it is.

Each shift is tried twice, as it is and with one thing changed, by the same chance: only the difference
counts. A model answers every shift anew; the mean's interval is then Student's t over the shifts. Answers
that were measured are known by one sample alone. So each shift comes twice by the same chance, with answers
drawn anew from that sample (the bootstrap: Efron, *Annals of Statistics* 7, 1979). By how much the two differ
another set of measured answers would make a difference, too: that does not become less by trying more, so it
is added whole.

What is lost seldom, and much then, is skewed: a set of shifts that happens to have little of it has little
scatter as well. So the interval is made on the scale of square roots, where the two hang less together.
"""

from collections.abc import Sequence
from math import sqrt
from statistics import fmean, variance

from line_sim.analysis.summary.summary import Estimate, Interval
from line_sim.special import students_t


def estimate(groups: Sequence[Sequence[float]], parts: int, *, drawn: bool) -> Estimate:
    """Return the mean of the differences and its 95 % interval.

    `groups` are shifts, of so many parts, by the same chance: one each, or several with answers `drawn` from
    measured ones.
    """
    means = [fmean(group) for group in groups]
    number = len(means)
    scatter = variance(means) / number
    if drawn:
        scatter += fmean(variance(group) for group in groups)
    half = students_t.quantile(number - 1, 0.975) * sqrt(scatter)
    return Estimate(fmean(means), _ends(fmean(means), half), sum(map(len, groups)), parts)


def _ends(mean: float, half: float) -> Interval:
    """Return the interval that is so much to either side, on the scale of square roots where it is above 0.

    There it is (sqrt(mean) -+ half / (2 sqrt(mean)))^2. Where chance is as much as what is measured it is the
    plain interval: only so is what lies above 0 as sure as it is said to be, as the square never goes below.
    """
    if half >= mean:
        return mean - half, mean + half
    lean = half * half / (4 * mean)
    return mean - half + lean, mean + half + lean
