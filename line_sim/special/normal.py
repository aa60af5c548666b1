"""The standard normal distribution: the standard library's, and its quantiles many at a time."""

from math import erfc, inf, log, sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

_quantile = NormalDist().inv_cdf
"""Wichura, "Algorithm AS 241", Applied Statistics 37 (1988): to about 1e-16, in the tails as well."""

Floats = NDArray[np.float64]
_Ratio = tuple[tuple[float, ...], tuple[float, ...]]

_MIDDLE_TO, _MIDDLE_FROM = 0.425, 0.180625
_NEAR_TO, _NEAR_FROM = 5.0, 1.6
_MIDDLE: _Ratio = (
    (
        2509.0809287301227, 33430.57558358813, 67265.7709270087, 45921.95393154987,
        13731.69376550946, 1971.5909503065513, 133.14166789178438, 3.3871328727963665,
    ),
    (
        5226.495278852854, 28729.085735721943, 39307.89580009271, 21213.794301586597,
        5394.196021424751, 687.1870074920579, 42.31333070160091, 1.0,
    ),
)  # fmt: skip
_NEAR: _Ratio = (
    (
        0.0007745450142783414, 0.022723844989269184, 0.2417807251774506, 1.2704582524523684,
        3.6478483247632045, 5.769497221460691, 4.630337846156546, 1.4234371107496835,
    ),
    (
        1.0507500716444169e-09, 0.0005475938084995345, 0.015198666563616457, 0.14810397642748008,
        0.6897673349851, 1.6763848301838038, 2.053191626637759, 1.0,
    ),
)  # fmt: skip
_FAR: _Ratio = (
    (
        2.0103343992922881e-07, 2.7115555687434876e-05, 0.0012426609473880784, 0.026532189526576124,
        0.29656057182850487, 1.7848265399172913, 5.463784911164114, 6.657904643501103,
    ),
    (
        2.0442631033899397e-15, 1.421511758316446e-07, 1.8463183175100548e-05, 0.0007868691311456133,
        0.014875361290850615, 0.1369298809227358, 0.599832206555888, 1.0,
    ),
)  # fmt: skip
"""The algorithm's three quotients of polynomials, the highest power first."""


def share_below(z: float) -> float:
    """Return the share of a standard normal below z: erfc(-z / sqrt(2)) / 2 (DLMF 7.2.2 and 7.18)."""
    return erfc(-z / sqrt(2)) / 2


def quantile(share: float) -> float:
    """Return what the share, 0 to 1, of a standard normal lies below."""
    if share in {0.0, 1.0}:
        return inf if share else -inf
    return _quantile(share)


def quantiles(shares: Floats) -> Floats:
    """Return the quantile of each share; all of them are above 0 and below 1.

    They are those of the standard library to the last bit where its C compiler joins no product with a sum:
    it is the same algorithm in the same order, and the logarithm, of which numpy's may be another float, the
    same function. 15 of 100 shares lie in the tails, which alone need it.
    """
    off = shares.ravel() - 0.5
    found = off * off
    np.subtract(_MIDDLE_FROM, found, out=found)
    np.maximum(found, 0.0, out=found)  # of the tails, which are found below
    over, under = (_polynomial(each, found) for each in _MIDDLE)
    over *= off
    np.divide(over, under, out=found)
    tails = np.flatnonzero(np.abs(off) > _MIDDLE_TO)
    if tails.size:
        below = off[tails] <= 0
        share = shares.ravel()[tails]
        out = _outside(np.where(below, share, 1.0 - share))
        found[tails] = np.where(below, -out, out)
    return found.reshape(shares.shape)


def _outside(tail: Floats) -> Floats:
    """Return how far from the middle so small a share lies outside."""
    root = np.sqrt([-log(each) for each in tail.tolist()])
    found = _quotient(_NEAR, root - _NEAR_FROM)
    far = root > _NEAR_TO
    if far.any():
        found[far] = _quotient(_FAR, root[far] - _NEAR_TO)
    return found


def _quotient(ratio: _Ratio, x: Floats) -> Floats:
    over, under = (_polynomial(each, x) for each in ratio)
    over /= under
    return over


def _polynomial(coefficients: tuple[float, ...], x: Floats) -> Floats:
    """Return the value at each x by Horner's scheme."""
    found = coefficients[0] * x
    for coefficient in coefficients[1:-1]:
        found += coefficient
        found *= x
    found += coefficients[-1]
    return found
