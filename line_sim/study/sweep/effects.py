"""Main effects: the mean of a figure at each level of an axis, over all that else was varied."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import comb

from line_sim.study.design.variants import Variant
from line_sim.study.kpis import bounded
from line_sim.study.skewed import of_pairs, of_runs
from line_sim.study.student import CONFIDENCE, Estimate, critical
from line_sim.study.sweep.groups import Group, groups_of
from line_sim.study.sweep.means import Values


@dataclass(frozen=True, slots=True)
class Effect:
    """What an axis does to a figure: its mean at each level, and how far apart the extreme ones are."""

    kpi: str
    key: str
    levels: tuple[tuple[Group, Estimate], ...]
    spread: Estimate


def effect_of(kpi: str, key: str, values: Values, variants: Sequence[Variant], *, sampled: bool) -> Effect:
    """Return the main effect of an axis.

    In a grid the mean of a level in replication n is one value, and they are paired: all met the same chance.
    A point that was `sampled` is one of many that might have been: there the intervals are over the points.
    """
    groups = groups_of(variants, key, in_slices=sampled)
    told = [(group, _level(kpi, group, values, sampled=sampled)) for group in groups]
    low = min(told, key=lambda each: each[1].mean)
    high = max(told, key=lambda each: each[1].mean)
    spread = _spread(low, high, values, sampled=sampled)
    return Effect(kpi, key, tuple(told), _of_many(spread, len(told)))


def _level(kpi: str, group: Group, values: Values, *, sampled: bool) -> Estimate:
    return bounded(of_runs(_of_level(group, values, sampled=sampled)), kpi)


def _of_level(group: Group, values: Values, *, sampled: bool) -> list[float]:
    found: list[float] = values[list(group.rows)].mean(axis=1 if sampled else 0).tolist()
    return found


def _spread(
    low: tuple[Group, Estimate], high: tuple[Group, Estimate], values: Values, *, sampled: bool
) -> Estimate:
    """Return the step from the lowest level to the highest: paired, where they met the same chance."""
    if sampled:
        return Estimate(high[1].mean - low[1].mean, None, 0, min(low[1].n, high[1].n))
    ones, others = (_of_level(group, values, sampled=False) for group, _ in (low, high))
    return of_pairs(ones, others)


def _of_many(spread: Estimate, levels: int) -> Estimate:
    """Return the step with an interval that holds whichever two levels chance has made the extreme ones.

    It is that of each pair of levels at once (Bonferroni), and no step from the lowest up is below 0.
    """
    ends = spread.interval
    if ends is None or levels < 2:
        return spread
    wider = critical(spread.freedom, 1 - (1 - CONFIDENCE) / comb(levels, 2)) / critical(spread.freedom)
    below, above = (wider * (spread.mean - ends[0]), wider * (ends[1] - spread.mean))
    return replace(spread, reach=(below, above), least=0.0)
