"""Servers that inspections share, as a scenario says them: what is read, written, and refused where."""

# ruff: noqa: E501 - each message stands on one line, as a user reads it

from typing import Any

import pytest

from line_sim.errors import ScenarioError
from line_sim.scenario import BatchTimes, Constant, Scenario, dump, loads
from line_sim.scenario.times import has_unread_files
from line_sim.units import MILLISECOND

SHARED = """\
version: 1
name: One GPU
run: {items: 9}
arrivals: {saturated: true}
servers:
  gpu:
    modelled: {service: {1: 30 ms, 4: 55 ms, 8: 90 ms}, batching: {max: 8, wait: 5 ms}}
line:
  - {inspection: top, gateway: {server: gpu}}
  - {inspection: bottom, gateway: {server: gpu}}
review: {time: 1 s}
"""


def test_inspections_know_the_server_that_they_name():
    """Its options, its words, its time alone; the scenario is written and read back as it was."""
    scenario = loads(SHARED)
    top, bottom = scenario.inspections
    model = top.gateway.model
    assert model is not None
    assert bottom.gateway.model == model
    assert (model.most, model.alone) == (8, Constant.of_nanoseconds(30 * MILLISECOND))
    assert isinstance(model.service, BatchTimes)
    assert top.gateway.words == "gpu (30 ms, up to 8 together)"
    assert loads(dump(scenario)) == scenario
    assert hash(loads(dump(scenario))) == hash(scenario)
    assert not scenario.live


def test_a_line_without_servers_is_written_without_them():
    """Older scenarios are written as they were."""
    plain = SHARED.replace("gateway: {server: gpu}", "gateway: {modelled: {service: 1 s}}")
    written = dump(loads(plain.replace(plain[plain.index("servers:") : plain.index("line:")], "")))
    assert "servers:\n" not in written
    assert "batching" not in written


def test_batching_is_taken_away_by_an_override():
    """What is left is the time of one request."""
    scenario = loads(SHARED, overrides=["servers.gpu.modelled.batching=null"])
    assert scenario.inspections[0].gateway.words == "gpu (30 ms)"
    more = loads(SHARED, overrides=["servers.gpu.modelled.servers=3"]).inspections[0].gateway.model
    assert more is not None
    assert more.servers == 3


def test_a_server_without_its_measured_times_is_known_as_such(tmp_path):
    """Of old results the files may be gone, those of batches too."""
    (tmp_path / "times.csv").write_text("latency_ms\n30\n40\n")
    empirical = "{empirical: {file: times.csv, column: latency_ms}}"
    text = SHARED.replace("1: 30 ms", f"1: {empirical}")
    assert not has_unread_files(loads(text, folder=tmp_path))
    assert has_unread_files(loads(text, read_files=False))


@pytest.mark.parametrize(
    ("service", "where"),
    [
        ("{empirical: {file: times.csv, column: latency}}", "service.empirical.column"),
        ("{1: {empirical: {file: times.csv, column: latency}}, 8: 1 h}", "service.1.empirical.column"),
    ],
)
def test_times_of_an_unknown_unit_are_asked_about_where_they_stand(tmp_path, service, where):
    """As those of a gateway of its own: 30 may be seconds, for an answer that is hardly meant."""
    (tmp_path / "times.csv").write_text("latency\n30\n40\n")
    text = SHARED.replace("{1: 30 ms, 4: 55 ms, 8: 90 ms}", service)
    with pytest.raises(ScenarioError) as caught:
        loads(text, "line.yaml", folder=tmp_path)
    assert f"servers.gpu.modelled.{where} is latency" in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("top, gateway: {server: gpu}", "top, gateway: {server: gpo}", "9:41: line[0].gateway.server is gpo; there is no server of that name; did you mean 'gpu'?"),
        ("top, gateway: {server: gpu}", "top, gateway: {server: cloud}", "9:41: line[0].gateway.server is cloud; there is no server of that name; the servers are gpu"),
        ("  gpu:\n", "  top:\n", "7:5: servers.top is the name of line[0], too; choose another"),
        ("  gpu:\n", "  review:\n", "is the name of the review bench, too; choose another"),
        ("modelled: {service: {1", "grpc: {service: {1", "only a modelled server stands here; a real one is shared by all gateways with its target"),
        ("modelled: {service: {1", "replay: {service: {1", "only a modelled server stands here; a recording answers one inspection, by its gateway"),
        ("max: 8", "max: 9", "7:73: servers.gpu.modelled.batching.max is 9; it must be at most 8, the largest size whose time service gives"),
        ("max: 8", "max: 0", "servers.gpu.modelled.batching.max is 0; it must be 1 or more"),
        ("max: 8, ", "", "servers.gpu.modelled.batching.max is missing"),
        ("wait: 5 ms", "wait: -5 ms", "servers.gpu.modelled.batching.wait is -5 ms; it must be 0 or more"),
        ("wait: 5", "waits: 5", "servers.gpu.modelled.batching.waits is an unknown key; did you mean 'wait'?"),
        ("1: 30 ms, ", "", "7:25: servers.gpu.modelled.service is {4: 55 ms, 8: 90 ms}; it must have the size 1: what a request takes that is alone in its batch"),
        ("4: 55", "0: 55", "the size 0 must be a whole number from 1 to 10,000"),
        ("4: 55", "4.5: 55", "the size 4.5 must be a whole number from 1 to 10,000"),
        ("4: 55 ms", "4: 95 ms", "a batch of 8 must not take less than one of 4"),
        ("4: 55 ms", "4: soon", "7:39: servers.gpu.modelled.service.4 is soon; it is not a duration"),
        ("4: 55 ms", "4: {gamma: {mean: 55 ms, cvv: 1}}", "servers.gpu.modelled.service.4.gamma.cvv is an unknown key; did you mean 'cv'?"),
        ("servers:", "server:", "5:1: server is an unknown key; did you mean 'servers'?"),
        ("  gpu:\n    modelled: ", "  gpu: 3 #", "servers.gpu is 3; it must be a mapping with keys such as modelled"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_where_it_stands(old, new, told):
    """With file, line and column, what is wrong, and what is allowed."""
    assert old in SHARED
    with pytest.raises(ScenarioError) as caught:
        loads(SHARED.replace(old, new, 1), "line.yaml")
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("service", "passes"), [("{1: 0, 2: 0}", False), ("0", False), ("{1: 0, 2: 1}", True)]
)
def test_an_endless_line_needs_a_server_that_takes_time(service, passes):
    """A saturated line of a duration in which nothing takes any would never come to it."""
    endless: dict[str, Any] = {
        "{items: 9}": "{duration: 1 s}",
        "{1: 30 ms, 4: 55 ms, 8: 90 ms}": service,
        "max: 8": "max: 2",
    }
    text = SHARED
    for old, new in endless.items():
        text = text.replace(old, new)
    if passes:
        assert isinstance(loads(text), Scenario)
    else:
        with pytest.raises(ScenarioError, match="it would never pass"):
            loads(text)
