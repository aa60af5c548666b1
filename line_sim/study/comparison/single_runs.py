"""Two runs, part by part: the interval of a difference from one long run of each.

Each figure is a ratio of sums over the parts, R = sum(x) / sum(y). Its influence part by part is
z = (x - R y) / mean(y), so that R's scatter is that of the mean of z (the delta method; Law, 9.5.3,
for means of consecutive batches). With the same seed part 7 is the same part in both runs, so the
batches of the one are set against the same batches of the other, and what both runs share cancels.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from line_sim.figures.batch_means import batch_means
from line_sim.study.comparison.parts import BATCHES, Bools, Parts, hourly_rates
from line_sim.study.student import Estimate, student, welch
from line_sim.units import SECOND

Floats: TypeAlias = npt.NDArray[np.float64]
FEWEST_PARTS = 2 * BATCHES  # below that the batches say more about luck than about the line


@dataclass(frozen=True, slots=True)
class Batched:
    """A figure of one run: its value, and what 20 batches of it scatter around 0."""

    value: float
    scatter: tuple[float, ...]


def batched_figures(parts: Parts, most: int) -> dict[str, Batched]:
    """Return the figures of a run, its parts batched by number from 1 to `most`."""
    found = {}
    output = _output(parts)
    if output is not None:
        found["uph"] = output
    for name, over, under in _ratios(parts):
        if under.sum() > 0:
            found[name] = _ratio(parts, most, over, under)
    return found


def difference(one: Batched, other: Batched, *, paired: bool) -> Estimate:
    """Return other - one: batch by batch where the parts are the same ones, else as two samples."""
    change = other.value - one.value
    if paired:
        steps = [theirs - ours for ours, theirs in zip(one.scatter, other.scatter, strict=True)]
        return replace(student(steps), mean=change)
    return replace(welch(one.scatter, other.scatter), mean=change)


def batches_resemble(one: Batched, other: Batched, *, paired: bool) -> bool:
    """Whether neighbouring batches are so alike that an interval from them is too narrow."""
    steps = [theirs - ours for ours, theirs in zip(one.scatter, other.scatter, strict=True)]
    series = [steps] if paired else [one.scatter, other.scatter]
    return any(batch_means(batches).resembling for batches in series)


def _output(parts: Parts) -> Batched | None:
    length = parts.stretch.end - parts.stretch.start
    if length < BATCHES or int(parts.shipped.sum()) < FEWEST_PARTS:
        return None
    rates = hourly_rates(parts)
    return Batched(float(rates.mean()), tuple((rates - rates.mean()).tolist()))


def _ratios(parts: Parts) -> Iterator[tuple[str, Floats, Floats]]:
    """Yield each figure's name, what is summed above the line and what below it, part by part."""

    def per_part(name: str, some: Bools, of: Bools) -> tuple[str, Floats, Floats]:
        return name, (some & of).astype(np.float64), of.astype(np.float64)

    settled = parts.settled
    judged = settled & parts.evaluated
    good = judged & parts.good
    yield "flow_time", np.where(settled, (parts.left - parts.arrived) / SECOND, 0.0), settled.astype(float)
    asked = settled & parts.asked
    yield "inference_time", np.where(asked, parts.waited / SECOND, 0.0), asked.astype(float)
    yield per_part("timeout_rate", parts.timed_out, asked)
    yield per_part("escape_rate", ~parts.good, settled & parts.shipped)
    yield per_part("overkill_rate", parts.stopped, good)
    yield per_part("overkill_model", parts.stopped & parts.answered, good)
    yield per_part("overkill_latency", parts.stopped & ~parts.answered, good)
    yield per_part("first_pass_yield", parts.good & ~parts.stopped, judged)


def _ratio(parts: Parts, most: int, over: Floats, under: Floats) -> Batched:
    value = float(over.sum() / under.sum())
    influence = over - value * under
    batch = (parts.item - 1) * BATCHES // most
    sums = np.bincount(batch, weights=influence, minlength=BATCHES)[:BATCHES]
    scatter = sums * BATCHES / float(under.sum())
    return Batched(value, tuple(scatter.tolist()))
