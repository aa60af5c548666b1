"""The standard normal distribution: of the standard library, which has both functions in C."""

from math import erfc, inf, sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

_quantile = NormalDist().inv_cdf
"""Wichura, "Algorithm AS 241", Applied Statistics 37 (1988): to about 1e-16, in the tails as well."""

Floats = NDArray[np.float64]


def share_below(z: float) -> float:
    """Return the share of a standard normal below z: erfc(-z / sqrt(2)) / 2 (DLMF 7.2.2 and 7.18)."""
    return erfc(-z / sqrt(2)) / 2


def quantile(share: float) -> float:
    """Return what the share, 0 to 1, of a standard normal lies below."""
    if share in {0.0, 1.0}:
        return inf if share else -inf
    return _quantile(share)


def quantiles(shares: Floats) -> Floats:
    """Return the quantile of each share; all of them are above 0 and below 1."""
    return np.fromiter(map(_quantile, shares.ravel().tolist()), np.float64, shares.size).reshape(shares.shape)
