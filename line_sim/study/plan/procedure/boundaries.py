"""Until when sampling goes on: a triangle that a sum of differences must leave, however long that takes.

A sum of r observations, each less what it is held against, wanders. As long as it lies between `+half(r)`
and `-half(r)` more is needed; where it leaves, its sign decides. The triangle closes after `budget`
observations. With c = 1, of n0 first observations whose sample variance is S2 and an indifference zone
delta:

    eta = ((2 error)^(-2 / (n0 - 1)) - 1) / 2,    h2 = 2 eta (n0 - 1),
    half(r) = max(0, h2 S2 / (2 delta) - delta r / 2),    budget = h2 S2 / delta^2

so that a mean which is at least delta away from what it is held against is put on the wrong side with
probability `error` at most, for independent normal observations. A Brownian motion with drift delta and
variance v leaves the triangle on the wrong side with probability exp(-h2 S2 / (2 v)) / 2 at most (Fabian,
Annals of Statistics 2, 1974). X = (n0 - 1) S2 / v is chi-squared, so that on average this is
E[exp(-eta X)] / 2 = (1 + 2 eta)^(-(n0 - 1) / 2) / 2 = error. Looking at the sum at some moments only does
not make that worse (Jennison, Johnstone & Turnbull, 1982).

It is R(r) of Andradottir & Kim, "Fully sequential procedures for comparing constrained systems via
simulation", Naval Research Logistics 57 (2010), after Batur & Kim, ACM TOMACS 20 (2010); and r W(r) of Kim &
Nelson, "A fully sequential procedure for indifference-zone selection in simulation", ACM TOMACS 11 (2001).
"""

from collections.abc import Sequence
from math import ceil

import numpy as np
from numpy.typing import NDArray

FIRST = 20
"""The first observations, n0: the variance is that of these alone, whatever comes later."""

Floats = NDArray[np.float64]


def eta_of(error: float, first: int = FIRST) -> float:
    """Return eta for a probability of error; `first` are the observations that the variance is of."""
    return float(((2 * error) ** (-2 / (first - 1)) - 1) / 2)


def h2_of(error: float, first: int = FIRST) -> float:
    """Return h squared, the factor of the variance."""
    return 2 * eta_of(error, first) * (first - 1)


def half_of(h2: float, variance: Floats | float, delta: float, r: Floats | float) -> Floats:
    """Return half the triangle's width after r observations, of one variance or of many."""
    return np.maximum(0.0, h2 * np.asarray(variance) / (2 * delta) - delta * np.asarray(r) / 2)


def budget_of(h2: float, variance: float, delta: float) -> int:
    """Return after how many observations the triangle is closed."""
    return ceil(h2 * variance / delta**2)


def variance_of(values: Sequence[float]) -> float:
    """Return the sample variance; exactly 0 of values that are all the same."""
    if all(value == values[0] for value in values):
        return 0.0
    return float(np.var(np.asarray(values, dtype=np.float64), ddof=1))
