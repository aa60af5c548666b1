"""The live screen on a real terminal: it comes, it goes, and the run is the same with and without it."""

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from commands import ROOT, line_sim

pytestmark = pytest.mark.slow

SECOND_CAMERA = ROOT / "scenarios" / "second_camera.yaml"
ALTERNATE, NORMAL = b"\x1b[?1049h", b"\x1b[?1049l"


class Terminal:
    """A command on a pseudo-terminal of 80 by 24, its own as a user's is, and all that it has written.

    `stdin` is what it reads, where that is not the terminal; `job` is the text of a shell that runs it.
    """

    def __init__(
        self,
        *arguments: str | Path,
        cwd: Path,
        env: dict[str, str] | None = None,
        stdin: int | None = None,
        job: str | None = None,
    ) -> None:
        self._ours, theirs = pty.openpty()
        os.set_blocking(self._ours, False)
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        surroundings = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24", **(env or {})}
        command = [sys.executable, "-m", "line_sim.cli", *map(str, arguments)]
        self.before = termios.tcgetattr(theirs)
        self.process = subprocess.Popen(
            ["sh", "-mc", job, "sh", *command] if job else command,
            cwd=cwd,
            env=surroundings,
            stdin=theirs if stdin is None else stdin,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(1, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - no threads here
        )
        os.close(theirs)
        self.written = b""

    def type(self, keys: bytes) -> None:
        """Type some keys."""
        os.write(self._ours, keys)

    @property
    def line_by_line(self) -> bool:
        """Whether the terminal gives what is typed in lines and shows it, as it is for a shell."""
        modes = termios.tcgetattr(self._ours)[3]
        return bool(modes & termios.ICANON and modes & termios.ECHO)

    def wait_until(self, condition: Callable[[], bool], patience_s: float = 60) -> None:
        """Read until something is so; fails when it never is."""
        deadline = time.monotonic() + patience_s
        while not condition():
            assert time.monotonic() < deadline, self.written[-2000:]
            self._read()
            time.sleep(0.02)

    def read_until(self, wanted: bytes, patience_s: float = 60) -> None:
        """Read until something stands there; fails when it never does."""
        self.wait_until(lambda: wanted in self.written, patience_s)

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


@pytest.mark.parametrize("keys", [b"q", b"qq", b"pq", b"?q"])
def test_q_ends_the_run_as_ctrl_c_does(paced, keys, tmp_path):
    """Exit code 130, files and summary, and the terminal is as it was, also for a key pressed twice."""
    terminal = Terminal(*paced, "--set", "run.items=4000", cwd=tmp_path)
    terminal.read_until(b"q ends the run")
    assert not terminal.line_by_line
    terminal.type(keys)
    terminal.read_until(NORMAL)
    assert terminal.end() == 130
    assert "interrupted; figures" in words(terminal.written)
    assert terminal.line_by_line
    assert (tmp_path / "run" / "summary.json").exists()


def parts_in(screen: str) -> int:
    """Return how many parts the last frame that tells it has in."""
    return int(re.findall(r"parts +([\d,]+) in", screen)[-1].replace(",", ""))


def test_p_freezes_the_picture_and_the_question_mark_explains_it(paced, tmp_path):
    """The line goes on meanwhile, to its end, and the last frame tells all of it."""
    terminal = Terminal(*paced, "--set", "run.items=4000", cwd=tmp_path)
    terminal.read_until(b"p freezes")
    terminal.type(b"p")
    terminal.read_until(b"p resumes")
    terminal.type(b"?")
    terminal.read_until(b"ends the run as Ctrl-C does")
    time.sleep(0.5)  # long enough for a part or two
    terminal.type(b"q")
    assert terminal.end() == 130
    after = words(terminal.written.split(NORMAL)[-1])
    frozen = words(terminal.written[: terminal.written.index(b"p resumes")])
    assert parts_in(after) > parts_in(frozen)
    assert "p resumes" not in after
    assert terminal.line_by_line


def test_the_terminal_is_given_back_when_the_simulator_is_killed(paced, tmp_path):
    """The drawing process sees that nobody sends frames any more."""
    terminal = Terminal(*paced, "--set", "run.items=4000", cwd=tmp_path)
    terminal.read_until(b"q ends the run")
    terminal.process.kill()
    assert terminal.end() == -signal.SIGKILL
    terminal.read_until(NORMAL)
    terminal.wait_until(lambda: terminal.line_by_line)


def test_the_terminal_is_given_back_when_the_drawing_process_is_killed(paced, tmp_path):
    """The simulator does it, and goes on with lines."""
    terminal = Terminal(*paced, "--set", "run.items=24", cwd=tmp_path)
    terminal.read_until(b"q ends the run")
    subprocess.run(["pkill", "-KILL", "-P", str(terminal.process.pid)], check=True)
    terminal.read_until(b"the live screen has failed")
    assert terminal.line_by_line
    assert terminal.end() == 0


def test_a_run_that_cannot_be_typed_to_has_a_screen_without_keys(paced, tmp_path):
    """Its standard input is no terminal: nothing is promised, and nothing breaks."""
    with Path(os.devnull).open() as nothing:
        terminal = Terminal(*paced, cwd=tmp_path, stdin=nothing.fileno())
        terminal.read_until(ALTERNATE)
        assert terminal.end() == 0
    assert b"q ends the run" not in terminal.written


def test_a_run_in_the_background_leaves_the_keys_to_the_shell(paced, tmp_path):
    """It is not stopped for want of the terminal, and the terminal stays as the shell has it."""
    terminal = Terminal(*paced, cwd=tmp_path, job='"$@" & wait $!')
    terminal.read_until(ALTERNATE)
    terminal.type(b"q")
    assert terminal.line_by_line
    assert terminal.end() == 0
    assert b"q ends the run" not in terminal.written
    assert "audit       passed" in words(terminal.written)


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
