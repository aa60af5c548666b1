"""The points of a design: every combination of a grid, or a Latin hypercube."""

from collections.abc import Iterator
from itertools import product

import numpy as np
from numpy.random import Generator, default_rng
from numpy.typing import NDArray

from line_sim.study.design.levels import Plain, value_in
from line_sim.study.design.study import Study

Settings = dict[str, Plain]
"""Key to value, as in a scenario file."""


def points_of(study: Study) -> Iterator[Settings]:
    """Yield the points in order: of a grid, the last axis moves first."""
    keys = [axis.key for axis in study.axes]
    if study.design == "lhs":
        yield from _hypercube(study)
        return
    for values in product(*(axis.values for axis in study.axes)):
        yield dict(zip(keys, values, strict=True))


def _hypercube(study: Study) -> Iterator[Settings]:
    """Yield a Latin hypercube: each axis cut into as many slices as there are points, one point in each.

    McKay, Beckman and Conover, Technometrics 21 (1979); made of the study's seed. A point lies somewhere in
    its slices, by chance, and the slices of each axis come in an order of their own.
    """
    chance, points = default_rng(study.seed).spawn(1)[0], study.points or 0
    within = chance.uniform(size=(points, len(study.axes)))
    slices = np.array([_shuffled(chance, points) for _ in study.axes])
    cube = (slices.T - within) / points
    for row in cube.tolist():
        yield {
            axis.key: value_in(axis.levels, at, axis.wants_whole)
            for axis, at in zip(study.axes, row, strict=True)
        }


def _shuffled(chance: Generator, points: int) -> NDArray[np.int64]:
    """Return 1, 2, ... up to so many in an order that chance makes."""
    order = np.arange(1, points + 1)
    chance.shuffle(order)
    return order
