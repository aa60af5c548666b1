"""What a line can make at best, at least and in the long run, before anything is run.

At best: the slowest station by itself, never starved and never blocked (Hopp & Spearman, "Factory
Physics": the bottleneck rate). At least: the same stations with no buffer between them, moving parts
on together only when the slowest has finished, 1 / E[max S] (Muth, Management Science 19, 1973; exact
for two stations of one unit, a lower bound for more, as such a line only gains by moving on earlier).
Repairs are added in full there, as if no station could go on while another is repaired. Both leave review
out; the long run does not: see `line_sim.analysis.growth`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from line_sim.analysis.crew_limits import CrewLimit, crew_limits, loaded
from line_sim.analysis.growth.long_run import Long, long_run
from line_sim.analysis.growth.means import (
    Answers,
    no_answer,
    right_at_once,
    share_of,
)
from line_sim.analysis.growth.outlook import Load
from line_sim.analysis.passed import stations_passed
from line_sim.analysis.server_limits import ServerLimit, server_limits, with_load
from line_sim.chance.durations import quantile_function
from line_sim.chance.purposes import Purpose
from line_sim.chance.streams import BLOCK, Stream
from line_sim.layout import layout_of
from line_sim.layout.places import belt_to
from line_sim.scenario.mix.by_variant import PartTime
from line_sim.scenario.model import Inspection, Scenario, Station
from line_sim.scenario.times import Constant
from line_sim.units import HOUR, SECOND, Nanoseconds

_MOST_BLOCKS = 128  # 65,536 draws: 0.4 % of a mean with cv 1, the same at every call
_FEWEST_BLOCKS = 4
_BLOCKS_OF_ALL = 2_560
"""Blocks for all random times of a line together: more than twenty of them are drawn less often each."""

Sample = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class StationLimit:
    """One station alone: its mean time for a part in ns, breakdowns in it, and its parts an hour.

    `share` is that of all time in which it works; the parts are those of an hour of all time. `set_up` is
    what of the time set-ups between variants are, for the mix that arrives.
    """

    name: str
    units: int
    mean: float
    uph: float
    share: float = 1.0
    set_up: float = 0.0


@dataclass(frozen=True, slots=True)
class Limits:
    """What bounds the line in parts an hour; `demand_uph` is None for a saturated line.

    `stations` has the belts, too, each before its station. `zero_buffer_uph` is None where a station has
    several units or other hours, where somebody is needed, where a belt does not accumulate, where there is a
    gate, where parts may come again, where variants come in batches or machines are set up for them, and
    where answers hang on other requests. `long_run` is what follows of the loads of all places, review among
    them; None where there is nothing to compute. `servers` are those that are shared, or put requests
    together, `crews` the people that stations share.
    """

    stations: tuple[StationLimit, ...]
    demand_uph: float | None
    zero_buffer_uph: float | None
    long_run: Long | None = None
    servers: tuple[ServerLimit, ...] = ()
    crews: tuple[CrewLimit, ...] = ()

    @property
    def bottleneck(self) -> StationLimit | ServerLimit | CrewLimit:
        """The station that alone would make the fewest parts an hour, or a server or crew good for fewer."""
        rows: list[StationLimit | ServerLimit | CrewLimit] = [*self.stations, *self.crews]
        rows += [server for server in self.servers if server.bounds]
        return min(rows, key=lambda row: row.uph)

    @property
    def loads(self) -> dict[str, Load]:
        """The load of every place, review among them; none where none is known.

        It is told of the belt in front of a place where that brings less than the place could make.
        """
        loads = self.long_run.outlook.loads if self.long_run else ()
        return {load.place if load.by_units is None else belt_to(load.place): load for load in loads}

    @property
    def most_loaded(self) -> str:
        """What has the highest load, review and servers too; where none is known the slowest station."""
        loads = [(load.value, place) for place, load in self.loads.items()]
        loads += [(each.load, each.name) for each in self.servers if each.bounds and each.load is not None]
        loads += [(each.load, each.name) for each in self.crews if each.load is not None]
        return max(loads, key=lambda load: load[0])[1] if loads else self.bottleneck.name


def limits(
    scenario: Scenario, answer: Nanoseconds | None = None, answers: Mapping[str, Answers] | None = None
) -> Limits:
    """Compute the bounds of a line.

    `answer` is how long a live server is taken to need for one answer, in ns; modelled servers need
    what their model says. At best and at least leave queueing for a shared modelled server out. In the long
    run answers of a live server that come before the deadline are right, and others send their parts where
    `on_no_result` says; `answers`, by inspection, are known better.
    """
    layout = layout_of(scenario)
    line = stations_passed(scenario, layout, answer)
    drawn = _drawn(scenario.seed, line, answer)
    shares = [share_of(scenario, spec.calendar) for spec in line]
    stations = tuple(map(_station_limit, line, drawn.means, shares))
    every = scenario.arrivals.every
    slowest = drawn.slowest(line)
    belts = [place.belt for place in layout.line if place.belt is not None]
    close_up = all(belt.accumulates for belt in belts) and not any(place.at_gate for place in layout.line)
    together = close_up and len({station.shifts for station in layout.line}) == 1
    plain = together and all(spec.units == 1 for spec in line) and not layout.leads_back
    plain = plain and not layout.servers and not layout.crews and not layout.changes_over
    plain = plain and (layout.mix is None or layout.mix.batch is None)
    ahead = long_run(scenario, answers or {}, _assumed(scenario, answer))
    asked = {load.place: load.asked for load in ahead.outlook.loads} if ahead is not None else {}
    return Limits(
        stations,
        None if every is None else HOUR / every.mean_ns * share_of(scenario, scenario.arrivals.calendar),
        HOUR / slowest * min(shares) if plain and slowest else None,
        ahead,
        tuple(with_load(server, layout, asked) for server in server_limits(scenario, layout)),
        tuple(loaded(crew, layout, asked) for crew in crew_limits(layout)),
    )


def _assumed(scenario: Scenario, answer: Nanoseconds | None) -> dict[str, Answers]:
    """Return what live servers do that all need so long for an answer."""
    waits = answer or 0
    return {
        spec.name: no_answer(spec)
        if spec.deadline is not None and waits >= spec.deadline
        else right_at_once(spec, float(waits))
        for spec in scenario.inspections
    }


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What the draws say, in ns: each station's mean time, and how much longer the slowest of all takes.

    `excess` is E[max S] - E[S] of each station, from the same draws: never negative.
    """

    means: tuple[float, ...]
    excess: tuple[float, ...]

    def slowest(self, line: list[Station | Inspection]) -> float:
        """Return E[max S] with all repairs, beside the mean of the station that is slowest alone.

        Where that mean is known exactly only the rest has the error of the draws, and at least is never
        above at best.
        """
        alone = [mean + _repair_a_part(spec) for mean, spec in zip(self.means, line, strict=True)]
        worst = alone.index(max(alone))
        others = sum(_repair_a_part(spec) for place, spec in enumerate(line) if place != worst)
        return alone[worst] + self.excess[worst] + others


