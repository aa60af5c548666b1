"""The state of a running line as Prometheus metrics; docs/metrics.md has the table of them.

Names and units follow https://prometheus.io/docs/practices/naming/: a prefix, base units, `_total` on
what only grows. Every label's value is there from the start, so that no rate misses its first step.
"""

from collections.abc import Iterator, Sequence
from math import nan

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from line_sim import __version__
from line_sim.figures.names import ALL_STATES, STATES
from line_sim.inspection.outcome import OUTCOME_NAMES
from line_sim.inspection.routing import Evaluation
from line_sim.layout import Lane
from line_sim.line.records import LOST, SCRAPPED, SHIPPED
from line_sim.live.durations import Limits, Snapshot, together
from line_sim.live.figures import live_figures
from line_sim.live.places import PlaceState
from line_sim.live.state import LiveState
from line_sim.units import SECOND, Nanoseconds

PREFIX = "line_sim_"
LABELS = {
    "disposition": (SHIPPED, SCRAPPED, LOST),
    "lane": (Lane.SHIP.value, Lane.REVIEW.value),
    "evaluation": tuple(evaluation.value for evaluation in Evaluation),
}
"""The fields of a part that are labels, and what may stand there."""


class LineCollector(Collector):
    """Makes the metrics anew whenever they are asked for."""

    def __init__(self, state: LiveState) -> None:
        self._state = state

    def collect(self) -> Iterator[Metric]:
        """Return every metric as it is now."""
        yield from _of_the_run(self._state)
        yield from _of_the_parts(self._state)
        yield from _of_the_calls(self._state)
        yield from _of_the_stations(self._state.places, self._state.at)
        yield from _of_the_figures(self._state)


def _of_the_run(state: LiveState) -> Iterator[Metric]:
    run = state.layout.run
    info = InfoMetricFamily(f"{PREFIX}run", "The run that these metrics are of.")
    about = {"scenario": run.scenario, "seed": str(run.seed), "clock": str(run.clock)}
    info.add_metric([], {**about, "version": __version__})
    yield info
    yield _gauge("line_time_seconds", "Line time of the latest step of the line.", state.at / SECOND)


def _of_the_parts(state: LiveState) -> Iterator[Metric]:
    on_line = state.on_line
    yield _by(state, "disposition", "parts_left", "Parts that have left the line, by where to.")
    arrived = CounterMetricFamily(
        f"{PREFIX}parts_arrived", "Parts that have come to the line, lost ones too."
    )
    arrived.add_metric([], state.arrived)
    yield arrived
    yield _gauge("parts_on_line", "Parts that have come to the line and not left it.", on_line)
    yield _by(state, "lane", "parts_routed", "Parts by the lane they took, counted as they leave.")
    meaning = "Parts by what their last inspection said, counted as they leave."
    yield _by(state, "evaluation", "evaluations", meaning)


def _of_the_calls(state: LiveState) -> Iterator[Metric]:
    calls = CounterMetricFamily(
        f"{PREFIX}calls", "Inference calls that are over, by how they ended.", labels=("station", "outcome")
    )
    latency = _histogram(
        "call_latency_seconds",
        "Time from a call to its answer; a call that timed out is in +Inf alone, a failed one is left out.",
    )
    skew = _histogram("call_skew_seconds", "How late a call was sent against the line's own pace.")
    deadline = _station_gauge("call_deadline_seconds", "The longest wait for one answer.")
    ended = state.calls.by("station", "outcome")
    for place in state.places:
        if not place.place.inspects:
            continue
        name, limits = place.place.name, place.latency_limits
        for outcome in OUTCOME_NAMES:
            calls.add_metric([name, outcome], ended.get((name, outcome), 0))
        _add(latency, name, limits, together([each.snapshot(limits) for each in place.latencies]))
        if place.skews is not None:
            _add(skew, name, place.skews.limits, place.skews.snapshot(place.skews.limits))
        if place.place.deadline is not None:
            deadline.add_metric([name], place.place.deadline / SECOND)
    yield from (calls, latency, skew, deadline)


