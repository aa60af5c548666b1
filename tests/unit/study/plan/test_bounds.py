"""What a run cannot have on average: never less than what it has."""

import numpy as np
import pytest

from line_sim.line.interrupt import Interrupt
from line_sim.scenario import Scenario, loads
from line_sim.study.plan.bounds import bound_of
from line_sim.study.plan.sampling import Line, one_run
from line_sim.units import HOUR, SECOND

SATURATED = "arrivals: {saturated: true}"


def line(entries: str, run: str = "{duration: 100 s, warm_up: 10 s}", more: str = SATURATED) -> Scenario:
    """Return a scenario."""
    return loads(f"version: 1\nname: line\nrun: {run}\n{more}\nline:\n{entries}")


def bound(scenario: Scenario) -> float:
    """Return the bound in UPH."""
    found = bound_of(scenario)
    assert found is not None
    return found.uph


def test_a_machine_that_is_never_held_up_by_hand() -> None:
    """2 machines of 5 s in 90 s: 2 x (1 + 18) parts, and 2 on the machines: 40 in 90 s."""
    assert bound(line("  - {station: a, units: 2, cycle: 5 s}")) == pytest.approx(1600)


def test_what_stands_behind_a_machine_when_it_begins_counts() -> None:
    """A slow first station before 10 places and a machine: they may all be full at the start."""
    fast = "  - {station: b, buffer: 10, cycle: 1 s}"
    slow = "  - {station: a, cycle: {exponential: {mean: 10 s}}}\n"
    assert bound(line(slow + fast)) == pytest.approx((1 + 9 + 1 + 1 + 11) * 40)


def test_no_more_is_shipped_than_has_come() -> None:
    """One part every 20 s: at most 5 have come in 100 s, of which all may be shipped in the last 90 s."""
    found = bound_of(line("  - {station: a, cycle: 1 s}", more="arrivals: {every: 20 s}"))
    assert found is not None
    assert found.uph == pytest.approx(5 * 40)
    assert found.why == "no more parts come"


def test_a_deadline_shortens_what_a_camera_waits() -> None:
    """An exponential answer of 1 s given up after 1 s takes 1 - 1/e on average."""
    entry = """  - inspection: camera
    deadline: 1 s
    gateway: {modelled: {service: {exponential: {mean: 1 s}}}}
"""
    held = 1 - np.exp(-1)
    least = 90 / held * 40
    more = "arrivals: {saturated: true}\nreview: {time: 1 s}"
    assert least < bound(line(entry, more=more)) < least + 40 * (1 + 1 / held + 1 + 3)


@pytest.mark.parametrize("run", ["{items: 100, warm_up: 10 s}", "{duration: 100 s, warm_up: auto}"])
def test_nothing_is_sure_of_a_window_that_chance_chooses(run: str) -> None:
    """A run of so many parts ends when they say so; a warm-up that is found begins when they say so."""
    assert bound_of(line("  - {station: a, cycle: 5 s}", run)) is None


def test_a_line_that_an_answer_may_stop_has_no_bound() -> None:
    """Its window may be a moment."""
    entry = """  - inspection: camera
    deadline: 1 s
    on_no_result: stop
    gateway: {modelled: {service: {exponential: {mean: 1 s}}}}
"""
    assert bound_of(line(entry, more="arrivals: {saturated: true}\nreview: {time: 1 s}")) is None


TIMES = (
    "{exponential: {mean: 2 s}}",
    "{gamma: {mean: 2 s, cv: 2}}",
    "{lognormal: {mean: 2 s, cv: 1.5}}",
    "{uniform: {low: 0 s, high: 4 s}}",
    "{triangular: {low: 0 s, mode: 1 s, high: 5 s}}",
)


@pytest.mark.parametrize("time", TIMES)
def test_no_line_makes_more_on_average_than_its_bound(time: str) -> None:
    """Short runs of a single machine that nothing ever holds up come as near to it as can be: 400 of them."""
    scenario = line(f"  - {{station: a, cycle: {time}}}", "{duration: 30 s, warm_up: 5 s}")
    made = [one_run(Line(scenario, worked_out=True), seed, ("uph",), Interrupt()) for seed in range(400)]
    values = [run.terms["uph"].over for run in made if run is not None and run.terms["uph"] is not None]
    error = np.std(values) / 20
    assert np.mean(values) - 3 * error < bound(scenario)
    assert bound(scenario) < np.mean(values) + 8 * HOUR / (25 * SECOND)
