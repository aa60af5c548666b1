"""Student's t distribution of any degrees of freedom from 1; of very many it is the normal one.

Half of a tail is an incomplete beta function (Johnson, Kotz & Balakrishnan, Continuous Univariate
Distributions 2, 1995, section 28.3).
"""

from collections.abc import Callable
from functools import lru_cache
from math import exp, isinf, log, nan, sqrt

from line_sim.special import beta, normal

_NORMAL_FROM = 1e15
"""Degrees of freedom from which a normal is the same to 1e-12, 8 standard deviations out."""

_FAR = 1e150
"""Further out than this, in sqrt(freedom), a square is too large for a float."""

_NEAR_MIDDLE = 0.25
_SETTLED = 1e-8
"""A step so small leaves an error of about its square."""

_MOST_STEPS = 100


def share_below(freedom: float, t: float) -> float:
    """Return the share of Student's distribution below t."""
    above = _above(freedom, abs(t))
    return above if t < 0 else 1.0 - above


@lru_cache(maxsize=1024)
def quantile(freedom: float, share: float) -> float:
    """Return what the share of Student's distribution lies below: 0, 1, or 1e-100 and more.

    By Newton's method on the logarithm of a tail against that of t; near the middle of what lies between 0
    and t. The density of ln t is log-concave, so both are: from the second step on it comes from one side.
    Without a degree of freedom nothing is known: not a number.
    """
    if freedom <= 0:
        return nan
    tail = min(share, 1.0 - share)
    if freedom >= _NORMAL_FROM or tail in {0.0, 0.5}:
        return normal.quantile(share)
    if tail > _NEAR_MIDDLE:
        middle = 0.5 - tail
        t = _solved(freedom, _between, middle, 2.5 * middle, 1)
    else:
        z = -normal.quantile(tail)
        nearly = z + (z**3 + z) / (4 * freedom)  # Abramowitz and Stegun 26.7.5
        t = _solved(freedom, _above, tail, nearly, -1)
    return t if share > 0.5 else -t


def _solved(
    freedom: float, part: Callable[[float, float], float], wanted: float, start: float, sign: int
) -> float:
    """Return the t at which a part of the distribution, which grows with t or shrinks, is as wanted."""
    t = start
    for _ in range(_MOST_STEPS):
        found = part(freedom, t)
        step = sign * log(wanted / found) * found / beta.factor(*_as_beta(freedom, t))
        t *= exp(step)
        if abs(step) < _SETTLED:
            return t
    raise ArithmeticError(f"Student's t of {freedom:g} degrees of freedom does not settle at {wanted:g}")


def _as_beta(freedom: float, t: float) -> tuple[float, float, float, float]:
    """Return a, b, x and 1 - x: with them t times the density is x^a (1 - x)^b / B(a, b)."""
    square = t * t / freedom
    return freedom / 2, 0.5, 1 / (1 + square), square / (1 + square)


def _above(freedom: float, t: float) -> float:
    """Return the share above t, which is 0 or more."""
    if freedom >= _NORMAL_FROM:
        return normal.share_below(-t)
    far = _FAR * sqrt(freedom)
    if t > far:  # where the tail is a power of t
        return 0.0 if isinf(t) else _above(freedom, far) * (far / t) ** freedom
    return beta.share(*_as_beta(freedom, t)) / 2


def _between(freedom: float, t: float) -> float:
    """Return the share between 0 and t."""
    a, b, x, rest = _as_beta(freedom, t)
    return beta.share(b, a, rest, x) / 2
