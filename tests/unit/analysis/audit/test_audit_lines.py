"""The audit of whole lines: several cameras, several inspections, several attempts, and a run's exit code."""

from dataclasses import replace

import pytest
from click.testing import CliRunner
from recorded import CAMERA, call, item, run, visit
from stories import camera, happens, modelled, press

from line_sim import simulation
from line_sim.analysis.audit.audit import audit
from line_sim.analysis.audit.check import Check
from line_sim.cli import commands
from line_sim.layout import Layout, RunPlan, layout_of
from line_sim.scenario import Scenario

LINE = [
    camera("front", units=3, buffer=2, deadline=2, gateway=modelled({"exponential": {"mean": 1}}, servers=2)),
    press({"exponential": {"mean": 0.5}}, "press", units=2, breakdowns={"up": 20, "repair": 2}),
    camera(
        "back",
        units=2,
        buffer=1,
        deadline=1,
        on_no_result="scrap",
        gateway=modelled({"exponential": {"mean": 0.5}}, after_deadline="keeps_computing", miss_rate=0.2),
    ),
    press(0.4, "pack", buffer=1),
]
REVIEW = {"time": 1.5, "units": 2, "buffer": 2, "miss_rate": 0.1, "false_alarm_rate": 0.1}


def layout(**how):
    """Return the layout of the line."""
    written = {
        "version": 1,
        "name": "a story",
        "run": how,
        "arrivals": {"every": 0.6},
        "product": {"defect_rate": 0.2},
        "line": LINE,
        "review": REVIEW,
    }
    return layout_of(Scenario.model_validate(written))


def failed(records, line, ended):
    """Return the checks that failed."""
    return {name: check for name, check in audit(records, line, ended).items() if not check.passed}


@pytest.mark.parametrize("how", [{"items": 400}, {"duration": 150}])
def test_cameras_in_parallel_and_in_a_row_pass(how):
    """Three cameras on two servers, two on one that keeps computing, in a run of parts and one of time."""
    story = happens(*LINE, every=0.6, defect_rate=0.2, review=REVIEW, **how)
    assert {call.station for call in story.records.calls} == {"front", "back"}
    assert {call.unit for call in story.records.calls if call.station == "front"} == {1, 2, 3}
    assert failed(story.records, layout(**how), story.ending.how) == {}


def test_an_answer_of_the_other_camera_is_found():
    """The second inspection decides; a part that is told with the first one's answer is named."""
    story = happens(*LINE, every=0.6, defect_rate=0.2, review=REVIEW, items=100)
    records = story.records
    seen_twice = {call.item_id for call in records.calls if call.station == "back"}
    row, part = next((row, part) for row, part in enumerate(records.items) if part.item_id in seen_twice)
    first = next(c for c in records.calls if (c.station, c.item_id) == ("front", part.item_id))
    items = [*records.items]
    items[row] = part._replace(inference=first.latency)
    found = failed(replace(records, items=tuple(items)), layout(items=100), story.ending.how)
    assert {name: check.rows for name, check in found.items()} == {"decisions": (f"items.csv:{row + 2}",)}


def test_several_attempts_about_one_part_pass_and_the_last_one_decides():
    """Given up after half a second, asked again, answered: two calls in the visit, the last one ends it."""
    line = Layout((CAMERA,), run=RunPlan(items=1))
    late = call(1, 0, 0.5, "timed_out")
    again = call(1, 0.5, 1)._replace(attempt=2)
    visits = [visit(1, "camera", 0, 0, 1.5, 1.5)]
    told = run([item(1, 0, 1.5, waited=1)], visits, [late, again])
    assert failed(told, line, "completed") == {}
    twice = run([item(1, 0, 1.5, waited=1)], visits, [late, again._replace(attempt=1)])
    assert failed(twice, line, "completed")["calls_within_visits"].rows == ("calls.csv:3",)
    early = run([item(1, 0, 1.5, waited=0.5)], visits, [late, again._replace(latency=late.latency)])
    assert failed(early, line, "completed")["calls_within_visits"].rows == ("visits.csv:2",)


def test_a_run_whose_audit_fails_says_so_by_its_exit_code(tmp_path, monkeypatch):
    """The figures are there, the code is 5."""
    (tmp_path / "line.yaml").write_text(
        "{version: 1, name: a story, run: {items: 5}, arrivals: {every: 1},"
        " line: [{station: press, cycle: 1}]}"
    )
    command = ["run", str(tmp_path / "line.yaml"), "--quiet", "--out"]
    assert (
        CliRunner().invoke(commands, [*command, str(tmp_path / "a")], standalone_mode=False).return_value == 0
    )
    real = simulation.summarise

    def doubtful(*args, **how):
        told = real(*args, **how)
        return replace(told, audit={**told.audit, "order": Check(False, "a part overtook another")})

    monkeypatch.setattr(simulation, "summarise", doubtful)
    assert (
        CliRunner().invoke(commands, [*command, str(tmp_path / "b")], standalone_mode=False).return_value == 5
    )
