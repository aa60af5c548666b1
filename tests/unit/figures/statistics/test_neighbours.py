"""How many neighbours say as much as one: of independent values one, of a queue's many."""

from dataclasses import replace

import numpy as np
import pytest

from line_sim.figures.statistics.neighbours import Neighbours, alike
from line_sim.figures.statistics.quantiles import QUANTILES, Sample, interval_ranks, sample_of
from line_sim.figures.statistics.rates import Rate

LOAD, CALLS = 0.8, 20_000


def sojourns(dice, calls=CALLS, load=LOAD):
    """Return the times in queue and service of a single server with random arrivals, in ns (Lindley)."""
    steps = dice.exponential(load, calls + 1000) - dice.exponential(1, calls + 1000)
    waits = np.cumsum(steps) - np.minimum.accumulate(np.minimum(np.cumsum(steps), 0))
    return ((waits[1000:] + 1) * 10**9).astype(np.int64)


def test_who_is_always_followed_by_its_twin_counts_half():
    """Every value ten times: ten neighbours say as much as one, give or take what 20 batches can tell."""
    dice = np.random.default_rng(1)
    found = [alike(np.repeat(dice.random(400) < 0.3, 10)) for _ in range(200)]
    assert 8 < np.median(found) < 14


def test_independent_ones_count_in_full():
    """Half of the intervals are the binomial's, and on average they are at most an eighth wider."""
    dice = np.random.default_rng(2)
    found = np.array([alike(dice.random(1000) < 0.2) for _ in range(400)])
    assert np.median(found) < 1.05
    assert np.mean(np.sqrt(found)) < 1.125
    assert np.mean([Neighbours(dice.integers(0, 10**9, 1000)).alike > 1 for _ in range(400)]) < 0.02


@pytest.mark.parametrize("holds", [[True] * 100, [False] * 100, [True, False] * 19, []])
def test_nothing_is_made_of_too_few_or_of_what_is_always_the_same(holds):
    """39 have no batches; what always holds has no scatter: the binomial speaks."""
    assert alike(np.array(holds, dtype=np.bool_)) == 1.0


def test_a_tail_that_was_hardly_seen_takes_the_dependence_of_the_rest():
    """One value in 2,000 above it: alone it would look independent."""
    calls = sojourns(np.random.default_rng(3), 2000)
    highest = int(np.sort(calls)[-2])
    assert alike(calls <= highest) < 3
    assert Neighbours(calls).alike_at(highest) > 10


def test_ranks_of_dependent_calls_lie_farther_apart():
    """1,000 calls of which ten say as much as one: the ranks of 100, stretched."""
    p90 = QUANTILES["p90"]
    low, high = interval_ranks(p90, 100)
    assert interval_ranks(p90, 1000, 10) == (10 * low, 10 * high)


def test_dependent_calls_reach_to_the_last_of_them():
    """Worth 18 to 35 for p90, they have no upper rank of their own: it is the last; worth 17, none at all."""
    p90 = QUANTILES["p90"]
    assert interval_ranks(p90, 179, 10) is None
    assert interval_ranks(p90, 180, 10)[1] == 180
    assert interval_ranks(p90, 359, 10)[1] == 359
    assert interval_ranks(p90, 400, 10)[1] == 400
    assert interval_ranks(p90, 600, 10)[1] < 600
    assert interval_ranks(QUANTILES["p50"], 30, 10) == (1, 30)


class Worth(Neighbours):
    """320 observations that are worth 0.8 of the 36 independent ones that p90 needs."""

    def alike_at(self, value):
        """Return the same of every value."""
        return 320 / (0.8 * 36)


def test_a_quantile_without_a_rank_above_it_may_lie_beyond_the_last_call():
    """As far beyond as the quantile is above its lower end, to 1 / 0.8; never beyond the limit."""
    values = np.tile(np.arange(1, 9) * 10**9, 40)
    calls = Sample(np.sort(values), np.sort(values), Worth(values))
    found = calls.quantile(QUANTILES["p90"])
    assert (found.low, found.value) == (7 * 10**9, 8 * 10**9)
    assert found.high == round(8 * 10**9 * (8 / 7) ** 1.25)
    assert replace(calls, most=9 * 10**9).quantile(QUANTILES["p90"]).high == 9 * 10**9


def test_times_of_nothing_say_not_how_far_they_may_go():
    """Most wait 0 s: there is no factor by which the highest may be too low, and so no end."""
    values = np.repeat([0, 10**9], [280, 40])
    found = Sample(values, values, Worth(values)).quantile(QUANTILES["p90"])
    assert (found.value, found.low, found.high) == (10**9, None, None)
    assert found.lack.short == "scatters too much"


def test_a_queue_says_why_its_tail_has_no_interval():
    """2,000 calls at load 0.8 are worth some dozens: far from the 368 that p99 needs."""
    calls = sojourns(np.random.default_rng(4), 2000)
    found = sample_of(calls, np.zeros(len(calls), dtype=np.bool_)).quantile(QUANTILES["p99"])
    assert found.low is None
    assert found.lack.reason == "alike"
    assert found.lack.text.startswith("2,000 calls are worth ")


def test_a_rate_of_neighbours_has_the_interval_of_those_that_they_are_worth():
    """100 of 1,000 calls, ten like one: as 10 of 100, and it is said."""
    assert Rate(100, 1000, 10).ci == pytest.approx(Rate(10, 100).ci)
    assert Rate(100, 1000, 10).note.endswith("1,000 are worth 100 independent ones")
    assert Rate(100, 1000).note == ""
