"""Main effects: the mean of a figure at each level of an axis, over all that else was varied."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import comb

import numpy as np

from line_sim.special import fisher
from line_sim.study.design.variants import Variant
from line_sim.study.kpis import bounded
from line_sim.study.skewed import of_pairs, of_runs
from line_sim.study.student import CONFIDENCE, Estimate, critical
from line_sim.study.sweep.groups import Group, groups_of
from line_sim.study.sweep.means import Values

Level = tuple[Group, Estimate]

_ROUNDING = 1e-12
"""The share of a mean that sums of thousands of values leave to rounding, and more."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What an axis does to a figure: its mean at each level, and how far apart the extreme ones are.

    `apart`: whether its levels differ by more than chance makes them (None: nobody can tell). `behind` is by
    how much its step is less than that of the strongest axis; None of that one itself.
    """

    kpi: str
    key: str
    levels: tuple[Level, ...]
    spread: Estimate
    apart: bool | None
    behind: Estimate | None = None

    @property
    def surely_behind(self) -> bool:
        """Whether the strongest axis is ahead of it by more than chance makes."""
        ends = None if self.behind is None else self.behind.interval
        return ends is not None and ends[0] > _ROUNDING * max(abs(each.mean) for _, each in self.levels)


@dataclass(frozen=True, slots=True)
class Strongest:
    """Which axis moves a figure most, as far as chance lets it be told.

    `key` has the largest step; it is not told apart from those of `alike`, and surely ahead of those that are
    `behind`. Those that are `apart` do more than chance makes (None: nobody can tell).
    """

    kpi: str
    key: str
    alike: tuple[str, ...]
    behind: tuple[str, ...]
    apart: tuple[str, ...] | None


def strongest_of(effects: Sequence[Effect]) -> Strongest | None:
    """Return which axis moves a figure most by its `effects`; None where none has two levels."""
    moving = sorted((each for each in effects if len(each.levels) > 1), key=lambda each: -each.spread.mean)
    if not moving:
        return None
    first, *others = sorted(moving, key=lambda each: each.behind is not None)
    ahead = [each.key for each in others if first.apart and each.surely_behind]
    told = [each.apart for each in moving]
    return Strongest(
        first.kpi,
        first.key,
        tuple(each.key for each in others if each.key not in ahead),
        tuple(ahead),
        None if None in told else tuple(each.key for each in moving if each.apart),
    )


def effects_of(
    kpi: str, keys: Sequence[str], values: Values, variants: Sequence[Variant], *, sampled: bool
) -> list[Effect]:
    """Return the main effect of each axis, and how far each is behind the strongest of them."""
    found = [effect_of(kpi, key, values, variants, sampled=sampled) for key in keys]
    first = max(found, key=lambda each: (each.spread.mean, len(each.levels) > 1))
    others = len(found) - 1
    return [
        each if each is first else replace(each, behind=_behind(each, first, others, values, sampled=sampled))
        for each in found
    ]


def effect_of(kpi: str, key: str, values: Values, variants: Sequence[Variant], *, sampled: bool) -> Effect:
    """Return the main effect of an axis.

    In a grid the mean of a level in replication n is one value, and they are paired: all met the same chance.
    A point that was `sampled` is one of many that might have been: there the intervals are over the points.
    """
    groups = groups_of(variants, key, in_slices=sampled)
    told = tuple((group, _level(kpi, group, values, sampled=sampled)) for group in groups)
    spread = _widened(_spread(told, values, sampled=sampled), comb(len(told), 2))
    apart = None if sampled else differ([_of_level(group, values, sampled=False) for group in groups])
    return Effect(kpi, key, told, replace(spread, least=0.0), apart)


def _level(kpi: str, group: Group, values: Values, *, sampled: bool) -> Estimate:
    return bounded(of_runs(_of_level(group, values, sampled=sampled)), kpi)


def _of_level(group: Group, values: Values, *, sampled: bool) -> list[float]:
    found: list[float] = values[list(group.rows)].mean(axis=1 if sampled else 0).tolist()
    return found


def _extremes(levels: Sequence[Level]) -> tuple[Level, Level]:
    """Return the level with the lowest mean, and the one with the highest."""
    return min(levels, key=lambda each: each[1].mean), max(levels, key=lambda each: each[1].mean)


def _ends_of_step(levels: Sequence[Level], values: Values) -> tuple[list[float], list[float]]:
    """Return what each replication of a grid makes at the lowest level, and at the highest."""
    low, high = _extremes(levels)
    return _of_level(low[0], values, sampled=False), _of_level(high[0], values, sampled=False)


def _spread(levels: Sequence[Level], values: Values, *, sampled: bool) -> Estimate:
    """Return the step from the lowest level to the highest: paired, where they met the same chance."""
    if sampled:
        (_, low), (_, high) = _extremes(levels)
        return Estimate(high.mean - low.mean, None, 0, min(low.n, high.n))
    return of_pairs(*_ends_of_step(levels, values))


def _behind(one: Effect, first: Effect, others: int, values: Values, *, sampled: bool) -> Estimate:
    """Return by how much the step of an axis is less than the largest: paired, as all met the same chance.

    Its interval holds whichever levels of the first chance has made the extreme ones, and for all others at
    once; of this one it is the largest step that chance has made, which makes it no easier.
    """
    if sampled:
        return Estimate(first.spread.mean - one.spread.mean, None, 0, min(one.spread.n, first.spread.n))
    ours, theirs = (_steps(each.levels, values) for each in (one, first))
    return _widened(of_pairs(ours, theirs), others * max(1, comb(len(first.levels), 2)))


def _steps(levels: Sequence[Level], values: Values) -> list[float]:
    return [high - low for low, high in zip(*_ends_of_step(levels, values), strict=True)]


def _widened(found: Estimate, times: int) -> Estimate:
    """Return an estimate with an interval that holds for so many of its kind at once (Bonferroni)."""
    ends = found.interval
    if ends is None or times < 1:
        return found
    wider = critical(found.freedom, 1 - (1 - CONFIDENCE) / times) / critical(found.freedom)
    below, above = (wider * (found.mean - ends[0]), wider * (ends[1] - found.mean))
    return replace(found, reach=(below, above))


def differ(levels: Sequence[Sequence[float]]) -> bool | None:
    """Whether means of levels, by replications, differ by more than chance (5 %); None of one replication.

    An analysis of variance for repeated measures: all levels met the same chance. Its degrees of freedom are
    cut as Greenhouse and Geisser do (Psychometrika 24, 1959), since some levels are more alike than others.
    """
    told = np.array(levels)
    runs: int = told.shape[1]
    if runs < 2:
        return None
    means = told.mean(axis=1) - told.mean()
    rest = told - told.mean(axis=0) - means[:, None]
    grain = told.size * (_ROUNDING * float(abs(told).max())) ** 2
    between, chance = runs * float((means**2).sum()), float((rest**2).sum())
    if between <= grain or chance <= grain:
        return between > grain
    free = chance**2 / float(((rest.T @ rest) ** 2).sum())
    return fisher.share_above(free, free * (runs - 1), between * (runs - 1) / chance) <= 1 - CONFIDENCE
