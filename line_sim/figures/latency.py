"""The latency report: how long answers took, and how long parts waited for a decision they were due.

Three quantities for each inspection, one observation a call issued after the
warm-up:

- `service`: from the call to its return.
- `response`: from the moment the part was due at the station to the decision. A part is due when it
  would have got there on an undisturbed line: its arrival plus its own processing times upstream, and
  the travel on belts.
  What queueing, blocking and breakdowns upstream added counts, and so does the picture-taking here.
- `schedule_slip`: from due to the call: response minus service. A closed loop hides it, because
  a line that waits issues its calls late.

A call that timed out is a censored observation of service and response: the answer would have come
later. An unavailable server or an unreadable answer is no latency and in no population.

At a gate parts may have to wait for their answers: how many did, and for how long, is told of those that were
done there after the warm-up.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from line_sim.figures.statistics.lack import Lack
from line_sim.figures.statistics.neighbours import alike
from line_sim.figures.statistics.quantiles import QUANTILES, Sample, exact_sum, sample_of
from line_sim.figures.statistics.rates import Rate
from line_sim.figures.stops.outages import lacking_outages
from line_sim.figures.stops.standing import off_time
from line_sim.figures.window import Window
from line_sim.layout import Layout
from line_sim.recording.csvtext import LINE_END, text_field, time_field
from line_sim.recording.run_columns import NONE, BoolArray, Calls, IntArray, RunColumns, find
from line_sim.units import LONGEST, Nanoseconds

COLUMNS = (
    *("station", "quantity", "population", "n", "censored", "statistic"),
    *("value_s", "ci_low_s", "ci_high_s"),
)

_ON_TIME = 0.99
"""The share of a deadline at which a call may be given up for it: a server's clock may be before ours."""

Quantity = Literal["service", "response", "schedule_slip"]
Population = Literal["all", "answered"]


@dataclass(frozen=True, slots=True)
class LatencyRow:
    """One statistic of one quantity at one inspection; times in ns, None where they cannot be told.

    `all` are the answered and the timed-out calls, `answered` the answered alone: another population,
    whose figures say nothing of the calls that took too long. `lack` says why a quantile has no interval.
    `waited`, of `service`, is the shortest time after which a call was given up (None: none was): mostly the
    deadline, less where a replay knows no more.
    """

    station: str
    quantity: Quantity
    population: Population
    n: int
    censored: int
    statistic: str
    value: Nanoseconds | None
    low: Nanoseconds | None = None
    high: Nanoseconds | None = None
    lack: Lack | None = None
    waited: Nanoseconds | None = None

    def given_up_early(self, deadline: Nanoseconds | None) -> bool:
        """Whether calls were given up before the deadline, by more than a timer's imprecision."""
        return self.waited is not None and (deadline is None or self.waited < _ON_TIME * deadline)


def latency_rows(run: RunColumns, layout: Layout, window: Window) -> tuple[LatencyRow, ...]:
    """Return the latency report of every inspection, in the order of the line."""
    return tuple(
        row
        for place, station in enumerate(layout.places)
        if station.inspects
        for row in _station_rows(run, layout, place, window)
    )


def settled_calls(run: RunColumns, place: int, window: Window) -> Calls:
    """Return a station's calls issued after the warm-up, to the end of the run."""
    calls = run.calls(place)
    return calls.where(window.settled(calls.issued))


@dataclass(frozen=True, slots=True)
class Observations:
    """One inspection's calls after the warm-up, answered or timed out, in the order of time; times in ns.

    `service` has one observation a call; `slip` and `response` have one for each call whose part has
    a story, so that it is known when it was due. A timed-out one is censored.
    """

    service: IntArray
    timed_out: BoolArray
    slip: IntArray
    response: IntArray
    planned_timed_out: BoolArray


def timed_calls(run: RunColumns, place: int, window: Window) -> Calls:
    """Return those of them that were answered or timed out, in the order of time."""
    calls = settled_calls(run, place, window)
    calls = calls.sorted_by(calls.issued)
    return calls.where(calls.answered | calls.timed_out)


