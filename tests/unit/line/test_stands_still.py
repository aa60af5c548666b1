"""A line that always has a part and needs no time for it: it is stopped, and Ctrl-C is heard."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from stories import camera, happens, press

from line_sim.line import arrivals
from line_sim.line.arrivals import STANDS_STILL

# Every part is defective and goes to a review that takes no time: the press, which does, never has one.
SCENARIO = """\
version: 1
name: Stands still
run: {duration: 10 s}
arrivals: {saturated: true}
product: {defect_rate: 1}
line:
  - {inspection: camera, gateway: {modelled: {service: 0}}}
  - {station: press, cycle: 1 s}
review: {time: 0}
"""


@pytest.fixture
def few(monkeypatch):
    """Let a hundred parts in one moment be too many."""
    monkeypatch.setattr(arrivals, "MOST_AT_ONCE", 100)


def test_a_line_whose_time_stands_still_is_stopped(few):
    """With everything told, and with why."""
    run = happens(camera(), press(1), duration=10, defect_rate=1)
    assert run.ending == ("stopped", 0, STANDS_STILL)
    assert 1_100 < len(run.items) < 1_110  # a thousand have room in front of the review
    assert {item[3] for item in run.items} == {"scrapped", "on_line"}


def test_room_for_many_parts_is_not_that(few):
    """All of them come in the first moment, and then time passes."""
    run = happens(press(0, "belt", buffer=300), press(1), duration=10)
    assert run.ending == ("duration over", 10_000_000_000, "")
    assert len(run.items) > 300


def test_nor_is_a_number_of_parts(few):
    """It has an end, at the first moment or at any other."""
    assert happens(camera(), press(1), items=500, defect_rate=1).ending == ("completed", 0, "")


@pytest.mark.parametrize("clock", ["virtual", "realtime"])
def test_ctrl_c_is_heard_while_time_stands_still(clock, tmp_path):
    """Also where a thousand million parts are wanted of such a line: what was done is told, exit code 130."""
    (tmp_path / "t.yaml").write_text(SCENARIO.replace("duration: 10 s", "items: 1000000000"))
    command = [sys.executable, "-m", "line_sim.cli", "run", "t.yaml", "--out", "mine", "--clock", clock]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.Popen(
        [*command, "--no-live", "--quiet"],
        cwd=tmp_path,
        env=environment,
        text=True,
        stderr=subprocess.PIPE,
    )
    calls: Path = tmp_path / "mine" / "calls.csv"
    while not (calls.exists() and calls.stat().st_size > 10_000):
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=120)
    assert (process.returncode, said) == (130, "")
    assert json.loads((tmp_path / "mine" / "run.json").read_text())["ended"] == "interrupted"
