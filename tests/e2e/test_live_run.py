"""A user at the command line with the real thing: InceptionV3 behind gRPC in a process of its own."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from commands import DEFAULT, PEAK_KB, ROOT, line_sim

pytestmark = [pytest.mark.slow, pytest.mark.server]

PATIENT = ("--set", "line.camera.deadline=20 s")
LONGEST_WAIT_S = 120.0


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of models: the one that `make` has built, or one built now."""
    built = ROOT / "models"
    if not (built / "inception_v3").is_dir():
        built = tmp_path_factory.mktemp("models")
        done = line_sim("export", "--out", built / "inception_v3", "--quiet", cwd=ROOT)
        assert done.returncode == 0, done.stderr
    return built


@pytest.fixture
def arguments(models: Path) -> tuple[str, ...]:
    """What every run here is called with."""
    return (
        "run",
        str(DEFAULT),
        "--set",
        f"line.camera.gateway.grpc.model_base_path={models / 'inception_v3'}",
    )


@pytest.fixture
def started(arguments: tuple[str, ...], tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start a run in the background; it is ended in any case."""
    running: list[subprocess.Popen[str]] = []

    def start(*more: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "line_sim.cli", *arguments, "--out", "run", *more]
        process = subprocess.Popen(
            command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.communicate()


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    """Return the rows of one of a run's files; none while it is not there."""
    path = folder / name
    if not path.exists():
        return []
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def wait_until(holds: Callable[[], bool], what: str) -> None:
    """Wait for something to become true, but not for ever."""
    give_up_at = time.monotonic() + LONGEST_WAIT_S
    while not holds():
        assert time.monotonic() < give_up_at, f"waited too long until {what}"
        time.sleep(0.05)


def children(pid: int) -> list[int]:
    """Return the processes that a process has started: its server and the one that makes its pictures."""
    started = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    assert len(started) == 2
    return started


def server_of(pid: int) -> int:
    """Return the embedded server of a process."""
    (server,) = [
        child for child in children(pid) if b"serving" in Path(f"/proc/{child}/cmdline").read_bytes()
    ]
    return server


def gone(pid: int) -> bool:
    """Whether a process has ended (a zombie has)."""
    try:
        return "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return True


def test_defective_parts_are_told_from_good_ones_by_real_calls(arguments, tmp_path):
    """Every part is asked about, and the network is nearly always right."""
    done = line_sim(
        *arguments,
        *PATIENT,
        "--items",
        "60",
        "--set",
        "product.defect_rate=0.5",
        "--set",
        "review.buffer=60",
        "--out",
        "run",
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    items = rows(tmp_path / "run", "items.csv")
    assert len(items) == 60
    assert {call["status"] for call in rows(tmp_path / "run", "calls.csv")} == {"OK"}
    right = [item for item in items if (item["true_state"] == "good") == (item["evaluation"] == "OK")]
    assert len(right) >= 54
    info = json.loads((tmp_path / "run" / "run.json").read_text())
    assert info["servers"]["camera"]["server"] == "embedded"
    assert info["servers"]["camera"]["version"] == "0"
    summary = json.loads((tmp_path / "run" / "summary.json").read_text())
    assert summary["audit"]["passed"], summary["audit"]


def test_a_deadline_of_a_millisecond_sends_every_part_to_review(arguments, tmp_path):
    """No answer comes in time: the line does not stop, no part is lost, the run says so and exits 0."""
    done = line_sim(
        *(*arguments, "--set", "line.1.deadline=1ms", "--items", "40", "--out", "run"), cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    items = rows(tmp_path / "run", "items.csv")
    assert {item["inference_outcome"] for item in items} == {"timed_out"}
    assert {item["lane"] for item in items} == {"review"}
    assert {item["disposition"] for item in items} <= {"shipped", "scrapped"}
    assert len(items) == 40
    assert "timed out" in done.stdout


def test_the_simulators_process_stays_light_and_loads_no_tensorflow(arguments, tmp_path):
    """Under 200 MB at its peak, and neither `tensorflow` nor a module of its Python side."""
    command = [*arguments, "--items", "20", "--out", "run", "--quiet"]
    script = (
        "import sys\n"
        "from line_sim.cli import commands\n"
        f"commands.main({command!r}, standalone_mode=False)\n"
        "print('tensorflow' in sys.modules or any(m.startswith('tensorflow.python') for m in sys.modules))\n"
        f"print({PEAK_KB} // 1024)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    loaded, megabytes = done.stdout.split()
    assert loaded == "False"
    assert int(megabytes) < 200


def test_a_server_killed_in_mid_run_leaves_a_line_that_goes_on(started, models, tmp_path):
    """The parts after it get no answer, take the fallback, and the run ends by itself with exit 0."""
    run = started(*PATIENT, "--items", "60")
    wait_until(lambda: len(rows(tmp_path / "run", "calls.csv")) >= 5, "five calls were answered")
    os.kill(server_of(run.pid), signal.SIGKILL)
    printed, complaints = run.communicate(timeout=LONGEST_WAIT_S)
    assert run.returncode == 0, complaints
    outcomes = [item["outcome"] for item in rows(tmp_path / "run", "calls.csv")]
    assert len(outcomes) == 60
    assert outcomes[0] == "answered"
    assert outcomes[-1] == "unavailable"
    items = rows(tmp_path / "run", "items.csv")
    assert len(items) == 60
    assert all(item["lane"] == "review" for item in items if item["inference_outcome"] == "unavailable")
    assert "! " in printed
    assert "Running gRPC ModelServer" in (tmp_path / "run" / "server.log").read_text()


def test_ctrl_c_ends_a_run_cleanly_with_everything_saved(started, tmp_path):
    """Exit 130, a summary of what was done, whole files, and no process left behind."""
    run = started(*PATIENT, "--items", "500")
    wait_until(lambda: len(rows(tmp_path / "run", "items.csv")) >= 5, "five parts had left")
    started_by_it = children(run.pid)
    os.kill(run.pid, signal.SIGINT)
    printed, complaints = run.communicate(timeout=LONGEST_WAIT_S)
    assert run.returncode == 130, complaints
    assert "UPH" in printed
    assert "Traceback" not in complaints
    wait_until(lambda: all(map(gone, started_by_it)), "the server and the pictures' process had ended")
    info = json.loads((tmp_path / "run" / "run.json").read_text())
    assert info["ended"] == "interrupted"
    summary = json.loads((tmp_path / "run" / "summary.json").read_text())
    assert summary["items"]["arrived"] == len(rows(tmp_path / "run", "items.csv"))
    assert summary["audit"]["passed"], summary["audit"]


def test_a_killed_simulator_leaves_its_rows_and_no_server(started, tmp_path):
    """SIGKILL asks nobody: its processes notice by themselves, and the report is made from what is there."""
    run = started(*PATIENT, "--items", "500")
    wait_until(lambda: len(rows(tmp_path / "run", "items.csv")) >= 5, "five parts had left")
    started_by_it = children(run.pid)
    run.kill()
    run.wait()
    wait_until(lambda: all(map(gone, started_by_it)), "the server and the pictures' process had ended")
    done = line_sim("report", "run", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "UPH" in done.stdout
    summary = json.loads((tmp_path / "run" / "summary.json").read_text())
    assert summary["ended"] is None