def sample_of_all(run: RunColumns, layout: Layout, place: int, window: Window, quantity: Quantity) -> Sample:
    """Return a quantity of the population `all` at an inspection: what its rows of the report are of."""
    if quantity == "service":
        calls = timed_calls(run, place, window)
        return sample_of(calls.latency, calls.timed_out)
    seen = observations(run, layout, place, window)
    if quantity == "response":
        return sample_of(seen.response, seen.planned_timed_out)
    return sample_of(seen.slip, np.zeros_like(seen.planned_timed_out))


def observations(run: RunColumns, layout: Layout, place: int, window: Window) -> Observations:
    """Return what was observed at the inspection at a place of the line."""
    calls = timed_calls(run, place, window)
    due = _due(run, layout, place, calls)
    planned = calls.where(due != NONE)
    due = due[due != NONE]
    off = off_time(layout.places[place], run.end)
    slip = planned.issued - due - off.between(np.minimum(due, planned.issued), planned.issued)
    return Observations(calls.latency, calls.timed_out, slip, slip + planned.latency, planned.timed_out)


def _station_rows(run: RunColumns, layout: Layout, place: int, window: Window) -> Iterator[LatencyRow]:
    name, seen = layout.places[place].name, observations(run, layout, place, window)
    timed_out = seen.planned_timed_out
    waited = int(seen.service[seen.timed_out].min()) if seen.timed_out.any() else None
    lack = lacking_outages(run, layout, window)
    for row in _rows(name, "service", seen.service, seen.timed_out, seen.timed_out, waited):
        yield replace(row, waited=waited) if row.population == "all" else row
    for row in _rows(name, "response", seen.response, timed_out, timed_out):
        yield _without(row, lack)
    for row in _rows(name, "schedule_slip", seen.slip, timed_out, np.zeros_like(timed_out)):
        yield _without(row, lack)


def _without(row: LatencyRow, lack: Lack | None) -> LatencyRow:
    """Take the interval away where outages, which hold parts up, were too few."""
    return row if lack is None or row.low is None else replace(row, low=None, high=None, lack=lack)


def _rows(
    name: str,
    quantity: Quantity,
    values: IntArray,
    timed_out: BoolArray,
    censored: BoolArray,
    waited: Nanoseconds | None = None,
) -> Iterator[LatencyRow]:
    answered = everything = sample_of(values, censored)
    most = LONGEST if waited is None else waited
    if timed_out.any() or most < LONGEST:
        answered = sample_of(values[~timed_out], censored[~timed_out], most)
    yield from _statistics(name, quantity, "all", everything)
    yield from _statistics(name, quantity, "answered", answered)


def _statistics(
    name: str, quantity: Quantity, population: Population, sample: Sample
) -> Iterator[LatencyRow]:
    head = (name, quantity, population, sample.n, sample.censored)
    mean = "restricted_mean" if sample.censored else "mean"
    if sample.n == 0:
        yield from (LatencyRow(*head, statistic, None) for statistic in (mean, "min", *QUANTILES, "max"))
        return
    yield LatencyRow(*head, mean, sample.mean())
    yield LatencyRow(*head, "min", sample.kth(1))
    for statistic, p in QUANTILES.items():
        found = sample.quantile(p)
        yield LatencyRow(*head, statistic, found.value, found.low, found.high, found.lack)
    yield LatencyRow(*head, "max", sample.kth(sample.n))


def _due(run: RunColumns, layout: Layout, place: int, calls: Calls) -> IntArray:
    """Return when each call's part was due at the station, NONE where the part's story is missing."""
    items = run.items.sorted_by(run.items.item)
    where, known = find(items.item, calls.item)
    due = np.full(len(calls), NONE, dtype=np.int64)
    due[known] = items.arrived[where[known]] + _travel(layout, place)
    for before in (NONE, *layout.upstream(place)):
        own = before in {place, layout.gate_of(place)}
        until = calls.issued - own  # its own visit is over with the call, at the earliest
        due[known] += _needed(run, layout, before, calls.item, until)[known]
    return due


