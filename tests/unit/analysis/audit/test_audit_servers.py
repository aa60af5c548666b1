"""The audit of servers that are shared or put requests together: true stories pass, lies are named."""

from dataclasses import replace

import pytest
from stories import QUICK_REVIEW, camera, press

from line_sim.analysis.audit.audit import audit
from line_sim.layout import layout_of
from line_sim.scenario import Scenario
from line_sim.testing import run_in_memory
from line_sim.units import SECOND

GPU = {"service": {1: 3, 2: 4, 4: 6}, "batching": {"max": 4, "wait": 1}}
RANDOM = {**GPU, "service": {"exponential": {"mean": 3}}}
OTHERWISE = "answered otherwise than the server's queue tells"


def story(gpu=GPU, **keys):
    """Return the scenario of two inspections with one server, and its records."""
    asks = {"gateway": {"server": "gpu"}, "units": 3, **keys}
    scenario = Scenario.model_validate(
        {
            "version": 1,
            "name": "shared",
            "run": {"items": 40},
            "arrivals": {"every": 1},
            "servers": {"gpu": {"modelled": gpu}},
            "line": [camera("front", **asks), press(0.5), camera("back", **asks)],
            "review": QUICK_REVIEW,
        }
    )
    return scenario, run_in_memory(scenario).records


def check(scenario, records, ended="completed"):
    """Return what the audit says of the servers."""
    return audit(records, layout_of(scenario), ended)["servers"]


def later(records, row, seconds):
    """Return the records with another latency in one row."""
    calls = list(records.calls)
    calls[row] = calls[row]._replace(latency=calls[row].latency + round(seconds * SECOND))
    return replace(records, calls=tuple(calls))


@pytest.mark.parametrize("gpu", [GPU, RANDOM, {"service": 1}])
@pytest.mark.parametrize("deadline", [None, 5])
def test_a_true_story_passes(gpu, deadline):
    """Whether its times are known or not; every call is looked at."""
    scenario, records = story(gpu, deadline=deadline)
    found = check(scenario, records)
    assert found.passed, found.detail
    assert found.detail == f"{len(records.calls)} calls to gpu, each over when the queue tells"


@pytest.mark.parametrize("seconds", [-0.5, 0.25, 3])
@pytest.mark.parametrize("row", [0, 17, 60])
def test_an_answer_at_another_moment_is_found(row, seconds):
    """Of a server whose times are known."""
    scenario, records = story()
    found = check(scenario, later(records, row, seconds))
    assert not found.passed
    assert OTHERWISE in found.detail


def test_of_random_times_a_batch_that_does_not_end_together_is_found():
    """Nobody knows how long it took, but its answers come at one moment."""
    scenario, records = story(RANDOM)
    together = {(call.issued_at + call.latency): number for number, call in enumerate(records.calls)}
    ends = [call.issued_at + call.latency for call in records.calls]
    row = next(number for end, number in together.items() if ends.count(end) > 2)
    assert not check(scenario, later(records, row, 0.25)).passed


def test_an_answer_that_overtakes_the_queue_is_found():
    """One by one, first come first served: the answers of two calls of a busy hour, exchanged."""
    scenario, records = story({"service": {"uniform": {"low": 0.5, "high": 0.6}}})
    by_issue = sorted(range(len(records.calls)), key=lambda row: records.calls[row].issued_at)
    one, other = by_issue[30], by_issue[31]
    calls = list(records.calls)
    ends = [calls[row].issued_at + calls[row].latency for row in (one, other)]
    for row, end in zip((one, other), reversed(ends), strict=True):
        calls[row] = calls[row]._replace(latency=end - calls[row].issued_at)
    assert not check(scenario, replace(records, calls=tuple(calls))).passed


def test_a_late_answer_that_counts_as_one_is_found():
    """Past its deadline a call is given up."""
    scenario, records = story(deadline=5)
    row = next(row for row, call in enumerate(records.calls) if call.outcome == "timed_out")
    calls = list(records.calls)
    calls[row] = calls[row]._replace(outcome="answered", label="good", score=1.0)
    assert not check(scenario, replace(records, calls=tuple(calls))).passed


def test_a_killed_run_is_not_looked_at():
    """Calls may be missing that kept the server busy."""
    scenario, records = story()
    assert check(scenario, later(records, 0, 1), ended=None).detail.startswith("0 calls")


def test_a_line_without_such_servers_has_no_such_check():
    """Its audit is as it was."""
    written = story()[0].model_dump(exclude_none=True)
    plain = {**written, "line": [camera("front"), press(0.5), camera("back")], "servers": None}
    scenario = Scenario.model_validate(plain)
    assert "servers" not in audit(run_in_memory(scenario).records, layout_of(scenario), "completed")


def test_calls_of_one_moment_are_taken_in_an_order_that_fits():
    """Three ask at once, two of them go together: no file tells which, nor how long a batch takes."""
    gpu = {
        "service": {1: {"exponential": {"mean": 1}}, 4: {"gamma": {"mean": 9, "cv": 1}}},
        "servers": 2,
        "batching": {"max": 2},
    }
    asks = {"gateway": {"server": "gpu"}}
    written = story()[0].model_dump(exclude_none=True) | {
        "run": {"items": 30},
        "arrivals": {"saturated": True},
        "servers": {"gpu": {"modelled": gpu}},
        "line": [press(1), *(camera(name, **asks) for name in ("one", "two", "three"))],
    }
    for seed in range(5):
        scenario = Scenario.model_validate(written | {"seed": seed})
        assert check(scenario, run_in_memory(scenario).records).passed
