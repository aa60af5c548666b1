"""The coupled clock against a real gRPC server in a process of its own that sleeps instead of computing."""

import os
import signal
import threading
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from fake_wall import without_skew
from sleeping_server import sleeping_server
from stories import camera, press

from line_sim.inspection.gateway import Reply
from line_sim.inspection.outcome import Answered
from line_sim.line.interrupt import Interrupt
from line_sim.line.records import Call, Item
from line_sim.recording.reader import read_run
from line_sim.scenario import Scenario
from line_sim.simulation import simulate
from line_sim.testing import InMemoryRun, run_in_memory, scripted
from line_sim.units import MILLISECOND, SECOND


@pytest.fixture
def pictures(tmp_path: Path) -> dict[str, Any]:
    """A folder of pictures that cost nothing to show."""
    from PIL import Image

    for state in ("good", "defective"):
        (tmp_path / "pictures" / state).mkdir(parents=True)
        Image.new("RGB", (8, 8)).save(tmp_path / "pictures" / state / "one.jpg")
    return {"images": {"folder": str(tmp_path / "pictures")}}


def line(target: str, product: dict[str, Any], *, units=1, items=20, every=None, **keys: Any) -> Scenario:
    """Return a press and cameras that ask the server; a part every so often, or saturated."""
    gateway = {"grpc": {"target": target}}
    return Scenario.model_validate(
        {
            "version": 1,
            "name": "coupled",
            "run": {"items": items, **keys.pop("run", {})},
            "arrivals": {"saturated": True} if every is None else {"every": every},
            "product": product,
            "line": [
                press("5 ms"),
                camera(gateway=gateway, units=units, buffer=2, **keys),
                press("3 ms", "pack"),
            ],
            "review": {"time": "1 s", "buffer": 100},
        }
    )


def known_beforehand(scenario: Scenario, calls: tuple[Call, ...]) -> InMemoryRun:
    """Run the same line in virtual time with the answers that came, or others by the same item numbers."""
    replies = {
        call.item_id: Reply(Answered(call.label, call.score), call.latency, call.status, call.request_bytes)
        for call in calls
    }
    modelled = scenario.model_copy(update={"run": scenario.run.model_copy(update={"clock": "virtual"})})
    return run_in_memory(modelled, {"camera": scripted(lambda inquiry: replies[inquiry.item_id])})


def test_the_log_is_that_of_a_modelled_run_with_the_latencies_that_were_measured(tmp_path, pictures):
    """Three cameras whose calls overlap: every event of the live run, to the nanosecond."""
    with sleeping_server(0.02) as server:
        scenario = line(server.target, pictures, units=3, items=40)
        live = simulate(scenario, tmp_path / "run")
    records = read_run(live.folder)
    assert without_skew(records) == known_beforehand(scenario, records.calls).records
    assert overlapping(records.calls) > 20


def overlapping(calls: tuple[Call, ...]) -> int:
    """Count the calls that were issued before the one before them was answered."""
    ordered = sorted(calls, key=lambda call: call.issued_at)
    return sum(later.issued_at < earlier.issued_at + earlier.latency for earlier, later in pairwise(ordered))


def test_a_server_that_sleeps_so_long_is_a_model_of_that_service_time(tmp_path, pictures):
    """A part each 60 ms, 20 ms for an answer: each leaves when the model says, plus what it took more."""
    sleep = 20 * MILLISECOND
    with sleeping_server(sleep / SECOND) as server:
        scenario = line(server.target, pictures, items=15, every="60 ms")
        live = simulate(scenario, tmp_path / "run")
    records = read_run(live.folder)
    exact = tuple(call._replace(latency=sleep) for call in records.calls)
    modelled = {item.item_id: item.left_at for item in known_beforehand(scenario, exact).records.items}
    more = {call.item_id: call.latency - sleep for call in records.calls}
    assert min(more.values()) >= 0
    quick = [item for item in records.items if more[item.item_id] < 30 * MILLISECOND]
    assert len(quick) >= 10
    assert all(item.left_at - modelled[item.item_id] == more[item.item_id] for item in quick)


