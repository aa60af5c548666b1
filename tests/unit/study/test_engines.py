"""Who makes the runs of a study: asked once a line, with all its runs in mind."""

import pytest
from stories import press

from line_sim.errors import ScenarioError
from line_sim.line.interrupt import Interrupt
from line_sim.scenario import Scenario
from line_sim.study.running.engines import Wished, compiled, engine_of, on_simpy
from line_sim.study.sweep.jobs import FAILED, Job, perform


def line(**keys: object) -> Scenario:
    """Return a line of 100 parts and one station, some 200 events."""
    written = {"version": 1, "name": "a story", "run": {"items": 100}, "arrivals": {"saturated": True}}
    return Scenario.model_validate({**written, "line": [press(1)], **keys})


CREW = {"crews": {"fitters": 1}, "line": [press(1, crew={"fitters": ["work"]})]}


def test_all_runs_of_a_study_count_together(monkeypatch):
    """The compiled line comes up once, and makes them all."""
    pytest.importorskip("numba")
    monkeypatch.delenv("NUMBA_DISABLE_JIT", raising=False)
    assert engine_of(line(), Wished()) is on_simpy
    assert engine_of(line(), Wished(runs=2_000)) is compiled
    assert engine_of(line(), Wished("simpy", 2_000)) is on_simpy
    assert engine_of(line(**CREW), Wished(runs=2_000)) is on_simpy


def test_a_variant_that_cannot_be_compiled_is_told_where_that_is_wished_for():
    """As whatever else is wrong with a variant: the others go on."""
    with pytest.raises(ScenarioError, match="the line has crews for work"):
        engine_of(line(**CREW), Wished("compiled"))
    told = perform(Job(1, 1, line(**CREW), ("uph",), wished=Wished("compiled")), Interrupt())
    assert (told.ended, "crews for work" in told.error) == (FAILED, True)
