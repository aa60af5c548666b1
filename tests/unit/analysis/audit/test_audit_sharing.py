"""The audit of servers that share their processors: true stories pass, lies are named."""

from dataclasses import replace

import pytest
from stories import QUICK_REVIEW, camera, press

from line_sim.analysis.audit.audit import audit
from line_sim.layout import layout_of
from line_sim.scenario import Scenario
from line_sim.testing import run_in_memory
from line_sim.units import SECOND

GPU = {"service": 1.5, "sharing": {"places": 2, "speed": {1: 1, 2: 1.5}}, "idle": {"after": 1, "adds": 0.5}}
RANDOM = {**GPU, "service": {"exponential": {"mean": 1.5}}}
OTHERWISE = "answered otherwise than the server's queue tells"


def story(gpu=GPU, **keys):
    """Return the scenario of two inspections with one server, and its records."""
    asks = {"gateway": {"server": "gpu"}, "units": 3, **keys}
    scenario = Scenario.model_validate(
        {
            "version": 1,
            "name": "sharing",
            "run": {"items": 40},
            "arrivals": {"every": 1},
            "servers": {"gpu": {"modelled": gpu}},
            "line": [camera("front", **asks), press(0.3), camera("back", **asks)],
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


@pytest.mark.parametrize("after", ["stops", "keeps_computing"])
@pytest.mark.parametrize("gpu", [GPU, RANDOM])
@pytest.mark.parametrize("deadline", [None, 5])
def test_a_true_story_passes(gpu, deadline, after):
    """Whether its work is known or not; every call is looked at, but of random work that nobody waits for."""
    scenario, records = story({**gpu, "after_deadline": after}, deadline=deadline)
    found = check(scenario, records)
    assert found.passed, found.detail
    seen = int(found.detail.split(" ")[0])
    lost = gpu is RANDOM and deadline is not None and after == "keeps_computing"
    assert seen < len(records.calls) if lost else seen == len(records.calls)


@pytest.mark.parametrize("nanoseconds", [-1, 1, SECOND])
@pytest.mark.parametrize("row", [0, 17, 60])
def test_an_answer_at_another_moment_is_found(row, nanoseconds):
    """To the nanosecond, where the work is known."""
    scenario, records = story()
    found = check(scenario, later(records, row, nanoseconds / SECOND))
    assert not found.passed
    assert OTHERWISE in found.detail


def test_of_random_work_an_answer_before_there_was_a_place_is_found():
    """Two are in service, and a third that came last is answered at once."""
    scenario, records = story(RANDOM)
    waited = max(records.calls, key=lambda call: call.latency)
    row = records.calls.index(waited)
    found = check(scenario, later(records, row, 1e-9 - waited.latency / SECOND))
    assert not found.passed
    assert OTHERWISE in found.detail


def test_what_was_given_up_though_it_was_done_is_found():
    """A call that the queue answers in time was not given up."""
    scenario, records = story(deadline=5)
    calls = list(records.calls)
    row = next(at for at, call in enumerate(calls) if call.outcome == "answered")
    calls[row] = calls[row]._replace(latency=5 * SECOND, outcome="timed_out")
    found = check(scenario, replace(records, calls=tuple(calls)))
    assert not found.passed
