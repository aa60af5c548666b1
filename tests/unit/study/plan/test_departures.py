"""Figures that are worked out from part to part are those of the line itself, to the last digit."""

import pytest
from plan_cases import cases

from line_sim.chance.chance import Chance
from line_sim.line.interrupt import Interrupt
from line_sim.scenario import Scenario, loads
from line_sim.study.lean import counts_in, figures_in, summary_of
from line_sim.study.plan.departures import is_worked_out, told_by_departures, work_out
from line_sim.study.plan.procedure.demands import Term

KPIS = ("uph", "escape_rate")

LINES = {
    "buffers": """
arrivals: {saturated: true}
line:
  - {station: a, cycle: {exponential: {mean: 1 s}}}
  - {station: b, buffer: 2, cycle: {gamma: {mean: 900 ms, cv: 0.7}}, units: 2}
  - {station: c, buffer: 1, cycle: {uniform: {low: 500 ms, high: 1 s}}}
""",
    "breakdowns": """
arrivals: {every: {exponential: {mean: 1.2 s}}, on_full: lose}
line:
  - {station: a, buffer: 3, cycle: 1 s}
  - station: b
    buffer: 2
    cycle: 800 ms
    breakdowns: {up: {exponential: {mean: 20 s}}, repair: {exponential: {mean: 4 s}}, counts: operating}
""",
    "cameras": """
arrivals: {every: 300 ms}
product: {defect_rate: 0.2}
line:
  - {station: press, buffer: 2, cycle: 200 ms}
  - inspection: camera
    buffer: 2
    units: 2
    acquisition: 30 ms
    deadline: 700 ms
    on_no_result: ship
    gateway:
      modelled: {service: {exponential: {mean: 300 ms}}, servers: 1, miss_rate: 0.1, false_alarm_rate: 0.1}
review: {buffer: 3, time: {exponential: {mean: 1 s}}, miss_rate: 0.3, cleared: ships}
""",
}
RUNS = {
    "so long": "{duration: 150 s, warm_up: 20 s}",
    "so many": "{items: 150, warm_up: 20 s}",
    "too short for its warm-up": "{items: 10, warm_up: 500 s}",
}


def line(text: str, run: str, seed: int) -> Scenario:
    """Return a scenario of a line and a run."""
    return loads(f"version: 1\nname: line\nseed: {seed}\nrun: {run}\n{text}")


def exactly(scenario: Scenario) -> dict[str, Term]:
    """Return what the line itself tells."""
    summary = summary_of(scenario)
    uph = figures_in(summary)["uph"]
    return {"uph": Term(0.0 if uph is None else uph), "escape_rate": Term(*counts_in(summary)["escape_rate"])}


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
@pytest.mark.parametrize("text", LINES.values(), ids=LINES)
def test_what_is_worked_out_is_what_the_line_does(text: str, run: str) -> None:
    """Buffers, breakdowns, lost parts, late answers and reviewers; runs of a time and of so many parts."""
    for seed in range(5):
        scenario = line(text, run, seed)
        assert is_worked_out(scenario, KPIS)
        assert work_out(scenario, KPIS, Interrupt(), Chance(seed)) == exactly(scenario)


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_every_line_that_plans_are_held_against_is_worked_out_right(case, tmp_path) -> None:
    """The benchmark's lines run as they are written, once each."""
    from line_sim.scenario import load

    case.write(tmp_path)
    scenario = load(tmp_path / "line.yaml", ("run.duration=100 s", "run.warm_up=5 s"))
    assert is_worked_out(scenario, KPIS)
    assert work_out(scenario, KPIS, Interrupt(), Chance(scenario.seed)) == exactly(scenario)


def test_chance_that_another_design_has_drawn_from_is_the_same() -> None:
    """Designs of one replication share what is drawn."""
    small = line(LINES["cameras"], RUNS["so long"], 3)
    large = line(LINES["cameras"].replace("units: 2", "units: 3"), RUNS["so long"], 3)
    shared = Chance(3)
    told = [work_out(each, KPIS, Interrupt(), shared) for each in (small, large, small)]
    assert told[0] == told[2] == exactly(small)
    assert told[1] == exactly(large)


def test_only_what_departures_tell_is_worked_out() -> None:
    """Which figures those are, their folds say; a warm-up that is found needs more than departures."""
    asked = ("uph", "escape_rate", "flow_time", "wip", "overkill_rate", "timeout_rate", "loss")
    assert [kpi for kpi in asked if told_by_departures(kpi)] == ["uph", "escape_rate"]
    scenario = line(LINES["buffers"], RUNS["so long"], 1)
    assert not is_worked_out(scenario, ("uph", "flow_time"))
    assert not is_worked_out(scenario, ("a.busy",))
    assert not is_worked_out(line(LINES["buffers"], "{items: 300, warm_up: auto}", 1), ("uph",))


def test_what_the_recursion_does_not_know_is_run() -> None:
    """Such as a belt."""
    belt = LINES["buffers"].replace("buffer: 1", "buffer: {places: 3, travel: 2 s}")
    assert not is_worked_out(line(belt, RUNS["so long"], 1), ("uph",))


def test_a_stop_that_was_wished_leaves_nothing_half() -> None:
    """The run is not there."""
    interrupt = Interrupt()
    interrupt.wished = True
    scenario = line(LINES["buffers"], RUNS["so long"], 1)
    assert work_out(scenario, ("uph",), interrupt, Chance(1)) is None
