"""What a case of theory is: a line, what theory says of it, and how that is read off a long run."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from line_sim.engine.choice import EngineWish
from line_sim.scenario import Scenario
from line_sim.study.theory.gauge import Gauge, gauged, scenario_of
from line_sim.study.theory.intervals import BATCHES, Floats
from line_sim.units import SECOND

Entry = dict[str, Any]
LOST = 2
"""The disposition of a lost part in `Gauge.items`."""


@dataclass(frozen=True, slots=True)
class Series:
    """What is averaged part by part: mean(values), or mean(values) / mean(per) where `per` is given.

    `controls` are quantities whose true mean is 0.
    """

    values: Floats
    per: Floats | None = None
    controls: tuple[Floats, ...] = ()


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number that theory knows, and how it is read off a run."""

    name: str
    truth: float
    read: Callable[[Gauge], Series]
    batches: int = BATCHES


@dataclass(frozen=True, slots=True)
class Case:
    """A line and what theory says of it; `source` is where that is derived.

    `stretch` multiplies the parts that are run: a queue that is nearly always full forgets slowly.
    """

    name: str
    source: str
    line: tuple[Entry, ...]
    quantities: tuple[Quantity, ...]
    keys: Mapping[str, Any] = field(default_factory=dict)
    stretch: int = 1

    def run(self, parts: int, seed: int, engine: EngineWish = "auto", runs: int = 1) -> Gauge:
        """Run the line for so many parts, times `stretch`."""
        items = parts * self.stretch
        return gauged(
            *self.line,
            items=items,
            seed=seed,
            warm_up=min(1000, items // 10),
            engine=engine,
            runs=runs,
            **self.keys,
        )

    def scenario(self, parts: int, seed: int) -> Scenario:
        """Return that line."""
        return scenario_of(*self.line, items=parts * self.stretch, seed=seed, **self.keys)


@dataclass(frozen=True, slots=True)
class ExactCase:
    """Something that must hold to the last digit: `check` returns how often it was tried, and failed."""

    name: str
    source: str
    check: Callable[[int], tuple[int, int]]


def station(name: str, cycle: object, **keys: Any) -> Entry:
    """Return a plain station."""
    return {"station": name, "cycle": cycle, **keys}


def camera(service: object, name: str = "camera", *, alarms: float = 0.0, **keys: Any) -> Entry:
    """Return an inspection whose modelled server needs `service` and calls so many good parts defective."""
    modelled = {"service": service, "servers": keys.get("units", 1), "false_alarm_rate": alarms}
    return {"inspection": name, "gateway": {"modelled": modelled}, **keys}


def throughput(truth: float, name: str, works: Mapping[str, float] | None = None) -> Quantity:
    """Return parts a unit of time past a station; `works` are stations with their mean work, as controls."""

    def read(gauge: Gauge) -> Series:
        gap = gauge.station(name).gap
        controls = tuple(gauge.station(each).work - mean for each, mean in (works or {}).items())
        return Series(np.ones_like(gap), gap, controls)

    return Quantity("throughput", truth, read)


def share(truth: float, name: str, state: str) -> Quantity:
    """Return the share of time in which a machine that never idles at the end is in a state."""

    def read(gauge: Gauge) -> Series:
        column = gauge.station(name)
        return Series(getattr(column, state), column.gap)

    return Quantity(f"{state} share of {name}", truth, read)


def wait(truth: float, name: str, controls: Mapping[str, float], batches: int = BATCHES // 2) -> Quantity:
    """Return the mean wait in front of a station; `controls` are columns with their known means."""

    def read(gauge: Gauge) -> Series:
        column = gauge.station(name)
        return Series(column.wait, controls=_controls(column, controls))

    return Quantity("mean wait", truth, read, batches)


def _controls(column: Any, controls: Mapping[str, float]) -> tuple[Floats, ...]:
    return tuple(getattr(column, key) - mean for key, mean in controls.items())


def lost_share(truth: float, every: float) -> Quantity:
    """Return the share of the parts that find no room."""

    def read(gauge: Gauge) -> Series:
        lost, between = _lost_and_between(gauge)
        return Series(lost, controls=(between - every,))

    return Quantity("share lost", truth, read)


def accepted_rate(truth: float) -> Quantity:
    """Return the parts a unit of time that find room."""

    def read(gauge: Gauge) -> Series:
        lost, between = _lost_and_between(gauge)
        return Series(1.0 - lost, between)

    return Quantity("throughput", truth, read)


def _lost_and_between(gauge: Gauge) -> tuple[Floats, Floats]:
    items = gauge.items()
    lost: Floats = (items[:, 3] == LOST).astype(np.float64)
    between: Floats = np.diff(items[:, 1], prepend=0) / SECOND
    return lost, between


def names(count: int) -> Sequence[str]:
    """Return s0, s1, ... for so many stations."""
    return [f"s{index}" for index in range(count)]
