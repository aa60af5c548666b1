"""A run in memory tells the figures of the run that leaves a folder."""

import pytest
from hypothesis import HealthCheck, given, settings
from mixed_lines import mixed

from line_sim.analysis.summary.as_json import summary_json
from line_sim.errors import ScenarioError
from line_sim.figures.catalogue import LOSS
from line_sim.figures.names import figures_of
from line_sim.line.interrupt import Interrupt
from line_sim.scenario import load
from line_sim.simulation import simulate
from line_sim.study.lean import asked_of, counts_in, figures_in, summary_of
from line_sim.study.replications.outages import seen_in
from line_sim.study.running.prepared import prepared

FACTORY = "scenarios/factory.yaml"
CAMERA = ("scenarios/second_camera.yaml", "line.camera.gateway={modelled: {service: 120 ms}}")


@pytest.mark.parametrize(("path", "override"), [CAMERA, (FACTORY, "seed=5")])
def test_every_figure_is_that_of_the_run_with_a_folder(path, override, tmp_path):
    """To the last digit; only the loss by inference takes a second line to tell."""
    scenario = load(path, [override, "run.items=200", "run.duration=null"])
    whole = simulate(scenario, tmp_path / "run").summary
    told = figures_of(summary_json(whole), whole.layout)
    lean = summary_of(scenario)
    assert figures_in(lean) == {**told, LOSS.name: None}
    assert lean.audit_passed


def test_a_run_that_is_stopped_is_summed_up_as_far_as_it_came():
    """A study that is interrupted leaves such a run out: it says that it is not whole."""
    scenario = load(CAMERA[0], [CAMERA[1], "run.items=200", "run.duration=null"])
    interrupt = Interrupt()
    interrupt.wish()
    stopped = summary_of(scenario, interrupt)
    assert stopped.ended == "interrupted"
    assert stopped.counts.shipped == 0


def test_a_line_that_asks_a_real_server_is_refused():
    """What it takes is told by a run of its own."""
    with pytest.raises(ScenarioError, match="asks a real server"):
        summary_of(load("scenarios/default.yaml"))


@pytest.mark.parametrize(("path", "override"), [CAMERA, (FACTORY, "seed=5")])
def test_every_share_of_counted_ones_comes_with_its_counts(path, override):
    """Those of the whole line, of each variant and of what inspections catch; no share of time."""
    scenario = load(path, [override, "run.items=200", "run.duration=null"])
    lean = summary_of(scenario)
    figures, counts = figures_in(lean), counts_in(lean)
    assert {"escape_rate", "timeout_rate", "overkill_rate", "first_pass_yield"} <= set(counts)
    assert not [name for name in counts if name.endswith((".busy", ".down", "flow_time"))]
    for name, (count, of) in counts.items():
        assert figures[name] == (count / of if of else None)


@pytest.mark.parametrize(("path", "override"), [CAMERA, (FACTORY, "seed=5")])
def test_what_is_asked_of_a_run_is_what_its_summary_tells(path, override):
    """To the last digit, under a seed for which nothing was prepared, and again under another."""
    line = load(path, [override, "run.items=200", "run.duration=null"])
    for seed in (line.seed, 12):
        scenario = line.model_copy(update={"seed": seed})
        summary = summary_of(scenario)
        figures, counts = figures_in(summary), counts_in(summary)
        whole = asked_of(scenario, figures, audited=True)
        assert (whole.figures, whole.counts, whole.outages) == (figures, counts, seen_in(summary))
        assert (whole.ended, whole.whole, whole.audit_passed) == (summary.ended, True, summary.audit_passed)
        wanted = ("escape_rate", f"{summary.layout.places[0].name}.busy")
        few = asked_of(scenario, wanted)
        assert few.figures == {name: figures[name] for name in wanted}
        assert few.counts == {"escape_rate": counts["escape_rate"]}
        assert few.audit_passed is None


def test_a_run_that_was_stopped_is_not_whole():
    """Nor is a run of which the second look was."""
    scenario, interrupt = load(CAMERA[0], [CAMERA[1], "run.items=200", "run.duration=null"]), Interrupt()
    assert asked_of(scenario, ["uph"], interrupt).whole
    interrupt.wish()
    stopped = asked_of(scenario, ["uph"], interrupt)
    assert (stopped.ended, stopped.whole) == ("interrupted", False)


def test_a_line_is_made_ready_once_whatever_its_seed():
    """And anew where anything else of it is another."""
    line = load(CAMERA[0], [CAMERA[1]])
    assert prepared(line) is prepared(line.model_copy(update={"seed": 99}))
    assert prepared(line) is not prepared(load(CAMERA[0], [CAMERA[1], "line.camera.units=3"]))


@given(mixed())
@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_line_can_be_kept_ready(scenario):
    """Whatever a line has, an equal one is found again."""
    again = scenario.model_copy(update={"seed": scenario.seed + 1}, deep=True)
    assert prepared(scenario) is prepared(again)
