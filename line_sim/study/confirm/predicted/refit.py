"""The model of a server as other draws of the same measurements would have fitted it: block bootstrap, pure.

What one call took says something of the next, so that whole stretches are drawn, not calls (Kuensch, Annals
of Statistics 17, 1989). The model is not fitted anew from nothing: each of its figures moves as the same
statistic of the measurements does, which is what any fit of it would do, whichever it was.
"""

from array import array
from collections.abc import Mapping, Sequence
from itertools import chain
from math import isfinite
from random import Random
from statistics import fmean
from typing import TypeAlias, TypeVar

import numpy as np

from line_sim.scenario.distributions.quantiles import MOST_TIMES_P50, Quantiles
from line_sim.scenario.distributions.values import Values
from line_sim.scenario.fields import Record
from line_sim.scenario.gateways.calibration import Blocks, Calibration
from line_sim.scenario.gateways.modelled import ModelledOptions
from line_sim.scenario.gateways.sharing import SLOWEST, Sharing
from line_sim.scenario.measured.columns import Measured
from line_sim.scenario.times import Empirical, Time

T = TypeVar("T")
Stretches: TypeAlias = Sequence[Sequence[float]]


def resampled(blocks: Blocks, seed: int) -> Blocks:
    """Return as many stretches and rates, each drawn from those that were measured."""
    chance = Random(seed)  # noqa: S311 - no secrets here

    def again(values: Sequence[T]) -> tuple[T, ...]:
        return tuple(chance.choices(values, k=len(values))) if values else ()

    together = {number: again(rates) for number, rates in blocks.together.items()}
    return Blocks.model_construct(alone=again(blocks.alone), together=together)


def drawn_from(blocks: Blocks) -> int:
    """Return of how many stretches, or rates of a kind, the fewest are drawn; 0 where nothing can be."""
    return min((len(each) for each in (blocks.alone, *blocks.together.values()) if len(each) > 1), default=0)


def refit(calibration: Calibration, blocks: Blocks) -> ModelledOptions:
    """Return the calibration's model as these measurements would have made it."""
    model, measured = calibration.model, calibration.blocks
    changed: dict[str, object] = {}
    if measured.alone:
        changed["service"] = _service(model, measured.alone, blocks.alone)
    if model.sharing is not None and measured.together:
        changed["sharing"] = _sharing(model.sharing, measured.together, blocks.together)
    return model.model_copy(update=changed)


def _service(model: ModelledOptions, old: Stretches, new: Stretches) -> object:
    """Return the time, or the times by size, moved as the measurements are."""
    before, after = _flat(old), _flat(new)
    if isinstance(model.service, dict):
        return {size: _moved(time, before, after) for size, time in model.service.items()}
    return _moved(model.service, before, after)


def _flat(stretches: Stretches) -> list[float]:
    return list(chain.from_iterable(stretches))


def _moved(time: Time, before: Sequence[float], after: Sequence[float]) -> Time:
    """Return a time whose quantiles, or whose every duration, moved as those of the measurements did."""
    if isinstance(time, Values):
        return Values.model_construct(of=tuple(_quantiles_moved(time.of, before, after)))
    if isinstance(time, Empirical):
        drawn = time.model_copy()
        drawn._measured = Measured(array("q", _quantiles_moved(time.values, before, after)))  # noqa: SLF001 - drawn again
        return drawn
    if isinstance(time, Quantiles):
        p50 = max(1, round(time.p50 * _step(before, after, 50)))
        p99 = round(time.p99 * _step(before, after, 99))
        return time.model_copy(update={"p50": p50, "p99": min(max(p50 + 1, p99), MOST_TIMES_P50 * p50)})
    return scaled(time, _ratio(fmean(after), fmean(before)))


def _step(before: Sequence[float], after: Sequence[float], percent: float) -> float:
    return _ratio(float(np.percentile(after, percent)), float(np.percentile(before, percent)))


def _ratio(new: float, old: float) -> float:
    return new / old if old > 0 and isfinite(new / old) and new > 0 else 1.0


R = TypeVar("R", bound=Record)


def scaled(time: R, share: float) -> R:
    """Return a time all of whose durations take a share of what they took; its shape stays."""
    durations = {name: value for name in type(time).model_fields if type(value := getattr(time, name)) is int}
    return time.model_copy(update={name: max(1, round(value * share)) for name, value in durations.items()})


def _quantiles_moved(times: Sequence[int], before: Sequence[float], after: Sequence[float]) -> list[int]:
    """Return times each of whose quantiles moved as that of the measurements did.

    There are as many as before, so that the same chance draws the same quantile of both.
    """
    ordered = np.sort(np.asarray(times, dtype=float))
    at = (np.arange(len(ordered)) + 0.5) / len(ordered)
    steps = np.quantile(after, at) / np.quantile(before, at)
    moved = np.where(np.isfinite(steps), np.maximum(ordered * np.nan_to_num(steps), 1), ordered)
    found: list[int] = np.rint(moved).astype(int).tolist()
    return found


def _sharing(
    sharing: Sharing, old: Mapping[int, Sequence[float]], new: Mapping[int, Sequence[float]]
) -> Sharing:
    """Return the sharing whose speeds moved as the rates did; that of one call is 1."""
    speed = {
        number: value if number == 1 else _speed(value, number, old.get(number), new.get(number))
        for number, value in sharing.speed.items()
    }
    return sharing.model_copy(update={"speed": type(sharing.total)(speed)})


def _speed(value: float, number: int, old: Sequence[float] | None, new: Sequence[float] | None) -> float:
    if not old or not new:
        return value
    return min(float(number), max(SLOWEST, value * _ratio(fmean(new), fmean(old))))