def _drawn(seed: int, line: list[Station | Inspection], answer: Nanoseconds | None) -> _Drawn:
    """Draw every station's times block by block: a long line takes little more memory than a short one."""
    random = sum(not isinstance(time, Constant) for spec in line for _, time in spec.times)
    blocks = max(_FEWEST_BLOCKS, min(_MOST_BLOCKS, _BLOCKS_OF_ALL // max(random, 1)))
    samples = [_sampler(seed, spec, answer) for spec in line]
    sums, slowest = np.zeros(len(line)), 0.0
    for block in range(blocks):
        times = np.array([sample(block) for sample in samples])
        sums += times.mean(axis=1)
        slowest += float(times.max(axis=0).mean())
    exact = [_exact_mean(spec, answer) for spec in line]
    means = (sums / blocks).tolist()
    return _Drawn(
        tuple(mean if known is None else known for known, mean in zip(exact, means, strict=True)),
        tuple(max(0.0, slowest / blocks - mean) for mean in means),
    )


def _station_limit(spec: Station | Inspection, mean: float, share: float) -> StationLimit:
    set_up = set_up_a_part(spec)
    mean += set_up + _repair_a_part(spec)
    uph = spec.units * HOUR / mean * share if mean else float("inf")
    return StationLimit(spec.name, spec.units, mean, uph, share, set_up)


def set_up_a_part(spec: Station | Inspection) -> float:
    """How long a machine is set up for a part on average, in ns, for the mix that arrives."""
    if not isinstance(spec, Station) or spec.changeover is None:
        return 0.0
    return spec.set_ups * float(spec.changeover.mean_ns)


def _repair_a_part(spec: Station | Inspection) -> float:
    """How much longer a part takes because its machine stops: mean cycle * mean repair / mean up, in ns.

    Where it stops after so many parts that is mean repair / parts.
    """
    match spec:
        case Station():
            return sum(
                float((spec.cycle.mean_ns + set_up_a_part(spec)) * way.repair.mean_ns / way.up.mean_ns)
                if way.counts != "parts"
                else float(way.repair.mean_ns / (way.up.mean_ns / SECOND))
                for way in spec.ways
            )
        case Inspection():
            return 0.0
        case _:
            assert_never(spec)


def _exact_mean(spec: Station | Inspection, answer: Nanoseconds | None) -> float | None:
    """Return the mean time of a part as its distributions say it; None where a deadline cuts one."""
    match spec:
        case Station():
            return float(spec.cycle.mean_ns)
        case Inspection():
            waits = _exact_wait(spec, answer)
            return None if waits is None else float(spec.acquisition.mean_ns) + _cut(waits, spec)
        case _:
            assert_never(spec)


def _exact_wait(spec: Inspection, answer: Nanoseconds | None) -> float | None:
    time = spec.gateway.answer_time
    if time is None:
        return float(answer or 0)
    cut = spec.deadline is not None and not isinstance(time, Constant)
    return None if cut else float(time.mean_ns) + spec.gateway.overhead


def _cut(waits: float, spec: Inspection) -> float:
    return waits if spec.deadline is None else min(waits, float(spec.deadline))


def _sampler(seed: int, spec: Station | Inspection, answer: Nanoseconds | None) -> Callable[[int], Sample]:
    """Return what gives a block of a station's times for a part."""
    match spec:
        case Station():
            return _draws(seed, spec.name, spec.cycle)
        case Inspection():
            return _inspected(seed, spec, answer)
        case _:
            assert_never(spec)


def _inspected(seed: int, spec: Inspection, answer: Nanoseconds | None) -> Callable[[int], Sample]:
    """Return what gives a block of the times for which an inspection holds a part."""
    acquisition = _draws(seed, f"{spec.name} acquisition", spec.acquisition)
    if (time := spec.gateway.answer_time) is not None:
        answers = _draws(seed, f"{spec.name} answer", time)
    else:
        answers = _always(float(answer or 0))
    overhead, longest = spec.gateway.overhead, np.inf if spec.deadline is None else float(spec.deadline)
    return lambda block: acquisition(block) + np.minimum(answers(block) + overhead, longest)


def _draws(seed: int, name: str, time: PartTime) -> Callable[[int], Sample]:
    if isinstance(time, Constant):
        return _always(float(time.value))
    stream, quantile = Stream(seed, Purpose.LIMITS, name), quantile_function(time)
    return lambda block: quantile(stream.block(block))


def _always(value: float) -> Callable[[int], Sample]:
    values = np.full(BLOCK, value)
    return lambda _: values