def test_a_live_run_replayed_gives_the_same_departures(tmp_path, pictures):
    """Two cameras live, then from `calls.csv` without a server; then with four cameras, for a what-if."""
    with sleeping_server(0.01, seed=3) as server:
        scenario = line(server.target, pictures, units=2, items=40, deadline="60 ms")
        live = read_run(simulate(scenario, tmp_path / "live").folder)
    replay = {"replay": {"calls": str(tmp_path / "live" / "calls.csv")}}

    def again(name: str, **keys: Any) -> Any:
        written = line("localhost:1", pictures, items=40, deadline="60 ms", **keys).model_dump()
        written["line"][1]["gateway"] = replay
        return read_run(simulate(Scenario.model_validate(written), tmp_path / name).folder)

    assert again("same", units=2) == without_skew(live)
    wider = again("wider", units=4)
    assert wider.visits != live.visits
    assert {(call.item_id, call.latency) for call in wider.calls} == {
        (call.item_id, call.latency) for call in live.calls
    }


@pytest.mark.slow
@pytest.mark.parametrize("cameras", [1, 2, 4])
def test_cameras_queue_at_a_server_with_one_worker_as_theory_says(tmp_path, pictures, cameras):
    """A closed loop of N cameras without any other delay: an answer takes N service times (N = X R).

    The service time is what the server says it was; what gRPC adds to a call is allowed for.
    """
    with sleeping_server(0.015, workers=1) as server:
        scenario = line(server.target, pictures, units=cameras, items=40 * cameras, acquisition=0)
        scenario = scenario.model_copy(update={"line": scenario.line[1:2]})
        records = read_run(simulate(scenario, tmp_path / "run").folder)
    latencies = [call.latency / SECOND for call in sorted(records.calls)][cameras:-cameras]
    mean = sum(latencies) / len(latencies)
    assert 0.97 * cameras * server.report.busy < mean < 1.25 * cameras * server.report.busy + 0.002


@pytest.mark.slow
def test_cameras_that_also_take_pictures_queue_as_machines_at_one_repairman(tmp_path, pictures):
    """M/M/1//4 (Gross & Harris, section 2.7): throughput (1 - p0) / S, answers after N / X - Z."""
    cameras, picture = 4, 0.03
    with sleeping_server(0.015, seed=11, workers=1) as server:
        acquisition = {"exponential": {"mean": picture}}
        scenario = line(server.target, pictures, units=cameras, items=320, acquisition=acquisition)
        scenario = scenario.model_copy(update={"line": scenario.line[1:2]})
        records = read_run(simulate(scenario, tmp_path / "run").folder)
    service = server.report.busy
    weights = [1.0]
    for waiting in range(1, cameras + 1):
        weights.append(weights[-1] * (cameras - waiting + 1) * service / picture)
    answers = cameras * service / (1 - weights[0] / sum(weights)) - picture
    latencies = [call.latency / SECOND for call in records.calls]
    assert 0.8 * answers < sum(latencies) / len(latencies) < 1.25 * answers


class WishesAtTheFirst:
    """An observer that has the process signalled a moment after the first part has left."""

    def __init__(self) -> None:
        self.timer = threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGTERM))

    def on_item(self, item: Item) -> None:
        """Set the timer going, once."""
        if item.item_id == 1:
            self.timer.start()


def test_ctrl_c_is_answered_while_every_camera_waits(tmp_path, pictures):
    """Every part that came in is kept, a call that was out is in no file, and the audit holds.

    Each answer takes half a second, so the wish finds the line waiting.
    """
    interrupt, wishes = Interrupt(), WishesAtTheFirst()
    before = signal.signal(signal.SIGTERM, lambda *_: interrupt.wish())
    try:
        with sleeping_server(0.5) as server:
            scenario = line(server.target, pictures, units=3, items=30)
            result = simulate(scenario, tmp_path / "run", interrupt=interrupt, observers=(wishes,))
        wishes.timer.join()
    finally:
        signal.signal(signal.SIGTERM, before)
    records = read_run(result.folder)
    assert result.ended == "interrupted"
    assert result.summary.audit_passed
    assert {item.disposition for item in records.items} == {"shipped", "on_line"}
    answered = {call.item_id for call in records.calls}
    on_line = {item.item_id for item in records.items if item.disposition == "on_line"}
    at_camera = {v.item_id for v in records.visits if v.station == "camera" and v.started_at is not None}
    assert at_camera & on_line - answered
