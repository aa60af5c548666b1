"""The points of a design: every combination of a grid, or a Latin hypercube."""

from collections.abc import Iterator
from itertools import product

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

    McKay, Beckman and Conover, Technometrics 21 (1979), by scipy.stats.qmc; made of the study's seed.
    """
    from numpy.random import default_rng  # noqa: PLC0415 - as below
    from scipy.stats.qmc import LatinHypercube  # noqa: PLC0415 - half a second that only studies pay

    cube = LatinHypercube(len(study.axes), rng=default_rng(study.seed)).random(study.points or 0)
    for row in cube.tolist():
        yield {
            axis.key: value_in(axis.levels, at, axis.wants_whole)
            for axis, at in zip(study.axes, row, strict=True)
        }
