"""A user at the command line whose sweep is broken off: by Ctrl-C, and by a kill."""

import json
import signal
import subprocess
import sys
import time

import pytest
from commands import line_sim
from small_sweeps import files, line_in

pytestmark = pytest.mark.slow
SWEEP = (
    "sweep",
    "line.yaml",
    "--over",
    "line.camera.units=1,2,3",
    "--over",
    "line.camera.deadline=500ms..2s/4",
)
LONG = (*SWEEP, "--items", "400", "--replications", "40")


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A folder with the line and its whole sweep, made by one process."""
    folder = tmp_path_factory.mktemp("desk")
    line_in(folder)
    done = line_sim(*LONG, "--jobs", "1", "--out", "whole", "--quiet", cwd=folder)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    return folder


def begun(desk, name):
    """Begin a sweep by two processes, and return it once some runs are over."""
    command = [sys.executable, "-m", "line_sim.cli", *LONG, "--jobs", "2", "--out", name]
    running = subprocess.Popen(command, cwd=desk, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    table = desk / name / "runs.csv"
    until = time.monotonic() + 120
    while time.monotonic() < until and not (table.is_file() and len(table.read_bytes().splitlines()) > 5):
        assert running.poll() is None, running.stdout.read()
        time.sleep(0.02)
    return running


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)])
def test_a_sweep_that_was_broken_off_is_gone_on_with(desk, number, code):
    """Nothing that was on the disk is lost, and every file is that of a sweep that nobody broke off."""
    name = f"broken-{code}"
    with begun(desk, name) as running:
        running.send_signal(number)
        said, _ = running.communicate(timeout=120)
    assert running.returncode == code
    if number == signal.SIGINT:
        assert "interrupted, --resume goes on" in said
        assert json.loads((desk / name / "sweep.json").read_text())["ended"] == "interrupted"
    before = (desk / name / "runs.csv").read_bytes().splitlines()[:6]
    done = line_sim("sweep", "--resume", name, "--jobs", "2", "--quiet", cwd=desk)
    assert done.returncode == 0, done.stderr
    assert (desk / name / "runs.csv").read_bytes().splitlines()[:6] == before
    assert files(desk / name) == files(desk / "whole")
