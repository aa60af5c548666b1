"""The gamma distribution, against closed forms, exact decimals and scipy."""

from decimal import Decimal, localcontext
from math import erfc, exp, factorial, log, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from line_sim.special import gamma, gamma_quantiles
from line_sim.special.gamma_quantiles import quantiles

LAST = 1 - 2.0**-53
"""The last float below 1: no draw is nearer to it."""

SHARES = np.concatenate(
    [10.0 ** -np.arange(1.0, 17.0), np.arange(1, 200) / 200, 1 - 2.0 ** -np.arange(2, 54)]
)
shapes = st.floats(-4, 12).map(lambda power: 10.0**power)
shares = st.one_of(st.floats(1e-300, LAST), st.integers(1, 2**52).map(lambda k: (k - 0.5) * 2.0**-52))


def by_decimals(shape, x):
    """Return the share below x to 40 digits: DLMF 8.11.4, and Stirling's series for Gamma(shape + 1)."""
    with localcontext(prec=50):
        a, at = Decimal(shape), Decimal(x)
        term = total = Decimal(1)
        for k in range(1, 1_000_000):
            term *= at / (a + k)
            total += term
            if term < total * Decimal("1e-30"):
                break
        errors = 1 / (12 * a) - 1 / (360 * a**3) + 1 / (1260 * a**5) - 1 / (1680 * a**7)
        two_pi = Decimal("6.28318530717958647692528676655900576839433879875")
        return float(total * (a * (at / a).ln() + a - at - errors).exp() / (two_pi * a).sqrt())


def test_of_shape_1_it_is_exponential():
    """And of 1/2 it is that of the square of a normal."""
    for x in (1e-9, 0.1, 0.7, 1.9, 2.1, 30.0, 300.0):
        assert gamma.share_above(1.0, x) == pytest.approx(exp(-x), rel=1e-13)
        assert gamma.share_above(0.5, x) == pytest.approx(erfc(sqrt(x)), rel=2e-14 * max(1, x))


@pytest.mark.parametrize("shape", [2, 5, 11, 12, 40])
def test_of_a_whole_shape_it_is_erlangs(shape):
    """Above x are fewer than so many of a Poisson distribution."""
    for x in np.array([0.05, 0.3, 0.5, 0.9, 1.0, 1.3, 2.3, 2.5, 4.0]) * shape:
        terms = [exp(-x) * x**k / factorial(k) for k in range(shape)]
        assert gamma.share_above(shape, x) == pytest.approx(sum(terms), rel=1e-12)


@pytest.mark.parametrize("shape", [1e-4, 0.01, 0.1, 0.199, 0.201, 0.9, 1.5, 3.7, 11.99, 12.01, 100, 1000])
def test_both_shares_are_scipys(shape):
    """On either side of each border between two ways to make them."""
    edges = np.array([shape, 2.0, shape / 2.35, shape * 2.35, 12.0])
    spread = shape + np.arange(-4, 5) * sqrt(shape)
    for x in filter(lambda x: x > 0, [*(edges * 0.9999), *(edges * 1.0001), *spread, 1e-9, 1e-200]):
        assert gamma.share_below(shape, x) == pytest.approx(special.gammainc(shape, x), rel=1e-12)
        assert gamma.share_above(shape, x) == pytest.approx(special.gammaincc(shape, x), rel=1e-12)


@pytest.mark.parametrize("shape", [1e4, 1e6, 1e7])
def test_of_large_shapes_it_is_exact_where_scipy_is_not(shape):
    """To 1e-12, six standard deviations out."""
    for z in (-6, -2, 0, 1, 5):
        x = shape + z * sqrt(shape)
        assert gamma.share_below(shape, x) == pytest.approx(by_decimals(shape, x), rel=1e-12)


@pytest.mark.parametrize(
    "shape", [1e-4, 1e-3, 0.01, 0.1, 0.5, 0.99, 1, 1.01, 2, 3.7, 11.99, 12, 100, 1e4, 1e5]
)
def test_its_quantiles_are_scipys(shape):
    """All the way from the smallest draw to the largest."""
    found, theirs = quantiles(shape, SHARES), special.gammaincinv(shape, SHARES)
    told = theirs > 1e-290  # below, floats lose their digits
    assert found[told] == pytest.approx(theirs[told], rel=1e-12)
    assert (found[~told] < 1e-289).all()


@given(shapes, shares)
def test_the_quantile_leaves_the_share_below(shape, share):
    """As the shape's own distribution function has it, by how far x would have to move for it."""
    x = float(quantiles(shape, np.array([share]))[0])
    if x < 1e-290:
        assert (log(share) + special.gammaln(shape + 1)) / shape < -650
        return
    off = gamma.share_below(shape, x) - share if share <= 0.5 else 1 - share - gamma.share_above(shape, x)
    rate = gamma.Gamma(shape).rate(gamma.At.of(np.array([x])))[0]
    assert abs(off) <= 1e-12 * rate


@given(shapes, st.lists(shares, min_size=2, max_size=20))
def test_more_lies_below_a_larger_x(shape, several):
    """Quantiles grow with the share, but for the last digit."""
    found = quantiles(shape, np.sort(np.array(several)))
    assert (found[1:] >= found[:-1] * (1 - 1e-12)).all()


@given(shapes, st.lists(shares, min_size=1, max_size=20))
def test_each_is_worked_on_alone(shape, several):
    """To the last bit the same as among others, and with a table that was made anew."""
    together = quantiles(shape, np.array(several))
    gamma_quantiles._table.cache_clear()
    alone = [quantiles(shape, np.array([share]))[0] for share in several]
    assert together.tolist() == alone


def test_what_would_not_end_is_an_error(monkeypatch):
    """Newton's method, cut short."""
    monkeypatch.setattr(gamma_quantiles, "_MOST_STEPS", 1)
    gamma_quantiles._table.cache_clear()
    with pytest.raises(ArithmeticError, match="does not settle"):
        quantiles(3.7, np.array([0.3]))
