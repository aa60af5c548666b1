"""The counts of a run as Prometheus metrics; docs/metrics.md has the table of them.

Names and units follow https://prometheus.io/docs/practices/naming/: a prefix, base units, `_total` on
what only grows. Every label's value is there from the start, so that no rate misses its first step.
"""

from collections.abc import Iterable, Iterator
from itertools import accumulate

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from line_sim import __version__
from line_sim.metrics.buckets import Snapshot
from line_sim.metrics.counting import STATES, PlaceCounts, RunCounts
from line_sim.units import SECOND

PREFIX = "line_sim_"


class LineCollector(Collector):
    """Makes the metrics anew whenever they are asked for."""

    def __init__(self, counts: RunCounts) -> None:
        self._counts = counts

    def collect(self) -> Iterator[Metric]:
        """Return every metric as it is now."""
        yield from _of_the_run(self._counts)
        yield from _of_the_parts(self._counts)
        inspections = [place for place in self._counts.places if place.calls is not None]
        yield from _of_the_calls(inspections)
        yield from _of_the_stations(self._counts.places)


def _of_the_run(counts: RunCounts) -> Iterator[Metric]:
    scenario = counts.scenario
    info = InfoMetricFamily(f"{PREFIX}run", "The run that these metrics are of.")
    about = {"scenario": scenario.name, "seed": str(scenario.seed), "clock": str(scenario.clock)}
    info.add_metric([], {**about, "version": __version__})
    yield info
    yield _gauge("line_time_seconds", "Line time of the latest step of the line.", counts.at / SECOND)


def _of_the_parts(counts: RunCounts) -> Iterator[Metric]:
    on_line = counts.on_line
    yield _by("parts_left", "Parts that have left the line, by where to.", "disposition", counts.left)
    arrived = CounterMetricFamily(
        f"{PREFIX}parts_arrived", "Parts that have come to the line, lost ones too."
    )
    arrived.add_metric([], counts.arrived)
    yield arrived
    yield _gauge("parts_on_line", "Parts that have come to the line and not left it.", on_line)
    yield _by("parts_routed", "Parts by the lane they took, counted as they leave.", "lane", counts.lanes)
    yield _by(
        "evaluations",
        "Parts by what their last inspection said, counted as they leave.",
        "evaluation",
        counts.evaluations,
    )


def _of_the_calls(inspections: Iterable[PlaceCounts]) -> Iterator[Metric]:
    calls = CounterMetricFamily(
        f"{PREFIX}calls", "Inference calls that are over, by how they ended.", labels=("station", "outcome")
    )
    latency = _histogram(
        "call_latency_seconds",
        "Time from a call to its answer; a call that timed out is in +Inf alone, a failed one is left out.",
    )
    skew = _histogram("call_skew_seconds", "How late a call was sent against the line's own pace.")
    deadline = _station_gauge("call_deadline_seconds", "The longest wait for one answer.")
    for place in inspections:
        for outcome, count in (place.calls or {}).items():
            calls.add_metric([place.name, outcome], count)
        if place.latencies is not None:
            _add(latency, place.name, place.latencies.snapshot())
        if place.skews is not None:
            _add(skew, place.name, place.skews.snapshot())
        if place.deadline is not None:
            deadline.add_metric([place.name], place.deadline / SECOND)
    yield from (calls, latency, skew, deadline)


def _of_the_stations(places: Iterable[PlaceCounts]) -> Iterator[Metric]:
    waiting = _station_gauge("buffer_parts", "Parts in the waiting places in front of the station.")
    room = _station_gauge("buffer_places", "Waiting places in front of the station.")
    machines = GaugeMetricFamily(
        f"{PREFIX}machines", "Machines of the station in each state.", labels=("station", "state")
    )
    breakdowns = CounterMetricFamily(
        f"{PREFIX}breakdowns", "Breakdowns, counted when repaired.", labels=("station",)
    )
    for place in places:
        waiting.add_metric([place.name], min(max(0, place.waiting), place.places))
        room.add_metric([place.name], place.places)
        now = tuple(place.states)
        for state in STATES:
            machines.add_metric([place.name, state], now.count(state))
        breakdowns.add_metric([place.name], place.breakdowns)
    yield from (waiting, room, machines, breakdowns)


def _gauge(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(f"{PREFIX}{name}", meaning, value=value)


def _station_gauge(name: str, meaning: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"{PREFIX}{name}", meaning, labels=("station",))


def _histogram(name: str, meaning: str) -> HistogramMetricFamily:
    return HistogramMetricFamily(f"{PREFIX}{name}", meaning, labels=("station",))


def _by(name: str, meaning: str, label: str, counts: dict[str, int]) -> Metric:
    family = CounterMetricFamily(f"{PREFIX}{name}", meaning, labels=(label,))
    for value, count in counts.items():
        family.add_metric([value], count)
    return family


def _add(family: HistogramMetricFamily, station: str, counted: Snapshot) -> None:
    """Add a station's buckets, cumulative as Prometheus wants them."""
    limits = [*(str(limit / SECOND) for limit in counted.limits), "+Inf"]
    family.add_metric(
        [station], list(zip(limits, accumulate(counted.counts), strict=True)), counted.total / SECOND
    )
