"""Who is the best of those that cost the same, by pairs."""

import numpy as np
import pytest

from line_sim.study.plan.procedure.boundaries import h2_of
from line_sim.study.plan.procedure.selection import contest


def test_who_is_behind_by_more_than_the_pair_scatters_goes() -> None:
    """Both swing by 100, their difference by 1: that is what counts.

    Differences 9, 11, 9, 11 have the variance 4/3; with h2 = 6 and a zone of 2 half of 4 is 2 - 4 < 0.
    """
    chance = [100, -100, 50, -50]
    one = list(chance)
    two = [each + step for each, step in zip(chance, (9, 11, 9, 11), strict=True)]
    found = contest({1: one, 2: two}, h2=6, zone=2, first=4)
    assert found.left == (2,)
    assert found.behind == {1: (2, 4)}


def test_nobody_goes_as_long_as_the_triangle_is_open() -> None:
    """Differences of -1 and 1: the budget of 6 x 4/3 / 0.5^2 = 32 is not spent."""
    swing = [1.0, -1.0] * 4
    found = contest({1: [0.0] * 8, 2: swing}, h2=6, zone=0.5, first=4)
    assert found.left == (1, 2)
    assert found.budget == 32


def test_twins_are_told_apart_by_their_number() -> None:
    """Two designs that always do the same need no more runs to be equal."""
    same = [5.0, 7.0, 6.0, 5.5]
    assert contest({4: same, 9: same}, h2=6, zone=1, first=4).left == (4,)


def test_one_alone_is_the_best() -> None:
    """It needs no contest."""
    assert contest({3: [1.0] * 4}, h2=0, zone=1, first=4).winner == 3


@pytest.mark.slow
def test_the_best_stays_as_often_as_promised() -> None:
    """Five designs, the best one zone ahead, half of their chance in common: wrong in 10 % at most."""
    rng, tries, wrong, h2 = np.random.default_rng(3), 1000, 0, h2_of(0.1 / 4)
    for _ in range(tries):
        common = rng.normal(0, 3, size=700)
        values = {n: list(common + rng.normal(1.0 if n == 3 else 0.0, 3, size=700)) for n in range(1, 6)}
        found = contest(values, h2, zone=1.0)
        wrong += found.winner != 3
    assert wrong / tries < 0.1
