"""Durations drawn from a scenario's times by inversion: one uniform number gives one duration.

Inversion keeps runs comparable: a part that drew a long time draws a long time under any other
distribution too (common random numbers).
"""

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from line_sim.chance.streams import KEPT_BLOCKS, Always, Column, Draws, Stream, Uniforms
from line_sim.scenario.distributions.by_mean import Gamma, Lognormal, Weibull
from line_sim.scenario.distributions.normal import Normal
from line_sim.scenario.distributions.quantiles import Quantiles
from line_sim.scenario.distributions.values import Values
from line_sim.scenario.mix.by_variant import ByVariant, PartTime
from line_sim.scenario.times import Constant, Empirical, Exponential, Time, Triangular, Uniform
from line_sim.special import gamma_quantiles, normal
from line_sim.units import Nanoseconds

Quantile = Callable[[Uniforms], NDArray[np.float64]]

BEYOND = (1 << 63) - 1024
"""What a column has for this many nanoseconds or more, 292 years: no run gets there, and a float says it."""


def durations(
    seed: int, purpose: str, place: str, time: Time, *, kept: int = KEPT_BLOCKS
) -> Draws[Nanoseconds]:
    """Return draws of whole nanoseconds from `time`."""
    if isinstance(time, Constant):
        return Always(time.value)
    return Durations(Stream(seed, purpose, place), quantile_function(time), kept)


class Durations(Draws[Nanoseconds]):
    """Draws of whole nanoseconds by a quantile function; a column has those below `BEYOND` as they are."""

    def values(self, uniforms: Uniforms) -> Column:
        """Return the duration of each uniform number, at most `BEYOND`."""
        whole = np.rint(self._transform(uniforms))
        return np.minimum(whole, BEYOND, out=whole).astype(np.int64)

    def _made(self, index: int, visit: int, attempt: int) -> list[Nanoseconds]:
        """Return the durations of a block, however long they are."""
        uniforms = self._stream.block(index, visit, attempt)
        whole = self.values(uniforms)
        if whole.max() < BEYOND:
            found: list[Nanoseconds] = whole.tolist()
            return found
        return [int(duration) for duration in np.rint(self._transform(uniforms)).tolist()]


def quantile_function(time: PartTime) -> Quantile:  # noqa: C901, PLR0911 - one line for each kind of time
    """Return the inverse distribution function of a time, from (0, 1) to nanoseconds.

    Of a time by variant it is no inverse, but what makes such a time of a uniform number all the same: each
    variant's share of them is that variant's.
    """
    match time:
        case Constant(value=value):
            return lambda u: np.full_like(u, float(value))
        case Exponential(mean=mean):
            return lambda u: -mean * np.log1p(-u)
        case Uniform(low=low, high=high):
            return lambda u: low + (high - low) * u
        case Triangular():
            return _triangular(float(time.low), float(time.mode), float(time.high))
        case Normal(mean=mean, sd=sd):
            return _normal(float(mean), float(sd))
        case Lognormal(mean=mean, cv=cv):
            return _lognormal(float(mean), cv)
        case Quantiles(p50=median, sigma=sigma):
            return _around(float(median), sigma)
        case Gamma(mean=mean, cv=cv):
            return _gamma(float(mean), cv)
        case Weibull(scale=scale, shape=shape):
            return lambda u: scale * np.power(-np.log1p(-u), 1.0 / shape)
        case ByVariant():
            return _mixture(time.mix.shares, [quantile_function(each) for each in time.times])
        case Empirical():
            return _empirical(np.asarray(time.values, dtype=np.float64))
        case Values(of=values):
            return _empirical(np.asarray(values, dtype=np.float64))


def _triangular(low: float, mode: float, high: float) -> Quantile:
    width = high - low
    peak = (mode - low) / width if width else 1.0

    def quantile(u: Uniforms) -> NDArray[np.float64]:
        rising = low + np.sqrt(u * width * (mode - low))
        falling = high - np.sqrt((1.0 - u) * width * (high - mode))
        return np.where(u < peak, rising, falling)

    return quantile


def _normal(mean: float, sd: float) -> Quantile:
    """A normal given that it is 0 or more: invert (Phi((x - mean) / sd) - Phi(-a)) / Phi(a), a = mean / sd.

    Either half is inverted from its own end, where floats are the finest.
    """
    below, above = normal.share_below(-mean / sd), normal.share_below(mean / sd)

    def quantile(u: Uniforms) -> NDArray[np.float64]:
        low = u < 0.5
        z = normal.quantiles(np.where(low, below + u * above, (1.0 - u) * above))
        times: NDArray[np.float64] = mean + sd * np.where(low, z, -z)
        return np.maximum(times, 0.0)  # what rounding puts below 0

    return quantile


def _lognormal(mean: float, cv: float) -> Quantile:
    """Map by mean and coefficient of variation: sigma^2 = ln(1 + cv^2), mu = ln(mean) - sigma^2 / 2."""
    variance = math.log1p(cv * cv)
    mu, sigma = math.log(mean) - variance / 2, math.sqrt(variance)
    return lambda u: np.exp(mu + sigma * normal.quantiles(u))


def _around(median: float, sigma: float) -> Quantile:
    """Lognormal by its median and the standard deviation of its logarithm."""
    return lambda u: median * np.exp(sigma * normal.quantiles(u))


def _gamma(mean: float, cv: float) -> Quantile:
    """Shape k = 1 / cv^2 (a whole k is Erlang-k), scale mean / k."""
    shape = 1.0 / (cv * cv)
    scale = mean / shape
    return lambda u: scale * gamma_quantiles.quantiles(shape, u)


def _mixture(shares: Sequence[float], each: Sequence[Quantile]) -> Quantile:
    ends = np.cumsum(shares)
    starts = ends - np.asarray(shares)

    def quantile(u: Uniforms) -> NDArray[np.float64]:
        which = np.searchsorted(ends[:-1], u, side="right")
        within = np.clip((u - starts[which]) / np.asarray(shares)[which], 2.0**-53, 1 - 2.0**-53)
        return np.asarray(np.choose(which, [law(within) for law in each]), dtype=np.float64)

    return quantile


def _empirical(values: NDArray[np.float64]) -> Quantile:
    """Draw one of the observed values: the inverse of the empirical distribution function."""
    ordered = np.sort(values)
    last = len(ordered) - 1
    return lambda u: ordered[np.minimum((u * len(ordered)).astype(np.int64), last)]
