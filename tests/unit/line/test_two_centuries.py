"""Line time has an end: what check accepts, run can write, and its files can be read."""

import json

import pytest

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


@pytest.mark.parametrize(
    "service",
    [
        "{weibull: {mean: 876000 h, shape: 0.13}}",
        "{normal: {mean: 876000 h, sd: 876000 h}}",
        "{quantiles: {p50: 876 h, p99: 876000 h}}",
    ],
)
def test_longer_times_than_a_line_can_tell_stop_it_too(service, tmp_path):
    """Whatever is drawn at the ends of what is allowed, nothing is told later, and the files are whole."""
    result = simulate(
        loads(TEXT, overrides=[f"line.eye.gateway.modelled.service={service}"]), tmp_path / "run"
    )
    assert result.ended == STOPPED
    assert result.summary.audit_passed
    assert result.summary.window.last <= LATEST


def test_a_run_that_ends_in_time_is_not():
    """A century of work is allowed, and done."""
    told = run_in_memory(loads(TEXT, overrides=["line.eye.gateway.modelled.service=1 s", "run.items=1"]))
    assert told.ending.how == "completed"
    assert told.ending.at > 876_000 * HOUR


def test_the_end_of_a_long_run_is_kept_to_the_nanosecond(tmp_path):
    """A float forgets them after 104 days; the audit of a report must still agree with the run's."""
    overrides = ["line.a.cycle={exponential: {mean: 438000 h}}", "line.eye.gateway.modelled.service=1 s"]
    result = simulate(loads(TEXT, overrides=[*overrides, "run.items=60"]), tmp_path / "run")
    assert result.summary.audit_passed
    assert report_again(tmp_path / "run").summary.audit_passed
    assert result.summary.window.last == report_again(tmp_path / "run").summary.window.last
