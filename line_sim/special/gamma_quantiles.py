"""Quantiles of the gamma distribution, many at a time: each draw of a gamma time is one.

A table of a shape, made once, tells where the quantile of a share is to about 1e-8; one step of Halley's
method from there leaves what rounding leaves. The table follows from the shape alone, and each share is
worked on alone, so a number is the same whoever asked before, in whichever process.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import lgamma, log

import numpy as np

from line_sim.special import normal
from line_sim.special.gamma import At, Floats, Gamma

_FURTHEST = 37.0
"""The logarithm of the odds of 1 - 2^-53, and some more: no float below 1 is nearer to it."""

_A_UNIT = 16
"""Places of the table in a unit of the odds' logarithm."""

_SETTLED = 1e-9
"""A step of Newton's so small leaves an error of about its square."""

_MOST_STEPS = 200
_TABLES = 64


def quantiles(shape: float, shares: Floats) -> Floats:
    """Return what each of the shares lies below, of a gamma distribution of scale 1.

    The shares are above 0 and below 1; the shape is 1e-4 to 1e12.
    """
    with np.errstate(under="ignore"):
        table = _table(shape)
        log_odds = np.log(shares) - np.log1p(-shares)
        inside = abs(log_odds) < _FURTHEST
        if inside.all():
            return table.quantiles(shares, log_odds)
        found = np.empty_like(shares)
        found[inside] = table.quantiles(shares[inside], log_odds[inside])
        found[~inside] = np.exp(_solved(table.gamma, shares[~inside], 1.0 - shares[~inside]))
        return found


@dataclass(frozen=True, slots=True)
class _Table:
    """ln x at evenly spaced logarithms of the odds p / (1 - p), and by how much it grows a place."""

    gamma: Gamma
    logs: Floats
    slopes: Floats

    def quantiles(self, shares: Floats, log_odds: Floats) -> Floats:
        """Return the quantile of each share, whose odds' logarithm is told as well."""
        near = self._near(log_odds)
        at = At(np.exp(near), near)
        found = np.empty_like(shares)
        low = shares <= 0.5
        for here, part, sign in ((low, shares, 1), (~low, 1.0 - shares, -1)):
            if here.any():
                found[here] = _better(self.gamma, at.where(here), part[here], sign)
        return found

    def _near(self, log_odds: Floats) -> Floats:
        """Return ln x between two places of the table by the cubic that has their values and slopes."""
        place = (log_odds + _FURTHEST) * _A_UNIT
        before = np.minimum(place.astype(np.int64), len(self.logs) - 2)
        t = place - before
        value, slope, later = self.logs[before], self.slopes[before], self.slopes[before + 1]
        rise = self.logs[before + 1] - value
        bend, turn = 3 * rise - 2 * slope - later, slope + later - 2 * rise
        near: Floats = value + t * (slope + t * (bend + t * turn))
        return near


def _better(gamma: Gamma, at: At, part: Floats, sign: int) -> Floats:
    """Return x one step of Halley's on: ln P or ln Q against ln x, where it is to be that of `part`.

    With r = x f(x) / P the first derivative of ln P is r and the second r (shape - x - r); of ln Q it is
    -r and -r (shape - x + r), r = x f(x) / Q.
    """
    tail = gamma.below(at) if sign > 0 else gamma.above(at)
    rate = gamma.rate(at) / tail
    newton = sign * np.log(part / tail) / rate
    bend = gamma.shape - at.x - sign * rate
    return at.x * np.exp(newton / (1 + newton * bend / 2))


@lru_cache(maxsize=_TABLES)
def _table(shape: float) -> _Table:
    gamma = Gamma(shape)
    count = round(2 * _FURTHEST * _A_UNIT)
    log_odds = np.linspace(-_FURTHEST, _FURTHEST, count + 1)
    shares, rest = 1 / (1 + np.exp(-log_odds)), 1 / (1 + np.exp(log_odds))
    logs = _solved(gamma, shares, rest)
    return _Table(gamma, logs, shares * rest / gamma.rate(At(np.exp(logs), logs)) / _A_UNIT)


def _solved(gamma: Gamma, shares: Floats, rest: Floats) -> Floats:
    """Return ln x of shares, where `rest` is 1 less them, by Newton's method on ln P or ln Q against ln x.

    The density of ln x is log-concave, so both are: from the second step on each comes from one side.
    """
    found = np.empty_like(shares)
    low = shares <= 0.5
    found[low] = _newton(gamma, shares[low], _start_low(gamma.shape, shares[low]), 1)
    found[~low] = _newton(gamma, rest[~low], _start_high(gamma.shape, rest[~low]), -1)
    return found


def _newton(gamma: Gamma, parts: Floats, start: Floats, sign: int) -> Floats:
    logs = start
    for _ in range(_MOST_STEPS):
        at = At(np.exp(logs), logs)
        tail = gamma.below(at) if sign > 0 else gamma.above(at)
        step = sign * np.log(parts / tail) * tail / gamma.rate(at)
        logs = logs + step
        if not (abs(step) > _SETTLED).any():
            return logs
    raise ArithmeticError(f"the gamma distribution of shape {gamma.shape:g} does not settle")


def _start_low(shape: float, shares: Floats) -> Floats:
    """Return ln x at or below those of low shares, as P < x^shape / Gamma(shape + 1), or near them."""
    bound = (np.log(shares) + lgamma(shape + 1)) / shape
    return bound if shape < 1 else np.maximum(bound, _wilson_hilferty(shape, normal.quantiles(shares)))


def _start_high(shape: float, rest: Floats) -> Floats:
    """Return ln x at or above those of a low rest, as Q < e^-x for shapes below 1, or near them."""
    return np.log(-np.log(rest)) if shape < 1 else _wilson_hilferty(shape, -normal.quantiles(rest))


def _wilson_hilferty(shape: float, z: Floats) -> Floats:
    """Return ln x of z: the cube root of x is nearly normal (Proceedings of the NAS 17, 1931)."""
    root = np.maximum(1 - 1 / (9 * shape) + z / (3 * shape**0.5), 1e-3)
    logs: Floats = 3 * np.log(root) + log(shape)
    return logs
