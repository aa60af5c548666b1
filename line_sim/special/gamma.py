"""The gamma distribution of scale 1: the regularised incomplete gamma functions P and Q.

Three ways to make them, each where it is at its best: a series and a continued fraction with as many terms as
the shape needs, and for large shapes near their mean Temme's uniform expansion. Each number of an array is
worked on alone, so what becomes of one does not hang on the others. After Gil, Segura and Temme, "Efficient
and accurate algorithms for the computation and inversion of the incomplete gamma function ratios", SIAM
Journal on Scientific Computing 34 (2012).
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, cached_property
from math import erfc, lgamma, log, log1p, pi, sqrt
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from line_sim.special.deviance import NEAR, Number, near_excess, stirling_error

Floats = NDArray[np.float64]

_LARGE = 12.0
"""The shape from which the uniform expansion holds; by Gil, Segura and Temme."""

_WIDE = 2.35
"""So many times more or less than the shape it reaches; by the same."""

_LOW = 2.0
"""Where the continued fraction begins for small shapes: below it, it would want too many terms."""

_FEW = 0.2
_SETTLED = 2.0**-58
_ENOUGH = 2.0**-53
_STEP, _MOST_TERMS = 4, 200
_COMPLEMENT_TERMS = 28
_POWERS = 26
_ZETAS = (
    0.6449340668482264, 0.2020569031595943, 0.08232323371113819, 0.03692775514336993,
    0.01734306198444914, 0.008349277381922827, 0.00407735619794434, 0.0020083928260822143,
    0.0009945751278180853, 0.0004941886041194645, 0.0002460865533080483, 0.00012271334757848915,
    6.124813505870483e-05, 3.058823630702049e-05, 1.528225940865187e-05, 7.637197637899763e-06,
)  # fmt: skip
"""Riemann's zeta(k) - 1 for k = 2, 3, ..."""

_EULER = 0.5772156649015328606


def share_below(shape: float, x: float) -> float:
    """Return the share of a gamma distribution below x, P(shape, x); both are above 0."""
    return float(Gamma(shape).below(At.of(np.array([x], np.float64)))[0])


def share_above(shape: float, x: float) -> float:
    """Return the share of a gamma distribution above x, Q(shape, x) = 1 - P; both are above 0."""
    return float(Gamma(shape).above(At.of(np.array([x], np.float64)))[0])


class At(NamedTuple):
    """Where a distribution is asked; the logarithm is told as well, as x may be below the least float."""

    x: Floats
    log: Floats

    @classmethod
    def of(cls, x: Floats) -> Self:
        """Return the places that are told by x, all above 0."""
        return cls(x, np.log(x))

    def where(self, chosen: NDArray[np.bool_]) -> "At":
        """Return those chosen."""
        return At(self.x[chosen], self.log[chosen])


Part = Callable[[At], Floats]


