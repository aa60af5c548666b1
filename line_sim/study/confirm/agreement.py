"""Whether live runs and a prediction agree within a margin: two one-sided tests, pure.

Schuirmann, Journal of Pharmacokinetics and Biopharmaceutics 15 (1987): two means are called equivalent where
the 90 % interval of their difference lies inside the margin; then at most one of twenty pairs that differ by
the margin or more is called so. Here it is the interval of log(live / predicted), and for a share that of
live - predicted in points. Half its width is the hypotenuse of two halves: that of the live runs' own
interval (Student's t, with as few degrees of freedom as there are runs) and that of all that the prediction
does not know (Zou and Donner, Statistics in Medicine 27, 2008). Welch's degrees of freedom, themselves
estimated from three runs, would make it too narrow: he calls one pair of fifteen different that is not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, hypot, sqrt
from typing import Literal

from line_sim.study.student import critical, student

Verdict = Literal["equivalent", "different", "undecided"]
EQUIVALENT: Verdict = "equivalent"
DIFFERENT: Verdict = "different"
UNDECIDED: Verdict = "undecided"

CONFIDENCE = 0.90
"""Of the interval: 5 % on either side."""


@dataclass(frozen=True, slots=True)
class Margin:
    """How far live and predicted may lie apart: a share of the figure, or points where it is one itself."""

    kpi: str
    size: float
    points: bool

    @property
    def limits(self) -> tuple[float, float]:
        """What `apart` must lie between: half as much is as far from the same as twice as much."""
        return (-self.size if self.points else 1 / (1 + self.size) - 1), self.size


@dataclass(frozen=True, slots=True)
class Expected:
    """A predicted figure: its mean over `runs` runs, and the standard error of all that is not known."""

    mean: float
    error: float
    runs: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """What came of a figure.

    `apart` is live / predicted - 1, or live - predicted of a share, `low` and `high` the ends of its 90 %
    interval. `spread` is the furthest that a live run lies from their mean, in the same measure: that is the
    noise of running the same line again. `live_part` is the share that the live runs
    have in the square of its width.
    """

    margin: Margin
    live: float
    predicted: float
    apart: float
    low: float
    high: float
    spread: float
    live_part: float

    @property
    def verdict(self) -> Verdict:
        """Equivalent inside the margin, different wholly outside; noisy live runs are never equivalent."""
        least, most = self.margin.limits
        if self.low > most or self.high < least:
            return DIFFERENT
        inside = least < self.low and self.high < most
        return EQUIVALENT if inside and not self.noisy else UNDECIDED

    @property
    def noisy(self) -> bool:
        """Whether repeated live runs lie further apart than the margin: no verdict can be had there."""
        return self.spread > self.margin.size

    @property
    def within_noise(self) -> bool:
        """Whether the prediction lies no further from the live mean than a live run does."""
        return abs(self.apart) <= self.spread


def agreement(live: Sequence[float], expected: Expected, margin: Margin, parts: int = 0) -> Agreement:
    """Return what live runs, two at least, say of a prediction.

    `parts` is how many parts all live runs had together: a share that was the same in each of them is known
    no better than so many parts tell (where every predicted run had the same one, too, a part that breaks
    that was never seen). Of a figure of which one side is 0 there is no logarithm: it is then
    (live - predicted) / the other one.
    """
    found = student(live)
    error = found.error or 0.0
    spread = max(abs(value - found.mean) for value in live)
    if margin.points:
        error, freedom = _of_a_share(found.mean, expected, error, len(live), parts)
        return _points(found.mean, expected, margin, (error, freedom), spread)
    if found.mean > 0 and expected.mean > 0:
        return _ratio(found.mean, expected, margin, (error, len(live) - 1), spread)
    return _one_is_nothing(found.mean, expected, margin, (error, len(live) - 1), spread)


_Error = tuple[float, float]
"""A standard error and its degrees of freedom."""


def _of_a_share(mean: float, expected: Expected, error: float, runs: int, parts: int) -> _Error:
    """Return the error of a share; one that was the same each time has that of the rule of succession."""
    if error or not parts:
        return error, runs - 1
    by_the_line = expected.error == 0 and abs(mean - expected.mean) < 1 / (2 * parts)
    likely = ((0 if by_the_line else mean * parts) + 1) / (parts + 2)
    return sqrt(likely * (1 - likely) / parts), _MANY


_MANY = 1e9
"""With so many degrees of freedom Student's law is the normal one."""


def _points(live: float, expected: Expected, margin: Margin, error: _Error, spread: float) -> Agreement:
    half, part = _half(error, (expected.error, expected.runs - 1))
    apart = live - expected.mean
    return Agreement(margin, live, expected.mean, apart, apart - half, apart + half, spread, part)


def _ratio(live: float, expected: Expected, margin: Margin, error: _Error, spread: float) -> Agreement:
    """Compare two figures above 0 by the logarithm of their ratio, whose errors are the relative ones."""
    half, part = _half((error[0] / live, error[1]), (expected.error / expected.mean, expected.runs - 1))
    ratio = live / expected.mean
    low, high = ratio * exp(-half) - 1, min(_MOST, ratio * exp(min(half, _FURTHEST))) - 1
    return Agreement(margin, live, expected.mean, ratio - 1, low, high, spread / live, part)


_MOST, _FURTHEST = 1e300, 600.0
"""Beyond this there is no telling: no file holds an infinity."""


def _one_is_nothing(
    live: float, expected: Expected, margin: Margin, error: _Error, spread: float
) -> Agreement:
    whole = max(abs(live), abs(expected.mean)) or 1.0
    half, part = _half((error[0] / whole, error[1]), (expected.error / whole, expected.runs - 1))
    apart = (live - expected.mean) / whole
    return Agreement(margin, live, expected.mean, apart, apart - half, apart + half, spread / whole, part)


def _half(live: _Error, predicted: _Error) -> tuple[float, float]:
    """Return half the width of the interval, and the share of its square that is the live runs'."""
    ours, theirs = (error and critical(freedom, CONFIDENCE) * error for error, freedom in (live, predicted))
    half = hypot(ours, theirs)
    return half, (ours / half) ** 2 if half else 0.0
