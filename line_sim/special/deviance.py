"""What is left of a factorial and of a density when Stirling's formula is taken out: no digits get lost.

Loader, "Fast and accurate computation of binomial probabilities" (2000): of counts of millions the logarithms
of their factorials are so large that their difference would keep only half its digits.
"""

from math import lgamma, log, pi
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Number = TypeVar("Number", float, NDArray[np.float64])

NEAR = 0.25
"""How far from 0 `near_excess` holds."""

_HALF_LOG_2_PI = log(2 * pi) / 2
_STIRLING = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156)
"""B(2k) / (2k (2k - 1)): DLMF 5.11.1."""

_SERIES_FROM = 12
_EXCESS_TERMS = 10


def stirling_error(n: float) -> float:
    """Return ln Gamma(n + 1) less Stirling's (n + 1/2) ln n - n + ln(2 pi) / 2; n is above 0."""
    if n < _SERIES_FROM:
        return lgamma(n + 1) - (n + 0.5) * log(n) + n - _HALF_LOG_2_PI
    inverse_square = 1 / n / n
    error = 0.0
    for coefficient in reversed(_STIRLING):
        error = error * inverse_square + coefficient
    return error / n


def near_excess(by: Number) -> Number:
    """Return by - ln(1 + by) where `by` is at most NEAR from 0.

    With v = by / (2 + by) it is by v - 2 v^3 (1/3 + v^2/5 + v^4/7 + ...) (DLMF 4.6.4).
    """
    v = by / (2 + by)
    square = v * v
    rest = square * 0
    for k in range(_EXCESS_TERMS, 0, -1):
        rest = rest * square + 1 / (2 * k + 1)
    return by * v - 2 * v * square * rest


def deviance(n: float, expected: float) -> float:
    """Return n ln(n / expected) + expected - n, never below 0; both are above 0."""
    by = (expected - n) / n
    return n * (near_excess(by) if abs(by) <= NEAR else by - log(expected / n))
