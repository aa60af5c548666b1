"""Intervals of means and differences: how often they hold the truth, and when there are none."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from line_sim.study.replications.precision import FEWEST, Goal, enough
from line_sim.study.skewed import of_pairs
from line_sim.study.student import holm, student, welch

STUDIES = 2000
numbers = st.floats(-1e6, 1e6)


def plausible(hits, tries, probability):
    """Whether so many hits are what this probability gives (a binomial test at 1 in 1,000)."""
    return stats.binomtest(int(hits), tries, probability).pvalue > 1e-3


@pytest.mark.parametrize("n", [2, 5, 20])
def test_intervals_of_normal_means_hold_the_truth_95_times_in_100(n):
    """Exactly so for normal values, whatever their number."""
    dice = np.random.default_rng(n)
    found = [student(row.tolist()) for row in dice.normal(10, 3, size=(STUDIES, n))]
    assert plausible(sum(abs(one.mean - 10) <= one.half_width for one in found), STUDIES, 0.95)


def test_intervals_of_unpaired_differences_hold_the_truth_about_as_often():
    """Welch's, with unlike sizes and scatters: nearly exact."""
    dice = np.random.default_rng(1)
    found = [welch(dice.normal(0, 1, 8).tolist(), dice.normal(2, 4, 15).tolist()) for _ in range(STUDIES)]
    held = sum(abs(one.mean - 2) <= one.half_width for one in found) / STUDIES
    assert 0.93 < held < 0.97


def test_pairing_takes_out_what_both_share():
    """A part of the chance that is common to both widens no interval."""
    dice = np.random.default_rng(2)
    common, own = dice.normal(0, 100, 30), dice.normal(1, 0.1, 30)
    ones, others = common.tolist(), (common + own).tolist()
    assert of_pairs(ones, others).half_width < 0.1
    assert welch(ones, others).half_width > 10


@given(st.lists(numbers, min_size=2, max_size=30))
def test_a_sample_against_itself_differs_by_exactly_nothing(values):
    """Not by a rounding error: 0, with an interval of no width, and no claim of a difference."""
    found = of_pairs(values, values)
    assert (found.mean, found.half_width, found.p_value) == (0, 0, 1)


@given(numbers, st.integers(2, 40))
def test_equal_values_have_their_own_mean_and_no_width(value, n):
    """A rate that is 0 in every run is 0 give or take 0."""
    found = student([value] * n)
    assert (found.mean, found.half_width, found.relative_half_width) == (value, 0, 0)


def test_a_single_value_has_no_interval():
    """One run says nothing about the next."""
    found = student([5.0])
    assert (found.mean, found.half_width, found.interval, found.p_value) == (5.0, None, None, None)


def test_a_mean_of_nothing_that_scatters_has_no_relative_width():
    """No stop rule is fooled by it."""
    assert student([-1.0, 1.0]).relative_half_width is None


def test_of_many_figures_without_a_difference_a_table_rarely_names_one():
    """Holm's correction: 5 % of tables, where single tests would make it 40 %."""
    dice = np.random.default_rng(3)
    tables = [
        {str(k): student(row.tolist()).p_value for k, row in enumerate(dice.normal(0, 1, size=(10, 8)))}
        for _ in range(1000)
    ]
    assert plausible(sum(bool(holm(table)) for table in tables), 1000, 0.05)
    assert sum(any(p < 0.05 for p in table.values()) for table in tables) > 300


def test_holm_as_in_the_paper():
    """The least p-value meets a fifth of the level, the next a quarter, until one fails."""
    p_values = {"a": 0.009, "b": 0.0124, "c": 0.2, "d": 0.017, "none": None, "e": 0.5}
    assert holm(p_values) == {"a", "b"}
    assert holm(p_values | {"d": 0.016}) == {"a", "b", "d"}


def test_stopping_at_a_relative_width_costs_little_coverage():
    """The price of looking again and again: with at least 5 runs still 90 of 100 hold the truth."""
    dice = np.random.default_rng(4)
    goal, held = Goal("uph", 0.05), 0
    for _ in range(400):
        runs = []
        while not enough([goal], runs):
            runs.append({"uph": float(dice.normal(100, 12))})
        found = student([run["uph"] for run in runs])
        assert len(runs) >= FEWEST
        held += abs(found.mean - 100) <= found.half_width
    assert held / 400 > 0.87
