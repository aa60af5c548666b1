"""What replays may cost: some seconds, or the run a few times, reckoned in steps and not by a clock."""

from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console
from stories import camera, modelled, press

from line_sim.analysis.summary.summarise import summarise
from line_sim.analysis.what_if import effort
from line_sim.analysis.what_if.effort import STEPS, parts_each
from line_sim.analysis.what_if.remedies import remedies_of
from line_sim.analysis.what_if.replay import replays
from line_sim.analysis.what_if.throttle import throttle_of
from line_sim.figures.window import window_of
from line_sim.layout import layout_of
from line_sim.line.interrupt import Interrupt
from line_sim.recording.run_columns import columns_of
from line_sim.report.helps import notes, replayed
from line_sim.report.summary_text import summary_text
from line_sim.scenario import Scenario
from line_sim.testing import run_in_memory

BY_THE_CALENDAR = {"up": "5 min", "repair": "2 s", "counts": "calendar"}


def line(failing, items=1000, **keys):
    """Return a camera behind some machines, which fail by the calendar: the recursion knows none of them."""
    machines = [press("180 ms", f"s{n}", breakdowns=BY_THE_CALENDAR) for n in range(failing)]
    return Scenario.model_validate(
        {
            "version": 1,
            "name": "many machines",
            "seed": 5,
            "run": {"items": items},
            "arrivals": {"every": "250 ms"},
            "line": [press("180 ms", "saw"), *machines, camera(gateway=modelled("100 ms"))],
            "review": {"time": 0, "buffer": 1000, "cleared": "ships"},
            **keys,
        }
    )


def replayed_all(scenario):
    """Run a line and tell its summary with all that is replayed of it, on SimPy's line, step by step."""
    happened = run_in_memory(scenario)
    layout = layout_of(scenario)
    return summarise(
        happened.records,
        layout,
        ended=happened.ending.how,
        end=happened.ending.at,
        compare=lambda run, window: throttle_of(scenario, run, layout, window, Interrupt(), "simpy"),
        improve=lambda run, window: remedies_of(scenario, run, layout, window, Interrupt(), "simpy"),
    )


@pytest.fixture
def steps(monkeypatch):
    """Count the steps of every replay that runs a line."""
    counted = []
    told = replays._Counter.on_visit

    def on_visit(counter, visit):
        counted.append(visit.station)
        told(counter, visit)

    monkeypatch.setattr(replays._Counter, "on_visit", on_visit)
    return counted


def test_all_replays_of_a_line_of_many_machines_have_their_bound(monkeypatch, steps):
    """Four kinds of them: causes, remedies, and other shifts for either; it was ten times the run."""
    monkeypatch.setattr(effort, "STEPS", 40_000)
    summary = replayed_all(line(9))
    assert 40_000 < len(steps) < 4 * 40_000
    assert summary.throttle.spared
    assert summary.remedies.spared
    assert 300 <= summary.remedies.parts < summary.throttle.parts < 1000


def test_other_shifts_become_shorter_before_they_are_left_out(monkeypatch, steps):
    """Of a thousand parts elsewhere; what is told of them says how many there were."""
    monkeypatch.setattr(effort, "STEPS", 70_000)
    summary = replayed_all(line(1))
    tried = [remedy.shift.parts for remedy in summary.remedies.ranked if remedy.shift]
    assert tried
    assert all(300 <= parts < 1000 for parts in (summary.throttle.shift.parts, *tried))
    assert len(steps) < 4 * 70_000


def test_the_same_run_is_told_alike_whatever_the_machine(monkeypatch):
    """What may be replayed follows from the run's own records."""
    monkeypatch.setattr(effort, "STEPS", 20_000)
    scenario = line(2)
    assert replayed_all(scenario).remedies == replayed_all(scenario).remedies


def test_where_there_is_no_time_for_other_shifts_this_run_alone_is_told(monkeypatch):
    """A shift of fewer than 300 parts would be none; what is left is said to come from its first parts."""
    monkeypatch.setattr(effort, "STEPS", 1)
    summary = replayed_all(line(4))
    assert summary.throttle.shift is None
    assert {remedy.shift for remedy in summary.remedies.ranked} == {None}
    assert summary.throttle.parts == 300
    told = "by its first 300 parts: this line takes long to replay"
    assert replayed(summary) == told
    console = Console(file=StringIO(), width=80, color_system=None)
    console.print(summary_text(summary))
    assert told in " ".join(console.file.getvalue().split())
    helping = replace(summary.remedies.ranked[0], gain=1000.0)
    told = replace(summary, remedies=replace(summary.remedies, ranked=(helping,)))
    assert tuple(notes(told)) == (
        "parts and UPH: more of them in this run",
        "tried on the first 300 parts: this line takes long to replay",
    )


def test_an_ordinary_line_is_replayed_as_ever():
    """A line that the recursion knows takes a seventh of the time, and so may have seven times the parts."""
    known, unknown = line(0), line(1)
    allowed = []
    for scenario in (known, unknown):
        records, ending = run_in_memory(scenario)
        layout = layout_of(scenario)
        run = columns_of(records, layout, ending.at)
        assert window_of(run, layout).start == 0
        allowed.append(parts_each(scenario, run, 1))
    steps_a_part = 2, 3  # and an outage now and then
    assert allowed[0] == 7 * STEPS // steps_a_part[0]
    assert allowed[1] == pytest.approx(STEPS / steps_a_part[1], rel=0.01)
    summary = replayed_all(known)
    assert not summary.throttle.spared
    assert replayed(summary) == ""
