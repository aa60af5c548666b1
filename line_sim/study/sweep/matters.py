"""What matters: how much of what a figure varies over a design each axis makes alone.

First-order shares of the variance (Sobol', Math. Modelling and Comput. Exp. 1, 1993): of a grid exactly, by
the sums of squares of its analysis of variance; of a Latin hypercube from the points as they are, by the
correlation ratio of slices (Plischke, Borgonovo and Smith, European J. of Operational Research 226, 2013).
Both without what chance alone adds to sums of squares (Kelley, PNAS 21, 1935).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isqrt

import numpy as np
from numpy.typing import NDArray

from line_sim.special import fisher
from line_sim.study.student import critical
from line_sim.study.sweep.groups import Group
from line_sim.study.sweep.means import Values

TOGETHER = "interactions"
"""Stands in the place of a key for what no axis makes alone."""

FEWEST_POINTS = 30
MOST_SLICES = 100
FEWEST_TO_JACKKNIFE = 3
_RESAMPLED = 300
_BY_CHANCE = 0.05
_ROUNDING = 1e-12

OF_GRID = "of the variance of the means over the grid, without what chance adds"
OF_SAMPLE = "of the variance over the sampled points, chance included"

NO_VARIANCE = "it is the same at all points"
ONLY_CHANCE = "it differs no more between the points than chance alone makes it"
TOO_FEW_POINTS = f"a Latin hypercube tells it from {FEWEST_POINTS} points on"

Shares = NDArray[np.float64]


class UntoldError(Exception):
    """The shares cannot be told; the text says why."""


@dataclass(frozen=True, slots=True)
class Share:
    """The share that an axis makes alone, with its 95 % interval, if there is one; `of` what."""

    key: str
    share: float
    interval: tuple[float, float] | None
    of: str


def slices_for(points: int) -> int:
    """Return into how many slices an axis is cut: the root of the points, 100 at most."""
    return min(MOST_SLICES, isqrt(points))


def shares_of_grid(values: Values, axes: dict[str, Sequence[Group]]) -> list[Share]:
    """Return the share of each axis, and of what they make together, in a whole grid.

    `values` has a row a variant and a column a replication, in which all met the same chance: the intervals
    are the jackknife's over the replications. Raises UntoldError where nothing differs, or chance alone.
    """
    _refuse_chance(values)
    groups = list(axes.values())
    found = _grid_shares(values, groups)
    half = _jackknife(values, groups) if values.shape[1] >= FEWEST_TO_JACKKNIFE else None
    names = [*axes, *([TOGETHER] if len(axes) > 1 else [])]
    return [_share(name, found[place], half, place, OF_GRID) for place, name in enumerate(names)]


def _refuse_chance(values: Values) -> None:
    """Raise UntoldError where the means are the same, by an F test of the variants against chance."""
    variants, runs = values.shape
    between, chance = _sums(values)
    if variants < 2 or between <= variants * (_ROUNDING * abs(values).max()) ** 2:
        raise UntoldError(NO_VARIANCE)
    if runs < 2 or chance == 0:
        return
    ratio = between / (variants - 1) / (chance / runs)
    if fisher.share_above(variants - 1, (variants - 1) * (runs - 1), ratio) > _BY_CHANCE:
        raise UntoldError(ONLY_CHANCE)


def _sums(values: Values) -> tuple[float, float]:
    """Return the sum of squares between the variants' means, and the variance of one run by chance.

    What a replication does to all variants alike is no difference between them.
    """
    variants, runs = values.shape
    means = values.mean(axis=1)
    between = float(((means - means.mean()) ** 2).sum())
    if runs < 2 or variants < 2:
        return between, 0.0
    rest = values - means[:, None] - values.mean(axis=0)[None, :] + values.mean()
    return between, float((rest**2).sum() / ((variants - 1) * (runs - 1)))


def _grid_shares(values: Values, axes: Sequence[Sequence[Group]]) -> Shares:
    variants, runs = values.shape
    means = values.mean(axis=1)
    between, chance = _sums(values)
    total = between - (variants - 1) * chance / runs
    if total <= 0:
        return np.zeros(len(axes) + (len(axes) > 1))
    alone = [_between(means, groups) - (len(groups) - 1) * chance / runs for groups in axes]
    shares = np.clip(np.array(alone) / total, 0, 1)
    return np.append(shares, max(0.0, 1 - shares.sum())) if len(axes) > 1 else shares


def _between(means: Shares, groups: Sequence[Group]) -> float:
    whole = means.mean()
    return float(sum(len(each.rows) * (means[list(each.rows)].mean() - whole) ** 2 for each in groups))


def _jackknife(values: Values, axes: Sequence[Sequence[Group]]) -> Shares:
    """Return the half-width of each share from those without one replication (Quenouille, Tukey)."""
    runs = values.shape[1]
    left_out = np.array([_grid_shares(np.delete(values, run, axis=1), axes) for run in range(runs)])
    error = np.sqrt((runs - 1) / runs * ((left_out - left_out.mean(axis=0)) ** 2).sum(axis=0))
    half: Shares = critical(runs - 1) * error
    return half


def shares_of_sample(values: Values, axes: dict[str, Sequence[Group]], seed: int) -> list[Share]:
    """Return the share of each axis in points that were sampled; `axes` are cut into `slices_for` slices.

    `values` are as in a grid. The intervals come from the bootstrap over the points (Efron), seeded. Raises
    UntoldError for too few points, and where nothing differs, or chance alone.
    """
    if len(values) < FEWEST_POINTS:
        raise UntoldError(TOO_FEW_POINTS)
    _refuse_chance(values)
    means = values.mean(axis=1)
    random = np.random.default_rng(seed)
    labels = {key: _labels(groups, len(means)) for key, groups in axes.items()}
    found = []
    for key, label in labels.items():
        again = [
            _ratio(means[rows], label[rows])
            for rows in (random.integers(0, len(means), len(means)) for _ in range(_RESAMPLED))
        ]
        half = np.array([1.96 * np.std(again, ddof=1)])
        found.append(_share(key, _ratio(means, label), half, 0, OF_SAMPLE))
    return found


def _labels(groups: Sequence[Group], points: int) -> NDArray[np.int64]:
    label = np.zeros(points, dtype=np.int64)
    for number, group in enumerate(groups):
        label[list(group.rows)] = number
    return label


def _ratio(values: Shares, label: NDArray[np.int64]) -> float:
    """Return the squared correlation ratio as epsilon squared: less what slices have by chance."""
    counts = np.bincount(label)
    there = counts > 0
    levels, n = int(there.sum()), len(values)
    total = float(((values - values.mean()) ** 2).sum())
    if total == 0 or n <= levels:
        return 0.0
    means = np.bincount(label, weights=values)[there] / counts[there]
    between = float((counts[there] * (means - values.mean()) ** 2).sum())
    within = (total - between) / (n - levels)
    return min(1.0, max(0.0, (between - (levels - 1) * within) / total))


def _share(key: str, share: float, half: Shares | None, place: int, of: str) -> Share:
    if half is None:
        return Share(key, float(share), None, of)
    return Share(key, float(share), (max(0.0, share - half[place]), min(1.0, share + half[place])), of)
