"""Which axis moves a figure most: said where it is more than chance, of functions whose steps are known."""

from itertools import product

import numpy as np
import pytest

from line_sim.study.design.variants import Variant
from line_sim.study.sweep.effects import differ, effects_of, strongest_of

THREE = (-1, 0, 1)


def strongest(function, *, levels=(THREE, THREE), own=0.0, runs=12, seed=1, sampled=False):
    """Return what is told of the axes of a grid: of a function of them, and the chance of each run."""
    points, keys = list(product(*levels)), "abc"[: len(levels)]
    variants = [Variant(n, dict(zip(keys, point, strict=True)), None, None) for n, point in enumerate(points)]
    dice = np.random.default_rng(seed)
    common, mine = dice.normal(0, 5, (1, runs)), dice.normal(0, own, (len(points), runs))
    values = 1000 + np.array([[function(*point)] for point in points]) + common + mine
    return strongest_of(effects_of("uph", keys, values, variants, sampled=sampled))


def test_the_axis_with_the_largest_step_is_told_where_it_is_surely_ahead():
    """3a + b: what all meet alike is no chance between them."""
    found = strongest(lambda a, b: 3 * a + b, own=0.5)
    assert (found.key, found.alike, found.behind, found.apart) == ("a", (), ("b",), ("a", "b"))


def test_two_axes_that_do_the_same_are_not_told_apart():
    """Of 200 grids one is called the strongest in 1 of 20 at most, whichever chance puts first."""
    told = [strongest(lambda a, b: 2 * a + 2 * b, own=2.0, runs=8, seed=seed) for seed in range(200)]
    assert {found.key for found in told} == {"a", "b"}
    assert sum(not found.alike for found in told) <= 20


def test_of_axes_that_do_nothing_none_is_told_apart_from_chance():
    """Not more often than 1 in 20 allows for each of them; and none is the strongest."""
    levels = (tuple(range(5)), tuple(range(5)))
    told = [strongest(lambda *_: 0.0, levels=levels, own=1.0, runs=8, seed=seed) for seed in range(200)]
    assert sum("a" in found.apart for found in told) <= 20
    assert sum(not found.alike for found in told) <= 10


def test_what_only_rounding_tells_apart_is_alike():
    """Without chance the steps of 0.1 a + 0.1 b are the same, and that of c is nothing."""
    found = strongest(lambda a, b, c: 0.1 * a + 0.1 * b, levels=(THREE, THREE, THREE))
    assert {found.key, *found.alike} == {"a", "b"}
    assert (found.behind, set(found.apart)) == (("c",), {"a", "b"})


def test_without_chance_the_larger_step_is_the_larger():
    """By a hundredth, too."""
    found = strongest(lambda a, b: a + 0.99 * b)
    assert (found.key, found.behind) == ("a", ("b",))


def test_an_axis_alone_has_nobody_beside_it():
    """Nor has one whose others have a single value."""
    found = strongest(lambda a, b: a, levels=(THREE, (7,)))
    assert (found.key, found.alike, found.behind, found.apart) == ("a", (), (), ("a",))
    assert strongest(lambda a, b: a, levels=((3,), (7,))) is None


@pytest.mark.parametrize("how", [{"runs": 1}, {"sampled": True}])
def test_without_intervals_nobody_can_tell(how):
    """Of one run, and of points that were sampled."""
    found = strongest(lambda a, b: 3 * a + b, own=0.5, **how)
    assert (found.key, found.alike, found.apart) == ("a", ("b",), None)


@pytest.mark.parametrize("alike", [0.0, 0.9])
def test_levels_that_do_not_differ_are_called_different_as_rarely_as_is_said(alike):
    """Not more often than 1 in 20, also where chance moves some of them together; of 400 it is 34 at most."""
    dice = np.random.default_rng(4)
    told = []
    for _ in range(400):
        own, common = dice.normal(size=(5, 8)), dice.normal(size=(1, 8))
        told.append(differ(own * np.array([[1], *[[1 - alike]] * 4]) + alike * common))
    assert 0 < sum(told) <= 34


def test_a_difference_that_grows_with_what_there_is_to_differ_is_found():
    """Escapes of ten runs at four deadlines: nearly all of them lower at the first, and none higher."""
    seen = np.array([0.0, 5.6, 4.5, 4.4, 1.5, 1.1, 3.2, 3.4, 3.4, 5.4])
    assert differ([0.65 * seen, seen, 1.02 * seen, 1.04 * seen]) is True
