"""The audit of gates: a true story passes; a part that passes too early, too late or astray is named."""

from dataclasses import replace

import pytest
from gate_lines import lines_with_gates
from hypothesis import given, settings
from hypothesis import strategies as st
from recorded import killed_after
from stories import camera, deadline_of, happens, modelled, press

from line_sim.analysis.audit.audit import audit
from line_sim.layout import layout_of
from line_sim.scenario import Scenario
from line_sim.testing import run_in_memory, scripted
from line_sim.units import SECOND

LINE = {
    "version": 1,
    "name": "a story",
    "run": {"items": 5},
    "arrivals": {"saturated": True},
    "line": [
        camera(decides="at_gate", gate={"places": 3, "travel": 3}, acquisition=1, deadline=5),
        press(1, "pack"),
    ],
    "review": {"time": 1, "buffer": 9},
}
LAYOUT = layout_of(Scenario.model_validate(LINE))


def story():
    """Return the records of five parts whose third answer is given up; that part goes to review."""
    answers = {"camera": scripted(deadline_of([2, 2, 9, 1, 1]))}
    return happens(*LINE["line"], items=5, review=LINE["review"], gateways=answers).records


def failed(records, ended="completed"):
    """Return the details of the checks that failed, by name."""
    found = audit(records, LAYOUT, ended)
    return {name: check.detail for name, check in found.items() if not check.passed}


def moved(records, item, station="camera gate", **seconds):
    """Return the records with other moments for one part's visit to the gate, or to the camera."""
    at = {name: round(value * SECOND) for name, value in seconds.items()}
    visits = (
        visit._replace(**at) if (visit.item_id, visit.station) == (item, station) else visit
        for visit in records.visits
    )
    return replace(records, visits=tuple(visits))


def called(records, item, **changes):
    """Return the records with another call about one part."""
    calls = (call._replace(**changes) if call.item_id == item else call for call in records.calls)
    return replace(records, calls=tuple(calls))


def test_a_true_story_passes():
    """With an answer that is there before its part, one that is waited for, one that is given up."""
    assert failed(story()) == {}


@pytest.mark.parametrize(
    ("item", "times", "check", "what"),
    [
        (3, {"finished_at": 7.5}, "calls_within_visits", "done at the gate at another moment than"),
        (2, {"finished_at": 5.5}, "calls_within_visits", "done at the gate at another moment than"),
        (2, {"started_at": 4.9}, "promptness", "taken by camera gate before the belt had brought it"),
        (4, {"started_at": 9.5, "finished_at": 9.5}, "promptness", "a part waited for camera gate in vain"),
        (4, {"queued_at": 3.9}, "promptness", "stepped on the belt to camera gate before there was room"),
        (3, {"finished_at": None}, "calls_within_visits", "kept at the gate although its answer was there"),
    ],
)
def test_a_part_that_is_at_the_gate_at_the_wrong_moment_is_found(item, times, check, what):
    """Each of its moments follows from those of the parts before it and from its own call."""
    shown = {name: value for name, value in times.items() if value is not None}
    records = moved(story(), item, **shown)
    if None in times.values():
        records = replace(
            records,
            visits=tuple(
                visit._replace(finished_at=None, left_at=None)
                if (visit.item_id, visit.station) == (item, "camera gate")
                else visit
                for visit in records.visits
            ),
        )
    assert what in failed(records)[check]


def test_a_question_that_is_not_put_with_its_picture_is_found():
    """Later than the camera was done, or about a part that it never saw."""
    late = called(story(), 2, issued_at=round(2.5 * SECOND), latency=round(1.5 * SECOND))
    assert "a call that was not put when its picture was taken" in failed(late)["calls_within_visits"]
    strange = called(story(), 2, item_id=1)
    assert "told of twice" in failed(strange)["calls_within_visits"]


def test_a_part_that_passes_without_a_call_is_found():
    """Nobody asked about part 5."""
    records = story()
    silent = replace(records, calls=tuple(call for call in records.calls if call.item_id != 5))
    assert "an inspection without a call" in failed(silent)["calls_within_visits"]


def test_a_part_that_is_not_sent_where_its_answer_says_is_found():
    """The answer of part 4 becomes another label, and it went on all the same."""
    found = failed(called(story(), 4, label="bad"))
    assert "differs from calls.csv" in found["decisions"]


def test_more_parts_than_places_before_the_gate_are_found():
    """Part 5 steps on with parts 2, 3 and 4 on the belt: one of them is at the gate, and still on it."""
    records = moved(moved(story(), 2, left_at=6, finished_at=6), 2, "pack", queued_at=6)
    assert "more than 3 in front of camera gate" in failed(records)["capacity"]


@settings(max_examples=150, deadline=None)
@given(lines_with_gates(), st.floats(0.05, 1))
def test_what_a_killed_run_has_told_passes(scenario, share):
    """Cut off anywhere: nothing is told of parts that were on their way to a gate then."""
    found = audit(killed_after(run_in_memory(scenario), share), layout_of(scenario), None)
    assert {name: check for name, check in found.items() if not check.passed} == {}


def test_a_part_that_waits_for_its_second_picture_has_had_its_first_ride():
    """It came through the gate once, was repaired, and stands before the camera when the run ends."""
    gated = {"decides": "at_gate", "gate": {"places": 2, "travel": 2}, "gateway": modelled(1)}
    written = {
        "version": 1,
        "name": "gate",
        "run": {"duration": 12},
        "arrivals": {"every": 1},
        "product": {"defect_rate": 1},
        "line": [press(1), camera(buffer=9, acquisition=2, **gated)],
        "review": {"time": 1, "buffer": 9, "rework": {"to": "press", "buffer": 9}},
    }
    scenario = Scenario.model_validate(written)
    records, ending = run_in_memory(scenario)
    assert [v for v in records.visits if (v.station, v.visit, v.started_at) == ("camera", 2, None)]
    found = audit(records, layout_of(scenario), ending.how, ending.at)
    assert {name: check.detail for name, check in found.items() if not check.passed} == {}
