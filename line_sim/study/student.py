"""Student's t: intervals of a mean, of paired and of unpaired differences, and many of them at once.

Law, Simulation Modeling and Analysis (5th ed.): 9.4.1 for replications, 10.2 for two systems.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf, sqrt
from statistics import fmean

from line_sim.figures.statistics.lack import Lack
from line_sim.special import students_t

CONFIDENCE = 0.95
FAMILY = 0.05
"""How often, at most, any of a table's differences is called one although there is none (Holm)."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean and its 95 % interval.

    `freedom` are the degrees of freedom; `error` is the standard error, None where there is no telling: a
    single value. The interval reaches as far below and above the mean as `reach` says, by Student's t where
    that is None; it is wider by `below` and `above`, and stays between `least` and `most`; `lack` says why
    there is none, though there are several values, `note` what is special about the one there is.
    """

    mean: float
    error: float | None
    freedom: float
    n: int
    below: float = 0.0
    above: float = 0.0
    least: float = -inf
    most: float = inf
    lack: Lack | None = None
    reach: tuple[float, float] | None = None
    note: str = ""

    @property
    def _ends(self) -> tuple[float, float] | None:
        """How far the interval reaches below and above the mean, before it is cut; None: there is none."""
        if self.error is None or self.lack is not None:
            return None
        half = critical(self.freedom) * self.error
        below, above = self.reach or (half, half)
        return below + self.below, above + self.above

    @property
    def half_width(self) -> float | None:
        """Half the width of the interval, before it is cut at `least` and `most`."""
        return None if self._ends is None else sum(self._ends) / 2

    @property
    def interval(self) -> tuple[float, float] | None:
        """Both ends of the interval."""
        if self._ends is None:
            return None
        below, above = self._ends
        return max(self.least, self.mean - below), min(self.most, self.mean + above)

    @property
    def relative_half_width(self) -> float | None:
        """The half-width as a share of the mean; 0 of a constant, None of a mean of 0 that scatters."""
        half = self.half_width
        if half is None or half == 0:
            return half
        return half / abs(self.mean) if self.mean else None

    @property
    def p_value(self) -> float | None:
        """How often chance alone would bring the mean at least as far from 0 (two-sided).

        Of values that are all the same it is that of the sign test: each could as well be of the other sign.
        """
        if self.error is None:
            return None
        if self.error == 0:
            return 1.0 if self.mean == 0 else 0.5 ** (self.n - 1)
        return 2 * students_t.share_below(self.freedom, -abs(self.mean) / self.error)


def critical(freedom: float, confidence: float = CONFIDENCE) -> float:
    """Return Student's two-sided critical value."""
    return students_t.quantile(freedom, (1 + confidence) / 2)


def student(values: Sequence[float]) -> Estimate:
    """Return the mean of independent values and its interval; there must be one value at least.

    Equal values have an interval of no width, to the last digit: their mean is not recomputed.
    """
    n = len(values)
    if all(value == values[0] for value in values):
        return Estimate(values[0], 0.0 if n > 1 else None, n - 1, n)
    mean = fmean(values)
    variance = sum((value - mean) ** 2 for value in values) / (n - 1)
    return Estimate(mean, sqrt(variance / n), n - 1, n)


def steps(ones: Sequence[float], others: Sequence[float]) -> list[float]:
    """Return other - one, pair by pair; what only rounding tells apart is the same."""
    found = [other - one for one, other in zip(ones, others, strict=True)]
    grain = _ROUNDING * max(map(abs, (*ones, *others)), default=0.0)
    alike = all(abs(step - found[0]) <= grain for step in found)
    return [found[0]] * len(found) if alike else found


_ROUNDING = 1e-12
"""The share of what is subtracted that sums of thousands of values leave to rounding, and more."""


def welch(ones: Sequence[float], others: Sequence[float]) -> Estimate:
    """Return the difference of the means of two independent samples (Welch, Biometrika 34, 1947)."""
    return unpaired(student(ones), student(others))


def unpaired(one: Estimate, other: Estimate) -> Estimate:
    """Return the difference of two means that have nothing to do with each other."""
    difference, n = other.mean - one.mean, min(one.n, other.n)
    if one.error is None or other.error is None:
        return Estimate(difference, None, 0, n)
    ours, theirs = one.error**2, other.error**2
    if ours + theirs == 0:
        return Estimate(difference, 0.0, n - 1, n)
    freedom = (ours + theirs) ** 2 / (ours**2 / one.freedom + theirs**2 / other.freedom)
    return Estimate(difference, sqrt(ours + theirs), freedom, n)


def holm(p_values: Mapping[str, float | None], family: float = FAMILY) -> set[str]:
    """Return which of the differences stand when all are looked at together.

    Holm, Scandinavian Journal of Statistics 6 (1979): at most `family` of such tables name one that
    is none. Those without a p-value do not count.
    """
    known = sorted((p, name) for name, p in p_values.items() if p is not None)
    stand: set[str] = set()
    for rank, (p, name) in enumerate(known):
        if p > family / (len(known) - rank):
            break
        stand.add(name)
    return stand
