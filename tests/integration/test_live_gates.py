"""A gate against real servers: calls of one camera are out together, and every answer finds its part."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from fake_wall import without_skew
from sleeping_server import sleeping_server
from stories import camera, press

from line_sim.inspection.gateway import Reply
from line_sim.inspection.outcome import Answered
from line_sim.line.records import Call
from line_sim.recording.reader import RunRecords, read_run
from line_sim.scenario import Scenario
from line_sim.simulation import simulate
from line_sim.testing import run_in_memory, scripted
from line_sim.truth import GOOD


@pytest.fixture
def pictures(tmp_path: Path) -> str:
    """A folder of pictures: good parts are bright, defective ones dark."""
    from PIL import Image

    for state, grey in (("good", 230), ("defective", 20)):
        (tmp_path / "pictures" / state).mkdir(parents=True)
        Image.new("RGB", (32, 32), (grey, grey, grey)).save(tmp_path / "pictures" / state / "one.jpg")
    return str(tmp_path / "pictures")


def line(
    gateway: dict[str, Any], pictures: str, *, tick: float = 0.001, items: int = 60, **keys: Any
) -> Scenario:
    """Return a press, a camera with a gate, and a station behind it; a part each five ticks."""
    gate = {"decides": "at_gate", "gate": {"places": 8, "travel": 40 * tick}, "acquisition": 2 * tick}
    return Scenario.model_validate(
        {
            "version": 1,
            "name": "live gate",
            "seed": 4,
            "run": {"items": items},
            "arrivals": {"every": 5 * tick},
            "product": {"defect_rate": 0.4, "images": {"folder": pictures}},
            "line": [
                press(3 * tick),
                camera(gateway=gateway, buffer=4, **gate, **keys),
                press(3 * tick, "pack"),
            ],
            "review": {"time": "1 ms", "buffer": 100},
        }
    )


def out_together(calls: tuple[Call, ...]) -> int:
    """Count the calls that were issued before the one before them was answered."""
    ordered = sorted(calls, key=lambda call: call.issued_at)
    return sum(later.issued_at < earlier.issued_at + earlier.latency for earlier, later in pairwise(ordered))


def known_beforehand(scenario: Scenario, calls: tuple[Call, ...]) -> RunRecords:
    """Return what the files tell of the same line in virtual time with the answers that came.

    What a part was at each call is in no file: no station makes defects here.
    """
    replies = {
        call.item_id: Reply(Answered(call.label, call.score), call.latency, call.status, call.request_bytes)
        for call in calls
    }
    virtual = scenario.model_copy(update={"run": scenario.run.model_copy(update={"clock": "virtual"})})
    told = run_in_memory(virtual, {"camera": scripted(lambda asked: replies[asked.item_id])}).records
    return replace(told, calls=tuple(call._replace(true_state=GOOD) for call in told.calls))


def test_calls_of_one_camera_overlap_and_the_log_is_that_of_a_modelled_run(tmp_path, pictures):
    """A server that takes 20 ms for an answer, four at a time, and a part each 5 ms: it keeps up."""
    with sleeping_server(0.02, workers=8) as server:
        scenario = line({"grpc": {"target": server.target}}, pictures, ship_when={"score_at_least": 0})
        result = simulate(scenario, tmp_path / "run")
    records = read_run(result.folder)
    assert result.summary.audit_passed
    assert out_together(records.calls) > 30
    assert {call.unit for call in records.calls} == {1}
    assert without_skew(records) == known_beforehand(scenario, records.calls)


@pytest.mark.server
@pytest.mark.parametrize("form", ["grpc", "rest"])
def test_every_answer_of_the_embedded_server_finds_its_part(tmp_path, pictures, models, form):
    """Bright parts are good and dark ones are not: what is written on a part is what its picture shows.

    A part comes each 0.1 ms, which no server's answer is as quick as.
    """
    embedded = {"target": "embedded", "model": "eye", "model_base_path": str(models / "eye")}
    scenario = line({form: embedded}, pictures, tick=20e-6, deadline="10 s", items=120)
    result = simulate(scenario, tmp_path / "run")
    records = read_run(result.folder)
    assert result.summary.audit_passed
    labels = {"good": "good", "defective": "dark"}
    assert sorted(item.item_id for item in records.items) == list(range(1, 121))
    assert all(item.label == labels[item.true_state] for item in records.items)
    assert all((item.lane == "review") == (item.true_state == "defective") for item in records.items)
    assert out_together(records.calls) > 60
