"""Gates as a person reads of them: on the screen and on the page."""

import json
import re
from io import StringIO
from pathlib import Path

import pytest
from pages import page_in
from rich.console import Console
from stories import camera, modelled, press

from line_sim.figures.latency import GateWait
from line_sim.figures.populations import INSPECTED_PARTS
from line_sim.figures.statistics.rates import Rate
from line_sim.layout import layout_of
from line_sim.report.gates import at_the_gate
from line_sim.report.page.writing import write_page
from line_sim.report.summary_text import summary_text
from line_sim.scenario import Scenario
from line_sim.simulation import simulate
from line_sim.study.comparison.recorded import settled_run
from line_sim.units import MILLISECOND

LINE = {
    "version": 1,
    "name": "a gate",
    "seed": 3,
    "run": {"items": 60},
    "arrivals": {"every": "100 ms"},
    "product": {"defect_rate": 0.1},
    "line": [
        press("50 ms"),
        camera(
            decides="at_gate",
            gate={"places": 4, "travel": "200 ms"},
            acquisition="20 ms",
            deadline="1 s",
            gateway=modelled({"gamma": {"mean": "180 ms", "cv": 0.5}}, servers=4),
        ),
        press("60 ms", "pack"),
    ],
    "review": {"time": "1 s", "buffer": 20},
}


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """A run of a line with a gate: its result and its folder."""
    folder = tmp_path_factory.mktemp("gate") / "run"
    result = simulate(Scenario.model_validate(LINE), folder)
    write_page(result)
    return result, folder


def wait(count, n, together, longest):
    """Return a gate at which some parts waited, in ms."""
    whole = (round(time * MILLISECOND) for time in (together, longest))
    return GateWait("camera", "camera gate", Rate(count, n), *whole)


@pytest.mark.parametrize(
    ("gate", "said"),
    [
        (wait(2, 40, 300, 200), "2 of 40 parts had to wait there (5.0 %), for 150.0 ms on average"),
        (wait(0, 40, 0, 0), "no part had to wait there: every answer was there before its part (40)"),
        (wait(0, 0, 0, 0), "no part came to it in the time that counts"),
    ],
)
def test_how_often_and_how_long_parts_waited_is_one_sentence(gate, said):
    """With the share and the longest wait; without figures where there is nothing to tell."""
    assert at_the_gate(gate).startswith(said)


def test_the_screen_tells_of_the_gate(ran):
    """A line with its name, and its own row of machine time: all that it is busy with is waiting."""
    result, _ = ran
    console = Console(file=StringIO(), width=100, color_system=None)
    console.print(summary_text(result.summary))
    text = console.file.getvalue()
    (gate,) = result.summary.gates
    assert gate.waited.count > 0
    assert f"{gate.waited.count} of {gate.waited.n} parts had to wait there" in " ".join(text.split())
    row = re.search(r"^camera gate +1 +([\d.]+) +([\d.]+) ", text, re.MULTILINE)
    assert row is not None
    assert row[1] == row[2]
    assert re.search(r"^camera +1 +[\d.]+ {10,}", text, re.MULTILINE), "the camera waits for nothing"


def test_the_page_tells_of_the_gate_and_draws_it(ran):
    """The sentence beside the latencies, the row of the Gantt chart, the belt in the line's drawing."""
    result, folder = ran
    html = page_in(Path(folder))
    assert f"camera gate: {at_the_gate(result.summary.gates[0])}." in html
    assert (
        "(  4 in 200 ms) &lt;camera gate&gt;  waits for the answer, at most until 1 s after the call" in html
    )
    data = json.loads(re.search(r'<script type="application/json"[^>]*>(.*?)</script>', html, re.DOTALL)[1])
    lanes = {lane["name"]: lane for lane in data["gantt"]["lanes"]}
    assert lanes["camera gate"]["gate"] == 1
    assert lanes["camera"]["rides"] == 5  # the camera's, and one a place: as many calls may be out
    assert "rides" not in lanes["press"]
    assert "gate" not in lanes["press"]


def test_a_gate_is_known_again_from_the_runs_summary(ran):
    """So that folders compare by the moment of the decision, though their scenario may be gone."""
    result, folder = ran
    with settled_run(folder, json.loads((folder / "summary.json").read_text())) as settled:
        known = layout_of(Scenario.model_validate(LINE)).line
        assert [(place.name, place.kind, place.decides) for place in settled.layout.line] == [
            (place.name, place.kind, place.decides) for place in known
        ]
        inspected = sum(int(counts.sum()) for _, counts in settled.rows(INSPECTED_PARTS))
    assert inspected == result.summary.gates[0].waited.n


def test_summary_json_tells_of_the_gate(ran):
    """By the name of the inspection, with an interval of the share."""
    result, folder = ran
    told = json.loads((folder / "summary.json").read_text())["gates"]["camera"]
    (gate,) = result.summary.gates
    assert told["waited"] == gate.waited.count
    assert told["share_ci"][0] < told["share"] < told["share_ci"][1]
