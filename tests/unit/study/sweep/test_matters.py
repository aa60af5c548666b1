"""What matters, against functions whose shares are known."""

from itertools import product

import numpy as np
import pytest
from scipy.stats.qmc import LatinHypercube

from line_sim.study.design.variants import Variant
from line_sim.study.sweep.effects import effect_of
from line_sim.study.sweep.groups import groups_of
from line_sim.study.sweep.matters import (
    NO_VARIANCE,
    ONLY_CHANCE,
    TOGETHER,
    TOO_FEW_POINTS,
    UntoldError,
    shares_of_grid,
    shares_of_sample,
    slices_for,
)

KEYS = ("a", "b", "c")


def variants(settings):
    """Return variants with nothing but their settings."""
    return [
        Variant(number, dict(zip(KEYS, row, strict=False)), None, None)
        for number, row in enumerate(settings, 1)
    ]


def grid(levels, function, chance):
    """Return the variants of a grid, and values: a function of them, and chance of each run."""
    points = list(product(*levels))
    means = np.array([function(*point) for point in points])
    return variants(points), means[:, None] + chance(len(points))


def axes(found, *, in_slices=False, slices=5):
    """Return the levels of each axis."""
    keys = found[0].settings
    return {key: groups_of(found, key, in_slices=in_slices, slices=slices) for key in keys}


def common_chance(scatter, own=0.0, runs=12, seed=1):
    """Return the chance of runs: what all variants meet alike, and what each meets for itself."""
    dice = np.random.default_rng(seed)
    return lambda count: dice.normal(0, scatter, (1, runs)) + dice.normal(0, own, (count, runs))


def test_a_grid_of_a_sum_is_told_exactly():
    """2a + b over -1, 0, 1 each: 4 to 1, and nothing together; what all meet alike is no difference."""
    found, values = grid([(-1, 0, 1), (-1, 0, 1)], lambda a, b: 2 * a + b, common_chance(5.0))
    shares = {share.key: share for share in shares_of_grid(values, axes(found))}
    assert {key: share.share for key, share in shares.items()} == pytest.approx(
        {"a": 0.8, "b": 0.2, TOGETHER: 0}
    )
    assert shares["a"].interval == pytest.approx((0.8, 0.8))


def test_a_grid_of_a_product_is_all_together():
    """The product over -1, 0, 1 each has no effect of either alone."""
    found, values = grid([(-1, 0, 1), (-1, 0, 1)], lambda a, b: a * b, common_chance(1.0))
    shares = {share.key: share.share for share in shares_of_grid(values, axes(found))}
    assert shares == pytest.approx({"a": 0, "b": 0, TOGETHER: 1}, abs=1e-9)


def test_what_chance_adds_is_taken_out():
    """Of 60 grids with as much chance as there is effect, the shares are right in the mean."""
    told = []
    for seed in range(60):
        chance = common_chance(1.0, own=4.0, runs=10, seed=seed)
        found, values = grid([(-1, 0, 1), (-1, 0, 1), (-1, 0, 1)], lambda a, b, c: 2 * a + b, chance)
        told.append([share.share for share in shares_of_grid(values, axes(found))])
    a, b, c, _ = np.mean(told, axis=0)
    assert (a, b) == pytest.approx((0.8, 0.2), abs=0.03)  # with it, a would have 0.57
    assert c < 0.02


def test_nothing_is_told_of_chance_alone_or_of_a_constant():
    """The reason is."""
    found, values = grid([(0, 1), (0, 1)], lambda a, b: 0.0, common_chance(1.0, own=1.0))
    with pytest.raises(UntoldError, match=ONLY_CHANCE):
        shares_of_grid(values, axes(found))
    found, values = grid([(0, 1), (0, 1)], lambda a, b: 7.0, common_chance(1.0))
    with pytest.raises(UntoldError, match=NO_VARIANCE):
        shares_of_grid(values, axes(found))


def ishigami(x):
    """Return Ishigami's function with a = 7, b = 0.1, whose first-order shares are .3139, .4424 and 0."""
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


@pytest.mark.parametrize(("points", "near"), [(400, 0.1), (4000, 0.03)])
def test_a_latin_hypercube_of_ishigamis_function(points, near):
    """Each share near what it is, and inside its interval but for what slices lose of a wave."""
    x = np.pi * (2 * LatinHypercube(3, rng=np.random.default_rng(5)).random(points) - 1)
    found = variants(x.tolist())
    cut = axes(found, in_slices=True, slices=slices_for(points))
    shares = shares_of_sample(ishigami(x)[:, None], cut, seed=1)
    assert [share.share for share in shares] == pytest.approx([0.3139, 0.4424, 0.0], abs=near)
    for share, truth in zip(shares, [0.3139, 0.4424, 0.0], strict=True):
        low, high = share.interval
        assert low - 0.02 <= truth <= high + 0.02


def test_too_few_points_tell_nothing():
    """The reason says how many do."""
    found = variants([(float(n), 0.0) for n in range(20)])
    with pytest.raises(UntoldError, match=TOO_FEW_POINTS):
        shares_of_sample(np.arange(20.0)[:, None], axes(found), seed=1)


def test_a_sample_of_chance_alone_tells_nothing():
    """The points differ, and would in any other runs."""
    found = variants([(float(n), 0.0) for n in range(40)])
    with pytest.raises(UntoldError, match=ONLY_CHANCE):
        shares_of_sample(common_chance(1.0, own=1.0)(40), axes(found), seed=1)


def test_main_effects_are_means_over_all_else_and_paired():
    """What all variants meet alike widens the means' intervals, not that of the step between them."""
    found, values = grid([(1, 2, 4), (10, 20)], lambda a, b: 3 * a + b, common_chance(5.0))
    effect = effect_of("uph", "a", values + 1000, found, sampled=False)
    means = [each.mean for _, each in effect.levels]
    assert [group.value for group, _ in effect.levels] == [1, 2, 4]
    assert np.diff(means) == pytest.approx([3, 6])
    assert effect.spread.mean == pytest.approx(9)
    assert effect.spread.interval == pytest.approx((9, 9))
    low, high = effect.levels[0][1].interval
    assert high - low > 3


def test_the_step_between_the_extreme_ones_of_many_levels_is_known_as_well_as_it_says():
    """Of ten that do nothing chance makes one the lowest, one the highest: 0 is held all the same."""
    held = 0
    for seed in range(200):
        found, values = grid([range(10), (0, 1)], lambda *_: 0.0, common_chance(1.0, own=1.0, seed=seed))
        low, high = effect_of("uph", "a", values, found, sampled=False).spread.interval
        held += low <= 0 <= high
    assert held >= 186  # of 200 at 95 % no fewer, but once in two thousand times


def test_a_range_with_many_values_is_cut_into_slices():
    """Of as many variants each, named by their ends."""
    found = variants([(f"{n} ms", n) for n in range(100, 0, -1)])
    slices = groups_of(found, "a", in_slices=True)
    assert [group.value for group in slices] == [f"{n} ms to {n + 19} ms" for n in (1, 21, 41, 61, 81)]
    assert [len(group.rows) for group in slices] == [20] * 5
    assert (slices[0].low, slices[0].high) == (0.001, 0.02)
