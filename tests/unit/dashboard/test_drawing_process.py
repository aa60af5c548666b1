"""Any frame reaches the drawing process and fits its screen; whatever that does, the run goes on."""

import io
import sys
import time

import pytest
from frames import FRAME, FRAMES
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from line_sim.dashboard.drawing import draw
from line_sim.dashboard.feeding import NORMAL_SCREEN, Feeder
from line_sim.dashboard.frame import Frame


@settings(max_examples=60)
@given(FRAMES, st.integers(1, 200), st.integers(1, 80), st.booleans())
def test_any_frame_fits_any_screen(frame, width, height, unicode):
    """Never more lines than there are, never one that is too wide, never an exception."""
    text = draw(frame, width, height, unicode=unicode)
    console = Console(width=1000, file=io.StringIO())
    lines = text.split("\n", allow_blank=True)
    assert len(lines) <= height
    assert all(console.measure(line).maximum <= width for line in lines)


@given(FRAMES)
def test_a_frame_survives_the_pipe(frame):
    """What is read is what was written, in one line."""
    line = frame.line()
    assert line.count("\n") == 1
    assert Frame.read(line) == frame


def test_a_drawing_process_that_is_stuck_or_gone_holds_nobody_up(capsys, monkeypatch):
    """Frames are dropped, the terminal is given back, and the run can say that the screen has failed."""
    monkeypatch.setattr("line_sim.dashboard.feeding.FIRST_AFTER_S", 0.01)
    monkeypatch.setattr("line_sim.dashboard.feeding.FRAME_EVERY_S", 0.01)
    monkeypatch.setattr("line_sim.dashboard.feeding.PATIENCE_S", 0.2)
    stuck = Feeder(lambda: FRAME, (sys.executable, "-c", "import time; time.sleep(60)"))
    gone = Feeder(lambda: FRAME, (sys.executable, "-c", "raise SystemExit(3)"))
    for feeder in (stuck, gone):
        feeder.start()
    deadline = time.monotonic() + 20
    while not gone.failed and time.monotonic() < deadline:
        time.sleep(0.01)
    assert gone.failed
    for feeder in (stuck, gone):
        feeder.close()
    assert stuck.failed
    assert capsys.readouterr().out.count(NORMAL_SCREEN) == 2


def broken_frame():
    """Fail as no frame should."""
    raise ZeroDivisionError


@pytest.mark.parametrize(
    ("frame", "command"), [(lambda: FRAME, ("/no/such/program",)), (broken_frame, (sys.executable, "-c", ""))]
)
def test_a_screen_that_never_comes_is_the_runs_affair_no_more(frame, command, capsys, monkeypatch):
    """No program, no room for a process, no frame: it has failed, and nothing is raised or printed."""
    monkeypatch.setattr("line_sim.dashboard.feeding.FIRST_AFTER_S", 0)
    feeder = Feeder(frame, command)
    feeder.start()
    deadline = time.monotonic() + 20
    while not feeder.failed and time.monotonic() < deadline:
        time.sleep(0.01)
    assert feeder.failed
    feeder.close()
    assert capsys.readouterr() == ("", "")