@dataclass(frozen=True)
class Gamma:
    """The gamma distribution of a shape."""

    shape: float

    def below(self, at: At) -> Floats:
        """Return P(shape, x) of each x."""
        return self._each(at, self._series, self._uniform_below, lambda at: 1.0 - self._fraction(at))

    def above(self, at: At) -> Floats:
        """Return Q(shape, x) of each x."""
        low = self._complement if self.shape < 1 else lambda at: 1.0 - self._series(at)
        return self._each(at, low, self._uniform_above, self._fraction)

    def rate(self, at: At) -> Floats:
        """Return x times the density at x, x^shape e^-x / Gamma(shape): by how much P grows with ln x."""
        shape = self.shape
        if shape < _LARGE:
            return shape * np.exp(shape * at.log - at.x - self._log_factorial)
        return np.exp(-shape * self._excess(at) - stirling_error(shape)) * sqrt(shape / (2 * pi))

    def _each(self, at: At, low: Part, middle: Part, high: Part) -> Floats:
        """Return what is made of each in its own way: low, near the mean of a large shape, or high."""
        found = np.empty_like(at.x)
        is_low, is_high = at.x <= self._begin, at.x > self._end
        for here, part in ((is_low, low), (is_high, high), (~(is_low | is_high), middle)):
            if here.any():
                found[here] = part(at.where(here))
        return found

    @property
    def _begin(self) -> float:
        """Up to where the series is used."""
        return max(_LOW, self.shape) if self.shape < _LARGE else self.shape / _WIDE

    @property
    def _end(self) -> float:
        """From where the continued fraction is used."""
        return max(_LOW, self.shape) if self.shape < _LARGE else self.shape * _WIDE

    @cached_property
    def _log_factorial(self) -> float:
        """Ln Gamma(1 + shape); of small shapes by DLMF 5.7.3, which keeps the digits of what is nearly 0."""
        shape = self.shape
        if shape > _FEW:
            return lgamma(1 + shape)
        powers = sum(zeta * (-shape) ** k / k for k, zeta in enumerate(_ZETAS, 2))
        return shape * (1 - _EULER) - log1p(shape) + powers

    def _series(self, at: At) -> Floats:
        """P for low x: rate / shape times 1 + x / (a + 1) (1 + x / (a + 2) (1 + ...)), DLMF 8.11.4."""
        found = np.ones_like(at.x)
        for k in range(self._series_terms, 0, -1):
            found *= at.x
            found *= 1 / (self.shape + k)
            found += 1
        return self.rate(at) / self.shape * found

    @cached_property
    def _series_terms(self) -> int:
        """How many terms the highest x wants."""
        term, k = 1.0, 0
        while term > _SETTLED:
            k += 1
            term *= self._begin / (self.shape + k)
        return k

    def _complement(self, at: At) -> Floats:
        """Q for low x and shapes below 1, where P may be nearly 1: 1 less DLMF 8.7.1, term by term."""
        log_first = self.shape * at.log - self._log_factorial
        found = np.zeros_like(at.x)
        for k in range(_COMPLEMENT_TERMS, 0, -1):
            found += 1 / (self.shape + k)
            found *= at.x / -k
        return -np.expm1(log_first) - self.shape * np.exp(log_first) * found

    def _fraction(self, at: At) -> Floats:
        """Q for high x by Legendre's continued fraction, DLMF 8.9.2, from its far end."""
        return self.rate(at) / self._denominator(at.x, self._fraction_terms)

    def _denominator(self, x: Number, terms: int) -> Number:
        shape = self.shape
        found = x + (2 * terms + 1 - shape)
        for k in range(terms, 0, -1):
            found = x + (2 * k - 1 - shape) - k * (k - shape) / found
        return found

    @cached_property
    def _fraction_terms(self) -> int:
        """How many terms the lowest x wants."""
        for terms in range(_STEP, _MOST_TERMS, _STEP):
            found, more = (self._denominator(self._end, count) for count in (terms, terms + _STEP))
            if abs(found - more) <= _ENOUGH * more:
                return terms
        return _MOST_TERMS

    def _excess(self, at: At) -> Floats:
        """Return by - ln(1 + by) where x is shape (1 + by)."""
        by = (at.x - self.shape) / self.shape
        return np.where(abs(by) <= NEAR, near_excess(by), by - (at.log - log(self.shape)))

    def _uniform_below(self, at: At) -> Floats:
        """P near the mean of a large shape, DLMF 8.12.3."""
        normal, rest = self._uniform(at, -1)
        return normal - rest

    def _uniform_above(self, at: At) -> Floats:
        """Q near the mean of a large shape, DLMF 8.12.4."""
        normal, rest = self._uniform(at, 1)
        return normal + rest

    def _uniform(self, at: At, sign: int) -> tuple[Floats, Floats]:
        """Return the normal tail above sign eta, eta^2 / 2 = by - ln(1 + by), and the rest S(eta) makes."""
        excess = self._excess(at)
        eta = np.copysign(np.sqrt(2 * excess), at.x - self.shape)
        roots = (sign * sqrt(self.shape / 2) * eta).tolist()
        normal = np.fromiter(map(erfc, roots), np.float64, len(roots)) / 2
        found = np.zeros_like(eta)
        for coefficient in reversed(self._coefficients):
            found *= eta
            found += coefficient
        return normal, np.exp(-self.shape * excess) / sqrt(2 * pi * self.shape) * found

    @cached_property
    def _coefficients(self) -> list[float]:
        """Return those of S(eta), a power series: Gil, Segura and Temme (2012), section 2.3."""
        steps = _of_logarithm()
        found = [0.0] * len(steps)
        found[-2] = steps[-1]
        found[-3] = steps[-2]
        for m in range(len(steps) - 3, 0, -1):
            found[m - 1] = steps[m] + (m + 1) * found[m + 1] / self.shape
        return [each / (1 + found[1] / self.shape) for each in found[:-2]]


@cache
def _of_logarithm() -> list[float]:
    """Return the coefficients of d ln(1 + by) / d eta as a power series of eta, eta^2 / 2 = by - ln(1 + by).

    Since by d by / d eta = eta (1 + by), those of `by` follow from each other; and it is eta / by.
    """
    by = [Fraction(1)]
    for k in range(2, _POWERS + 2):
        products = [by[i] * by[k - 1 - i] for i in range(1, k - 1)]
        by.append((Fraction(2, k + 1) * by[k - 2] - sum(products)) / 2)
    found = [Fraction(1)]
    for n in range(1, _POWERS + 1):
        found.append(sum((-by[i] * found[n - i] for i in range(1, n + 1)), Fraction(0)))
    return [float(each) for each in found]