def _of_the_stations(places: Sequence[PlaceState], at: Nanoseconds) -> Iterator[Metric]:
    waiting = _station_gauge("buffer_parts", "Parts in the waiting places in front of the station.")
    room = _station_gauge("buffer_places", "Waiting places in front of the station.")
    machines = GaugeMetricFamily(
        f"{PREFIX}machines", "Machines of the station in each state.", labels=("station", "state")
    )
    breakdowns = _station_counter("breakdowns", "Breakdowns, counted when repaired.")
    for state in places:
        name, places_in_front = state.place.name, state.place.buffer
        waiting.add_metric([name], min(max(0, state.waiting), places_in_front))
        room.add_metric([name], places_in_front)
        now = state.now(at)
        for doing in STATES if state.place.shifts is None else ALL_STATES:
            machines.add_metric([name, doing], now.count(doing))
        breakdowns.add_metric([name], state.breakdowns)
    yield from (waiting, room, machines, breakdowns)
    yield from _of_the_gates([state for state in places if state.place.is_gate])


def _of_the_gates(gates: list[PlaceState]) -> Iterator[Metric]:
    """Tell how often and how long parts had to wait at gates, where there are any."""
    if not gates:
        return
    passed = _station_counter("gate_parts", "Parts that have passed the gate.")
    waited = _station_counter("gate_waits", "Parts that had to wait at the gate for their answers.")
    seconds = _station_counter("gate_wait_seconds", "Line time that parts have waited at the gate.")
    for gate in gates:
        passed.add_metric([gate.place.name], gate.passed)
        waited.add_metric([gate.place.name], gate.waited)
        seconds.add_metric([gate.place.name], gate.gate_wait / SECOND)
    yield from (passed, waited, seconds)


def _of_the_figures(state: LiveState) -> Iterator[Metric]:
    """Tell the figures of the summary that are counted live; one that is not known yet is NaN."""
    now = live_figures(state)
    ratios = GaugeMetricFamily(
        f"{PREFIX}kpi_ratio", "Shares of 1, as the summary tells them.", labels=("figure",)
    )
    rates = GaugeMetricFamily(
        f"{PREFIX}kpi_per_hour", "Rates per hour of line time, as the summary tells them.", labels=("figure",)
    )
    for name, share in now.shares.items():
        ratios.add_metric([name], nan if share.value is None else share.value)
    for name, rate in now.per_hour.items():
        rates.add_metric([name], nan if rate is None else rate)
    start, end = now.window.start / SECOND, now.window.end / SECOND
    yield from (ratios, rates)
    yield _gauge("kpi_window_start_seconds", "Line time from which on the figures count.", start)
    yield _gauge("kpi_window_end_seconds", "Line time up to which rates per hour count.", end)


def _gauge(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(f"{PREFIX}{name}", meaning, value=value)


def _station_gauge(name: str, meaning: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"{PREFIX}{name}", meaning, labels=("station",))


def _station_counter(name: str, meaning: str) -> CounterMetricFamily:
    return CounterMetricFamily(f"{PREFIX}{name}", meaning, labels=("station",))


def _histogram(name: str, meaning: str) -> HistogramMetricFamily:
    return HistogramMetricFamily(f"{PREFIX}{name}", meaning, labels=("station",))


def _by(state: LiveState, label: str, name: str, meaning: str) -> Metric:
    """Count parts by what stands in one of their fields; every word is there from the start."""
    family = CounterMetricFamily(f"{PREFIX}{name}", meaning, labels=(label,))
    counts = state.parts.by(label)
    for word in LABELS[label]:
        family.add_metric([word], counts.get((word,), 0))
    return family


def _add(family: HistogramMetricFamily, station: str, limits: Limits, counted: Snapshot) -> None:
    """Add a station's buckets, cumulative as Prometheus wants them."""
    buckets = [(str(limit / SECOND), n) for limit, n in zip(limits, counted.at_most, strict=True)]
    family.add_metric([station], [*buckets, ("+Inf", counted.n)], counted.total / SECOND)
