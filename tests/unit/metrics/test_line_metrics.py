"""Metrics of a running line: what is counted, what Prometheus reads, and who may have the port."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from prometheus_client import Metric, generate_latest
from scraping import SCENARIO, WRITTEN, Samples, samples_of, scrape, total, value
from strategies import scenarios

from line_sim.inspection.offline.modelled import ModelledGateway
from line_sim.layout import layout_of
from line_sim.line.line import Line
from line_sim.line.records import Call, Item, Outage
from line_sim.live.state import LiveState
from line_sim.metrics.serving import registry_of, serving
from line_sim.recording.memory import Memory
from line_sim.scenario import Scenario
from line_sim.simulation import simulate
from line_sim.testing import answered, scripted, timed_out, unavailable

DOCS = Path(__file__).parents[3] / "docs" / "metrics.md"


class ScrapesAt(Memory):
    """Holds the line at the moment one part leaves it, and asks for the page meanwhile."""

    def __init__(self, port: int, item_number: int) -> None:
        super().__init__()
        self._port = port
        self._left = 0
        self._wanted = item_number
        self.samples: Samples = {}
        self.on_item = self._note  # Memory's own is an attribute, too

    def _note(self, item: Item) -> None:
        self._items.append(item)
        self._left += 1
        if self._left == self._wanted:
            self.samples = scrape(self._port)


def test_the_page_in_the_middle_of_a_run_tells_of_that_moment(tmp_path: Path) -> None:
    """The line is held as part 50 leaves: 50 told of, and calls and arrivals as recorded until then."""
    state = LiveState(layout_of(SCENARIO))
    with serving(state, 0, "127.0.0.1") as port:
        holding = ScrapesAt(port, 50)
        simulate(SCENARIO, tmp_path / "run", observers=(state, holding))
    told = holding.samples
    fifty = holding.records.items[:50]
    now = fifty[-1].left_at
    assert now is not None
    calls = [call for call in holding.records.calls if call.issued_at + call.latency <= now]
    arrivals = [item for item in holding.records.items if item.arrived_at <= now]
    assert value(told, "line_time_seconds") == now / 1e9
    assert value(told, "parts_arrived_total") == len(arrivals)
    assert total(told, "parts_left_total") == 50, "what counts is told before the one that holds"
    assert value(told, "parts_on_line") == len(arrivals) - 50
    assert total(told, "evaluations_total") == sum(bool(item.evaluation) for item in fifty)
    assert total(told, "calls_total") == len(calls)
    assert 0 < value(told, "call_latency_seconds_count", station="camera") == len(calls)


def test_the_page_at_the_end_equals_the_summary(tmp_path: Path) -> None:
    """Every count is the one in summary.json, and no machine is lost or counted twice."""
    state = LiveState(layout_of(SCENARIO))
    with serving(state, 0, "127.0.0.1") as port:
        simulate(SCENARIO, tmp_path / "run", observers=(state,))
        told = scrape(port)
    summary = json.loads((tmp_path / "run" / "summary.json").read_text())
    items = summary["items"]
    assert items["lost"] > 0, "a line that loses no part says little"
    assert value(told, "parts_arrived_total") == items["arrived"] == 200
    for disposition in ("shipped", "scrapped", "lost"):
        assert value(told, "parts_left_total", disposition=disposition) == items[disposition]
    assert value(told, "parts_on_line") == items["on_line"] == 0
    for lane in ("ship", "review"):
        assert value(told, "parts_routed_total", lane=lane) == summary["lanes"][lane]
    late = summary["timeouts"]
    assert 0 < value(told, "calls_total", station="camera", outcome="timed_out") == late["n"]
    assert total(told, "calls_total") == late["calls"]
    rows = (tmp_path / "run" / "breakdowns.csv").read_text().splitlines()[1:]
    assert 0 < value(told, "breakdowns_total", station="press") == len(rows)
    assert value(told, "line_time_seconds") == summary["window"]["run_end_s"]
    for station in ("press", "camera", "review"):
        assert value(told, "buffer_parts", station=station) == 0
        starved = value(told, "machines", station=station, state="starved")
        assert starved + value(told, "machines", station=station, state="down") == 1


def test_a_call_that_timed_out_is_beyond_every_limit() -> None:
    """It must not look like an answer after exactly the deadline, and a failed call like no answer at all."""
    replies = [
        answered("good", latency="200 ms"),
        answered("good", latency="90 ms"),
        timed_out("200 ms"),
        unavailable(),
    ]
    written = {**WRITTEN, "run": {"items": 4}, "arrivals": {"every": "10 s"}}
    scenario = Scenario.model_validate(written)
    state = LiveState(layout_of(scenario))
    gateway = scripted(lambda inquiry: replies[inquiry.item_id - 1])
    Line(scenario, {"camera": gateway}, Memory(), state).run()
    told = samples_of(generate_latest(registry_of(state)).decode())
    buckets = {
        dict(labels)["le"]: count
        for (name, labels), count in told.items()
        if name == "line_sim_call_latency_seconds_bucket"
    }
    assert list(buckets) == [
        *("0.01", "0.02", "0.03", "0.04", "0.05", "0.06", "0.08", "0.1", "0.12", "0.14", "0.16", "0.18"),
        *("0.19", "0.2", "+Inf"),
    ]
    assert (buckets["0.08"], buckets["0.1"], buckets["0.19"]) == (0, 1, 1)
    assert (buckets["0.2"], buckets["+Inf"]) == (2, 3)
    assert value(told, "call_latency_seconds_sum", station="camera") == pytest.approx(0.49)
    assert value(told, "call_deadline_seconds", station="camera") == 0.2
    assert value(told, "calls_total", station="camera", outcome="unavailable") == 1


def test_machines_are_told_in_the_state_they_are_in() -> None:
    """Step by step: the camera waits for the answer, then is blocked; the press fails and goes on."""
    state = LiveState(layout_of(SCENARIO))

    def states(station: str) -> list[str]:
        told = samples_of(generate_latest(registry_of(state)).decode())
        return [
            dict(labels)["state"]
            for (name, labels), count in told.items()
            if name == "line_sim_machines" and ("station", station) in labels and count
        ]

    assert states("camera") == ["starved"]
    state.on_queued(1, "camera", 1)
    state.on_started(1, "camera", 1, 1)
    assert states("camera") == ["busy"]
    state.on_asked(2, "camera", 1, 1)
    assert states("camera") == ["inference_wait"]
    state.on_call(Call(1, "camera", 1, 1, 2, 1, "answered", "OK", "good", 1.0, 0, 0))
    state.on_finished(3, "camera", 1, 1)
    assert states("camera") == ["blocked"]
    state.on_down(4, "press", 1)
    assert states("press") == ["down"]
    state.on_outage(Outage("press", 1, 4, 5))
    assert (states("press"), state.places[0].breakdowns, state.at) == (["starved"], 1, 5)


@given(scenarios())
def test_whatever_the_line_the_counts_are_those_of_the_records(scenario: Scenario) -> None:
    """For any modelled line: parts and calls add up, and histograms hold what was answered or timed out."""
    state, memory = LiveState(layout_of(scenario)), Memory()
    gateways = {
        spec.name: ModelledGateway(
            spec.gateway.modelled,
            seed=scenario.seed,
            station=spec.name,
            good_label=spec.ship_when.labels[0],
        )
        for spec in scenario.inspections
    }
    Line(scenario, gateways, memory, state).run()
    told = samples_of(generate_latest(registry_of(state)).decode())
    records = memory.records
    assert value(told, "parts_arrived_total") == len(records.items)
    for disposition in ("shipped", "scrapped", "lost"):
        same = [item for item in records.items if item.disposition == disposition]
        assert value(told, "parts_left_total", disposition=disposition) == len(same)
    on_line = [item for item in records.items if item.disposition == "on_line"]
    assert value(told, "parts_on_line") == len(on_line)
    assert total(told, "calls_total") == len(records.calls)
    assert total(told, "breakdowns_total") == len(records.outages)
    timed = [call for call in records.calls if call.outcome in ("answered", "timed_out")]
    assert total(told, "call_latency_seconds_count") == len(timed)
    for place in state.layout.places:
        waiting = [v for v in records.visits if v.station == place.name and v.started_at is None]
        assert value(told, "buffer_parts", station=place.name) == len(waiting)


def families(clock: str = "realtime", **camera: object) -> list[Metric]:
    """Return every metric there is, of a line whose clock knows a skew; `camera` are its keys."""
    press, inspection = WRITTEN["line"]
    changed = {"run": {"items": 1, "clock": clock}, "line": [press, {**inspection, **camera}]}
    scenario = Scenario.model_validate({**WRITTEN, **changed})
    return list(registry_of(LiveState(layout_of(scenario))).collect())


def test_names_and_texts_are_as_prometheus_advises() -> None:
    """The rules of `promtool check metrics`, and of its page on naming."""
    page = generate_latest(registry_of(LiveState(layout_of(SCENARIO)))).decode()
    typed = dict(re.findall(r"^# TYPE (\S+) (\S+)$", page, re.MULTILINE))
    helped = dict(re.findall(r"^# HELP (\S+) (.+)$", page, re.MULTILINE))
    assert set(typed) == set(helped)
    assert all(text.endswith(".") for text in helped.values())
    for name, kind in typed.items():
        assert re.fullmatch(r"line_sim_[a-z]+(_[a-z]+)*", name)
        assert (kind == "counter") == name.endswith("_total")
        assert not name.endswith(("_count", "_sum", "_bucket"))
        assert not set(name.split("_")) & {"ms", "milliseconds", "minutes", "hours", "percent", "gauge"}
        assert not set(name.split("_")) & {"counter", "histogram"}, "a name holds no type"
    for family in families():
        for sample in family.samples:
            assert set(sample.labels) <= {
                *("station", "lane", "disposition", "evaluation", "outcome", "state", "figure", "le"),
                *("scenario", "seed", "clock", "version"),
            }
            assert not set(sample.labels) & set(family.name.split("_")), "nor a label"


def test_every_series_is_there_from_the_start() -> None:
    """A run adds no series to those before its first part: no rate misses its first step."""
    state = LiveState(layout_of(SCENARIO))
    before = set(samples_of(generate_latest(registry_of(state)).decode()))
    gateways = {"camera": scripted(lambda _: timed_out("200 ms"))}
    Line(SCENARIO, gateways, Memory(), state).run()
    assert set(samples_of(generate_latest(registry_of(state)).decode())) == before


def test_a_virtual_clock_knows_no_skew() -> None:
    """There is none to tell, so none is told, as in summary.json."""
    told = {family.name: family.samples for family in families("virtual")}
    assert told["line_sim_call_skew_seconds"] == []
    assert [family.samples for family in families() if family.name == "line_sim_call_skew_seconds"] != [[]]


def test_the_page_of_the_documentation_lists_the_metrics() -> None:
    """Each with its type and its labels; neither one without a row nor a row without one."""
    rows = re.findall(r"^\| `(line_sim_\w+)` \| (\w+) \| (.*?) \|", DOCS.read_text(), re.MULTILINE)
    told = {name: (kind, tuple(re.findall(r"`(\w+)`", labels))) for name, kind, labels in rows}
    assert len(told) == len(rows)
    endings = {"counter": "_total", "info": "_info"}
    shown = {}
    for family in families(decides="at_gate", gate={"places": 2, "travel": 2}):
        labels = {label for sample in family.samples for label in sample.labels if label != "le"}
        kind = "gauge" if family.type == "info" else family.type
        shown[family.name + endings.get(family.type, "")] = (kind, tuple(sorted(labels)))
    assert {name: (kind, tuple(sorted(labels))) for name, (kind, labels) in told.items()} == shown
