"""Line time has an end: what check accepts, run can write, and its files can be read."""

import json

from line_sim.line.line import STOPPED, TOO_LATE
from line_sim.scenario import loads
from line_sim.simulation import audit_again, report_again, simulate
from line_sim.testing import run_in_memory
from line_sim.units import HOUR, LATEST

TEXT = """\
version: 1
name: Long work
run: {items: 5}
arrivals: {every: 1 h}
line:
  - {station: a, cycle: 876000 h}
  - inspection: eye
    gateway: {modelled: {service: {lognormal: {mean: 876000 h, cv: 100}}}}
review: {time: 1 h}
"""


def test_a_run_that_outlasts_two_centuries_is_stopped_there():
    """Everything that had happened by then is told, and nothing later."""
    told = run_in_memory(loads(TEXT))
    assert (told.ending.how, told.ending.reason) == (STOPPED, TOO_LATE)
    assert told.ending.at <= LATEST
    assert len(told.records.items) == 5
    assert max(visit.finished_at or 0 for visit in told.records.visits) <= LATEST


def test_its_files_are_whole(tmp_path):
    """The figures are made, by the run and again from its files: parts on the line are no negative number."""
    result = simulate(loads(TEXT), tmp_path / "run")
    assert result.ended == STOPPED
    assert result.summary.audit_passed
    numbers = json.loads((tmp_path / "run" / "summary.json").read_text())
    assert 4.9 < numbers["wip"]["mean"] <= 5
    assert report_again(tmp_path / "run").summary.audit_passed
    assert all(check.passed for check in audit_again(tmp_path / "run").values())


def test_a_run_that_ends_in_time_is_not():
    """A century of work is allowed, and done."""
    told = run_in_memory(loads(TEXT, overrides=["line.eye.gateway.modelled.service=1 s", "run.items=1"]))
    assert told.ending.how == "completed"
    assert told.ending.at > 876_000 * HOUR
