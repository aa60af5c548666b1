"""The binomial distribution and Fisher's F, against exact sums and scipy."""

from fractions import Fraction
from math import comb, inf

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

from line_sim.special import beta, binomial, fisher


@given(st.integers(1, 60), st.data())
def test_it_is_the_sum_of_its_terms(n, data):
    """Added up as fractions."""
    k = data.draw(st.integers(0, n))
    p = data.draw(st.sampled_from([0.001, 0.1, 0.5, 0.9, 0.99, 0.999]))
    share, rest = Fraction(p), 1 - Fraction(p)
    terms = [comb(n, i) * share**i * rest ** (n - i) for i in range(n + 1)]
    assert binomial.at_most(k, n, p) == pytest.approx(float(sum(terms[: k + 1])), rel=1e-13)
    assert binomial.more_than(k, n, p) == pytest.approx(float(sum(terms[k + 1 :])), rel=1e-13)


@pytest.mark.parametrize("n", [368, 3688, 60_000, 1_000_000, 10_000_000])
@pytest.mark.parametrize("p", [0.5, 0.9, 0.99, 0.999])
def test_of_millions_it_is_scipys(n, p):
    """Where the logarithms of factorials would leave half the digits: so the reference is not `bdtr`."""
    sd = (n * p * (1 - p)) ** 0.5
    for k in (int(n * p + z * sd) for z in (-5, -2, -0.1, 0, 1, 2, 5)):
        if 0 <= k < n:
            assert binomial.at_most(k, n, p) == pytest.approx(stats.binom.cdf(k, n, p), rel=2e-12)
            assert binomial.more_than(k, n, p) == pytest.approx(stats.binom.sf(k, n, p), rel=2e-12)


@pytest.mark.parametrize("over", [0.3, 1, 2, 5.5, 99, 1000])
@pytest.mark.parametrize("under", [1, 2.2, 50, 1e5])
def test_fishers_tail_is_scipys(over, under):
    """Of ratios that are chance, and of such that are not."""
    for ratio in (1e-6, 0.1, 0.9, 1.1, 2.0, 30.0):
        assert fisher.share_above(over, under, ratio) == pytest.approx(
            special.fdtrc(over, under, ratio), rel=2e-12
        )


def test_fishers_ends():
    """All lies above 0, nothing above infinity."""
    assert [fisher.share_above(3, 8, ratio) for ratio in (0.0, inf)] == [1.0, 0.0]
    assert fisher.share_above(3, 8, 1e308) == pytest.approx(special.fdtrc(3, 8, 1e308), rel=1e-11)


def test_what_would_not_end_is_an_error(monkeypatch):
    """A continued fraction of too many terms."""
    monkeypatch.setattr(beta, "_MOST_TERMS", 10)
    with pytest.raises(ArithmeticError, match="does not settle"):
        beta.share(1e8, 1e8, 0.5, 0.5)