def _needed(run: RunColumns, layout: Layout, place: int, parts: IntArray, until: IntArray) -> IntArray:
    """Return what a place has needed for each part by then, a gate what the answer or else the way takes."""
    if place == NONE or not layout.places[place].is_gate:
        travel = 0 if place == NONE else _travel(layout, place)
        visits = run.visits(place)
        visits = visits.where(visits.finished != NONE)
        needed = visits.finished - visits.started - visits.down + travel
        if place != NONE:  # while it was off it did not work; a gate never is
            off = off_time(layout.places[place], run.end)
            needed = needed - off.between(visits.started, visits.finished)
        return _work(visits.item, visits.finished, needed, parts, until)
    calls = run.calls(layout.camera_of(place))
    return _work(calls.item, calls.returned, np.maximum(calls.latency, _travel(layout, place)), parts, until)


def _travel(layout: Layout, place: int) -> Nanoseconds:
    """Return how long a part travels on the belt in front of a place, if there is one."""
    belt = layout.places[place].belt
    return 0 if belt is None else belt.travel


def _work(item: IntArray, done: IntArray, needed: IntArray, parts: IntArray, until: IntArray) -> IntArray:
    """Return how much was needed for each part in all that was done with it by then.

    `item` are the parts that something was done with, `done` when that was over, `needed` what it took.
    """
    order = np.lexsort((done, item))
    numbers, over = item[order], done[order]
    first, last = (np.searchsorted(numbers, parts, side=side) for side in ("left", "right"))
    while (to_come := (last > first) & (np.append(NONE, over)[last] > until)).any():
        last[to_come] -= 1
    worked = np.append(0, np.cumsum(needed[order]))
    return np.asarray(worked[last] - worked[first], dtype=np.int64)


def latency_csv(rows: tuple[LatencyRow, ...]) -> str:
    """Write the latency report as the text of `latency.csv`."""
    return "".join(line + LINE_END for line in (",".join(COLUMNS), *map(_csv_row, rows)))


def _csv_row(row: LatencyRow) -> str:
    fields = (
        *(
            text_field(row.station),
            row.quantity,
            row.population,
            str(row.n),
            str(row.censored),
            row.statistic,
        ),
        *(time_field(time) for time in (row.value, row.low, row.high)),
    )
    return ",".join(fields)


@dataclass(frozen=True, slots=True)
class GateWait:
    """The parts at the gate of an inspection: how many waited, how long (ns) together and at most."""

    station: str
    gate: str
    waited: Rate
    together: Nanoseconds
    longest: Nanoseconds

    @property
    def mean(self) -> float | None:
        """The mean wait of all parts, in ns; None of no part."""
        return self.together / self.waited.n if self.waited.n else None

    @property
    def mean_of_waiting(self) -> float | None:
        """The mean wait of those that waited, in ns; None where none did."""
        return self.together / self.waited.count if self.waited.count else None


def gate_waits(run: RunColumns, layout: Layout, window: Window) -> tuple[GateWait, ...]:
    """Return what the parts waited at each gate, in the order of the line."""
    cameras = (place for place, station in enumerate(layout.places) if station.at_gate)
    return tuple(_gate_wait(run, layout, place, window) for place in cameras)


def _gate_wait(run: RunColumns, layout: Layout, place: int, window: Window) -> GateWait:
    gate = layout.decider_of(place)
    visits = run.visits(gate)
    visits = visits.where((visits.finished != NONE) & window.settled(visits.finished))
    visits = visits.sorted_by(visits.finished)
    waits = visits.finished - visits.started
    waited, n = int((waits > 0).sum()), len(visits)
    return GateWait(
        layout.places[place].name,
        layout.places[gate].name,
        Rate(waited, n, alike(waits > 0)),
        exact_sum(waits),
        int(waits.max(initial=0)),
    )
