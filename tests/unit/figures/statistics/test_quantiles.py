"""Quantiles are observations, intervals hold whatever the distribution, a cut-off is not a value."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from line_sim.figures.statistics.quantiles import (
    QUANTILES,
    Estimate,
    exact_sum,
    fewest_for_interval,
    interval_ranks,
    rank,
    sample_of,
)


def sample(values, censored=()):
    """Return a sample of plain numbers, the censored ones given by their place."""
    values = np.array(values, dtype=np.int64)
    return sample_of(values, np.isin(np.arange(len(values)), censored))


@given(st.lists(st.integers(0, 50), min_size=1, max_size=60), st.integers(1, 999))
def test_a_quantile_is_the_smallest_value_with_enough_at_or_below_it(values, thousandths):
    """The definition, tried on every value there is."""
    p = Fraction(thousandths, 1000)
    enough = [value for value in values if Fraction(sum(v <= value for v in values), len(values)) >= p]
    assert sorted(values)[rank(p, len(values)) - 1] == min(enough)


def test_ranks_are_exact_where_floats_are_not():
    """0.99 x 100 is 99 and no hair more; in floats, 0.07 x 100 is 7.000000000000001."""
    assert rank(QUANTILES["p99"], 100) == 99
    assert rank(QUANTILES["p99.9"], 1000) == 999
    assert rank(Fraction(7, 100), 100) == 7
    assert rank(QUANTILES["p50"], 1) == 1


@pytest.mark.parametrize(
    ("name", "fewest"), [("p50", 6), ("p90", 36), ("p95", 72), ("p99", 368), ("p99.9", 3688)]
)
def test_an_interval_needs_so_many_observations(name, fewest):
    """Two-sided 95 %: one observation less and there is none."""
    p = QUANTILES[name]
    assert fewest_for_interval(p) == fewest
    assert interval_ranks(p, fewest - 1) is None
    assert interval_ranks(p, fewest) is not None


@given(st.sampled_from(list(QUANTILES.values())), st.integers(6, 6000))
def test_an_interval_covers_and_no_narrower_one_does(p, n):
    """Either end may miss in 2.5 % of samples; one rank further in, it would miss more often."""
    ranks = interval_ranks(p, n)
    if ranks is None:
        assert n < fewest_for_interval(p)
        return
    low, high = ranks
    law = binom(n, float(p))
    assert law.cdf(low - 1) <= 0.025 < law.cdf(low)
    assert law.sf(high - 1) <= 0.025 < law.sf(high - 2)


def test_intervals_hold_the_truth_as_often_as_they_say():
    """2,000 samples of an exponential: between 95 and 99 % of the intervals of its p90 hold it.

    The binomial law jumps, so the share is a little above 95 %; the limits are five standard errors. Hardly
    any sample of independent values is taken for one of too few that are.
    """
    dice = np.random.default_rng(7)
    truth = 10**6 * 2.302585093
    samples = (sample(dice.exponential(10**6, 200).astype(np.int64)) for _ in range(2000))
    told = [one for one in (sample.quantile(QUANTILES["p90"]) for sample in samples) if one.lack is None]
    assert len(told) > 1980
    assert 0.945 < np.mean([one.low <= truth <= one.high for one in told]) < 0.99


def test_quantiles_beyond_the_deadline_are_not_told():
    """Ten calls, two of them given up at 200: p50 is exact, p90 lies beyond, and so does the maximum."""
    calls = sample([110, 120, 130, 140, 150, 160, 170, 180, 200, 200], censored=[8, 9])
    assert calls.quantile(QUANTILES["p50"]) == Estimate(150, 120, None)
    assert calls.quantile(Fraction(8, 10)).value == 180
    assert calls.quantile(QUANTILES["p90"]) == Estimate(None, None, None)
    assert calls.kth(10) is None
    assert calls.mean() == 156
    assert (calls.n, calls.censored) == (10, 2)


def test_censored_values_in_the_middle_leave_open_what_they_could_change():
    """Cut off at 5, an observation may be anything above: the second smallest is 5 to 7, not told."""
    some = sample([3, 5, 7, 9], censored=[1])
    assert [some.kth(k) for k in (1, 2, 3, 4)] == [3, None, None, None]
    assert (some.lowest(2), some.highest(2)) == (5, 7)
    assert (some.lowest(4), some.highest(4)) == (9, None)


@given(
    st.lists(st.tuples(st.integers(0, 30), st.booleans(), st.integers(0, 30)), min_size=1, max_size=40),
    st.integers(1, 99),
)
def test_whatever_is_told_of_a_censored_sample_is_true_of_the_whole_one(observations, percent):
    """Add to every censored value what was cut off: the told quantile does not move."""
    known = sample([value for value, _, _ in observations], [i for i, o in enumerate(observations) if o[1]])
    whole = sample([value + (more if cut else 0) for value, cut, more in observations])
    k = rank(Fraction(percent, 100), len(observations))
    assert known.lowest(k) <= whole.kth(k)
    assert known.highest(k) is None or whole.kth(k) <= known.highest(k)
    assert known.kth(k) in (None, whole.kth(k))


def test_means_are_exact():
    """Nanoseconds of a century do not fit a float; the mean is rounded once, at the end."""
    assert sample([3 * 10**18, 3 * 10**18 + 1, 3 * 10**18 + 2]).mean() == 3 * 10**18 + 1


@given(st.lists(st.integers(-(2**63), 2**63 - 1) | st.integers(-9, 9), max_size=9))
def test_a_sum_is_exact(told):
    """Also one that is no number of 64 bits."""
    assert exact_sum(np.array(told, dtype=np.int64)) == sum(told)
