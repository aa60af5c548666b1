"""The live screen on a real terminal: it comes, it goes, and the run is the same with and without it."""

import os
import pty
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from commands import ROOT, line_sim

pytestmark = pytest.mark.slow

SECOND_CAMERA = ROOT / "scenarios" / "second_camera.yaml"
ALTERNATE, NORMAL = b"\x1b[?1049h", b"\x1b[?1049l"


class Terminal:
    """A command on a pseudo-terminal of 80 by 24, and all that it has written."""

    def __init__(self, *arguments: str | Path, cwd: Path, env: dict[str, str] | None = None) -> None:
        self._ours, theirs = pty.openpty()
        os.set_blocking(self._ours, False)
        surroundings = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24", **(env or {})}
        command = [sys.executable, "-m", "line_sim.cli", *map(str, arguments)]
        self.process = subprocess.Popen(
            command, cwd=cwd, env=surroundings, stdin=theirs, stdout=theirs, stderr=theirs
        )
        os.close(theirs)
        self.written = b""

    def read_until(self, wanted: bytes, patience_s: float = 60) -> None:
        """Read until something stands there; fails when it never does."""
        deadline = time.monotonic() + patience_s
        while wanted not in self.written:
            assert time.monotonic() < deadline, self.written[-2000:]
            self._read()
            time.sleep(0.02)

    def end(self) -> int:
        """Read to the end and return the exit code."""
        while self.process.poll() is None:
            self._read()
            time.sleep(0.02)
        self._read()
        return self.process.returncode

    def _read(self) -> None:
        with suppress(OSError):  # nothing there now, or the other side has been closed
            self.written += os.read(self._ours, 1 << 16)


def words(written: bytes) -> str:
    """Leave out what moves the cursor and sets colours."""
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", written.decode(errors="replace"))


@pytest.fixture
def paced(tmp_path):
    """A command that runs for some seconds at wall pace."""
    return ("run", SECOND_CAMERA, "--clock", "realtime", "--set", "run.items=14", "--out", tmp_path / "run")


def test_the_screen_comes_and_goes_and_leaves_its_last_frame(paced, tmp_path):
    """It has a screen of its own while the line runs; afterwards last frame and summary stand readable."""
    terminal = Terminal(*paced, cwd=tmp_path)
    terminal.read_until(ALTERNATE)
    terminal.read_until(NORMAL)
    assert terminal.end() == 0
    after = words(terminal.written.split(NORMAL)[-1])
    assert "14 in" in after
    assert "audit       passed" in after


def test_ctrl_c_takes_the_screen_down_and_tells_what_was_done(paced, tmp_path):
    """As without a screen: exit code 130, files and summary."""
    terminal = Terminal(*paced, "--set", "run.items=4000", cwd=tmp_path)
    terminal.read_until(ALTERNATE)
    terminal.process.send_signal(signal.SIGINT)
    terminal.read_until(NORMAL)
    assert terminal.end() == 130
    assert "interrupted; figures" in words(terminal.written)


def test_a_run_outlives_its_drawing_process(paced, tmp_path):
    """Killed, the screen gives the terminal back, and the run goes on with lines."""
    terminal = Terminal(*paced, "--set", "run.items=24", cwd=tmp_path)
    terminal.read_until(ALTERNATE)
    subprocess.run(["pkill", "-KILL", "-P", str(terminal.process.pid)], check=True)
    terminal.read_until(b"the live screen has failed")
    assert terminal.end() == 0
    assert NORMAL in terminal.written


def test_without_a_terminal_the_run_says_so_and_goes_on_with_lines(tmp_path):
    """`--live` into a pipe is no reason to fail."""
    done = line_sim("run", SECOND_CAMERA, "--items", "50", "--live", "--out", tmp_path / "run", cwd=tmp_path)
    assert done.returncode == 0
    assert "--live needs a terminal" in done.stdout
    assert ALTERNATE.decode() not in done.stdout


@pytest.mark.parametrize("surroundings", [{"TERM": "dumb"}, {"NO_COLOR": "1"}])
def test_a_dumb_or_colourless_terminal_gets_no_colours(paced, surroundings, tmp_path):
    """A dumb terminal gets no screen at all; one without colour gets the letters."""
    terminal = Terminal(*paced, cwd=tmp_path, env=surroundings)
    assert terminal.end() == 0
    assert not re.search(rb"\x1b\[[0-9;]*3[0-7]m", terminal.written)
    assert (ALTERNATE in terminal.written) == ("NO_COLOR" in surroundings)
