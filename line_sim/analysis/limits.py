"""What a line can make at best and at least, before anything is run.

At best: the slowest station by itself, never starved and never blocked (Hopp & Spearman, "Factory
Physics": the bottleneck rate). At least: the same stations with no buffer between them, moving parts
on together only when the slowest has finished, 1 / E[max S] (Muth, Management Science 19, 1973; exact
for two stations of one unit, a lower bound for more, as such a line only gains by moving on earlier).
Repairs are added in full there, as if no station could go on while another is repaired.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from line_sim.chance.durations import quantile_function
from line_sim.chance.purposes import Purpose
from line_sim.chance.streams import BLOCK, Stream
from line_sim.layout import layout_of, specs_of
from line_sim.scenario.model import Inspection, Review, Scenario, Station
from line_sim.scenario.times import Constant, Time
from line_sim.units import HOUR, Nanoseconds

_BLOCKS = 128  # 65,536 draws: 0.4 % of a mean with cv 1, the same at every call
Sample = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class StationLimit:
    """One station alone: its mean time for a part in ns, breakdowns in it, and its parts an hour."""

    name: str
    units: int
    mean: float
    uph: float


@dataclass(frozen=True, slots=True)
class Limits:
    """What bounds the line in parts an hour; `demand_uph` is None for a saturated line.

    `zero_buffer_uph` is None where a station has several units.
    """

    stations: tuple[StationLimit, ...]
    demand_uph: float | None
    zero_buffer_uph: float | None

    @property
    def bottleneck(self) -> StationLimit:
        """The station that alone would make the fewest parts an hour."""
        return min(self.stations, key=lambda station: station.uph)


def limits(scenario: Scenario, answer: Nanoseconds | None = None) -> Limits:
    """Compute the bounds of a line.

    `answer` is how long a live server is taken to need for one answer, in ns; modelled servers need
    what their model says. Queueing for a shared modelled server is left out.
    """
    line = _line(scenario)
    samples = {spec.name: _sample(scenario.seed, spec, answer) for spec in line}
    stations = tuple(_station_limit(spec, samples[spec.name]) for spec in line)
    every = scenario.arrivals.every
    single = all(spec.units == 1 for spec in line)
    slowest = float(np.max(list(samples.values()), axis=0).mean()) + sum(map(_repair_a_part, line))
    return Limits(
        stations,
        None if every is None else HOUR / every.mean_ns,
        HOUR / slowest if single and slowest else None,
    )


def _line(scenario: Scenario) -> list[Station | Inspection]:
    """Return what every part that is shipped at once has to pass, in order."""
    specs = specs_of(scenario)
    passed = (specs[place] for place in layout_of(scenario).ship_lane)
    return [spec for spec in passed if not isinstance(spec, Review)]


def _station_limit(spec: Station | Inspection, sample: Sample) -> StationLimit:
    mean = float(sample.mean())
    if isinstance(spec, Station):
        mean = float(spec.cycle.mean_ns) + _repair_a_part(spec)
    return StationLimit(spec.name, spec.units, mean, spec.units * HOUR / mean if mean else float("inf"))


def _repair_a_part(spec: Station | Inspection) -> float:
    """How much longer a part takes because its machine fails: mean cycle * mean repair / mean up, in ns."""
    if not isinstance(spec, Station) or spec.breakdowns is None:
        return 0.0
    return float(spec.cycle.mean_ns * spec.breakdowns.repair.mean_ns / spec.breakdowns.up.mean_ns)


def _sample(seed: int, spec: Station | Inspection, answer: Nanoseconds | None) -> Sample:
    if isinstance(spec, Station):
        return _draw(seed, spec.name, spec.cycle)
    return _draw(seed, f"{spec.name} acquisition", spec.acquisition) + _answer(seed, spec, answer)


def _answer(seed: int, spec: Inspection, answer: Nanoseconds | None) -> Sample:
    """How long the station waits: the answer's time, cut at the deadline."""
    if (time := spec.gateway.answer_time) is not None:
        waits = _draw(seed, f"{spec.name} answer", time)
    else:
        waits = np.full(_BLOCKS * BLOCK, float(answer or 0))
    return waits if spec.deadline is None else np.minimum(waits, spec.deadline)


def _draw(seed: int, name: str, time: Time) -> Sample:
    if isinstance(time, Constant):
        return np.full(_BLOCKS * BLOCK, float(time.value))
    stream = Stream(seed, Purpose.LIMITS, name)
    return quantile_function(time)(np.concatenate([stream.block(index) for index in range(_BLOCKS)]))
