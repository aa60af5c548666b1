"""Means of few runs that are skewed, or mostly the same: intervals hold, and normal ones stay narrow."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from line_sim.study.comparison.compare import compare_figures
from line_sim.study.replications.precision import estimate
from line_sim.study.skewed import of_pairs, of_runs, willink
from line_sim.study.student import student

FALSE_ALARM = 1e-4
STUDIES = 3000


def hold(held):
    """Whether so many hits are no sign of fewer than 90 in 100."""
    return bool(binom.cdf(sum(held), len(held), 0.9) > FALSE_ALARM)


def holds(found, truth):
    """Whether an interval holds the truth."""
    low, high = found.interval
    return low <= truth <= high


def queues(dice, n):
    """Return the mean wait of each of n runs, as skewed as that of a queue: 1 s in the long run."""
    return dice.gamma(1.0, 1.0, n).tolist()


def test_skewed_values_are_held_more_often_than_by_student():
    """Ten runs: those that saw no long queue are mostly the ones that miss, and below the truth."""
    dice = np.random.default_rng(1)
    studies = [queues(dice, 10) for _ in range(STUDIES)]
    held = [holds(of_runs(values), 1.0) for values in studies]
    assert hold(held)
    assert sum(held) > sum(holds(student(values), 1.0) for values in studies) + 0.01 * STUDIES


def test_a_long_queue_lifts_the_upper_end_and_the_lower_one():
    """Skewed to the right, the truth is rather above the mean than below it; mirrored, the other way."""
    values = [1.0, 1.1, 1.2, 1.0, 1.1, 1.3, 1.2, 1.1, 1.05, 3.0]
    low, high = of_runs(values).interval
    least, most = student(values).interval
    assert low > least
    assert high > most
    down, up = of_runs([-value for value in values]).interval
    assert (-up, -down) == pytest.approx((low, high))


@pytest.mark.parametrize(("n", "wider"), [(5, 1.15), (10, 1.06), (30, 1.02)])
def test_normal_values_pay_next_to_nothing(n, wider):
    """Their skewness is chance, and small."""
    dice = np.random.default_rng(2)
    studies = [dice.normal(10, 1, n).tolist() for _ in range(400)]
    widths = [np.median([each(values).half_width for values in studies]) for each in (of_runs, student)]
    assert widths[0] < wider * widths[1]


@given(st.lists(st.floats(-1e6, 1e6, allow_subnormal=False), min_size=2, max_size=30), st.integers(-3, 3))
def test_the_interval_is_around_the_mean_whatever_its_unit(values, power):
    """In seconds or in milliseconds it is the same."""
    found, scaled = willink(values), willink([value * 2.0**power for value in values])
    assert found.interval[0] <= found.mean <= found.interval[1]
    assert scaled.interval == tuple(pytest.approx(end * 2.0**power) for end in found.interval)


def escapes(dice, runs, per_run):
    """Return the escape rates of so many runs of 100 parts."""
    return [{"escape_rate": count / 100} for count in dice.poisson(per_run, runs).tolist()]


@pytest.mark.parametrize("pairs", [10, 20, 50])
def test_what_one_line_lets_escape_and_the_other_does_not(pairs):
    """1 pair in 10 differs: Student's t over 50 held the difference 87 times in 100."""
    dice, held = np.random.default_rng(3), []
    for _ in range(STUDIES // 2):
        both = escapes(dice, pairs, 0.1)
        more = [{"escape_rate": one["escape_rate"] + extra / 100} for one, extra in _extras(dice, both)]
        sides = [dict(enumerate(side)) for side in (both, more)]
        row = compare_figures(("A", "B"), *sides, ["escape_rate"], changes=[("a", "b", "c")]).rows[0]
        if row.difference.interval is not None:
            held.append(holds(row.difference, 0.001))
    assert hold(held)


def _extras(dice, both):
    return zip(both, dice.poisson(0.1, len(both)).tolist(), strict=True)


@pytest.mark.parametrize("runs", [10, 50, 100])
def test_a_share_of_what_is_rare(runs):
    """An escape in 1 run of 10: where none was seen there is no interval, else it holds."""
    dice, held = np.random.default_rng(4), []
    for _ in range(STUDIES // 3):
        found = estimate(escapes(dice, runs, 0.1), "escape_rate")
        held += [] if found.interval is None else [holds(found, 0.001)]
    assert hold(held)


def test_a_side_that_was_not_seen_may_come():
    """Three of 50 pairs, all to one side: the next may be to the other, and the interval says so."""
    low, high = of_pairs([0.0] * 50, [0.01] * 3 + [0.0] * 47).interval
    assert low < 0
    assert high > 0.0015
    low, _ = of_pairs([0.0] * 50, [0.01] * 12 + [0.0] * 38).interval
    assert low > 0


def test_most_of_the_same_value_need_not_be_nothing():
    """Of 20 runs 17 let every good part pass: the same as none that did not."""
    passed = of_runs([1.0] * 17 + [0.99, 0.98, 0.99])
    failed = of_runs([0.0] * 17 + [0.01, 0.02, 0.01])
    assert passed.interval == pytest.approx(tuple(1 - end for end in reversed(failed.interval)))


def test_nothing_stands_whose_interval_holds_nothing():
    """Fifty pairs, 37 of them alike: the test of the mean alone would tell a difference."""
    apart = [0.0] * 37 + [0.001 * step for step in (2, 3, 1, 1, 1, -3, 3, 1, 1, 1, 1, 1, 2)]
    none = {run: {"escape_rate": 0.0} for run in range(50)}
    some = {run: {"escape_rate": value} for run, value in enumerate(apart)}
    (row,) = compare_figures(("A", "B"), none, some, ["escape_rate"], changes=[("x", "1", "2")]).rows
    low, high = row.difference.interval
    assert row.difference.p_value < 0.05
    assert low < 0 < high
    assert not row.stands
