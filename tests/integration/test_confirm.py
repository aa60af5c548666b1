"""`line-sim confirm` against a real gRPC server in a process of its own that sleeps instead of computing.

Whether a right prediction is found equivalent hangs on how quiet the machine is, and is measured by
`benchmarks/confirm.py`; here stands what holds on any machine.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from calibrated import asking, calibration_file, line
from commands import line_sim
from PIL import Image
from sleeping_server import sleeping_server

import line_sim as package
from line_sim.errors import RunFileError
from line_sim.recording.reader import read_run
from line_sim.study.workers import Processes

SLEEP = 0.06


@pytest.fixture(scope="module")
def target() -> Iterator[str]:
    """Return where a server takes 60 ms for each call, one after the other, and finds every part good."""
    with sleeping_server(SLEEP, workers=1) as server:
        yield server.target


def scenario_file(folder: Path, items: int = 20) -> Path:
    """Write a line whose server is nowhere to be found, so that the target must take its place."""
    for state in ("good", "defective"):
        (folder / "pictures" / state).mkdir(parents=True)
        Image.new("RGB", (8, 8)).save(folder / "pictures" / state / "one.jpg")
    written = line(asking("localhost:1"), items=items, every="120 ms")
    written["product"]["images"] = {"folder": "pictures"}
    path = folder / "line.yaml"
    path.write_text(yaml.safe_dump(written, sort_keys=False), encoding="utf-8")
    return path


def command(scenario: Path, calibrated: Path, target: str, *more: str) -> list[str]:
    """Return the command that confirms in as short a time as it can."""
    fast = ("--replications", "40", "--jobs", "1", "--out", "out")
    return ["confirm", str(scenario), "--calibrated", str(calibrated), "--target", target, *fast, *more]


def drawn_again(folder: Path) -> bool:
    """Whether `report` makes the page again byte for byte."""
    page = folder / "out" / "confirm.html"
    before = page.read_bytes()
    page.unlink()
    done = line_sim("report", "out", cwd=folder)
    return done.returncode == 0 and page.read_bytes() == before


def told(folder: Path) -> dict[str, Any]:
    """Return what confirm.json says."""
    numbers: dict[str, Any] = json.loads((folder / "out" / "confirm.json").read_text())
    return numbers


@pytest.mark.slow
def test_a_confirmation_leaves_its_runs_its_numbers_and_its_page(tmp_path, target):
    """Three runs with the same parts; of each figure its margin and a verdict in words."""
    arguments = command(
        scenario_file(tmp_path), calibration_file(tmp_path, 0.062), target, "--margin", "uph=4%"
    )
    done = line_sim(*arguments, cwd=tmp_path)
    numbers = told(tmp_path)
    assert done.returncode == (5 if numbers["verdicts"]["different"] else 0), done.stderr
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        *("confirm.html", "confirm.json"),
        *("live-1", "live-2", "live-3"),
    ]
    runs = [read_run(tmp_path / "out" / run["folder"]) for run in numbers["live"]]
    parts = [[(part.item_id, part.true_state, part.arrived_at) for part in sorted(run.items)] for run in runs]
    assert parts[0] == parts[1] == parts[2]
    uph = numbers["kpis"]["uph"]
    assert uph["margin"] == {"size": 0.04, "in": "share of predicted"}
    assert uph["predicted"]["ci_low"] <= uph["predicted"]["mean"] <= uph["predicted"]["ci_high"]
    assert len(uph["live"]["values"]) == 3
    assert uph["verdict"] in {"equivalent", "undecided", "different"}
    assert numbers["ended"] == "all done"
    assert numbers["times_faster"] > 0
    latency = numbers["latency"]["stations"]["camera"]
    assert min(min(run) for run in latency["live"]) >= SLEEP
    assert "uph, UPH" in done.stdout
    page = (tmp_path / "out" / "confirm.html").read_text()
    assert "camera.service.p50" in page
    assert uph["why"] in page
    assert drawn_again(tmp_path)


@pytest.mark.slow
def test_a_calibration_of_a_server_twice_as_slow_is_found_out(tmp_path, target):
    """Predicted 120 ms, lived about 60: different, exit code 5, and the advice is to calibrate again."""
    arguments = command(scenario_file(tmp_path), calibration_file(tmp_path, 0.12), target)
    done = line_sim(*arguments, cwd=tmp_path)
    assert done.returncode == 5, done.stderr
    numbers = told(tmp_path)
    assert {"inference_time", "camera.service.p50"} <= set(numbers["verdicts"]["different"])
    assert numbers["kpis"]["inference_time"]["apart"]["high"] < -0.02
    assert "Calibrate it again" in numbers["next"][0]


@pytest.mark.slow
def test_a_stop_keeps_the_prediction_and_the_runs_that_are_over(tmp_path, target):
    """Stopped in the second live run: the first counts, the second is kept and does not; exit code 130."""
    arguments = command(scenario_file(tmp_path, items=60), calibration_file(tmp_path, 0.062), target)
    program = [sys.executable, "-m", "line_sim.cli", *arguments]
    with subprocess.Popen(program, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as process:
        begun = tmp_path / "out" / "live-2" / "run.json"
        while process.poll() is None and not begun.exists():
            time.sleep(0.05)
        os.kill(process.pid, signal.SIGTERM)  # SIGINT is deaf where a shell started us beside it
        shown, _ = process.communicate(timeout=300)
    assert process.returncode == 130
    numbers = told(tmp_path)
    assert (numbers["ended"], numbers["broken_off"]) == ("interrupted", ["live-2"])
    assert [run["folder"] for run in numbers["live"]] == ["live-1"]
    assert numbers["kpis"]["uph"]["verdict"] == "not told"
    assert numbers["kpis"]["uph"]["predicted"]["mean"] > 0
    assert drawn_again(tmp_path)
    assert "interrupted after 1 of 3 live runs" in shown


@pytest.mark.parametrize(
    ("more", "code", "words"),
    [
        (("--margin", "speed=1%"), 2, "there is no such figure"),
        (("--inspection", "press"), 2, "it asks no real server"),
        (("--runs", "2"), 2, "--runs"),
        (("--set", "line.camera.gateway.grpc.model=resnet"), 2, "was measured with inception_v3"),
    ],
)
def test_what_does_not_fit_is_refused_before_anything_runs(tmp_path, target, more, code, words):
    """With the way out, and nothing is left behind."""
    calibrated = calibration_file(tmp_path, 0.062, measured={"model": "inception_v3"})
    done = line_sim(*command(scenario_file(tmp_path), calibrated, target, *more), cwd=tmp_path)
    assert (done.returncode, words in done.stderr) == (code, True), done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_a_server_that_is_not_there_leaves_the_prediction(tmp_path):
    """The line was predicted; then nobody answers: exit code 3."""
    arguments = command(scenario_file(tmp_path), calibration_file(tmp_path, 0.062), "127.0.0.1:1")
    done = line_sim(*arguments, "--set", "line.camera.gateway.grpc.connect_timeout=200 ms", cwd=tmp_path)
    assert done.returncode == 3, done.stderr
    assert told(tmp_path)["ended"] == "failed"
    assert drawn_again(tmp_path)


@pytest.mark.slow
def test_from_python(tmp_path, target):
    """The same numbers as in the file; margins by name."""
    found = package.confirm(
        scenario_file(tmp_path),
        calibration_file(tmp_path, 0.12),
        target=target,
        replications=40,
        margins={"camera.busy": 0.05},
        out=tmp_path / "out",
        workers=Processes(1),
    )
    assert found.folder == tmp_path / "out"
    assert found.numbers == told(tmp_path)
    assert package.read_confirmation(found.folder) == found
    with pytest.raises(RunFileError, match="none of a confirmation"):
        package.read_confirmation(_with_another(tmp_path))
    assert "inference_time" in found.different
    assert found.numbers["kpis"]["camera.busy"]["margin"] == {"size": 0.05, "in": "points"}


def _with_another(folder: Path) -> Path:
    """Return a folder whose confirm.json says nothing of a confirmation."""
    (folder / "confirm.json").write_text("{}", encoding="utf-8")
    return folder
